"""The one door to the adapters' I/O: no transaction is open behind it, and whatever escapes that is no outcome becomes OutcomeUnknown."""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from publisher.errors import Evidence, OutcomeUnknown, SendError
from publisher.i18n import N_

T = TypeVar("T")


def ask(call: Callable[[], T]) -> T:
    """Make one call of an adapter. Raises a SendError, and nothing else that is an Exception."""
    if transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("no transaction may be open during a call: a slow platform would lock everybody out")
    try:
        return call()
    except SendError:
        raise
    except Exception as error:
        sentence = N_("The call ended in a way that was not foreseen (%(name)s): nobody knows yet whether it was taken in.")
        evidence = Evidence(body=f"{type(error).__name__}: {error}")
        raise OutcomeUnknown("unexpected", sentence, evidence=evidence, name=type(error).__name__) from error
