"""What the notices of a stream are made of, without servers: pings, outages, a life made longer."""

import dataclasses
from contextlib import aclosing
from datetime import timedelta

import pytest
from msgspec.structs import replace

from api_gateway.edge.caller import Caller
from api_gateway.edge.credential_changes import CredentialChanges
from api_gateway.live.channels import Channels
from api_gateway.live.following import Ended, Following
from api_gateway.live.recheck import Recheck
from api_gateway.live.rendering import render
from api_gateway.live.watch import Connected, LiveStreams, Ping, Refused, Reset, Retry
from api_gateway.refusals import LimitExceeded, Unauthorized
from mayfly.events.facts import InboxDeleted, InboxExpired
from mayfly.failures import TransientFailure
from mayfly.records.inbox import Extent
from mayfly.records.live import LiveEvent
from mayfly.testing.builders import make_inbox, make_stored
from mayfly.testing.clock import SettableClock

CALLER = Caller("192.0.2.1", "ip:192.0.2.1")


class ScriptedReader:
    """Gives what it was told to, in order; None stands for patience that ran out, which takes the clock along."""

    def __init__(self, clock, *script) -> None:
        self.cursor = 7
        self.patiences = []
        self._clock = clock
        self._script = list(script)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    async def next(self, patience):
        self.patiences.append(patience)
        given = self._script.pop(0) if self._script else TransientFailure("the script is over")
        if isinstance(given, Exception):
            raise given
        if given is None:
            self._clock.advance(patience)
        return given


class OneInbox:
    """A store and a reach that know one inbox; `again` is what the store says when it is asked once more."""

    def __init__(self, inbox, again=None) -> None:
        self._inbox = inbox
        self._again = again

    async def inbox(self, caller, name):
        return self._inbox

    async def get(self, inbox_id, now):
        return self._again

    async def extent(self, inbox):
        return Extent(inbox.id)


class OneReader:
    def __init__(self, reader) -> None:
        self._reader = reader

    def reader(self, inbox_id, after=None):
        return self._reader


@pytest.fixture
def clock():
    return SettableClock()


@pytest.fixture
def inbox(clock):
    return make_inbox("a", id="i", created_at=clock(), expires_at=None)


def stored(clock, sequence):
    now = clock()
    shown = {"address": "a@mayfly.test", "from_address": "b@example.com", "subject": "Hi", "otp": "1"}
    fact = make_stored("i", event_id="e", message_id="m", received_at=now, stored_at=now, **shown)
    return LiveEvent(sequence, fact)


async def allowed() -> None:
    return


async def notices(clock, inbox, *script, recheck=allowed, again=None):
    one = OneInbox(inbox, again)
    calls = LiveStreams(
        live=OneReader(ScriptedReader(clock, *script)),
        inboxes=one,
        reach=one,
        channels=Channels(per_holder=1, in_all=1),
        news=None,  # nobody asks for changes
        clock=clock,
        stall_seconds=30,
    )
    async with (
        calls.watch(CALLER, inbox.address, None, Recheck(recheck, CALLER, CredentialChanges())) as told,
        aclosing(told),
    ):
        return [notice async for notice in told]


async def test_silence_is_broken_by_a_ping_every_fifteen_seconds(clock, inbox):
    start = clock()
    found = await notices(clock, inbox, None, None)
    assert [Connected(inbox.address, 7), Ping(), Ping()] == found[:3]
    # Seconds as floating point lose a microsecond on the way.
    assert 30 == round((clock() - start).total_seconds(), 3)


async def test_a_broker_out_of_reach_sends_the_reader_away_to_come_back(clock, inbox):
    found = await notices(clock, inbox, TransientFailure("gone"))
    assert [Connected] == [type(notice) for notice in found[:-1]]
    assert 500 <= found[-1].milliseconds <= 3000


@pytest.mark.parametrize(("fact", "reason"), [(InboxExpired, "expired"), (InboxDeleted, "deleted")])
async def test_nothing_follows_the_end_of_the_inbox(clock, inbox, fact, reason):
    values = ("e", "i", "", inbox.address, clock())
    event = LiveEvent(9, fact(*values, 0, False) if fact is InboxExpired else fact(*values))
    found = await notices(clock, inbox, stored(clock, 8), event, stored(clock, 10))
    assert [stored(clock, 8), Ended(inbox.address, reason)] == found[1:]


async def test_credentials_are_asked_for_before_anything_is_told(clock, inbox):
    async def revoked():
        raise Unauthorized("revoked")

    assert [Refused()] == (await notices(clock, inbox, stored(clock, 8), recheck=revoked))[1:]


async def test_a_life_made_longer_meanwhile_counts(clock, inbox):
    start = clock()
    short = replace(inbox, expires_at=start + timedelta(seconds=5))
    longer = replace(inbox, expires_at=start + timedelta(seconds=3600))
    following = Following(
        ScriptedReader(clock, None, stored(clock, 8)), short, OneInbox(short, longer), OneInbox(short).extent, clock
    )
    assert 8 == (await following.next(10)).sequence
    assert longer == following.inbox


async def test_an_inbox_ends_at_its_hour_though_no_event_says_so(clock, inbox):
    short = replace(inbox, expires_at=clock() + timedelta(seconds=5))
    reader = ScriptedReader(clock, None)
    assert Ended(inbox.address, "expired") == await Following(
        reader, short, OneInbox(short), OneInbox(short).extent, clock
    ).next(10)
    assert [5.0] == reader.patiences


def test_a_seat_is_given_back_and_a_refused_one_takes_none():
    channels = Channels(per_holder=1, in_all=1)
    for _ in range(3):
        with channels.seat(CALLER, "sse"):
            with pytest.raises(LimitExceeded), channels.seat(CALLER, "sse"):
                pass
            with pytest.raises(TransientFailure), channels.seat(Caller("192.0.2.2", "ip:192.0.2.2"), "sse"):
                pass


def test_every_notice_is_an_event_of_the_stream(clock):
    address = "a@mayfly.test"
    assert b'event: connected\ndata: {"address":"a@mayfly.test"}\nid: 7\n\n' == render(Connected(address, 7))
    assert b'event: reset\ndata: {"address":"a@mayfly.test","reason":"x"}\n\n' == render(Reset(address, "x"))
    assert b'event: expired\ndata: {"address":"a@mayfly.test"}\n\n' == render(Ended(address, "expired"))
    assert b"event: ping\ndata: {}\n\n" == render(Ping())
    assert b"event: refused\ndata: {}\n\n" == render(Refused())
    assert b"retry: 900\n\n" == render(Retry(900))
    assert (
        b'event: message\ndata: {"type":"new_message","id":"m","from":"b@example.com","subject":"Hi","has_otp":true,'
        b'"inbox":"a@mayfly.test"}\nid: 8\n\n'
    ) == render(stored(clock, 8))


def test_line_ends_in_a_subject_cannot_make_an_event(clock):
    event = stored(clock, 8)
    fact = dataclasses.replace(event.fact, subject="x\n\nevent: message\r\ndata: {}")
    hostile = dataclasses.replace(event, fact=fact)
    assert 1 == render(hostile).count(b"\n\n")
    assert b"\r" not in render(hostile)
