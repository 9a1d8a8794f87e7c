"""RFC 5321 and its extensions, as a peer on the wire sees them."""

import pytest

pytestmark = pytest.mark.xdist_group("smtp")


@pytest.fixture
def peer(smtp):
    peer = smtp.peer()
    assert peer.code() == 220
    return peer


def test_greeting_names_the_host(smtp):
    assert (220, "mayfly.test ESMTP Mayfly") == smtp.peer().reply()


def test_ehlo_offers_what_works(peer):
    code, text = peer.ask("EHLO me")
    assert code == 250
    offers = ["SIZE 26214400", "STARTTLS", "AUTH PLAIN LOGIN", "8BITMIME", "SMTPUTF8", "PIPELINING"]
    assert [*offers, "ENHANCEDSTATUSCODES", "HELP"] == text.split("\n")[1:]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("NOOP", "250 2.0.0"),
        ("NOOP whatever", "250 2.0.0"),
        ("RSET", "250 2.0.0"),
        ("RSET x", "501 5.5.4"),
        ("VRFY postmaster", "252 2.5.2"),
        ("VRFY", "501 5.5.4"),
        ("HELP", "214 2.0.0"),
        ("HELP MAIL", "214 2.0.0"),
        ("EXPN list", "502 5.5.1"),
        ("AUTH PLAIN AGEAYg==", "503 5.5.1"),
        ("BDAT 3 LAST", "502 5.5.1"),
        ("NONSENSE", "500 5.5.1"),
        ("", "500 5.5.1"),
        ("EHLO", "501 5.5.4"),
        ("MAIL FROM:<a@b.c>", "503 5.5.1"),
        ("RCPT TO:<a@b.c>", "503 5.5.1"),
        ("DATA", "503 5.5.1"),
        ("QUIT now", "501 5.5.4"),
        ("QUIT", "221 2.0.0"),
    ],
)
def test_every_reply_bears_an_enhanced_code(peer, command, expected):
    code, text = peer.ask(command)
    assert expected == f"{code} {text.split()[0]}"


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("FROM:<>", "250 2.1.0"),
        ("from: <a@b.c>", "250 2.1.0"),
        ("FROM:<@relay.example:a@b.c>", "250 2.1.0"),
        ("FROM:<a@b.c> SIZE=26214400 BODY=8BITMIME", "250 2.1.0"),
        ("FROM:<grün@b.c> SMTPUTF8", "250 2.1.0"),
        ("FROM:<grün@b.c>", "553 5.6.7"),
        ("FROM:<a@b.c> SIZE=26214401", "552 5.3.4"),
        ("FROM:<a@b.c> SIZE=99999999999999999999999", "501 5.5.4"),
        ("FROM:<a@b.c> SIZE=x", "501 5.5.4"),
        ("FROM:<a@b.c> SIZE=1 SIZE=2", "501 5.5.4"),
        ("FROM:<a@b.c> BODY=BINARYMIME", "501 5.5.4"),
        ("FROM:<a@b.c> RET=FULL", "555 5.5.4"),
        ("FROM:a@b.c SIZE=1", "250 2.1.0"),
        ("FROM: a@b.c", "250 2.1.0"),
        ("FROM:<root@[192.0.2.1]>", "250 2.1.0"),
        ('FROM:<"odd user"@b.c>', "250 2.1.0"),
        ('FROM:<"a\\"b@>"@b.c>', "250 2.1.0"),
        ("FROM:<a@b.c> AUTH=<>", "250 2.1.0"),
        ("FROM:<a@b.c> AUTH=a+3Db@example.org", "250 2.1.0"),
        ("FROM:<a@b.c> AUTH=a=b@example.org", "501 5.5.4"),
        ("FROM:<a@b.c> AUTH", "250 2.1.0"),
        ("FROM:<Name <a@b.c>>", "501 5.5.4"),
        ('FROM:<"a@b.c>', "501 5.5.4"),
        ("FROM:<a@b.c", "501 5.5.4"),
        ("FROM:<a@b.c>x", "501 5.5.4"),
        ("FROM:<a b@b.c>", "501 5.5.4"),
        ("FROM:<" + "a" * 300 + "@b.c>", "501 5.5.4"),
        ("TO:<a@b.c>", "501 5.5.4"),
    ],
)
def test_mail_argument(peer, argument, expected):
    peer.ask("EHLO me")
    code, text = peer.ask(f"MAIL {argument}")
    assert expected == f"{code} {text.split()[0]}"


@pytest.mark.parametrize("name", ["PhpStorm 2017.2", "under_score", "[IPv6:2001:db8::1]", "MÜLLER-PC", b"M\xdcLLER-PC"])
def test_a_computer_may_have_any_name(peer, name):
    assert 250 == peer.ask(b"EHLO " + (name.encode() if isinstance(name, str) else name))[0]


