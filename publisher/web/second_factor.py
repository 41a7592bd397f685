"""A fresh second factor for what is irreversible: the code of this very moment, typed into the form that it is for."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.http import HttpRequest

from publisher.errors import Refused
from publisher.i18n import N_
from publisher.web.gate import acting

ATTEMPTS, WITHIN = 5, 300
"""Wrong codes, and seconds in which so many are too many."""


def confirm(request: HttpRequest) -> None:
    """Require the code of the person's application, which counts once. Raises Refused."""
    person, code = acting(request), request.POST.get("code", "").replace(" ", "")
    counter = f"second-factor:{person.pk}"
    if (cache.get_or_set(counter, 0, WITHIN) or 0) >= ATTEMPTS:
        raise Refused("too-many-codes", N_("Too many wrong codes: wait five minutes, then try again."))
    own = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    if own is None:
        sentence = N_(
            "Your account has no application that shows codes: set one up under “Second factor”; a passkey serves to sign in only."
        )
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
