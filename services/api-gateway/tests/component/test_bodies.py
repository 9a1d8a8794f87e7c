"""Request bodies: refused before they are sent where that is possible, within a share, a time and a least rate."""

import asyncio
import base64
import json

import pytest

MIB = 1024 * 1024
RAW = "/api/v1/inboxes/{}/messages"
MINUTE = "/v1/mailboxes/{}/mails"
FORM = "multipart/form-data; boundary=x"


def head(gateway, path, *, kind="message/rfc822", length=20 * MIB, more=b"", source=""):
    lines = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
    address = source or gateway.http.headers["X-Forwarded-For"]
    return f"{lines}X-Forwarded-For: {address}\r\n".encode() + more + b"\r\n"


def status(answer):
    return int(answer.split(b" ")[1])


@pytest.mark.parametrize("more", [b"", b"Idempotency-Key: 0199d6d2-3a50-7e55-a8c3-0b9f3c1d2e4f\r\n"])
async def test_what_can_be_refused_is_refused_before_a_body_is_sent(gateway, deliver, more):
    own, key = await gateway.inbox(), await gateway.account()
    foreign = await gateway.inbox(key)
    credentials = b"X-API-Key: " + key["X-API-Key"].encode() + b"\r\n"
    for path, kind, sent, expected in (
        (RAW.format("nobody@mayfly.test"), "message/rfc822", b"", 404),
        (RAW.format(foreign["address"]), "message/rfc822", b"", 404),
        (RAW.format(own["address"]), "application/json", b"", 400),
        (RAW.format(own["address"]), "message/rfc822", b"X-API-Key: wrong\r\n", 401),
        (MINUTE.format(own["address"]), FORM, b"", 401),
        (MINUTE.format("nobody@mayfly.test"), FORM, credentials, 404),
        (MINUTE.format(foreign["address"]) + "/nothing/attachments", "application/json", credentials, 404),
    ):
        answer = await gateway.raw(head(gateway, path, kind=kind, more=more + sent))
        assert (path, kind, expected) == (path, kind, status(answer))
    too_long = head(gateway, RAW.format(own["address"]), length=27 * MIB, more=more)
    assert 413 == status(await gateway.raw(too_long))


async def opened(gateway, octets):
    host, port = gateway.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(octets)
    await writer.drain()
    return reader, writer


async def test_a_body_that_trickles_is_408_and_its_connection_ends(make_gateway):
    gateway = await make_gateway(live_stall_seconds=1)
    inbox = await gateway.inbox()
    reader, writer = await opened(gateway, head(gateway, RAW.format(inbox["address"])))
    async with asyncio.timeout(15):
        while not reader._buffer:
            writer.write(b"x")
            await asyncio.sleep(0.1)
        assert 408 == status(await reader.readuntil(b"\r\n\r\n"))
    writer.close()


async def test_unfinished_bodies_of_one_caller_leave_room_for_its_small_calls_and_for_others(gateway):
    """Three callers hold all that large bodies may have; a fourth is served at the cost of the slowest."""
    inbox = await gateway.inbox()
    path = RAW.format(inbox["address"])
    held = [
        await opened(gateway, head(gateway, path, length=26 * MIB, source=f"203.0.113.{number}") + b"x" * (4 - number))
        for number in range(3)
    ]
    mine = await opened(gateway, head(gateway, path, length=26 * MIB))
    await asyncio.sleep(0.1)
    assert 201 == (await gateway.http.post("/api/v1/inboxes/generate", json={})).status_code
    mail = b"Subject: large\r\n\r\n" + b"x" * (24 * MIB)
    headers = {"Content-Type": "message/rfc822", "X-Forwarded-For": "203.0.113.9"}
    answer = await gateway.http.post(path, content=mail, headers=headers)
    assert (202, "") == (answer.status_code, "" if answer.is_success else answer.text)
    assert any(reader._buffer.startswith(b"HTTP/1.1 408") for reader, _ in [*held, mine])
    for _, writer in [*held, mine]:
        writer.close()


async def test_large_answers_count_until_they_are_read_in_every_dialect(gateway, deliver):
    """Whoever asks for 25 MiB and does not read keeps its own next large answer out, in that dialect's words."""
    owner, other = await gateway.account(), await gateway.account()
    inbox = await gateway.inbox(owner)
    message = await deliver(inbox, text="x" * MIB)
    attachments = f"/v1/mailboxes/{inbox['address']}/mails/{message.id}/attachments"
    data = base64.b64encode(b"y" * (17 * MIB)).decode()
    added = await gateway.http.post(attachments, json={"filename": "a", "data": data}, headers=owner)
    assert 201 == added.status_code, added.text
    attachment = f"{attachments}/{added.json()['id']}"
    assert data == (await gateway.http.get(attachment, headers=owner)).json()["data"]
    asked = f"GET {attachment} HTTP/1.1\r\nHost: x\r\nX-API-Key: {owner['X-API-Key']}\r\n\r\n".encode()
    reader, writer = await opened(gateway, asked)
    await reader.readuntil(b"\r\n\r\n")
    lists = [f"/api/v1/inbox/{inbox['id']}", f"/v1/mailboxes/{inbox['id']}/mails", f"/api/v1/messages/{message.id}"]
    for answer in await asyncio.gather(*(gateway.http.get(path, headers=owner) for path in lists)):
        assert (429, True) == (answer.status_code, int(answer.headers["retry-after"]) > 0)
        assert "your other calls hold" in answer.json()["message"]
    assert 200 == (await gateway.http.get(f"/inbox/{inbox['address']}", headers=owner)).status_code
    theirs = await gateway.inbox(other)
    await deliver(theirs, text="x" * MIB)
    assert 200 == (await gateway.http.get(f"/api/v1/inbox/{theirs['id']}", headers=other)).status_code
    writer.close()
    async with asyncio.timeout(10):
        while 200 != (answer := await gateway.http.get(lists[0], headers=owner)).status_code:
            await asyncio.sleep(0.1)
    assert "x" * MIB == answer.json()["data"]["emails"][0]["text"]


async def test_a_chunked_body_is_bounded_too(gateway):
    inbox = await gateway.inbox()

    async def pieces():
        for _ in range(30):
            yield b"x" * MIB

    headers = {"Content-Type": "message/rfc822"}
    answer = await gateway.http.post(RAW.format(inbox["address"]), content=pieces(), headers=headers)
    assert 413 == answer.status_code


@pytest.mark.parametrize("value", [b"{}", b"0"])
async def test_json_of_very_many_values_is_refused_before_they_are_made(gateway, value):
    octets = b"[" + (value + b",") * (900_000 // len(value + b",")) + b"0]"
    answer = await gateway.http.post("/api/v1/inboxes/generate", content=octets)
    assert (400, True) == (answer.status_code, "more than 10000 arrays" in json.loads(answer.content)["message"])
