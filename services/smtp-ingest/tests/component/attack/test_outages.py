"""When broker or store are out of reach or full: no 250 that is not kept, and nothing kept is lost."""

import signal
import threading
import time

import pytest

pytestmark = pytest.mark.xdist_group("smtp")

PATIENCE = {"MAYFLY_SMTP_ACK_SECONDS": "1", "MAYFLY_SMTP_LOOKUP_SECONDS": "1", "MAYFLY_SMTP_CACHE_SECONDS": "0"}


def until(code, ask, seconds=15):
    """Ask until the code comes; every other answer on the way."""
    others, deadline = [], time.monotonic() + seconds
    while (answer := ask()) != code:
        others.append(answer)
        assert time.monotonic() < deadline, others
        time.sleep(0.05)
    return others


def test_451_while_the_broker_is_out_of_reach(start, relay, nats_url):
    way = relay(nats_url)
    smtp = start(MAYFLY_NATS_URL=f"nats://127.0.0.1:{way.port}", **PATIENCE)
    smtp.mails()
    address, peer = smtp.inbox(), smtp.peer()
    peer.begin(address)
    way.cut()
    assert (451, "4.3.0 Cannot take mail now, try again later") == peer.data(b"in the outage")

    way.mend()

    def ask():
        assert peer.mail(address) == [250]
        return peer.data(b"after the outage")[0]

    assert {451} >= set(until(250, ask))
    assert [b"after the outage\r\n"] == [mail.octets.rpartition(b"+0000\r\n")[2] for mail in smtp.mails()]


def test_451_while_the_store_is_out_of_reach(start, relay, mongo_uri):
    way = relay(mongo_uri)
    smtp = start(MAYFLY_MONGO_URI=f"mongodb://127.0.0.1:{way.port}/?directConnection=true", **PATIENCE)
    address = smtp.inbox()
    peer = smtp.peer()
    assert [250] == peer.begin(address)
    way.cut()
    assert (451, "4.3.0 Cannot take mail now, try again later") == peer.ask(f"RCPT TO:<{smtp_other(address)}>")
    assert 451 == peer.ask(f"RCPT TO:<{address}>")[0]
    way.mend()
    assert {451} >= set(until(250, lambda: peer.ask(f"RCPT TO:<{address}>")[0]))


def smtp_other(address):
    return f"other-{address}"


def test_a_full_stream_is_452_and_loses_nothing_old(smtp):
    address, peer = smtp.inbox(), smtp.peer()
    peer.begin(address)
    assert 250 == peer.data(b"old")[0]
    smtp.limit_stream(20_000)
    try:
        peer.mail(address)
        assert (452, "4.3.1 No room for mail now, try again later") == peer.data(b"x" * 30_000)
    finally:
        smtp.limit_stream(8 * 1024**3)
    assert b"old\r\n" == smtp.only_content()


def test_an_open_transaction_outlives_sigterm_and_an_idle_peer_does_not(start):
    smtp = start()
    smtp.mails()
    busy, idle = smtp.peer(), smtp.peer()
    busy.begin(smtp.inbox())
    assert 220 == idle.code()
    assert 354 == busy.ask("DATA")[0]
    with smtp.another():
        smtp.process.send_signal(signal.SIGTERM)
        assert (421, "4.3.2 Service is stopping, try again") == idle.reply()
        busy.send(b"the last mail\r\n.\r\n")
        assert 250 == busy.code()
        assert 421 == busy.code()
        assert 0 == smtp.process.wait(10)
        assert 220 == smtp.peer().code()
    assert b"the last mail\r\n" == smtp.only_content()
    smtp.process = smtp.spawn()
    smtp.wait()


def test_a_killed_process_kept_every_mail_that_got_250(start):
    smtp = start()
    smtp.mails()
    address, accepted = smtp.inbox(), []

    def send():
        try:
            peer = smtp.peer()
            peer.begin(address)
            while True:
                code, text = peer.data(b"x" * 500)
                if code == 250:
                    accepted.append(text.split()[-1])
                peer.mail(address)
        except (OSError, EOFError, AssertionError):
            return

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    while len(accepted) < 50:
        time.sleep(0.01)
    smtp.process.kill()
    smtp.process.wait(10)
    for sender in senders:
        sender.join(10)
    smtp.process = smtp.spawn()
    smtp.wait()
    kept = [mail.event_id for mail in smtp.mails()]
    assert set(accepted) <= set(kept)
    assert len(kept) == len(set(kept))


def test_bad_settings_end_the_start_with_every_fault_named(smtp):
    bad = smtp.spawn(
        MAYFLY_SMTP_PORT="70000",
        MAYFLY_SMTP_PROXY_CIDRS="nonsense",
        MAYFLY_SMTP_TLS_CERT_FILE="/nowhere.pem",
    )
    assert 2 == bad.wait(20)


def test_a_file_that_is_no_certificate_ends_the_start(smtp, tmp_path):
    pem = tmp_path / "bad.pem"
    pem.write_text("no certificate")
    bad = smtp.spawn(MAYFLY_SMTP_TLS_CERT_FILE=str(pem), MAYFLY_SMTP_TLS_KEY_FILE=str(pem), MAYFLY_PROBE_PORT="0")
    assert 1 == bad.wait(20)
