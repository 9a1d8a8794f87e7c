"""Messages beyond VaultMail: filters, pages, cursors, marks; and mail put in without SMTP."""

import email
import email.policy
from datetime import UTC, datetime

import pytest

from mayfly.bus.connection import connect as connect_bus
from mayfly.bus.topology import MAIL
from mayfly.events import codec, subjects
from mayfly.records.message import Attachment, OtpCandidate


@pytest.fixture
async def received(clean_nats):
    """The newest mail on its way to the parser."""
    async with connect_bus(clean_nats, "test") as bus:

        async def newest():
            last = (await bus.jetstream.stream_info(MAIL.name)).state.last_seq
            found = await bus.jetstream.get_msg(MAIL.name, seq=last)
            return codec.decode(found.headers[subjects.TYPE_HEADER], found.data)

        yield newest


async def test_header_fields_are_shown_in_the_order_of_the_mail_each_time_they_occur(gateway, deliver):
    inbox = await gateway.inbox()
    fields = [("X-A", "1"), ("Subject", "s"), ("X-A", "2")]
    message = await deliver(inbox, headers=fields)
    shown = (await gateway.http.get(f"/api/v1/messages/{message.id}")).json()
    assert [["X-A", "1"], ["Subject", "s"], ["X-A", "2"]] == shown["header_fields"]
    assert {"X-A": "1\n2", "Subject": "s"} == shown["headers"]


async def test_filters_find_what_they_say(gateway, deliver):
    inbox = await gateway.inbox()
    plain = await deliver(inbox, subject="Welcome (50% off)", from_address="shop@example.com", otp=None, is_read=True)
    code = await deliver(inbox, subject="Your code", from_address="bank+otp@example.org", text="Use it. [x](y)")
    path = f"/api/v1/inboxes/{inbox['address']}/messages"
    for query, expected in (
        ({"q": "WELCOME"}, [plain]),
        ({"q": "(50% off)"}, [plain]),
        ({"q": "[x](y)"}, [code]),
        ({"q": ".*"}, []),
        ({"from": "bank+otp@"}, [code]),
        ({"from": "bank otp@"}, [code]),  # the + was not percent-encoded
        ({"q": "bank otp@"}, [code]),
        ({"subject": "your"}, [code]),
        ({"has_otp": "true"}, [code]),
        ({"has_otp": "false"}, [plain]),
        ({"unread": "true"}, [code]),
        ({"since": code.received_at.isoformat()}, [code]),
        ({"since": "2001-01-01T00:00:00Z", "unread": "false"}, [plain]),
    ):
        found = (await gateway.http.get(path, params=query)).json()
        assert (query, [message.id for message in expected]) == (query, [entry["id"] for entry in found])


async def test_every_recipient_is_shown_and_found(gateway, deliver):
    inbox = await gateway.inbox()
    two = [inbox["address"].replace("@", f"+{name}@") for name in ("alice", "bob")]
    both = await deliver(inbox, recipients=two, to=["all@example.com"])
    old = await deliver(inbox, cc=["Cc <cc@example.com>"])
    for message, recipients in ((both, two), (old, [inbox["address"]])):
        assert recipients == (await gateway.http.get(f"/api/v1/messages/{message.id}")).json()["recipients"]
    for text, expected in (
        ("+Alice@", [both]),
        (two[1], [both]),
        ("+carol", []),
        ("ALL@example", [both]),
        ("cc@example", [old]),
        (inbox["address"], [old, both]),
    ):
        found = await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/messages", params={"to": text})
        assert (text, [message.id for message in expected]) == (text, [entry["id"] for entry in found.json()])


async def test_messages_go_page_by_page(gateway, deliver):
    inbox = await gateway.inbox()
    made = [(await deliver(inbox)).id for _ in range(5)]
    path, seen = f"/api/v1/inboxes/{inbox['address']}/messages?limit=2", []
    while path:
        answer = await gateway.http.get(path)
        seen += [entry["id"] for entry in answer.json()]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert made[::-1] == seen


