"""What a backup is: a plain tar whose last member lists all others with their sums. What is not exactly that is not taken for one."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any, BinaryIO

from publisher import __version__
from publisher.errors import Refused
from publisher.i18n import N_

FORMAT = "publisher.backup/1"
MANIFEST = "manifest.json"
CONFIG = "config.toml"
DATA = "data"
DATABASE = "publisher.sqlite3"
HEAD = "audit.head"
FOLDERS = ("sources", "media", "site")

LONGEST = 64 * 2**20
"""Bytes of a manifest: some hundred thousand files."""

PIECE = 2**20


@dataclass(frozen=True, slots=True)
class Sum:
    """What a member must be: its length and its SHA-256, in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """When the backup was made, by which version, and what it holds, by name."""

    made_at: datetime
    version: str
    files: Mapping[str, Sum]


@dataclass
class Writer:
    """Puts members in an archive, and in the end the list of them."""

    file: BinaryIO
    made_at: datetime
    sums: dict[str, Sum] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tar = tarfile.open(fileobj=self.file, mode="w")  # noqa: SIM115 - closed by `end`

    def add(self, name: str, content: IO[bytes], size: int) -> None:
        """Put a member in. Raises OSError, as when it is shorter than was said."""
        summed = _Summed(content)
        self._tar.addfile(self._head(name, size), summed)  # type: ignore[arg-type] # it only reads
        self.sums[name] = Sum(size, summed.sha256.hexdigest())

    def add_bytes(self, name: str, content: bytes) -> None:
        """Put a member in that is in memory."""
        self.add(name, io.BytesIO(content), len(content))

    def end(self) -> None:
        """Put the list of all members in; nothing may follow."""
        files = {name: {"size": one.size, "sha256": one.sha256} for name, one in self.sums.items()}
        told = {"format": FORMAT, "version": __version__, "made_at": self.made_at.isoformat(), "files": files}
        content = json.dumps(told, ensure_ascii=False, indent=1).encode()
        self._tar.addfile(self._head(MANIFEST, len(content)), io.BytesIO(content))
        self._tar.close()

    def _head(self, name: str, size: int) -> tarfile.TarInfo:
        head = tarfile.TarInfo(name)
        head.size, head.mode, head.mtime = size, 0o600, int(self.made_at.timestamp())
        return head


class _Summed:
    """A file that is summed up while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int) -> bytes:
        """Read on."""
        piece = self._file.read(size)
        self.sha256.update(piece)
        return piece


def verified(file: BinaryIO) -> Manifest:
    """Read the whole archive, and return its list if every member is what the list says. Writes nothing. Raises Refused, OSError."""
    found: dict[str, Sum] = {}
    manifest: Manifest | None = None
    with understood():
        for name, content, size in members(file):
            if manifest or name in found:
                raise hostile(name)
            if name == MANIFEST:
                manifest = _manifest(content.read(LONGEST + 1))
            else:
                found[name] = Sum(size, sum_of(content))
    if manifest is None:
        raise damaged(MANIFEST)
    for name in sorted({*found, *manifest.files}):
        if found.get(name) != manifest.files.get(name):
            raise damaged(name)
    return manifest


def members(file: BinaryIO) -> Iterator[tuple[str, IO[bytes], int]]:
    """Yield each member, inside `understood`: its name, which is one of ours, its content, to be read before the next, and its length.

    Nothing is unpacked by the library: what it would make of links, devices and absolute names does not matter. The archive is
    not compressed, so that what is read is never more than what is there.
    """
    file.seek(0)
    with tarfile.open(fileobj=file, mode="r:") as tar:
        for member in tar:
            yield member.name, _content(tar, member), member.size


@contextmanager
def understood() -> Iterator[None]:
    """Turn what the library says of an archive inside the block into one sentence. Raises Refused."""
    try:
        yield
    except (tarfile.TarError, ValueError, OverflowError) as error:
        raise damaged("") from error


def sum_of(content: IO[bytes]) -> str:
    """Return the SHA-256 of what is left to read."""
    summed = hashlib.sha256()
    while piece := content.read(PIECE):
        summed.update(piece)
    return summed.hexdigest()


def damaged(name: str) -> Refused:
    """Return the error for an archive that is not what was written, by the first member that shows it."""
    sentence = N_("The backup is damaged, or was changed since it was made (%(name)s): nothing was restored. Take another one.")
    return Refused("backup-damaged", sentence, name=name or "tar")


def hostile(name: str) -> Refused:
    """Return the error for a member that no backup has."""
    sentence = N_("This archive holds what no backup of Publisher holds (%(name)r): nothing was restored. Find out where it comes from.")
    return Refused("backup-hostile", sentence, name=name)


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.sparse and member.size >= 0
    content = tar.extractfile(member) if plain and _is_ours(member.name) else None
    if content is None:
        raise hostile(member.name)
    return content


def _is_ours(name: str) -> bool:
    """Tell whether a backup has members of this name: relative, without a way up, below what we keep."""
    if not name.isprintable() or "\\" in name or PurePosixPath(name).as_posix() != name:
        return False
    parts = PurePosixPath(name).parts
    if len(parts) == 1:
        return name in {MANIFEST, CONFIG}
    if ".." in parts or parts[0] != DATA:
        return False
    return parts[1] in FOLDERS if len(parts) > 2 else parts[1] in {DATABASE, HEAD}  # noqa: PLR2004 - data/folder/file


def _manifest(content: bytes) -> Manifest:
    """Return the list. Raises Refused."""
    try:
        told: dict[str, Any] = json.loads(content)
        if told["format"] != FORMAT:
            raise newer(str(told.get("version", told["format"])))
        files = {str(name): Sum(int(one["size"]), str(one["sha256"])) for name, one in told["files"].items()}
        return Manifest(datetime.fromisoformat(told["made_at"]), str(told["version"]), files)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(MANIFEST) from error


def newer(version: str) -> Refused:
    """Return the error for a backup that this version cannot read."""
    sentence = N_("This backup was made by a newer version of Publisher (%(version)s): install that version first. Nothing was restored.")
    return Refused("backup-newer", sentence, version=version)
