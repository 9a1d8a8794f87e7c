"""Mails that are composed from the body of POST /api/v1/send."""

import email
from base64 import b64encode
from datetime import UTC, datetime
from email import policy

import pytest

from api_gateway.dialects.mailpit.addresses import address_in
from api_gateway.dialects.mailpit.letter import File, Letter, Person, compose, recipients_of
from api_gateway.dialects.mailpit.sniffing import media_type_in
from api_gateway.refusals import BadInput

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ANN = Person("ann@x.test", "Ann")


def composed(**fields):
    return email.message_from_bytes(compose(Letter(**{"from_": ANN} | fields), NOW), policy=policy.default)


def base64(octets):
    return b64encode(octets).decode()


def test_a_plain_letter_arrives_to_the_letter():
    mail = composed(to=[Person("b@x.test", 'Bo, the "Second"')], subject="Grüße ✓", text="one\ntwo ü\n")
    assert "Grüße ✓" == mail["subject"]
    assert 'Bo, the "Second"' == mail["to"].addresses[0].display_name
    assert ("text/plain", b"one\ntwo \xc3\xbc\n") == (mail.get_content_type(), mail.get_payload(decode=True))
    assert ("<ann@x.test>", "Mon, 30 Nov 2026 12:00:00 +0000") == (mail["return-path"], mail["date"])


def test_text_html_inline_and_attached_files_are_nested_as_mailpit_nests_them():
    png, pdf = b"\x89PNG\r\n\x1a\n...", b"%PDF-1.4"
    files = [
        File(base64(png), "i.png", contentid="<logo>"),
        File("data:application/pdf;base64," + base64(pdf), "rechnung ü.pdf"),
    ]
    mail = composed(text="t", html="<img src='cid:logo'>", attachments=files)
    types = [part.get_content_type() for part in mail.walk()]
    assert [
        "multipart/mixed",
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
        "application/pdf",
    ] == types
    image, attached = list(mail.walk())[-2:]
    assert ("<logo>", "inline", png) == (
        image["content-id"],
        image.get_content_disposition(),
        image.get_payload(decode=True),
    )
    assert ("rechnung ü.pdf", pdf) == (attached.get_filename(), attached.get_payload(decode=True))


def test_html_alone_gets_no_empty_text():
    assert "text/html" == composed(html="<p>x</p>").get_content_type()


@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: eve@evil.test", "x\nX-Evil: 1", "x\r\n\r\nbody", "x\u2028X-Evil: 1", "x\x00y"]
)
def test_no_value_begins_another_field_or_the_body(evil):
    person = Person("b@x.test", evil)
    files = [File(base64(b"x"), evil, contentid=evil, contenttype=evil)]
    mail = composed(
        from_=Person(evil, evil),
        to=[person],
        replyto=[person],
        subject=evil,
        tags=[evil],
        headers={"X-A": evil},
        text="t",
        attachments=files,
    )
    allowed = {
        "Date",
        "From",
        "To",
        "Reply-To",
        "Subject",
        "X-Tags",
        "Message-ID",
        "X-A",
        "Mime-Version",
        "Content-Type",
    }
    assert allowed == set(mail.keys())
    for part in mail.walk():
        assert not {"Bcc", "X-Evil"} & set(part.keys())


def test_headers_are_taken_but_for_those_that_mailpit_makes():
    assert "1" == composed(headers={"X-Run": "1", "Message-ID": "<own@x.test>"})["x-run"]
    assert "<own@x.test>" == composed(headers={"Message-ID": "<own@x.test>"})["message-id"]
    for name in ("To", "bcc", "CONTENT-TYPE", "Mime-Version"):
        with pytest.raises(BadInput, match=f'cannot overwrite header: "{name}"'):
            composed(headers={name: "x"})
    with pytest.raises(BadInput, match='cannot overwrite header: "X-Tags"'):
        composed(headers={"X-Tags": "a"}, tags=["b"])
    for name in ("", "x y", "x:y", "x\r\n", "ü"):
        with pytest.raises(BadInput, match="invalid header key"):
            composed(headers={name: "x"})


@pytest.mark.parametrize(("content", "place"), [("!", 0), ("aGVs!", 4), ("aGVsb", 4), ("=", 0)])
def test_an_attachment_that_is_no_base64_is_named(content, place):
    message = f'error decoding base64 attachment "a.txt": illegal base64 data at input byte {place}'
    with pytest.raises(BadInput) as found:
        composed(attachments=[File(content, "a.txt")])
    assert message == found.value.detail


def test_recipients_are_those_of_all_three_fields_each_once():
    letter = Letter(to=[Person("A@x.test")], cc=[Person("Bo <b@x.test>")], bcc=["c@x.test", "A@x.test"])
    assert ["A@x.test", "b@x.test", "c@x.test"] == recipients_of(letter)


@pytest.mark.parametrize(
    ("field", "letter"),
    [
        ("To", Letter(to=[Person("nobody")])),
        ("Cc", Letter(cc=[Person("nobody")])),
        ("Bcc", Letter(bcc=["nobody"])),
        ("Reply-To", Letter(replyto=[Person("nobody")])),
    ],
)
def test_what_is_no_address_is_named_with_its_field(field, letter):
    with pytest.raises(BadInput) as found:
        recipients_of(letter)
    assert f"invalid {field} address: nobody" == found.value.detail


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("a@b", "a@b"),
        (" a.b+c@d.test ", "a.b+c@d.test"),
        ("Ann <a@b.test>", "a@b.test"),
        ('"odd name"@b.test', '"odd name"@b.test'),
        ("ü@grüße.test", "ü@grüße.test"),
        ("a@[127.0.0.1]", "a@[127.0.0.1]"),
        ("a@b\r\nBcc: c@d", None),
        ("a@b, c@d", None),
        ("a b@c", None),
        ("@b", None),
        ("a@", None),
        ("a..b@c", None),
        ("", None),
        ("<>", None),
        ("a" * 100_000, None),
    ],
)
def test_addresses(text, address):
    assert address == address_in(text)


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"", "text/plain"),
        (b"hello", "text/plain"),
        (b"GIF89a", "image/gif"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b" <!DOCTYPE HTML><p>", "text/html"),
        (b"<?xml version='1.0'?>", "text/xml"),
        (b"\x00\x01", "application/octet-stream"),
        (b"PK\x03\x04", "application/zip"),
    ],
)
def test_the_media_type_of_octets(octets, kind):
    assert kind == media_type_in(octets)
