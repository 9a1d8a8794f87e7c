"""Bodies of `inject_message`, read by the standard library's parser of MIME."""

from email import message_from_bytes
from email.policy import HTTP

import pytest

from mayfly_mail import operations
from mayfly_mail.multipart import Attachment, form

NASTY = ['say "hi".txt', "a\r\nX-Injected: 1.txt", "über 😀.pdf", "semi;colon.txt", "..\\..\\etc", "", "%22.txt"]


def parts(body, content_type):
    message = message_from_bytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=HTTP.clone(utf8=True)
    )
    assert [] == message.defects
    return list(message.iter_parts())


def injected(**fields):
    call = operations.inject_message("ann@mayfly.test", **fields)
    return parts(call.body, call.content_type)


def test_a_form_has_the_fields_that_are_given_in_utf_8():
    first, second = injected(sender="a@b.test", subject="Grüße 😀")
    assert ("sender", b"a@b.test") == (
        first.get_param("name", header="content-disposition"),
        first.get_payload(decode=True),
    )
    assert "Grüße 😀".encode() == second.get_payload(decode=True)


@pytest.mark.parametrize("content", [b"", b"\x00\xff\r\n--\r\n", b"\r\n--mayfly-\r\n", b"x" * 100_000])
def test_a_file_arrives_octet_for_octet(content):
    *_, file = injected(sender="a@b.test", subject="s", attachments=[Attachment("a.bin", content)])
    assert content == file.get_payload(decode=True)
    assert ("a.bin", "application/octet-stream") == (file.get_filename(), file.get_content_type())


@pytest.mark.parametrize("name", NASTY)
def test_no_filename_ends_its_line_or_its_quotes(name):
    body, _ = form({}, [Attachment(name, b"content")])
    head = body.split(b"\r\n\r\n")[0].decode()
    assert 3 == len(head.split("\r\n"))
    assert 4 == head.split("\r\n")[1].count('"')
    assert "\n" not in head.replace("\r\n", "")


def test_a_content_type_is_the_given_one_or_that_of_the_name():
    files = [Attachment("a.pdf", b""), Attachment("a.pdf", b"", "text/plain"), Attachment("a", b"")]
    found = [each.get_content_type() for each in injected(attachments=files)]
    assert ["application/pdf", "text/plain", "application/octet-stream"] == found


def test_a_content_type_with_a_line_break_is_refused():
    with pytest.raises(ValueError, match="no control characters"):
        form({}, [Attachment("a", b"", "text/plain\r\nX-Injected: 1")])


def test_the_boundary_is_in_no_part_even_if_a_part_was_made_to_have_it():
    _, content_type = form({"body": "text"}, [])
    boundary = content_type.partition("boundary=")[2]
    body, content_type = form({"body": boundary}, [])
    assert [boundary.encode()] == [each.get_payload(decode=True) for each in parts(body, content_type)]


def test_the_same_form_is_the_same_octets_so_that_an_idempotency_key_fits():
    files = [Attachment("a", b"content")]
    assert form({"body": "text"}, files) == form({"body": "text"}, files)
    assert form({"body": "text"}, files) != form({"body": "other"}, files)


def test_a_raw_message_is_sent_as_it_is():
    call = operations.inject_message("ann@mayfly.test", raw=b"Subject: \xff\r\n\r\n\x00")
    assert (b"Subject: \xff\r\n\r\n\x00", "message/rfc822") == (call.body, call.content_type)
    assert call.takes_idempotency_key


@pytest.mark.parametrize("too", [{"subject": "s"}, {"attachments": [Attachment("a", b"")]}])
def test_a_raw_message_with_fields_of_a_form_is_refused(too):
    with pytest.raises(ValueError, match="either `raw` or the fields of a form"):
        operations.inject_message("ann@mayfly.test", raw=b"", **too)


def test_a_file_is_read_from_disk_under_its_name(tmp_path):
    (tmp_path / "invoice.pdf").write_bytes(b"%PDF")
    assert (
        Attachment("invoice.pdf", b"%PDF")
        == Attachment.read(tmp_path / "invoice.pdf")
        == Attachment.read(f"{tmp_path}/invoice.pdf")
    )


def test_the_content_of_a_file_does_not_show():
    assert "hunter2" not in repr(Attachment("a", b"hunter2"))
