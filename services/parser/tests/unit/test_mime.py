"""MIME structure, bodies and attachments of single mails."""

import base64

import pytest

from mayfly.testing.mails import mail, multipart
from message_parser.domain import warnings
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
    assert ([warnings.LONG_LINE] if warns else []) == parse(octets).warnings


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


TEXT_PART = "--b\r\nContent-Type: text/plain\r\n\r\nYour code is 482193\r\n"
FILE_PART = "--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nx\r\n"


@pytest.mark.parametrize(
    ("content_type", "body", "found"),
    [
        ("multipart/mixed", TEXT_PART + "--b--", [warnings.BOUNDARY_INFERRED]),
        ("multipart/mixed; boundary=other", TEXT_PART + "--b--", [warnings.BOUNDARY_INFERRED]),
        ("multipart/mixed; boundary=", "--b\r\n\r\nYour code is 482193\r\n--b--", [warnings.BOUNDARY_INFERRED]),
        ('multipart/mixed; boundary="b', TEXT_PART + "--b--", []),
        ("multipart/mixed; boundary='b'", TEXT_PART + "--b--", []),
        ("multipart/mixed; boundary=b (c)", TEXT_PART + "--b--", []),
        ("multipart/mixed boundary=b", TEXT_PART + "--b--", []),
        ("multipart/mixed, boundary = b", TEXT_PART + "--b--", []),
        ("multipart; boundary=b", TEXT_PART + "--b--", []),
        ("multipart/mixed; boundary*=utf-8''b", TEXT_PART + "--b--", []),
        ("multipart/mixed; boundary*0=b; boundary*1=c", TEXT_PART.replace("--b", "--bc"), []),
        ("multipart/mixed; boundary=b", TEXT_PART, []),
        ("multipart/mixed; boundary=b", TEXT_PART + "--bc\r\nx\r\n--b--", []),
        ("multipart/mixed; boundary='b'", TEXT_PART.replace("--b", "--'b'") + "--'b'--", []),
        ('multipart/mixed; boundary="\\b" (c); x=y', TEXT_PART + "--b--", []),
        ('multipart/mixed; boundary="=?utf-8?q?b?="', TEXT_PART.replace("--b", "--=?utf-8?q?b?=") + "x", []),
        ("multipart/mixed; boundary=b", "preamble\r\n" + TEXT_PART + "--b--\r\nepilogue", []),
        ("multipart/mixed; boundary=b", "--b--\r\n" + TEXT_PART, [warnings.PART_AFTER_CLOSE]),
        ("multipart/mixed; boundary=b", TEXT_PART[5:] + FILE_PART + "--b--", [warnings.PART_UNDELIMITED]),
        ("multipart/mixed; boundary=b", "x\r\n" + TEXT_PART[5:] + FILE_PART, [warnings.PART_UNDELIMITED, warnings.malformed_lines(1)]),
        ("multipart/mixed; boundary=b", TEXT_PART.replace("\r\n\r\n", "\r\n") + FILE_PART[5:], [warnings.HEADER_UNENDED]),
        ("multipart/mixed; boundary=b", "Your code is 482193", [warnings.NO_PARTS]),
        ("multipart/mixed; boundary=b", TEXT_PART[5:], [warnings.NO_PARTS]),
        ("text/plain; boundary=b", TEXT_PART + "--b--", [warnings.TYPE_IS_MULTIPART]),
        ("x; boundary=b", TEXT_PART + "--b--", [warnings.TYPE_IS_MULTIPART]),
        ("nonsense", "Your code is 482193", [warnings.TYPE_UNREADABLE]),
        ("multipart/mixed; boundary=b", TEXT_PART.replace("\r\n\r\n", "\r\n"), [warnings.HEADER_UNENDED]),
        ("multipart/mixed; boundary=b", "--b\r\nYour code is 482193\r\n--b--", [warnings.HEADER_UNENDED]),
        ("multipart/mixed; boundary=b", TEXT_PART.replace("--b\r\n", "--b \t\r\n\r\n"), []),
        ("text/plain; name=a.txt", "Your code is 482193", []),
        ("text/html (made by Acme)", "Your code is 482193", []),
        ("text/html charset=utf-8", "Your code is 482193", []),
        ("text/html, charset=utf-8", "Your code is 482193", []),
        ("text / html; charset=utf-8", "Your code is 482193", []),
        ("text", "Your code is 482193", []),
        ("text/markdown", "Your code is 482193", []),
        ("tixt/plain", "Your code is 482193", [warnings.SHOWN_OTHER]),
        ("application/json", '{"code": "Your code is 482193"}', [warnings.SHOWN_OTHER]),
        ("message/rfc822", "Subject: inner\r\n\r\nYour code is 482193", [warnings.SHOWN_ENCLOSED]),
        ("multipart/digest; boundary=b", "--b\r\n\r\nSubject: inner\r\n\r\nYour code is 482193\r\n--b--", [warnings.SHOWN_ENCLOSED]),
    ],
)  # fmt: skip
def test_text_is_found_however_the_structure_is_damaged(content_type, body, found):
    parsed = parse(mail("MIME-Version: 1.0", f"Content-Type: {content_type}", body=body))
    assert "Your code is 482193" in parsed.text
    assert ("482193", sorted(found)) == (parsed.otp, sorted(parsed.warnings))


