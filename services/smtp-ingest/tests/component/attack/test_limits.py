"""Every limit, and the reply that names it."""

import socket
import time

import pytest

pytestmark = pytest.mark.xdist_group("smtp")

OPEN = {"MAYFLY_SMTP_EXEMPT_CIDRS": "192.0.2.0/24"}


@pytest.fixture(scope="module")
def module_strict(start):
    """Small limits that do not get in one another's way."""
    return start(
        **OPEN,
        MAYFLY_SMTP_MESSAGE_OCTETS="20000",
        MAYFLY_SMTP_RECIPIENTS="3",
        MAYFLY_SMTP_RCPT_COMMANDS="8",
        MAYFLY_SMTP_TRANSACTIONS="2",
        MAYFLY_SMTP_ERRORS="4",
        MAYFLY_SMTP_IDLE_COMMANDS="6",
        MAYFLY_SMTP_MAILS_PER_MINUTE_PER_INBOX="2",
    )


@pytest.fixture
def strict(module_strict):
    module_strict.mails()
    return module_strict


def test_the_largest_message_passes_and_one_octet_more_does_not(strict):
    peer = strict.peer()
    peer.begin(strict.inbox())
    line = b"x" * 98 + b"\r\n"
    assert 250 == peer.data(line * 199 + b"x" * 98)[0]
    assert 20_000 == len(strict.only_content())
    peer.mail(strict.inbox())
    assert (552, "5.3.4 Message exceeds the size limit") == peer.data(line * 199 + b"x" * 99)
    assert 250 == peer.ask("NOOP")[0]
    assert [] == strict.mails()


def test_a_declared_size_over_the_limit_is_refused_at_mail(strict):
    peer = strict.peer()
    peer.code()
    peer.ask("EHLO me")
    assert (552, "5.3.4 Message exceeds the size limit") == peer.ask("MAIL FROM:<> SIZE=20001")


def test_a_line_may_be_as_long_as_the_message(strict):
    peer = strict.peer()
    peer.begin(strict.inbox())
    assert 250 == peer.data(b"x" * 19_998)[0]
    assert 20_000 == len(strict.only_content())


def test_recipients_of_one_transaction(strict):
    peer = strict.peer()
    assert [250, 250, 250, 452] == peer.begin(*(strict.inbox() for _ in range(4)))
    assert 250 == peer.data(b"x")[0]
    (mail,) = strict.mails()
    assert 3 == len(mail.envelope.recipients)


def test_the_reply_over_the_recipient_limit(strict):
    peer = strict.peer()
    peer.begin(*(strict.inbox() for _ in range(3)))
    assert (452, "4.5.3 Too many recipients in one transaction") == peer.ask(f"RCPT TO:<{strict.inbox()}>")


def test_an_inbox_named_again_counts_as_a_recipient(strict):
    """RFC 5321 section 4.5.3.1.10: 452, and the mail goes to those that were accepted."""
    address, peer = strict.inbox(), strict.peer()
    assert [250, 250, 250, 452, 452] == peer.begin(*[address] * 5)
    assert 250 == peer.data(b"x")[0]
    (mail,) = strict.mails()
    assert [address] * 3 == [recipient.forward_path for recipient in mail.envelope.recipients]


def test_rcpt_commands_without_a_mail_end_the_connection(strict):
    address, peer = strict.inbox(), strict.peer()
    peer.begin()
    codes = [peer.ask(f"RCPT TO:<{address}>")[0] for _ in range(5)]
    peer.ask("RSET")
    peer.ask("MAIL FROM:<>")
    codes += [peer.ask(f"RCPT TO:<{address}>")[0] for _ in range(4)]
    assert [250, 250, 250, 452, 452, 250, 250, 250, 421] == codes
    assert peer.is_closed()


def test_a_mail_resets_the_count_of_rcpt_commands(strict):
    address, peer = strict.inbox(), strict.peer()
    peer.begin(*[address] * 5)
    peer.data(b"x")
    assert [250, 250, 250, 452, 452] == peer.mail(*[strict.inbox() for _ in range(5)])


def test_five_thousand_rcpt_commands_together(smtp):
    address, peer = smtp.inbox(), smtp.peer()
    peer.begin()
    peer.send(b"RCPT TO:<%b>\r\n" % address.encode() * 5000)
    codes = [peer.code() for _ in range(1001)]
    assert ([250] * 100 + [452] * 900 + [421]) == codes


