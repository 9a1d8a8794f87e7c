"""The DATA reader: any chunking gives the same octets, and only CRLF.CRLF ends them."""

import re
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtp_ingest.domain.data import DataReader

# Few different octets, so that line ends, dots and their fragments come up in every order.
TRICKY = st.binary(max_size=200).map(lambda octets: bytes(b"\r\n.\0ax"[octet % 6] for octet in octets))
LARGE = 1_000_000


def stuffed(message: bytes) -> bytes:
    """What a correct peer sends for the message (RFC 5321 section 4.5.2), its end included."""
    dotted = (b"\r\n" + message).replace(b"\r\n.", b"\r\n..")[2:]
    return dotted + b".\r\n"


def stuffed_after_every_lf(message: bytes) -> bytes:
    """What Python's smtplib sends for the message when it is given as octets, its end included."""
    return re.sub(rb"(?m)^\.", b"..", message) + b".\r\n"


def looks_stuffed_after_lone_lf(message: bytes) -> bool:
    """Whether every dot after a lone LF is doubled in the message itself, so that nobody could tell."""
    dots = re.findall(rb"(?<!\r)\n\.(\.?)", message)
    return bool(dots) and all(dots)


def chunks_of(octets, cuts):
    edges = [0, *sorted({cut % (len(octets) + 1) for cut in cuts}), len(octets)]
    return [octets[start:end] for start, end in pairwise(edges)]


def read(reader, chunks):
    """Feed until the end; the rest, with the chunks never asked for."""
    chunks = list(chunks)
    while chunks:
        rest = reader.feed(chunks.pop(0))
        if rest is not None:
            return rest + b"".join(chunks)
    return None


@given(TRICKY, st.lists(st.integers(0, 500)), TRICKY)
def test_any_chunking_gives_the_message_back(message, cuts, after):
    message += b"\r\n"
    reader = DataReader(LARGE)
    assert after == read(reader, chunks_of(stuffed(message) + after, cuts))
    expected = re.sub(rb"(?<!\r)\n\.", b"\n", message) if looks_stuffed_after_lone_lf(message) else message
    assert expected == reader.content()


@given(TRICKY, st.lists(st.integers(0, 500)), TRICKY)
def test_a_peer_that_stuffs_after_every_lf_gives_the_message_back(message, cuts, after):
    message += b"\r\n"
    reader = DataReader(LARGE)
    assert after == read(reader, chunks_of(stuffed_after_every_lf(message) + after, cuts))
    assert message == reader.content()


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (b"\n..a\n...b\n..\nend\n\r\n", b"\n.a\n..b\n.\nend\n\r\n"),
        (b"\n.a\n..b\n.\nend\n\r\n", b"\n.a\n..b\n.\nend\n\r\n"),
        (b"..a\r\n..b\n..c\r..d\r\n", b".a\r\n.b\n.c\r..d\r\n"),
        (b"..a\r\n..b\n.c\r\n", b".a\r\n.b\n.c\r\n"),
        (b"x\n.\r\n", b"x\n.\r\n"),
    ],
    ids=["smtplib's octets", "curl's", "both line ends, stuffed", "both line ends, not stuffed", "a lone dot"],
)
def test_dots_after_a_lone_lf_are_taken_off_where_the_sender_added_them(wire, expected):
    reader = DataReader(LARGE)
    assert b"" == read(reader, [wire + b".\r\n"])
    assert expected == reader.content()


def test_every_mixture_of_line_ends_and_dots_ends_where_crlf_dot_crlf_stands():
    """All sequences of up to seven of CR, LF, dot and a letter, sent octet by octet."""
    for length in range(8):
        for octets in product((b"\r", b"\n", b".", b"a"), repeat=length):
            wire = b"".join(octets)
            reader = DataReader(LARGE)
            end = (b"\r\n" + wire).find(b"\r\n.\r\n")
            rest = read(reader, [wire[at : at + 1] for at in range(length)])
            assert (None if end < 0 else wire[end + 3 :]) == rest


@given(TRICKY, st.lists(st.integers(0, 500)))
def test_an_end_is_found_exactly_where_crlf_dot_crlf_first_stands(octets, cuts):
    expected = (b"\r\n" + octets).find(b"\r\n.\r\n")
    rest = read(DataReader(LARGE), chunks_of(octets, cuts))
    assert (None if expected < 0 else octets[expected + 3 :]) == rest


@given(TRICKY, st.lists(st.integers(0, 500)), st.integers(1, 150))
def test_a_fault_changes_nothing_about_where_the_end_is(message, cuts, limit):
    message += b"\r\n"
    wire = stuffed(message)
    reader = DataReader(limit)
    assert b"after" == read(reader, chunks_of(wire + b"after", cuts))
    assert (len(wire) - 3 > limit) == (reader.fault == "too_big")


def test_an_endless_message_is_not_held():
    reader = DataReader(1000)
    for _ in range(1000):
        assert reader.feed(b"x" * 1000) is None
        assert reader.held <= 1002
    assert 1_000_000 == reader.received
    assert "too_big" == reader.fault


def test_what_is_discarded_for_want_of_room_still_ends():
    reader = DataReader(LARGE)
    reader.feed(b"x" * 100)
    reader.discard("no_room")
    assert b"NOOP\r\n" == reader.feed(b"\r\n.\r\nNOOP\r\n")
    assert "no_room" == reader.fault


@pytest.mark.parametrize(
    ("message", "has_strays"),
    [
        (b"", False),
        (b"a\r\nb\r\n", False),
        (b"a\nb\r\n", True),
        (b"a\rb\r\n", True),
        (b"a\0b\r\n", True),
        (b"a\r\r\n", True),
    ],
)
def test_strays_are_seen(message, has_strays):
    reader = DataReader(LARGE)
    read(reader, [stuffed(message)])
    assert has_strays == reader.has_strays()


@given(TRICKY)
def test_strays_are_what_is_left_without_the_line_ends(message):
    message += b"\r\n"
    reader = DataReader(LARGE)
    read(reader, [stuffed(message)])
    left = message.replace(b"\r\n", b"")
    assert any(stray in left for stray in (b"\r", b"\n", b"\0")) == reader.has_strays()
