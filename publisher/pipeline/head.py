"""The head of the audit, kept beside the database before each call: a database that lacks it has forgotten what was done.

Whoever puts a backup in the database's place brings back deliveries that have left since; what is kept here outlives that.
"""

import hashlib
import json
import threading
from pathlib import Path

from publisher import storage
from publisher.models import Audit

FILE = "audit.head"


class Head:
    """The last act that is known to have been in the database of a data directory, as its number and hash."""

    def __init__(self, data_dir: Path) -> None:
        """Read what was kept last; nothing was if the directory is new. Raises OSError."""
        self._file = data_dir / FILE
        self._lock = threading.Lock()
        self._known = self._file.read_text("ascii", "replace") if self._file.exists() else ""

    def stands(self) -> bool:
        """Tell whether the database still has that act."""
        number = self._known.partition(" ")[0]
        return not self._known or (number.isdecimal() and _line(int(number)) == self._known)

    def follow(self) -> bool:
        """Keep the newest act, durably; False, and nothing is kept, if the database forgot the one before. Raises OSError."""
        with self._lock:
            if not self.stands():
                return False
            newest = Audit.objects.order_by("-sequence").values_list("sequence", flat=True).first()
            line = _line(newest) if newest else ""
            if line != self._known:
                storage.write_whole(self._file, line.encode())
                self._known = line
        return True

    def begin_anew(self) -> None:
        """Take the database as it is now. Raises OSError."""
        self._known = ""
        self.follow()


def _line(number: int) -> str:
    """Return the number and the hash of an act; empty if there is none of that number."""
    act = Audit.objects.filter(sequence=number).values_list("sequence", "at", "action", "subject", "detail").first()
    return f"{number} {hashlib.sha256(json.dumps(act, default=str, sort_keys=True).encode()).hexdigest()}" if act else ""
