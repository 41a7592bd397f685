"""`publisher audit verify`: whether anything in the audit was altered, removed or added."""

import argparse

from publisher.cli import VERBS, Parser, acting, repeat_common_options
from publisher.cli.output import print_json
from publisher.i18n import _, ngettext


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to do with it."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACT"), parser_class=Parser)
    verify = acts.add_parser("verify", help=_("read the whole audit and say whether it is what was written"), allow_abbrev=False)
    repeat_common_options(verify, VERBS["audit"])


def run(arguments: argparse.Namespace) -> int:
    """Verify it."""
    desk = acting.opened(arguments)
    from publisher.pipeline import journal

    head = journal.verify(desk)
    if arguments.format == "json":
        print_json({"format": "publisher.audit/1", "rows": head.sequence, "head": head.hash})
    else:
        sentence = ngettext(
            "The audit is whole: %(count)d row, its head is %(head)s.",
            "The audit is whole: %(count)d rows, its head is %(head)s.",
            head.sequence,
        )
        print(sentence % {"count": head.sequence, "head": head.hash})
        print(_("Keep this line outside this machine: whoever can write here could forge both the audit and its head."))
    return 0
