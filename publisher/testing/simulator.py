"""The loop-back server that lets simulated platforms answer under one port, faults included.

One that is not called over HTTP has a port of its own, the next one; its pages are here all the same.

`/NAME/…` is the API base of a platform, `/NAME/` the page its readers see, `/NAME/log` its calls, `/control/NAME` its
faults and switches, for tests that run in another process, and `/site/` a folder as a web server would show it.

    platform = X(clock, log=folder / "x.jsonl")
    with Simulator([platform]) as simulator:
        platform.faults.inject("commit-then-drop", on="POST /2/tweets")
        adapter = X(Config(api_base=simulator.url_of("x"), …))
"""

import errno
import json
import socket
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from publisher.testing import pages, site
from publisher.testing.faults import Fault
from publisher.testing.platform import Answer, Platform, Request, json_answer
from publisher.testing.simulated import Clock, Simulated
from publisher.testing.wire import exchange, write

# the platforms that can be simulated: class by name
PLATFORMS: Mapping[str, str] = {
    "facebook": "publisher.testing.facebook:Facebook",
    "x": "publisher.testing.x:X",
    "email": "publisher.testing.email:Mail",
}

HOST = "127.0.0.1"
LARGEST_REQUEST = 64 * 2**20  # bytes
SHORTEST_WAIT = 0.02  # seconds
SITE = "site"
LAST_PORT = 65535


def platforms(clock: Clock, state: Path | None = None) -> list[Simulated]:
    """Open every platform, on its ledger in the folder `state`, or in memory."""
    opened = []
    for name, path in PLATFORMS.items():
        module, kind = path.split(":")
        opened.append(getattr(import_module(module), kind)(clock, state and state / f"{name}.jsonl"))
    return opened


class Simulator:
    """Serves platforms on a loop-back port until it is stopped."""

    def __init__(self, platforms: Iterable[Simulated], port: int = 0, *, site: Path | None = None) -> None:
        """Listen on the port, 0 for any free one; requests are answered once `start` was called. Raises OSError.

        `site` is a folder to show under /site/, such as the press room.
        """
        self.platforms = {platform.name: platform for platform in platforms}
        self._site = site
        self._stopping = threading.Event()
        self._server = _Server(self, port)
        try:
            own = [platform.listen(_next(port)) for platform in self.platforms.values()]
        except OSError:
            self._server.server_close()
            raise
        self._own_ports = [other for other in own if other]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": SHORTEST_WAIT}, daemon=True)

    @property
    def url(self) -> str:
        """Address of the page that lists the platforms."""
        return f"http://{HOST}:{self._server.server_port}"

    def url_of(self, name: str) -> str:
        """Return the API base of a platform."""
        return f"{self.url}/{name}"

    @property
    def site(self) -> str | None:
        """Address of the town's website, None without a folder for it."""
        return f"{self.url}/{SITE}" if self._site else None

    def start(self) -> None:
        """Answer from now on, in the background."""
        for other in self._own_ports:
            other.start()
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port; answers that drip or wait are given up."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for other in self._own_ports:
            other.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def serve(self, request: Request, connection: socket.socket) -> None:
        """Answer one request, whose `path` is the whole one, on its connection."""
        _, name, *rest = request.path.split("/", 2)
        below = replace(request, path="/" + "".join(rest))
        answer = self._own_answer(name, below)
        platform = self.platforms.get(name)
        if answer is None and isinstance(platform, Platform):
            exchange(platform, below, connection, self._stopping)
        else:
            write(answer or self._unknown(name), connection)

    def _own_answer(self, name: str, request: Request) -> Answer | None:
        """Return the answer if it is one of the simulator's own, None if the platform is to speak."""
        if name == "control":
            return self._control(request)
        if name == SITE and self._site:
            return site.answer(self._site, f"/{SITE}", request)
        if name == "style.css":
            return Answer(HTTPStatus.OK, pages.STYLE, {"Content-Type": "text/css; charset=utf-8"})
        if not name:
            return pages.index(self.platforms.values())
        if name not in self.platforms:
            return self._unknown(name)
        return self.platforms[name].page(request.path) if request.method == "GET" else None

    def _control(self, request: Request) -> Answer:
        """GET the faults that wait, the switches, what was accepted; POST {"clear", "faults", "switches"} to change them first."""
        platform = self.platforms.get(request.path[1:])
        if platform is None:
            return self._unknown(request.path[1:])
        if request.method == "POST":
            try:
                _change(platform, **json.loads(request.body))
            except (KeyError, TypeError, ValueError) as error:
                return json_answer(HTTPStatus.BAD_REQUEST, {"error": f"not understood: {error}"})
        waiting = [asdict(fault) for fault in platform.faults.waiting]
        return json_answer(HTTPStatus.OK, {"faults": waiting, "switches": platform.switches, "accepted": platform.accepted})

    def _unknown(self, name: str) -> Answer:
        return json_answer(HTTPStatus.NOT_FOUND, {"error": f"there is no platform {name}", "platforms": list(self.platforms)})


def _change(platform: Simulated, *, clear: bool = False, faults: Iterable[Any] = (), switches: dict[str, Any] | None = None) -> None:
    """Each fault is a name, or an object with the fields of Fault and perhaps a `name` whose fields it changes."""
    if clear:
        platform.faults.clear()
    for fault in faults:
        changes = {"name": fault} if isinstance(fault, str) else dict(fault)
        platform.faults.inject(changes.pop("name", Fault()), **changes)
    platform.switch(**(switches or {}))


def _next(port: int) -> int:
    """Return the port after this one, 0 for any free one. Raises OSError."""
    if port < LAST_PORT:
        return port and port + 1
    raise OSError(errno.EADDRNOTAVAIL, "no port follows the last one")


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # server_close() then waits for the answers under way
    request_queue_size = 64

    def __init__(self, simulator: Simulator, port: int) -> None:
        self.simulator = simulator
        super().__init__((HOST, port), _Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Report what went wrong, but not that a caller hung up in the middle of its request."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Connection(BaseHTTPRequestHandler):
    """One connection, one request, one answer."""

    def _serve(self) -> None:
        self.close_connection = True
        size = min(int(self.headers.get("Content-Length", 0)), LARGEST_REQUEST)
        headers = {key.lower(): value for key, value in self.headers.items()}
        url = f"http://{headers.get('host', HOST)}{self.path}"
        request = Request(self.command, url, self.path.partition("?")[0], headers, self.rfile.read(size))
        cast("_Server", self.server).simulator.serve(request, self.connection)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        """Say nothing: the ledger says it."""
