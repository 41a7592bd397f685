import json

import pytest

from publisher import checks
from publisher.cli import main
from publisher.errors import Problem, Severity

CONFIG = """
[town]
name = "Ville de Valmont"
site_url = "https://www.valmont.test"
[approval]
command_line = false
[channels.website]
adapter = "static-site"
"""


@pytest.fixture
def town(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "data").mkdir(mode=0o700)
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 3))
    monkeypatch.setattr("publisher.clock.SystemClock.synchronised", lambda _: True)
    return tmp_path


def test_all_right_is_exit_code_0(town, capsys):
    assert main(["check"]) == 0
    assert [line.rstrip()[-9:] for line in capsys.readouterr().out.splitlines()] == ["all right"] * 7


def test_the_report_is_a_document_for_scripts(town, capsys):
    assert main(["check", "--format", "json"]) == 0
    names = {
        "configuration": "Configuration",
        "rights": "Files' rights",
        "agreement": "Agreement",
        "space": "Free space",
        "clock": "Clock",
        "database": "Database",
        "channels": "Channels",
    }
    checks = [{"check": name, "title": title, "problems": []} for name, title in names.items()]
    assert json.loads(capsys.readouterr().out) == {"format": "publisher.check/1", "ok": True, "checks": checks}


def test_an_error_is_exit_code_1_and_names_the_channel(town, capsys):
    with (town / "config.toml").open("a") as config:
        config.write('[channels.page]\nadapter = "facebook"\naccount = "1"\n')
    assert main(["check", "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    name = "FACEBOOK_PAGE_TOKEN"
    message = f"The secret {name}, needed by [channels.page], is missing: write it in {town}/.env, or the path of its file as {name}_FILE."
    problem = {"severity": "error", "code": "missing-secret", "message": message, "channel": "page"}
    assert (report["ok"], report["checks"][-1]["problems"]) == (False, [problem])


def test_people_read_brackets_as_they_are(town, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    (town / "config.toml").write_text(CONFIG.replace("www.valmont.test", "www.valmont.example"))
    assert main(["check"]) == 0
    sentence = "config.toml, [town] site_url: this address is still the example's; write that of the town's website."
    assert capsys.readouterr().out.splitlines()[0].rstrip() == f"Configuration  warning    {sentence}"


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_broken_at_a_no_break_space(width, town, capsys, monkeypatch):
    sentence = "%(place)s\u00a0: cette adresse est celle de l’exemple\u202f; mettez «\u00a0celle de la ville\u00a0»\u00a0: "
    sentences = [sentence + "a" * length for length in range(12)]
    problems = tuple(Problem(Severity.WARNING, "code", sentence, {"place": "config.toml, [town] site_url"}) for sentence in sentences)
    finding = checks.Finding(checks.OFFLINE[0], problems)
    monkeypatch.setattr("publisher.checks.examine", lambda *_: [finding])
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    starts = {line[len("Configuration  warning  ") :][:1] for line in lines}
    assert (max(map(len, lines)) <= width, starts & set(":;»\u00a0\u202f")) == (True, set())
    assert "".join(lines).count("\u00a0:") == 2 * len(sentences)


def test_people_read_which_channel_is_wrong(town, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    (town / "config.toml").write_text(CONFIG + "enabled = 1")
    assert main(["check"]) == 1
    sentence = "[website] config.toml, [channels.website] enabled: write true or false."
    assert capsys.readouterr().out.splitlines()[-3:] == [f"Channels       error      {sentence}", "", "Found: 1 error."]


def test_what_was_found_under_one_title_stands_below_it_and_is_counted(town, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    changed = CONFIG.replace("valmont.test", "valmont.example") + 'title = 3\n[channels.x]\nadapter = "x"\nmax_posts = 0\n'
    (town / "config.toml").write_text(changed)
    assert main(["check"]) == 1
    assert (
        capsys.readouterr().out
        == """\
Configuration  warning    config.toml, [town] site_url: this
                          address is still the example's;
                          write that of the town's website.
Files' rights  all right
Agreement      all right
Free space     all right
Clock          all right
Database       all right
Channels       error      [website] config.toml,
                          [channels.website] title: a text
                          between quotation marks is needed.
               error      [x] config.toml, [channels.x]
                          max_posts: the number must lie
                          between 1 and 25.

Found: 2 errors, 1 warning.
"""
    )


def test_a_configuration_that_cannot_be_read_is_one_sentence(town, capsys):
    (town / "config.toml").write_text("[twon]")
    assert main(["check"]) == 1
    assert capsys.readouterr() == ("", "publisher: config.toml: there is no section [twon]; did you mean [town]?\n")


def problems(capsys) -> list[tuple[str, str]]:
    report = json.loads(capsys.readouterr().out)
    return [(check["check"], problem["code"]) for check in report["checks"] for problem in check["problems"]]


NOTICES = '[notices]\nenabled = true\nhost = "127.0.0.1"\nport = 1\naddress = "publisher@valmont.example"\n'


def test_what_the_mailbox_of_the_notices_lacks_is_told(town, capsys):
    with (town / "config.toml").open("a") as config:
        config.write("[notices]\nenabled = true\n")
    assert main(["check", "--format", "json"]) == 1
    assert problems(capsys) == [("configuration", "missing-key")]
    (town / "config.toml").write_text(CONFIG + NOTICES)
    assert main(["check", "--format", "json"]) == 0
    assert problems(capsys) == [("configuration", "no-staff-url")]


def test_online_the_mail_server_of_the_notices_is_asked(town, capsys):
    (town / "config.toml").write_text(CONFIG + NOTICES + '[web]\nstaff_url = "https://publisher.valmont.test"\n')
    assert main(["check", "--online", "--format", "json"]) == 1
    assert problems(capsys) == [("access", "unreachable")]
