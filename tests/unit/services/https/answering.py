"""A server that says exactly what a test wants said, byte for byte and at its own pace."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from tests.certificates import Certificate

Say = Iterable[bytes] | Callable[[threading.Event], Iterable[bytes]]
"""What is said, piece by piece. A function gets an event that is set once the test is over, to wait on."""

OK = [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One: 1\r\nX-One: 2\r\n\r\nhi"]


def dripping(head: bytes, piece: bytes) -> Callable[[threading.Event], Iterable[bytes]]:
    """`piece` every twentieth of a second, without end."""

    def say(over: threading.Event) -> Iterable[bytes]:
        yield head
        while not over.wait(0.05):
            yield piece

    return say


RESET = b"reset"
"""In place of a piece: the connection is reset instead of closed."""


def reset(stream: socket.socket) -> None:
    """Close it so that the other side gets a reset."""
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.socket.close(stream)  # of TLS too without a farewell


def after(seconds: float, said: Iterable[bytes]) -> Callable[[threading.Event], Iterable[bytes]]:
    """What is said only after so many seconds."""

    def say(over: threading.Event) -> Iterable[bytes]:
        over.wait(seconds)
        return said

    return say


def silent(over: threading.Event) -> Iterable[bytes]:
    over.wait()
    return ()


class Server:
    """port: where it listens. heard: each request. names: by SNI. calls: connections taken. said:
    bytes that went out."""

    def __init__(
        self, say: Say, certificate: Certificate | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        self.heard: list[bytes] = []
        self.names: list[str | None] = []
        self.calls = self.said = 0
        self._say, self._over = say, threading.Event()
        self._context = context
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)
            self._context.sni_callback = lambda _, name, __: self.names.append(name)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self.calls += 1
            threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    def end(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _answer(self, peer: socket.socket) -> None:
        with suppress(OSError), peer:
            stream = self._context.wrap_socket(peer, server_side=True) if self._context else peer
            with stream:
                self.heard.append(_request(stream))
                for piece in self._say(self._over) if callable(self._say) else self._say:
                    if piece is RESET:
                        reset(stream)
                        return
                    stream.sendall(piece)
                    self.said += len(piece)


def _request(stream: socket.socket) -> bytes:
    """All of a request: who closes with something unread resets the connection."""
    heard = b""
    while not (heard.startswith(b"\x16") or _is_whole(heard)) and (piece := stream.recv(65_536)):
        heard += piece
    return heard


def _is_whole(heard: bytes) -> bool:
    head, end, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end) and len(body) >= int(length[1] if length else 0)


@contextmanager
def answering(
    say: Say, certificate: Certificate | None = None, context: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """certificate: by which it speaks TLS, or context: how it does; without either it speaks none."""
    server = Server(say, certificate, context)
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield server
    finally:
        server.end()
