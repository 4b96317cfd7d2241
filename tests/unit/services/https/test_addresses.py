"""No address that is not public is connected to, in whatever form it comes."""

from __future__ import annotations

import csv
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.services.https.addresses import Network, fault_of, network

REGISTRIES = Path(__file__).parents[3] / "data" / "addresses" / "special_purpose.csv"
"""Every row of IANA's two registries of special-purpose addresses, as of 9 October 2025"""

with REGISTRIES.open(encoding="utf-8", newline="") as file:
    ROWS = [ip_network(row["block"]) for row in csv.DictReader(file)]
IANA_4 = [row for row in ROWS if isinstance(row, IPv4Network)]
IANA_6 = [row for row in ROWS if isinstance(row, IPv6Network)]
MULTICAST = IPv4Network("224.0.0.0/4")
OTHERS = [MULTICAST, *map(ip_network, ("ff00::/8", "fec0::/10", "::/96", "4000::/3", "fd00:ec2::/32"))]
"""What no row of theirs names: multicast, what was given up, what was never given out, and AWS's own."""

PUBLIC = ["1.1.1.1", "8.8.8.8", "192.0.1.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1"]


def test_the_registries_are_there_whole() -> None:
    assert (len(IANA_4), len(IANA_6)) == (26, 25)


@pytest.mark.parametrize("special", ROWS + OTHERS, ids=str)
def test_a_special_purpose_is_refused_from_its_first_address_to_its_last(special: Network) -> None:
    assert fault_of(str(special[0]))
    assert fault_of(str(special[-1]))


@pytest.mark.parametrize("special", [*IANA_4, MULTICAST], ids=str)
def test_what_lies_beside_it_is_judged_for_itself(special: IPv4Network) -> None:
    for beside in (int(special[0]) - 1, int(special[-1]) + 1):
        if 0 <= beside < 2**32:
            address = IPv4Address(beside)
            assert bool(fault_of(str(address))) == any(address in row for row in (*IANA_4, MULTICAST))


@pytest.mark.parametrize("row", IANA_4, ids=str)
def test_an_address_of_ipv4_is_refused_in_every_form_of_ipv6(row: IPv4Network) -> None:
    bits = int(row[0])
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
    assert taken == (not any(address in row for row in (*IANA_4, MULTICAST)))


@given(st.ip_addresses(v=6))
def test_what_is_taken_of_ipv6_is_in_no_row(address: IPv6Address) -> None:
    if not fault_of(str(address)) and address.ipv4_mapped is None:
        assert address in IPv6Network("2000::/3")
        assert not any(address in row for row in IANA_6)


@given(st.sampled_from(IANA_6), st.integers(min_value=0))
def test_every_address_of_a_row_is_refused(row: IPv6Network, offset: int) -> None:
    address = row[offset % row.num_addresses]
    if address.ipv4_mapped is None:
        assert fault_of(str(address))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_what_it_stands_for(address: IPv4Address) -> None:
    assert bool(fault_of(f"::ffff:{address}")) == bool(fault_of(str(address)))


@given(st.ip_addresses(v=4))
def test_no_translated_address_is_taken_even_where_what_it_leads_to_is(address: IPv4Address) -> None:
    bits = int(address)
    for form in (bits, 0x64_FF9B << 96 | bits, 0x64_FF9B_0001 << 80 | bits, 0x2002 << 112 | bits << 80):
        assert fault_of(str(IPv6Address(form)))


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
