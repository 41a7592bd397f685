"""Serves the pages from threads of the service's own process, behind the town's web server."""

import logging
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address, ip_network
from typing import Any

from django.core.wsgi import get_wsgi_application
from waitress.server import TcpWSGIServer

from publisher.adapters import oidc
from publisher.errors import ConfigError
from publisher.i18n import N_, _
from publisher.pipeline.desk import Desk
from publisher.web import desk as place

THREADS = 4
MOMENT = 0.5  # seconds
LARGEST = 25 * 2**20
"""Bytes of a request: the limit that the samples for web servers have, too (contrib/proxy)."""
FORWARDED = "HTTP_X_FORWARDED_"

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

log = logging.getLogger(__name__)


class Pages:
    """The pages, as long as the service runs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._socket: socket.socket | None = None
        self._server: Any = None

    def start(self) -> None:
        """Take the port, and begin to answer. Raises ConfigError: it is taken, or not ours to take, or [web.oidc] is not complete."""
        oidc.configured(self._desk.config)
        place.open_for(self._desk)
        web = self._desk.config.web
        self._socket = self._listening()
        application = Behind(get_wsgi_application(), web.trusted_proxies)
        name = self._socket.getsockname()
        told: dict[str, Any] = {
            "sockinfo": (self._socket.family, self._socket.type, self._socket.proto, name),
            "listen": f"{web.host}:{name[1]}",
        }
        told["clear_untrusted_proxy_headers"] = False  # `Behind` does, by addresses; the library would before it could look at them
        how = {"threads": THREADS, "ident": "", "max_request_body_size": LARGEST}
        self._server = TcpWSGIServer(application, _sock=self._socket, bind_socket=False, **how, **told)
        self._thread = threading.Thread(target=self._server.run, name="pages", daemon=True)
        self._thread.start()
        log.info(_("The pages are at %(address)s"), {"address": f"http://{web.host}:{name[1]}/"})

    def stop(self) -> None:
        """Answer nobody any more; who is being answered has a moment."""
        if self._server and self._socket:
            self._server.task_dispatcher.shutdown(timeout=MOMENT)  # first: its threads write in what the next line closes
            self._server.close()
            self._socket.close()
            self._thread.join(MOMENT)

    def _listening(self) -> socket.socket:
        web = self._desk.config.web
        family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
        try:
            return socket.create_server((web.host, web.port), family=family, backlog=128)
        except OSError as error:
            sentence = N_("%(file)s, [web]: the pages cannot be served at %(host)s, port %(port)d (%(reason)s): choose another port.")
            told = {"file": self._desk.config.path or "config.toml", "host": web.host, "port": web.port, "reason": error.strerror}
            raise ConfigError("port-unusable", sentence, **told) from error


class Behind:
    """Believes what a reverse proxy of the town says of whom it speaks for, and nobody else who says such a thing."""

    def __init__(self, application: Application, proxies: Sequence[str]) -> None:
        self._application, self._proxies = application, [ip_network(name, strict=False) for name in proxies]

    def __call__(self, environ: Environ, start: Any) -> Iterable[bytes]:
        """Answer a request."""
        told = {name: environ.pop(name) for name in list(environ) if name.startswith(FORWARDED)}
        if self._is_ours(str(environ.get("REMOTE_ADDR", ""))):
            caller = str(told.get(f"{FORWARDED}FOR", "")).rpartition(",")[2].strip()
            environ["REMOTE_ADDR"] = caller or environ["REMOTE_ADDR"]
            environ["wsgi.url_scheme"] = "https" if told.get(f"{FORWARDED}PROTO") == "https" else "http"
        return self._application(environ, start)

    def _is_ours(self, caller: str) -> bool:
        try:
            address = ip_address(caller)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)