def test_a_second_mail_waits_for_the_first(peer):
    peer.ask("EHLO me")
    peer.ask("MAIL FROM:<a@b.c>")
    assert 503 == peer.ask("MAIL FROM:<a@b.c>")[0]


def test_parameters_are_for_those_who_said_ehlo(peer):
    peer.ask("HELO me")
    assert 555 == peer.ask("MAIL FROM:<a@b.c> SIZE=1")[0]


@pytest.mark.parametrize(
    "line",
    [
        b"NOOP\n",
        b"NO\rOP\r\n",
        b"NOOP\r\r\n",
        b"NO\0OP\r\n",
        b"NOOP \xff\r\n",
        b"NOOP \x1b[2J\r\n",
        b"MAIL FROM:<a\0@b.c>\r\n",
        b"MAIL FROM:<a\r@b.c>\r\n",
    ],
)
def test_a_command_is_printable_text_that_ends_with_crlf(peer, line):
    peer.send(line)
    assert (500, "5.5.2 Commands are printable text and end with <CR><LF>") == peer.reply()
    assert 250 == peer.ask("NOOP")[0]


def test_a_long_command_line_is_refused_and_gone(peer):
    assert (500, "5.5.2 Command line too long") == peer.ask(b"NOOP " + b"x" * 3000)
    assert (500, "5.5.2 Command line too long") == peer.ask(b"NOOP " + b"x" * 60_000)
    assert 250 == peer.ask("NOOP")[0]


def test_an_endless_command_line_ends_the_connection(peer):
    peer.send(b"x" * 200_000)
    assert 421 == peer.code()
    assert peer.is_closed()


@pytest.mark.parametrize("line", ["GET / HTTP/1.1", "POST / HTTP/1.1", "CONNECT a:25 HTTP/1.1"])
def test_a_web_browser_is_sent_away(peer, line):
    assert 421 == peer.ask(line)[0]
    assert peer.is_closed()


def test_commands_sent_together_are_answered_in_order(smtp):
    address, peer = smtp.inbox(), smtp.peer()
    peer.send(
        b"EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<%b>\r\nRCPT TO:<nobody@mayfly.test>\r\nNOOP\r\nDATA\r\n"
        % address.encode()
    )
    assert [220, 250, 250, 250, 550, 250, 354] == [peer.code() for _ in range(7)]
    peer.send(b"Subject: one\r\n\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<%b>\r\nDATA\r\n" % address.encode())
    assert [250, 250, 250, 354] == [peer.code() for _ in range(4)]
    peer.send(b"Subject: two\r\n\r\n.\r\nQUIT\r\n")
    assert [250, 221] == [peer.code() for _ in range(2)]
    assert peer.is_closed()
    assert [b"one", b"two"] == [mail.octets.split(b"Subject: ")[1].split()[0] for mail in smtp.mails()]


def test_a_peer_may_send_everything_and_shut_its_side(smtp):
    address, peer = smtp.inbox(), smtp.peer()
    peer.send(b"EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<%b>\r\nDATA\r\nall at once\r\n.\r\nQUIT\r\n" % address.encode())
    peer.socket.shutdown(1)
    assert [220, 250, 250, 250, 354, 250, 221] == [peer.code() for _ in range(7)]
    assert b"all at once\r\n" == smtp.only_content()


def test_rset_forgets_the_transaction(smtp):
    peer = smtp.peer()
    assert [250] == peer.begin(smtp.inbox())
    assert 250 == peer.ask("RSET")[0]
    assert 503 == peer.ask("DATA")[0]
    assert [] == smtp.mails()


def test_ehlo_in_the_middle_forgets_the_transaction(smtp):
    peer = smtp.peer()
    assert [250] == peer.begin(smtp.inbox())
    assert 250 == peer.ask("EHLO again")[0]
    assert 503 == peer.ask("DATA")[0]


def test_data_without_a_good_recipient_is_554(smtp):
    peer = smtp.peer()
    assert [550] == peer.begin("nobody@mayfly.test")
    assert 554 == peer.ask("DATA")[0]


def test_trace_lines_tell_who_brought_it(smtp):
    address, peer = smtp.inbox(), smtp.peer()
    peer.begin(address, sender="")
    reply = peer.data(b"Subject: x\r\n\r\nhello")[1]
    (mail,) = smtp.mails()
    lines = mail.octets.decode().split("\r\n")
    assert "Return-Path: <>" == lines[0]
    assert "Received: from peer.example.org ([127.0.0.1])" == lines[1]
    assert f"\tby mayfly.test with ESMTP id {mail.event_id}" == lines[2]
    assert f"\tfor <{address}>;" == lines[3]
    assert mail.octets.endswith(b" +0000\r\nSubject: x\r\n\r\nhello\r\n")
    assert reply.endswith(mail.event_id)


