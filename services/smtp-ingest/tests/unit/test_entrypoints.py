"""Patience and the inbound buffer, without a socket."""

from types import SimpleNamespace

import pytest

from smtp_ingest.domain.data import DataReader
from smtp_ingest.entrypoints.inbound import CommandTooLong, EndlessLine, Inbound
from smtp_ingest.entrypoints.patience import Patience
from smtp_ingest.settings import Settings


@pytest.fixture
def patience():
    ticks = SimpleNamespace(now=0.0)
    settings = Settings(smtp_idle_seconds=60, smtp_data_seconds=600, smtp_data_rate=10)
    return SimpleNamespace(of=Patience(settings, lambda: ticks.now), ticks=ticks)


def test_patience_with_silence(patience):
    patience.of.wait_for_command()
    assert [False, True] == [patience.of.is_over(now, None) for now in (60, 60.1)]


def test_patience_is_endless_while_the_peer_waits_for_us(patience):
    patience.of.wait_for_command()
    patience.of.suspend()
    assert not patience.of.is_over(10_000, None)


def test_patience_with_a_slow_message_is_renewed_by_every_window_that_brings_enough(patience):
    reader = DataReader(10**6)
    patience.of.wait_for_data()
    reader.feed(b"x" * 600)
    assert not patience.of.is_over(60, reader)
    assert not patience.of.is_over(119, reader)
    reader.feed(b"x" * 599)
    assert patience.of.is_over(120, reader)


def test_patience_with_a_long_message_ends(patience):
    reader = DataReader(10**6)
    patience.of.wait_for_data()
    reader.feed(b"x" * 10**5)
    assert patience.of.is_over(601, reader)


class Transport:
    def __init__(self):
        self.is_paused = False

    def pause_reading(self):
        self.is_paused = True

    def resume_reading(self):
        self.is_paused = False


@pytest.fixture
def inbound():
    inbound = Inbound()
    inbound.attach(Transport())
    return inbound


async def test_lines_come_in_order_whatever_the_chunks(inbound):
    for chunk in (b"EH", b"LO a\r", b"\nNOOP\r\nQU", b"IT\r\n"):
        inbound.feed(chunk)
    assert [b"EHLO a\r\n", b"NOOP\r\n", b"QUIT\r\n"] == [await inbound.line() for _ in range(3)]


async def test_a_long_line_is_gone_when_it_is_told(inbound):
    inbound.feed(b"x" * 5000 + b"\r\nNOOP\r\n")
    with pytest.raises(CommandTooLong):
        await inbound.line()
    assert b"NOOP\r\n" == await inbound.line()


async def test_an_endless_line_is_not_waited_for(inbound):
    inbound.feed(b"x" * 70_000)
    with pytest.raises(EndlessLine):
        await inbound.line()


async def test_the_end_comes_after_what_was_sent(inbound):
    inbound.feed(b"QUIT\r\nrest")
    inbound.end()
    assert b"QUIT\r\n" == await inbound.line()
    with pytest.raises(EOFError):
        await inbound.line()


async def test_too_much_unread_stops_the_transport_until_it_is_read():
    inbound, transport = Inbound(), Transport()
    inbound.attach(transport)
    inbound.feed(b"NOOP\r\n" * 12_000)
    assert transport.is_paused
    for _ in range(1200):
        await inbound.line()
    assert not transport.is_paused


async def test_what_a_peer_sends_ahead_is_booked_beyond_a_little_until_it_is_read(inbound):
    booked = []
    inbound.book = booked.append
    inbound.feed(b"NOOP\r\n" * 600)
    assert [] == booked
    inbound.feed(b"NOOP\r\n" * 200)
    assert [4800] == booked
    for _ in range(800):
        await inbound.line()
    assert 0 == booked[-1]
    assert 4098 == booked[-2]
    inbound.feed(b"x" * 5000)
    inbound.drop()
    assert [5000, 0] == booked[-2:]
    with pytest.raises(EOFError):
        await inbound.line()


async def test_what_was_unread_counts_no_more_after_attach(inbound):
    inbound.feed(b"RCPT TO:<evil@example.org>\r\n")
    inbound.attach(Transport())
    assert not inbound.has_line()


async def test_data_begins_with_what_had_come_already(inbound):
    reader = DataReader(1000)
    inbound.feed(b"one\r\n.\r\nNOOP\r\n")
    await inbound.data(reader, lambda _: None)
    assert b"one\r\n" == reader.content()
    assert b"NOOP\r\n" == await inbound.line()


async def test_data_without_an_end_is_no_data(inbound):
    inbound.feed(b"half")
    inbound.end()
    with pytest.raises(EOFError):
        await inbound.data(DataReader(1000), lambda _: None)
    assert inbound.data_reader is None
