"""The ten tools over real standard input and output, by a client of the official SDK, on a whole Mayfly."""

import asyncio
import smtplib
import time
from email.message import EmailMessage

import anyio
import httpx
import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def deliver(stack):
    """Deliver a mail by SMTP: deliver(address, subject, text, html=None), or raw octets: deliver(address, raw=...)."""

    def send(address, subject="Hello", text="", html=None, raw=None):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "Shop <shop@example.com>", address, subject
        mail.set_content(text)
        if html is not None:
            mail.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", stack.smtp_port) as peer:
            peer.sendmail("shop@example.com", [address], raw or mail.as_bytes())

    return send


@pytest_asyncio.fixture(loop_scope="module")
async def inbox(mail):
    return await mail.call("create_inbox")


async def test_a_new_inbox_has_an_address_an_end_and_a_cursor(mail):
    made = await mail.call("create_inbox", name="", label="from a model", ttl_seconds="900")
    assert {"address", "inbox_id", "expires_at", "cursor"} == set(made)
    assert 0 <= made["cursor"]


async def test_a_code_is_waited_for_and_the_next_one_by_cursor(mail, inbox, deliver):
    waiting = asyncio.create_task(mail.call("wait_for_code", address=inbox["address"], timeout_seconds=20))
    deliver(inbox["address"], "Your code", "Your verification code is 482193.")
    first = await waiting
    assert ("found", "482193") == (first["status"], first["code"])
    assert 0.9 < first["confidence"]
    assert "| Subject: Your code" in first["untrusted_mail"]
    deliver(inbox["address"], "Your code", "Your verification code is 771204.")
    second = await mail.call("wait_for_code", address=inbox["address"], after=first["cursor"])
    assert "771204" == second["code"]
    assert first["cursor"] < second["cursor"]


async def test_a_wait_that_ends_without_a_match_says_what_came_instead(mail, inbox, deliver):
    deliver(inbox["address"], "Welcome", "No code here.")
    await mail.call("wait_for_message", address=inbox["address"], subject="welcome")
    missed = await mail.call("wait_for_code", address=inbox["address"], sender="bank", timeout_seconds=0)
    assert "timeout" == missed["status"]
    assert [["sender", "has_otp"]] == [sorted(miss["failed"], reverse=True) for miss in missed["near_misses"]]
    assert "| 1. near miss, subject: Welcome" in missed["untrusted_mail"]
    assert f"after={missed['cursor']}" in missed["hint"]


async def test_a_link_is_waited_for_and_returned_unopened(mail, inbox, deliver):
    html = '<p><a href="https://shop.example/verify?t=1">Confirm</a> <a href="https://shop.example/unsubscribe">Leave</a></p>'
    deliver(inbox["address"], "Confirm", "See the HTML.", html)
    found = await mail.call("wait_for_link", address=inbox["address"], url_contains="/verify")
    assert ("found", "https://shop.example/verify?t=1") == (found["status"], found["url"])
    assert "| Text of the link: Confirm" in found["untrusted_mail"]


async def test_several_links_that_match_are_all_returned(mail, inbox, deliver):
    html = '<a href="https://a.example/verify?t=1">One</a> <a href="https://a.example/verify?t=2">Two</a> <a href="https://a.example/x">X</a>'
    deliver(inbox["address"], "Confirm", "See the HTML.", html)
    found = await mail.call("wait_for_link", address=inbox["address"], url_contains="/verify")
    assert "several" == found["status"]
    assert ["https://a.example/verify?t=1", "https://a.example/verify?t=2"] == [link["url"] for link in found["links"]]
    narrowed = await mail.call("wait_for_link", address=inbox["address"], url_contains="/verify", link_text="two")
    assert "https://a.example/verify?t=2" == narrowed["url"]


async def test_a_message_is_waited_for_listed_and_read_and_stays_unread(mail, inbox, deliver):
    deliver(inbox["address"], "Order", "Hello Ann,\nyour order has shipped. https://shop.example/track/9")
    found = await mail.call(
        "wait_for_message", address=inbox["address"], subject="order", sender="shop@", has_link=True
    )
    assert "|> your order has shipped. https://shop.example/track/9" in found["untrusted_mail"]
    assert ["https://shop.example/track/9"] == [link["url"] for link in found["links"]]
    identifier = found["message"]["message_id"]
    read = await mail.call("get_message", address=inbox["address"], message_id=identifier)
    assert "| From: Shop <shop@example.com>" in read["untrusted_mail"]
    assert 0 == read["text"]["remaining"]
    listed = await mail.call("list_messages", address=inbox["address"])
    assert [identifier] == [message["message_id"] for message in listed["messages"]]
    assert [False] == [message["is_read"] for message in listed["messages"]]
    assert "| 1. Subject: Order" in listed["untrusted_mail"]
    later = await mail.call("list_messages", address=inbox["address"], after=listed["cursor"])
    assert [] == later["messages"]


