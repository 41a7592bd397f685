import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from publisher import cli, i18n, shipped
from publisher.cli import Verb, main
from publisher.errors import AlreadyRunning, Refused
from publisher.i18n import N_

ROOT = Path(cli.__file__).parents[2]
EXAMPLE = str(shipped.example_announcement())


@pytest.fixture
def verb(monkeypatch):
    """Make `publisher sample` do what the test says."""
    module = ModuleType("sample_verb")
    module.add_arguments = lambda parser: parser.add_argument("--level", type=int, choices=(1, 2))
    monkeypatch.setitem(sys.modules, "sample_verb", module)

    def define(act, **options):
        module.run = act
        monkeypatch.setattr(cli, "VERBS", {"sample": Verb("sample_verb", "do a sample", **options)})

    return define


def raising(error):
    def act(_):
        raise error

    return act


class TestArguments:
    def test_the_exit_code_is_the_verbs(self, verb):
        verb(lambda _: 3)
        assert main(["sample"]) == 3

    def test_common_options_reach_the_verb(self, verb):
        seen = []
        verb(lambda arguments: seen.append(vars(arguments)) or 0, acts_as=True, dry_run=True)
        main(["sample", "--config", "a.toml", "--format", "json", "--as", "camille", "--dry-run", "--level", "2"])
        del seen[0]["run"]
        assert seen == [{"verb": "sample", "config": Path("a.toml"), "format": "json", "as_user": "camille", "dry_run": True, "level": 2}]

    def test_their_defaults(self, verb):
        seen = []
        verb(lambda arguments: seen.append(vars(arguments)) or 0)
        main(["sample"])
        del seen[0]["run"]
        assert seen == [{"verb": "sample", "config": None, "format": "text", "level": None}]

    @pytest.mark.parametrize("option", ["--as=camille", "--dry-run", "--config=a", "--leve=1", "--unknown"])
    def test_an_option_that_the_verb_does_not_take_is_refused(self, verb, option, capsys):
        verb(lambda _: 0, configured=False)
        assert main(["sample", option]) == 2
        assert capsys.readouterr().err == f"publisher: unrecognized arguments: {option} (see “publisher --help”)\n"

    @pytest.mark.parametrize(
        ("argv", "start", "command"),
        [
            ([], "the following arguments are required: VERB", "publisher"),
            (["smple"], "argument VERB: invalid choice: 'smple'", "publisher"),
            (["sample", "--level", "3"], "argument --level: invalid choice: 3", "publisher sample"),
            (["sample", "--level", "100%"], "argument --level: invalid int value: '100%'", "publisher sample"),
            (["sample", "--format", "html"], "argument --format: invalid choice: 'html'", "publisher sample"),
        ],
    )
    def test_wrong_usage_is_one_sentence(self, verb, argv, start, command, capsys):
        verb(lambda _: 0)
        assert main(argv) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n"), err.startswith(f"publisher: {start}")) == ("", 1, True)
        assert err.endswith(f" (see “{command} --help”)\n")

    @pytest.mark.parametrize(
        ("argv", "sentence"),
        [
            (["previw"], "argument VERB: invalid choice: 'previw'; did you mean 'preview'?"),
            (["preview", "a.md", "--format", "jsn"], "argument --format: invalid choice: 'jsn'; did you mean 'json'?"),
        ],
    )
    def test_a_slip_of_the_pen_is_answered_by_what_was_meant(self, argv, sentence, capsys):
        assert main(argv) == 2
        assert capsys.readouterr().err.startswith(f"publisher: {sentence} (see")

    def test_only_the_called_verb_is_imported(self):
        code = "import sys; from publisher.cli import main; main(['init', '--nonsense']); print(*sorted(sys.modules), sep='\\n')"
        seen = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
        ours = [name for name in seen if name.startswith(("publisher.cli", "publisher.pipeline", "django", "rich"))]
        assert ours == ["publisher.cli", "publisher.cli.init", "publisher.cli.output"]

    def test_every_listed_verb_can_be_called(self, capsys):
        for name in cli.VERBS:
            assert main([name, "--help"]) == 0
            assert capsys.readouterr().out.startswith(f"usage: publisher {name} ")


