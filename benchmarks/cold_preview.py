"""How long `publisher preview` takes from cold, against starting Django with the project's settings. Promise: ratio ≤ 1.

    python benchmarks/cold_preview.py [RUNS]

Both are whole processes, in turn, so that a change in the machine's speed meets both; the ratio is taken pair by pair.
"""

import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "tests" / "golden" / "event" / "communique.md"
PREVIEW = (sys.executable, "-m", "publisher", "preview", str(DOCUMENT))
DJANGO = (sys.executable, "-c", "import django; django.setup()")


def seconds(command: tuple[str, ...], folder: str) -> float:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "publisher.settings", "PUBLISHER_STORAGE_DATA_DIR": folder}
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(runs: int) -> None:
    compileall.compile_dir(ROOT / "publisher", quiet=1)  # as installing the wheel does; an environment may forbid Python to do it
    with tempfile.TemporaryDirectory() as folder:
        for command in (PREVIEW, DJANGO):
            seconds(command, folder)  # the first run compiles and fills the disk cache
        pairs = [(seconds(PREVIEW, folder), seconds(DJANGO, folder)) for _ in range(runs)]
    preview, django = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    print(f"cold preview {preview * 1000:.0f} ms, django.setup() {django * 1000:.0f} ms, ratio {ratio:.2f} (promise: 1.00), {runs} pairs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
