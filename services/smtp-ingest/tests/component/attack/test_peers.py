"""Real peers: smtplib always, swaks and smtp-source where they are installed; and what operators see of it."""

import json
import shutil
import smtplib
import ssl
import subprocess
from email.message import EmailMessage

import pytest

pytestmark = pytest.mark.xdist_group("smtp")


def test_smtplib_sends_over_tls_to_several(smtp):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@mayfly.test", "Grüße"
    message.set_content("Line\n.dot\n" * 1000)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", smtp.port, timeout=10) as peer:
        peer.starttls(context=context)
        assert {} == peer.send_message(message, "a@example.org", [smtp.inbox(), smtp.inbox()])
    (mail,) = smtp.mails()
    assert 2 == len(mail.envelope.recipients)
    assert mail.octets.endswith(message.as_bytes().replace(b"\n", b"\r\n"))


def test_smtplib_sends_from_an_international_address(smtp):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "grün@example.org", smtp.inbox(), "x"
    message.set_content("x")
    with smtplib.SMTP("127.0.0.1", smtp.port, timeout=10) as peer:
        assert {} == peer.send_message(message)
    assert b"with UTF8SMTP " in smtp.mails()[0].octets


def test_smtplib_sends_octets_with_lone_line_feeds_and_dots(smtp):
    octets = b"Subject: x\n\n.one\n..two\n.\n\r\n.crlf\r\n\r.cr\nend\n"
    with smtplib.SMTP("127.0.0.1", smtp.port, timeout=10) as peer:
        assert {} == peer.sendmail("a@example.org", [smtp.inbox()], octets)
    assert octets + b"\r\n" == smtp.only_content()


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_sends_octets_with_lone_line_feeds_and_dots(smtp, tmp_path):
    octets = b"Subject: x\n\n.one\n..two\n.\nend\n"
    (tmp_path / "mail").write_bytes(octets)
    url = ["--url", f"smtp://127.0.0.1:{smtp.port}", "--mail-from", "a@example.org", "--mail-rcpt", smtp.inbox()]
    subprocess.run(["curl", "-sS", "-T", tmp_path / "mail", *url], check=True, capture_output=True, timeout=30)
    assert octets + b"\r\n" == smtp.only_content()


@pytest.mark.skipif(not shutil.which("swaks"), reason="swaks is not installed")
def test_swaks_sends_pipelined(smtp):
    swaks = ["swaks", "--server", f"127.0.0.1:{smtp.port}", "--to", smtp.inbox(), "--pipeline"]
    subprocess.run(swaks, check=True, capture_output=True, timeout=30)
    assert 1 == len(smtp.mails())


@pytest.mark.skipif(not shutil.which("smtp-source"), reason="smtp-source is not installed")
def test_smtp_source_sends_a_hundred(smtp):
    source = ["smtp-source", "-s", "4", "-m", "100", "-l", "20000", "-t", smtp.inbox(), f"127.0.0.1:{smtp.port}"]
    subprocess.run(source, check=True, capture_output=True, timeout=30)
    assert 100 == len(smtp.mails())


def test_one_log_line_and_one_count_per_transaction(smtp):
    sample = 'mayfly_smtp_transactions_total{result="accepted"}'
    before, logged = smtp.metric(sample), len(_transactions(smtp))
    address, peer = smtp.inbox(), smtp.peer()
    peer.begin(address)
    peer.data(b"Subject: secret words\r\n\r\nmore secret words")
    (mail,) = smtp.mails()
    assert before + 1 == smtp.metric(sample)
    (line,) = _transactions(smtp)[logged:]
    assert ("accepted", [smtp.inbox_id(address)], mail.event_id, "127.0.0.1") == (
        line["result"],
        line["inbox_ids"],
        line["event_id"],
        line["peer"],
    )
    assert "secret" not in smtp.log.read_text()


def test_rejections_are_counted_by_reason(smtp):
    sample = 'mayfly_smtp_recipients_rejected_total{reason="unknown_inbox"}'
    before = smtp.metric(sample)
    smtp.peer().begin("nobody@mayfly.test")
    assert before + 1 == smtp.metric(sample)


def test_a_disconnect_in_data_is_counted_as_aborted(smtp):
    sample = 'mayfly_smtp_transactions_total{result="aborted"}'
    before = smtp.metric(sample)
    peer = smtp.peer()
    peer.begin(smtp.inbox())
    peer.ask("DATA")
    peer.close()
    smtp.wait_for_metric(sample, before + 1)


def _transactions(smtp):
    lines = [json.loads(line) for line in smtp.log.read_text().splitlines()]
    return [line for line in lines if line["event"] == "transaction"]
