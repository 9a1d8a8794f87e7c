"""Paths, command lines, PROXY headers, trace lines, replies, limits, settings: the parts without sockets."""

import struct
from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mayfly.events.facts import Envelope, Recipient
from mayfly.failures import PermanentFailure, StorageFull, TransientFailure
from mayfly.records.fault_plan import FaultStep
from mayfly.service.settings import SettingsError, load
from smtp_ingest.domain import replies
from smtp_ingest.domain.commands import parse_command, parse_path
from smtp_ingest.domain.faults import fault_reply
from smtp_ingest.domain.limits import Occupancy, RatePerMinute
from smtp_ingest.domain.paths import PathArgument, parse_argument, unquoted
from smtp_ingest.domain.proxy import ProxyHeader, parse_proxy_header
from smtp_ingest.domain.replies import Rejected, Reply
from smtp_ingest.domain.trace import trace_lines
from smtp_ingest.errors import BadSyntax
from smtp_ingest.settings import Settings

ALL_REPLIES = {name: reply for name, reply in vars(replies).items() if isinstance(reply, Reply)}


@pytest.mark.parametrize("name", ALL_REPLIES)
def test_the_enhanced_code_fits_the_code(name):
    reply = ALL_REPLIES[name]
    if reply.code == 354:
        assert "" == reply.enhanced
    else:
        assert str(reply.code)[0] == reply.enhanced[0]


@pytest.mark.parametrize("name", ALL_REPLIES)
def test_421_and_goodbye_close_and_little_else_does(name):
    reply = ALL_REPLIES[name]
    assert (reply.code in (221, 421) or name == "ENDLESS_DATA") == reply.closes


@pytest.mark.parametrize(
    ("failure", "code"),
    [(StorageFull("full"), 452), (TransientFailure("away"), 451), (PermanentFailure("never"), 554)],
)
def test_a_failure_has_one_reply(failure, code):
    assert code == replies.failed(failure).code


def test_a_reply_never_tells_the_reason_of_a_failure():
    assert b"secret" not in replies.failed(TransientFailure("secret")).encode()


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("FROM:<>", PathArgument("", {})),
        (
            "From:<a@b.c> SIZE=5 body=8bitmime SMTPUTF8",
            PathArgument("a@b.c", {"SIZE": "5", "BODY": "8bitmime", "SMTPUTF8": ""}),
        ),
        ("FROM:<@x.y,@z.w:a@b.c>", PathArgument("a@b.c", {})),
        ('FROM:<"a"@b.c>', PathArgument("a@b.c", {})),
        ('FROM:<"a\\b"@b.c>', PathArgument("ab@b.c", {})),
        ("FROM:   <a@b.c>", PathArgument("a@b.c", {})),
        ("FROM:a@b.c", PathArgument("a@b.c", {})),
        ("FROM: a@b.c SIZE=5", PathArgument("a@b.c", {"SIZE": "5"})),
        ("FROM:<postmaster>", PathArgument("postmaster", {})),
        ("FROM:<a@[192.0.2.1]>", PathArgument("a@[192.0.2.1]", {})),
        ("FROM:<a@[IPv6:2001:db8::1]>", PathArgument("a@[IPv6:2001:db8::1]", {})),
        ('FROM:<"odd user"@b.c>', PathArgument('"odd user"@b.c', {})),
        ('FROM:"odd user"@b.c SIZE=5', PathArgument('"odd user"@b.c', {"SIZE": "5"})),
        ('FROM:<"a>"@b.c>', PathArgument('"a>"@b.c', {})),
        ('FROM:<"a@b"@c>', PathArgument('"a@b"@c', {})),
        ('FROM:<"a\\"\\\\\\ \\x"@b.c>', PathArgument('"a\\"\\\\ x"@b.c', {})),
        ('FROM:<".a"@b.c>', PathArgument('".a"@b.c', {})),
        ('FROM:<"a..b"@b.c>', PathArgument('"a..b"@b.c', {})),
        ('FROM:<""@b.c>', PathArgument('""@b.c', {})),
        ('FROM:<@x.y:"a b"@b.c>', PathArgument('"a b"@b.c', {})),
    ],
)
def test_paths_and_parameters(argument, expected):
    assert expected == parse_argument("FROM", argument)


