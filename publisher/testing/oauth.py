"""OAuth 1.0a as a platform checks it (RFC 5849): written apart from any client library, so that it can contradict one."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from publisher.testing.platform import Request

LEEWAY = 300.0  # seconds between the caller's clock and the platform's

_PARAMETER = re.compile(r'([a-z_]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Credentials:
    """The four values that an application and a user share with the platform."""

    api_key: str
    api_secret: str
    access_token: str
    access_token_secret: str


def is_signed(request: Request, credentials: Credentials, now: float) -> bool:
    """Tell whether the request carries a header signature by these credentials, made about now (seconds since 1970)."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    given = {name: unquote(value) for name, value in _PARAMETER.findall(rest)}
    expected = {
        "oauth_consumer_key": credentials.api_key,
        "oauth_token": credentials.access_token,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_version": "1.0",
    }
    timestamp = given.get("oauth_timestamp", "")
    return (
        scheme == "OAuth"
        and all(given.get(name) == value for name, value in expected.items())
        and bool(given.get("oauth_nonce"))
        and timestamp.isdecimal()
        and abs(now - int(timestamp)) <= LEEWAY
        and hmac.compare_digest(given.get("oauth_signature", ""), _signature(request, given, credentials))
    )


def _signature(request: Request, given: Mapping[str, str], credentials: Credentials) -> str:
    """Sign as RFC 5849 §3.4 says; a JSON body is not part of what is signed."""
    address = urlsplit(request.url)
    base = f"{address.scheme}://{address.netloc}{address.path}"
    signed = [*request.query, *((name, value) for name, value in given.items() if name not in {"oauth_signature", "realm"})]
    pairs = sorted((_encoded(name), _encoded(value)) for name, value in signed)
    parameters = "&".join(f"{name}={value}" for name, value in pairs)
    text = "&".join(_encoded(part) for part in (request.method.upper(), base, parameters))
    key = f"{_encoded(credentials.api_secret)}&{_encoded(credentials.access_token_secret)}"
    # SHA-1 is the protocol's choice
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _encoded(text: str) -> str:
    return quote(text, safe="-._~")
