"""A delivery on a disk that refuses every write, or every sync, from the n-th on: full, or broken."""

import shutil
import subprocess
import sys
from pathlib import Path

from publisher.settings import DATABASE
from tests.power import delivery
from tests.power.replay import ROOT, Failure

WRITES, SYNCS = ("pwrite64", "ENOSPC"), ("fsync,fdatasync", "EIO")


def refused(folder: Path, kind: tuple[str, str], since: int) -> tuple[int, Failure]:
    """Deliver in a new folder on such a disk; return the exit code, and what is found once there is room again."""
    data = folder / "refused"
    shutil.rmtree(data, ignore_errors=True)
    delivery.prepare(data)
    calls, error = kind
    files = [option for name in (DATABASE, f"{DATABASE}-journal", f"{DATABASE}-wal") for option in ("-P", str(data / name))]
    inject = ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={since}+"]
    command = [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-o",
        "/dev/null",
        *files,
        *inject,
        sys.executable,
        "-m",
        "tests.power.delivery",
        str(data),
        "FULL",
    ]
    code = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode
    left = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    return code, Failure(f"{error} from {since}", left)
