"""A server of RDS as a client sees it: encrypted, and with a token for a password for whoever is a member
of rds_iam. Behind it is the real PostgreSQL, over its Unix socket, which believes everybody.

https://www.postgresql.org/docs/16/protocol-message-formats.html
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

from chalicelib.services.postgres.connection import Database
from tests.certificates import Certificate

SSL_REQUEST = bytes.fromhex("0000000804d2162f")
CLEARTEXT_PASSWORD = b"R" + struct.pack("!ii", 8, 3)
BY_IAM = """
select from pg_auth_members iam where iam.roleid = 'rds_iam'::regrole and iam.set_option
and pg_has_role((select oid from pg_roles where rolname = :user), iam.member, 'member')
"""
"""As pg_hba.conf's `+rds_iam`: members of members too, whatever they may do with it. The master user may
give it away, which is no membership there."""


class Rds:
    """Listens on `port` of localhost until it is closed. believes: whether a token lets the user in.

    root: the URL of the server behind it. passwords: of those who are no members of rds_iam.
    """

    def __init__(
        self,
        root: str,
        certificate: Certificate,
        passwords: dict[str, str],
        believes: Callable[[str, str], bool],
    ) -> None:
        self.tokens: list[str] = []
        self._root, self._socket = root, root.partition("?host=")[2] + "/.s.PGSQL.5432"
        self._passwords, self.believes = passwords, believes
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="RDS", daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                peer, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with peer, suppress(OSError):
            assert peer.recv(8) == SSL_REQUEST
            peer.sendall(b"S")
            with self._context.wrap_socket(peer, server_side=True) as client:
                start = _message(client)
                words = start[8:].split(b"\0")
                user = words[words.index(b"user") + 1].decode()
                client.sendall(CLEARTEXT_PASSWORD)
                assert client.recv(1) == b"p"
                refusal = self._refusal(user, _message(client)[4:-1].decode())
                if refusal:
                    client.sendall(refusal)
                    return
                with socket.socket(socket.AF_UNIX) as server:
                    server.connect(self._socket)
                    server.sendall(start)
                    _relay(client, server)

    def _refusal(self, user: str, password: str) -> bytes:
        root = Database(self._root)
        by_iam = bool(root.run(BY_IAM, user=user))
        root.close()
        if by_iam:
            self.tokens.append(password)
            known = self.believes(user, password)
            return b"" if known else _error("28000", f'PAM authentication failed for user "{user}"')
        known = self._passwords.get(user) == password
        return b"" if known else _error("28P01", f'password authentication failed for user "{user}"')


def _message(client: ssl.SSLSocket) -> bytes:
    """One message behind its kind: its length, which counts itself, and the rest."""
    length = client.recv(4)
    left = struct.unpack("!i", length)[0] - 4
    rest = b""
    while len(rest) < left:
        rest += client.recv(left - len(rest))
    return length + rest


def _error(code: str, message: str) -> bytes:
    fields = "".join(f"{kind}{value}\0" for kind, value in (("S", "FATAL"), ("C", code), ("M", message)))
    body = fields.encode() + b"\0"
    return b"E" + struct.pack("!i", len(body) + 4) + body


def _relay(client: ssl.SSLSocket, server: socket.socket) -> None:
    while True:
        ready = [client] if client.pending() else select.select([client, server], [], [])[0]
        for end in ready:
            chunk = end.recv(65536)
            if not chunk:
                return
            (server if end is client else client).sendall(chunk)
