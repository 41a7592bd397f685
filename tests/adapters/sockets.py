"""Servers of one connection's length, for what a well-behaved server never does."""

import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import trustme

Script = Callable[[socket.socket], object]


@dataclass
class Server:
    """What a server saw: its port, the bytes of each connection, the descriptors are closed at the end."""

    port: int
    received: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def certificate(authority: trustme.CA, name: str = "127.0.0.1", **options: object) -> ssl.SSLContext:
    """Return what a server needs to prove that it has this name."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **options).configure_cert(made)
    return made


@contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Run the script on every connection, one after the other, until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(listening.getsockname()[1])
        ending = threading.Event()
        thread = threading.Thread(target=_serve, args=(listening, script, tls, server, ending))
        thread.start()
        try:
            yield server
        finally:
            ending.set()
            thread.join()


def _serve(listening: socket.socket, script: Script, tls: ssl.SSLContext | None, server: Server, ending: threading.Event) -> None:
    listening.settimeout(0.02)
    while not ending.is_set():
        with suppress(OSError):  # nobody came, or the caller hung up
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(2)
                _run(connection, script, tls, server)


def _run(connection: socket.socket, script: Script, tls: ssl.SSLContext | None, server: Server) -> None:
    if tls is None:
        server.received.append(b"")
        script(_Recorded(connection, server))
        return
    with tls.wrap_socket(connection, server_side=True) as secured:
        server.received.append(b"")
        script(_Recorded(secured, server))


class _Recorded:
    """A connection that writes down what it receives."""

    def __init__(self, connection: socket.socket, server: Server) -> None:
        self._connection = connection
        self._server = server

    def recv(self, size: int) -> bytes:
        content = self._connection.recv(size)
        self._server.received[-1] += content
        return content

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)


def request(connection: socket.socket) -> bytes:
    """Read one request whole."""
    content = b""
    while b"\r\n\r\n" not in content:
        block = connection.recv(65536)
        if not block:
            return content
        content += block
    head, _, body = content.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(*pieces: bytes, pace: float = 0.0) -> Script:
    """Read the request, then send the pieces, `pace` seconds apart, and close."""

    def script(connection: socket.socket) -> None:
        request(connection)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pace)

    return script


def reset(connection: socket.socket) -> None:
    """Close with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())


def head(status: str = "200 OK", **headers: object) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def whole(status: str = "200 OK", body: bytes = b"{}", **headers: object) -> bytes:
    return head(status, Content_Length=len(body), **headers) + body
