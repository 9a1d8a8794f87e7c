"""The codec: responses in pieces of any size, and servers that do not mean well."""

from __future__ import annotations

import pytest

from mayfly_mail.http1 import (
    MAX_FIELDS,
    MAX_HEAD,
    MAX_INTERIM,
    MAX_LINE,
    MAX_TRAILERS,
    ProtocolError,
    ResponseReader,
    encode,
)

RESPONSES = {
    "length": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Cursor: 7\r\n\r\nhello", b"hello", True),
    "no body": (b"HTTP/1.1 204 No Content\r\n\r\n", b"", True),
    "length 0": (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", b"", True),
    "chunked": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\n\r\n", b"hello", True),
    "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n", b"hello", True),
    "interim": (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", b"ok", True),
    "close": (b"HTTP/1.1 200 OK\r\nConnection: Keep-Alive, Close\r\nContent-Length: 2\r\n\r\nok", b"ok", False),
    "1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok", False),
    "1.0 kept alive": (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", b"ok", True),
    "lone line feeds": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", b"ok", True),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", b"ok", True),
    "length and chunked": (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"ok", False),
    "same length twice": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", b"ok", True),
}  # fmt: skip


def read(
    octets: bytes, method: str = "GET", size: int = 1, max_body: int | None = None
) -> tuple[ResponseReader, bytes]:
    reader, body = ResponseReader(method, max_body), b""
    for start in range(0, len(octets), size):
        reader.feed(octets[start : start + size])
        body += reader.take()
    return reader, body


@pytest.mark.parametrize("name", RESPONSES)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_a_response_is_the_same_in_pieces_of_any_size(name: str, size: int) -> None:
    octets, expected, can_reuse = RESPONSES[name]
    reader, body = read(octets, size=size)
    assert reader.is_complete
    assert expected == body
    assert can_reuse == reader.can_reuse


def test_a_body_without_a_length_lasts_until_the_connection_ends() -> None:
    reader, body = read(b"HTTP/1.1 200 OK\r\n\r\nhello")
    assert not reader.is_complete
    reader.feed_end()
    assert reader.is_complete
    assert b"hello" == body
    assert not reader.can_reuse


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304), ("GET", 204), ("CONNECT", 200)])
def test_some_responses_have_no_body_whatever_their_length_says(method: str, status: int) -> None:
    reader, body = read(b"HTTP/1.1 %d x\r\nContent-Length: 500\r\n\r\n" % status, method)
    assert reader.is_complete
    assert b"" == body


def test_names_of_fields_are_in_lower_case_and_repeated_ones_are_joined() -> None:
    reader, _ = read(
        b"HTTP/1.1 200 OK\r\nVary: a\r\nVARY: b\r\nX-Empty:\r\nX-Blank: \t v \t\r\nContent-Length: 0\r\n\r\n"
    )
    assert reader.head is not None
    assert {"vary": "a, b", "x-empty": "", "x-blank": "v", "content-length": "0"} == reader.head.headers


def test_octets_after_a_response_end_the_use_of_its_connection() -> None:
    reader, body = read(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n", size=10_000)
    assert b"ok" == body
    assert reader.is_complete
    assert not reader.can_reuse
    late, _ = read(b"HTTP/1.1 204 x\r\n\r\n")
    late.feed(b"x")
    assert not late.can_reuse


@pytest.mark.parametrize("name", [name for name in RESPONSES if name not in {"no body", "length 0"}])
def test_a_response_that_is_cut_off_anywhere_is_never_taken_for_a_whole_one(name: str) -> None:
    octets = RESPONSES[name][0]
    for end in range(len(octets)):
        reader, _ = read(octets[:end], size=10_000)
        assert not reader.is_complete
        with pytest.raises(ProtocolError):
            reader.feed_end()


HOSTILE = {
    "no http": b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
    "http 2": b"HTTP/2 200\r\n\r\n",
    "status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n",
    "status below 100": b"HTTP/1.1 099 OK\r\n\r\n",
    "switches": b"HTTP/1.1 101 x\r\nUpgrade: h2c\r\n\r\n",
    "folded field": b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
    "field without a colon": b"HTTP/1.1 200 OK\r\nABC\r\n\r\n",
    "blank before the colon": b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
    "NUL in a field": b"HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n",
    "lone CR in a field": b"HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n",
    "lengths that differ": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
    "negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "length in another script": "HTTP/1.1 200 OK\r\nContent-Length: ٣\r\n\r\n".encode(),
    "length with a plus": b"HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\n",
    "enormous length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "gzip": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "chunked twice": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    "chunk size with 0x": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n",
    "negative chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n",
    "chunk size with an underscore": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1_0\r\nhello\r\n",
    "empty chunk size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nhello\r\n",
    "chunk longer than its size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n",
    "enormous chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"F" * 16 + b"\r\n",
    "line without an end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + b"a" * (MAX_LINE + 1),
    "trailers without an end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"A: b\r\n" * MAX_TRAILERS,
    "head without an end": b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * MAX_HEAD,
    "head too large": b"HTTP/1.1 200 OK\r\nA: " + b"b" * MAX_HEAD + b"\r\n\r\n",
    "too many fields": b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * (MAX_FIELDS + 1) + b"\r\n",
    "interim without an end": b"HTTP/1.1 102 x\r\n\r\n" * (MAX_INTERIM + 1),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("size", [1, 1000])
def test_what_is_no_http_is_refused(name: str, size: int) -> None:
    with pytest.raises(ProtocolError) as raised:
        read(HOSTILE[name], size=size)
    assert "hello" not in str(raised.value)


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: 101\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n64\r\n" + b"x" * 100 + b"\r\n1\r\n", b"\r\n"],
)
def test_a_body_over_the_limit_is_refused_however_it_is_delimited(head: bytes) -> None:
    with pytest.raises(ProtocolError, match="over 100 octets"):
        read(b"HTTP/1.1 200 OK\r\n" + head + b"x" * 101, max_body=100)


def test_a_body_that_is_taken_as_it_comes_is_not_kept() -> None:
    reader = ResponseReader("GET")
    reader.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(50):
        reader.feed(b"400\r\n" + b"x" * 1024 + b"\r\n")
        assert 1024 == len(reader.take())
    assert b"" == reader.take()


def test_a_request_is_written_with_its_length() -> None:
    expected = b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
    assert expected == encode("POST", "/a?b=c", [("Host", "x")], b"hi")
    assert b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" == encode("GET", "/", [("Host", "x")], None)


@pytest.mark.parametrize(
    ("method", "target", "fields"),
    [
        ("GET", "/a\r\nX: y", []),
        ("GET", "/a b", []),
        ("GET", "/é", []),
        ("GET", "", []),
        ("GET ", "/", []),
        ("GET", "/", [("X-API-Key", "a\r\nX: y")]),
        ("GET", "/", [("X-API-Key", "a\nX: y")]),
        ("GET", "/", [("X-API-Key", "a\0")]),
        ("GET", "/", [("X-API-Key", "ключ")]),
        ("GET", "/", [("X: a\r\nY", "b")]),
    ],
)
def test_nothing_that_ends_a_line_gets_into_a_request(method: str, target: str, fields: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - what is not shown is compared below
        encode(method, target, fields, None)
    assert "\r" not in str(raised.value)
    assert "ключ" not in str(raised.value)