@pytest.mark.parametrize(
    "argument",
    [
        "",
        "FROM",
        "FROM:",
        "FROM:<",
        "FROM:<a@b.c",
        "FROM:<a>b@c>",
        "FROM:<a@b.c> =x",
        "FROM:<a@b.c> A A",
        "FROM:a b@c",
        "FROM:a@b.c>",
        'FROM:<"a@b.c>',
        'FROM:<"a">',
        'FROM:<"a"@>',
        'FROM:<"a"@b@c>',
        'FROM:<"a" @b.c>',
        'FROM:<"a"b@c>',
        'FROM:<a"b"@c>',
        "FROM:<a@[127.0.0.1>",
        "FROM:<[127.0.0.1]>",
        "FROM:<Name <a@b.c>>",
        'FROM:<"' + "x" * 300 + '"@b.c>',
    ],
)
def test_malformed_arguments(argument):
    with pytest.raises(BadSyntax):
        parse_argument("FROM", argument)


@given(st.text(max_size=80))
def test_an_argument_is_understood_or_refused(text):
    for argument in (text, f"TO:{text}", f"TO:<{text}>"):
        try:
            path = parse_path("TO", argument).path
        except Rejected:
            continue
        assert path.isprintable()
        if not path.startswith('"'):
            assert not set(path) & set('<>\r\n\0" ')
        assert path == parse_path("TO", f"TO:<{path}>").path


@given(st.text('ab.@ "\\<>,;:()[]é', max_size=20))
def test_a_quoted_local_part_keeps_its_content(content):
    escaped = content.replace("\\", "\\\\").replace('"', '\\"')
    path = parse_path("TO", f'TO:<"{escaped}"@b.c>').path
    assert f"{content}@b.c" == unquoted(path)


@given(st.binary(max_size=80))
def test_a_line_is_understood_or_refused(octets):
    with suppress(Rejected):
        verb, argument = parse_command(octets + b"\r\n")
        assert verb.isprintable()
        assert argument.isprintable()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"EHLO M\xdcLLER-PC\r\n", ("EHLO", "M\ufffdLLER-PC")),
        (b"helo  PhpStorm 2017.2 \r\n", ("HELO", "PhpStorm 2017.2")),
        ("EHLO Дмитрий-ПК\r\n".encode(), ("EHLO", "Дмитрий-ПК")),
    ],
)
def test_a_computer_may_have_any_name(line, expected):
    assert expected == parse_command(line)


@pytest.mark.parametrize("line", [b"NOOP \xff\r\n", b"EHLO \xff\x1b\r\n", b"MAIL FROM:<\xff@b.c>\r\n"])
def test_any_other_command_is_utf_8(line):
    with pytest.raises(Rejected):
        parse_command(line)


V2 = b"\r\n\r\n\0\r\nQUIT\n"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nrest", ProxyHeader("1.2.3.4", 32)),
        (b"PROXY UNKNOWN some thing\r\n", ProxyHeader(None, 26)),
        (b"PROXY UNKNOWN", None),
        (b"", None),
        (b"PROX", None),
        (V2[:7], None),
        (V2 + b"\x21\x11\0\x0c" + bytes(11), None),
        (V2 + b"\x21\x11\0\x0c\x01\x02\x03\x04" + bytes(8) + b"rest", ProxyHeader("1.2.3.4", 28)),
        (V2 + b"\x21\x21\0\x24" + bytes(15) + b"\x01" + bytes(20), ProxyHeader("::1", 52)),
        (V2 + b"\x21\x31\0\x02ab", ProxyHeader(None, 18)),
        (V2 + b"\x20\x00\0\0", ProxyHeader(None, 16)),
    ],
)
def test_proxy_headers(octets, expected):
    assert expected == parse_proxy_header(octets)


