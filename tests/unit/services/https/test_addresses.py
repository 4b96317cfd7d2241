"""No address that is not public is connected to, in whatever form it comes."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.services.https.addresses import fault_of, network


def rows(text: str) -> list[str]:
    return text.split()


IANA_4 = rows("""
    0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.0.0/29 192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24
    192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.88.99.2/32 192.168.0.0/16 192.175.48.0/24
    198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 255.255.255.255/32
""")
"""https://www.iana.org/assignments/iana-ipv4-special-registry, every row"""
IANA_6 = rows("""
    ::1/128 ::/128 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32
    2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28
    2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10
""")
"""https://www.iana.org/assignments/iana-ipv6-special-registry, every row but 2620:4f:8000::/48, which is a
public service"""
OTHERS = ["224.0.0.0/4", "ff00::/8", "fec0::/10", "::/96", "4000::/3", "fd00:ec2::/32"]

PUBLIC = ["1.1.1.1", "8.8.8.8", "192.0.1.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1"]


@pytest.mark.parametrize("row", IANA_4 + IANA_6 + OTHERS)
def test_a_special_purpose_is_refused_from_its_first_address_to_its_last(row: str) -> None:
    special = ip_network(row)
    assert fault_of(str(special[0]))
    assert fault_of(str(special[-1]))


@pytest.mark.parametrize("row", IANA_4)
def test_an_address_of_ipv4_is_refused_in_every_form_of_ipv6(row: str) -> None:
    bits = int(ip_network(row)[0])
    for form in (0xFFFF << 32, 0, 0x64_FF9B << 96, 0x64_FF9B_0001 << 80):
        assert fault_of(str(IPv6Address(form | bits))), form
    assert fault_of(str(IPv6Address(0x2002 << 112 | bits << 80)))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_taken(address: str) -> None:
    assert fault_of(address) == ""


def test_a_public_address_is_taken_as_a_mapped_one() -> None:
    assert fault_of("::ffff:8.8.8.8") == ""


@pytest.mark.parametrize(
    "text",
    ["", "0x7f.1", "2130706433", "0177.0.0.1", "127.1", "1.1.1.1 ", "1.1.1.1\n", "name.test", "fe80::1%1"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert fault_of(text)


@given(st.ip_addresses(v=4))
def test_what_is_taken_of_ipv4_is_in_no_row(address: IPv4Address) -> None:
    taken = not fault_of(str(address))
    assert taken == (not any(address in IPv4Network(row) for row in (*IANA_4, "224.0.0.0/4")))


@given(st.ip_addresses(v=6))
def test_what_is_taken_of_ipv6_is_in_no_row(address: IPv6Address) -> None:
    if not fault_of(str(address)) and address.ipv4_mapped is None:
        assert address in IPv6Network("2000::/3")
        assert not any(address in IPv6Network(row) for row in IANA_6)


@given(st.sampled_from(IANA_6), st.integers(min_value=0))
def test_every_address_of_a_row_is_refused(row: str, offset: int) -> None:
    special = IPv6Network(row)
    address = special[offset % special.num_addresses]
    if address.ipv4_mapped is None:
        assert fault_of(str(address))


def test_a_setting_opens_what_it_names_and_nothing_else() -> None:
    allowed = [network("10.1.0.0/16"), network("fd12::/16")]
    assert fault_of("10.1.2.3", allowed) == ""
    assert fault_of("::ffff:10.1.2.3", allowed) == ""
    assert fault_of("fd12::1", allowed) == ""
    assert fault_of("10.2.0.1", allowed)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b:1:a9fe:a9:fe00::",
        "2002:a9fe:a9fe::",
    ],
)
def test_no_setting_opens_where_a_machine_asks_who_it_is(address: str) -> None:
    assert fault_of(address, [network("0.0.0.0/0"), network("::/0")])
    assert ip_address(address)


@pytest.mark.parametrize("text", ["10.0.0.1/8", "ten", "10.0.0.0/33", ""])
def test_a_network_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        network(text)
