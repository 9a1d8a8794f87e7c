"""STARTTLS (RFC 3207)."""

import shutil
import ssl

import pytest

pytestmark = pytest.mark.xdist_group("smtp")


@pytest.fixture
def peer(smtp):
    peer = smtp.peer()
    assert peer.code() == 220
    peer.ask("EHLO me")
    return peer


def test_a_mail_over_tls_is_marked_so(smtp, peer):
    address = smtp.inbox()
    assert (220, "2.0.0 Ready to start TLS") == peer.ask("STARTTLS")
    peer.secure()
    code, offers = peer.ask("EHLO me")
    assert 250 == code
    assert "STARTTLS" not in offers
    peer.mail(address)
    assert 250 == peer.data(b"x" * 60_000 + b"\r\nend")[0]
    (mail,) = smtp.mails()
    assert mail.envelope.tls
    assert b"with ESMTPS " in mail.octets


def test_what_was_said_before_tls_counts_no_more(smtp, peer):
    peer.mail(smtp.inbox())
    peer.ask("STARTTLS")
    peer.secure()
    assert 503 == peer.ask("DATA")[0]
    assert 503 == peer.ask("MAIL FROM:<>")[0]


def test_no_second_starttls(peer):
    peer.ask("STARTTLS")
    peer.secure()
    peer.ask("EHLO me")
    assert 502 == peer.ask("STARTTLS")[0]


def test_starttls_takes_no_argument(peer):
    assert 501 == peer.ask("STARTTLS now")[0]


def test_a_failed_handshake_ends_the_connection(smtp, peer):
    peer.ask("STARTTLS")
    peer.send(b"NOOP\r\nthis is no handshake\r\n" * 10)
    assert peer.is_closed()
    assert 220 == smtp.peer().code()


def test_a_disconnect_in_the_handshake_harms_nobody(smtp, peer):
    peer.ask("STARTTLS")
    peer.close()
    assert 220 == smtp.peer().code()


def test_old_tls_is_refused(peer):
    peer.ask("STARTTLS")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(peer.socket)


def test_a_new_certificate_is_used_without_a_restart(start, certificates, tmp_path):
    pem = tmp_path / "mayfly.pem"
    shutil.copy(certificates["first"], pem)
    smtp = start(MAYFLY_SMTP_TLS_CERT_FILE=str(pem), MAYFLY_SMTP_TLS_KEY_FILE=str(pem))
    assert _certificate_of(smtp) == _der(certificates["first"])
    pem.write_text("half written")
    assert _certificate_of(smtp) == _der(certificates["first"])
    shutil.copy(certificates["second"], tmp_path / "new.pem")
    (tmp_path / "new.pem").replace(pem)
    assert _certificate_of(smtp) == _der(certificates["second"])


def _certificate_of(smtp):
    peer = smtp.peer()
    peer.code()
    peer.ask("EHLO me")
    peer.ask("STARTTLS")
    peer.secure()
    return peer.socket.getpeercert(binary_form=True)


def _der(pem):
    text = pem.read_text()
    end = "-----END CERTIFICATE-----"
    return ssl.PEM_cert_to_DER_cert(text[: text.index(end) + len(end)])


def test_without_a_certificate_tls_is_not_offered(start):
    peer = start().peer()
    peer.code()
    assert "STARTTLS" not in peer.ask("EHLO me")[1]
    assert 502 == peer.ask("STARTTLS")[0]
