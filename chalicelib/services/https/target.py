"""What an address on the web must look like before anybody is asked where it leads."""

from __future__ import annotations

import re
from typing import NamedTuple

from chalicelib.ports.web import NoAnswer

URL_LENGTH = 2_048
PORTS = (443, 8443)
"""The only ones, but on a developer's machine."""

DEFAULT_PORTS = {"http": 80, "https": 443}
# Of path and query all that is printable ASCII, but # and \, which not everybody reads alike
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[^\x00-\x20\x7f\s/?#@\\:\[\]%]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:[/?][!\"$-\[\]-~]*)?)",
    re.IGNORECASE,
)
# A name's last label begins with a letter: what begins with a digit, as in 0x7f.1, is read as an address
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_INSIDE = re.compile(r".*\.(?:local|localhost|internal)")


class Target(NamedTuple):
    """Where a request goes."""

    scheme: str
    host: str
    """In ASCII and lower case; of an address in brackets what stands in them."""
    port: int
    path: str
    """With its query."""


def target_of(url: str, *, local: bool = False, own: frozenset[str] = frozenset()) -> Target:
    """Read a URL strictly. local: on a developer's machine http, any port, and addresses without a name are
    taken too. own: names of our own API. Raises NoAnswer, saying what is wrong, but not quoting it."""
    if len(url) > URL_LENGTH:
        raise _refused(f"has more than {URL_LENGTH:,} characters")
    found = _URL.fullmatch(url)
    if found is None:
        raise _refused("is not of the form https://name/path, without a user and without a #fragment")
    scheme, host = found["scheme"].lower(), _ascii(found["host"])
    port = int(found["port"] or DEFAULT_PORTS[scheme])
    path = found["path"] if found["path"].startswith("/") else "/" + found["path"]
    if local:
        if not 0 < port < 65_536:
            raise _refused("names a port that there is not")
        return Target(scheme, host.strip("[]"), port, path)
    if scheme != "https":
        raise _refused("is not https")
    if port not in PORTS:
        raise _refused(f"names a port other than {' and '.join(map(str, PORTS))}")
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise _refused("names no host by a name with a dot")
    if _INSIDE.fullmatch(host):
        raise _refused("names a host of an inner network")
    if host in own:
        raise _refused("is our own")
    return Target(scheme, host, port, path)


def host_of(url: str) -> str:
    """The host that an address of our own names; "" where it names none."""
    found = _URL.fullmatch(url)
    return _ascii(found["host"]) if found else ""


def _ascii(host: str) -> str:
    """The host as it is asked for, without the root's dot."""
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            raise _refused("has a host that is no name") from None
    return host.lower().removesuffix(".")


def _refused(fault: str) -> NoAnswer:
    return NoAnswer("refused", f"its address {fault}")
