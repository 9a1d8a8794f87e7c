"""Whose call it is behind proxies: read from the right, up to what nobody vouches for."""

from ipaddress import ip_network

import pytest

from api_gateway.edge.forwarded import client_address

TRUSTED = [ip_network(name) for name in ("127.0.0.0/8", "10.0.0.0/8", "2001:db8:ffff::/48")]
PROXY, CLIENT, MADE_UP = "10.0.0.1", "198.51.100.7", "203.0.113.9"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], PROXY),
        ([""], PROXY),
        ([CLIENT], CLIENT),
        ([f"{MADE_UP}, {CLIENT}"], CLIENT),
        ([MADE_UP, CLIENT], CLIENT),
        ([MADE_UP, f"{CLIENT}, 10.0.0.2", "10.0.0.3"], CLIENT),
        ([CLIENT, ""], CLIENT),
        ([f"{CLIENT} ,\t, 10.0.0.2 , "], CLIENT),
        (["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
        ([f"{CLIENT}:4711"], CLIENT),
        (["2001:db8::1"], "2001:db8::1"),
        (["[2001:db8::1]"], "2001:db8::1"),
        (["[2001:DB8:0::1]:443, 2001:db8:ffff::1"], "2001:db8::1"),
        (['"[2001:db8::1]:443"'], "2001:db8::1"),
        (["fe80::1%eth0"], "fe80::1"),
        ([f"{CLIENT}, ::ffff:10.0.0.2"], CLIENT),
        ([f"::ffff:{CLIENT}"], CLIENT),
    ],
)
def test_the_client_is_the_first_address_from_the_right_that_is_not_trusted(lines, expected):
    assert expected == client_address(PROXY, lines, TRUSTED)


@pytest.mark.parametrize(
    "garbage",
    [
        "unknown",
        "_hidden",
        "for=198.51.100.7",
        "198.51.100.07",
        "198.51.100",
        "1e9",
        "3325256711",
        "[",
        "]",
        ":",
        '"',
        "\u0661.2.3.4",
        "a" * 100_000,
    ],
)
def test_an_entry_that_is_no_address_ends_the_list_at_the_proxy_that_wrote_it(garbage):
    assert PROXY == client_address(PROXY, [f"{CLIENT}, {garbage}"], TRUSTED)
    assert "10.0.0.2" == client_address(PROXY, [f"{CLIENT}, {garbage}", "10.0.0.2"], TRUSTED)


def test_a_peer_that_is_not_trusted_is_believed_nothing():
    assert CLIENT == client_address(CLIENT, [MADE_UP, "10.0.0.2"], TRUSTED)
    assert PROXY == client_address(PROXY, [CLIENT], [])


def test_a_peer_on_a_socket_for_both_families_is_known_by_its_own_address():
    assert CLIENT == client_address("::ffff:10.0.0.1", [CLIENT], TRUSTED)


def test_a_peer_without_an_address_is_nobody():
    assert "" == client_address("", [CLIENT], TRUSTED)
    assert "" == client_address("/run/socket", [CLIENT], TRUSTED)


@pytest.mark.parametrize("entry", ["10.0.0.2,", ",", "10.0.0.2,,, ,"])
def test_no_more_than_32_entries_are_read(entry):
    assert client_address(PROXY, [CLIENT, entry * 200_000], TRUSTED).startswith("10.")
