"""The town hall of the demonstration: the shipped example in a temporary folder, a simulator and the service as child processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from publisher import shipped
from publisher.errors import PublisherError
from publisher.i18n import N_

PRESS_ROOM = "website"
PRESS = ("lea.morvan@journal.example", "redaction@radio.example", "paul.ferrand@gazette.example")
"""The journalists of the demonstration, who do not exist."""
MOMENT = 0.1  # seconds
PATIENCE = 30  # seconds that a child has to end by itself
SLOWEST = 60  # seconds that a verb may take
# nothing of a real installation, neither its accounts nor its secrets, may reach the demonstration
PASSED_ON = ("HOME", "LANG", "LANGUAGE", "LC_ALL", "PATH", "PYTHONPATH", "TMPDIR", "TZ")


class DemoFailed(PublisherError):
    """Something that the demonstration shows was not to be seen."""


class TownHall:
    """One installation in a folder, as `publisher init` makes it; everything else comes from the environment of its commands."""

    def __init__(self, folder: Path) -> None:
        """Write the configuration and copy the example."""
        self.folder = folder
        self.site, self.state, self.preview = (folder / name for name in ("site", "platforms", "preview"))
        self.communique = folder / shipped.example_announcement().name
        self.environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self.environment["XDG_CACHE_HOME"] = str(folder / "cache")  # removed with the rest
        self.port = _free_port()
        self.environment |= {"PUBLISHER_CHANNELS_WEBSITE_DIRECTORY": str(self.site), "PUBLISHER_WEB_PORT": str(self.port)}
        self.run("init", str(folder))
        self.communique.write_bytes(shipped.example_announcement().read_bytes())
        (folder / "journalistes.csv").write_text("\n".join(["email", *PRESS]), encoding="utf-8")

    @property
    def config(self) -> Path:
        """The file that `publisher init` wrote."""
        return self.folder / "config.toml"

    @property
    def pages(self) -> str:
        """Where the service answers."""
        return f"http://127.0.0.1:{self.port}"

    def run(self, *words: str) -> str:
        """Run a verb to its end and return what it printed. Raises DemoFailed."""
        done = subprocess.run(
            self._command(*words), cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=SLOWEST, check=False
        )
        if done.returncode:
            sentence = N_("“publisher %(verb)s” ended with code %(code)d: %(reason)s")
            raise DemoFailed("demo", sentence, verb=words[0], code=done.returncode, reason=done.stderr.strip())
        return done.stdout

    def show(self) -> Path:
        """Write the preview of all channels; return its page."""
        self.run("preview", self.communique.name, "--output", str(self.preview))
        return self.preview / "preview.html"

    @contextmanager
    def simulator(self) -> Iterator[Mapping[str, str]]:
        """Let the platforms answer and the press room be seen; yield the pages of the platforms that are published on, by name."""
        words = ("simulate", "--port", "0", "--format", "json", "--state", str(self.state), "--site", str(self.site))
        with self._child("simulate", words) as child:
            told = _document(child)
            self.environment |= told["secrets"]
            self.environment["PUBLISHER_TOWN_SITE_URL"] = f"{told['url']}/site"
            for name, settings in told["settings"].items():
                self.environment |= {f"PUBLISHER_CHANNELS_{name}_{key}".upper(): str(value) for key, value in settings.items()}
            yield told["platforms"]

    @contextmanager
    def service(self) -> Iterator[subprocess.Popen[str]]:
        """Let the service run, and answer."""
        with self._child("run", ("run",)) as child:
            self._wait(child)
            yield child

    def _wait(self, child: subprocess.Popen[str]) -> None:
        """Wait until the pages answer. Raises DemoFailed."""
        for _turn in range(int(PATIENCE / MOMENT)):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=MOMENT):
                return
            if child.poll() is not None:
                break
            time.sleep(MOMENT)
        raise DemoFailed("demo", N_("The service has ended: %(reason)s"), reason=self.last_words("run"))

    def last_words(self, name: str) -> str:
        """Return the last line that a child wrote on standard error."""
        return "".join((self.folder / f"{name}.log").read_text("utf-8").splitlines()[-1:])

    @contextmanager
    def _child(self, name: str, words: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
        log = (self.folder / f"{name}.log").open("a", encoding="utf-8")
        with log, _started(self._command(*words), cwd=self.folder, env=self.environment, stderr=log) as child:
            yield child

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "publisher", *words]


@contextmanager
def _started(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], stderr: IO[str]) -> Iterator[subprocess.Popen[str]]:
    """Start a child of its own session, so that Ctrl+C reaches it through us alone, and end it by its id whatever happens."""
    with subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True) as child:
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()


def _free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def _document(child: subprocess.Popen[str]) -> dict[str, Any]:
    """Read the JSON document with which a child begins."""
    lines: list[str] = []
    for line in child.stdout or ():
        lines.append(line)
        if line == "}\n":
            break
    try:
        document: dict[str, Any] = json.loads("".join(lines))
    except ValueError as error:
        raise DemoFailed("demo", N_("The simulators did not start.")) from error
    return document
