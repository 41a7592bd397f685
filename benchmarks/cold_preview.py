"""How long `publisher preview` takes from cold, against starting Django with the project's settings. Promise: ratio ≤ 1.

    python benchmarks/cold_preview.py [RUNS]

The command is what a press office types: the installed script, the shipped communiqué, no configuration, text in the terminal's
form. Both are whole processes, in turn, so that a change in the machine's speed meets both; the ratio is taken pair by pair.
"""

import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hall import verdict

from publisher import shipped

PROMISE = 1.0
PREVIEW = (str(Path(sys.executable).with_name("publisher")), "preview", str(shipped.example_announcement()))
DJANGO = (sys.executable, "-c", "import django; django.setup()")


def seconds(command: tuple[str, ...], folder: str) -> float:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "publisher.settings", "PUBLISHER_STORAGE_DATA_DIR": folder}
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(runs: int) -> None:
    compileall.compile_dir(Path(shipped.__file__).parent, quiet=1)  # as installing does; an environment may forbid Python to do it
    with tempfile.TemporaryDirectory() as folder:
        for command in (PREVIEW, DJANGO):
            seconds(command, folder)  # the first run compiles the templates and fills the disk cache
        pairs = [(seconds(PREVIEW, folder), seconds(DJANGO, folder)) for _ in range(runs)]
    preview, django = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    print(f"cold preview {preview * 1000:.0f} ms, django.setup() {django * 1000:.0f} ms, {runs} pairs")
    verdict("cold preview", f"{ratio:.2f} × django.setup()", f"≤ {PROMISE:g} ×", kept=ratio <= PROMISE)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
