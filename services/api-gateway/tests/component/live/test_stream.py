"""What the event stream tells besides mail: bad cursors, ends, revoked keys."""

import asyncio

from mayfly.bus.connection import connect as connect_bus

from .conftest import watching


async def test_a_cursor_that_cannot_be_ours_is_refused(gateway):
    inbox = await gateway.inbox()
    path = f"/api/v1/sse/inbox/{inbox['address']}"
    for garbage in ("x", "-1", "1.5", "1e3", "٣", "1" * 19, "0x1", "1 2", "null"):
        answer = await gateway.http.get(path, headers={"Last-Event-ID": garbage.encode()})
        assert (400, "bad_request") == (answer.status_code, answer.json()["error"]), garbage
        assert "Last-Event-ID" in answer.json()["message"]
        assert 400 == (await gateway.http.get(path, params={"after": garbage})).status_code, garbage


async def test_after_resumes_where_no_header_can_be_sent_and_the_header_wins(gateway, announce):
    inbox = await gateway.inbox()
    first, second = await announce(inbox), await announce(inbox)
    assert [first, second] == await read(gateway, inbox, 2, params={"after": "0"})
    assert [second] == await read(gateway, inbox, 1, params={"after": "0"}, headers={"Last-Event-ID": str(first[0])})


async def test_two_cursors_in_the_header_are_refused(gateway):
    inbox = await gateway.inbox()
    headers = [("Last-Event-ID", "0"), ("Last-Event-ID", "1")]
    answer = await gateway.http.get(f"/api/v1/sse/inbox/{inbox['address']}", headers=headers)
    assert (400, "Last-Event-ID: given more than once") == (answer.status_code, answer.json()["message"])


async def test_an_empty_cursor_is_none(gateway, announce):
    inbox = await gateway.inbox()
    first = await announce(inbox)
    async with watching(gateway.http, inbox["address"], params={"after": ""}, headers={"Last-Event-ID": ""}) as events:
        assert "connected" == (await anext(events)).name
    assert [first] == await read(gateway, inbox, 1, params={"after": "0"}, headers={"Last-Event-ID": ""})


async def test_a_stream_without_a_cursor_tells_what_comes_from_now_on(gateway, announce):
    inbox = await gateway.inbox()
    await announce(inbox)
    # What the gateway has not heard of yet counts as coming.
    await asyncio.sleep(0.05)
    async with watching(gateway.http, inbox["address"]) as events:
        assert "connected" == (await anext(events)).name
        announced = await announce(inbox)
        event = await anext(events)
    assert announced == (event.id, event.data["id"])


async def test_a_cursor_of_another_stream_is_answered_with_a_reset(gateway, announce):
    inbox = await gateway.inbox()
    async with watching(gateway.http, inbox["address"], headers={"Last-Event-ID": "999999"}) as events:
        connected, reset = await anext(events), await anext(events)
        announced = await announce(inbox)
        event = await anext(events)
    assert ("connected", "reset") == (connected.name, reset.name)
    assert announced[0] == connected.id + 1 == event.id


async def test_a_cursor_older_than_the_events_that_are_kept_is_answered_with_a_reset(gateway, announce, clean_nats):
    inbox = await gateway.inbox()
    announced = [await announce(inbox) for _ in range(3)]
    async with connect_bus(clean_nats, "test") as bus:
        await bus.jetstream.purge_stream("EVENTS", seq=announced[2][0])
    async with watching(gateway.http, inbox["address"], headers={"Last-Event-ID": str(announced[0][0])}) as events:
        connected, reset, event = [await anext(events) for _ in range(3)]
    assert (announced[1][0], "reset") == (connected.id, reset.name)
    assert announced[2] == (event.id, event.data["id"])


async def test_an_inbox_that_is_younger_than_the_oldest_event_has_missed_nothing(gateway, announce, clean_nats):
    older = await gateway.inbox()
    announced = [await announce(older) for _ in range(2)]
    async with connect_bus(clean_nats, "test") as bus:
        await bus.jetstream.purge_stream("EVENTS", seq=announced[1][0])
    inbox = await gateway.inbox()
    async with watching(gateway.http, inbox["address"], headers={"Last-Event-ID": "0"}) as events:
        assert "connected" == (await anext(events)).name
        mine = await announce(inbox)
        event = await anext(events)
    assert mine == (event.id, event.data["id"])


async def test_the_stream_ends_at_the_inbox_end_exactly(gateway):
    key = await gateway.account()
    inbox = await gateway.inbox(key, ttl_seconds=1)
    async with watching(gateway.http, inbox["address"], headers=key) as events:
        names = [event.name async for event in events]
    assert ["connected", "expired"] == names


async def test_a_revoked_key_is_told_nothing_more(gateway, announce):
    owner = await gateway.account()
    made = (await gateway.http.post("/api/v1/api-keys", json={"label": "CI"}, headers=owner)).json()
    inbox = await gateway.inbox(owner)
    async with watching(gateway.http, inbox["address"], headers={"X-API-Key": made["plaintext"]}) as events:
        assert "connected" == (await anext(events)).name
        await announce(inbox)
        assert "message" == (await anext(events)).name
        await gateway.http.delete(f"/api/v1/api-keys/{made['id']}", headers=owner)
        sending = asyncio.create_task(keep_announcing(announce, inbox))
        async with asyncio.timeout(10):
            rest = [event.name async for event in events]
        sending.cancel()
    assert "refused" == rest[-1]


async def test_a_stranger_finds_no_stream(gateway):
    inbox = await gateway.inbox(await gateway.account())
    stranger = await gateway.account()
    answer = await gateway.http.get(f"/api/v1/sse/inbox/{inbox['address']}", headers=stranger)
    assert (404, "not_found") == (answer.status_code, answer.json()["error"])


async def keep_announcing(announce, inbox):
    """It takes a replica up to a second to hear that a key was revoked."""
    while True:
        await announce(inbox)
        await asyncio.sleep(0.02)


async def read(gateway, inbox, count, **options):
    """The first `count` messages of a fresh stream."""
    async with watching(gateway.http, inbox["address"], **options) as events:
        assert "connected" == (await anext(events)).name
        found = [await anext(events) for _ in range(count)]
    return [(event.id, event.data["id"]) for event in found]
