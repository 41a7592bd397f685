"""What makes a signed answer of a provider of identities believable (OpenID Connect Core 1.0 §3.1.3.7): pure, by our own clock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, NamedTuple

from publisher.errors import Refused
from publisher.i18n import N_

if TYPE_CHECKING:
    from jwt import PyJWK

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""With a key that only the provider has; never “none”, and none by a secret that is ours as well."""

KEY_TYPES = ("RSA", "EC")

LEEWAY = 60
"""Seconds by which its clock and ours may differ."""


class Expected(NamedTuple):
    """Who must have signed, for whom, and whether the answer must say how long it counts."""

    issuer: str
    client_id: str
    lasts: bool = True


def verified(
    token: str, keys: Mapping[str, Any], expected: Expected, now: datetime, nonce: str | None = None, levels: Sequence[str] = ()
) -> Mapping[str, Any]:
    """Return what a signed answer says, if all of it holds; the word in the error says what does not. Raises Refused."""
    claims = _signed(token, keys)
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != expected.issuer:
        raise distrusted("iss")
    if expected.client_id not in audiences or (len(audiences) > 1 and claims.get("azp") != expected.client_id):
        raise distrusted("aud")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise distrusted("azp")
    if expected.lasts or "exp" in claims:
        _refuse_late(claims, now.timestamp())
    if nonce is not None and not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise distrusted("nonce")
    if levels and claims.get("acr") not in levels:
        sentence = N_("You were not checked as strictly as the town hall asks: sign in there once more, with the stronger means.")
        raise Refused("oidc-level", sentence)
    return claims


def refuse_without_key(keys: Mapping[str, Any]) -> None:
    """Refuse keys of which none could sign an answer that is believed. Raises Refused."""
    if not [key for key in _usable(keys) if key.key_type in KEY_TYPES]:
        raise distrusted("key")


def distrusted(why: str) -> Refused:
    """Return that an answer is not believed; the word is for whoever looks after the service."""
    sentence = N_("What the provider answered cannot be trusted (%(why)s): nobody was signed in. Tell whoever looks after the service.")
    return Refused("oidc-distrusted", sentence, why=why)


def _signed(token: str, keys: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is said under a signature by one of the keys; dates and names are looked at by the caller."""
    import jwt

    found = _usable(keys)
    later = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
    try:
        head = jwt.get_unverified_header(token)
        chosen = [key for key in found if key.key_id == head.get("kid")] if head.get("kid") else found
        if len(chosen) != 1 or chosen[0].key_type not in KEY_TYPES:
            raise distrusted("key")
        return jwt.decode(token, chosen[0].key, algorithms=list(ALGORITHMS), options=later)  # type: ignore[arg-type] # a table of switches
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise distrusted("signature") from error


def _usable(keys: Mapping[str, Any]) -> "list[PyJWK]":
    """Return the keys that are there to sign. Raises Refused."""
    import jwt

    try:
        return [key for key in jwt.PyJWKSet.from_dict(dict(keys)).keys if key.public_key_use in {None, "sig"}]
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise distrusted("signature") from error


def _refuse_late(claims: Mapping[str, Any], now: float) -> None:
    """Refuse what is over, or not made yet. Raises Refused."""
    end, made = claims.get("exp"), claims.get("iat")
    if not isinstance(end, int | float) or end + LEEWAY < now:
        raise distrusted("exp")
    if not isinstance(made, int | float) or made - LEEWAY > now:
        raise distrusted("iat")
    if isinstance(begins := claims.get("nbf"), int | float) and begins - LEEWAY > now:
        raise distrusted("nbf")
