"""Every way of deleting a message leaves a mark, before the message goes, so that its mail cannot bring it back."""

from datetime import UTC, datetime

import pytest

from mayfly.records.octets import attachment_part, part_id
from mayfly.store.client import connect
from mayfly.store.deletions import Deletions


@pytest.fixture
async def deletions(mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        yield Deletions(database)


WAYS = {
    "one": ("DELETE", "/api/v1/messages/{message}", None),
    "all of an inbox": ("POST", "/api/v1/inboxes/{inbox}/clear", None),
    "one, by MinuteMail": ("DELETE", "/v1/mailboxes/{inbox}/mails/{message}", None),
    "several, by MinuteMail": ("DELETE", "/v1/mailboxes/{inbox}/mails", "ids"),
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_deleted_message_is_marked(gateway, deliver, deletions, way):
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    message = await deliver(inbox)
    method, path, field = WAYS[way]
    path = path.format(inbox=inbox["id"], message=message.id)
    answer = await gateway.http.request(method, path, headers=key, json={field: [message.id]} if field else None)
    assert 204 == answer.status_code
    assert {message.id} == await deletions.among([message.id])
    assert 404 == (await gateway.http.get(f"/api/v1/messages/{message.id}/raw", headers=key)).status_code


async def test_a_removed_attachment_is_marked_and_its_message_is_not(gateway, deliver, deletions):
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    message = await deliver(inbox)
    path = f"/v1/mailboxes/{inbox['id']}/mails/{message.id}/attachments/0"
    assert 204 == (await gateway.http.delete(path, headers=key)).status_code
    part = part_id(message.id, attachment_part(0))
    assert {part} == await deletions.among([message.id, part])


async def test_a_mark_can_be_written_again_and_none_is_written_for_nothing(deletions):
    now = datetime.now(UTC)
    for _ in range(2):
        await deletions.mark(["one", "two"], now)
    await deletions.mark([], now)
    assert {"one", "two"} == await deletions.among(["one", "two", "three"])
    assert set() == await deletions.among([])
