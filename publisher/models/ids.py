"""Short names that people type: a letter for what it is, and eight characters that cannot be mistaken for one another."""

import secrets

_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"  # 32 characters, without 0 and o, 1 and l
LENGTH = 10


def new_announcement_id() -> str:
    """Return a fresh `a-xxxxxxxx`."""
    return _new("a")


def new_delivery_id() -> str:
    """Return a fresh `d-xxxxxxxx`."""
    return _new("d")


def new_draft_id() -> str:
    """Return a fresh `t-xxxxxxxx`: a text that nobody was asked to agree to yet."""
    return _new("t")


def _new(letter: str) -> str:
    return f"{letter}-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))
