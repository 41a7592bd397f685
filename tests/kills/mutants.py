"""Twelve mistakes that would make the incidents happen, each sown into a copy of the package; whoever does not notice is blind.

`make mutants`, or `python -m tests.kills.mutants NAME …`: one line per mistake, with what noticed it; exit code 1 if nothing did.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import lifeline

ROOT = Path(__file__).parents[2]
COPIED = ("publisher", "tests", "templates", "contrib", "pyproject.toml", "config.example.toml", "env.example")

CAMPAIGN = ("-m", "tests.kills", "--first", "--kills", "600", "--minutes", "8", "--seed", "3")
KILLS = ("-m", "pytest", "-q", "-x", "tests/pipeline/test_kills.py")
PRAGMAS = ("-m", "pytest", "-q", "-x", "tests/models/test_storage.py")


@dataclass(frozen=True)
class Mutant:
    """A mistake: in each file the words that are there, once, and those that take their place; and who must notice."""

    name: str
    changes: Sequence[tuple[str, str, str]]
    noticed_by: Sequence[str]


MUTANTS = (
    Mutant(
        "the intent is not durable before the call",
        [
            ("pipeline/guard.py", "    if transaction.get_connection().in_atomic_block:\n", "    if False:\n"),
            (
                "pipeline/deliver.py",
                '    crashpoints.visit("claim.pre")\n    with transaction.atomic():',
                """    with transaction.atomic():
        return _at_once(tenure, name)


def _at_once(tenure: Tenure, name: str) -> bool:
    crashpoints.visit("claim.pre")
    with transaction.atomic():""",
            ),
        ],
        KILLS,
    ),
    Mutant("synchronous=NORMAL", [("settings.py", '"synchronous": "FULL"', '"synchronous": "NORMAL"')], PRAGMAS),
    Mutant(
        "a 5xx is taken for “not sent”",
        [
            (
                "adapters/http.py",
                '    sentence = N_("%(host)s answered with status %(status)d: nobody',
                """    if status >= 500:
        return NotSent("retry", N_("%(host)s is busy."), host=host)
    sentence = N_("%(host)s answered with status %(status)d: nobody""",
            ),
            ("adapters/http.py", "import OutcomeUnknown,", "import NotSent, OutcomeUnknown,"),
        ],
        CAMPAIGN,
    ),
    Mutant(
        "no answer in time is taken for “not sent”",
        [
            (
                "adapters/flight.py",
                "            if flight.begun:\n                raise _no_answer",
                "            if False:\n                raise _no_answer",
            )
        ],
        CAMPAIGN,
    ),
    Mutant(
        "what cannot be found is sent again",
        [
            (
                "pipeline/reconcile.py",
                "    else:\n        _leave_to_person(tenure, attempt, Reason.UNDECIDED)\n",
                "    else:\n        _make_again(tenure, attempt)\n",
            )
        ],
        KILLS,
    ),
    Mutant(
        "a call that a crash cut off is queued again",
        [
            (
                "pipeline/reconcile.py",
                "            outcome.doubt(attempt, outcome.settling(tenure.desk.channels.get(delivery.channel)), now)\n",
                "            move(attempt, AttemptState.NOT_SENT, SERVICE, now, outcome_at=now)\n",
            )
        ],
        KILLS,
    ),
    Mutant(
        "no lock on the data directory",
        [("worker/lock.py", "        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)\n", "        pass\n")],
        CAMPAIGN,
    ),
    Mutant(
        "an outcome needs no epoch",
        [
            (
                "models/looks.py",
                "WHERE attempt.id = %s AND attempt.state = %s AND attempt.epoch = %s\n",
                "WHERE attempt.id = %s AND attempt.state IN ('intent', 'in_doubt') AND %s <> '' AND %s <> ''\n",
            ),
            ("models/looks.py", "    attempt.state = state.value\n", "    attempt.state = Attempt.objects.get(pk=attempt.pk).state\n"),
            (
                "models/looks.py",
                "    condition, values = run.lasts\n    found = _all(",
                '    condition, values = "1 = 1", ()\n    found = _all(',
            ),
        ],
        KILLS,
    ),
    Mutant(
        "nothing is ever too late",
        [
            ("pipeline/claim.py", "    if delivery.not_after is None or now <= delivery.not_after:\n", "    if now:\n"),
            ("models/looks.py", " AND not_after >= %s\n", " AND %s <> ''\n"),
        ],
        CAMPAIGN,
    ),
    Mutant(
        "what was altered after the visa leaves",
        [
            (
                "pipeline/manifest.py",
                "        return Reason.ALTERED\n    return None if _inside(",
                "        return None\n    return None if _inside(",
            )
        ],
        CAMPAIGN,
    ),
    Mutant(
        "nobody needs to agree",
        [
            (
                "pipeline/manifest.py",
                "        return Reason.NOT_APPROVED\n    if (channel.kind",
                "        return None\n    if (channel.kind",
            ),
            ("models/looks.py", "AND NOT (publisher_delivery.reason = %s AND (", "AND NOT (publisher_delivery.reason = %s AND 1 = 0 AND ("),
        ],
        CAMPAIGN,
    ),
    Mutant(
        "the library tries again",
        [
            (
                "adapters/flight.py",
                '"retries": False',
                '"retries": Retry(3, allowed_methods=None, status_forcelist=[500, 503])',
            ),
            (
                "adapters/flight.py",
                '        if self._flight.connected:\n            raise ConnectionError("a second connection would be a second call")\n',
                "",
            ),
            ("adapters/flight.py", "from urllib3.exceptions import", "from urllib3.util import Retry\nfrom urllib3.exceptions import"),
        ],
        (*CAMPAIGN[:-1], "4"),  # in the other seed's storm nothing is accepted behind an error that is tried again
    ),
)


def made(mutant: Mutant) -> dict[str, str]:
    """Return the modules with the mistake in them. Raises AssertionError if the code is no longer what the mistake was made for."""
    modules = {path: (ROOT / "publisher" / path).read_text("utf-8") for path, _, _ in mutant.changes}
    for path, there, instead in mutant.changes:
        if modules[path].count(there) != 1:
            raise AssertionError(f"“{mutant.name}” does not fit {path} any more: {there!r}")
        modules[path] = modules[path].replace(there, instead)
    return modules


def sown(mutant: Mutant, home: Path) -> None:
    """Copy the package, with the mistake in it."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, home / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, home)
    for path, text in made(mutant).items():
        (home / "publisher" / path).write_text(text, encoding="utf-8")


def noticed(mutant: Mutant) -> str:
    """Return what noticed the mistake, empty if nothing did."""
    with tempfile.TemporaryDirectory(prefix="publisher-mutant-") as home:
        sown(mutant, Path(home))
        environment = {**os.environ, "PYTHONPATH": home, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, *mutant.noticed_by]
        done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 1:
        return ""
    said = (line for line in (*done.stdout.splitlines(), *done.stderr.splitlines()) if line.startswith("FAILED ") or " in trial " in line)
    return next(said, "")[:150]


def main() -> int:
    """Sow one mistake after the other, those named or all."""
    lifeline.end_in_order()
    wanted = sys.argv[1:]
    chosen = [mutant for mutant in MUTANTS if not wanted or mutant.name in wanted]
    found = 0
    for mutant in chosen:
        by = noticed(mutant)
        found += bool(by)
        sys.stdout.write(f"{mutant.name}: {by or 'NOT NOTICED by ' + ' '.join(mutant.noticed_by)}\n")
        sys.stdout.flush()
    sys.stdout.write(f"mutants={len(chosen)} caught={found}\n")
    return 0 if found == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
