"""Somebody at a browser: comes in by an invitation, sets up the second factor, fills in forms as a person would."""

import base64
import hmac
import re
import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from html import unescape
from typing import Any

import requests

FORMS = "publisher-form"
"""The cookie without which no form is taken."""

LASTS = 30
"""Seconds for which a code is shown (RFC 6238)."""

TIMEOUT = 10  # seconds

SETTING_UP = "/compte/application/"
"""Where the second factor is set up: each visit shows another secret."""

_SECRET = re.compile(r"<code>([A-Z2-7]{16,})</code>")
_FILLED = re.compile(r'name="version" value="(\d+)"')


class Somebody:
    """One person with a browser of their own and an authenticator application."""

    def __init__(self, base: str, name: str, password: str, now: Callable[[], datetime]) -> None:
        """Be outside."""
        self.name, self.password, self.secret = name, password, ""
        self._base, self._now, self._browser = base.rstrip("/"), now, requests.Session()
        self._browser.trust_env = False

    def enter(self, invitation: str) -> None:
        """Choose the password, sign in, set up the second factor."""
        self.post(invitation, new_password1=self.password, new_password2=self.password)
        self.post("/connexion/", login=self.name, password=self.password)
        page = self.get(SETTING_UP)
        found = _SECRET.search(page)
        self.secret = found[1] if found else ""
        if not found or self._send(SETTING_UP, page, {"code": self.code()})[0].endswith(SETTING_UP):
            raise AssertionError(f"{self.name} was not let in")

    def sign_in(self, secret: str) -> None:
        """Sign in with the password and the code of the application, which was set up with this secret."""
        self.secret = secret
        self.post("/connexion/", login=self.name, password=self.password)
        self.post("/connexion/code/", code=self.code())

    def code(self) -> str:
        """Return the six digits that the application shows now."""
        return code(self.secret, self._now())

    def get(self, path: str) -> str:
        """Open a page; return its HTML. Raises requests.HTTPError."""
        answer = self._browser.get(self._address(path), timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.text

    def post(self, path: str, **fields: Any) -> tuple[str, str]:
        """Send the form of a page, with what it holds already; return where that led and the page there. Raises requests.HTTPError."""
        return self._send(path, self._browser.get(self._address(path), timeout=TIMEOUT).text, fields)

    def _send(self, path: str, page: str, fields: Mapping[str, Any]) -> tuple[str, str]:
        version = {"version": found[1]} if (found := _FILLED.search(page)) else {}
        headers = {"Referer": self._address(path), "X-CSRFToken": self._browser.cookies.get(FORMS, "")}
        answer = self._browser.post(self._address(path), data={**version, **fields}, headers=headers, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.url, unescape(answer.text)

    def _address(self, path: str) -> str:
        return path if path.startswith("http") else f"{self._base}{path}"


def code(secret: str, at: datetime) -> str:
    """Return the code of a secret at an instant (RFC 6238 with the usual values: SHA-1, six digits, thirty seconds)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at.timestamp()) // LASTS), "sha1")
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
