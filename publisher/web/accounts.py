"""Accounts as django-allauth asks for them: nobody signs up by themselves, and the secret of a second factor is kept encrypted."""

import base64
import hashlib
from collections.abc import Mapping

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest

from publisher.i18n import N_, _
from publisher.models import Person

SAID: Mapping[str, str] = {
    "account/messages/logged_in.txt": "",
    "account/messages/logged_out.txt": N_("You are signed out."),
    "account/messages/password_changed.txt": N_("Your password is changed; your other sessions have ended."),
    "mfa/messages/totp_activated.txt": N_("Your application is set up; your other sessions have ended."),
    "mfa/messages/totp_deactivated.txt": N_("The former application no longer counts: set up the new one now."),
    "mfa/messages/webauthn_added.txt": N_("The passkey is added; your other sessions have ended."),
    "mfa/messages/webauthn_removed.txt": N_("The passkey is removed; your other sessions have ended."),
    "mfa/messages/recovery_codes_generated.txt": N_("Here are your recovery codes: keep them on paper."),
    "usersessions/messages/sessions_logged_out.txt": N_("Your other sessions have ended."),
}
"""What we say in place of the library, in the words of our own pages; nothing where the page itself tells it."""


class Accounts(DefaultAccountAdapter):  # type: ignore[misc] # the library ships no types
    """People are invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tell that nobody may open an account for themselves."""
        del request
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask for the password again before an account's protection is changed, but not by who has just signed in to set it up."""
        del app
        return bool(is_mfa_enabled(context.request.user))

    def add_message(self, request: HttpRequest, level: int, message_template: str = "", *arguments: object, **options: object) -> None:
        """Say what was done, in our own words where we have some."""
        if message_template not in SAID:
            super().add_message(request, level, message_template, *arguments, **options)
        elif SAID[message_template]:
            super().add_message(request, level, message=_(SAID[message_template]))

    def send_notification_mail(self, *arguments: object, **options: object) -> None:
        """Send nothing: there is no mailbox for it yet."""


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc] # as above
    """Secrets are encrypted with the key beside the database, of which backups know nothing."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret."""
        return _cipher().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt it."""
        return _cipher().decrypt(encrypted_text.encode("ascii")).decode()

    def generate_authenticator_name(self, user: Person, type: str) -> str:  # noqa: A002 - the library's name
        """Propose a name for another passkey."""
        return _("Passkey %(number)d") % {"number": Authenticator.objects.filter(user=user, type=type).count() + 1}


def _cipher() -> Fernet:
    key = hashlib.sha256(f"second factor:{settings.SECRET_KEY!s}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