def test_a_helo_cannot_write_header_fields(smtp):
    address, peer = smtp.inbox(), smtp.peer()
    peer.code()
    assert 250 == peer.ask("EHLO (x);by<evil>")[0]
    peer.mail(address)
    peer.data(b"x")
    (mail,) = smtp.mails()
    assert b"Received: from ?x??by?evil? ([127.0.0.1])" in mail.octets


def test_the_envelope_is_what_was_said(smtp):
    first, second = smtp.inbox(), smtp.inbox()
    peer = smtp.peer()
    local, _, domain = first.partition("@")
    assert [250, 250, 250, 250] == peer.begin(f"{local.upper()}+shop@{domain}", second, first, first)
    assert 250 == peer.data(b"x")[0]
    (mail,) = smtp.mails()
    assert ("peer@example.org", "peer.example.org", "127.0.0.1", False, "smtp") == (
        mail.envelope.reverse_path,
        mail.envelope.helo,
        mail.envelope.peer_address,
        mail.envelope.tls,
        mail.envelope.source,
    )
    one, two = smtp.inbox_id(first), smtp.inbox_id(second)
    assert [(one, "shop"), (two, ""), (one, ""), (one, "")] == [
        (recipient.inbox_id, recipient.tag) for recipient in mail.envelope.recipients
    ]
    assert b"\tfor <" not in mail.octets


@pytest.mark.parametrize(
    ("said", "word"),
    [("HELO me", b"with SMTP "), ("EHLO me", b"with ESMTP ")],
)
def test_the_protocol_word(smtp, said, word):
    address, peer = smtp.inbox(), smtp.peer()
    peer.code()
    peer.ask(said)
    peer.mail(address)
    peer.data(b"x")
    assert word in smtp.mails()[0].octets


def test_a_message_of_any_octets_comes_through_unchanged(smtp):
    octets = bytes(range(256)) * 50 + b"\r\n..\r\n.x\r\n" + "grüße".encode() + b"\r\n"
    address, peer = smtp.inbox(), smtp.peer()
    peer.begin(address)
    stuffed = octets.replace(b"\r\n.", b"\r\n..")
    assert 250 == peer.data(stuffed.removesuffix(b"\r\n"))[0]
    assert octets == smtp.only_content()


def test_a_reverse_path_is_written_as_it_was_quoted(smtp):
    address, peer = smtp.inbox(), smtp.peer()
    peer.begin(address, sender='"odd \\"user\\" <x>"@example.org')
    peer.data(b"x")
    (mail,) = smtp.mails()
    assert '"odd \\"user\\" <x>"@example.org' == mail.envelope.reverse_path
    assert mail.octets.startswith(b'Return-Path: <"odd \\"user\\" <x>"@example.org>\r\n')


@pytest.mark.parametrize("greeting", ["EHLO me", "HELO me"])
def test_octets_that_break_the_rules_are_kept(smtp, greeting):
    """NUL, 8 bit without 8BITMIME, lone CR, lone LF, CRCRLF and a line of three megabytes."""
    octets = b"Subject: Gr\xfc\xdfe\n\nnul \0 cr \r lf \n both \r\n twice \r\r\n\xff\xfe" + b"x" * 3_000_000 + b"\r\n"
    address, peer = smtp.inbox(), smtp.peer()
    peer.code()
    peer.ask(greeting)
    peer.mail(address)
    assert 250 == peer.data(octets.removesuffix(b"\r\n"))[0]
    assert octets == smtp.only_content()


def test_an_empty_message_is_a_message(smtp):
    address, peer = smtp.inbox(), smtp.peer()
    peer.begin(address)
    assert 354 == peer.ask("DATA")[0]
    peer.send(b".\r\n")
    assert 250 == peer.code()
    assert b"" == smtp.only_content()


def test_a_large_message_goes_by_claim_check(smtp):
    octets = (b"0123456789" * 7 + b"\r\n") * 28_000
    address, peer = smtp.inbox(), smtp.peer()
    peer.begin(address)
    assert 250 == peer.data(octets.removesuffix(b"\r\n"))[0]
    assert octets == smtp.only_content()


@pytest.mark.parametrize("stage", ["greeting", "ehlo", "mail", "rcpt", "data", "half", "almost"])
def test_a_disconnect_leaves_no_message(smtp, stage):
    address, peer = smtp.inbox(), smtp.peer()
    lines = [b"", b"EHLO me\r\n", b"MAIL FROM:<>\r\n", b"RCPT TO:<%b>\r\n" % address.encode(), b"DATA\r\n"]
    lines += [b"Subject: half\r\n", b"\r\nbody\r\n."]
    stages = ["greeting", "ehlo", "mail", "rcpt", "data", "half", "almost"]
    for number, line in enumerate(lines[: stages.index(stage) + 1]):
        if line:
            peer.send(line)
        if number < 5:
            peer.code()
    peer.close()
    assert 250 == smtp.peer().begin(address)[0]
    assert [] == smtp.mails()
