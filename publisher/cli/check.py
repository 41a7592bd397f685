"""`publisher check`: makes the checks and shows what they found, one line each."""

import argparse
from collections.abc import Sequence

from publisher import checks
from publisher.cli.output import print_json
from publisher.clock import SystemClock
from publisher.config import load
from publisher.errors import Problem, Severity
from publisher.i18n import N_, _

MARKS = {
    None: ("green", N_("all right")),
    Severity.NOTICE: ("cyan", N_("note")),
    Severity.WARNING: ("yellow", N_("warning")),
    Severity.ERROR: ("red", N_("error")),
}

GAP = 2
"""Columns between two columns of the table."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take whether to ask the platforms."""
    parser.add_argument("--online", action="store_true", help=_("also ask the platforms who we are; reads only"))


def run(arguments: argparse.Namespace) -> int:
    """Make every check; exit code 1 if one found an error."""
    circumstances = checks.Circumstances(load(arguments.config), SystemClock())
    findings = list(checks.examine(circumstances, checks.OFFLINE + checks.ONLINE * arguments.online))
    failed = any(problem.severity is Severity.ERROR for finding in findings for problem in finding.problems)
    if arguments.format == "json":
        print_json({"format": "publisher.check/1", "ok": not failed, "checks": [_as_json(finding) for finding in findings]})
    else:
        _print_table(findings)
    return int(failed)


def _as_json(finding: checks.Finding) -> dict[str, object]:
    problems = [
        {"severity": problem.severity, "code": problem.code, "message": problem.message, "channel": problem.channel}
        for problem in finding.problems
    ]
    return {"check": finding.check.name, "title": _(finding.check.title), "problems": problems}


def _print_table(findings: Sequence[checks.Finding]) -> None:
    from rich.cells import cell_len, set_cell_size
    from rich.console import Console
    from rich.text import Text

    from publisher.cli.lines import wrap
    from publisher.pipeline.preview import words

    console = Console(highlight=False)
    rows = [_row(finding, problem) for finding in findings for problem in finding.problems or (None,)]
    titles, marks = (max(cell_len(row[column]) for row in rows) + GAP for column in (0, 1))
    before = ""
    for title, mark, style, remark in rows:
        # Text, not str: rich would take “[town]” for a mark-up of its own
        head = Text.assemble(set_cell_size("" if title == before else title, titles), (set_cell_size(mark, marks), style))
        first, *others = wrap(remark, max(console.width - titles - marks, 1))
        lines = Text("\n").join([head.append(first), *(Text(" " * (titles + marks) + line) for line in others)])
        lines.rstrip()
        console.print(lines, no_wrap=True, overflow="fold")
        before = title
    if told := words.remarks(problem for finding in findings for problem in finding.problems):
        console.print()
        console.print(_("Found: %(remarks)s.") % {"remarks": told})


def _row(finding: checks.Finding, problem: Problem | None) -> tuple[str, str, str, str]:
    """Return what was checked, the mark, its style, and the remark."""
    style, mark = MARKS[problem.severity if problem else None]
    return _(finding.check.title), _(mark), style, _remark(problem)


def _remark(problem: Problem | None) -> str:
    if problem is None:
        return ""
    return f"[{problem.channel}] {problem.message}" if problem.channel else problem.message
