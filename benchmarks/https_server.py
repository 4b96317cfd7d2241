"""A receiver of deliveries, in a process of its own: it answers each request with 200, and closes.

`python -m benchmarks.https_server <certificate> <key>` prints the port it listens on with TLS and the one
without.
"""

from __future__ import annotations

import re
import socket
import ssl
import sys
import threading
from contextlib import suppress

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


def main(certificate: str, key: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with_tls, without = (socket.create_server(("127.0.0.1", 0), backlog=200) for _ in range(2))
    threading.Thread(target=_serve, args=(without, None), daemon=True).start()
    print(with_tls.getsockname()[1], without.getsockname()[1], flush=True)
    _serve(with_tls, context)


def _serve(listener: socket.socket, context: ssl.SSLContext | None) -> None:
    while True:
        peer, _ = listener.accept()
        with suppress(OSError), peer:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with context.wrap_socket(peer, server_side=True) if context else peer as stream:
                _answer(stream)


def _answer(stream: socket.socket) -> None:
    heard = b""
    while b"\r\n\r\n" not in heard or len(heard) < _whole(heard):
        if not (piece := stream.recv(65_536)):
            return
        heard += piece
    stream.sendall(ANSWER)


def _whole(heard: bytes) -> int:
    length = _LENGTH.search(heard)
    return heard.index(b"\r\n\r\n") + 4 + int(length[1] if length else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