@pytest.mark.parametrize(
    "content_type",
    [
        'text/plain; charset="koi8-r" (Plain text)',  # RFC 2045 section 5.1 has such a comment
        'text/plain; charset="koi8-r"(a;b);format=fixed',
        "text/plain (a;b); (c \\) d) charset=koi8-r",
        "text/plain(a);(b)charset(c)=(d)koi8-r(e)",
        'text/plain; (format="flowed") charset="koi8-r"',
    ],
)
def test_comments_between_parameters_mean_nothing(content_type):
    parsed = parse(mail(f"Content-Type: {content_type}", body="код".encode("koi8-r")))
    assert ("код", []) == (parsed.text, parsed.warnings)


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n", b"\r", b"\r\r\n"])
def test_parts_are_found_with_line_ends_of_every_kind(line_end):
    octets = multipart(
        "Content-Type: text/plain\r\n\r\none\r\ntwo", "Content-Type: application/pdf; name=a.pdf\r\n\r\nx"
    )
    parsed = parse(octets.replace(b"\r\n", line_end))
    assert ("one\ntwo", ["a.pdf"]) == (parsed.text.strip(), [attachment.filename for attachment in parsed.attachments])


def test_the_octets_of_an_attachment_are_as_its_quoted_printable_says():
    fields = "Content-Type: text/csv\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: quoted-printable"
    parsed = parse(multipart("\r\ntext", f"{fields}\r\n\r\na=0D\r\nb=0A\r\nc"))
    assert [b"a\r\r\nb\n\r\nc"] == parsed.attachment_octets


def test_text_without_a_header_may_begin_as_a_header_does():
    text = "Content-Type: text/html is what the field says"
    parsed = parse(multipart(f"\r\n{text}", "\r\nmore"))
    assert (f"{text}\nmore", []) == (parsed.text, parsed.warnings)


def test_a_message_in_a_digest_may_begin_with_its_type():
    inner = "Content-Type: text/plain\r\nSubject: inner\r\n\r\nhello"
    parsed = parse(multipart("Content-Type: text/plain\r\n\r\nouter", f"\r\n{inner}", subtype="digest"))
    assert ("outer", [inner.encode()]) == (parsed.text, parsed.attachment_octets)


def test_alternatives_that_have_a_name_are_the_body():
    parts = (
        "Content-Type: text/plain; name=a.txt\r\n\r\nhello",
        "Content-Type: text/html; name=a.html\r\n\r\n<p>hello</p>",
    )
    parsed = parse(multipart(*parts, subtype="alternative"))
    assert ("hello", "<p>hello</p>", []) == (parsed.text, parsed.html, parsed.attachments)
    assert 2 == len(parse(multipart("\r\nx", *parts)).attachments)


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_a_multipart_that_was_encoded_as_a_whole_is_decoded(encoding):
    body = (TEXT_PART + "--b--").encode()
    encoded = base64.encodebytes(body) if encoding == "base64" else body.replace(b"--", b"=2D-")
    parsed = parse(
        mail("Content-Type: multipart/mixed; boundary=b", f"Content-Transfer-Encoding: {encoding}", body=encoded)
    )
    assert ("482193", [warnings.MULTIPART_ENCODED]) == (parsed.otp, parsed.warnings)


def test_an_undeclared_multipart_is_recognised_by_how_it_begins():
    parsed = parse(mail("MIME-Version: 1.0", body=TEXT_PART + FILE_PART + "--b--"))
    assert ("Your code is 482193", 1) == (parsed.text.strip(), len(parsed.attachments))
    assert [warnings.TYPE_IS_MULTIPART, warnings.BOUNDARY_INFERRED] == parsed.warnings


def test_the_inner_parts_of_an_enclosed_message_are_not_parts_of_the_mail():
    inner = "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nYour code is 119203\r\n--c--"
    parsed = parse(multipart("\r\nouter", f"Content-Type: message/rfc822\r\n\r\n{inner}"))
    assert ("outer", None, [inner.encode()]) == (parsed.text.strip(), parsed.otp, parsed.attachment_octets)


