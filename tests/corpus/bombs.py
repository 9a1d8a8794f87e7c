"""Hostile mails, each built the way its danger was found or is known, as name and octets."""

import base64
from collections.abc import Callable

HEAD = b"From: a@evil.example\r\nTo: you@mayfly.test\r\nSubject: bomb\r\nMIME-Version: 1.0\r\n"
MIB = 1024 * 1024


def nested_multiparts(depth: int = 10_000) -> bytes:
    levels = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level) for level in range(depth)
    )
    return HEAD + levels + b"Content-Type: text/plain\r\n\r\nbottom\r\n"


def nested_messages(depth: int = 5_000) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: bottom\r\n\r\nbottom\r\n"


def many_parts(count: int = 100_000) -> bytes:
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * count + b"--b--\r\n"


def many_headers(count: int = 200_000) -> bytes:
    return HEAD + b"".join(b"X-%d: y\r\n" % number for number in range(count)) + b"\r\nbody\r\n"


def one_long_header() -> bytes:
    return HEAD + b"X-Long: " + b"a" * (8 * MIB) + b"\r\n\r\nbody\r\n"


def folded_header(lines: int = 100_000) -> bytes:
    return HEAD + b"X-Folded: a\r\n" + b" b\r\n" * lines + b"\r\nbody\r\n"


