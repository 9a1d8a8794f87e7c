"""Transfer encodings are undone as declared, or as the octets show."""

import base64
import binascii

import pytest

from mayfly.testing.mails import mail, multipart
from message_parser.domain import transfer, warnings
from message_parser.domain.parse import parse

TEXT = b"Your code is 482193"


def text_of(encoding: str, body: bytes) -> tuple[str, list[str]]:
    parsed = parse(mail("Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {encoding}", body=body))
    return parsed.text, parsed.warnings


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("base64", "base64"),
        ("BASE64 ", "base64"),
        ("base64\t", "base64"),
        ("base64 (made by Acme)", "base64"),
        ('"base64"', "base64"),
        ("base64;", "base64"),
        ("base-64", "base64"),
        ("quoted printable", "quoted-printable"),
        ("Quoted_Printable", "quoted-printable"),
        ("x-uuencode", "uuencode"),
        ("8-bit", ""),
        ("8bit; x=y", ""),
        ("utf-8", ""),
        ("", ""),
        ("x-gzip", "?"),
    ],
)
def test_tokens_are_normalised_before_they_are_judged(declared, name):
    assert name == transfer.encoding(declared.encode())


@pytest.mark.parametrize(
    ("body", "expected", "found"),
    [
        (base64.b64encode(TEXT), "Your code is 482193", []),
        (base64.b64encode(TEXT).rstrip(b"="), "Your code is 482193", []),
        (base64.b64encode(TEXT)[:-3], "Your code is 48219", [warnings.BASE64_DAMAGED]),
        (base64.b64encode(b"a") + b"\r\n" + base64.b64encode(b"b"), "ab", []),
        (base64.b64encode(TEXT) + b"\r\n______\r\nlist of Acme\r\n", "Your code is 482193\n______\nlist of Acme\n", [warnings.BASE64_TRAILER]),
        (base64.urlsafe_b64encode("Größe???".encode()), "Größe???", [warnings.BASE64_DAMAGED]),
        (b"sign-up_code", "sign-up_code", [warnings.ENCODING_CONTRADICTED]),
        (b"Hello Dana, plain text.\r\nYour code is 482193.", "Hello Dana, plain text.\nYour code is 482193.", [warnings.ENCODING_CONTRADICTED]),
        (b"Hiya\r\nYour code is 482193.", "Hiya\nYour code is 482193.", [warnings.ENCODING_CONTRADICTED]),
        (b"482193", "482193", [warnings.ENCODING_CONTRADICTED]),
        (b"https://acme.example/verify?t=1", "https://acme.example/verify?t=1", [warnings.ENCODING_CONTRADICTED]),
        (b"", "", []),
    ],
)  # fmt: skip
def test_base64_is_decoded_as_far_as_it_goes(body, expected, found):
    assert (expected, found) == text_of("base64", body)


def test_base64_of_another_charset_is_no_contradiction():
    octets = base64.b64encode("验证码".encode("gbk"))
    fields = ("Content-Type: text/plain; charset=gbk", "Content-Transfer-Encoding: base64")
    parsed = parse(mail(*fields, body=octets))
    assert ("验证码", []) == (parsed.text, parsed.warnings)


@pytest.mark.parametrize(
    ("body", "expected", "found"),
    [
        (b"a=20b=\r\nc", "a bc", []),
        (b"a= \r\nb", "ab", []),
        (b"line one=0D\r\nline two=0D\r\n", "line one\nline two\n", []),
        (b"line one=0D=0A\r\nline two", "line one\nline two", []),
        (b"line one=0D=0A=\r\nline two", "line one\nline two", []),
        (b"a==3D=C3=A9=", "a==é", []),
        (b"=C3=A9 =XY =a", "é =XY =a", []),
        (b"=c3=a9\rnext =20line", "é\nnext  line", []),
        (b"a = b", "a = b", [warnings.ENCODING_CONTRADICTED]),
        ("é".encode(), "é", [warnings.ENCODING_CONTRADICTED]),
        (b"plain", "plain", []),
    ],
)
def test_quoted_printable_is_decoded_as_far_as_it_goes(body, expected, found):
    assert (expected, found) == text_of("quoted-printable", body)


def test_uuencoding_is_decoded():
    lines = b"begin 644 a.txt\r\n" + binascii.b2a_uu(TEXT).strip() + b"\r\n`\r\nend\r\n"
    assert ("Your code is 482193", []) == text_of("x-uuencode", lines)
    assert ("no uuencoding", [warnings.UUENCODE_DAMAGED]) == text_of("x-uuencode", b"no uuencoding")


def test_what_an_unknown_encoding_did_stays_as_it_stands():
    assert ("abc", [warnings.ENCODING_UNKNOWN]) == text_of("x-gzip", b"abc")


def test_the_first_of_two_encodings_that_says_anything_counts():
    octets = mail("Content-Transfer-Encoding: 7bit", "Content-Transfer-Encoding: base64", body=base64.b64encode(TEXT))
    assert "Your code is 482193" == parse(octets).text


def test_damaged_attachments_are_decoded_as_far_as_they_go():
    encoded = base64.b64encode(bytes(range(200))).decode()
    damaged = encoded[:50] + "*" + encoded[50:]
    part = f"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n{damaged}"
    parsed = parse(multipart("\r\ntext", part))
    assert [bytes(range(200))] == parsed.attachment_octets
    assert [warnings.BASE64_DAMAGED] == parsed.warnings