async def test_the_link_to_the_next_page_holds_whatever_the_address_was_written_with(gateway, deliver):
    inbox = await gateway.inbox()
    made = [(await deliver(inbox)).id for _ in range(2)]
    name, domain = inbox["address"].split("@")
    for tag in ("+tag", "+日本", "+%0D%0AX-Y:z", "+%22%3E"):
        answer = await gateway.http.get(f"/api/v1/inboxes/{name}{tag}@{domain}/messages?limit=1")
        assert (tag, 200) == (tag, answer.status_code)
        following = await gateway.http.get(answer.links["next"]["url"])
        assert made[:1] == [entry["id"] for entry in following.json()]


async def test_the_cursor_of_a_list_leads_to_what_came_after_it(gateway, deliver):
    inbox = await gateway.inbox()
    await deliver(inbox)
    path = f"/api/v1/inboxes/{inbox['address']}/messages"
    cursor = (await gateway.http.get(path)).headers["x-cursor"]
    later = await deliver(inbox)
    found = (await gateway.http.get(path, params={"after": cursor})).json()
    assert later.id in [entry["id"] for entry in found]


async def test_a_message_can_be_marked_unread_again(gateway, deliver):
    message = await deliver(await gateway.inbox())
    path = f"/api/v1/messages/{message.id}"
    await gateway.http.get(path)
    assert not (await gateway.http.patch(path, json={"is_read": False})).json()["is_read"]
    assert not (await gateway.http.get(path, params={"peek": "true"})).json()["is_read"]


async def test_an_older_code_names_the_message_that_replaced_it(gateway, deliver):
    inbox = await gateway.inbox()
    older, newer = await deliver(inbox), await deliver(inbox, otp="111222")
    assert newer.id == (await gateway.http.get(f"/api/v1/messages/{older.id}/otp")).json()["superseded_by"]
    assert (await gateway.http.get(f"/api/v1/messages/{newer.id}/otp")).json()["superseded_by"] is None


async def test_a_hostile_filename_stays_inside_its_header(gateway, deliver):
    name = '../../etc/pass"wd\r\nSet-Cookie: a=b\u202e.txt'
    attachment = Attachment(index=0, filename=name, content_type="text/html", size=3, sha256="0" * 64)
    message = await deliver(await gateway.inbox(), attachments=[attachment])
    answer = await gateway.http.get(f"/api/v1/messages/{message.id}/attachments/0")
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-disposition"].startswith('attachment; filename="pass_wdSet-Cookie: a=b.txt"')
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_a_raw_mail_goes_the_way_of_every_mail(gateway, received):
    inbox = await gateway.inbox()
    raw = b"From: a@example.com\r\nSubject: injected\r\n\r\nbody\r\n"
    answer = await gateway.http.post(
        f"/api/v1/inboxes/{inbox['address']}/messages", content=raw, headers={"Content-Type": "message/rfc822"}
    )
    assert (202, inbox["id"]) == (answer.status_code, answer.json()["inbox_id"])
    fact = await received()
    assert (raw, "api", inbox["id"]) == (fact.octets, fact.envelope.source, fact.envelope.recipients[0].inbox_id)


async def test_a_mail_in_parts_is_put_together(gateway, received):
    inbox = await gateway.inbox()
    form = {"sender": "Shop <shop@example.com>", "subject": "Grüße", "body": "text", "html": "<p>html</p>"}
    files = {"anything": ("böse.txt", b"octets", "text/plain")}
    path = f"/api/v1/inboxes/{inbox['address']}/messages"
    assert 202 == (await gateway.http.post(path, data=form, files=files)).status_code
    mail = email.message_from_bytes((await received()).octets, policy=email.policy.default)
    assert ("Shop <shop@example.com>", "Grüße", inbox["address"]) == (mail["from"], mail["subject"], mail["to"])
    assert ("text", "<p>html</p>") == (
        mail.get_body(["plain"]).get_content().strip(),
        mail.get_body(["html"]).get_content().strip(),
    )
    assert [("böse.txt", b"octets")] == [
        (part.get_filename(), part.get_content().encode()) for part in mail.iter_attachments()
    ]


async def test_an_injected_mail_is_checked(gateway):
    inbox = await gateway.inbox()
    path = f"/api/v1/inboxes/{inbox['address']}/messages"
    assert 400 == (await gateway.http.post(path, json={})).status_code
    assert 400 == (await gateway.http.post(path, content=b" ", headers={"Content-Type": "message/rfc822"})).status_code
    missing = await gateway.http.post(path, data={"sender": "a@b.cd"}, files={"x": ("x", b"x")})
    assert (400, True) == (missing.status_code, "subject" in missing.json()["message"])
    injected = {"sender": "a@b.cd", "subject": "x\r\nBcc: everyone@example.com"}
    refused = await gateway.http.post(path, data=injected, files={"x": ("x", b"x")})
    assert (400, True) == (refused.status_code, "subject" in refused.json()["message"])


