"""Text is read in the charset that its octets show."""

import pytest

from mayfly.testing.mails import mail
from message_parser.domain import warnings
from message_parser.domain.parse import parse


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


@pytest.mark.parametrize(
    ("charset", "octets", "expected"),
    [
        ("iso-2022-jp", b"\x1b$B-!\x1b(B \x1b$BG'>Z\x1b(B 482193", "① 認証 482193"),
        ("iso-2022-jp", b"\x1b(I:0D\x1b(B", "ｺｰﾄ"),
        ("iso-2022-kr", b"\x1b$)C\x0e0!\x0f 1", "가 1"),
        ("iso-2022-cn", b"\x1b$)A\x0eQiV$\x0f 1", "验证 1"),
        ("windows-31j", "認証①".encode("cp932"), "認証①"),
        ("x-sjis", "認証".encode("cp932"), "認証"),
        ("euc-jp", b"\xad\xa1 \xc7\xa7", "① 認"),
        ("x-gbk", "验证码".encode("gbk"), "验证码"),
        ("gb2312", "镕".encode("gbk"), "镕"),
        ("134", "验证码".encode("gbk"), "验证码"),
        ("big5", b"\xc5\xe7\x87\x40", "驗䏰"),
        ("x-euc-kr", "똠".encode("cp949"), "똠"),
        ("ISO_8859-15", b"\xa4", "€"),
        ("latin2", "ł".encode("iso8859-2"), "ł"),
        ("cp-850", "é".encode("cp850"), "é"),
        ("ansi_x3.110-1983", b"plain", "plain"),
        ("charset=utf-8", "é".encode(), "é"),
        ("utf8mb4", "é".encode(), "é"),
        ("utf-7", b"+AOk-", "é"),
        ("utf-16", "héllo wörld".encode("utf-16"), "héllo wörld"),
        ("utf-16", "hello".encode("utf-16-be"), "hello"),
        ("x-mac-ce", "ł".encode("mac-latin2"), "ł"),
        ("koi8-ru", "код".encode("koi8-u"), "код"),
        ("hz-gb-2312", b"~{QiV$~}", "验证"),
    ],
)
def test_labels_and_characters_of_vendors_are_known(charset, octets, expected):
    assert expected == parse(mail(f'Content-Type: text/plain; charset="{charset}"', body=octets)).text


@pytest.mark.parametrize(
    ("charset", "octets", "expected", "warning"),
    [
        ("", "é".encode(), "é", warnings.CHARSET_UNDECLARED_UTF8),
        ("", b"El codi \xe9s aix\xf2", "El codi és això", warnings.CHARSET_UNDECLARED),
        ("us-ascii", b"\x1b$BG'>Z\x1b(B", "認証", warnings.CHARSET_UNDECLARED),
        ("utf-8", b"\x1b$BG'>Z\x1b(B", "認証", warnings.CHARSET_OVERRULED),
        ("iso-8859-1", "é".encode(), "é", warnings.CHARSET_UTF8),
        ("shift_jis", "認証コード".encode(), "認証コード", warnings.CHARSET_UTF8),
        ("utf-16", b"hello", "hello", warnings.CHARSET_UTF8),
        ("utf-8", "Grüße, für alle schönen Mädchen hören".encode("cp1252"), "Grüße, für alle schönen Mädchen hören", warnings.CHARSET_OVERRULED),
        ("utf-8", b"Gr\xfc\xdfe", "Grüße", warnings.CHARSET_OVERRULED),
        ("utf-8", "Zoé".encode()[:-1], "Zo\ufffd", warnings.CHARSET_DAMAGED),
        ("utf-8", b"ok \xff\xfe then", "ok \ufffd\ufffd then", warnings.CHARSET_DAMAGED),
        ("utf-8", "é".encode() + b"\xff", "é\ufffd", warnings.CHARSET_DAMAGED),
        ("iso-2022-jp", b"\x1b$BG'/~>Z\x1b(B 482193", "認\ufffd\ufffd証 482193", warnings.CHARSET_DAMAGED),
        ("x-none-such", "é".encode(), "é", warnings.CHARSET_UNKNOWN),
        ("punycode", b"abc", "abc", warnings.CHARSET_UNKNOWN),
        ("", "hello world".encode("utf-16"), "hello world", warnings.CHARSET_UNDECLARED),
    ],
)  # fmt: skip
def test_a_missing_or_wrong_declaration_is_overruled_by_the_octets(charset, octets, expected, warning):
    field = f"Content-Type: text/plain; charset={charset}" if charset else "Content-Type: text/plain"
    parsed = parse(mail(field, body=octets))
    assert (expected, [warning]) == (parsed.text, parsed.warnings)


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-8859-1", "NESCAFÉ®"),
        ("iso-8859-1", "BEAUTÉ\xa0: -20 %, SANTÉ\xa0: -30 %"),
        ("windows-1252", "POKÉ™ cards"),
        ("iso-8859-15", "ESPAÑ®"),
        ("windows-1250", "NOVÝ®"),
        ("tis-620", "แบบ 5"),
        ("tis-620", "เดช โดน"),
        ("koi8-r", "её"),
        ("iso-8859-5", "ТВ"),
        ("windows-1256", "اک"),
    ],
)
def test_words_that_have_the_form_of_utf_8_are_read_as_declared(charset, text):
    codec = {"tis-620": "cp874", "iso-8859-1": "cp1252"}.get(charset, charset)
    octets = text.encode(codec)
    octets.decode()  # has that form
    parsed = parse(mail(f"Content-Type: text/plain; charset={charset}", body=octets))
    assert (text, []) == (parsed.text, parsed.warnings)
    word = "".join([f"={octet:02X}" for octet in octets])
    assert text.replace("\xa0", " ") == parse(mail(f"Subject: =?{charset}?Q?{word}?=")).subject


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-8859-1", "Petrović"),
        ("iso-8859-1", "ești"),
        ("iso-8859-1", "SMÅ CAFÉ"),
        ("iso-8859-1", "И"),
        ("iso-8859-1", "it’s"),
        ("iso-8859-2", "שלום"),
        ("windows-1252", "Hi 😀"),
        ("koi8-r", "Да"),
        ("windows-1251", "it’s"),
        ("tis-620", "สวัสดี"),
        ("iso-8859-7", "Καλημέρα"),
    ],
)
def test_utf_8_that_is_declared_as_a_set_of_one_octet_is_read_as_utf_8(charset, text):
    parsed = parse(mail(f"Content-Type: text/plain; charset={charset}", body=text))
    assert (text, [warnings.CHARSET_UTF8]) == (parsed.text, parsed.warnings)


@pytest.mark.parametrize("parameter", ["; charset=utf-8", "; charset=us-ascii", ""])
def test_escape_sequences_of_a_terminal_are_no_charset(parameter):
    text = "\x1b[1mbold\x1b(B\x1b[m"
    parsed = parse(mail(f"Content-Type: text/plain{parameter}", body=text))
    assert (text, []) == (parsed.text, parsed.warnings)


def test_the_meta_of_html_counts_where_the_field_says_nothing():
    body = '<meta http-equiv=Content-Type content="text/html; charset=koi8-r"><p>код</p>'.encode("koi8-r")
    for field in ("Content-Type: text/html", "Content-Type: text/html; charset=us-ascii"):
        assert "код" in parse(mail(field, body=body)).text
    told = parse(mail("Content-Type: text/html; charset=gbk", body=b"<meta charset=utf-8><p>\xd1\xe9</p>"))
    assert "验" in told.text