async def test_absence_is_proved_and_presence_told(mail, inbox, deliver):
    proof = await mail.call("prove_no_message", address=inbox["address"], within_seconds=0)
    assert "none" == proof["status"]
    assert 0 <= proof["drained_up_to"]
    deliver(inbox["address"], "Surprise", "x")
    arrived = await mail.call("prove_no_message", address=inbox["address"], within_seconds=0, after=proof["cursor"])
    assert "arrived" == arrived["status"]
    assert "| Subject: Surprise" in arrived["untrusted_mail"]
    other = await mail.call("prove_no_message", address=inbox["address"], within_seconds=0, subject="Invoice")
    assert "none" == other["status"]


async def test_a_test_message_comes_by_the_api_and_by_smtp(mail, inbox):
    for via, code in (("api", "112233"), ("smtp", "445566")):
        sent = await mail.call(
            "send_test_message", address=inbox["address"], via=via, subject="Code", text=f"Your code is {code}",
            html=f"<p>Your code is <b>{code}</b></p>", sender="Bank <bank@example.com>",
        )  # fmt: skip
        assert "accepted" == sent["status"]
        found = await mail.call("wait_for_code", address=inbox["address"], after=sent["cursor"])
        assert code == found["code"]
        assert "| From: Bank <bank@example.com>" in found["untrusted_mail"]


async def test_a_fault_plan_refuses_then_accepts(mail, inbox):
    planned = await mail.call("set_fault_plan", address=inbox["address"], plan='451 x1 at rcpt "later, please", accept')
    assert ['451 x1 at rcpt "later, please"', "accept"] == planned["steps"]
    refused = await mail.call("send_test_message", address=inbox["address"], via="smtp")
    assert ("refused", 451, "rcpt") == (refused["status"], refused["smtp_code"], refused["refused_at"])
    assert "later" in refused["smtp_reply"]
    accepted = await mail.call("send_test_message", address=inbox["address"], via="smtp")
    assert ("accepted", 250) == (accepted["status"], accepted["smtp_code"])
    await mail.call("set_fault_plan", address=inbox["address"], plan="drop")
    dropped = await mail.call("send_test_message", address=inbox["address"], via="smtp")
    assert ("refused", "data") == (dropped["status"], dropped["refused_at"])
    ended = await mail.call("set_fault_plan", address=inbox["address"])
    assert [] == ended["steps"]


async def test_a_wrong_fault_plan_names_the_word(mail, inbox):
    assert "bounce" in await mail.refused("set_fault_plan", address=inbox["address"], plan="bounce x2")


async def test_an_inbox_is_deleted_once(mail, inbox):
    deleted = await mail.call("delete_inbox", address=inbox["address"].upper())
    assert ("deleted", inbox["address"]) == (deleted["status"], deleted["address"])
    again = await mail.call("delete_inbox", address=inbox["inbox_id"])
    assert "already gone" == again["status"]
    assert "create_inbox" in await mail.refused("wait_for_code", address=inbox["address"], timeout_seconds=0)


async def test_inboxes_of_others_are_read_and_never_changed(mail, stack, deliver):
    headers = {"X-API-Key": stack.api_key}
    async with httpx.AsyncClient(base_url=stack.http_url, headers=headers) as api:
        address = (await api.post("/api/v1/inboxes", json={})).json()["address"]
        deliver(address, "Yours", "Your code is 909090")
        found = await mail.call("wait_for_code", address=address)
        assert "909090" == found["code"]
        for name, arguments in (
            ("delete_inbox", {}),
            ("set_fault_plan", {"plan": "451"}),
            ("set_fault_plan", {}),
            ("send_test_message", {}),
        ):
            assert "did not make that inbox" in await mail.refused(name, address=address, **arguments)
        assert 200 == (await api.get(f"/api/v1/inboxes/{address}")).status_code


async def test_a_space_is_read_by_its_id_and_by_recipient(mail, stack):
    async with httpx.AsyncClient(base_url=stack.http_url, headers={"X-API-Key": stack.api_key}) as api:
        space = (await api.post("/api/v1/spaces", json={"ttl_seconds": 600})).json()
        for name in ("ann", "bob"):
            raw = f"From: a@b.example\r\nTo: {name}@{space['domains'][0]}\r\nSubject: For {name}\r\n\r\nHi"
            kind = {"Content-Type": "message/rfc822"}
            await api.post(f"/api/v1/inboxes/{space['id']}/messages", content=raw, headers=kind)
    found = await mail.call("wait_for_message", address=space["id"], recipient="ann@")
    assert "| Subject: For ann" in found["untrusted_mail"]
    read = await mail.call("get_message", address=space["address"], message_id=found["message"]["message_id"])
    assert "|> Hi" in read["untrusted_mail"]