def test_transactions_of_one_connection(strict):
    peer = strict.peer()
    peer.begin(strict.inbox())
    peer.data(b"one")
    peer.mail(strict.inbox())
    peer.data(b"two")
    assert (421, "4.7.0 Enough mails for one connection") == peer.ask("MAIL FROM:<>")
    assert peer.is_closed()


def test_errors_of_one_connection(strict):
    peer = strict.peer()
    peer.code()
    assert [500, 500, 500, 500, 421] == [peer.ask("NONSENSE")[0] for _ in range(5)]
    assert peer.is_closed()


def test_guessing_inboxes_runs_into_the_error_limit(strict):
    peer = strict.peer()
    peer.code()
    peer.ask("EHLO me")
    peer.ask("MAIL FROM:<>")
    assert [550, 550, 550, 550, 421] == [peer.ask(f"RCPT TO:<guess{n}@mayfly.test>")[0] for n in range(5)]
    assert peer.is_closed()


def test_commands_without_a_mail(strict):
    peer = strict.peer()
    peer.code()
    assert [250, 250, 250, 250, 250, 250, 421] == [peer.ask("NOOP")[0] for _ in range(7)]
    assert peer.is_closed()


def test_a_mail_resets_the_count_of_idle_commands(strict):
    peer = strict.peer()
    peer.begin(strict.inbox())
    assert [250, 250, 250] == [peer.ask("NOOP")[0] for _ in range(3)]
    peer.data(b"x")
    assert [250, 250, 250, 250] == [peer.ask("NOOP")[0] for _ in range(4)]


def test_mails_a_minute_to_one_inbox(strict):
    address = strict.inbox()
    for _ in range(2):
        peer = strict.peer()
        assert [250] == peer.begin(address)
        peer.data(b"x")
    peer = strict.peer()
    peer.begin()
    assert (451, "4.7.1 Too many mails to this inbox, try again later") == peer.ask(f"RCPT TO:<{address}>")


@pytest.fixture(scope="module")
def module_narrow(start):
    """Few connections, little patience, and little room in memory."""
    return start(
        **OPEN,
        MAYFLY_SMTP_CONNECTIONS="6",
        MAYFLY_SMTP_CONNECTIONS_PER_IP="3",
        MAYFLY_SMTP_IDLE_SECONDS="1",
        MAYFLY_SMTP_DATA_SECONDS="2.5",
        MAYFLY_SMTP_DATA_RATE="50",
        MAYFLY_SMTP_MAILS_PER_MINUTE_PER_IP="4",
    )


def test_connections_from_one_ip(module_narrow):
    peers = [module_narrow.peer("127.0.0.11") for _ in range(3)]
    assert [220, 220, 220] == [peer.code() for peer in peers]
    surplus = module_narrow.peer("127.0.0.11")
    assert (421, "4.7.0 Too many connections from your address") == surplus.reply()
    assert surplus.is_closed()
    other = module_narrow.peer("127.0.0.12")
    assert 220 == other.code()
    peers[0].ask("QUIT")
    assert peers[0].is_closed()
    again = module_narrow.peer("127.0.0.11")
    assert 220 == again.code()
    for peer in [*peers, other, again]:
        peer.close()


def test_connections_in_all(module_narrow):
    peers = [module_narrow.peer(f"127.0.0.{20 + number}") for number in range(7)]
    codes = [peer.code() for peer in peers]
    assert [220] * 6 + [421] == codes
    for peer in peers:
        peer.close()


def test_silence_ends_the_connection(module_narrow):
    peer = module_narrow.peer("127.0.0.31")
    assert 220 == peer.code()
    assert (421, "4.4.2 Nothing heard for too long") == peer.reply()
    assert peer.is_closed()


def test_a_stalled_message_ends_the_connection(module_narrow):
    address, peer = module_narrow.inbox(), module_narrow.peer("127.0.0.32")
    peer.begin(address)
    peer.ask("DATA")
    peer.send(b"x")
    assert (421, "4.4.2 Message comes too slowly") == peer.reply()
    assert peer.is_closed()


