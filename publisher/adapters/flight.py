"""One HTTP call on the wire, by every adapter that speaks HTTP: one connection, no second try, cut at its deadline.

What matters most is told apart here by fact, not by message: whether the first byte of the request had left. Names, connection,
TLS and the proxy's consent come before it (`NotSent`); whatever goes wrong after it leaves the outcome unknown.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH, default_headers
from urllib3 import BaseHTTPResponse, Timeout, connection_from_url
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError

from publisher.adapters.alarm_clock import CLOCK, seconds
from publisher.adapters.answer import Answer
from publisher.adapters.reach import (
    CertificatesUnreadable,
    insecure,
    is_loopback,
    tls_context,
    unknown_name,
    unreachable,
    unreadable_certificates,
)
from publisher.adapters.settings import WireSettings
from publisher.errors import NotSent, OutcomeUnknown
from publisher.i18n import N_

LARGEST_ANSWER = 2**20  # bytes, unpacked
BLOCK = 2**14  # bytes

# what the network and its libraries may raise; anything else is a fault of ours, which the engine holds for unknown
_FAILURES = (requests.RequestException, HTTPError, OSError, http.client.HTTPException, UnicodeError)


def fly(settings: WireSettings, method: str, url: str, **content: Any) -> Answer:
    """Make one call and return whatever was answered; `content` is what requests takes: params, json, data, headers, auth.

    Raises NotSent if the first byte of the request did not leave, OutcomeUnknown if no complete answer came back.
    """
    host = _host(url)
    with _Flight(settings.deadline) as flight:
        try:
            answer = _exchange(flight, settings, method, url, content)
        except _FAILURES as error:
            if flight.begun:
                raise _no_answer("deadline" if flight.expired else "no-answer", host) from error
            raise _not_sent(error, settings, url) from error
        if flight.expired:  # an answer without a length ends when the alarm cuts it: it may not be whole
            raise _no_answer("deadline", host)
    if len(answer.body) > LARGEST_ANSWER:
        raise _no_answer("answer-too-large", host)
    if not _is_whole(answer):
        raise _no_answer("no-answer", host)
    return answer


def _exchange(flight: "_Flight", settings: WireSettings, method: str, url: str, content: Mapping[str, Any]) -> Answer:
    """Let requests write the request, and urllib3 send it: requests' own session takes as long again for what must not happen here."""
    asked = {**default_headers(), "Connection": "close", **content.get("headers", {})}
    request = requests.Request(method, url, **{**content, "headers": asked}).prepare()
    pool = _pool(flight, settings, str(request.url))
    way: dict[str, Any] = {"timeout": Timeout(connect=settings.timeout, read=settings.timeout), "retries": False, "redirect": False}
    once: dict[str, Any] = {"preload_content": False, "decode_content": False, **way}
    response = pool.urlopen(request.method, request.path_url, body=request.body, headers=request.headers, **once)
    try:
        body = _read(response)
    finally:
        response.close()
        pool.close()
    told = {name.lower(): response.headers[name] for name in response.headers}  # which joins what is said twice
    return Answer(_host(url), response.status, told, body)


def _pool(flight: "_Flight", settings: WireSettings, url: str) -> Any:
    """Return what connects, directly or through the proxy: its connections are ours, and trust the town's own authority, too."""
    proxy = _proxy(settings, url)
    trust: dict[str, Any] = {"cert_reqs": "CERT_REQUIRED", "ca_certs": DEFAULT_CA_BUNDLE_PATH}
    pool: Any
    if proxy:
        pool = HTTPAdapter().proxy_manager_for(proxy).connection_from_url(url, trust)
    else:
        pool = connection_from_url(url, **(trust if url.startswith("https:") else {}))
    if pool.scheme == "https":
        pool.ConnectionCls = partial(_SecureConnection, flight=flight, ssl_context=tls_context(settings.network.ca_file))
    else:
        pool.ConnectionCls = partial(_Connection, flight=flight)
    return pool


