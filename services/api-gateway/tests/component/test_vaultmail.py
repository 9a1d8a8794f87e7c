"""The calls VaultMail documents, word for word (paths, fields, status codes)."""

import asyncio
import re

import httpx


async def test_generating_needs_no_credentials_and_answers_the_documented_fields(gateway):
    answer = await gateway.http.post("/api/v1/inboxes/generate", json={})
    assert 201 == answer.status_code
    assert ["id", "address", "message_count", "unread_count", "inbox_expires_at", "token"] == list(answer.json())
    assert answer.json()["address"].endswith("@mayfly.test")
    assert answer.json()["inbox_expires_at"].endswith("Z")


async def test_generating_takes_a_domain_and_a_local_part(gateway):
    inbox = await gateway.inbox(domain="Second.Test", local_part="MyAlias")
    assert "myalias@second.test" == inbox["address"]


async def test_a_taken_address_is_a_conflict(gateway):
    await gateway.inbox(local_part="taken")
    answer = await gateway.http.post("/api/v1/inboxes/generate", json={"local_part": "taken"})
    assert (409, "conflict") == (answer.status_code, answer.json()["error"])


async def test_creating_with_a_webhook_shows_its_48_hex_secret_once(gateway):
    key = await gateway.account()
    wish = {"label": "CI", "ttl_seconds": 86400, "webhook_url": "https://your.app/email-hook"}
    created = await gateway.inbox(key, **wish)
    assert ["id", "address", "label", "webhook_url", "webhook_secret"] == list(created)[:5]
    assert re.fullmatch("[0-9a-f]{48}", created["webhook_secret"])
    shown = (await gateway.http.get(f"/api/v1/inboxes/{created['address']}", headers=key)).json()
    assert "https://your.app/email-hook" == shown["webhook_url"]
    assert "webhook_secret" not in shown


async def test_a_persistent_inbox_has_no_end(gateway):
    key = await gateway.account("pro")
    assert (await gateway.inbox(key, ttl_seconds=None))["inbox_expires_at"] is None


