"""The cache of inboxes by itself, with a clock and a connection that the test sets; and how it is read and told."""

import asyncio
from types import SimpleNamespace

import pytest
from msgspec import structs

from api_gateway.edge.caller import Caller
from api_gateway.edge.known_inboxes import InboxNews, KnownInboxes
from api_gateway.inboxes.reach import Reach
from api_gateway.refusals import NotFound
from mayfly.failures import TransientFailure
from mayfly.testing.builders import make_inbox
from mayfly.testing.clock import SettableClock

CALLER = Caller("192.0.2.1", "ip:192.0.2.1")


@pytest.fixture
def link():
    return SimpleNamespace(is_up=True)


@pytest.fixture
def known(link):
    return KnownInboxes(lambda: link.is_up, most=3)


@pytest.fixture
def clock():
    return SettableClock()


def inbox_of(clock, name="one", seconds=3600):
    expires_at = SettableClock(clock())
    expires_at.advance(seconds)
    return structs.replace(make_inbox(f"{name}@mayfly.test"), expires_at=expires_at())


def keep(known, clock, *inboxes):
    known.keep(inboxes, clock(), known.generation)


def test_an_inbox_is_known_by_id_and_address_for_thirty_seconds(known, clock):
    inbox = inbox_of(clock)
    keep(known, clock, inbox)
    assert [inbox, inbox] == [known.get(inbox.id, clock()), known.get(inbox.address, clock())]
    clock.advance(30)
    assert known.get(inbox.id, clock()) is None


def test_an_inbox_ends_exactly_at_its_time(known, clock):
    inbox = inbox_of(clock, seconds=10)
    keep(known, clock, inbox)
    clock.advance(9.999)
    assert inbox == known.get(inbox.address, clock())
    clock.advance(0.001)
    assert known.get(inbox.address, clock()) is None


def test_a_clock_that_is_set_back_makes_nothing_last_longer(known, clock):
    inbox = inbox_of(clock)
    keep(known, clock, inbox)
    clock.advance(-60)
    assert known.get(inbox.id, clock()) is None


def test_without_a_connection_nothing_is_known(known, clock, link):
    inbox = inbox_of(clock)
    keep(known, clock, inbox)
    link.is_up = False
    assert known.get(inbox.id, clock()) is None


@pytest.mark.parametrize("forget", ["address", "domain", "all"])
def test_what_is_forgotten_is_not_known_by_any_name(known, clock, forget):
    inbox, other = inbox_of(clock), structs.replace(inbox_of(clock, "two"), address="two@b.test", domain="b.test")
    keep(known, clock, inbox, other)
    {"address": lambda: known.forget(inbox.address), "domain": lambda: known.forget_domain("mayfly.test")}.get(
        forget, known.forget_all
    )()
    assert [None, None] == [known.get(inbox.id, clock()), known.get(inbox.address, clock())]
    assert (None if forget == "all" else other) == known.get(other.address, clock())


def test_of_a_new_inbox_with_the_address_of_an_old_one_the_new_one_is_known(known, clock):
    old, new = inbox_of(clock), inbox_of(clock)
    keep(known, clock, old)
    keep(known, clock, new)
    assert new == known.get(new.address, clock())
    known.forget(new.address)
    assert known.get(new.address, clock()) is None


def test_memory_is_bounded(known, clock):
    inboxes = [inbox_of(clock, str(number)) for number in range(10)]
    keep(known, clock, *inboxes)
    assert [None] * 7 + inboxes[7:] == [known.get(inbox.address, clock()) for inbox in inboxes]
    assert 3 == len(known._ids)


class Store:
    """Inboxes that are read slowly: `go` lets a read end that has begun; counts reads."""

    def __init__(self, *inboxes):
        self.inboxes, self.reads = {inbox.id: inbox for inbox in inboxes}, 0
        self.go = asyncio.Event()
        self.go.set()

    async def get(self, inbox_id, _now):
        self.reads += 1
        found = self.inboxes.get(inbox_id)
        await self.go.wait()
        return found

    async def find_among(self, addresses, now):
        found = [await self.get(inbox.id, now) for inbox in list(self.inboxes.values()) if inbox.address in addresses]
        return {inbox.address: inbox for inbox in found if inbox}


class Bus:
    """Hands broadcasts to the other replica, or fails."""

    def __init__(self):
        self.sent, self.is_up = [], True

    async def broadcast(self, subject, payload):
        if not self.is_up:
            raise TransientFailure("down")
        self.sent.append((subject, payload))


def reach_of(store, known, clock):
    return Reach(
        inboxes=store,
        messages=None,
        known=known,
        clock=clock,
        anonymous_access="address",
        consistency=None,
        horizons=None,
    )


@pytest.mark.parametrize("by", ["id", "address"])
async def test_a_second_call_for_an_inbox_reads_nothing(known, clock, by):
    inbox = inbox_of(clock)
    store = Store(inbox)
    reach = reach_of(store, known, clock)
    for _ in range(3):
        assert inbox == await reach.inbox(CALLER, getattr(inbox, by))
    assert 1 == store.reads


@pytest.mark.parametrize("by", ["id", "address"])
async def test_a_read_that_an_ending_overtook_is_not_kept(known, clock, by):
    inbox = inbox_of(clock)
    store, news = Store(inbox), InboxNews(known, Bus())
    reach = reach_of(store, known, clock)
    store.go.clear()
    early = asyncio.create_task(reach.inbox(CALLER, getattr(inbox, by)))
    while not store.reads:
        await asyncio.sleep(0)
    del store.inboxes[inbox.id]
    await news.changed(inbox)
    store.go.set()
    await early  # it asked before the inbox ended
    with pytest.raises(NotFound):
        await reach.inbox(CALLER, getattr(inbox, by))


async def test_an_ending_is_forgotten_here_even_if_nobody_else_can_be_told(known, clock):
    inbox, bus = inbox_of(clock), Bus()
    keep(known, clock, inbox)
    bus.is_up = False
    with pytest.raises(TransientFailure):
        await InboxNews(known, bus).changed(inbox)
    assert known.get(inbox.id, clock()) is None


async def test_all_that_are_told_forget_the_same(known, clock):
    inbox, bus = inbox_of(clock), Bus()
    await InboxNews(known, bus).changed(inbox)
    await InboxNews(known, bus).domain_changed("mayfly.test")
    assert [
        ("mayfly.control.inbox.changed", b"one@mayfly.test"),
        ("mayfly.control.domain.changed", b"mayfly.test"),
    ] == bus.sent


async def test_a_known_inbox_is_no_ones_but_its_owners(known, clock):
    inbox = structs.replace(inbox_of(clock), account_id="owner")
    keep(known, clock, inbox)
    reach = reach_of(Store(inbox), known, clock)
    assert inbox == await reach.inbox(Caller("192.0.2.1", "account:owner", account_id="owner"), inbox.address)
    with pytest.raises(NotFound):
        await reach.inbox(CALLER, inbox.address)
