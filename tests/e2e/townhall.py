"""A whole town hall for the tests: its files, a simulated X, a web server for the press room, and the command as people use it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self
from zoneinfo import ZoneInfo

from publisher.testing.email import Mail
from publisher.testing.facebook import Facebook
from publisher.testing.simulator import Simulator
from publisher.testing.x import X

ZONE = ZoneInfo("Europe/Paris")
SLOWEST = 60.0  # seconds until a wait is a failure

COMMUNIQUE = """# Le marché change de place

Valmont-les-Tilleuls, le 24 novembre 2026

À partir du samedi 28 novembre 2026, le marché hebdomadaire de la ville quitte la place Haute et s’installe place Basse, de 8 h à 13 h.

Les travaux de la place Haute durent trois mois ; soixante places de stationnement restent ouvertes rue des Lilas pendant cette période.

Les commerçants restent accessibles à pied depuis la rue Neuve, et une navette gratuite relie la gare au marché chaque demi-heure.

Contact presse : Camille Dervaux, 01 99 00 12 34
"""

CONFIG = """
[town]
name = "Ville de Valmont-les-Tilleuls"
site_url = "{site}"

[approval]
required = 1

[web]
port = 0

[channels.website]
adapter = "static-site"
directory = "site"
timeout = 2.0

"""
ON_X = """
[channels.x]
adapter = "x"
account = "{account}"
after = ["website"]
api_base = "{x}"
timeout = {timeout}
{more}
"""
ON_FACEBOOK = """
[channels.facebook]
adapter = "facebook"
account = "100000000000001"
after = ["website"]
api_base = "{facebook}"
timeout = {timeout}
{more}
"""


ON_EMAIL = """
[channels.email]
adapter = "email"
account = "presse@valmont-les-tilleuls.example"
after = ["website"]
host = "{host}"
port = {port}
security = "none"
recipients = "journalistes.csv"
timeout = {timeout}
"""
PRESS = tuple(f"redaction{number}@journal.example" for number in range(1, 9))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def wait_for(true: Callable[[], Any], patience: float = SLOWEST) -> Any:
    """Return what `true` gives as soon as it gives something."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


