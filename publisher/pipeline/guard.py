"""The one door to the adapters' I/O: no transaction is open behind it, and whatever escapes that is no outcome becomes OutcomeUnknown."""

import json
from collections.abc import Callable
from functools import partial
from typing import TypeVar, cast

from django.db import transaction

from publisher.adapters.base import Receipt, Step, Wait, Waits
from publisher.errors import Evidence, OutcomeUnknown, SendError
from publisher.i18n import N_

T = TypeVar("T")
R = TypeVar("R", Receipt, Receipt | None)


def outside() -> None:
    """Refuse to call anybody while a transaction is open."""
    if transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("no transaction may be open during a call: a slow platform would lock everybody out")


def ask(call: Callable[[], T]) -> T:
    """Make one call of an adapter. Raises a SendError, and nothing else that is an Exception."""
    outside()
    return _foreseen(call)


def go_on(call: Waits[T]) -> Wait | T:
    """Let a call that waits for sockets go as far as it can: return what it waits for next, or what it gave; see `ask`.

    Whoever goes on with many calls makes sure, once for all of them, that they are `outside`.
    """
    return _foreseen(partial(_further, call))


def ask_receipt(step: Step, call: Callable[[], R]) -> R:
    """Make one call that may give the receipt of a step; one that cannot be kept is no answer. Raises a SendError."""
    return ask(lambda: _usable(step, call()))


def _usable(step: Step, receipt: R) -> R:
    if receipt is not None:
        if receipt.step != step.id:
            raise OutcomeUnknown("wrong-receipt", N_("The answer belongs to another step."))
        json.dumps([receipt.remote_id, receipt.url, dict(receipt.answer)], ensure_ascii=False).encode()
    return receipt


def _further(call: Waits[T]) -> Wait | T:
    try:
        return next(call)
    except StopIteration as end:
        return cast("T", end.value)


def _foreseen(call: Callable[[], T]) -> T:
    """Let nothing out but outcomes."""
    try:
        return call()
    except SendError:
        raise
    except (Exception, SystemExit) as error:  # a library that leaves would take the channel with it
        sentence = N_("The call ended in a way that was not foreseen (%(name)s): nobody knows yet whether it was taken in.")
        evidence = Evidence(body=f"{type(error).__name__}: {error}")
        raise OutcomeUnknown("unexpected", sentence, evidence=evidence, name=type(error).__name__) from error
