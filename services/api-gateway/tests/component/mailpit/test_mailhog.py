"""MailHog's API: what its clients ask for, on the doors of Mailpit's."""

import asyncio
import base64
import json

import pytest

from .conftest import an_account

_PLAIN = (
    b"Return-Path: <sender@example.com>\r\nReceived: from mx ([127.0.0.1])\r\n\tby mayfly with SMTP id 1;\r\n\tnow\r\n"
)
_LETTER = _PLAIN + (
    b"From: =?utf-8?q?J=C3=BCrgen?= <j@shop.example>\r\nTo: ann@example.com\r\nSubject: hi\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nGr=C3=BC=C3=9Fe\r\n"
    b'--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename="a.html"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(b"<script>x</script>") + b"\r\n--b--\r\n"
)


@pytest.fixture
def hog(account):
    """Calls MailHog's API of the account's space."""

    async def call(method, path, **options):
        return await account.http.request(
            method, f"/mailpit/{account.space.id}{path}", headers=account.headers, **options
        )

    return call


async def test_a_page_has_envelope_undecoded_content_and_parts(account, hog, deliver):
    message = await deliver(account.inbox, raw=_LETTER, recipients=["ann@example.com", "bob@other.example"])
    answer = await hog("GET", "/api/v2/messages")
    page = answer.json()
    assert (1, 1, 0) == (page["total"], page["count"], page["start"])
    item = page["items"][0]
    assert ["ID", "From", "To", "Content", "Created", "MIME", "Raw"] == list(item)
    assert message.id == item["ID"]
    assert {"Relays": None, "Mailbox": "sender", "Domain": "example.com", "Params": ""} == item["From"]
    assert ["ann", "bob"] == [path["Mailbox"] for path in item["To"]]
    assert ["=?utf-8?q?J=C3=BCrgen?= <j@shop.example>"] == item["Content"]["Headers"]["From"]
    assert ["Gr=C3=BC=C3=9Fe", base64.b64encode(b"<script>x</script>").decode(), "--"] == [
        part["Body"] for part in item["MIME"]["Parts"]
    ]
    assert item["Raw"]["Data"].startswith("From: =?utf-8?q?")
    assert item == (await hog("GET", f"/api/v1/messages/{message.id}")).json()
    assert "text/json" == answer.headers["content-type"]


async def test_pages_are_counted_from_the_newest(account, hog, deliver):
    ids = [(await deliver(account.inbox)).id for _ in range(5)][::-1]
    for query, expected in (
        ({"start": 1, "limit": 2}, ids[1:3]),
        ({"limit": -1, "start": "x"}, ids),
        ({"start": 9}, []),
        ({"limit": 0}, ids),
        ({"limit": 10**30}, ids),
    ):
        page = (await hog("GET", "/api/v2/messages", params=query)).json()
        assert (expected, len(expected), 5) == ([item["ID"] for item in page["items"]], page["count"], page["total"])


async def test_a_page_of_large_mails_ends_early(account, hog, deliver):
    large = b"Subject: x\r\n\r\n" + b"a" * 76 * 1024 * 64
    for _ in range(3):
        await deliver(account.inbox, raw=large)
    page = (await hog("GET", "/api/v2/messages")).json()
    assert (3, 1) == (page["total"], page["count"])
    assert 1 == (await hog("GET", "/api/v2/messages", params={"start": 2})).json()["count"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"kind": "from", "query": "NOREPLY@example"}, 1),
        ({"kind": "to", "query": "ann@"}, 1),
        ({"kind": "to", "query": "bob@other"}, 1),  # of the envelope alone
        ({"kind": "to", "query": "noreply"}, 0),
        ({"kind": "containing", "query": "482193"}, 1),
        ({"kind": "containing", "query": "nothing"}, 0),
    ],
)
async def test_searches(account, hog, deliver, search, found):
    recipients = {"to": ["ann@example.com"], "bcc": ["bob@other.example"]}
    await deliver(account.inbox, **recipients, recipients=["ann@example.com", "bob@other.example"])
    page = (await hog("GET", "/api/v2/search", params=search)).json()
    assert (found, found) == (page["total"], page["count"])


async def test_a_search_without_a_known_kind_or_a_text_is_400_without_a_body(hog):
    for query in ({}, {"kind": "subject", "query": "x"}, {"kind": "to"}, {"kind": "to", "query": ""}):
        answer = await hog("GET", "/api/v2/search", params=query)
        assert (400, b"") == (answer.status_code, answer.content)


async def test_a_message_is_deleted_once_and_answers_have_no_body(account, hog, deliver):
    message = await deliver(account.inbox)
    for status in (200, 404):
        answer = await hog("DELETE", f"/api/v1/messages/{message.id}")
        assert (status, b"") == (answer.status_code, answer.content)
    assert "null" == (await hog("GET", f"/api/v1/messages/{message.id}")).text