@given(st.binary(max_size=60), st.sampled_from([b"", b"PROXY ", b"PROXY TCP4 ", V2, V2 + b"\x21\x11\0\x0c"]))
def test_a_proxy_header_is_understood_or_refused(octets, start):
    try:
        header = parse_proxy_header(start + octets)
    except BadSyntax:
        return
    assert header is None or header.length <= len(start + octets)


@given(st.integers(0, 28))
def test_a_proxy_header_in_pieces_waits_for_all_of_it(cut):
    octets = V2 + b"\x21\x11" + struct.pack("!H", 12) + bytes(12)
    assert (None if cut < 28 else ProxyHeader("0.0.0.0", 28)) == parse_proxy_header(octets[:cut])


def envelope(*paths, **fields):
    return Envelope(
        "a@b.c", tuple(Recipient(path, path) for path in paths), **{"helo": "me", "peer_address": "::1"} | fields
    )


def trace(said, protocol="ESMTP"):
    moment = datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC)
    return trace_lines(said, event_id="e1", hostname="mx.test", protocol=protocol, received_at=moment).decode()


def test_trace_lines():
    assert (
        "Return-Path: <a@b.c>\r\n"
        "Received: from me ([IPv6:::1])\r\n"
        "\tby mx.test with ESMTP id e1\r\n"
        "\tfor <x@y.z>;\r\n"
        "\tSat, 21 Nov 2026 01:02:03 +0000\r\n"
    ) == trace(envelope("x@y.z"))


def test_other_recipients_stay_unknown():
    assert "y.z" not in trace(envelope("one@y.z", "two@y.z"))
    assert "for <one@y.z>" in trace(envelope("one@y.z", "one@y.z"))


@given(st.text())
def test_no_helo_makes_a_line_of_its_own(helo):
    text = trace(envelope("x@y.z", helo=helo))
    assert 5 == text.count("\n") == text.count("\r")


def test_a_rate_gives_its_limit_at_once_and_then_evenly():
    ticks = SimpleNamespace(now=0.0)
    rate = RatePerMinute(3, lambda: ticks.now)
    assert [True, True, True, False] == [rate.allow("a") for _ in range(4)]
    for moment, expected in ((19.9, False), (20, True), (20, False)):
        ticks.now = moment
        assert expected == rate.allow("a")
    assert rate.allow("b")


def test_a_rate_forgets_who_rests():
    ticks = SimpleNamespace(now=0.0)
    rate = RatePerMinute(1, lambda: ticks.now)
    rate.allow("a")
    ticks.now = 59
    rate.allow("b")
    ticks.now = 61
    rate.forget_full()
    assert rate.allow("a")
    assert not rate.allow("b")


def test_occupancy_counts_per_key():
    occupancy = Occupancy(1)
    assert occupancy.enter("a", exempt=False)
    assert not occupancy.enter("a", exempt=False)
    assert occupancy.enter("a", exempt=True)
    assert occupancy.enter("b", exempt=False)
    occupancy.leave("a")
    occupancy.leave("a")
    assert occupancy.enter("a", exempt=False)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (FaultStep(), None),
        (FaultStep(code=451), Reply(451, "4.3.0", "Local error, try again later")),
        (FaultStep(code=421, text="Later"), Reply(421, "4.3.2", "Later", closes=True)),
        (FaultStep(code=499), Reply(499, "4.0.0", "Refused by the fault plan")),
    ],
)
def test_what_a_step_says(step, expected):
    assert expected == fault_reply(step)


def test_settings_name_every_fault_at_once():
    with pytest.raises(SettingsError) as found:
        load(
            Settings,
            {
                "MAYFLY_SMTP_PROXY_CIDRS": "10.0.0.1/8",
                "MAYFLY_SMTP_EXEMPT_CIDRS": "x",
                "MAYFLY_SMTP_TLS_CERT_FILE": "/nowhere",
                "MAYFLY_SMTP_INFLIGHT_OCTETS": "2000000",
            },
        )
    assert 5 == len(found.value.faults)


def test_settings_have_defaults_that_go_together():
    assert 25 * 1024 * 1024 == load(Settings, {}).smtp_message_octets
