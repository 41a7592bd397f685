"""The command line: finds the verb, imports it alone, and turns whatever goes wrong into one sentence and an exit code.

Each verb is one thin file: parse, call one function of the pipeline, print. It offers `add_arguments(parser)` and
`run(arguments) -> int`; `arguments` holds `config` (Path or None), `format`, and `as_user` and `dry_run` where they apply.
"""

import argparse
import gettext
import io
import itertools
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from publisher import __version__, i18n
from publisher.cli.output import mute, print_error
from publisher.errors import PublisherError, UsageError, reason
from publisher.i18n import N_, _

INTERRUPTED = 130  # 128 + SIGINT, as shells say it
READER_LEFT = 141  # 128 + SIGPIPE


class Verb(NamedTuple):
    """Where a verb lives, what it is for, and which of the common options it takes."""

    module: str
    purpose: str
    formats: tuple[str, ...] = ("text", "json")
    configured: bool = True
    acts_as: bool = False
    dry_run: bool = False


VERBS: Mapping[str, Verb] = {
    "init": Verb("publisher.cli.init", N_("write config.toml, .env and the data directory; overwrites nothing"), configured=False),
    "check": Verb("publisher.cli.check", N_("check the configuration, the files' rights, the clock and the channels")),
    "connect": Verb(
        "publisher.cli.connect", N_("connect the account of a channel: where its secrets are found, who they are, then kept"), acts_as=True
    ),
    "preview": Verb("publisher.cli.preview", N_("show what each channel will publish; sends nothing"), formats=("text", "json", "html")),
    "queue": Verb("publisher.cli.queue", N_("freeze a communiqué for a time; it leaves once it is approved"), acts_as=True, dry_run=True),
    "publish": Verb("publisher.cli.publish", N_("freeze a communiqué; it leaves as soon as it is approved"), acts_as=True, dry_run=True),
    "approve": Verb("publisher.cli.approve", N_("agree to exactly what was frozen, and to its time"), acts_as=True),
    "reject": Verb("publisher.cli.reject", N_("send an announcement back to its author, with a reason"), acts_as=True),
    "run": Verb("publisher.cli.run", N_("the service: publish what is approved and due"), formats=("text",)),
    "status": Verb("publisher.cli.status", N_("show where announcements stand, step by step")),
    "cancel": Verb("publisher.cli.cancel", N_("cancel an announcement or one delivery"), acts_as=True),
    "hold": Verb("publisher.cli.hold", N_("keep an announcement or one delivery back until it is resumed"), acts_as=True),
    "resume": Verb("publisher.cli.resume", N_("let what is held go on"), acts_as=True),
    "reschedule": Verb("publisher.cli.reschedule", N_("give an announcement or one delivery another time"), acts_as=True),
    "pause": Verb("publisher.cli.pause", N_("stop everything, or one channel, at once"), acts_as=True),
    "unpause": Verb("publisher.cli.unpause", N_("let everything, or one channel, go on"), acts_as=True),
    "resolve": Verb(
        "publisher.cli.resolve",
        N_("settle a delivery that is held: it is online, send it again, or drop it"),
        acts_as=True,
        dry_run=True,
    ),
    "correct": Verb("publisher.cli.correct", N_("set right what is online, once the correction is approved"), acts_as=True, dry_run=True),
    "withdraw": Verb("publisher.cli.withdraw", N_("take back what is online, once the withdrawal is approved"), acts_as=True, dry_run=True),
    "user": Verb("publisher.cli.user", N_("add, list and disable the people who may act"), acts_as=True),
    "token": Verb("publisher.cli.token", N_("make, list and revoke the secrets by which other programs act"), acts_as=True),
    "adopt": Verb("publisher.cli.adopt", N_("make this copy of the data directory the one that publishes"), acts_as=True),
    "audit": Verb("publisher.cli.audit", N_("check that nothing in the audit was altered, removed or added")),
    "migrate": Verb("publisher.cli.migrate", N_("bring the database up to date")),
    "backup": Verb("publisher.cli.backup", N_("put all that is kept in one archive, while the service works if it does")),
    "restore": Verb("publisher.cli.restore", N_("put a backup back, in an empty data directory")),
    "demo": Verb(
        "publisher.cli.demo", N_("the whole journey on this machine, with simulated platforms"), formats=("text",), configured=False
    ),
    "simulate": Verb("publisher.cli.simulate", N_("serve the simulated platforms, with pages that show them"), configured=False),
}


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence like all others."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of printing the whole usage."""
        raise UsageError("usage", N_("%(message)s (see “%(command)s --help”)"), message=message, command=self.prog)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse what is none of the choices; one that looks like it says more than all of them."""
        from publisher.config import nearest

        near = nearest(str(value), [str(choice) for choice in action.choices or ()])
        if near and near != str(value):
            raise argparse.ArgumentError(action, _("invalid choice: %(value)r; did you mean %(near)r?") % {"value": value, "near": near})
        super()._check_value(action, value)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print help; argparse would be silent about a full disk."""
        print(message, end="", file=file)


class VerbParser(Parser):
    """The parser of one verb; it imports the verb's module only when the verb is called."""

    verb: Verb

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Add the arguments of the verb, then parse."""
        module = import_module(self.verb.module)
        self.set_defaults(run=module.run)
        module.add_arguments(self)
        return super().parse_known_args(args, namespace)


class Unheard(PublisherError):
    """What was to be shown could not be written where it was sent."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (interface.md: 0, 1, 2, 3, 75)."""
    argv = sys.argv[1:] if argv is None else argv
    _speak(i18n.from_environment())
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - a parent may have closed it
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as above
    try:
        return _run(argv)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        mute(sys.stdout)
        return READER_LEFT
    except Exception as error:  # noqa: BLE001 - the last net: nobody sees a traceback, and it is not lost
        print_error("unexpected", _unexpected(error), as_json=_wants_json(argv))
        return 1


