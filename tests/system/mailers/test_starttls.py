"""Mailers that ask for STARTTLS and check the certificate: Django, aiosmtplib, curl, and nodemailer where it is installed."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import aiosmtplib
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.mail import get_connection

from tests.system.conversation import Caller, run
from tests.system.mailers.letters import LETTERS, NODE_PATH, NODEMAILER, arrived, has_nodemailer, meant, shown
from tests.system.mailers.python_mailers import django_message, email_message


@pytest.fixture
def certificate(tmp_path):
    """A PEM file with a key and its self-signed certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mayfly.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "certificate.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return str(pem)


def with_django(letter, port, certificate):
    connection = get_connection(host="127.0.0.1", port=port, use_tls=True, timeout=20)
    assert 1 == connection.send_messages([django_message(letter)])


def with_aiosmtplib(letter, port, certificate):
    message = email_message(letter)
    asyncio.run(aiosmtplib.send(message, hostname="127.0.0.1", port=port, start_tls=True, cert_bundle=certificate))


def with_curl(letter, port, certificate):
    (person,) = letter["to"]
    words = ["--ssl-reqd", "--cacert", certificate, "--mail-from", "a@shop.example", "--mail-rcpt", person["address"]]
    octets = email_message(letter).as_string()
    run("curl", "-sS", *words, "--crlf", "--upload-file", "-", f"smtp://127.0.0.1:{port}", text=octets)


def with_nodemailer(letter, port, certificate):
    letters = Path(certificate).with_name("letters.json")
    letters.write_text(json.dumps({"letter": letter}))
    options = json.dumps({"ignoreTLS": False, "requireTLS": True})
    run(
        "node",
        NODEMAILER,
        str(letters),
        "letter",
        str(port),
        options,
        NODE_PATH=NODE_PATH,
        NODE_EXTRA_CA_CERTS=certificate,
    )


def test_a_letter_over_tls_is_read_back_equal(make_stack, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", certificate)  # what Django trusts
    files = {"MAYFLY_SMTP_TLS_CERT_FILE": certificate, "MAYFLY_SMTP_TLS_KEY_FILE": certificate}
    with make_stack(files) as stack, Caller(stack) as caller:
        for mailer in (with_django, with_aiosmtplib, with_curl, *([with_nodemailer] if has_nodemailer() else [])):
            address = caller.anonymous_inbox()["address"]
            letter = {**LETTERS["magic"], "to": [{**LETTERS["magic"]["to"][0], "address": address}]}
            mailer(letter, stack.smtp_port, certificate)
            assert meant(letter) == shown(caller, address, letter)
            assert arrived(caller, address)["envelope"]["tls"]
