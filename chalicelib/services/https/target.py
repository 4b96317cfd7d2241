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
_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1")
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
    """Read a URL strictly. local: on a developer's machine http is taken too, ports that anybody may open,
    and the machine itself. own: what `own_of` gives. Raises NoAnswer, saying what is wrong, but not quoting
    it."""
    if len(url) > URL_LENGTH:
        raise _refused(f"has more than {URL_LENGTH:,} characters")
    found = _URL.fullmatch(url)
    if found is None:
        raise _refused("is not of the form https://name/path, without a user and without a #fragment")
    scheme, host = found["scheme"].lower(), _ascii(found["host"])
    port = int(found["port"] or DEFAULT_PORTS[scheme])
    path = found["path"] if found["path"].startswith("/") else "/" + found["path"]
    if scheme != "https" and not local:
        raise _refused("is not https")
    if local and _LOOPBACK.fullmatch(host.strip("[]")):
        host = host.strip("[]")
        if not 0 < port < 65_536:
            raise _refused("names a port that there is not")
    else:
        _check_name(host)
        if port not in PORTS and not (local and (port == DEFAULT_PORTS[scheme] or 1_024 <= port < 65_536)):
            raise _refused(f"names a port other than {' and '.join(map(str, PORTS))}")
    if not own.isdisjoint((host, _here(host, port))):
        raise _refused("is our own")
    return Target(scheme, host, port, path)


def _check_name(host: str) -> None:
    """Raises NoAnswer."""
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise _refused("names no host by a name with a dot")
    if _INSIDE.fullmatch(host):
        raise _refused("names a host of an inner network")


def own_of(url: str) -> frozenset[str]:
    """What addresses of our own API are known by: the host of `url`, which is its address; on a developer's
    machine, where other things run too, host and port. None where `url` is ""."""
    found = _URL.fullmatch(url)
    if found is None:
        return frozenset()
    host = _ascii(found["host"]).strip("[]")
    if _LOOPBACK.fullmatch(host):
        return frozenset((_here(host, int(found["port"] or DEFAULT_PORTS[found["scheme"].lower()])),))
    return frozenset((host,))


def _here(host: str, port: int) -> str:
    """Whatever a machine calls itself, it is the same."""
    return f"here:{port}" if _LOOPBACK.fullmatch(host) else host


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
