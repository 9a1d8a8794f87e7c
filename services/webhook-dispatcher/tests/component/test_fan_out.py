"""Fan-out under a burst, on a real store: whose turn it is, what goes to the broker, and what each delivery costs."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from prometheus_client import REGISTRY

from mayfly.bus import topology
from mayfly.bus.connection import connect
from mayfly.bus.consumer import Consumption
from mayfly.bus.publisher import Publisher
from mayfly.events.handling import Delivered
from mayfly.failures import PermanentFailure, TransientFailure
from mayfly.store.inboxes import Inboxes
from webhook_dispatcher.domain.lanes import LaneLimits
from webhook_dispatcher.domain.verdict import Response
from webhook_dispatcher.handlers.fan_out import BATCH, FanOutLimits

from .dispatching import Dispatcher, NeverAnswering, stored

IN_FRONT = 10_000


@pytest.fixture
async def dispatcher(database):
    made = Dispatcher(database, LaneLimits())
    for account in ("account", "busy"):
        await made.inbox(f"of-{account}", account_id=account)
    yield made
    for task in [*made.fan_out._servers.values(), *made.fan_out._first_attempts._tasks]:
        task.cancel()


def events(account: str, count: int) -> list[Delivered]:
    return [Delivered(stored(f"of-{account}", account), number, 1) for number in range(1, count + 1)]


async def prove(dispatcher: Dispatcher, *accounts: str) -> None:
    for account in accounts:
        await dispatcher.endpoint(account, account_id=account)
        dispatcher.lanes.note(account, seconds=0.01, is_failing=False)


async def test_ten_thousand_events_in_front_do_not_delay_one_behind_them(dispatcher):
    await prove(dispatcher, "account", "busy")
    waiting = [reply for part in range(0, IN_FRONT, BATCH) for reply in await dispatcher.fan_out(events("busy", BATCH))]
    (behind,) = await dispatcher.fan_out(events("account", 1))
    assert None is await behind
    urls = [url for url, _, _ in dispatcher.sender.sent]
    assert 1 == urls.count("https://account.example.com/")
    assert len(urls) < 2 * BATCH, f"of {IN_FRONT} in front"
    for reply in waiting:
        reply.close()


async def test_one_endpoint_that_never_answers_holds_up_no_other_of_its_account(dispatcher):
    await prove(dispatcher, "account")
    await dispatcher.endpoint("dead", account_id="account", url="https://dead.example.com/")
    answering, silent = dispatcher.sender, NeverAnswering()

    class ByUrl:
        async def send(self, url: str, *rest: object) -> Response:
            return await (silent if "dead" in url else answering).send(url, *rest)

    dispatcher.courier._sender = ByUrl()
    replies = await dispatcher.fan_out(events("account", 100))
    async with asyncio.timeout(10):
        while len(answering.sent) < 100:
            await asyncio.sleep(0.01)
    given_up = [fact for fact in dispatcher.publisher.facts if fact.endpoint_id == "dead"]
    assert 100 - 8 == len(given_up), "all but those that run went to the broker"
    for reply in replies:
        reply.close()


async def test_no_more_events_are_read_than_the_limit_until_receivers_answer(dispatcher):
    await prove(dispatcher, "busy")
    dispatcher.fan_out._limits = FanOutLimits(events=100, relaxed=10_000, in_line=16)
    answering, may_answer = dispatcher.sender, asyncio.Event()

    class Late:
        async def send(self, *asked: object) -> Response:
            await may_answer.wait()
            return await answering.send(*asked)

    dispatcher.courier._sender = Late()
    reading = asyncio.create_task(dispatcher.fan_out(events("busy", 200)))
    done, _ = await asyncio.wait([reading], timeout=0.2)
    assert not done
    may_answer.set()
    async with asyncio.timeout(10):
        assert [None] * 200 == list(await asyncio.gather(*await reading))


async def test_an_event_that_comes_again_while_it_is_in_hand_is_attempted_once(dispatcher):
    await prove(dispatcher, "account")
    (event,) = events("account", 1)
    replies = [*await dispatcher.fan_out([event]), *await dispatcher.fan_out([event])]
    assert [None, None] == list(await asyncio.gather(*replies))
    assert (1, [], {}) == (len(dispatcher.sender.sent), dispatcher.publisher.facts, dispatcher.fan_out._in_hand)


async def test_what_an_ended_inbox_announced_is_neither_sent_nor_kept(dispatcher):
    await prove(dispatcher, "account")
    await Inboxes(dispatcher.database).delete("of-account")
    assert [None] == await dispatcher.announce(stored("of-account"))
    assert ([], []) == (dispatcher.sender.sent, await dispatcher.log("account"))


async def test_first_attempts_for_an_endpoint_that_was_failing_go_to_the_broker(dispatcher):
    await dispatcher.endpoint("account", failing_since=dispatcher.clock())
    assert [None] == await dispatcher.announce(stored("of-account"))
    assert ([], 1) == (dispatcher.sender.sent, len(dispatcher.take()))


async def test_an_attempt_that_could_not_be_recorded_is_made_again_by_the_broker(dispatcher):
    await prove(dispatcher, "account")
    record = dispatcher.deliveries.record_all

    async def away(_: object) -> None:
        raise TransientFailure("away")

    dispatcher.deliveries.record_all = away
    assert [None] == await dispatcher.announce(stored("of-account"))
    dispatcher.deliveries.record_all = record
    await dispatcher.run()
    (delivery,) = await dispatcher.log("account")
    assert ("delivered", [1]) == (delivery.status, [attempt.number for attempt in delivery.attempts])


async def test_what_fails_after_the_record_of_a_delivery_calls_no_receiver_again(dispatcher):
    await prove(dispatcher, "account")

    async def away(*_: object) -> None:
        raise TransientFailure("away")

    dispatcher.courier._health.note = away
    assert [None] == await dispatcher.announce(stored("of-account"))
    await dispatcher.run()
    (delivery,) = await dispatcher.log("account")
    assert ("delivered", 1) == (delivery.status, len(dispatcher.sender.sent))


async def test_an_event_that_the_broker_does_not_take_comes_again(dispatcher):
    await dispatcher.endpoint("account", failing_since=dispatcher.clock())
    dispatcher.publisher.failure = TransientFailure("away")
    (outcome,) = await dispatcher.announce(event := stored("of-account"))
    assert isinstance(outcome, TransientFailure)
    dispatcher.publisher.failure = None
    assert [None] == await dispatcher.announce(event)
    assert 1 == len(dispatcher.take())


async def test_one_event_that_cannot_be_stored_is_at_fault_alone(dispatcher):
    await prove(dispatcher, "account")
    good, bad = stored("of-account"), stored("of-account")
    insert = dispatcher.deliveries.insert_missing

    async def refuse(deliveries):
        if any(bad.message_id.encode() in delivery.payload for delivery in deliveries):
            raise PermanentFailure("the store cannot hold this document")
        return await insert(deliveries)

    dispatcher.deliveries.insert_missing = refuse
    outcomes = await dispatcher.announce(good, bad, stored("of-account"))
    assert [None, PermanentFailure, None] == [outcome and type(outcome) for outcome in outcomes]
    assert 2 == len(dispatcher.sender.sent)


def commands() -> Counter[str]:
    """Store commands of this process so far, by name."""
    names = ("find", "insert", "update", "delete", "getMore")
    read = REGISTRY.get_sample_value
    return Counter({name: int(read("mayfly_store_command_seconds_count", {"command": name}) or 0) for name in names})


async def test_a_delivery_costs_few_commands_and_messages(dispatcher, clean_nats):
    """A guard: alone 4 commands, the ack, and what its pull takes; in a burst nearly nothing but the event and its ack."""
    await prove(dispatcher, "account", "busy")
    async with connect(clean_nats, "test") as bus, connect(clean_nats, "publisher") as other:
        await topology.ensure(other)
        publisher = Publisher(other)

        @asynccontextmanager
        async def consuming() -> AsyncIterator[None]:
            stop = asyncio.Event()
            consumption = Consumption(bus, topology.DISPATCHER, dispatcher.fan_out, batch=BATCH)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(consumption.run(stop))
                yield
                stop.set()

        async def sent(count: int) -> None:
            async with asyncio.timeout(20):
                while len(await dispatcher.database["deliveries"].distinct("_id", {"status": "delivered"})) < count:
                    await asyncio.sleep(0.05)

        async with consuming():
            await asyncio.sleep(0.2)
            dispatcher.publisher.facts.clear()
            before, out = commands(), bus.client.stats["out_msgs"]
            await publisher.publish(stored("of-account"))
            await asyncio.sleep(0.5)
            alone = commands() - before
            assert {"find": 2, "insert": 1, "update": 1} == dict(alone)
            assert bus.client.stats["out_msgs"] - out <= 1 + 6

        # All is there before it is read: events that a busy machine publishes slowly are asked for one by one.
        await publisher.publish_all([event.fact for event in events("account", 200) + events("busy", 200)])
        before, out = commands(), bus.client.stats["out_msgs"]
        async with consuming():
            await sent(401)
        each = {name: count / 400 for name, count in (commands() - before).items() if name != "distinct"}
        assert max(each.values()) < 0.2, each
        assert (bus.client.stats["out_msgs"] - out) / 400 < 1.1
        assert [] == dispatcher.publisher.facts, "no attempt went through the broker"
