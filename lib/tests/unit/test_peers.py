"""Who an address counts as."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mayfly.mail.peers import address_of, is_within, peer_of


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("198.51.100.1", "198.51.100.1"),
        (" 198.51.100.1 ", "198.51.100.1"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("::FFFF:C633:6401", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::"),
        ("2001:0db8:0001:0003::9", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
    ],
)
def test_an_address_counts_as_its_customer(address, peer):
    assert peer == peer_of(address)


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("64:ff9b::198.51.100.1", "198.51.100.1"),  # NAT64
        ("::ffff:0:198.51.100.1", "198.51.100.1"),  # stateless translation
        ("2002:c633:6401:7::1", "198.51.100.1"),  # 6to4
        ("2001:0:4136:e378:8000:63bf:39cc:9bfe", "198.51.100.1"),  # Teredo: the address is inverted
        ("64:ff9b:1::198.51.100.1", "64:ff9b:1::c633:6401"),  # NAT64 of an operator's own: any place in the prefix
        ("64:ff9b:1:0:c6:3364:100::", "64:ff9b:1:0:c6:3364:100:0"),
    ],
)
def test_an_address_that_stands_for_an_ipv4_host_counts_as_that_host(address, peer):
    assert peer == peer_of(address)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "198.51.100.1:25", "198.51.100", "[::1]", "010.0.0.1", "1.2.3.4, 5.6.7.8"]
)
def test_what_is_no_address_is_unknown(text):
    assert "unknown" == peer_of(text)
    assert address_of(text) is None


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_every_address_of_a_network_is_the_same_peer(address, host):
    peer = peer_of(str(address))
    if int(address) >> 64 and ":" in peer and not peer.startswith("64:ff9b:"):
        neighbour = IPv6Address(int(address) >> 64 << 64 | host)
        assert [peer, peer] == [peer_of(peer), peer_of(str(neighbour))]


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_the_same_peer_however_it_comes(address):
    written = [f"::ffff:{address}", f"64:ff9b::{address}", str(IPv6Address(0x2002 << 112 | int(address) << 80 | 1))]
    assert {str(address)} == {peer_of(text) for text in written}


def test_a_network_holds_an_address_in_every_spelling():
    networks = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]
    within = ["10.1.2.3", "::ffff:10.1.2.3", "fd00::1", "fd00::1%eth0"]
    outside = ["11.1.2.3", "::ffff:11.1.2.3", "fe80::1%eth0", "nonsense", ""]
    assert [True] * 4 + [False] * 5 == [is_within(text, networks) for text in within + outside]
    assert IPv4Address("10.1.2.3") == address_of("::ffff:10.1.2.3")