class TestErrors:
    refused = Refused("not-yours", N_("%(name)s is not yours."), name="x")

    def test_are_one_sentence_on_standard_error(self, verb, capsys):
        verb(raising(self.refused))
        assert main(["sample"]) == 1
        assert capsys.readouterr() == ("", "publisher: x is not yours.\n")

    @pytest.mark.parametrize("option", [["--format", "json"], ["--format=json"]])
    def test_are_a_document_on_standard_error_for_scripts(self, verb, capsys, option):
        verb(raising(self.refused))
        assert main(["sample", *option]) == 1
        out, err = capsys.readouterr()
        assert (out, json.loads(err)) == ("", {"format": "publisher.error/1", "code": "not-yours", "message": "x is not yours."})

    def test_bring_their_own_exit_code(self, verb):
        verb(raising(AlreadyRunning("running", "Another service runs.")))
        assert main(["sample"]) == 75

    def test_an_interruption_is_quiet(self, verb, capsys):
        verb(raising(KeyboardInterrupt()))
        assert main(["sample"]) == 130
        assert capsys.readouterr() == ("", "")

    def test_that_nobody_foresaw_show_no_traceback_and_lose_nothing(self, verb, capsys, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        verb(raising(ZeroDivisionError("the evidence")))
        assert main(["sample"]) == 1
        [log] = tmp_path.iterdir()
        expected = (
            f"This should not have happened (ZeroDivisionError). The details are in {log}; send that file to whoever looks after Publisher."
        )
        assert capsys.readouterr() == ("", f"publisher: {expected}\n")
        assert (log.stat().st_mode & 0o777, log.read_text().splitlines()[-1]) == (0o600, "ZeroDivisionError: the evidence")

    def test_a_sentence_that_lacks_its_values_is_still_no_traceback(self, verb, capsys, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        verb(raising(Refused("broken", "%(name)s is not yours.")))
        assert main(["sample"]) == 1
        assert capsys.readouterr().err.startswith("publisher: This should not have happened (KeyError).")

    def test_a_reader_who_leaves_ends_it_quietly(self, tmp_path):
        reader, writer = os.pipe()
        os.close(reader)
        command = [sys.executable, "-m", "publisher", "init", str(tmp_path)]
        with os.fdopen(writer, "w") as broken:
            ended = subprocess.run(command, cwd=ROOT, stdout=broken, stderr=subprocess.PIPE, text=True, check=False)
        assert (ended.returncode, ended.stderr) == (141, "")


class TestOutput:
    @pytest.mark.parametrize("unbuffered", ["", "1"])
    @pytest.mark.parametrize(
        "arguments", [["--help"], ["--version"], ["check"], ["preview", EXAMPLE], ["preview", EXAMPLE, "--format", "html"]]
    )
    def test_a_full_disk_is_one_sentence_and_a_failure(self, arguments, unbuffered, tmp_path):
        command = [sys.executable, "-m", "publisher", *arguments]
        options = {"cwd": tmp_path, "env": {**os.environ, "PYTHONUNBUFFERED": unbuffered, "PYTHONPATH": str(ROOT)}}
        with Path("/dev/full").open("w") as full:
            ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, **options)
        sentence = "What was to be shown could not be written whole: the disk is full; make room."
        assert (ended.returncode, ended.stderr) == (1, f"publisher: {sentence}\n")

    @pytest.mark.parametrize("unbuffered", ["", "1"])
    def test_where_nobody_can_read_the_error_the_exit_code_still_tells(self, unbuffered):
        environ = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        with Path("/dev/full").open("w") as full:
            ended = subprocess.run([sys.executable, "-m", "publisher", "nonsense"], cwd=ROOT, stderr=full, env=environ, check=False)
        assert ended.returncode == 2

    def test_where_there_is_no_standard_error_nothing_takes_its_place(self):
        ended = subprocess.run(["sh", "-c", f'"{sys.executable}" -m publisher nonsense 2>&-'], cwd=ROOT, capture_output=True, check=False)
        assert (ended.returncode, ended.stdout, ended.stderr) == (2, b"", b"")

    def test_without_standard_output_it_works_all_the_same(self, tmp_path):
        command = f'"{sys.executable}" -m publisher preview "{EXAMPLE}" --output "{tmp_path / "out"}" >&-'
        ended = subprocess.run(["sh", "-c", command], cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
        assert (ended.returncode, ended.stderr, (tmp_path / "out" / "preview.html").exists()) == (0, "", True)

    def test_a_terminal_without_the_letters_gets_question_marks(self):
        piped = run("--help", PYTHONIOENCODING="ascii", LANGUAGE="fr")
        assert (piped.returncode, piped.stderr, piped.stdout.isascii()) == (0, "", True)

    def test_json_is_utf_8_whatever_the_terminal(self, tmp_path):
        folder = tmp_path / "été"
        piped = run("init", str(folder), "--format", "json", PYTHONIOENCODING="ascii")
        assert json.loads(piped.stdout)["written"] == [str(folder / "config.toml"), str(folder / ".env"), str(folder / "data")]

    @pytest.mark.parametrize(("variable", "language"), [("fr_FR.UTF-8", "fr"), ("C", "fr"), ("en_GB.UTF-8", "en"), ("de_DE", "fr")])
    def test_speaks_the_language_of_the_environment_else_french(self, verb, monkeypatch, variable, language):
        monkeypatch.setenv("LANG", variable)
        verb(lambda _: 0)
        main(["sample"])
        assert (i18n.current(), os.environ["LANGUAGE"]) == (language, language)


def run(*arguments, **environ):
    command = [sys.executable, "-m", "publisher", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=False)