def test_a_message_that_drips_fast_enough_still_ends_after_its_time(module_narrow):
    address, peer = module_narrow.inbox(), module_narrow.peer("127.0.0.33")
    peer.begin(address)
    peer.ask("DATA")
    peer.socket.settimeout(0.05)
    begun, heard = time.monotonic(), b""
    while not heard and time.monotonic() - begun < 10:
        peer.send(b"x" * 100)
        try:
            heard = peer.socket.recv(1000)
        except TimeoutError:
            continue
    assert b"421 4.4.2 Message comes too slowly\r\n" == heard


def test_mails_a_minute_from_one_ip(module_narrow):
    address, codes = module_narrow.inbox(), []
    peer = module_narrow.peer("127.0.0.34")
    peer.code()
    peer.ask("EHLO me")
    for _ in range(5):
        codes.append(peer.ask("MAIL FROM:<>")[0])
        peer.ask("RSET")
    assert [250, 250, 250, 250, 451] == codes
    assert 250 == module_narrow.peer("127.0.0.35").begin(address)[0]


def test_unknown_recipients_count_as_mails_because_each_asks_the_store(module_narrow):
    peer = module_narrow.peer("127.0.0.36")
    assert [550, 550, 550] == peer.begin("guess1@mayfly.test", "guess2@mayfly.test", "guess@elsewhere.test")
    assert 250 == peer.ask("RSET")[0]
    assert (451, "4.7.1 Too many mails from your address, try again later") == peer.ask("MAIL FROM:<>")


def test_an_exempt_peer_is_not_bound_by_limits_per_ip(start):
    smtp = start(MAYFLY_SMTP_CONNECTIONS_PER_IP="1", MAYFLY_SMTP_MAILS_PER_MINUTE_PER_IP="1")
    peers = [smtp.peer() for _ in range(3)]
    assert [220, 220, 220] == [peer.code() for peer in peers]
    peers[0].ask("EHLO me")
    for _ in range(3):
        assert 250 == peers[0].ask("MAIL FROM:<>")[0]
        peers[0].ask("RSET")


@pytest.fixture(scope="module")
def small(start):
    """Room for one message of a megabyte in memory."""
    return start(
        MAYFLY_SMTP_MESSAGE_OCTETS="1000000",
        MAYFLY_SMTP_INFLIGHT_OCTETS="1048576",
        MAYFLY_SMTP_WAIT_SECONDS="0.2",
    )


def test_octets_count_as_they_arrive_also_without_any_line_end(small):
    peer = small.peer()
    peer.begin(small.inbox())
    assert (552, "5.3.4 Message exceeds the size limit") == peer.data(b"x" * 1_200_000)
    assert 250 == peer.ask("NOOP")[0]


def test_more_messages_at_once_than_memory_is_for_get_451(small):
    small.mails()
    line = b"x" * 998 + b"\r\n"
    first, second = small.peer(), small.peer()
    for peer in (first, second):
        peer.begin(small.inbox())
        assert 354 == peer.ask("DATA")[0]
    first.send(line * 700)
    small.wait_for_metric("mayfly_smtp_in_flight_octets", 700_000)
    second.send(line * 700 + b".\r\n")
    assert (451, "4.3.2 Too much mail at once, try again later") == second.reply()
    first.send(b".\r\n")
    assert 250 == first.code()
    assert 250 == second.mail(small.inbox())[0]
    assert 250 == second.data(line * 700)[0]
    assert 2 == len(small.mails())


def test_memory_is_flat_while_an_endless_line_arrives(small):
    peer = small.peer()
    peer.begin(small.inbox())
    peer.ask("DATA")
    before = small.rss_mb()
    sent = 0
    try:
        while sent < 300:
            peer.send(b"x" * 1_000_000)
            sent += 1
    except OSError:
        pass
    assert sent < 300
    assert small.rss_mb() < before + 15
    assert 220 == small.peer().code()


def test_memory_is_flat_while_a_peer_reads_no_replies(smtp):
    peer = smtp.peer()
    peer.code()
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    before = smtp.rss_mb()
    peer.socket.settimeout(1)
    try:
        for _ in range(200):
            peer.send(b"HELP\r\n" * 10_000)
    except OSError:
        pass
    assert smtp.rss_mb() < before + 15
