"""Octets on a socket: requests that can be read in two ways, bodies that are too large, cut off or compressed."""

import asyncio
import gzip
import json
import re
import secrets
import socket
from itertools import product

GENERATE = b"/api/v1/inboxes/generate"
HOST = b"Host: x\r\n"


def request(method=b"GET", path=b"/health", headers=HOST, body=b"", version=b"HTTP/1.1"):
    """The octets of a request, each from an address of its own, so that no limit applies."""
    headers += b"X-Forwarded-For: 10.%d.%d.%d\r\n" % tuple(secrets.token_bytes(3))
    if body:
        headers += b"Content-Length: %d\r\n" % len(body)
    return b"%b %b %b\r\n%b\r\n%b" % (method, path, version, headers, body)


def status(answer):
    return int(answer.split(b" ", 2)[1])


def body(answer):
    return json.loads(answer.partition(b"\r\n\r\n")[2])


UNCLEAR = [
    (b"Host: a\r\nHost: b\r\n", "Host"),
    (b"Host: a\r\nHost: a\r\n", "Host"),
    (b"", "Host"),
    (b"Host:\r\n", "Host"),
    (HOST + b"Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding"),
]


async def test_a_request_that_can_be_read_in_two_ways_is_400_and_says_why(gateway):
    for path in (b"/health", b"/api/v1/domains", b"/v1/mailboxes"):
        for headers, named in UNCLEAR:
            answer = await gateway.raw(request(path=path, headers=headers))
            assert (headers, 400) == (headers, status(answer))
            assert named in body(answer)["message"]
    assert body(await gateway.raw(request(path=b"/api/v1/emails", headers=b"")))["success"] is False


SINGLE = [
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "Last-Event-ID",
    "Origin",
    "Referer",
    "X-API-Key",
]


async def test_a_field_that_has_one_value_and_is_given_twice_is_400_and_named(gateway):
    inbox = (await gateway.inbox())["address"].encode()
    operators = b"/api/v1/admin/usage"
    for name in SINGLE:
        for path in (b"/health", b"/v1/mailboxes", b"/api/v1/sse/inbox/" + inbox, operators):
            for second in (b"1", b"2", b""):
                twice = name.lower().encode() + b": 1\r\nX-Between: 1\r\n" + name.encode() + b": " + second + b"\r\n"
                answer = await gateway.raw(request(path=path, headers=HOST + twice))
                assert (name, path, 400) == (name, path, status(answer))
                assert f"{name}: given more than once" == body(answer)["message"]


LENGTHS = [
    b"Content-Length: 2\r\nContent-Length: 2\r\n",
    b"Content-Length: 2\r\nContent-Length: 3\r\n",
    b"Content-Length: 2, 2\r\n",
    b"Content-Length: +2\r\n",
    b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: chunked, chunked\r\n",
    b"Transfer-Encoding: \x0bchunked\r\n",
]


async def test_behind_a_body_that_two_readers_could_end_at_two_places_nothing_is_answered(gateway):
    smuggled = request(path=b"/api/v1/domains")
    for lengths in LENGTHS:
        sent = request(b"POST", GENERATE, HOST + lengths) + b"2\r\n{}\r\n0\r\n\r\n" + smuggled
        answers = await gateway.raw_until_closed(sent)
        # The server drops a length beside chunks, as RFC 9112 section 6.3 lets it.
        is_dropped = {b"Content-Length: 2", b"Transfer-Encoding: chunked"} == set(lengths.split(b"\r\n")) - {b""}
        assert (lengths, 201 if is_dropped else 400) == (lengths, status(answers))
        assert b"200 OK" not in answers


async def test_credentials_in_both_fields_must_be_the_same(gateway):
    key, other = [(await gateway.account())["X-API-Key"] for _ in range(2)]
    for second, expected in ((key, 200), (other, 400), ("nonsense", 400), ("", 400)):
        headers = {"Authorization": f"Bearer {key}", "X-API-Key": second}
        answer = await gateway.http.get("/api/v1/account", headers=headers)
        assert (second, expected) == (second, answer.status_code)
        assert expected == 200 or "X-API-Key: differs" in answer.json()["message"]


async def test_a_client_cannot_choose_its_address_by_lines_of_its_own(gateway):
    """Proxies that add a line instead of an entry leave that of the client before theirs (RFC 9110 section 5.3)."""
    left = []
    for number in range(4):
        made_up = b"X-Forwarded-For: 203.0.113.%d\r\nForwarded: for=203.0.113.%d\r\n" % (number, number)
        answer = await gateway.raw(b"GET /api/v1/domains HTTP/1.1\r\n" + HOST + made_up + own_address(gateway))
        left.append(int(re.search(rb"x-ratelimit-remaining: (\d+)", answer)[1]))
    assert [left[0] - number for number in range(4)] == left


def own_address(gateway):
    return b"X-Forwarded-For: " + gateway.http.headers["X-Forwarded-For"].encode() + b"\r\n\r\n"


