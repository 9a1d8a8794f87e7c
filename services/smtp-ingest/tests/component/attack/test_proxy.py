"""The PROXY header: from load balancers only, and always from them."""

import struct

import pytest

pytestmark = pytest.mark.xdist_group("smtp")

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
V1 = b"PROXY TCP4 203.0.113.7 192.0.2.1 4711 25\r\n"
V1_IPV6 = b"PROXY TCP6 2001:db8::7 2001:db8::1 4711 25\r\n"
V2 = SIGNATURE + b"\x21\x11" + struct.pack("!H", 12) + bytes([203, 0, 113, 8, 192, 0, 2, 1]) + struct.pack("!HH", 1, 25)
LOCAL = SIGNATURE + b"\x20\x00\0\0"


@pytest.fixture(scope="module")
def module_behind(start):
    return start(MAYFLY_SMTP_PROXY_CIDRS="127.0.0.1/32", MAYFLY_SMTP_CONNECTIONS_PER_IP="2")


@pytest.fixture
def behind(module_behind):
    module_behind.mails()
    return module_behind


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (V1, "203.0.113.7"),
        (V1_IPV6, "2001:db8::7"),
        (V2, "203.0.113.8"),
        (LOCAL, "127.0.0.1"),
        (b"PROXY UNKNOWN\r\n", "127.0.0.1"),
    ],
)
def test_the_peer_is_who_the_balancer_says(behind, header, address):
    inbox, peer = behind.inbox(), behind.peer()
    peer.send(header)
    peer.begin(inbox)
    assert 250 == peer.data(b"x")[0]
    (mail,) = behind.mails()
    assert address == mail.envelope.peer_address
    peer.close()


def test_the_header_may_come_in_pieces_with_commands_behind_it(behind):
    peer = behind.peer()
    for octet in V2:
        peer.send(bytes([octet]))
    assert 220 == peer.code()
    other = behind.peer()
    other.send(V1 + b"EHLO me\r\n")
    assert [220, 250] == [other.code(), other.code()]
    peer.close()
    other.close()


@pytest.mark.parametrize(
    "octets",
    [
        b"EHLO me\r\n",
        b"PROXY TCP4 1.2.3.4\r\n",
        b"PROXY TCP4 2001:db8::7 192.0.2.1 1 2\r\n",
        b"PROXY TCP4 999.0.0.1 192.0.2.1 1 2\r\n",
        b"PROXY " + b"x" * 200,
        SIGNATURE + b"\x31\x11\0\0",
        SIGNATURE + b"\x21\x11\0\x04abcd",
        SIGNATURE + b"\x21\x11\xff\xff",
    ],
)
def test_a_balancer_without_a_good_header_is_turned_away(behind, octets):
    peer = behind.peer()
    peer.send(octets)
    assert peer.is_closed()


def test_nobody_else_may_say_who_he_is(behind):
    peer = behind.peer("127.0.0.2")
    assert 220 == peer.code()
    assert 500 == peer.ask(V1.removesuffix(b"\r\n"))[0]
    peer.close()


def test_limits_bind_the_peer_behind_the_balancer(behind):
    header = V1.replace(b"203.0.113.7", b"203.0.113.99")
    peers = [behind.peer() for _ in range(3)]
    for peer in peers:
        peer.send(header)
    assert [220, 220, 421] == sorted(peer.code() for peer in peers)
    for peer in peers:
        peer.close()


def test_limits_bind_all_addresses_of_an_ipv6_customer_together(behind):
    sources = [b"2001:db8:5::1", b"2001:db8:5::ffff:2", b"2001:db8:5:0:a:b:c:d", b"2001:db8:5:1::1"]
    peers = [behind.peer() for _ in sources]
    codes = []
    for peer, source in zip(peers, sources, strict=True):
        peer.send(V1_IPV6.replace(b"2001:db8::7", source))
        codes.append(peer.code())
    assert [220, 220, 421, 220] == codes
    for peer in peers:
        peer.close()


def test_an_ipv4_address_is_one_peer_in_both_families(behind):
    headers = [
        V1,
        V1_IPV6.replace(b"2001:db8::7", b"::ffff:203.0.113.7"),
        V2.replace(b"\xcb\0\x71\x08", b"\xcb\0\x71\x07"),
    ]
    peers = [behind.peer() for _ in headers]
    codes = []
    for peer, header in zip(peers, headers, strict=True):
        peer.send(header)
        codes.append(peer.code())
    assert [220, 220, 421] == codes
    for peer in peers:
        peer.close()