async def test_a_mail_over_the_limit_is_413(make_gateway):
    gateway = await make_gateway(mail_octets=2000)
    inbox = await gateway.inbox()
    path = f"/api/v1/inboxes/{inbox['address']}/messages"
    answer = await gateway.http.post(path, content=b"x" * 2001, headers={"Content-Type": "message/rfc822"})
    assert (413, "payload_too_large") == (answer.status_code, answer.json()["error"])


async def test_the_whole_message_shows_reply_to_date_message_id_and_how_a_code_is_written(gateway, deliver):
    inbox = await gateway.inbox()
    candidate = OtpCandidate(
        code="482193", confidence=0.9, rule="label", source="text", span=(4, 11), display="482-193"
    )
    plain = OtpCandidate(code="482193", confidence=0.5, rule="shape", source="subject", span=(13, 19))
    moment = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    values = {"reply_to": ["help@example.com"], "date": moment, "header_message_id": "1@example.com"}
    message = await deliver(inbox, otp_candidates=[candidate, plain], **values)
    shown = (await gateway.http.get(f"/api/v1/messages/{message.id}")).json()
    assert ["help@example.com"] == shown["reply_to"]
    assert ("2026-11-21T09:30:00Z", "1@example.com") == (shown["date"], shown["header_message_id"])
    assert ["482-193", "482193"] == [found["display"] for found in shown["otp_candidates"]]


async def test_the_evidence_of_a_code_is_shown_only_to_those_who_ask_for_it(gateway, deliver):
    inbox = await gateway.inbox()
    plain = {
        "code": "482193",
        "confidence": 0.9,
        "rule": "own-line",
        "source": "text",
        "span": (4, 10),
        "display": "482193",
    }
    known = OtpCandidate(**plain, evidence=[("own-line", 4.27), ("digits-6", -0.38)])
    message = await deliver(inbox, otp_candidates=[known, OtpCandidate(**plain | {"code": "9931"})])
    path = f"/api/v1/messages/{message.id}/otp"
    explained = (await gateway.http.get(path, params={"explain": "true"})).json()
    first, of_old_message = explained["candidates"]
    assert [{"feature": "own-line", "weight": 4.27}, {"feature": "digits-6", "weight": -0.38}] == first["evidence"]
    assert [] == of_old_message["evidence"]
    without = await gateway.http.get(path)
    assert without.content == (await gateway.http.get(path, params={"explain": "false"})).content
    assert [{**plain, "span": [4, 10]}, {**plain, "code": "9931", "span": [4, 10]}] == without.json()["candidates"]
    base = f"/api/v1/inboxes/{inbox['address']}"
    for other in (path, path.removesuffix("/otp"), f"{base}/messages", f"{base}/messages/wait", f"{base}/otp/wait"):
        answer = await gateway.http.get(other)
        assert (other, 200, False) == (other, answer.status_code, "evidence" in answer.text)


async def test_explain_is_true_or_false(gateway, deliver):
    message = await deliver(await gateway.inbox())
    refused = await gateway.http.get(f"/api/v1/messages/{message.id}/otp", params={"explain": "all"})
    assert (400, True) == (refused.status_code, refused.json()["message"].startswith("explain: "))


async def test_a_download_claims_no_charset_on_any_path(gateway, deliver):
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    names = {"text/csv": "text/csv", "text/html": "text/html", "text/javascript": "text/plain"}
    files = [
        Attachment(index=index, filename="a", content_type=kind, size=3, sha256="0" * 64)
        for index, kind in enumerate(names)
    ]
    message = await deliver(inbox, attachments=files)
    for index, served in enumerate(names.values()):
        for path in (f"/api/v1/messages/{message.id}", f"/inbox/{inbox['address']}/messages/{message.id}"):
            headers = (await gateway.http.get(f"{path}/attachments/{index}", headers=key)).headers
            assert (served, "nosniff") == (headers["content-type"], headers["x-content-type-options"])
            assert headers["content-disposition"].startswith("attachment")
