"""Mails of nodemailer, swaks, curl and msmtp, read back over the API. A test is skipped where its program is not installed."""

import json

import pytest

from tests.system.conversation import run
from tests.system.mailers.letters import (
    LETTERS,
    NODE_PATH,
    NODEMAILER,
    addressed,
    arrived,
    files_of,
    has_nodemailer,
    inboxes,
    meant,
    octets,
    shown,
)

TEXT = "Grüße,\n\n.your verification code is 482193\n..\n.\n" + "long " * 500 + "line\n"
PDF = octets(LETTERS["order"]["attachments"][1])

needs_nodemailer = pytest.mark.skipif(not has_nodemailer(), reason="node with nodemailer is not installed")


def read_back(caller, addresses, letter):
    for address in addresses.values():
        assert meant(letter) == shown(caller, address, letter)


@needs_nodemailer
@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_of_nodemailer_is_read_back_equal(stack, caller, tmp_path, name):
    addresses = inboxes(caller, name)
    letter = addressed(name, addresses)
    letters = tmp_path / "letters.json"
    letters.write_text(json.dumps({name: letter}))
    run("node", NODEMAILER, str(letters), name, str(stack.smtp_port), NODE_PATH=NODE_PATH)
    read_back(caller, addresses, letter)


@needs_nodemailer
def test_nodemailer_sends_over_a_pool_of_connections(stack, caller, tmp_path):
    addresses = {str(number): caller.inbox()["address"] for number in range(6)}
    sent = {
        number: {**LETTERS["code"], "to": [{"name": "", "address": address}]} for number, address in addresses.items()
    }
    letters = tmp_path / "letters.json"
    letters.write_text(json.dumps(sent))
    pool = json.dumps({"pool": True, "maxConnections": 2, "maxMessages": 2})
    run("node", NODEMAILER, str(letters), ",".join(sent), str(stack.smtp_port), pool, NODE_PATH=NODE_PATH)
    for number, address in addresses.items():
        read_back(caller, {number: address}, sent[number])


def simple(caller, address):
    """What the API shows of the mails below: they have no names, one text and one PDF at most."""
    message = arrived(caller, address)
    files = [(file["filename"], file["content_type"], content) for file, content in files_of(caller, message)]
    fields = ("from_address", "subject", "body_text", "body_html", "otp_detected", "warnings")
    return {field: message[field].rstrip("\n") if field == "body_text" else message[field] for field in fields}, files


LONG_LINE = "long line: other servers may refuse or break one over 998 octets"
UNDECLARED = "no charset declared: read as UTF-8"


def expected(html="", subject="Grüße aus Köln", warnings=()):
    return {
        "from_address": "shop@shop.example",
        "subject": subject,
        "body_text": TEXT.rstrip("\n"),
        "body_html": html,
        "otp_detected": "482193",
        "warnings": list(warnings),
    }


def test_a_mail_of_swaks_is_read_back_equal(stack, caller, tmp_path):
    address = caller.inbox()["address"]
    (tmp_path / "body.txt").write_text(TEXT)
    (tmp_path / "report.pdf").write_bytes(PDF)
    words = ["--server", f"127.0.0.1:{stack.smtp_port}", "--from", "shop@shop.example", "--to", address]
    words += ["--header", "Subject: Grüße aus Köln", "--body", f"@{tmp_path}/body.txt"]
    words += ["--attach-type", "application/pdf", "--attach-name", "report.pdf", "--attach", f"@{tmp_path}/report.pdf"]
    run("swaks", *words)
    assert (expected(warnings=[LONG_LINE, UNDECLARED]), [("report.pdf", "application/pdf", PDF)]) == simple(
        caller, address
    )


def test_a_mail_that_curl_composes_is_read_back_equal(stack, caller, tmp_path):
    address = caller.inbox()["address"]
    (tmp_path / "report.pdf").write_bytes(PDF)
    (tmp_path / "body.html").write_text("<p>Grüße</p>")
    words = [f"smtp://127.0.0.1:{stack.smtp_port}", "--mail-from", "shop@shop.example", "--mail-rcpt", address]
    words += ["-H", "From: <shop@shop.example>", "-H", "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?="]
    words += ["-F", "=(;type=multipart/alternative"]
    words += ["-F", f"={TEXT};type=text/plain; charset=utf-8;encoder=quoted-printable"]
    words += ["-F", f"=<{tmp_path}/body.html;type=text/html; charset=utf-8;encoder=base64", "-F", "=)"]
    words += ["-F", f"file=@{tmp_path}/report.pdf;type=application/pdf;encoder=base64"]
    run("curl", "-sS", *words)
    assert (expected("<p>Grüße</p>"), [("report.pdf", "application/pdf", PDF)]) == simple(caller, address)


def test_a_mail_that_curl_uploads_is_read_back_equal(stack, caller):
    address = caller.inbox()["address"]
    words = [f"smtp://127.0.0.1:{stack.smtp_port}", "--mail-from", "shop@shop.example", "--mail-rcpt", address]
    run(
        "curl",
        "-sS",
        *words,
        "--crlf",
        "--upload-file",
        "-",
        text=f"From: shop@shop.example\nSubject: Grüße aus Köln\n\n{TEXT}",
    )
    assert (expected(warnings=[LONG_LINE, UNDECLARED]), []) == simple(caller, address)


def test_a_mail_of_msmtp_is_read_back_equal(stack, caller):
    address = caller.inbox()["address"]
    words = ["--host=127.0.0.1", f"--port={stack.smtp_port}", "--from=shop@shop.example", "--tls=off", "--auth=off"]
    run("msmtp", *words, address, text=f"From: shop@shop.example\nSubject: Grüße aus Köln\n\n{TEXT}")
    assert (expected(warnings=[LONG_LINE, UNDECLARED]), []) == simple(caller, address)
