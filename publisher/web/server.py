"""Serves the pages from threads of the service's own process, behind the town's web server."""

import logging
import threading
from typing import Any

from django.core.wsgi import get_wsgi_application
from waitress.server import create_server

from publisher.errors import ConfigError
from publisher.i18n import N_, _
from publisher.pipeline.desk import Desk
from publisher.web import desk as place

THREADS = 4

log = logging.getLogger(__name__)


class Pages:
    """The pages, as long as the service runs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._server: Any = None

    def start(self) -> None:
        """Take the port, and begin to answer. Raises ConfigError: it is taken, or not ours to take."""
        desk, web = self._desk, self._desk.config.web
        place.open_for(desk)
        proxies: dict[str, Any] = {}
        if web.trusted_proxies:
            told = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
            proxies = {"trusted_proxy": "*", "trusted_proxy_headers": told, "clear_untrusted_proxy_headers": True}
        try:
            self._server = create_server(get_wsgi_application(), host=web.host, port=web.port, threads=THREADS, ident=None, **proxies)
        except OSError as error:
            sentence = N_("%(file)s, [web]: the pages cannot be served at %(host)s, port %(port)d (%(reason)s): choose another port.")
            place_ = {"file": desk.config.path or "config.toml", "host": web.host, "port": web.port, "reason": error.strerror}
            raise ConfigError("port-unusable", sentence, **place_) from error
        threading.Thread(target=self._server.run, name="pages", daemon=True).start()
        log.info(_("The pages are at %(address)s"), {"address": f"http://{web.host}:{self._server.effective_port}/"})

    def stop(self) -> None:
        """Answer nobody any more."""
        if self._server:
            self._server.close()
