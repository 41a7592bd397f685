"""What took the place of the refresh token in `.env`: a service may give another one with each access token, and let the former die.

It is kept in a file named by what it replaces, so that a mailbox which is connected anew begins with what was typed, and `.env`
holds nothing that no person gave: what changes there is asked of the platform first.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from publisher import files
from publisher.config import Secret
from publisher.errors import NotSent, reason
from publisher.i18n import N_


class Kept:
    """The refresh token that counts now; without a folder for it, it is kept in memory alone."""

    def __init__(self, folder: Path | None, given: Secret | None) -> None:
        self._folder, self._given = folder, given or Secret("")
        self._name = hashlib.sha256(self._given.reveal().encode()).hexdigest()[:32]
        self._unwritten: Secret | None = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes waiting that would exchange the same token: of two, one would hold a dead one. Raises NotSent."""
        with ExitStack() as stack:
            if self._folder:
                with self._explained(self._folder):
                    if not self._folder.exists():
                        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                        _hand_over(self._folder)
                    stack.enter_context(files.alone(self._folder))
            yield

    def read(self) -> Secret:
        """Return the token. Raises NotSent."""
        if self._unwritten or self._folder is None:
            return self._unwritten or self._given
        with self._explained(self._folder):
            file = self._folder / self._name
            return Secret(file.read_text("ascii")) if file.exists() else self._given

    def replace(self, told: object) -> None:
        """Keep what an answer gave in its place, durably. Raises NotSent: then it is written before anything else next time."""
        if isinstance(told, str) and told.isascii() and told.isprintable() and told and told != self.read().reveal():
            self._unwritten = Secret(told)
        self.write()

    def write(self) -> None:
        """Write what could not be written before, if there is any. Raises NotSent."""
        if self._folder and self._unwritten:
            with self._explained(self._folder):
                files.write_whole(self._folder / self._name, self._unwritten.reveal().encode("ascii"), mode=0o600)
                _hand_over(self._folder / self._name)
            self._unwritten = None

    @contextmanager
    def _explained(self, folder: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            sentence = N_("The new refresh token of the mailbox cannot be kept in %(path)s (%(why)s): nothing was sent.")
            raise NotSent("token-unkept", sentence, path=folder, why=reason(error)) from error


def _hand_over(path: Path) -> None:
    """Give what its administrator has made to the service, which must be able to read it."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
