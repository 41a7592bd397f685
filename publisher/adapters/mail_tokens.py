"""Access tokens for a mail server that takes no password: each is made from the refresh token, used while it lasts, and kept nowhere.

Where the service gives another refresh token with it, that one is kept before the access token is used (`mail_renewed`).

OAuth 2.0 (RFC 6749 §6). Nothing of a message has left yet when one is made: whatever goes wrong here, nothing was sent.
"""

import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from publisher.adapters.answer import Answer
from publisher.adapters.http import rate_limited, retry_at
from publisher.adapters.mail_renewed import Kept
from publisher.adapters.mail_settings import Config
from publisher.config import Secret
from publisher.errors import NotSent, OutcomeUnknown, SendError, Unauthorized
from publisher.i18n import N_

EARLY = 60.0
"""Seconds before its end at which a token is no longer used; no session waits so long between its beginning and its login."""

USUAL = 300.0
"""Seconds for which a token counts whose answer does not say how long it lasts."""

_MEANINGS: Mapping[str, tuple[str, str]] = {
    "invalid_grant": (
        "refresh-refused",
        N_("%(host)s no longer accepts the refresh token of the mailbox: connect the channel again, then let it go on."),
    ),
    "invalid_client": (
        "client-refused",
        N_("%(host)s does not know our application, or its secret is another: check “client_id”, then connect the channel again."),
    ),
    "unauthorized_client": (
        "client-refused",
        N_("%(host)s does not know our application, or its secret is another: check “client_id”, then connect the channel again."),
    ),
}


class Tokens:
    """The access token of a mailbox, made anew when it ends; of many connections that need one, one makes it."""

    def __init__(self, settings: Config) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._kept = Kept(settings.tokens, settings.refresh_token)
        self._token, self._until = Secret(""), 0.0
        self.ends_at: datetime | None = None
        """When the refresh token itself ends, as the last answer told, by its own clock; None if it did not."""

    def current(self) -> Secret:
        """Return a token that counts now. Raises NotSent, RateLimited, Unauthorized."""
        if not self._settings.token_url:
            return self._settings.token or Secret("")
        with self._lock:
            self._kept.write()
            if not self._token or time.monotonic() >= self._until:
                with self._kept.alone():
                    self._renew(self._settings.token_url)
            return self._token

    def forget(self) -> None:
        """Make another one next time: the mail server did not take this one."""
        with self._lock:
            self._token = Secret("")

    def _renew(self, url: str) -> None:
        from publisher.adapters.flight import fly

        try:
            answer = fly(self._settings, "POST", url, data=self._asked())
        except OutcomeUnknown as error:  # a token that nobody received harms nobody
            raise NotSent(error.code, N_("%(host)s gave no access token, so nothing was sent."), host=error.params["host"]) from error
        told = answer.parsed()
        token = told.get("access_token")
        if answer.status != HTTPStatus.OK or not isinstance(token, str) or not token.isprintable() or not token:
            raise _refusal(answer)
        self._kept.replace(told.get("refresh_token"))
        self._token = Secret(token)
        self._until = time.monotonic() + max(0.0, (_seconds(told.get("expires_in")) or USUAL) - EARLY)
        lasts = _seconds(told.get("refresh_token_expires_in"))
        self.ends_at = answer.date + timedelta(seconds=lasts) if lasts and answer.date else None

    def _asked(self) -> dict[str, str]:
        settings = self._settings
        secrets = {"refresh_token": self._kept.read(), "client_secret": settings.client_secret}
        asked = {"grant_type": "refresh_token", "client_id": settings.client_id, "scope": settings.scope}
        return {name: text for name, text in asked.items() if text} | {name: one.reveal() for name, one in secrets.items() if one}


def _refusal(answer: Answer) -> SendError:
    """Return what an answer without a token means. Its words are not kept as evidence: they may quote what was sent."""
    error = answer.parsed().get("error")
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return rate_limited(answer, retry_at(answer))
    if isinstance(error, str) and error in _MEANINGS:
        code, sentence = _MEANINGS[error]
        return Unauthorized(code, sentence, host=answer.host)
    sentence = N_("%(host)s gave no access token (status %(status)d), so nothing was sent: check “token_url”, “client_id” and “scope”.")
    return NotSent("no-access-token", sentence, host=answer.host, status=answer.status)


def _seconds(told: object) -> float | None:
    """Return a span that an answer tells, in its two usual forms; None if it tells none that is meant."""
    if isinstance(told, str) and told.isascii() and told.isdecimal():
        told = int(told[:10])
    return float(told) if isinstance(told, int | float) and not isinstance(told, bool) and 0 < told < 10**9 else None
