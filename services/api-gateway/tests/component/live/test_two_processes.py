"""Readers that come and go at random, at either of two gateway processes, miss nothing and see nothing twice."""

import asyncio
import random

from .conftest import watching

MAILS, INBOXES, READERS = 1000, 4, 12


async def test_readers_that_reconnect_at_random_get_every_mail_once_and_in_order(start_gateway, announce):
    gateways = await asyncio.gather(start_gateway(), start_gateway())
    inboxes = [await gateways[0].inbox() for _ in range(INBOXES)]
    dice = random.Random(20261121)
    reading = [
        asyncio.create_task(read_all(gateways, inboxes[number % INBOXES], random.Random(dice.random())))
        for number in range(READERS)
    ]
    announced = {inbox["id"]: [] for inbox in inboxes}

    async def send(count: int) -> None:
        for _ in range(count):
            inbox = dice.choice(inboxes)
            announced[inbox["id"]].append(await announce(inbox))

    await asyncio.gather(*(send(MAILS // 20) for _ in range(20)))
    last = {inbox["id"]: await announce(inbox, subject="the last") for inbox in inboxes}
    async with asyncio.timeout(90):
        seen = await asyncio.gather(*reading)
    for number, found in enumerate(seen):
        inbox_id = inboxes[number % INBOXES]["id"]
        assert [*sorted(announced[inbox_id]), last[inbox_id]] == found
    assert MAILS == sum(len(sent) for sent in announced.values())


async def read_all(gateways, inbox, dice):
    """Everything up to the last mail, as (cursor, message id), over as many connections as it takes."""
    found, cursor = [], "0"
    while True:
        patience = dice.randint(1, 60)
        async with watching(dice.choice(gateways).http, inbox["address"], headers={"Last-Event-ID": cursor}) as events:
            async for event in events:
                if event.name != "message":
                    continue
                cursor = str(event.id)
                found.append((event.id, event.data["id"]))
                if event.data["subject"] == "the last":
                    return found
                patience -= 1
                if not patience:
                    break
