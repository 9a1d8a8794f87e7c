"""The source, header and unsubscribe links of a message, as Mailpit shows them."""

from time import process_time

import pytest

from api_gateway.dialects.mailpit.source import fields_of, return_path_of, source_of
from api_gateway.dialects.mailpit.unsubscribe import list_unsubscribe_of
from mayfly.records.message import StoredEnvelope
from mayfly.testing.builders import make_inbox, make_message


def message(*headers, reverse_path="sender@example.com", **fields):
    envelope = StoredEnvelope(reverse_path=reverse_path, forward_path="to@example.com")
    defaults = {"header_message_id": "1@example.com", "headers": list(headers)}
    return make_message(make_inbox("a@mayfly.test"), envelope=envelope, **defaults | fields)


def test_a_mail_that_has_all_stays_as_it_is():
    raw = b"Return-Path: <sender@example.com>\r\nMessage-ID: <1@example.com>\r\nTo: to@example.com\r\n\r\nBcc: no field\r\n"
    assert raw == source_of(message(recipients=["to@example.com"], to=["to@example.com"]), raw)


def test_return_path_message_id_and_bcc_are_added_at_the_top_in_mailpits_order():
    raw = b"To: to@example.com\r\n\r\nx\r\n"
    lacking = message(header_message_id="", recipients=["to@example.com", "b@x.test"], bcc=["b@x.test"])
    made = b"Bcc: b@x.test\r\nMessage-ID: <%s@mayfly>\r\nReturn-Path: <sender@example.com>\r\n" % lacking.id.encode()
    assert made + raw == source_of(lacking, raw)


def test_a_bcc_field_keeps_its_place_and_gets_what_it_lacks():
    raw = b"Return-Path: <sender@example.com>\r\nBcc: Seen\r\n <seen@x.test>\r\nTo: t@x.test\r\n\r\nx"
    blind = message(recipients=["seen@x.test", "unseen@x.test"], bcc=["seen@x.test", "unseen@x.test"])
    expected = b"Return-Path: <sender@example.com>\r\nBcc: Seen <seen@x.test>, unseen@x.test\r\nTo: t@x.test\r\n\r\nx"
    assert expected == source_of(blind, raw)


def test_another_return_path_is_replaced():
    raw = b"A: 1\r\nreturn-path: <other@x.test>\r\n\r\nx"
    assert b"A: 1\r\nReturn-Path: <sender@example.com>\r\n\r\nx" == source_of(message(), raw)


def test_a_null_reverse_path_changes_nothing():
    assert b"A: 1\r\n\r\nx" == source_of(message(reverse_path=""), b"A: 1\r\n\r\nx")


def test_fields_are_named_as_go_does_unfolded_and_undecoded():
    source = (
        b"MIME-version: 1.0\r\nmessage-id: <1>\r\nSubject: =?utf-8?q?a?=\r\n\tb\r\nX-A: 1\r\nx-a: 2\r\n\r\nTo: no\r\n"
    )
    expected = {"Message-Id": ["<1>"], "Mime-Version": ["1.0"], "Subject": ["=?utf-8?q?a?= b"], "X-A": ["1", "2"]}
    assert expected == fields_of(source)
    assert list(expected) == list(fields_of(source))


@pytest.mark.parametrize("source", [b"", b"\r\n\r\n", b"no field at all", b"\xff\xfe: \xff\r\n\r\n", b"A:\r\n\r\n"])
def test_octets_that_are_no_header_are_read_all_the_same(source):
    assert all(isinstance(values, list) for values in fields_of(source).values())


def test_a_long_header_takes_time_in_proportion_to_its_length():
    assert {"A": [" ".join(["x"] * 400_000)]} == fields_of(b"A:" + b"\r\n x" * 400_000 + b"\r\n\r\n")


def test_the_return_path_falls_back_to_the_field_and_then_to_the_sender():
    assert "sender@example.com" == return_path_of(message())
    assert "r@x.test" == return_path_of(message(("Return-Path", "<r@x.test>"), reverse_path=""))
    assert "from@x.test" == return_path_of(message(reverse_path="", from_address="from@x.test"))


@pytest.mark.parametrize(
    ("header", "links", "errors"),
    [
        ("", [], ""),
        ("<mailto:a@b.test>, <https://b.test/u>", ["mailto:a@b.test", "https://b.test/u"], ""),
        ("(a comment) <https://b.test/u>", ["https://b.test/u"], ""),
        ("https://b.test/u", [], '"https://b.test/u" no valid unsubscribe links found'),
        (
            "<https://a.test> <https://b.test>",
            [],
            '"<https://a.test> <https://b.test>" should be links enclosed in <>, split with commas',
        ),
        ("<ftp://b.test>", [], '"ftp://b.test" should start with either http(s):// or mailto:'),
        ("<https://a.test>, <http://b.test>", ["https://a.test"], '"http://b.test" should only contain one HTTP link'),
        ("<https://a.test/ b>", [], '"https://a.test/ b" should not contain spaces'),
    ],
)
def test_links_to_unsubscribe(header, links, errors):
    read = list_unsubscribe_of(
        message(("List-Unsubscribe", header), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    )
    assert (header, links, errors, "List-Unsubscribe=One-Click") == (
        read.header,
        read.links,
        read.errors,
        read.header_post,
    )


@pytest.mark.parametrize(
    "header",
    [b"a" * 8_000_000, (b"a" * 998 + b"\r\n") * 8_000, b"a:\r\n" * 2_000_000],
    ids=["a line without a colon", "many of them", "many fields"],
)
def test_no_header_holds_up_the_gateway(header):
    begun = process_time()
    fields_of(source_of(message(header_message_id="", bcc=["b@x.test"], recipients=["b@x.test"]), header))
    assert process_time() - begun < 2


def test_a_mail_whose_header_is_too_long_keeps_all_its_octets():
    raw = b"A: 1\r\n" + b"B: 2\r\n" * 100_000 + b"\r\nx"
    assert source_of(message(), raw).endswith(raw)
