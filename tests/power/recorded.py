"""What a process did to its disk, by strace: each write and each sync of the files of one folder, in order."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CALLS = "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,unlink"
KINDS = {"pwrite64": "write", "ftruncate": "truncate", "fsync": "sync", "fdatasync": "sync", "rename": "rename", "unlink": "unlink"}
OFFSETS = {"pwrite64": 3, "ftruncate": 1}
LINE = re.compile(r"(?P<pid>\d+) +(?P<call>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")
UNFINISHED = re.compile(r"(?P<pid>\d+) +(?P<begun>\w+\(.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"(?P<pid>\d+) +<\.\.\. \w+ resumed>(?P<rest>.*)$")
WORD = re.compile(r'(?:-?\w+)?<(?P<path>[^>]*)>|"(?P<text>[^"]*)"|(?P<number>-?\d+)|[^,]+')


@dataclass(frozen=True, slots=True)
class Op:
    """One act on a file: create, write, truncate (to `offset`), sync, unlink or rename; the folder is the file “”."""

    kind: str
    file: str
    offset: int = 0
    data: bytes = b""


def record(command: Sequence[str], folder: Path, log: Path, **options: object) -> list[Op]:
    """Run the command under strace; return what it did to the files of the folder."""
    trace = ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "10000000", "-o", str(log), "-e", f"trace={CALLS}"]
    there = {path.name for path in folder.iterdir()}
    done = subprocess.run([*trace, *command], capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    return list(_ops(log.read_text("ascii").splitlines(), folder.resolve(), there))


def is_possible() -> bool:
    """Tell whether this machine lets one process trace another."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


def _ops(lines: Sequence[str], folder: Path, there: set[str]) -> Iterator[Op]:
    ends: dict[str, int] = {}  # where write(2) goes on, for files that are only written from their beginning or appended to
    for call, words, result in _calls(lines):
        name = _name(words[1 if call == "openat" else 0], folder)
        if result < 0 or name is None:
            continue
        data = _bytes(words[1])[:result] if "write" in call else b""
        if call == "openat":
            if "O_CREAT" in words[2] and name not in there:
                yield Op("create", name)
            there.add(name)
        elif call == "write":
            yield Op("write", name, ends.get(name, 0), data)
            ends[name] = ends.get(name, 0) + len(data)
        else:
            yield Op(KINDS[call], name, int(words[OFFSETS[call]]) if call in OFFSETS else 0, data)


def _calls(lines: Sequence[str]) -> Iterator[tuple[str, list[str], int]]:
    """Return each call at its end: only then a sync has kept its promise, and a write may have arrived long before."""
    begun: dict[str, str] = {}
    for line in lines:
        if found := UNFINISHED.match(line):
            begun[found["pid"]] = found["begun"]
            continue
        if found := RESUMED.match(line):
            line = f"{found['pid']} {begun.pop(found['pid'])}{found['rest']}"  # noqa: PLW2901 - the two halves of one line
        if found := LINE.match(line):
            yield found["call"], [word[0].strip() for word in WORD.finditer(found["arguments"]) if word[0].strip()], int(found["result"])


def _name(word: str, folder: Path) -> str | None:
    """Return which file of the folder the word names; “” for the folder itself, None for what is elsewhere."""
    found = re.fullmatch(r'(?:-?\w+)?<([^>]*)>|"([^"]*)"', word)
    if found is None:
        return None
    path = Path(_bytes(found[1] or found[2] or "").decode("utf-8", "replace").rstrip("\0"))
    if path == folder:
        return ""
    return path.name if path.parent == folder else None


def _bytes(word: str) -> bytes:
    return bytes.fromhex(word.strip('"').replace("\\x", ""))
