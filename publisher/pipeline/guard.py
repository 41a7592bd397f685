"""The one door to the adapters' I/O: no transaction is open behind it, and whatever escapes that is no outcome becomes OutcomeUnknown."""

import json
from collections.abc import Callable
from typing import TypeVar, cast

from django.db import transaction

from publisher.adapters.base import Receipt, Step, Wait, Waits
from publisher.errors import Evidence, OutcomeUnknown, SendError
from publisher.i18n import N_

UNFORESEEN = (Exception, SystemExit)  # a library that leaves would take the channel with it

T = TypeVar("T")
R = TypeVar("R", Receipt, Receipt | None)


def outside() -> None:
    """Refuse to call anybody while a transaction is open."""
    if transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("no transaction may be open during a call: a slow platform would lock everybody out")


def ask(call: Callable[[], T]) -> T:
    """Make one call of an adapter. Raises a SendError, and nothing else that is an Exception."""
    outside()
    try:
        return call()
    except SendError:
        raise
    except UNFORESEEN as error:
        raise _unknown(error) from error


def go_on(call: Waits[T]) -> Wait | T:
    """Let a call that waits for sockets go as far as it can: return what it waits for next, or what it gave; see `ask`.

    Whoever goes on with many calls makes sure, once for all of them, that they are `outside`.
    """
    try:
        return next(call)
    except StopIteration as end:
        return cast("T", end.value)
    except SendError:
        raise
    except UNFORESEEN as error:
        raise _unknown(error) from error


def ask_receipt(step: Step, call: Callable[[], R]) -> R:
    """Make one call that may give the receipt of a step; one that cannot be kept is no answer. Raises a SendError."""
    return ask(lambda: _usable(step, call()))


def _usable(step: Step, receipt: R) -> R:
    if receipt is not None:
        if receipt.step != step.id:
            raise OutcomeUnknown("wrong-receipt", N_("The answer belongs to another step."))
        json.dumps([receipt.remote_id, receipt.url, dict(receipt.answer)], ensure_ascii=False).encode()
    return receipt


def _unknown(error: BaseException) -> OutcomeUnknown:
    sentence = N_("The call ended in a way that was not foreseen (%(name)s): nobody knows yet whether it was taken in.")
    evidence = Evidence(body=f"{type(error).__name__}: {error}")
    return OutcomeUnknown("unexpected", sentence, evidence=evidence, name=type(error).__name__)