def _speak(language: str) -> None:
    """Make our sentences and those of argparse come from the same catalogue, in this process and its children."""
    i18n.activate(language)
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(i18n.DOMAIN, str(i18n.LOCALE_DIR))
    gettext.textdomain(i18n.DOMAIN)


def _run(argv: Sequence[str]) -> int:
    output = sys.stdout
    if isinstance(output, io.TextIOWrapper):
        output.reconfigure(encoding="utf-8" if _wants_json(argv) else None, errors="replace")
    try:
        with _heard():
            return _call(argv)
    except PublisherError as error:
        print_error(error.code, str(error), as_json=_wants_json(argv))
        return error.exit_code


@contextmanager
def _heard() -> Iterator[None]:
    """See to it that what is shown arrives: whoever redirects it to a full disk must not take a part for the whole."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if not _is_stuck(error.errno):
            raise
        mute(sys.stdout)
        raise Unheard("output", N_("What was to be shown could not be written whole: %(reason)s."), reason=reason(error)) from error


def _is_stuck(cause: int | None) -> bool:
    """Tell whether it is standard output that fails: then it still does, with what it could not get rid of."""
    try:
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError as error:
        return error.errno == cause
    return False


def _call(argv: Sequence[str]) -> int:
    try:
        arguments = _parser(argv).parse_args(argv)
    except SystemExit:  # --help and --version have printed what was asked; what is wrong raised UsageError
        return 0
    try:
        code: int = arguments.run(arguments)
    except UnicodeEncodeError as error:
        _refuse_garbled(argv, error)
        raise
    return code


def _refuse_garbled(argv: Sequence[str], cause: UnicodeEncodeError) -> None:
    """Refuse an argument that came in other bytes than UTF-8, which no file and no database of ours can keep. Raises UsageError."""
    for argument in argv:
        if not argument.isprintable() and any("\udc80" <= character <= "\udcff" for character in argument):
            sentence = N_("“%(argument)s” is not written in UTF-8: type it again, or rename the file.")
            raise UsageError("garbled", sentence, argument=os.fsencode(argument).decode("utf-8", "replace")) from cause


def _parser(argv: Sequence[str]) -> Parser:
    purpose = _("Say one thing, once, exactly as approved, on every channel of the town hall.")
    parser = Parser(prog="publisher", description=purpose, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"publisher {__version__}", help=_("show the version and exit"))
    _add_config(parser, default=None)
    verbs = parser.add_subparsers(dest="verb", metavar=_("VERB"), required=True, title=_("verbs"), parser_class=VerbParser)
    for name, verb in _offered(argv).items():
        child = verbs.add_parser(name, help=_(verb.purpose), description=_sentence(_(verb.purpose)), allow_abbrev=False)
        child.verb = verb
        _add_common_options(child, verb)
    return parser


def _offered(argv: Sequence[str]) -> Mapping[str, Verb]:
    """Return the verb that stands first alone, as building the parsers of all takes as long as a rendering; else all, to choose from."""
    return {argv[0]: VERBS[argv[0]]} if argv and argv[0] in VERBS else VERBS


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _add_common_options(parser: argparse.ArgumentParser, verb: Verb) -> None:
    if verb.configured:
        _add_config(parser, default=argparse.SUPPRESS)  # what stands before the verb counts, unless it is said again
    parser.add_argument("--format", choices=verb.formats, default="text", help=_("form of the output"))
    if verb.acts_as:
        _add_as(parser, default=None)
    if verb.dry_run:
        parser.add_argument("--dry-run", action="store_true", help=_("stop in front of the network and print each call"))


def repeat_common_options(parser: argparse.ArgumentParser, verb: Verb) -> None:
    """Let the parser of a verb's act take the common options, too; what stands before the act counts, unless it is said again."""
    _add_config(parser, default=argparse.SUPPRESS)
    parser.add_argument("--format", choices=verb.formats, default=argparse.SUPPRESS, help=_("form of the output"))
    if verb.acts_as:
        _add_as(parser, default=argparse.SUPPRESS)


def _add_as(parser: argparse.ArgumentParser, default: str | None) -> None:
    meaning = _("account that acts (otherwise the one mapped to you)")
    parser.add_argument("--as", dest="as_user", metavar=_("USER"), default=default, help=meaning)


def _add_config(parser: argparse.ArgumentParser, default: str | None) -> None:
    meaning = _("configuration file (otherwise ./config.toml, then $PUBLISHER_CONFIG)")
    parser.add_argument("--config", metavar=_("FILE"), type=Path, default=default, help=meaning)


def _wants_json(argv: Sequence[str]) -> bool:
    return "--format=json" in argv or ("--format", "json") in itertools.pairwise(argv)


def _unexpected(error: Exception) -> str:
    """Keep the traceback in a file that only this user may read; return the sentence that names it."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="publisher-", suffix=".log", delete=False) as log:
        log.write("".join(traceback.format_exception(error)))
    sentence = _("This should not have happened (%(name)s). The details are in %(path)s; send that file to whoever looks after Publisher.")
    return sentence % {"name": type(error).__name__, "path": log.name}
