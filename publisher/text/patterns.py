"""Patterns compiled when they are first used: most rules meet nothing in most texts, and a short command should not pay for all."""

import re
from functools import cached_property
from typing import cast


class _Late:
    def __init__(self, pattern: str, flags: int) -> None:
        self._source = pattern, flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(*self._source)

    def __getattr__(self, name: str) -> object:
        """Return what the compiled pattern has of that name, and keep it: it is looked up here once."""
        found = self.__dict__[name] = getattr(self._compiled, name)
        return found


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return the pattern, to be used by its methods."""
    return cast("re.Pattern[str]", _Late(pattern, flags))