async def test_targets_and_versions_that_have_no_host_line_are_served(gateway):
    assert 200 == status(await gateway.raw(request(version=b"HTTP/1.0", headers=b"")))
    assert 200 == status(await gateway.raw(request(path=b"http://x/health")))
    assert 200 == status(await gateway.raw(request(path=b"http://other/health")))


async def test_no_answer_names_the_server(gateway):
    garbage = [b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET\r\n\r\n", request(headers=b"Host : x\r\n")]
    long = [request(path=b"/" + b"a" * 70_000), request(headers=HOST + b"X-A: " + b"a" * 500_000 + b"\r\n")]
    usual = [request(), request(b"HEAD"), request(b"PUT"), request(path=b"/nothing"), request(b"OPTIONS")]
    for sent in [*garbage, *long, *usual]:
        answer = await gateway.raw(sent)
        lines = [line for line in answer.lower().split(b"\r\n") if line.startswith(b"server:")]
        assert lines in ([], [b"server: "])
        assert b"granian" not in answer.lower()


async def test_lines_that_are_too_long_have_their_own_statuses(gateway):
    assert 414 == status(await gateway.raw(request(path=b"/" + b"a" * 70_000)))
    assert 431 == status(await gateway.raw(request(headers=HOST + b"X-A: a\r\n" * 200)))


async def test_an_encoded_slash_separates_nothing(gateway):
    for path in (b"/api%2Fv1/domains", b"/api/v1%2fdomains"):
        assert 404 == status(await gateway.raw(request(path=path)))


async def test_a_query_that_is_not_utf8_is_400(gateway):
    for path in (b"/api/v1/inboxes/a@mayfly.test/messages?q=%FC", b"/v1/mailboxes?q=caf%E9&limit=1"):
        answer = await gateway.raw(request(path=path))
        assert (400, True) == (status(answer), "UTF-8" in body(answer)["message"])
    # The character that stands for what cannot be decoded is a character like others.
    assert 404 == status(await gateway.raw(request(path=b"/api/v1/inboxes/a@mayfly.test/messages?q=%EF%BF%BD")))


async def test_a_compressed_body_is_415_on_every_path_and_nothing_is_made(gateway):
    key = await gateway.account()
    inbox = await gateway.inbox(key)
    mail = f"/api/v1/inboxes/{inbox['address']}/messages"
    kinds = (
        ("/api/v1/inboxes", "application/json"),
        ("/v1/mailboxes", "application/json"),
        ("/api/v1/emails/create", "application/json"),
        (mail, "message/rfc822"),
        (mail, "multipart/form-data; boundary=x"),
    )
    for (path, kind), coding in product(kinds, ("gzip", "br", "identity, gzip", "x-unknown")):
        headers = {**key, "Content-Type": kind, "Content-Encoding": coding}
        answer = await gateway.http.post(path, content=gzip.compress(b"{}"), headers=headers)
        found = answer.status_code, answer.headers.get("accept-encoding")
        assert (path, coding, 415, "identity") == (path, coding, *found)
        assert "unsupported_media_type" == answer.json()["error"]
    assert 1 == len((await gateway.http.get("/api/v1/inboxes", headers=key)).json())
    assert [] == (await gateway.http.get(mail, headers=key)).json()


async def test_identity_is_no_encoding(gateway):
    answer = await gateway.http.post(GENERATE.decode(), json={}, headers={"Content-Encoding": "identity"})
    assert 201 == answer.status_code


def sent_then_read(url, octets):
    """Most clients read nothing until all is sent, and give up when sending fails; asyncio's streams would read."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        for start in range(0, len(octets), 65536):
            connection.sendall(octets[start : start + 65536])
        return connection.recv(65536)


async def test_an_answer_to_a_body_still_being_sent_arrives(gateway):
    """Closing at once would reset the connection, and drop the answer on its way (RFC 9112 section 9.6)."""
    large = b"x" * 3_000_000
    for _ in range(50):
        for path, expected in ((GENERATE, 413), (b"/api/v1/inboxes", 401)):
            sent = request(b"POST", path, body=large)
            assert expected == status(await asyncio.to_thread(sent_then_read, gateway.url, sent))


async def test_a_client_that_waits_for_100_continue_is_answered_at_once(gateway):
    headers = HOST + b"Expect: 100-continue\r\nContent-Length: 3000000\r\n"
    async with asyncio.timeout(5):
        assert 413 == status(await gateway.raw(request(b"POST", GENERATE, headers)))
        allowed = request(b"POST", GENERATE, HOST + b"Expect: 100-continue\r\nContent-Length: 2\r\n")
        assert 100 == status(await gateway.raw(allowed))


async def test_a_body_that_ends_early_or_is_badly_chunked_is_400(gateway):
    cut = request(b"POST", GENERATE, HOST + b"Content-Length: 10\r\n") + b"{}"
    bad = request(b"POST", GENERATE, HOST + b"Transfer-Encoding: chunked\r\n") + b"zz\r\n{}\r\n0\r\n\r\n"
    for sent in (cut, bad):
        answer = await gateway.raw(sent, ended=True)
        assert (400, True) == (status(answer), "incomplete" in body(answer)["message"])


async def test_a_body_that_stops_arriving_is_408(make_gateway):
    gateway = await make_gateway(live_stall_seconds=1)
    answer = await gateway.raw(request(b"POST", GENERATE, HOST + b"Content-Length: 10\r\n") + b"{}")
    assert (408, "request_timeout") == (status(answer), body(answer)["error"])


async def test_a_chunked_body_with_extensions_and_trailers_is_read(gateway):
    chunks = b"1;a=b\r\n{\r\n1\r\n}\r\n0\r\nX-T: 1\r\n\r\n"
    assert 201 == status(
        await gateway.raw(request(b"POST", GENERATE, HOST + b"Transfer-Encoding: chunked\r\n") + chunks)
    )


async def test_json_as_programs_write_it(gateway):
    for kind in ("application/json", "application/json; charset=utf-8", "text/plain", "application/vnd.api+json", None):
        headers = {} if kind is None else {"Content-Type": kind}
        for octets in (b"{}", b"\xef\xbb\xbf{}", b""):
            answer = await gateway.http.post(GENERATE.decode(), content=octets, headers=headers)
            assert (kind, octets, 201) == (kind, octets, answer.status_code)
            await gateway.http.delete(
                f"/api/v1/inboxes/{answer.json()['address']}",
                headers={"Authorization": f"Bearer {answer.json()['token']}"},
            )


NOT_JSON = [
    ("{}".encode("utf-16"), "application/json", "UTF-8"),
    ("{}".encode("utf-16-be"), "application/json; charset=utf-16", "UTF-8"),
    (b'{"label":"\xe9"}', "application/json; charset=iso-8859-1", "UTF-8"),
    (b"local_part=abc", "application/x-www-form-urlencoded", "sent as application/x-www-form-urlencoded"),
    (b'{"a": 1,}', "application/json", "trailing comma in object (byte 8)"),
]


async def test_what_is_no_json_is_400_and_says_where(gateway):
    for octets, kind, told in NOT_JSON:
        answer = await gateway.http.post(GENERATE.decode(), content=octets, headers={"Content-Type": kind})
        assert (octets, 400) == (octets, answer.status_code)
        assert told in answer.json()["message"]


def part(name, octets, kind=""):
    head = b'--x\r\nContent-Disposition: form-data; name="%b"\r\n' % name
    return head + (b"Content-Type: %b\r\n" % kind if kind else b"") + b"\r\n" + octets + b"\r\n"


async def test_form_fields_are_decoded_by_few_charsets_only(gateway):
    """Python's own codecs take hours for some input: 26 MiB of punycode would hold the process."""
    inbox = await gateway.inbox()
    path = f"/api/v1/inboxes/{inbox['address']}/messages"
    sender = part(b"sender", b"a@acme.example")
    for subject, expected in (
        (part(b"subject", b"-" + b"a" * 500_000, b"text/plain; charset=punycode"), 400),
        (part(b"subject", b"abc", b"text/plain; charset=utf-16"), 400),
        (part(b"subject", b"abc", b"text/plain; charset=unheard-of"), 400),
        (part(b"subject", b"\xff"), 400),
        (part(b"subject", b"Gr\xfc\xdfe", b"text/plain; charset=ISO-8859-1"), 202),
        (part(b"subject", "Grüße".encode()), 202),
    ):
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        async with asyncio.timeout(5):
            answer = await gateway.http.post(path, content=sender + subject + b"--x--\r\n", headers=headers)
        assert (subject[:99], expected) == (subject[:99], answer.status_code)
        assert expected == 202 or "subject" in answer.json()["message"]


async def test_forms_that_are_none_are_400_and_say_what_is_missing(gateway):
    inbox = await gateway.inbox()
    path = f"/api/v1/inboxes/{inbox['address']}/messages"
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        f'multipart/form-data; boundary="{"a" * 300}"',
    ):
        answer = await gateway.http.post(path, content=b"x", headers={"Content-Type": kind})
        assert (kind, 400) == (kind, answer.status_code)
        assert "JSON" not in answer.json()["message"]
        assert "malformed request" != answer.json()["message"]


async def test_a_plus_sign_in_a_recipient_filter_need_not_be_encoded(gateway, deliver):
    inbox = await gateway.inbox()
    name = inbox["address"].replace("@", "+tag@")
    await deliver(inbox, to=[name])
    path = f"/api/v1/inboxes/{inbox['address']}/messages/wait?timeout=0&to="
    for pattern in (name, name.replace("+", "%2B")):
        assert (pattern, 200) == (pattern, (await gateway.http.get(path + pattern)).status_code)
