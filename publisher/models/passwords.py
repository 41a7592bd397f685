"""What passwords are like, and how they are kept: by Argon2id; those that PBKDF2 kept open as before, and are kept anew then."""

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator

from publisher.i18n import _


class Argon2(Argon2PasswordHasher):
    """The second choice of RFC 9106, for machines with little memory: eight people may sign in at once within half a gigabyte."""

    time_cost = 3
    memory_cost = 64 * 1024  # KiB
    parallelism = 4


class Unlike(UserAttributeSimilarityValidator):
    """Not like the name or the address of its owner; the library would name the column."""

    def get_error_message(self) -> str:
        """Say so."""
        return _("This password is too much like your name or your address.")