async def test_a_mail_is_listed_read_and_taken_apart(gateway, deliver):
    inbox = await gateway.inbox()
    message = await deliver(inbox)
    listed = (await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/messages?limit=50")).json()
    documented = {"id", "from_address", "subject", "received_at", "is_read", "has_otp", "raw_size", "link_count"}
    assert documented | {"attachment_count"} <= set(listed[0])
    assert (message.id, False, True, 1, 1) == tuple(
        listed[0][name] for name in ("id", "is_read", "has_otp", "link_count", "attachment_count")
    )
    read = (await gateway.http.get(f"/api/v1/messages/{message.id}")).json()
    assert "482193" == read["otp_detected"]
    assert {"index": 0, "url": "https://example.com/verify?token=abc"}.items() <= read["links"][0].items()
    assert "noreply@example.com" == read["headers"]["From"]
    assert "Use 482193." == read["body_text"]
    otp = (await gateway.http.get(f"/api/v1/messages/{message.id}/otp")).json()
    assert {"message_id": message.id, "otp": "482193", "found": True, "subject": message.subject}.items() <= otp.items()
    links = (await gateway.http.get(f"/api/v1/messages/{message.id}/links")).json()
    assert (message.id, 1) == (links["message_id"], links["count"])


async def test_reading_marks_read_and_peeking_does_not(gateway, deliver):
    inbox = await gateway.inbox()
    message = await deliver(inbox)
    assert not (await gateway.http.get(f"/api/v1/messages/{message.id}?peek=true")).json()["is_read"]
    assert 1 == (await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}")).json()["unread_count"]
    assert (await gateway.http.get(f"/api/v1/messages/{message.id}")).json()["is_read"]
    assert 0 == (await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}")).json()["unread_count"]


async def test_raw_is_a_download_of_the_octets_as_received(gateway, deliver):
    message = await deliver(await gateway.inbox(), b"Subject: x\r\n\r\n\x00\xff\r\n")
    answer = await gateway.http.get(f"/api/v1/messages/{message.id}/raw")
    assert b"Subject: x\r\n\r\n\x00\xff\r\n" == answer.content
    assert "application/rfc822" == answer.headers["content-type"]
    assert answer.headers["content-disposition"].startswith("attachment")


async def test_an_attachment_is_a_download(gateway, deliver):
    message = await deliver(await gateway.inbox())
    listed = (await gateway.http.get(f"/api/v1/messages/{message.id}/attachments")).json()
    assert [(0, "a.txt", 3)] == [(a["index"], a["filename"], a["size"]) for a in listed]
    answer = await gateway.http.get(f"/api/v1/messages/{message.id}/attachments/0")
    assert b"xxx" == answer.content
    assert 'attachment; filename="a.txt"' == answer.headers["content-disposition"]
    assert 404 == (await gateway.http.get(f"/api/v1/messages/{message.id}/attachments/1")).status_code


async def test_stats_count_the_whole_inbox(gateway, deliver):
    inbox = await gateway.inbox()
    await deliver(inbox)
    await deliver(inbox, otp=None)
    stats = (await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/stats")).json()
    assert (2, 2, 1, 2) == tuple(
        stats[name] for name in ("message_count", "unread_count", "otp_count", "attachment_count")
    )
    assert stats["total_bytes"] > 0


async def test_mark_all_read_clear_and_delete_answer_204(gateway, deliver):
    inbox = await gateway.inbox()
    message = await deliver(inbox)
    path = f"/api/v1/inboxes/{inbox['address']}"
    assert (204, b"") == await _status_and_body(gateway.http.post(f"{path}/mark-all-read"))
    assert 0 == (await gateway.http.get(path)).json()["unread_count"]
    assert (204, b"") == await _status_and_body(gateway.http.post(f"{path}/clear"))
    assert 0 == (await gateway.http.get(path)).json()["message_count"]
    assert 404 == (await gateway.http.get(f"/api/v1/messages/{message.id}/raw")).status_code
    message = await deliver(inbox)
    assert (204, b"") == await _status_and_body(gateway.http.delete(f"/api/v1/messages/{message.id}"))
    assert 404 == (await gateway.http.get(f"/api/v1/messages/{message.id}")).status_code
    assert (204, b"") == await _status_and_body(gateway.http.delete(path))
    assert 404 == (await gateway.http.get(path)).status_code


async def test_domains_answer_with_and_without_the_slash(gateway):
    expected = {"name": "mayfly.test", "is_public": True, "tier_required": 0}
    for path in ("/api/v1/domains", "/api/v1/domains/"):
        assert expected == (await gateway.http.get(path)).json()["domains"][0]


async def test_an_api_key_is_shown_once_works_and_is_revoked_at_once(gateway):
    first = await gateway.account()
    made = (
        await gateway.http.post("/api/v1/api-keys", json={"label": "CI", "expires_in_days": 90}, headers=first)
    ).json()
    assert re.fullmatch(f"mfy_{made['key_prefix']}_[0-9a-f]{{48}}", made["plaintext"])
    key = {"Authorization": f"Bearer {made['plaintext']}"}
    listed = (await gateway.http.get("/api/v1/api-keys", headers=key)).json()
    entry = next(found for found in listed if found["id"] == made["id"])
    assert {"id", "key_prefix", "label", "is_active", "last_used_at", "created_at"} <= set(entry)
    assert made["plaintext"] not in str(listed)
    assert 204 == (await gateway.http.delete(f"/api/v1/api-keys/{made['id']}", headers=first)).status_code
    assert 401 == (await gateway.http.get("/api/v1/api-keys", headers=key)).status_code


async def test_the_stream_says_connected_and_then_every_message_with_its_id(gateway, deliver):
    inbox = await gateway.inbox()
    async with gateway.http.stream("GET", f"/api/v1/sse/inbox/{inbox['address']}") as answer:
        assert "text/event-stream" in answer.headers["content-type"]
        lines = answer.aiter_lines()
        assert "event: connected" == await anext(lines)
        assert f'data: {{"address":"{inbox["address"]}"}}' == await anext(lines)
        await _until_blank(lines)
        message = await deliver(inbox)
        assert "event: message" == await anext(lines)
        data = await anext(lines)
        assert data.startswith(f'data: {{"type":"new_message","id":"{message.id}","from":"noreply@example.com",')
        assert '"has_otp":true' in data
        assert re.fullmatch(r"id: \d+", await anext(lines))


async def test_a_reader_resumes_after_the_last_id_it_saw(gateway, deliver):
    inbox = await gateway.inbox()
    messages = [await deliver(inbox, subject=f"mail {number}") for number in range(3)]
    first = await _read_messages(gateway, inbox, "0", 1)
    rest = await _read_messages(gateway, inbox, first[0][0], 2)
    assert [message.id for message in messages] == [found[1] for found in first + rest]


async def test_the_stream_ends_when_the_inbox_is_deleted(gateway):
    inbox = await gateway.inbox()
    async with gateway.http.stream("GET", f"/api/v1/sse/inbox/{inbox['address']}") as answer:
        lines = answer.aiter_lines()
        await _until_blank(lines)
        await gateway.http.delete(f"/api/v1/inboxes/{inbox['address']}")
        rest = [line async for line in lines]
    assert "event: deleted" == rest[0]


async def _status_and_body(call):
    answer: httpx.Response = await call
    return answer.status_code, answer.content


async def _until_blank(lines):
    async with asyncio.timeout(5):
        while await anext(lines):
            pass


async def _read_messages(gateway, inbox, last_id, count):
    """`count` messages after `last_id`, as (event id, message id)."""
    found = []
    headers = {"Last-Event-ID": last_id}
    async with gateway.http.stream("GET", f"/api/v1/sse/inbox/{inbox['address']}", headers=headers) as answer:
        event, identifier = "", ""
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "message":
                identifier = re.search('"id":"([^"]+)"', value)[1]
            elif name == "id" and event == "message":
                found.append((value, identifier))
                if len(found) == count:
                    return found
    return found