async def test_a_message_of_another_inbox_is_not_read_through_this_one(mail, inbox, deliver):
    other = await mail.call("create_inbox")
    deliver(other["address"], "Other", "x")
    found = await mail.call("wait_for_message", address=other["address"])
    refusal = await mail.refused("get_message", address=inbox["address"], message_id=found["message"]["message_id"])
    assert "no mail of this inbox" in refusal


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("wait_for_code", {}, "address: field required"),
        ("wait_for_code", {"address": "a@b", "timeout_seconds": 120}, "timeout_seconds: input should be less than or equal to 55"),
        ("wait_for_code", {"address": "a@b", "timeout_seconds": -1}, "timeout_seconds: "),
        ("wait_for_code", {"address": "a@b", "timeout_seconds": "soon"}, "timeout_seconds: input should be a valid number"),
        ("wait_for_code", {"address": ["a@b"]}, "address: input should be a valid string"),
        ("wait_for_code", {"address": "a@b", "subjct": "x"}, "subjct: no such argument; did you mean subject?"),
        ("wait_for_message", {"address": "a@b", "subject": "x" * 513}, "subject: "),
        ("wait_for_message", {"address": "a@b", "after": "yesterday"}, "after: input should be a valid integer"),
        ("wait_for_code", {"address": "nobody@nowhere.example"}, "create_inbox makes a new one"),
        ("wait_for_code", {"address": "../../admin/mail"}, "create_inbox makes a new one"),
        ("wait_for_code", {"address": ".."}, "address"),
        ("wait_for_code", {"address": "\x00\n "}, "address"),
        ("get_message", {"address": "a@b"}, "message_id: field required"),
        ("list_messages", {"address": "a@b", "limit": 51}, "limit: input should be less than or equal to 50"),
        ("send_test_message", {"address": "a@b", "via": "fax"}, "via: input should be 'api' or 'smtp'"),
        ("create_inbox", {"name": "not a name"}, "name: a local part is"),
        ("create_inbox", {"name": "ann@mayfly.test"}, "name: only the part before the @"),
        ("create_inbox", {"domain": "evil.example"}, "domain: evil.example is not available"),
        ("create_inbox", {"ttl_seconds": 1}, "ttl_seconds: input should be greater than or equal to 60"),
        ("drop_tables", {}, "no such tool. Known: create_inbox"),
    ],
)  # fmt: skip
async def test_wrong_arguments_are_named(mail, name, arguments, named):
    assert named in await mail.refused(name, **arguments)


@pytest.mark.parametrize("after", [10**18, 10**30])
async def test_a_cursor_that_nobody_gave_out_is_a_tool_error_that_names_it(mail, inbox, after):
    assert "after" in await mail.refused("wait_for_code", address=inbox["address"], after=after)


@pytest.mark.parametrize("criterion", ["re:(", "re:(?=x)"])
async def test_a_wrong_pattern_is_a_tool_error_that_names_it(mail, inbox, criterion):
    assert "subject" in await mail.refused("wait_for_message", address=inbox["address"], subject=criterion)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("subject", "Hi\r\nBcc: victim@example.com"),
        ("sender", "a@b.example\nBcc: victim@example.com"),
        ("sender", "a@b.example, c@d.example"),
        ("sender", "nobody"),
        ("sender", "ünï@example.com"),
    ],
)
async def test_a_test_message_has_one_sender_and_no_smuggled_header_fields(mail, inbox, field, text):
    assert "one line each" in await mail.refused("send_test_message", address=inbox["address"], **{field: text})


async def test_progress_is_told_while_waiting(mail, inbox):
    told = []

    async def progress(done, total, message):
        told.append((done, total, message))

    await mail.call("wait_for_code", progress, address=inbox["address"], timeout_seconds=0.2)
    assert [(0, 0.2, "waiting for a code: 0 of 0.2 s")] == told


async def test_a_wait_can_be_given_up_and_the_server_goes_on(mail, inbox):
    before = time.monotonic()
    with anyio.move_on_after(0.3):
        await mail.call("wait_for_code", address=inbox["address"], timeout_seconds=50)
    assert "none" == (await mail.call("prove_no_message", address=inbox["address"], within_seconds=0))["status"]
    assert time.monotonic() - before < 5


async def test_many_calls_at_once_get_their_own_answers(mail):
    inboxes = await asyncio.gather(*(mail.call("create_inbox") for _ in range(8)))
    waits = [
        asyncio.create_task(mail.call("wait_for_code", address=each["address"], timeout_seconds=20)) for each in inboxes
    ]
    codes = [f"48219{number}" for number in range(8)]
    await asyncio.gather(*(
        mail.call("send_test_message", address=each["address"], text=f"Your code is {code}")
        for each, code in zip(inboxes, codes, strict=True)
    ))  # fmt: skip
    assert codes == [found["code"] for found in await asyncio.gather(*waits)]