class TownHall:
    """One installation in a folder; `publisher` runs a verb, `service` the service, `x` or `facebook` judges what went out."""

    def __init__(self, folder: Path, *, on: str = ON_X, **config: object) -> None:
        self.folder = folder
        (folder / "site").mkdir(parents=True)
        self.x = X(lambda: datetime.now(UTC), folder / "x.jsonl")
        self.facebook = Facebook(lambda: datetime.now(UTC), folder / "facebook.jsonl")
        self.mail = Mail(lambda: datetime.now(UTC), folder / "email.jsonl")
        self.simulator = Simulator([self.x, self.facebook, *([self.mail] if ON_EMAIL in on else [])])
        self._web = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder / "site")))
        self._web_thread = Thread(target=self._web.serve_forever, kwargs={"poll_interval": 0.02})
        self.site = f"http://127.0.0.1:{self._web.server_port}"
        self._config = CONFIG + on
        self.configure(**config)
        (folder / "journalistes.csv").write_text("\n".join(["email", *PRESS]), encoding="utf-8")
        secrets = {**X.secrets, **Facebook.secrets, **Mail.secrets}
        (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
        (folder / ".env").chmod(0o600)
        self.write()

    def __enter__(self) -> Self:
        self.simulator.start()
        self._web_thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.simulator.stop()
        self._web.shutdown()
        self._web.server_close()
        self._web_thread.join()

    # ---------------------------------------------------------------- the files

    def configure(self, *, account: str = "valmont_tilleuls", timeout: float = 1.0, more: str = "") -> None:
        bases = {name: self.simulator.url_of(name) for name in self.simulator.platforms}
        server = self.mail.settings("") or {"host": "", "port": 0}
        text = self._config.format(site=self.site, account=account, timeout=timeout, more=more, **bases, **server)
        (self.folder / "config.toml").write_text(text, encoding="utf-8")

    def write(self, text: str = COMMUNIQUE, name: str = "marche.md") -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    # ---------------------------------------------------------------- the command

    def command(self, *arguments: object, crash: str | None = None, hurried: Sequence[str] = ()) -> list[str]:
        module = ["publisher.testing.crash", crash] if crash else ["publisher"]
        if hurried:
            module = ["tests.e2e.hurried", *hurried, "--"]
        return [sys.executable, "-m", *module, *map(str, arguments)]

    def publisher(self, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a verb as a person would, and expect its exit code; what goes wrong is one sentence, never a traceback."""
        done = self._run(*arguments)
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done

    def _run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        options: dict[str, Any] = {"cwd": self.folder, "env": self.environment(), "text": True, "capture_output": True}
        return subprocess.run(self.command(*arguments), timeout=SLOWEST, check=False, **options)

    def json(self, *arguments: object, code: int = 0) -> Any:
        return json.loads(self.publisher(*arguments, "--format", "json", code=code).stdout)

    def refused(self, *arguments: object, code: int = 1) -> str:
        """Return the one sentence of a refusal; nothing may stand on standard output."""
        done = self.publisher(*arguments, code=code)
        assert done.stdout == ""
        sentence = done.stderr.removeprefix("publisher: ")
        assert sentence.endswith((".\n", ")\n"))
        assert sentence.count("\n") == 1
        return sentence.strip()

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "200", **more}

    # ---------------------------------------------------------------- what people do

    def people(self) -> Self:
        for name, role in (("camille", "author"), ("dominique", "approver"), ("sacha", "approver"), ("eden", "reader")):
            self.publisher("user", "add", name, "--role", role)
        return self

    def queue(self, *arguments: object, name: str = "marche.md", by: str = "camille") -> str:
        return self.publisher("queue", name, "--as", by, *arguments).stdout.split()[-1]

    def approved(self, *arguments: object) -> str:
        """Queue and approve, to be published at once."""
        name = self.queue(*arguments)
        self.publisher("approve", name, "--as", "dominique")
        return name

    def ahead(self, seconds: float) -> datetime:
        """An instant some seconds from now, whole as people write them."""
        return (datetime.now(ZONE) + timedelta(seconds=seconds)).replace(microsecond=0)

    # ---------------------------------------------------------------- the service

    @contextmanager
    def service(
        self, *arguments: str, crash: str | None = None, hurried: Sequence[str] = (), own_group: bool = False, **environment: str
    ) -> Iterator[subprocess.Popen[str]]:
        command = self.command("run", *arguments, crash=crash, hurried=hurried)
        log = (self.folder / "run.log").open("a", encoding="utf-8")
        options: dict[str, Any] = {"cwd": self.folder, "env": self.environment(**environment), "start_new_session": own_group}
        with log, subprocess.Popen(command, text=True, stderr=log, **options) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()  # a stopped process, too
                    process.wait()

    def run(self, *arguments: str, crash: str | None = None) -> int:
        """Run the service until it ends by itself or by its crash point."""
        with self.service(*arguments, crash=crash) as process:
            return process.wait(SLOWEST * 2)

    @property
    def log(self) -> str:
        return (self.folder / "run.log").read_text("utf-8")

    # ---------------------------------------------------------------- what is seen

    def status(self, name: str) -> Any:
        return json.loads(self._run("status", name, "--format", "json").stdout)

    def where(self, name: str, channel: str = "x") -> tuple[str, str | None, dict[str, str]]:
        """State, reason and steps of one delivery."""
        row = next(row for row in self.status(name)["deliveries"] if row["channel"] == channel)
        return row["state"], row["reason"], {step["id"]: step["state"] for step in row["steps"]}

    def delivery(self, name: str, channel: str = "x") -> str:
        return next(row["id"] for row in self.status(name)["deliveries"] if row["channel"] == channel)

    def accepted(self) -> list[dict[str, Any]]:
        """What X took in, by its durable log: the judge."""
        return list(self.x.accepted)

    def uploads(self) -> list[str]:
        """What the command that sends the press room elsewhere noted."""
        return (self.folder / "uploads").read_text("utf-8").split()

    def pages(self) -> list[Path]:
        return sorted((self.folder / "site").glob("*/index.html"))


def ready(hall: TownHall, times: int = 1) -> None:
    """Wait until a service has begun its work, so many of them one after the other."""
    wait_for(lambda: hall.log.count("The service works on") == times)


def end(process: subprocess.Popen[str], number: int = signal.SIGTERM, patience: float = 30) -> tuple[int, float]:
    """Send a signal; return the exit code and the seconds that it took."""
    began = time.monotonic()
    process.send_signal(number)
    code = process.wait(patience)
    return code, time.monotonic() - began
