"""How passwords are kept: by Argon2id; those of before, by PBKDF2, open as before and are kept anew at the next login."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """The second choice of RFC 9106, for machines with little memory: eight people may sign in at once within half a gigabyte."""

    time_cost = 3
    memory_cost = 64 * 1024  # KiB
    parallelism = 4
