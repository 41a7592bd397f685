import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from publisher import cli

ROOT = Path(cli.__file__).parents[2]
COMMUNIQUE = """\
Valmont-les-Tilleuls, le 30 novembre 2026

# La fête de l'eau revient samedi 12 décembre 2026

La fête de l'eau aura lieu samedi 12 décembre 2026 de 14 h à 18 h, place de la Mairie. L'entrée est gratuite.

Les enfants des quatre écoles y lanceront 640 bateaux de papier depuis le pont des Lavandières. En cas de pluie, la fête
est reportée au dimanche 13 décembre 2026 à la même heure.

Contact presse : Camille Dervaux, attachée de presse – 01 99 00 12 34
"""
WRONG_WEEKDAY = COMMUNIQUE.replace("samedi 12", "dimanche 12")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("communique.md").write_text(COMMUNIQUE, "utf-8")
    return tmp_path


@pytest.fixture
def shown(capsys, monkeypatch):
    """Run the verb in this process; return its exit code, its output and its errors."""

    def run(*arguments, language="en"):
        monkeypatch.setenv("LANG", f"{language}_XX.UTF-8")
        monkeypatch.setenv("COLUMNS", "80")
        code = cli.main(["preview", *arguments])
        output, errors = capsys.readouterr()
        return code, output, errors

    return run


