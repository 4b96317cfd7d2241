"""Reads a database URL and opens the socket that it names."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from chalicelib.services.postgres.authority import ca_file_of
from chalicelib.settings import SettingError

_OPTIONS = {"auth", "host", "port", "sslmode", "sslrootcert"}
_SSL_MODES = {"disable", "require", "verify-ca", "verify-full"}


class Address(NamedTuple):
    """Where PostgreSQL answers, and how to log in."""

    user: str
    password: str | None
    database: str
    host: str
    port: int
    socket_path: str | None
    """The path of its Unix socket; None for TCP to host and port."""
    tls: bool
    ca_file: str | None
    """The file of the CA that signs its certificate; None for the public ones."""
    iam: bool
    """Whether the password is a token that is made for each connection."""

    def open(self, connect_seconds: float, silent_seconds: float) -> socket.socket:
        """A connected socket, on which a read may wait `silent_seconds`. Raises OSError."""
        if self.socket_path is not None:
            opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                opened.settimeout(connect_seconds)
                opened.connect(self.socket_path)
            except OSError:
                opened.close()
                raise
        else:
            opened = socket.create_connection((self.host, self.port), connect_seconds)
            # pg8000 sends a message in pieces: without NODELAY one of 9 KB and more waits 40 ms for an ACK
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        opened.settimeout(silent_seconds)
        return opened


def parse(url: str) -> Address:
    """Read postgresql://user[:password]@host[:port]/database?sslmode=…&sslrootcert=…&auth=iam

    `?host=/folder` names the folder of a Unix socket. TCP is encrypted and the server's certificate
    and name verified, always, unless sslmode is `disable`; sslrootcert is the file of the CA, which for
    RDS is known by the host's region. auth=iam: log in with a token of RDS instead of a password.
    Raises SettingError.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:  # its message quotes the URL, which may hold a password
        raise SettingError(
            "TRIGGERIQ_DATABASE is no URL; in user and password write "
            ": / ? # [ ] @ % as %3A %2F %3F %23 %5B %5D %40 %25"
        ) from None
    if parts.scheme not in ("postgresql", "postgres") or not parts.username or parts.path in ("", "/"):
        raise SettingError("TRIGGERIQ_DATABASE must be postgresql://user[:password]@host[:port]/database")
    if options.keys() - _OPTIONS:
        known = ", ".join(sorted(_OPTIONS))
        raise SettingError(f"TRIGGERIQ_DATABASE has an option that is not known; known are {known}")
    option = {name: values[-1] for name, values in options.items()}
    mode = option.get("sslmode", "verify-full")
    if mode not in _SSL_MODES:
        known = ", ".join(sorted(_SSL_MODES))
        raise SettingError(f"TRIGGERIQ_DATABASE has an sslmode that is not known; known are {known}")
    try:
        port = port or int(option.get("port", "5432"))
    except ValueError:
        raise SettingError("TRIGGERIQ_DATABASE has a port that is no number") from None
    host = option.get("host") or unquote(parts.hostname or "")
    if not host:
        raise SettingError("TRIGGERIQ_DATABASE names no host; for a Unix socket add ?host=/its/folder")
    local = host.startswith("/")
    tls = not local and mode != "disable"
    iam = _is_iam(option, tls, parts.password)
    return Address(
        user=unquote(parts.username),
        password=unquote(parts.password) if parts.password is not None else None,
        database=unquote(parts.path[1:]),
        host=host,
        port=port,
        socket_path=f"{host}/.s.PGSQL.{port}" if local else None,
        tls=tls,
        ca_file=option.get("sslrootcert") or (ca_file_of(host) if tls else None),
        iam=iam,
    )


def _is_iam(option: Mapping[str, str], tls: bool, password: str | None) -> bool:
    if "auth" not in option:
        return False
    if option["auth"] != "iam":
        raise SettingError("TRIGGERIQ_DATABASE has an auth that is not known; known is iam")
    if not tls:
        raise SettingError("TRIGGERIQ_DATABASE has auth=iam, which sends a token: leave sslmode=disable out")
    if password is not None:
        raise SettingError("TRIGGERIQ_DATABASE has auth=iam and a password: leave one of them out")
    return True