async def test_source_and_parts_are_downloaded_and_never_shown(account, hog, deliver):
    message = await deliver(account.inbox, raw=_LETTER)
    source = await hog("GET", f"/api/v1/messages/{message.id}/download")
    assert (_LETTER, "message/rfc822") == (source.content, source.headers["content-type"])
    part = await hog("GET", f"/api/v1/messages/{message.id}/mime/part/1/download")
    assert b"<script>x</script>" == part.content
    assert 'attachment; filename="a.html"' == part.headers["content-disposition"]
    assert "sandbox" in part.headers["content-security-policy"]
    assert b"Gr=C3=BC=C3=9Fe" == (await hog("GET", f"/api/v1/messages/{message.id}/mime/part/0/download")).content
    assert 404 == (await hog("GET", f"/api/v1/messages/{message.id}/mime/part/7/download")).status_code


async def test_a_release_is_refused_without_a_body(account, hog, deliver):
    message = await deliver(account.inbox)
    answer = await hog("POST", f"/api/v1/messages/{message.id}/release", content=b'{"host":"smtp.example"}')
    assert (400, b"") == (answer.status_code, answer.content)


async def test_arrivals_are_streamed_with_their_content(account, deliver):
    async with (
        account.http.stream("GET", f"/mailpit/{account.space.id}/api/v1/events", headers=account.headers) as stream,
        asyncio.timeout(10),
    ):
        assert "text/event-stream; charset=utf-8" == stream.headers["content-type"]
        lines = stream.aiter_lines()
        assert "keepalive: " == await anext(lines)
        message = await deliver(account.inbox, raw=_LETTER)
        async for line in lines:
            if line.startswith("data: "):
                break
        assert message.id == json.loads(line.removeprefix("data: "))["ID"]


async def test_jim_is_the_fault_plan_of_the_space(make_doors, make_space):
    account = await an_account(await make_doors(mailpit_chaos=True), make_space)

    async def jim(method, **options):
        return await account.http.request(method, "/api/v2/jim", auth=account.basic, **options)

    assert [404, 404, 404] == [(await jim(method)).status_code for method in ("GET", "PUT", "DELETE")]
    assert 201 == (await jim("POST")).status_code
    assert 400 == (await jim("POST")).status_code
    assert {
        "DisconnectChance": 0.01,
        "AcceptChance": 1.0,
        "LinkSpeedAffect": 0.0,
        "LinkSpeedMin": 1024.0,
        "LinkSpeedMax": 10240.0,
        "RejectSenderChance": 0.05,
        "RejectRecipientChance": 0.05,
        "RejectAuthChance": 0.05,
    } == (await jim("GET")).json()
    assert 200 == (await jim("PUT", json={"RejectRecipientChance": 1, "AcceptChance": 0.5})).status_code
    plan = (await account.http.get(f"/api/v1/inboxes/{account.space.id}/fault-plan", headers=account.headers)).json()
    assert [("mail", 0), ("rcpt", 100), ("auth", 0), ("data", 0)] == [
        (step["at"], step["probability"]) for step in plan["steps"]
    ]
    for body in (b"{", b'{"RejectSenderChance": 2}', b'{"RejectSenderChance": "x"}', b"[" * 100_000):
        assert 400 == (await jim("PUT", content=body)).status_code
    assert 200 == (await jim("DELETE")).status_code
    assert 404 == (await jim("GET")).status_code


async def test_jim_comes_only_where_the_operator_wants_him(hog):
    assert 404 == (await hog("GET", "/api/v2/jim")).status_code
    answer = await hog("POST", "/api/v2/jim")
    assert (403, True) == (answer.status_code, "MAYFLY_MAILPIT_CHAOS" in answer.json()["message"])


async def test_another_account_sees_and_deletes_nothing(doors, account, make_space, deliver):
    other = await an_account(doors, make_space)
    message = await deliver(account.inbox)
    prefix = f"/mailpit/{other.space.id}/api/v1/messages/{message.id}"
    assert "null" == (await other.http.get(prefix, headers=other.headers)).text
    for path in ("/download", "/mime/part/0/download"):
        assert 404 == (await other.http.get(prefix + path, headers=other.headers)).status_code
    assert 404 == (await other.http.delete(prefix, headers=other.headers)).status_code
    assert message.id == (await account.http.get(f"/api/v1/messages/{message.id}", auth=account.basic)).json()["ID"]
    for path in ("/api/v2/messages", "/api/v1/events", "/api/v2/jim"):
        assert 401 == (await account.http.get(path)).status_code


async def test_deleting_all_without_an_accept_field_answers_as_mailhog_does(account, deliver):
    await deliver(account.inbox)
    request = account.http.build_request("DELETE", "/api/v1/messages")
    del request.headers["accept"]
    answer = await account.http.send(request, auth=account.basic)
    assert (200, b"") == (answer.status_code, answer.content)
    assert "ok" == (await account.http.delete("/api/v1/messages", auth=account.basic)).text