def publisher(*arguments, given=b"", **environ):
    """Run the real command."""
    command = [sys.executable, "-W", "error", "-m", "publisher", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **environ}
    done = subprocess.run(command, input=given, capture_output=True, env=environment, check=False, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class TestWhatIsShown:
    def test_every_channel_in_the_terminal(self, shown):
        code, output, errors = shown("communique.md")
        panels = [line.split(" ─")[0].removeprefix("╭─ ") for line in output.split("\n") if line.startswith("╭")]
        assert (code, panels, errors) == (
            0,
            ["Website · 1 page", "Facebook · 1 post", "X · 2 posts", "E-mail · 1 e-mail, no list of recipients yet"],
            "",
        )

    def test_json_for_programs(self, shown):
        code, output, errors = shown("communique.md", "--format", "json")
        document = json.loads(output)
        names = ["website", "facebook", "x", "email"]
        assert (code, errors, document["format"], list(document["channels"])) == (0, "", "publisher.preview/1", names)

    @pytest.mark.parametrize("form", ["text", "html"])
    def test_a_text_written_by_hand_is_not_said_to_be_the_announcements(self, form, shown):
        Path("communique.md").write_text(f"---\nchannels: {{email: {{text: bonjour}}}}\n---\n\n{COMMUNIQUE}", "utf-8")
        _, output, _ = shown("communique.md", "--channel", "email", "--format", form)
        said = "This text was written by hand: it replaces the announcement"
        assert (said in output, "Nothing is left out, added or moved." in output) == (True, False)

    def test_one_page(self, shown):
        code, output, errors = shown("communique.md", "--format", "html")
        assert (code, output.startswith("<!DOCTYPE html>"), output.endswith("</html>\n"), errors) == (0, True, True, "")

    def test_french_for_the_french(self, shown):
        _, output, _ = shown("communique.md", language="fr")
        assert ("30\u00a0novembre\u00a02026" in output, "November" in output) == (True, False)

    def test_the_named_channels_only(self, shown):
        _, output, _ = shown("communique.md", "--format", "json", "--channel", "x", "--channel", "facebook")
        assert list(json.loads(output)["channels"]) == ["facebook", "x"]

    def test_problems_are_shown_and_the_preview_is_still_done(self, shown):
        Path("communique.md").write_text(WRONG_WEEKDAY, "utf-8")
        code, output, _ = shown("communique.md", "--format", "json")
        assert (code, "weekday-mismatch" in [problem["code"] for problem in json.loads(output)["problems"]]) == (0, True)

    def test_the_towns_own_configuration(self, folder, shown):
        (folder / "config.toml").write_text('[town]\nname = "Ville de Valmont"\n[channels.mayor_x]\nadapter = "x"\n')
        _, output, _ = shown("communique.md", "--format", "json")
        assert list(json.loads(output)["channels"]) == ["mayor_x"]

    def test_the_same_on_every_run(self, shown):
        assert shown("communique.md", "--format", "json") == shown("communique.md", "--format", "json")

    def test_nothing_is_written(self, folder, shown):
        shown("communique.md")
        assert files(folder) == ["communique.md"]


class TestTheRealCommand:
    def test_the_page_is_utf_8_whatever_the_terminal_speaks(self):
        code, output, errors = publisher("preview", "communique.md", "--format", "html", PYTHONIOENCODING="ascii")
        assert (code, "La fête de l’eau revient" in output, errors) == (0, True, "")

    def test_the_terminal_gets_what_it_can_show(self):
        code, output, errors = publisher("preview", "communique.md", PYTHONIOENCODING="ascii")
        assert (code, "L?entr?e est gratuite." in output, errors) == (0, True, "")

    def test_what_comes_through_a_pipe(self):
        code, output, _ = publisher("preview", "-", "--format", "json", given=COMMUNIQUE.encode())
        assert (code, json.loads(output)["announcement"]["place"]) == (0, "Valmont-les-Tilleuls")

    def test_neither_django_nor_a_browser_of_the_network_is_loaded(self):
        code = "import sys; from publisher.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
        command = [sys.executable, "-c", code, "preview", "communique.md"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, capture_output=True, env=environment, text=True, check=True)
        assert {"django", "requests", "tweepy", "smtplib", "sqlite3"} & set(done.stderr.split()) == set()


class TestOutput:
    def test_files_for_every_channel(self, folder, shown):
        code, output, errors = shown("communique.md", "--output", "out")
        assert (code, errors, output.endswith("Written: out/preview.html\n")) == (0, "", True)
        assert files(folder / "out") == [
            "email/message.html",
            "email/message.txt",
            "facebook/post.txt",
            "preview.html",
            "preview.json",
            "website/page.html",
            "x/post-1.txt",
            "x/post-2.txt",
            "x/single.txt",
        ]

    def test_the_json_printed_is_the_json_written(self, folder, shown):
        _, output, _ = shown("communique.md", "--output", "out", "--format", "json")
        assert output == (folder / "out/preview.json").read_text("utf-8")

    def test_where_nothing_can_be_written(self, folder, shown):
        (folder / "out").write_text("mine")
        code, output, errors = shown("communique.md", "--output", "out")
        assert (code, output, _is_one_sentence(errors), "cannot be written" in errors) == (1, "", True, True)
        assert (files(folder), (folder / "out").read_text()) == (["communique.md", "out"], "mine")


BAD_DOCUMENTS = {
    "empty": (b"", "communique.md is empty: write a title and a text in it."),
    "only spaces": (" \n\u00a0\n".encode(), "communique.md is empty: write a title and a text in it."),
    "binary": (bytes(range(256)), ""),
    "a Word file": (b"PK\x03\x04" + b"\0" * 100, ""),
    "UTF-16 cut short": (b"\xff\xfea", ""),
    "too large": (b"a" * 6 * 2**20, "communique.md is larger than 5 MB: keep only the text in it."),
    "without a title": (b"---\ntype: alerte\n---\n\n- un\n- deux\n", ""),
    "without a text": (b"# Un titre\n", "communique.md has a title but no text below it: write the announcement under its title."),
    "bad front matter": (b"---\ntitle: [\n---\n\nTexte.\n", ""),
    "an unknown key": (b"---\ntitel: Un titre\n---\n\nTexte.\n", ""),
}


class TestBadInput:
    """One sentence on standard error, nothing on standard output, nothing left behind."""

    @pytest.mark.parametrize("name", BAD_DOCUMENTS)
    def test_a_document_that_is_none(self, name, folder):
        content, sentence = BAD_DOCUMENTS[name]
        Path("communique.md").write_bytes(content)
        code, output, errors = publisher("preview", "communique.md", "--output", "out")
        assert (code, output, files(folder)) == (1, "", ["communique.md"])
        assert errors == f"publisher: {sentence}\n" if sentence else _is_one_sentence(errors)

    @pytest.mark.parametrize("name", ["missing.md", ".", "communique.md/x"])
    def test_a_file_that_cannot_be_read(self, name, folder):
        code, output, errors = publisher("preview", name, "--output", "out")
        assert (code, output, _is_one_sentence(errors), files(folder)) == (1, "", True, ["communique.md"])

    def test_an_unknown_channel(self, folder):
        code, output, errors = publisher("preview", "communique.md", "--channel", "mastodon", "--output", "out")
        sentence = "publisher: There is no channel “mastodon”; the channels are website, facebook, x, email, application.\n"
        assert (code, output, errors, files(folder)) == (2, "", sentence, ["communique.md"])

    def test_a_wrong_format(self):
        code, output, errors = publisher("preview", "communique.md", "--format", "pdf")
        assert (code, output, _is_one_sentence(errors)) == (2, "", True)

    def test_a_town_without_a_channel(self, folder):
        (folder / "config.toml").write_text('[town]\nname = "Ville"\n')
        code, output, errors = publisher("preview", "communique.md", "--output", "out")
        sentence = "publisher: config.toml has no channel: nothing can be published; add a [channels.NAME] section.\n"
        assert (code, output, errors, (folder / "out").exists()) == (1, "", sentence, False)

    def test_no_file(self):
        code, output, errors = publisher("preview")
        assert (code, output, _is_one_sentence(errors)) == (2, "", True)

    def test_a_template_that_fails(self, folder):
        (folder / "own" / "x").mkdir(parents=True)
        (folder / "own" / "x" / "post.txt.j2").write_text("{{ titel }}")
        (folder / "config.toml").write_text('[town]\nname = "Ville"\n[channels.x]\nadapter = "x"\ntemplates = "own"\n')
        code, output, errors = publisher("preview", "communique.md", "--output", "out")
        assert (code, output, _is_one_sentence(errors), (folder / "out").exists()) == (1, "", True, False)

    def test_an_error_is_json_where_json_was_asked_for(self):
        Path("communique.md").write_bytes(b"")
        code, output, errors = publisher("preview", "communique.md", "--format", "json")
        assert (code, output, json.loads(errors)["code"]) == (1, "", "empty")


def _is_one_sentence(errors):
    return errors.startswith("publisher: ") and errors.count("\n") == 1 and "Traceback" not in errors and len(errors) < 300
