"""What every adapter that speaks HTTP shares: the answer as a value, and the one table from answer to error class.

The default table is that of delivery.md §4; an adapter overrules it by what the platform's documented bodies say. The call
itself is in flight.py, imported at the first call, because a preview must start without it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from publisher.adapters.settings import HttpSettings
from publisher.errors import Evidence, OutcomeUnknown, RateLimited, Rejected, SendError, Unauthorized
from publisher.i18n import N_

REFUSALS = frozenset({400, 403, 404, 413, 422})
LONGEST_WAIT = 366 * 86_400  # seconds; what is absurd is bounded by the caller, and must fit in a date
SHOWN = 2000  # characters of a body that an operator needs

_TELLING = re.compile(
    r"date|location|retry-after|content-type|www-authenticate|.*api-version|.*(rate|limit|usage|request-id|transaction-id|trace|access-level).*"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answered, read whole; header names in lower case."""

    host: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def evidence(self) -> Evidence:
        """What the operator may want to see of it."""
        telling = {name: value for name, value in self.headers.items() if _TELLING.fullmatch(name)}
        return Evidence(self.status, telling, self.body.decode("utf-8", "replace")[:SHOWN])

    @property
    def date(self) -> datetime | None:
        """The platform's clock, if it tells it."""
        return _http_date(self.headers.get("date", ""))

    def parsed(self) -> Mapping[str, Any]:
        """Return the body as a JSON object, an empty one if it is anything else."""
        try:
            content = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}


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
    return _http_date(told)


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)


def _is_documented(answer: Answer) -> bool:
    """Tell whether a refusal is the platform's own: a page in HTML comes from something on the way."""
    if not answer.body:
        return True
    try:
        json.loads(answer.body)
    except (ValueError, RecursionError):
        return False
    return True
