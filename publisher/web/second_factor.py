"""A fresh second factor for what is irreversible: the code of this very moment, or a passkey that was used just now, for one act."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.http import HttpRequest

from publisher.clock import SystemClock
from publisher.errors import Refused
from publisher.i18n import N_
from publisher.web.gate import acting

ATTEMPTS, WITHIN = 5, 300
"""Wrong codes, and seconds in which so many are too many."""

FRESH = 300.0
"""Seconds within which a passkey counts after it was used, for one act."""

_SERVED = "passkey_served"


def confirm(request: HttpRequest) -> None:
    """Require that a passkey was used just now, or the code of the person's application; either counts once. Raises Refused."""
    used = _passkey_used_at(request)
    if used and not request.POST.get("code"):
        _serve(request, used)
    else:
        _confirm_code(request)


def passkey_counts(request: HttpRequest) -> bool:
    """Tell whether the next act needs no code, because a passkey was used just now."""
    return _passkey_used_at(request) is not None


def has_passkey(request: HttpRequest) -> bool:
    """Tell whether the person could use a passkey instead of a code."""
    return bool(Authenticator.objects.filter(user=acting(request), type=Authenticator.Type.WEBAUTHN).exists())


def _passkey_used_at(request: HttpRequest) -> float | None:
    """Return when a passkey was used to confirm who is there, if that was just now and has not served yet: by the machine's own clock."""
    records = [one for one in get_authentication_records(request, acting(request)) if one.get("type") == Authenticator.Type.WEBAUTHN]
    used = max((float(one["at"]) for one in records if one.get("reauthenticated")), default=0.0)
    is_fresh = 0.0 <= SystemClock().now().timestamp() - used < FRESH
    return used if is_fresh and used > float(request.session.get(_SERVED, 0.0)) else None


def _serve(request: HttpRequest, used: float) -> None:
    """Let this use of a passkey count, once: of two requests at the same time, which both find it unused, for one only. Raises Refused."""
    if not cache.add(f"passkey:{acting(request).pk}:{used}", 1, FRESH):
        raise Refused("passkey-served", N_("Your passkey has confirmed another act already: use it once more, or type the code."))
    request.session[_SERVED] = used


def _confirm_code(request: HttpRequest) -> None:
    """Require the code of the person's application, which counts once. Raises Refused."""
    person, code = acting(request), request.POST.get("code", "").replace(" ", "")
    counter = f"second-factor:{person.pk}"
    if (cache.get_or_set(counter, 0, WITHIN) or 0) >= ATTEMPTS:
        raise Refused("too-many-codes", N_("Too many wrong codes: wait five minutes, then try again."))
    own = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    if own is None:
        sentence = N_("Your account has no application that shows codes: set one up under “Second factor”, or use your passkey.")
        raise Refused("no-application", sentence)
    if not TOTP(own).validate_code(code):
        cache.incr(counter)
        sentence = N_("This code is not the right one, or has served already: type the one that your application shows now.")
        raise Refused("wrong-code", sentence)
    cache.delete(counter)


def protected() -> set[int]:
    """Return the keys of the people whose account has a second factor; recovery codes alone are none."""
    factors = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return set(factors.values_list("user_id", flat=True))
