"""Which addresses may be connected to, whoever named them.

Python's `ipaddress.is_global` is not the rule: it lets through what must not be reached (64:ff9b::a9fe:a9fe
is 169.254.169.254 behind a translator), and moves with the interpreter. The rows are of IANA's registries:
https://www.iana.org/assignments/iana-ipv4-special-registry
https://www.iana.org/assignments/iana-ipv6-special-registry
https://www.iana.org/assignments/ipv6-address-space (only 2000::/3 is given to hosts of the internet)
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network

NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
PUBLIC_6 = IPv6Network("2000::/3")
NOT_PUBLIC_6 = tuple(
    map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"))
)
NEVER: tuple[Network, ...] = (IPv4Network("169.254.0.0/16"), IPv6Network("fd00:ec2::/32"))
"""Where a machine of AWS is told who it is. No setting opens these.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html"""

_LOW_BITS = 0xFFFF_FFFF
_BEHIND_96_BITS = tuple(map(IPv6Network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "::ffff:0:0:0/96")))
"""Forms of IPv6 that end in an address of IPv4, to which something on the way may lead."""
_LOCAL_TRANSLATION = IPv6Network("64:ff9b:1::/48")
_SIX_TO_FOUR = IPv6Network("2002::/16")


def fault_of(address: str, allowed: Iterable[Network] = ()) -> str:
    """Why an address may not be connected to; "" where it may. allowed: what is not public, and open
    nevertheless."""
    return _judged(address, tuple(allowed))


@lru_cache(1_000)  # most are asked for again: it says the same of the same address for ever
def _judged(address: str, allowed: tuple[Network, ...]) -> str:
    try:
        judged = ip_address(address)
    except ValueError:
        return "is no address"
    if isinstance(judged, IPv6Address):
        if judged.scope_id is not None:
            return "is of one link"
        judged = judged.ipv4_mapped or judged
    meant = {judged, *_embedded(judged)}
    if any(_in(one, NEVER) for one in meant):
        return "is where a machine asks who it is, which no setting opens"
    if _in(judged, allowed) or _public(judged):
        return ""
    return "is not public"


def _public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not _in(address, NOT_PUBLIC_4)
    return address in PUBLIC_6 and not _in(address, NOT_PUBLIC_6)


def _embedded(address: IPv4Address | IPv6Address) -> set[IPv4Address]:
    """The addresses of IPv4 that one of IPv6 may lead to."""
    if isinstance(address, IPv4Address):
        return set()
    bits = int(address)
    found = set()
    if _in(address, _BEHIND_96_BITS):
        found.add(bits)
    if address in _SIX_TO_FOUR:
        found.add(bits >> 80)
    if address in _LOCAL_TRANSLATION:  # RFC 6052: bits 64 to 71 are left out; or a prefix of 96 bits
        found |= {bits, (bits >> 64 & 0xFFFF) << 16 | (bits >> 40 & 0xFFFF)}
    return {IPv4Address(one & _LOW_BITS) for one in found}


def _in(address: IPv4Address | IPv6Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)  # one of the other version is in none


def network(text: str) -> Network:
    """A network that a setting opens, such as 10.1.0.0/16. Raises ValueError."""
    return ip_network(text)
