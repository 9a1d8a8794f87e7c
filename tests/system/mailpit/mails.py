"""The mails that a Mailpit and Mayfly get: `MAILS`, in the order they are sent; each is one difficulty of real mail."""

import base64
import binascii
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

ANN = "ann@example.com"
DATE = "Date: Tue, 03 Nov 2026 10:15:00 +0200"
PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n"


def png(width: int = 8, height: int = 8) -> bytes:
    """A red picture of `width` times `height` pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", binascii.crc32(name + content))

    rows = (b"\0" + b"\xff\0\0" * width) * height
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@dataclass(frozen=True)
class Mail:
    """One mail: over SMTP where it has `octets`, else `body` for POST /api/v1/send."""

    name: str
    octets: bytes = b""
    to: tuple[str, ...] = (ANN,)
    sender: str = "shop@shop.example"
    login: tuple[str, str] | None = None
    """User and password for AUTH, or for Basic on the call that sends."""
    body: dict[str, Any] = field(default_factory=dict)


def _lines(*lines: str | bytes) -> bytes:
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\r\n"


def _head(name: str, subject: str, *more: str, to: str = f"Ann <{ANN}>") -> tuple[str, ...]:
    """The usual header fields, without the empty line after them."""
    return (
        "From: The Shop <shop@shop.example>",
        f"To: {to}",
        f"Subject: {subject}",
        f"Message-ID: <{name}@shop.example>",
        DATE,
        "MIME-Version: 1.0",
        *more,
    )


def _simple(name: str, subject: str, text: str, *more: str, to: str = f"Ann <{ANN}>") -> bytes:
    return _lines(*_head(name, subject, *more, "Content-Type: text/plain; charset=utf-8", to=to), "", text)


def _b64(octets: bytes) -> str:
    return base64.encodebytes(octets).decode().replace("\n", "\r\n").rstrip()


def _parts(boundary: str, *parts: bytes) -> bytes:
    return b"".join(b"--" + boundary.encode() + b"\r\n" + part for part in parts) + f"--{boundary}--\r\n".encode()


def _html(html: str) -> bytes:
    return _lines("Content-Type: text/html; charset=utf-8", "", html)


def _text(text: str) -> bytes:
    return _lines("Content-Type: text/plain; charset=utf-8", "", text)


def _file(kind: str, disposition: str, octets: bytes, *more: str) -> bytes:
    fields = (f"Content-Type: {kind}", f"Content-Disposition: {disposition}", "Content-Transfer-Encoding: base64")
    return _lines(*fields, *more, "", _b64(octets))


def _multipart(name: str, subject: str, kind: str, *parts: bytes) -> bytes:
    return _lines(*_head(name, subject, f'Content-Type: multipart/{kind}; boundary="B-{name}"'), "") + _parts(
        f"B-{name}", *parts
    )


BODIES = (
    Mail("plain", _simple("plain", "Your code is 482193", "Hello Ann,\r\n\r\nyour code is 482193.\r\nBye")),
    Mail(
        "html-only",
        _lines(
            *_head("html-only", "Welcome in HTML", "Content-Type: text/html; charset=utf-8"),
            "",
            "<html><head><title>Not shown</title><style>p{color:red}</style></head><body><h1>Welcome</h1>"
            '<p>Dear&nbsp;Ann, &lt;confirm&gt; <a href="https://shop.example/confirm?a=1&amp;b=2">your address</a>.</p>'
            "<ul><li>one</li><li>two</li></ul><div>left</div><div>right<br>below</div><script>var hidden = 1</script>"
            "<table><tr><td>Price</td><td>12 €</td></tr></table></body></html>",
        ),
    ),
    Mail(
        "alternative",
        _multipart(
            "alternative",
            "Text and HTML",
            "alternative",
            _text("The text version of the offer."),
            _html("<p>The <b>HTML</b> version of the offer.</p>"),
        ),
    ),
    Mail(
        "attachments",
        _multipart(
            "attachments",
            "Invoice 4711",
            "mixed",
            _text("Your invoice is attached."),
            _file("application/pdf", 'attachment; filename="invoice 4711.pdf"', PDF),
            _file("text/csv; charset=utf-8", 'attachment; filename="rows.csv"', b"a;b\r\n1;2\r\n"),
        ),
    ),
    Mail(
        "inline",
        _multipart(
            "inline",
            "Picture inside",
            "related",
            _html('<p>Look: <img src="cid:logo@shop.example" alt="logo"> and <IMG SRC=\'cid:logo@shop.example\'></p>'),
            _file("image/png", 'inline; filename="logo.png"', png(), "Content-ID: <logo@shop.example>"),
        ),
    ),
    Mail(
        "nested",
        _multipart(
            "nested",
            "Everything at once",
            "mixed",
            _lines('Content-Type: multipart/alternative; boundary="inner"', "")
            + _parts("inner", _text("Nested text."), _html('<p>Nested <img src="cid:nested-pic"></p>')),
            _file("image/png", 'inline; filename="pic.png"', png(4, 4), "Content-ID: <nested-pic>"),
            _file("application/zip", 'attachment; filename="data.zip"', b"PK\3\4nothing"),
        ),
    ),
    Mail("no-text", _multipart("no-text", "Only a file", "mixed", _file("application/pdf", "attachment", PDF))),
    Mail("empty", _lines(*_head("empty", "Nothing in it"), "")),
    Mail(
        "html-long",
        _lines(
            *_head("html-long", "A long letter", "Content-Type: text/html; charset=utf-8"),
            "",
            "<p>" + "Grüße aus Köln und Überall. " * 12 + "</p>",
        ),
    ),
    Mail("text-long", _simple("text-long", "A long text", "wörter " * 60)),
    Mail(
        "large",
        _multipart(
            "large",
            "Large",
            "mixed",
            _text("big"),
            _file("application/octet-stream", 'attachment; filename="big.bin"', bytes(3_000_000)),
        ),
    ),
    Mail(
        "calendar",
        _multipart(
            "calendar",
            "Meeting",
            "alternative",
            _text("We meet at ten."),
            _lines(
                "Content-Type: text/calendar; method=REQUEST; charset=utf-8", "", "BEGIN:VCALENDAR", "END:VCALENDAR"
            ),
        ),
    ),
    Mail(
        "forwarded",
        _multipart(
            "forwarded",
            "Fwd: complaint",
            "mixed",
            _text("See below."),
            _lines("Content-Type: message/rfc822", "Content-Disposition: attachment", "")
            + _simple("within", "The complaint", "It is broken."),
        ),
    ),
    Mail(
        "rfc2231",
        _multipart(
            "rfc2231",
            "Awkward name",
            "mixed",
            _text("A file."),
            _file("application/pdf", "attachment; filename*=utf-8''Rechnung%20M%C3%A4rz.pdf", PDF),
        ),
    ),
    Mail("dots", _simple("dots", "Dots", ".one\r\n..two\r\nFrom here\r\n.\r\n" + "long " * 300)),
)

ADDRESSES = (
    Mail(
        "bcc", _simple("bcc", "Hidden recipients", "For you alone."), to=(ANN, "boss@corp.example", "Eve@Corp.Example")
    ),
    Mail(
        "bcc-header",
        _simple("bcc-header", "Bcc in the header", "Both.", "Bcc: Seen <seen@corp.example>"),
        to=(ANN, "seen@corp.example", "unseen@corp.example"),
    ),
    Mail(
        "plus-tags",
        _simple("plus-tags", "Plus", "Tagged by address.", "Cc: bob+Beta@example.com", to="ann+alpha+news@example.com"),
        to=("ann+alpha+news@example.com", "bob+Beta@example.com"),
    ),
    Mail(
        "x-tags",
        _simple("x-tags", "Tags", "Tagged by header.", "X-Tags: Urgent, New Customer, bad/char*, urgent, , Alpha"),
    ),
    Mail(
        "several",
        _simple(
            "several",
            "To many",
            "Hello all.",
            'Cc: "Lee, Dan" <dan@example.org>, eve@example.org',
            "Reply-To: Help <help@shop.example>, second@shop.example",
            to="Ann <ann@example.com>, BOB@Example.com, =?utf-8?q?J=C3=BCrgen_M=C3=BCller?= <juergen@example.net>",
        ),
        to=(ANN, "bob@example.com", "juergen@example.net", "dan@example.org", "eve@example.org"),
    ),
    Mail("null-sender", _simple("null-sender", "Undelivered", "It came back."), sender=""),
    Mail(
        "quoted",
        _simple("quoted", "Quoted local part", "Odd.", to='"ann lee"@example.com'),
        to=('"ann lee"@example.com',),
    ),
    Mail(
        "no-to",
        _lines("From: noreply@shop.example", "Subject: To nobody", DATE, "", "Undisclosed."),
        to=("hidden@example.com",),
    ),
    Mail("login", _simple("login", "By a user", "Sent with AUTH."), login=("tester", "secret")),
)

FIELDS = (
    Mail(
        "no-id-no-date", _lines("From: Shop <shop@shop.example>", f"To: {ANN}", "Subject: Bare", "", "No id, no date.")
    ),
    Mail(
        "words",
        _lines(
            *_head(
                "words", "=?utf-8?b?R3LDvMOfZSBhdXMgS8O2bG4g8J+YgA==?=", "Content-Type: text/plain; charset=iso-8859-1"
            ),
            "",
            "Grüße: 5 % und mehr_noch".encode("latin-1"),
        ),
    ),
    Mail(
        "japanese",
        _lines(
            *_head(
                "japanese",
                "=?iso-2022-jp?b?GyRCJDMkcyRLJEEkTxsoQg==?=",
                "Content-Type: text/plain; charset=iso-2022-jp",
            ),
            "",
            "こんにちは、世界".encode("iso-2022-jp"),
        ),
    ),
    Mail("long-subject", _simple("long-subject", "A subject " + "\r\n ".join(["that goes on"] * 20), "Long above.")),
    Mail(
        "unsubscribe",
        _simple(
            "unsubscribe",
            "Newsletter",
            "News.",
            "List-Unsubscribe: <mailto:stop@shop.example>, <https://shop.example/stop?u=1>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ),
    ),
    Mail(
        "unsubscribe-bad",
        _simple("unsubscribe-bad", "Bad newsletter", "News.", "List-Unsubscribe: https://shop.example/stop"),
    ),
)

API = (
    Mail(
        "api-full",
        login=("robot", "any"),
        body={
            "From": {"Email": "robot@shop.example", "Name": "Robot Ö"},
            "To": [{"Email": ANN, "Name": "Ann"}, {"Email": "bob@example.com"}],
            "Cc": [{"Email": "cc@example.com", "Name": "Copy"}],
            "Bcc": ["secret@example.com"],
            "ReplyTo": [{"Email": "reply@shop.example", "Name": "Reply"}],
            "Subject": "Sent over HTTP ✓",
            "Text": "Text over HTTP",
            "HTML": '<p>HTML over HTTP <img src="cid:pic"></p>',
            "Tags": ["http", "Robot Made"],
            "Headers": {"X-Run": "17"},
            "Attachments": [
                {"Content": base64.b64encode(PDF).decode(), "Filename": "a.pdf"},
                {
                    "Content": "data:image/png;base64," + base64.b64encode(png()).decode(),
                    "Filename": "p.png",
                    "ContentID": "pic",
                },
                {"Content": "AAEC", "Filename": "b.dat", "ContentType": "application/x-thing"},
            ],
        },
    ),
    Mail(
        "api-small",
        body={"From": {"Email": "robot@shop.example"}, "To": [{"Email": ANN}], "Subject": "Small", "Text": "Hi"},
    ),
)

MAILS = BODIES + ADDRESSES + FIELDS + API
