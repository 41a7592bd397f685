"""Named places in the delivery path where a test may end the process; in production a visit does nothing."""

from collections.abc import Callable

NAMES = (
    "queue.pre",
    "queue.committed",
    "approve.pre",
    "approve.committed",
    "claim.pre",
    "intent.pre",
    "intent.committed",
    "call.pre",
    "call.written",
    "call.answered",
    "outcome.pre",
    "outcome.committed",
    "group.pre",
    "group.committed",
    "mailing.claimed",
    "mailing.pre",
    "mailing.committed",
    "recover.pre",
    "recover.committed",
    "look.answered",
    "repeat.committed",
    "settled.committed",
    "by-hand.kept",
    "migrate.pre",
    "migrate.committed",
)

_hooks: list[Callable[[str], None]] = []


def visit(name: str) -> None:
    """Pass the place called `name`."""
    for hook in _hooks:
        hook(name)


def install(hook: Callable[[str], None]) -> None:
    """Call `hook` at every visit from now on; only `publisher.testing` does this."""
    _hooks.append(hook)
