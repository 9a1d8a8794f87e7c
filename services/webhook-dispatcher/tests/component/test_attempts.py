"""Fan-out and attempts on a real store, with a clock, a broker and a receiver that do as the test says."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mayfly.events import facts
from mayfly.events.facts import new_event_id
from mayfly.events.handling import Delivered
from mayfly.failures import Failure, Postponed, TransientFailure
from mayfly.records.api_key import ApiKey
from mayfly.store.client import Database
from mayfly.store.inboxes import Inboxes
from mayfly.webhooks.formats import delivery_id
from webhook_dispatcher.domain.lanes import LaneLimits
from webhook_dispatcher.domain.verdict import Response

from .dispatching import Dispatcher, NeverAnswering, stored


@pytest.fixture
async def dispatcher(database: Database) -> Dispatcher:
    made = Dispatcher(
        database, LaneLimits(healthy=8, suspect=4, per_account=8, per_endpoint=2, suspects_per_second=1e9)
    )
    await made.inbox()
    return made


FAILED, GONE, DELIVERED = (
    Response(0.01, status=500, error="answered 500"),
    Response(0.01, status=410),
    Response(0.01, status=204),
)


@pytest.mark.parametrize(
    ("form", "pauses"),
    [
        ("standard", [5, 25, 125, 600, 3600, 21600, 86400]),
        ("vaultmail", [5, 25, 125]),
        ("ephemask", []),
    ],
)
async def test_a_dead_receiver_gets_exactly_the_formats_schedule_and_the_same_body_each_time(dispatcher, form, pauses):
    await dispatcher.endpoint("e", format=form)
    dispatcher.sender.answers = [FAILED]
    await dispatcher.announce(stored())
    assert pauses == await dispatcher.run()
    (delivery,) = await dispatcher.log("e")
    assert ("failed", None) == (delivery.status, delivery.next_attempt_at)
    assert list(range(1, len(pauses) + 2)) == [attempt.number for attempt in delivery.attempts]
    assert 1 == len({payload for _, _, payload in dispatcher.sender.sent})


async def test_signature_and_id_follow_the_attempt_and_the_delivery(dispatcher):
    await dispatcher.endpoint("e")
    dispatcher.sender.answers = [FAILED, DELIVERED]
    await dispatcher.announce(stored())
    await dispatcher.run()
    first, second = (headers for _, headers, _ in dispatcher.sender.sent)
    (delivery,) = await dispatcher.log("e")
    assert delivery.id == first["webhook-id"] == second["webhook-id"]
    assert first["webhook-signature"] != second["webhook-signature"]
    assert ("delivered", [500, 204]) == (delivery.status, [attempt.status for attempt in delivery.attempts])


async def test_an_event_that_comes_twice_is_delivered_once(dispatcher):
    await dispatcher.endpoint("e")
    event = stored()
    await dispatcher.announce(event, sequence=7)
    await dispatcher.announce(event, sequence=8)
    await dispatcher.run()
    assert 1 == len(dispatcher.sender.sent)
    assert b'"sequence":7' in dispatcher.sender.sent[0][2]


async def test_only_endpoints_that_listen_get_an_event(dispatcher):
    await dispatcher.inbox("other")
    await dispatcher.endpoint("mine", inbox_id="inbox")
    await dispatcher.endpoint("wide")
    await dispatcher.endpoint("elsewhere", inbox_id="other")
    await dispatcher.endpoint("stranger", account_id="stranger")
    await dispatcher.endpoint("off", is_enabled=False)
    await dispatcher.endpoint("picky", events=["inbox.expired"])
    await dispatcher.announce(stored())
    await dispatcher.run()
    assert {"https://mine.example.com/", "https://wide.example.com/"} == {url for url, _, _ in dispatcher.sender.sent}


async def test_an_anonymous_inbox_has_no_listeners_by_account(dispatcher):
    await dispatcher.inbox("anonymous", account_id=None)
    await dispatcher.endpoint("e", account_id="")
    await dispatcher.announce(stored("anonymous", account_id=""))
    assert [] == dispatcher.take()


async def test_an_expiry_is_told_to_standard_endpoints_after_the_inbox_is_gone(dispatcher):
    await dispatcher.endpoint("standard", inbox_id="inbox")
    await dispatcher.endpoint("vaultmail", inbox_id="inbox", format="vaultmail")
    await Inboxes(dispatcher.database).delete("inbox")
    await dispatcher.announce(
        facts.InboxExpired(
            new_event_id(), "inbox", "account", "inbox@mayfly.test", dispatcher.clock(), 3, archived=False
        )
    )
    await dispatcher.run()
    ((url, _, payload),) = dispatcher.sender.sent
    assert "https://standard.example.com/" == url
    assert b'"inbox.expired"' in payload


async def test_nothing_of_an_ended_inbox_is_sent(dispatcher):
    await dispatcher.endpoint("e")
    await dispatcher.queue(stored())
    await Inboxes(dispatcher.database).delete("inbox")
    await dispatcher.run()
    assert ([], []) == (dispatcher.sender.sent, await dispatcher.log("e"))


async def test_retry_after_puts_the_next_attempt_off(dispatcher):
    await dispatcher.endpoint("e", format="vaultmail")
    dispatcher.sender.answers = [Response(0.01, status=429, retry_after=77.0), DELIVERED]
    await dispatcher.announce(stored())
    assert [77] == await dispatcher.run()


@pytest.mark.parametrize("change", ["revoked", "ended", "may_not_read", "removed"])
async def test_what_a_restricted_key_made_stops_with_it_retries_included_and_says_why(dispatcher, change):
    ends = dispatcher.clock() + timedelta(days=1)
    for key_id, made_by in (("maker", []), ("key", ["maker"])):
        key = ApiKey(
            id=key_id,
            prefix=key_id,
            secret_hash=b"",
            account_id="account",
            label="x",
            created_at=dispatcher.clock(),
            expires_at=ends,
            made_by=made_by,
        )
        await dispatcher.keys.create(key)
    await dispatcher.endpoint("made", made_by=["maker", "key"])
    dispatcher.sender.answers = [FAILED]
    await dispatcher.announce(stored())
    await dispatcher.attempt(*dispatcher.take())
    assert 1 == len(dispatcher.sender.sent)
    match change:
        case "revoked":
            await dispatcher.keys.revoke("maker", "account")
        case "ended":
            dispatcher.clock.advance(86_400)
        case "may_not_read":
            await dispatcher.keys.change("maker", "account", {"scopes": ["mailboxes:write"]})
        case "removed":
            await dispatcher.database["api_keys"].delete_many({})
    await dispatcher.run()
    await dispatcher.announce(stored())
    await dispatcher.run()
    assert 1 == len(dispatcher.sender.sent)
    endpoint = await dispatcher.endpoints.get("made")
    assert (False, True) == (endpoint.is_enabled, "API key that made it" in endpoint.disabled_reason)
    assert {"failed"} == {delivery.status for delivery in await dispatcher.log("made")}


async def test_410_switches_the_endpoint_off_and_tells_the_accounts_others(dispatcher):
    await dispatcher.endpoint("gone", url="https://gone.example.com/")
    await dispatcher.endpoint("other", events=["endpoint.disabled"])
    dispatcher.sender.answers = [GONE]
    await dispatcher.announce(stored(), stored())
    await dispatcher.run()
    endpoint = await dispatcher.endpoints.get("gone")
    assert (False, "the receiver answered 410 Gone") == (endpoint.is_enabled, endpoint.disabled_reason)
    (told,) = [fact for fact in dispatcher.publisher.facts if isinstance(fact, facts.EndpointDisabled)]
    dispatcher.sender.answers, dispatcher.sender.sent = [DELIVERED], []
    await dispatcher.announce(told, stored())
    await dispatcher.run()
    ((url, _, payload),) = dispatcher.sender.sent
    assert "https://other.example.com/" == url
    assert b"410 Gone" in payload
    assert {"failed"} == {delivery.status for delivery in await dispatcher.log("gone")}


async def test_what_waits_for_an_endpoint_that_is_off_or_gone_is_given_up(dispatcher):
    await dispatcher.endpoint("off")
    await dispatcher.endpoint("deleted")
    await dispatcher.queue(stored())
    await dispatcher.endpoints.disable("off", "why", dispatcher.clock())
    await dispatcher.endpoints.delete("deleted", "account")
    await dispatcher.run()
    assert [] == dispatcher.sender.sent
    assert ["failed", "failed"] == [(await dispatcher.log(name))[0].status for name in ("off", "deleted")]


async def test_five_days_of_failing_switch_an_endpoint_off_and_one_success_starts_the_count_anew(dispatcher):
    await dispatcher.endpoint("e", format="ephemask")
    for answer, expected in ((FAILED, True), (FAILED, True), (DELIVERED, True), (FAILED, True), (FAILED, True)):
        dispatcher.sender.answers = [answer]
        await dispatcher.announce(stored())
        await dispatcher.run()
        assert expected == (await dispatcher.endpoints.get("e")).is_enabled
        dispatcher.clock.advance(4.9 * 86400 / 2)
    dispatcher.clock.advance(2 * 86400)
    await dispatcher.announce(stored())
    await dispatcher.run()
    endpoint = await dispatcher.endpoints.get("e")
    assert not endpoint.is_enabled
    assert "every attempt since 2026-" in endpoint.disabled_reason
    assert "answered 500" in endpoint.disabled_reason


async def test_a_test_event_reaches_its_endpoint_alone_switched_off_or_not(dispatcher):
    await dispatcher.endpoint("asked", is_enabled=False)
    await dispatcher.endpoint("other")
    request = facts.EndpointTestRequested(new_event_id(), "asked", "account", dispatcher.clock())
    await dispatcher.announce(request)
    await dispatcher.run()
    ((url, _, payload),) = dispatcher.sender.sent
    assert "https://asked.example.com/" == url
    assert b'"webhook.test"' in payload
    assert [delivery_id(request.event_id, "asked")] == [delivery.id for delivery in await dispatcher.log("asked")]


def again(delivery: str = "", **fields: Any) -> facts.RedeliveryRequested:
    given = {
        "since": datetime(2000, 1, 1, tzinfo=UTC),
        "until": datetime(2100, 1, 1, tzinfo=UTC),
        "delivered_too": False,
    }
    return facts.RedeliveryRequested(
        event_id=new_event_id(),
        endpoint_id="e",
        account_id="account",
        delivery_id=delivery,
        requested_at=datetime(2026, 1, 1, tzinfo=UTC),
        **{**given, **fields},
    )


async def test_a_redelivery_goes_through_the_whole_schedule_with_the_same_id_and_body(dispatcher):
    await dispatcher.endpoint("e", format="vaultmail")
    dispatcher.sender.answers = [FAILED]
    await dispatcher.announce(stored())
    await dispatcher.run()
    (delivery,) = await dispatcher.log("e")
    request = again(delivery.id)
    await dispatcher.announce(request)
    await dispatcher.announce(request)
    assert [5, 25, 125] == await dispatcher.run()
    (delivery,) = await dispatcher.log("e")
    assert list(range(1, 9)) == [attempt.number for attempt in delivery.attempts]
    assert 1 == len({payload for _, _, payload in dispatcher.sender.sent})
    await dispatcher.announce(request)
    assert [] == await dispatcher.run(), "the same request begins no third round"


async def test_a_replay_takes_what_failed_in_its_span_and_of_its_endpoint(dispatcher):
    await dispatcher.endpoint("e", format="ephemask")
    await dispatcher.endpoint("other", format="ephemask")
    moments = []
    for answer in (FAILED, DELIVERED, FAILED):
        dispatcher.sender.answers = [answer]
        moments.append(dispatcher.clock())
        await dispatcher.announce(stored())
        await dispatcher.run()
        dispatcher.clock.advance(60)
    dispatcher.sender.answers, dispatcher.sender.sent = [DELIVERED], []
    await dispatcher.announce(again(since=moments[1], until=moments[2] + timedelta(seconds=1)))
    await dispatcher.run()
    assert ["https://e.example.com/"] == [url for url, _, _ in dispatcher.sender.sent]
    await dispatcher.announce(again(delivered_too=True))
    await dispatcher.run()
    assert 4 == len(dispatcher.sender.sent)


async def test_an_attempt_that_comes_again_after_it_was_recorded_schedules_the_next_and_sends_nothing(dispatcher):
    await dispatcher.endpoint("e", format="vaultmail")
    dispatcher.sender.answers = [FAILED]
    await dispatcher.queue(stored())
    (first,) = dispatcher.take()
    await dispatcher.attempt(first)
    (lost,) = dispatcher.publisher.scheduled
    dispatcher.publisher.scheduled.clear()
    await dispatcher.attempt(first)
    (anew,) = dispatcher.publisher.scheduled
    assert (2, lost.due_at, 1) == (anew.attempt, anew.due_at, len(dispatcher.sender.sent))
    await dispatcher.run()
    sent = len(dispatcher.sender.sent)
    await dispatcher.attempt(first, anew)
    assert (4, 4, []) == (sent, len(dispatcher.sender.sent), dispatcher.publisher.scheduled)


async def replies(dispatcher: Dispatcher, attempts: int, deliveries: int = 1) -> list[Failure | None]:
    """What becomes of so many attempts for one endpoint that are due at the same time and end together."""
    await dispatcher.queue(*(stored() for _ in range(attempts)))
    due = [Delivered(attempt, 1, deliveries) for attempt in dispatcher.take()]
    made = await dispatcher.attempts(due)
    return [await reply if asyncio.iscoroutine(reply) else reply for reply in made]


async def test_a_turn_that_is_near_is_waited_for(dispatcher):
    await dispatcher.endpoint("e")
    assert [None] * 5 == await replies(dispatcher, 5)
    assert 5 == len(dispatcher.sender.sent)
    assert [0.05, 0.1, 0.15] == [round(pause, 3) for pause in dispatcher.pauses]


async def test_a_turn_that_is_far_comes_again_and_is_not_counted(dispatcher):
    await dispatcher.endpoint("e")
    waiting = [reply for reply in await replies(dispatcher, 80) if isinstance(reply, Postponed)]
    assert 80 - 2 - 10 == len(waiting)
    assert all(0.5 < reply.retry_after <= 60 for reply in waiting)
    assert [] == dispatcher.publisher.scheduled


async def test_one_that_was_put_off_often_goes_back_on_the_schedule_as_the_same_attempt(dispatcher):
    await dispatcher.endpoint("e")
    assert [None] * 80 == await replies(dispatcher, 80, deliveries=4)
    parked = dispatcher.publisher.scheduled
    assert (80 - 2 - 10, {1}) == (len(parked), {attempt.attempt for attempt in parked})
    assert all(attempt.due_at > dispatcher.clock() for attempt in parked)
    assert 12 == len(dispatcher.sender.sent)


async def test_a_store_out_of_reach_costs_no_place(dispatcher):
    await dispatcher.endpoint("e")
    await dispatcher.queue(stored())
    (due,) = dispatcher.take()
    reach = dispatcher.deliveries.among

    async def away(_: object) -> None:
        raise TransientFailure("away")

    dispatcher.deliveries.among = away
    for _ in range(5):
        with pytest.raises(TransientFailure):
            await dispatcher.attempt(due)
    dispatcher.deliveries.among = reach
    await dispatcher.attempt(due)
    assert 1 == len(dispatcher.sender.sent)


async def due(dispatcher: Dispatcher) -> facts.AttemptScheduled:
    """One due attempt for the endpoint `e`, whose lane has room for two."""
    await dispatcher.queue(stored())
    (attempt,) = dispatcher.take()
    return attempt


async def test_a_coroutine_that_is_never_awaited_keeps_no_slot(dispatcher):
    await dispatcher.endpoint("e")
    attempt = await due(dispatcher)
    for _ in range(5):
        (reply,) = await dispatcher.attempts([Delivered(attempt, 1, 1)])
        reply.close()
        del reply
    await dispatcher.attempt(attempt)
    assert (1, []) == (len(dispatcher.sender.sent), dispatcher.pauses)


async def test_an_attempt_that_is_cancelled_before_it_begins_keeps_no_slot(dispatcher):
    await dispatcher.endpoint("e")
    attempt = await due(dispatcher)
    for _ in range(5):
        (reply,) = await dispatcher.attempts([Delivered(attempt, 1, 1)])
        task = asyncio.create_task(reply)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        del reply, task
    await dispatcher.attempt(attempt)
    assert (1, []) == (len(dispatcher.sender.sent), dispatcher.pauses)


async def test_an_attempt_that_is_cancelled_while_it_is_sent_keeps_no_slot(dispatcher):
    await dispatcher.endpoint("e")
    attempt = await due(dispatcher)
    sender, dispatcher.courier._sender = dispatcher.sender, NeverAnswering()
    for _ in range(5):
        task = asyncio.create_task(dispatcher.attempt(attempt))
        async with asyncio.timeout(5):
            await dispatcher.courier._sender.asked.acquire()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    dispatcher.courier._sender = sender
    await dispatcher.attempt(attempt)
    assert (1, []) == (len(dispatcher.sender.sent), dispatcher.pauses)


async def test_a_failure_between_two_of_a_batch_keeps_no_slot(dispatcher):
    await dispatcher.endpoint("e")
    attempt = await due(dispatcher)
    for _ in range(5):
        with pytest.raises(AttributeError):
            await dispatcher.attempts([Delivered(attempt, 1, 1), Delivered(None, 2, 1)])
    await dispatcher.attempt(attempt)
    assert (1, []) == (len(dispatcher.sender.sent), dispatcher.pauses)


async def test_an_attempt_that_the_broker_lost_is_put_back_and_one_that_it_has_is_not(dispatcher):
    await dispatcher.endpoint("e")
    await dispatcher.queue(stored(), stored())
    lost, held = dispatcher.take()
    dispatcher.broker.held = {held.delivery_id}
    assert 0 == await dispatcher.recovery(), "not overdue yet"
    dispatcher.clock.advance(181)
    dispatcher.publisher._sequences.clear()  # the duplicate window is shorter than this
    assert 1 == await dispatcher.recovery()
    (back,) = dispatcher.take()
    assert (lost.delivery_id, 1) == (back.delivery_id, back.attempt)


async def test_the_recovery_round_goes_through_all_of_them_page_by_page(dispatcher, monkeypatch):
    monkeypatch.setattr("webhook_dispatcher.handlers.recovery._PAGE", 2)
    await dispatcher.endpoint("e")
    await dispatcher.queue(*(stored() for _ in range(5)))
    dispatcher.broker.held = set(sorted(attempt.delivery_id for attempt in dispatcher.take())[:4])
    dispatcher.clock.advance(181)
    dispatcher.publisher._sequences.clear()
    assert [0, 0, 1] == [await dispatcher.recovery() for _ in range(3)]


async def test_an_outage_of_dns_is_no_attempt_and_no_fault_of_the_endpoint(dispatcher):
    class Cut:
        async def send(self, *_: object) -> Response:
            raise TransientFailure("no DNS server answers")

    await dispatcher.endpoint("e")
    await dispatcher.queue(stored())
    sender, dispatcher.courier._sender = dispatcher.courier._sender, Cut()
    (due,) = dispatcher.take()
    with pytest.raises(TransientFailure):
        await dispatcher.attempt(due)
    (delivery,) = await dispatcher.log("e")
    assert ("pending", []) == (delivery.status, delivery.attempts)
    assert (await dispatcher.endpoints.get("e")).failing_since is None
    dispatcher.courier._sender = sender
    await dispatcher.attempt(due)
    assert 1 == len(dispatcher.sender.sent)


async def test_an_attempt_that_no_dns_server_helps_for_a_day_has_failed_and_says_why(dispatcher):
    class Cut:
        async def send(self, *_: object) -> Response:
            raise TransientFailure("no DNS server answers")

    await dispatcher.endpoint("e")
    await dispatcher.queue(stored())
    dispatcher.courier._sender = Cut()
    (due,) = dispatcher.take()
    dispatcher.clock.advance(86_399)
    with pytest.raises(TransientFailure):
        await dispatcher.attempt(due)
    dispatcher.clock.advance(1)
    await dispatcher.attempt(due)
    (delivery,) = await dispatcher.log("e")
    assert ["no DNS server answers"] == [attempt.error for attempt in delivery.attempts]
    assert (await dispatcher.endpoints.get("e")).failing_since is not None