def _read(response: BaseHTTPResponse) -> bytes:
    """Read the body up to one byte more than an answer may have."""
    body = bytearray()
    for block in response.stream(BLOCK, decode_content=True):
        body += block
        if len(body) > LARGEST_ANSWER:
            break
    return bytes(body[: LARGEST_ANSWER + 1])


def _is_whole(answer: Answer) -> bool:
    """Tell whether the answer is more than a status line before a cut, which http.client takes for an answer without body."""
    told = {"content-length", "transfer-encoding"} & answer.headers.keys()
    return bool(told or answer.body) or answer.status in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


def _proxy(settings: WireSettings, url: str) -> str | None:
    """Return the proxy that the call goes through, if it does: what is not encrypted would be read there, token included."""
    network, host = settings.network, _host(url)
    spared = any(host == name or host.endswith(f".{name.lstrip('.')}") for name in network.no_proxy)
    return None if spared or is_loopback(host) or urlsplit(url).scheme != "https" else network.https_proxy


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


class _Flight:
    """The state of one call. An alarm shuts its socket at the deadline: the libraries' own time-outs start anew with each byte."""

    def __init__(self, deadline: float) -> None:
        self.begun = False
        self.connected = False
        self.expired = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._end = seconds() + deadline

    def watch(self, connection: socket.socket) -> None:
        """Keep a descriptor of the connection to shut it by; TLS takes the first one over. Raises TimeoutError."""
        with self._lock:
            self._check()
            self._socket = connection.dup()

    def begin(self) -> None:
        """Note that the first byte of the request is about to leave; none leaves after the deadline. Raises TimeoutError."""
        with self._lock:
            self._check()
            self.begun = True

    def __enter__(self) -> Self:
        """Set the alarm, without which nothing leaves. Raises NotSent."""
        try:
            self._alarm = CLOCK.set(self._end, self._cut)
        except RuntimeError as error:
            sentence = N_("This machine has no room for one more thread, so nothing was sent: see what else runs on it, and its limits.")
            raise NotSent("no-thread", sentence) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._alarm.off()
        with self._lock:
            if self._socket:
                self._socket.close()
            self._socket = None

    def _check(self) -> None:
        # a process that was stopped, or a machine that slept, may come here before its alarm does
        if self.expired or seconds() > self._end:
            raise TimeoutError("the deadline has passed")

    def _cut(self) -> None:
        with self._lock:
            self.expired = True
            if self._socket:
                with suppress(OSError):  # it may be closed already
                    self._socket.shutdown(socket.SHUT_RDWR)


class _Connection(HTTPConnection):
    """A connection that tells its flight how far it got."""

    def __init__(self, *arguments: Any, flight: _Flight, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._flight = flight

    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        try:
            self._flight.watch(connection)
        except TimeoutError:
            connection.close()
            raise
        return connection

    def connect(self) -> None:
        """Connect, once: what goes to a proxy and to TLS here is not the request."""
        if self._flight.connected:
            raise ConnectionError("a second connection would be a second call")
        super().connect()
        self._flight.connected = True

    def send(self, data: Any) -> None:
        """Send a part of the request, or of the talk with the proxy before it."""
        if self.sock is None:
            self.connect()
        if self._flight.connected:
            self._flight.begin()
        super().send(data)


class _SecureConnection(_Connection, HTTPSConnection):
    """The same, over TLS."""


def _not_sent(error: Exception, settings: WireSettings, url: str) -> NotSent:
    host = _host(url)
    kinds = {type(cause) for cause in _causes(error)}
    if CertificatesUnreadable in kinds:
        return unreadable_certificates(settings.network.ca_file)
    if any(issubclass(kind, ssl.SSLError) for kind in kinds):
        return insecure(host)
    if _proxy(settings, url):
        sentence = N_("The proxy did not let the call to %(host)s through, so nothing was sent: ask whoever looks after the network.")
        return NotSent("proxy-refused", sentence, host=host)
    if NameResolutionError in kinds:
        return unknown_name(host)
    return unreachable(host)


def _no_answer(code: str, host: str) -> OutcomeUnknown:
    sentence = N_("%(host)s gave no complete answer: nobody knows yet whether it was published.")
    return OutcomeUnknown(code, sentence, host=host)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
