"""How one request is answered on the wire: written down, treated by the platform or not, then sent whole or in some bad way."""

import gzip
import os
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from publisher.testing.faults import Fault, Travel
from publisher.testing.platform import Answer, Platform, Request, phrase

BLOCK = b"x" * 65536
BOMB = 16 * 2**20  # bytes once unpacked


def exchange(platform: Platform, request: Request, connection: socket.socket, stopping: threading.Event) -> None:
    """Answer one request on its connection, with the fault that waits for it; give up when `stopping` is set."""
    number, waiting = platform.receive(request)
    fault = waiting or Fault(accepts=True)
    answer = _treat(platform, request, fault, stopping)
    platform.record("answer", request=number, status=answer.status, travel=fault.travel)
    try:
        _send(answer, {**platform.standard_headers(), **answer.headers}, fault, connection, stopping)
    except OSError:
        return  # the caller has hung up: that is its business


def write(answer: Answer, connection: socket.socket) -> None:
    """Send an answer as it is."""
    connection.sendall(_head(answer.status, {**answer.headers, "Content-Length": str(len(answer.body))}) + answer.body)


def _treat(platform: Platform, request: Request, fault: Fault, stopping: threading.Event) -> Answer:
    own = None
    if fault.accepts and not stopping.wait(fault.hesitates):
        own = platform.act(request)
    stopping.wait(fault.pause)
    if fault.status is None:
        words = own or platform.error(HTTPStatus.SERVICE_UNAVAILABLE)
    elif own and fault.status < HTTPStatus.MULTIPLE_CHOICES:
        words = own
    else:
        words = platform.error(fault.status)
    body = words.body if fault.body is None else fault.body.encode()
    return Answer(fault.status or words.status, body, {**words.headers, **fault.headers})


def _send(answer: Answer, headers: Mapping[str, str], fault: Fault, connection: socket.socket, stopping: threading.Event) -> None:
    whole = {**headers, "Content-Length": str(len(answer.body))}
    match fault.travel:
        case Travel.WHOLE:
            connection.sendall(_head(answer.status, whole) + answer.body)
        case Travel.TRUNCATED:
            connection.sendall(_head(answer.status, whole) + answer.body[: len(answer.body) // 2])
        case Travel.BOMB:
            packed = gzip.compress(bytes(BOMB), compresslevel=1)
            size = {"Content-Encoding": "gzip", "Content-Length": str(len(packed))}
            connection.sendall(_head(answer.status, {**headers, **size}) + packed)
        case Travel.ENDLESS:
            _trickle(connection, _endless(answer, headers), 0, stopping)
        case Travel.DRIP:
            content = _head(answer.status, whole) + answer.body
            _trickle(connection, (bytes([byte]) for byte in content), fault.pace, stopping)
        case Travel.RESET:
            _reset(connection)
        case Travel.DROP:
            pass  # the connection is closed without a byte


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    told = {**headers, "Connection": "close"}
    lines = [f"HTTP/1.1 {status} {phrase(status)}", *(f"{name}: {value}" for name, value in told.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _endless(answer: Answer, headers: Mapping[str, str]) -> Iterator[bytes]:
    yield _head(answer.status, headers)
    while True:
        yield BLOCK


def _trickle(connection: socket.socket, pieces: Iterator[bytes], pace: float, stopping: threading.Event) -> None:
    for piece in pieces:
        connection.sendall(piece)
        if stopping.wait(pace):
            return


def _reset(connection: socket.socket) -> None:
    """Close so that the caller sees a reset, not an end: no lingering, and no other descriptor left open."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())
