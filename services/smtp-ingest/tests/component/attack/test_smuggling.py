"""SMTP smuggling: nothing but CRLF.CRLF ends a message, so a message in a message stays one message."""

from itertools import product

import pytest

pytestmark = pytest.mark.xdist_group("smtp")

FAKE_ENDS = {
    "lf-dot-lf": b"\n.\n",
    "lf-dot-crlf": b"\n.\r\n",
    "crlf-dot-lf": b"\r\n.\n",
    "cr-dot-cr": b"\r.\r",
    "cr-dot-crlf": b"\r.\r\n",
    "crlf-dot-cr": b"\r\n.\r",
    "lf-dot-cr": b"\n.\r",
    "cr-dot-lf": b"\r.\n",
    "crlf-nul-dot-crlf": b"\r\n\0.\r\n",
    "crlf-dot-nul-crlf": b"\r\n.\0\r\n",
    "crlf-dot-dot-crlf": b"\r\n..\r\n",
    "cr-cr-lf-dot-cr-cr-lf": b"\r\r\n.\r\r\n",
    "crlf-space-dot-crlf": b"\r\n .\r\n",
}
ENVELOPE = b"MAIL FROM:<admin@mayfly.test>\r\nRCPT TO:<%b>\r\nDATA\r\nSubject: smuggled\r\n\r\nevil"


@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "octet by octet"])
@pytest.mark.parametrize("fake", FAKE_ENDS.values(), ids=FAKE_ENDS.keys())
def test_a_fake_end_and_a_second_envelope_make_one_message(smtp, fake, chunked):
    address, peer = smtp.inbox(), smtp.peer()
    peer.begin(address)
    content = b"Subject: outer\r\n\r\nbody" + fake + ENVELOPE % address.encode()
    assert 354 == peer.ask("DATA")[0]
    for part in [content[i : i + 1] for i in range(len(content))] if chunked else [content]:
        peer.send(part)
    peer.send(b"\r\n.\r\n")
    assert 250 == peer.code()
    assert 250 == peer.ask("NOOP")[0]
    assert content.replace(b"\r\n.", b"\r\n") + b"\r\n" == smtp.only_content()


def test_every_mixture_of_line_ends_and_dots_makes_one_message(smtp):
    """What stands before, between and after the dot: each of CR, LF, CRLF, CRCRLF, LFCR, NUL and nothing."""
    ends = (b"\r", b"\n", b"\r\n", b"\r\r\n", b"\n\r", b"\0", b"")
    address, peer = smtp.inbox(), smtp.peer()
    peer.code()
    peer.ask("EHLO me")
    fakes = [fake for fake in product(ends, ends) if fake != (b"\r\n", b"\r\n")]
    fakes = [fake for fake in fakes if b"\r\n.\r\n" not in b".".join(fake)]
    for before, after in fakes:
        content = b"Subject: outer\r\n\r\nbody" + before + b"." + after + ENVELOPE % address.encode()
        peer.mail(address)
        assert 250 == peer.data(content)[0], (before, after)
        assert 250 == peer.ask("NOOP")[0]
    mails = smtp.mails()
    assert len(fakes) == len(mails)
    assert {address} == {mail.envelope.recipients[0].forward_path for mail in mails}


@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "octet by octet"])
def test_an_end_that_a_sender_stuffed_stays_in_the_message(smtp, chunked):
    """Python's smtplib stuffs after a lone LF too: what it protected must not end the message once it is taken off."""
    address, peer = smtp.inbox(), smtp.peer()
    peer.begin(address)
    content = b"Subject: outer\n\nbody\n.\n" + ENVELOPE.replace(b"\r\n", b"\n") % address.encode() + b"\n.\r\n"
    assert 354 == peer.ask("DATA")[0]
    wire = content.replace(b"\n.", b"\n..") + b".\r\n"
    for part in [wire[i : i + 1] for i in range(len(wire))] if chunked else [wire]:
        peer.send(part)
    assert 250 == peer.code()
    assert 250 == peer.ask("NOOP")[0]
    assert content == smtp.only_content()


@pytest.fixture(scope="module")
def refusing(start):
    return start(MAYFLY_SMTP_STRAY_OCTETS="refuse")


@pytest.mark.parametrize("stray", [b"a\nb", b"a\rb", b"a\0b", b"a\n", b"\n"])
def test_stray_octets_are_refused_where_the_operator_says_so(refusing, stray):
    refusing.mails()
    peer = refusing.peer()
    peer.begin(refusing.inbox())
    assert (554, "5.6.0 Message holds a lone CR, a lone LF or NUL") == peer.data(stray)
    assert [] == refusing.mails()


def test_a_clean_message_passes_where_strays_are_refused(refusing):
    refusing.mails()
    peer = refusing.peer()
    peer.begin(refusing.inbox())
    assert 250 == peer.data(b"Subject: clean\r\n\r\n..dot\r\n")[0]
    assert b"Subject: clean\r\n\r\n.dot\r\n\r\n" == refusing.only_content()


def test_what_follows_starttls_in_the_same_packet_is_forgotten(smtp):
    """CVE-2011-0411: a command injected before the handshake must not count after it."""
    address, peer = smtp.inbox(), smtp.peer()
    peer.code()
    peer.ask("EHLO me")
    peer.send(b"STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@example.org>\r\nRCPT TO:<%b>\r\n" % address.encode())
    assert 220 == peer.code()
    peer.secure()
    assert (503, "5.5.1 Send EHLO first") == peer.ask("MAIL FROM:<good@example.org>")


def test_data_before_354_is_still_one_message(smtp):
    address, peer = smtp.inbox(), smtp.peer()
    peer.begin(address)
    peer.send(b"DATA\r\nearly\r\n.\r\nMAIL FROM:<>\r\n")
    assert [354, 250, 250] == [peer.code() for _ in range(3)]
    assert b"early\r\n" == smtp.only_content()
