"""MIME structure, bodies and attachments of single mails."""

import base64

import pytest

from mayfly.testing.mails import mail, multipart
from message_parser.domain.parse import parse


def test_flowed_text_is_joined():
    body = "a flowed \r\nparagraph\r\n> quoted \r\n> too\r\n-- \r\nsignature"
    expected = "a flowed paragraph\n> quoted too\n-- \nsignature"
    assert expected == parse(mail("Content-Type: text/plain; format=flowed", body=body)).text


def test_the_alternatives_of_a_body_are_text_and_html():
    parsed = parse(
        multipart(
            "Content-Type: text/plain\r\n\r\nplain",
            "Content-Type: text/x-amp-html\r\n\r\n<b>amp</b>",
            "Content-Type: text/html\r\n\r\n<b>rich</b>",
            subtype="alternative",
        )
    )
    assert ("plain", "<b>rich</b>", []) == (parsed.text.strip(), parsed.html.strip(), parsed.attachments)


def test_messages_calendars_and_tnef_are_attachments():
    parsed = parse(
        multipart(
            "Content-Type: text/plain\r\n\r\nsee below",
            "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nYour verification code is 119203",
            "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR",
            "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx",
        )
    )
    assert [
        ("attachment-0.eml", "message/rfc822"),
        ("attachment-1.ics", "text/calendar"),
        ("winmail.dat", "application/ms-tnef"),
    ] == [(attachment.filename, attachment.content_type) for attachment in parsed.attachments]
    assert parsed.otp is None


def test_inline_images_keep_their_content_id():
    parsed = parse(
        multipart(
            'Content-Type: text/html\r\n\r\n<img src="cid:logo@a">',
            "Content-Type: image/png; name=logo.png\r\nContent-ID: <logo@a>\r\nContent-Disposition: inline\r\n\r\nx",
            subtype="related",
        )
    )
    (image,) = parsed.attachments
    assert ("logo@a", True, "logo.png", 1) == (image.content_id, image.inline, image.filename, image.size)


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        ("filename*=utf-8''%e2%82%ac%20rates.pdf", "€ rates.pdf"),
        ("filename*0*=utf-8''a%20; filename*1=b; filename*2*=%c3%a9.txt", "a bé.txt"),
        ('filename="=?utf-8?B?w6kucG5n?="', "é.png"),
        ("filename=plain.txt", "plain.txt"),
        ('filename="/etc/passwd"', "passwd"),
        ('filename="..."', "attachment-0"),
        ('filename="a\\"b.txt"', "a_b.txt"),
    ],
)
def test_file_names_are_decoded_and_cleaned(disposition, expected):
    part = f"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; {disposition}\r\n\r\nx"
    assert expected == parse(multipart("\r\ntext", part)).attachments[0].filename


def test_attachments_are_decoded_and_digested():
    encoded = base64.b64encode(b"hello").decode()
    part = f"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}"
    parsed = parse(multipart("\r\ntext", part))
    assert [b"hello"] == parsed.attachment_octets
    assert "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" == parsed.attachments[0].sha256


def test_the_preview_is_the_first_visible_words():
    html = (
        '<div style="display:none">Psst &zwnj;&nbsp;&zwnj;</div><p>Hello&shy; you</p>' + "<p>more words here</p>" * 20
    )
    parsed = parse(mail("Content-Type: text/html", body=html))
    assert parsed.preview.startswith("Hello you more words")
    assert 140 == len(parsed.preview)
    assert parsed.hidden_text.startswith("Psst")


@pytest.mark.parametrize("damage", [b"*", b"\xff", b"A", b"=", b" "])
def test_damaged_base64_is_decoded_as_far_as_it_goes(damage):
    encoded = base64.b64encode(b"Your verification code is 482193. " * 10)
    octets = mail("Content-Type: text/plain", "Content-Transfer-Encoding: base64", body=encoded + damage)
    parsed = parse(octets)
    assert ("482193", True) == (parsed.otp, parsed.text.startswith("Your verification code is 482193. "))
