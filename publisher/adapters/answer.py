"""What a platform answered over HTTP, as a value."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from publisher.errors import Evidence

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
        return http_date(self.headers.get("date", ""))

    def parsed(self) -> Mapping[str, Any]:
        """Return the body as a JSON object, an empty one if it is anything else."""
        try:
            content = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}


def http_date(text: str) -> datetime | None:
    """Return the instant that a header tells, None if it tells none."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