def encoded_words(octets: int = 273_000) -> bytes:
    words = b" ".join([b"=?utf-8?q?=41?="] * (octets // 16))
    return HEAD.replace(b"Subject: bomb", b"Subject: " + words) + b"\r\nbody\r\n"


def parentheses(count: int = 100_000) -> bytes:
    return HEAD.replace(b"a@evil.example", b"(" * count + b"a@evil.example") + b"\r\nbody\r\n"


def angle_brackets(count: int = 200_000) -> bytes:
    return HEAD.replace(b"you@mayfly.test", b"<" * count) + b"\r\nbody\r\n"


def quotes(count: int = 200_000) -> bytes:
    return HEAD.replace(b"you@mayfly.test", b'"\\' * count) + b"\r\nbody\r\n"


def many_parameters(count: int = 100_000) -> bytes:
    parameters = b"".join(b"; p*%d*=a" % number for number in range(count))
    return HEAD + b"Content-Type: text/plain" + parameters + b"\r\n\r\nbody\r\n"


def unknown_charset() -> bytes:
    return HEAD + b"Content-Type: text/plain; charset=idna\r\n\r\n" + b"\xff" * MIB


def punycode_charset() -> bytes:
    return HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" + b"b" * MIB


def lone_surrogates() -> bytes:
    return HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-x+3AA-\r\n"


def damaged_base64() -> bytes:
    body = base64.encodebytes(b"Your code is 482193 " * 1000).replace(b"\n", b"\r\n").replace(b"Y", b"*", 3)
    return HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body


def damaged_quoted_printable() -> bytes:
    return HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=ZZ=" * 300_000


def path_traversal() -> bytes:
    return _attachment(b'attachment; filename="../../../../etc/passwd"')


def windows_path() -> bytes:
    return _attachment(b'attachment; filename="..\\\\..\\\\CON.txt"')


def rtl_filename() -> bytes:
    return _attachment(b"attachment; filename*=utf-8''invoice%E2%80%AEfdp.exe")


def nul_filename() -> bytes:
    return _attachment(b"attachment; filename*=utf-8''a%00b%0d%0aX-Injected:%20yes.pdf")


def long_filename() -> bytes:
    return _attachment(b'attachment; filename="' + b"\xc3\xa9" * 3000 + b'.pdf"')


def header_injection() -> bytes:
    return HEAD.replace(b"bomb", b"=?utf-8?q?a=0D=0ABcc:_evil=40evil.example=0D=0A=0D=0Abody?=") + b"\r\nbody\r\n"


def large_html() -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p>Your code is here <b>no</b></p>\r\n" * (10 * MIB // 36)


def deep_html(depth: int = 200_000) -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * depth + b"482193"


def misnested_html(count: int = 20_000) -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + b"<b><i><a href=x><p>" * count


def table_html(count: int = 50_000) -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>" * count


def reopened_html(count: int = 400) -> bytes:
    unclosed = b"".join(b"<b id=%d>" % number for number in range(count))
    return HEAD + b"Content-Type: text/html\r\n\r\n<p>" + unclosed + b"</p>" + b"<p>x</p>" * (MIB // 8)


def nested_links(depth: int = 250) -> bytes:
    links = b"".join(b'<a href="https://a.example/%d"><marquee>' % number for number in range(depth))
    return HEAD + b"Content-Type: text/html\r\n\r\n" + links + b"ab&amp;<i>cd</i> " * (MIB // 17)


def style_bomb() -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n<style>" + b".a{" * 100_000 + b"</style><p>x</p>"


def attributes_of_one_tag(count: int = 230_000) -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n<p" + b"".join(b" a%x=1" % n for n in range(count)) + b">482193"


def attribute_names(count: int = 200_000) -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + b"".join(b"<br a%x>" % n for n in range(count))


def one_run_of_tags(count: int = 500_000) -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + b"<br>" * count + b"482193"


def image_flood(count: int = 130_000) -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + b"".join(b"<img alt=x%d>" % n for n in range(count))


def link_flood(count: int = 100_000) -> bytes:
    links = b"".join(b'<a href="https://evil.example/%d">verify</a>' % number for number in range(count))
    return HEAD + b"Content-Type: text/html\r\n\r\n" + links


def bare_link_flood(count: int = 200_000) -> bytes:
    return HEAD + b"\r\n" + b"".join(b"https://evil.example/%d " % number for number in range(count))


def long_url() -> bytes:
    return HEAD + b"\r\nhttps://evil.example/" + b"a)" * MIB


def digits() -> bytes:
    return HEAD + b"\r\nYour code: " + b"1" * MIB


def codes() -> bytes:
    return HEAD + b"\r\n" + b"code " * 200_000


def numbers() -> bytes:
    return HEAD + b"\r\n" + b"code 123456\r\n" * 80_000


def entities() -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + b"&#8203;&zwnj;" * 200_000


def nulls() -> bytes:
    return HEAD + b"\r\n" + b"\0" * MIB


def no_header() -> bytes:
    return b"\x80" * MIB


def nothing() -> bytes:
    return b"\r\n"


def bare_returns() -> bytes:
    return HEAD.replace(b"\r\n", b"\r") + b"\r\rYour code is 482193\r"


def long_lines() -> bytes:
    return HEAD + b"\r\n" + b"a" * (5 * MIB)


def flowed_bomb() -> bytes:
    return HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"a \r\n" * 500_000


def quote_depth() -> bytes:
    return HEAD + b"\r\n" + b">" * MIB + b"\r\n" + b"> On 1 Jan a wrote:\r\n" * 20_000


def boundary_prefixes() -> bytes:
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary="
        + b"a" * 70
        + b"\r\n\r\n"
        + b"--"
        + (b"a" * 70 + b"\r\n--") * 50_000
    )


def _attachment(disposition: bytes) -> bytes:
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee attachment\r\n--b\r\n"
        + b"Content-Type: application/octet-stream\r\nContent-Disposition: "
        + disposition
        + b"\r\n\r\ndata\r\n--b--\r\n"
    )


BOMBS: dict[str, Callable[[], bytes]] = {
    bomb.__name__: bomb
    for bomb in (
        nested_multiparts, nested_messages, many_parts, many_headers, one_long_header, folded_header, encoded_words,
        parentheses, angle_brackets, quotes, many_parameters, unknown_charset, punycode_charset, lone_surrogates,
        damaged_base64, damaged_quoted_printable, path_traversal, windows_path, rtl_filename, nul_filename,
        long_filename, header_injection, large_html, deep_html, misnested_html, table_html, style_bomb, reopened_html, nested_links,
        attributes_of_one_tag, attribute_names, one_run_of_tags, image_flood, link_flood, bare_link_flood, long_url,
        digits, codes, numbers, entities, nulls, no_header, nothing, bare_returns, long_lines, flowed_bomb, quote_depth, boundary_prefixes,
    )
}  # fmt: skip
