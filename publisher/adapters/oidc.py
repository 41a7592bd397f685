"""Signing in elsewhere: what a provider of identities (OpenID Connect Core 1.0) is asked, and what is believed of its answers.

Only the hosts that config.toml names are ever called, whatever the provider's description says.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from importlib.util import find_spec
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from publisher.adapters.answer import Answer
from publisher.adapters.flight import fly
from publisher.adapters.oidc_proof import Expected, distrusted, refuse_without_key, verified
from publisher.adapters.reach import is_loopback
from publisher.adapters.settings import WireSettings
from publisher.config import Config, Oidc, Secret, Where, missing_secrets
from publisher.errors import ConfigError, Problem, Refused, SendError, Severity
from publisher.i18n import N_

SECTION = "web.oidc"
BELOW = "/.well-known/openid-configuration"
LENGTH = 48
"""Bytes of what nobody guesses; ProConnect wants 32 characters at least."""


_ABSENT = N_("%(issuer)s does not answer as a provider of identities should: check “issuer”, and whether this machine may call it.")
_INCOMPLETE = N_("%(issuer)s does not say where “%(why)s” is: nobody could sign in; ask whoever looks after the provider.")
_FAULTS: Mapping[str, str] = {
    "issuer": N_("%(issuer)s calls itself otherwise: write “issuer” to the letter as its own description does."),
    "host": N_("%(issuer)s leads us to a host that config.toml does not name: add it to “hosts” once you know that it is the provider's."),
    "https": N_("%(issuer)s leads us to an address that is less safe than its own: ask whoever looks after the provider."),
    "key": N_("%(issuer)s shows no key by which its answers could be verified: ask whoever looks after the provider."),
    "signature": N_("%(issuer)s shows keys that cannot be read: ask whoever looks after the provider."),
}
"""What is wrong with the provider itself, by the word for it, as whoever looks after the service reads it."""


class Begun(NamedTuple):
    """What was sent along when somebody left for the provider, and must come back."""

    state: str
    nonce: str
    verifier: str


class Identity(NamedTuple):
    """Whom the provider says it saw; `email` is empty unless verified, `farewell`, where one signs out there, if there is no such place."""

    issuer: str
    subject: str
    email: str
    farewell: str


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider of config.toml."""

    told: Oidc
    issuer: str
    client_id: str
    secret: Secret
    wire: WireSettings

    def address(self, begun: Begun, back: str) -> str:
        """Return where to send somebody who wants to sign in; `back` is our own address, to which they return. Raises Refused."""
        digest = hashlib.sha256(begun.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": back,
            "scope": " ".join(self.told.scopes),
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        if self.told.acr_values:
            asked["acr_values"] = " ".join(self.told.acr_values)
        return _with(self._place(self._description(), "authorization_endpoint"), asked)

    def identify(self, code: str, begun: Begun, back: str, home: str, now: datetime) -> Identity:
        """Return whom the provider saw, once all was verified; `home` is where it may lead after a farewell. Raises Refused."""
        description = self._description()
        tokens = self._redeem(description, code, begun, back)
        keys = self._called(_text(description, "jwks_uri"))
        token = _text(tokens, "id_token")
        claims = verified(token, keys, self._expected, now, begun.nonce, self.told.acr_values)
        subject = _text(claims, "sub")
        is_enough = "email" in claims or self.told.claim != "email"
        about = claims if is_enough else self._more(description, tokens, keys, now)
        if about.get("sub") != subject:
            raise distrusted("userinfo")
        return Identity(self.issuer, subject, self._email(about), self._farewell(description, token, home))

    def fault(self) -> Problem | None:
        """Return what would keep everybody from signing in: asked are the description and the keys, and nobody is signed in."""
        try:
            description = self._description()
            self._place(description, "authorization_endpoint")
            self._refuse_elsewhere(_text(description, "token_endpoint"))
            refuse_without_key(self._called(_text(description, "jwks_uri")))
        except Refused as error:
            why = str(error.params.get("why", ""))
            sentence = _FAULTS.get(why, _INCOMPLETE if why else _ABSENT)
            return Problem(Severity.ERROR, error.code, sentence, {"issuer": self.issuer, "why": why})
        return None

    @property
    def _expected(self) -> Expected:
        return Expected(self.issuer, self.client_id)

    def _description(self) -> Mapping[str, Any]:
        found = self._called(self.issuer.rstrip("/") + BELOW)
        if found.get("issuer") != self.issuer:
            raise distrusted("issuer")
        return found

    def _redeem(self, description: Mapping[str, Any], code: str, begun: Begun, back: str) -> Mapping[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": begun.verifier}
        headers = {}
        if "client_secret_post" in description.get("token_endpoint_auth_methods_supported", []):
            form |= {"client_id": self.client_id, "client_secret": self.secret.reveal()}
        else:
            pair = f"{quote(self.client_id, safe='')}:{quote(self.secret.reveal(), safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return self._called(_text(description, "token_endpoint"), "POST", data=form, headers=headers)

    def _more(self, description: Mapping[str, Any], tokens: Mapping[str, Any], keys: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
        """Ask for what the token does not say; some providers sign that, too."""
        address = _text(description, "userinfo_endpoint")
        answer = self._answer(address, headers={"Authorization": f"Bearer {_text(tokens, 'access_token')}"})
        if answer.headers.get("content-type", "").startswith("application/jwt"):
            return verified(answer.body.decode("ascii", "replace").strip(), keys, self._expected._replace(lasts=False), now)
        return answer.parsed()

    def _farewell(self, description: Mapping[str, Any], token: str, home: str) -> str:
        if not _text(description, "end_session_endpoint", needed=False):
            return ""
        asked = {"id_token_hint": token, "post_logout_redirect_uri": home, "state": fresh()}
        return _with(self._place(description, "end_session_endpoint"), asked)

    def _place(self, description: Mapping[str, Any], key: str) -> str:
        """Return a page of the provider's to which a browser is led: on any host, and as safely as to the issuer. Raises Refused."""
        address = _text(description, key)
        if urlsplit(address).scheme != urlsplit(self.issuer).scheme:
            raise distrusted(key)
        return address

    def _email(self, claims: Mapping[str, Any]) -> str:
        """Return the address, empty unless somebody vouches for it."""
        email, says = claims.get("email"), claims.get("email_verified")
        vouched = says is True or (says is None and self.told.email_is_verified)
        return email if isinstance(email, str) and vouched else ""

    def _called(self, url: str, method: str = "GET", **content: Any) -> Mapping[str, Any]:
        return self._answer(url, method, **content).parsed()

    def _answer(self, url: str, method: str = "GET", **content: Any) -> Answer:
        """Make one call, to a host of config.toml and no other. Raises Refused."""
        self._refuse_elsewhere(url)
        try:
            answer = fly(self.wire, method, url, **content)
        except SendError as error:
            raise _silent(self.told.button) from error
        if answer.status != HTTPStatus.OK:
            raise _silent(self.told.button)
        return answer

    def _refuse_elsewhere(self, url: str) -> None:
        parts, issuer = urlsplit(url), urlsplit(self.issuer)
        if parts.netloc != issuer.netloc and parts.hostname not in self.told.hosts:
            raise distrusted("host")
        if parts.scheme != issuer.scheme:
            raise distrusted("https")


def configured(config: Config) -> Provider | None:
    """Return the provider of config.toml; None if there is none. Raises ConfigError."""
    told, where = config.web.oidc, Where(str(config.path or "config.example.toml"), SECTION, config.folder)
    if told.issuer is None:
        return None
    if not told.client_id:
        sentence = N_("%(file)s, section [%(section)s]: “%(key)s” is missing; add a line “%(key)s = …”.")
        raise ConfigError("missing-key", sentence, file=where.file, section=where.section, key="client_id")
    if not told.issuer.startswith("https://") and not is_loopback(urlsplit(told.issuer).hostname or ""):
        sentence = N_("%(place)s: an identity must not travel in clear; write an address that starts with https://.")
        raise ConfigError("oidc-in-clear", sentence, place=where.place("issuer"))
    if find_spec("jwt") is None:
        sentence = N_("[%(section)s] needs the package PyJWT: install “mairie-publisher[oidc]”, or remove the section.")
        raise ConfigError("oidc-not-installed", sentence, section=SECTION)
    secrets_ = config.secrets.of("oidc")
    secret = secrets_.get("client_secret")
    if secret is None:
        raise missing_secrets(["client_secret"], where, secrets_)
    return Provider(told, told.issuer, told.client_id, secret, WireSettings(adapter="oidc", network=config.network))


def begin() -> Begun:
    """Return what is sent along, new each time."""
    return Begun(fresh(), fresh(), fresh())


def fresh() -> str:
    """Return what nobody guesses."""
    return secrets.token_urlsafe(LENGTH)


def same(one: str, other: str) -> bool:
    """Compare what was sent along with what came back, in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode())


def _silent(name: str) -> Refused:
    sentence = N_("%(name)s does not answer as it should: try again later, or sign in with your password.")
    return Refused("oidc-silent", sentence, name=name)


def _text(found: Mapping[str, Any], key: str, *, needed: bool = True) -> str:
    value = found.get(key)
    if isinstance(value, str) and value:
        return value
    if needed:
        raise distrusted(key)
    return ""


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"