@pytest.mark.parametrize(
    ("disposition", "kept"), [("attachment; filename=a.txt", ["a.txt"]), ("inline; filename=a.txt", []), ("", [])]
)
def test_the_only_text_is_the_body_whatever_its_disposition(disposition, kept):
    field = f"Content-Disposition: {disposition}\r\n" if disposition else ""
    parsed = parse(
        multipart(f"Content-Type: text/plain\r\n{field}\r\nYour code is 482193", "Content-Type: image/png\r\n\r\nx")
    )
    names = [attachment.filename for attachment in parsed.attachments if attachment.content_type == "text/plain"]
    assert ("482193", kept, []) == (parsed.otp, names, parsed.warnings)


def test_binary_content_is_never_shown_as_the_body():
    parsed = parse(mail("Content-Type: application/octet-stream", body=bytes(range(256))))
    assert ("", 1) == (parsed.text, len(parsed.attachments))


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        ('filename="C:\\temp\\report.pdf"', "report.pdf"),
        ('filename="a\\;b.pdf"', "a;b.pdf"),
        ("filename=my report (1).pdf", "my report (1).pdf"),
        ('filename="say "hi".pdf"', "say _hi_.pdf"),
        ('filename="open.pdf', "open.pdf"),
        ('filename*0="=?utf-8?B?w6k"; filename*1="ucG5n?="', "é.png"),
        ("filename=a.pdf; filename*=utf-8''b.pdf", "b.pdf"),
        ("filename*=iso-8859-1''%e9.pdf", "é.pdf"),
        ("filename*=nonsense''%c3%a9.pdf", "é.pdf"),
    ],
)  # fmt: skip
def test_file_names_are_read_as_senders_write_them(disposition, expected):
    part = f"Content-Type: application/pdf\r\nContent-Disposition: attachment; {disposition}\r\n\r\nx"
    assert expected == parse(multipart("\r\ntext", part)).attachments[0].filename


def test_a_disposition_that_is_one_encoded_word_is_read():
    word = base64.b64encode("attachment; filename=é.pdf".encode()).decode()
    part = f"Content-Type: application/pdf\r\nContent-Disposition: =?utf-8?b?{word}?=\r\n\r\nx"
    (attachment,) = parse(multipart("\r\ntext", part)).attachments
    assert ("é.pdf", False) == (attachment.filename, attachment.inline)


def test_too_many_levels_and_parts_are_left_out_with_a_warning():
    nested = "".join(f"--{n}\r\nContent-Type: multipart/mixed; boundary={n + 1}\r\n\r\n" for n in range(150))
    assert warnings.TOO_DEEP in parse(mail("Content-Type: multipart/mixed; boundary=0", body=nested)).warnings
    many = multipart(*["\r\nx"] * 1_100)
    assert warnings.PARTS_CUT in parse(many).warnings


NESTED = b"""MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=a\r
\r
--a\r
Content-Type: multipart/related; boundary=b\r
\r
--b\r
Content-Type: text/html\r
\r
<p>one</p>\r
<p>two</p>\r
--b\r
Content-Type: image/png\r
Content-ID: <logo>\r
\r
hello\r
--b--\r
--a\r
Content-Type: text/plain\r
\r
alone\r
--a\r
Content-Type: text/csv\r
Content-Disposition: attachment; filename=a.csv\r
\r
hello\r
--a--\r
"""


def test_attachments_have_their_place_among_the_parts_and_their_digests():
    parsed = parse(NESTED)
    assert [("1.2", "logo"), ("3", None)] == [(found.part_id, found.content_id) for found in parsed.attachments]
    digests = ("5d41402abc4b2a76b9719d911017c592", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d")
    assert {digests} == {(found.md5, found.sha1) for found in parsed.attachments}


def test_an_attachment_that_is_all_of_the_mail_has_the_place_0():
    (alone,) = parse(b"Content-Type: application/pdf\r\n\r\n%PDF\x00").attachments
    assert "0" == alone.part_id


def test_a_body_says_whether_its_lines_ended_in_crlf():
    parsed = parse(NESTED)
    assert (False, True) == (parsed.text_crlf, parsed.html_crlf)
    assert "<p>one</p>\n<p>two</p>" == parsed.html
    encoded = b"Content-Transfer-Encoding: base64\r\n\r\nb25lCnR3bw==\r\n"
    assert (False, "one\ntwo") == (parse(encoded).text_crlf, parse(encoded).text)
    assert parse(b"Subject: x\r\n\r\none\r\ntwo\r\n").text_crlf
