"""What every adapter that speaks HTTP shares: its way out, and the one table from answer to error class.

The default table is that of delivery.md §4; an adapter overrules it by what the platform's documented bodies say. The call
itself is in flight.py, imported at the first call, because a preview must start without it.
"""

import json
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from publisher.adapters.answer import Answer, http_date
from publisher.adapters.settings import HttpSettings
from publisher.errors import OutcomeUnknown, RateLimited, Rejected, SendError, Unauthorized
from publisher.i18n import N_

REFUSALS = frozenset({400, 403, 404, 413, 422})
LONGEST_WAIT = 366 * 86_400  # seconds; what is absurd is bounded by the caller, and must fit in a date


class HttpAdapter:
    """An adapter's way out: one request, one answer, no retry."""

    def __init__(self, config: HttpSettings) -> None:
        self._settings = config

    def exchange(self, method: str, url: str, **content: Any) -> Answer:
        """Make one call; return the answer if its status is 2xx. `content`: params, json, data, headers, auth. Raises a SendError."""
        from publisher.adapters.flight import fly

        answer = fly(self._settings, method, url, **content)
        if HTTPStatus(200) <= answer.status < HTTPStatus(300):
            return answer
        raise self.outcome(answer)

    def outcome(self, answer: Answer) -> SendError:
        """Return what an answer other than 2xx means; adapters overrule it by what the platform documents."""
        return outcome(answer)


def outcome(answer: Answer) -> SendError:
    """Return the error for an answer other than 2xx by the common table."""
    evidence, host, status = answer.evidence, answer.host, answer.status
    if status == HTTPStatus.UNAUTHORIZED:
        sentence = N_("%(host)s no longer accepts our access: connect the account again.")
        return Unauthorized("unauthorized", sentence, evidence=evidence, host=host)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return rate_limited(answer, retry_at(answer))
    if status in REFUSALS and _is_documented(answer):
        sentence = N_("%(host)s refused what we sent (status %(status)d): nothing was published.")
        return Rejected(f"http-{status}", sentence, evidence=evidence, host=host, status=status)
    sentence = N_("%(host)s answered with status %(status)d: nobody knows yet whether it was published.")
    return OutcomeUnknown(f"http-{status}", sentence, evidence=evidence, host=host, status=status)


def rate_limited(answer: Answer, until: datetime | None) -> RateLimited:
    """Return the wait that an answer asks for, until an instant if it tells one."""
    sentence = N_("%(host)s asks to wait before the next call.")
    return RateLimited("rate-limited", sentence, retry_at=until, evidence=answer.evidence, host=answer.host)


def unusable(answer: Answer) -> OutcomeUnknown:
    """Return the doubt that a 2xx leaves whose body does not say what it must."""
    sentence = N_("%(host)s answered with something that cannot be read: nobody knows yet whether it was published.")
    return OutcomeUnknown("unusable-answer", sentence, evidence=answer.evidence, host=answer.host)


def retry_at(answer: Answer) -> datetime | None:
    """Return the instant that Retry-After names, None if it names none; seconds count from the platform's own clock."""
    told = answer.headers.get("retry-after", "")
    if told.isascii() and told.isdecimal():
        return answer.date + timedelta(seconds=min(int(told[:18]), LONGEST_WAIT)) if answer.date else None
    return http_date(told)


def _is_documented(answer: Answer) -> bool:
    """Tell whether a refusal is the platform's own: a page in HTML comes from something on the way."""
    if not answer.body:
        return True
    try:
        json.loads(answer.body)
    except (ValueError, RecursionError):
        return False
    return True
