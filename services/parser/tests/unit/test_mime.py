"""MIME structure, charsets, header fields and attachments of single mails."""

import base64
from datetime import UTC, datetime

import pytest

from message_parser.domain.parse import parse


def mail(*fields: str, body: str | bytes = "body") -> bytes:
    head = "\r\n".join(["From: a@acme.example", *fields]).encode()
    return head + b"\r\n\r\n" + (body.encode() if isinstance(body, str) else body)


def multipart(*parts: str, subtype: str = "mixed") -> bytes:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return mail(f"Content-Type: multipart/{subtype}; boundary=b", body=body + "--b--\r\n")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("=?utf-8?q?h=C3=A9llo?=", "héllo"),
        ("=?utf-8?B?w6k=?= =?utf-8?B?w6g=?=", "éè"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?gb2312?B?1tDOxA==?= plain", "中文 plain"),
        ("=?unknown-9?q?abc?=", "abc"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("a\r\n  folded\r\n\tline", "a folded line"),
        ("grüße", "grüße"),
        ("=?utf-8*en?q?lang?=", "lang"),
        ("=?utf-8?b?!!!?=", ""),
    ],
)
def test_subjects_are_decoded(field, expected):
    assert expected == parse(mail(f"Subject: {field}")).subject


@pytest.mark.parametrize(
    ("field", "name", "address"),
    [
        ("Acme <a@acme.example>", "Acme", "a@acme.example"),
        ('"Doe, Sam" <sam@acme.example>', "Doe, Sam", "sam@acme.example"),
        ("a@acme.example (Sam)", "Sam", "a@acme.example"),
        ("=?utf-8?q?D=C3=B6?= <a@acme.example>", "Dö", "a@acme.example"),
        ("=?utf-8?q?a=2C_b=40c?= <a@acme.example>", "a, b@c", "a@acme.example"),
        ('"a\\"b" <a@acme.example>', 'a"b', "a@acme.example"),
        ("nonsense", "", ""),
        ("<a@acme.example", "", "a@acme.example"),
    ],
)
def test_the_from_field_gives_name_and_address(field, name, address):
    octets = mail().replace(b"From: a@acme.example", f"From: {field}".encode())
    parsed = parse(octets)
    assert (name, address) == (parsed.from_name, parsed.from_address)


def test_groups_and_lists_of_addresses_are_flattened():
    parsed = parse(mail("To: team: a@x.example, B <b@x.example>;, c@x.example", "Cc: d@x.example (hi, there)"))
    assert (["a@x.example", "b@x.example", "c@x.example"], ["d@x.example"]) == (parsed.to, parsed.cc)


def test_all_header_fields_are_kept_in_order():
    parsed = parse(mail("X-A: 1", "X-B: 2", "X-A: 3"))
    assert [("From", "a@acme.example"), ("X-A", "1"), ("X-B", "2"), ("X-A", "3")] == parsed.headers


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Sat, 21 Nov 2026 11:00:00 +0100", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("21 Nov 2026 10:00:00 -0000", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("Sat, 21 Nov 12026 10:00:00 +0000", None),
        ("Sat, 21 Nov 1926 10:00:00 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_an_absurd_date_is_none(field, expected):
    assert expected == parse(mail(f"Date: {field}")).date


@pytest.mark.parametrize(
    ("charset", "octets", "expected"),
    [
        ("utf-8", "é".encode(), "é"),
        ("iso-8859-1", b"\x93quoted\x94", "“quoted”"),
        ("koi8-r", "код".encode("koi8-r"), "код"),
        ("shift_jis", "認証".encode("cp932"), "認証"),
        ("big5", "驗證".encode("big5"), "驗證"),
        ("", "é".encode(), "é"),
        ("us-ascii", "é".encode(), "é"),
        ("iso-8859-1; x=y", b"\xe9", "é"),
        ('"utf-8"', "é".encode(), "é"),
    ],
)
def test_bodies_are_read_in_their_charset(charset, octets, expected):
    field = f"Content-Type: text/plain; charset={charset}" if charset else "Content-Type: text/plain"
    assert expected == parse(mail(field, body=octets)).text


def test_an_undeclared_charset_is_guessed():
    text = "Ваш код подтверждения готов, введите его на странице входа, пожалуйста. " * 5
    assert text.strip() == parse(mail(body=text.encode("windows-1251"))).text.strip()


def test_damaged_text_is_read_with_a_warning():
    parsed = parse(mail("Content-Type: text/plain; charset=utf-8", body=b"ok \xff\xfe then"))
    assert ("partial", "ok \ufffd\ufffd then") == (parsed.parse_status, parsed.text)
    assert ["octets outside the declared charset were replaced"] == parsed.warnings


def test_a_html_charset_is_taken_from_its_meta():
    octets = mail("Content-Type: text/html", body='<meta charset="windows-1251"><p>код</p>'.encode("windows-1251"))
    assert "код" == parse(octets).text


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


def test_malformed_header_lines_are_left_out_with_a_warning():
    parsed = parse(b"Subject: a\r\nno colon here\r\nTo: b@x.example\r\n\r\nbody")
    assert ("a", ["b@x.example"], "body") == (parsed.subject, parsed.to, parsed.text)
    assert ["1 malformed header lines were left out"] == parsed.warnings


@pytest.mark.parametrize(
    ("octets", "warns"),
    [
        (b"Subject: a\r\n\r\n" + (b"x" * 998 + b"\r\n") * 3, False),
        (b"Subject: a\r\n\r\nshort\r\n" + b"x" * 998, False),
        (b"Subject: a\r\n\r\nshort\r\n" + b"x" * 999, True),
        (b"Subject: a\r\n\r\n" + b"x" * 999 + b"\r\nshort\r\n", True),
        (b"Subject: a\n\n" + (b"x" * 998 + b"\n") * 3, False),
        (b"Subject: a\n\nshort\n" + b"x" * 1000 + b"\nshort", True),
        (b"Subject: " + b"a" * 999 + b"\r\n\r\nbody\r\n", True),
    ],
)
def test_a_line_that_other_servers_refuse_is_warned_of(octets, warns):
    warnings = ["long line: other servers may refuse or break one over 998 octets"] if warns else []
    assert warnings == parse(octets).warnings


def test_a_body_of_one_long_line_is_read():
    html = '<p>Your code is 482193</p><img src="data:image/png;base64,' + "A" * 3_000_000 + '">'
    parsed = parse(f"Subject: x\r\nContent-Type: text/html\r\n\r\n{html}\r\n".encode())
    assert ("482193", "Your code is 482193") == (parsed.otp, parsed.text.strip())


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
