"""Calls of `operations`, sent to a running Mayfly octet for octet: what it understands is what was meant."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from mayfly_mail import operations
from mayfly_mail.models import FaultStep
from mayfly_mail.multipart import Attachment
from mayfly_mail.operation import Response

HOSTILE = [
    "a/b",
    "a?b=c",
    "a#b",
    "100%",
    "a&b=c;d",
    "ann+tag@x.test",
    "grüße",
    "\u202e\u0001",
    "a\r\nb",
    "..%2f..",
    "../../admin",
]


def sent(stack, call):
    """Send a call as it is and return the answer."""
    connection = HTTPConnection(urlsplit(stack.http_url).netloc, timeout=30)
    headers = {"Authorization": f"Bearer {stack.api_key}", "Accept": call.accept}
    if call.content_type:
        headers["Content-Type"] = call.content_type
    try:
        connection.request(call.method, call.target, call.body, headers)
        answer = connection.getresponse()
        return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def result(stack, call):
    answer = sent(stack, call)
    assert 200 <= answer.status < 300, answer.body
    return call.decode(answer)


@pytest.fixture
def inbox(stack):
    made = result(stack, operations.create_inbox(label="operations", ttl_seconds=600))
    yield made
    assert 204 == sent(stack, operations.delete_inbox(made.address)).status


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_id_is_an_inbox_that_is_not_there_and_never_another_call(stack, value):
    answer = sent(stack, operations.get_inbox(value))
    assert (404, "not_found") == (answer.status, answer.json()["error"])


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_search_finds_the_mail_that_has_it_and_no_other(stack, inbox, value):
    raw = b"From: a@b.test\r\nSubject: other\r\n\r\n"
    result(stack, operations.inject_message(inbox.address, raw=raw + f"<{value}>\r\n".encode()))
    result(stack, operations.inject_message(inbox.address, raw=raw + b"nothing\r\n"))
    if not value.isprintable():  # a text that no mail has
        assert 408 == sent(stack, operations.wait_for_message(inbox.address, subject=value, timeout=0)).status
        return
    found = result(stack, operations.wait_for_message(inbox.address, body=f"<{value}>", timeout=10))
    assert f"<{value}>" == found.body_text.strip()


def test_a_form_with_files_becomes_the_mail_that_was_written(stack, inbox):
    files = [Attachment('in "quotes" ü.pdf', b"%PDF-1.7\r\n--\x00\xff"), Attachment("a.txt", b"")]
    call = operations.inject_message(
        inbox.address,
        sender="shop@b.test",
        subject="Grüße 😀",
        body="Text ü",
        html="<b>ü</b>",
        attachments=files,
    )
    injected = result(stack, call)
    message = result(stack, operations.wait_for_message(inbox.address, subject="Grüße 😀", timeout=10))
    assert (injected.id, "shop@b.test") == (message.id, message.from_address)
    assert ("Text ü", "<b>ü</b>") == (message.body_text.strip(), message.body_html.strip())
    assert [("application/pdf", 14), ("text/plain", 0)] == [
        (each.content_type, each.size) for each in message.attachments
    ]
    assert ["in _quotes_ ü.pdf", "a.txt"] == [each.filename for each in message.attachments]
    assert files[0].content == result(stack, operations.get_attachment(message.id, 0))
    assert b"shop@b.test" in result(stack, operations.get_raw_message(message.id))


def test_lists_booleans_nulls_and_pages_are_understood(stack, inbox):
    for number in range(3):
        result(stack, operations.inject_message(inbox.address, sender="a@b.test", subject=f"mail {number}"))
    first = result(stack, operations.wait_for_message(inbox.address, subject="mail 2", has_otp=False, timeout=10))
    changed = result(stack, operations.change_message(first.id, is_read=True, tags=["a", "b"]))
    assert (True, ["a", "b"]) == (changed.is_read, changed.tags)
    pages = [result(stack, operations.list_messages(inbox.address, limit=2, consistent=True))]
    pages.append(
        result(stack, operations.list_messages(inbox.address, limit=2, cursor=pages[0].next_cursor, consistent=True))
    )
    assert ([2, 1], None) == ([len(page) for page in pages], pages[1].next_cursor)
    unread = result(
        stack, operations.list_messages(inbox.address, unread=False, consistent=True, since=first.received_at)
    )
    assert [first.id] == [each.id for each in unread]
    assert result(stack, operations.change_inbox(inbox.address, label=None)).label is None
    assert "again" == result(stack, operations.change_inbox(inbox.address, label="again")).label


def test_a_plan_of_faults_comes_back_as_it_was_sent(stack, inbox):
    steps = [FaultStep(code=451, times=2, text="later"), FaultStep(delay_ms=10)]
    assert steps == result(stack, operations.put_fault_plan(inbox.address, steps=steps)).steps
    assert steps == result(stack, operations.get_fault_plan(inbox.address)).steps


def test_a_stream_is_opened_by_its_ticket(stack, inbox):
    ticket = result(stack, operations.create_stream_ticket(inbox.address))
    call = operations.stream_inbox(inbox.address, ticket=ticket.ticket, after="")
    connection = HTTPConnection(urlsplit(stack.http_url).netloc, timeout=30)
    connection.request(call.method, call.target, headers={"Accept": call.accept})
    answer = connection.getresponse()
    assert (200, b"event: connected") == (answer.status, answer.readline().strip())
    connection.close()


def test_every_call_without_arguments_that_reads_is_answered_and_decoded(stack):
    names = ["discover", "health", "ready", "get_usage", "get_account", "list_domains", "list_inboxes", "list_receipts"]
    names += ["list_spaces", "list_webhooks", "list_members", "list_invitations"]
    read = {name: result(stack, getattr(operations, name)()) for name in names}
    assert read["health"].ok
    assert stack.api_key not in repr(read)


def test_a_space_is_made_and_takes_the_mail_of_a_form_for_any_address(stack):
    space = result(stack, operations.create_space(name="e2e ü", max_messages=10, ttl_seconds=None))
    read = result(stack, operations.get_space(space.id))
    assert ("e2e ü", space.domains, 10, None) == (read.name, read.domains, read.retention.max_messages, read.expires_at)
    assert space.smtp.password
    assert space.smtp.password not in repr(space)
    result(stack, operations.inject_message(space.id, sender="a@b.test", subject="s", to="ann+tag@c.test"))
    assert ["ann+tag@c.test"] == result(stack, operations.wait_for_message(space.id, to="ann+tag@c", timeout=10)).to
    result(stack, operations.delete_space(space.id))


def test_unknown_fields_of_a_running_server_are_none(stack, inbox):
    message = result(stack, operations.inject_message(inbox.address, sender="a@b.test", subject="s"))
    read = result(stack, operations.wait_for_message(inbox.address, timeout=10))
    entry = result(stack, operations.list_messages(inbox.address, consistent=True))[0]
    inbox_read = result(stack, operations.get_inbox(inbox.address))
    usage = result(stack, operations.get_usage())
    assert [{}] * 6 == [each.extra for each in (message, read, entry, inbox_read, usage, usage.limits)]
