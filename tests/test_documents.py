"""What the documents say of the code is true, and their links lead somewhere."""

import re
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

import publisher
from publisher.adapters import base
from publisher.announcement import TYPES
from publisher.pipeline.intake import front_matter, given

ROOT = Path(publisher.__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_between_documents_lead_somewhere(document):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_page_on_layers_gives_the_order_that_is_checked():
    page = (ROOT / "docs/layers.md").read_text(encoding="utf-8")
    [order] = re.findall(r"```\n(.*?)```", page, flags=re.DOTALL)
    assert order.splitlines() == PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]


@pytest.mark.parametrize("declaration", [base.Idempotency, base.Readback])
def test_the_guide_to_channels_explains_every_declaration(declaration):
    guide = (ROOT / "docs/add-a-channel.md").read_text(encoding="utf-8")
    assert [member.name for member in declaration if f"`{member.name}`" not in guide] == []


def test_the_page_on_writing_shows_every_key_and_its_example_is_read():
    page = (ROOT / "docs/ecrire.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    values, _text = front_matter.split(example, "c.md")
    read = given.read(values, "c.md", ZoneInfo("Europe/Paris"))
    assert [key for key in read._fields if f"`{key}`" not in page] == []
    assert [key for key in read._fields if getattr(read, key) is None] == ["media"]
    assert set(read.channels) == {"x", "facebook", "website"}
    assert [name for name in TYPES if f"`{name}`" not in page] == []


def test_the_package_has_few_direct_dependencies():
    assert len(PYPROJECT["project"]["dependencies"]) <= 15


def test_the_description_for_administrations_is_that_of_this_version():
    description = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    assert (description["softwareVersion"], description["legal"]["license"]) == (publisher.__version__, PYPROJECT["project"]["license"])
    for words in description["description"].values():
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000


@pytest.mark.parametrize("lock", ["requirements/base.txt", "requirements/oidc.txt", "requirements/dev.txt"])
def test_locks_have_a_hash_for_everything_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.findall(r"^[a-z].*?(?=^[a-z#]|\Z)", text.replace("\\\n", ""), flags=re.MULTILINE | re.DOTALL)
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"https?://|file:/|--(?:index|find|extra|trusted)", text) == []


@pytest.mark.parametrize("lock", ["base", "oidc"])
def test_every_dependency_is_locked(lock):
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / f"requirements/{lock}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE))
    needed = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["project"]["optional-dependencies"].get(lock, [])]
    assert {re.match(r"[\w-]+", line)[0].lower() for line in needed} - locked == set()
