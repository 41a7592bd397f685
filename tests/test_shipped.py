import pytest

from publisher import shipped


@pytest.mark.parametrize(
    ("find", "inside", "beside"),
    [
        (shipped.example_config, "publisher/config.example.toml", "config.example.toml"),
        (shipped.example_env, "publisher/env.example", "env.example"),
        (shipped.templates, "publisher/channel_templates", "templates"),
    ],
)
def test_what_is_shipped_is_found_inside_the_package_and_else_beside_it(find, inside, beside, tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path / "publisher")
    (tmp_path / "publisher").mkdir()
    assert find() == tmp_path / beside
    (tmp_path / inside).touch()
    assert find() == tmp_path / inside


@pytest.mark.parametrize("find", [shipped.example_config, shipped.example_env, shipped.templates])
def test_what_is_shipped_is_there(find):
    assert find().exists()
