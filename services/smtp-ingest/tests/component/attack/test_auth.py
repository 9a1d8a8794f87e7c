"""AUTH (RFC 4954), where the operator lets it accept any credentials."""

import base64
import smtplib
import ssl

import pytest

pytestmark = pytest.mark.xdist_group("smtp")

SECRET = "hunter2-is-secret"
PLAIN = base64.b64encode(f"\0app\0{SECRET}".encode()).decode()
USER, PASSWORD = (base64.b64encode(word.encode()).decode() for word in ("app", SECRET))


@pytest.fixture(scope="module")
def open_to_all(start, certificates):
    pem = str(certificates["first"])
    return start(MAYFLY_SMTP_AUTH_ACCEPT_ANY="true", MAYFLY_SMTP_TLS_CERT_FILE=pem, MAYFLY_SMTP_TLS_KEY_FILE=pem)


@pytest.fixture
def smtp(open_to_all):
    open_to_all.mails()
    return open_to_all


@pytest.fixture
def peer(smtp):
    peer = smtp.peer()
    peer.code()
    assert "\nAUTH PLAIN LOGIN\n" in peer.ask("EHLO me")[1]
    return peer


LOGGED_IN = (235, "2.7.0 Logged in")


@pytest.mark.parametrize(
    "dialogue",
    [
        [(f"AUTH PLAIN {PLAIN}", LOGGED_IN)],
        [(f"auth plain {PLAIN}", LOGGED_IN)],
        [("AUTH PLAIN", (334, "")), (PLAIN, LOGGED_IN)],
        [("AUTH PLAIN AAA=", LOGGED_IN)],
        [("AUTH LOGIN", (334, "VXNlcm5hbWU6")), (USER, (334, "UGFzc3dvcmQ6")), (PASSWORD, LOGGED_IN)],
        [(f"AUTH login {USER}", (334, "UGFzc3dvcmQ6")), (PASSWORD, LOGGED_IN)],
        [("AUTH LOGIN =", (334, "UGFzc3dvcmQ6")), ("", LOGGED_IN)],
    ],
    ids=lambda dialogue: dialogue[0][0].split(PLAIN)[0],
)
def test_any_credentials_are_good(peer, dialogue):
    for said, reply in dialogue:
        assert reply == peer.ask(said)
    assert 250 == peer.ask("MAIL FROM:<a@example.org>")[0]


@pytest.mark.parametrize(
    ("dialogue", "codes"),
    [
        (["AUTH"], [501]),
        (["AUTH CRAM-MD5"], [504]),
        (["AUTH XOAUTH2 YQ=="], [504]),
        (["AUTH PLAIN ="], [501]),
        (["AUTH PLAIN not base64"], [501]),
        (["AUTH PLAIN z"], [501]),
        (["AUTH PLAIN YQ=="], [501]),
        (["AUTH PLAIN", ""], [334, 501]),
        (["AUTH PLAIN", "*"], [334, 501]),
        (["AUTH PLAIN", "z"], [334, 501]),
        (["AUTH PLAIN", b"\xff\xfe"], [334, 501]),
        (["AUTH LOGIN", "*"], [334, 501]),
        (["AUTH LOGIN", USER, "*"], [334, 334, 501]),
        (["AUTH LOGIN", "="], [334, 501]),
        (["AUTH LOGIN", "A" * 12_000], [334, 334]),
        (["AUTH LOGIN", "A" * 20_000], [334, 500]),
        (["AUTH PLAIN " + "A" * 20_000], [500]),
    ],
)
def test_what_is_no_login(peer, dialogue, codes):
    assert codes == [peer.ask(said)[0] for said in dialogue]
    if codes[-1] == 334:
        peer.ask("*")
    assert LOGGED_IN == peer.ask(f"AUTH PLAIN {PLAIN}")


def test_replies_name_their_cause(peer):
    peer.ask("AUTH PLAIN")
    assert (500, "5.5.6 Response too long") == peer.ask("A" * 20_000)
    peer.ask("AUTH PLAIN")
    assert (501, "5.7.0 Cancelled") == peer.ask("*")
    assert (501, "5.5.2 Cannot read the response") == peer.ask("AUTH PLAIN z")
    assert (504, "5.5.4 Mechanism not supported") == peer.ask("AUTH NTLM")


def test_a_response_ends_with_crlf(peer):
    peer.ask("AUTH PLAIN")
    peer.send(PLAIN.encode() + b"\n")
    assert 501 == peer.code()


def test_an_endless_response_ends_the_connection(peer):
    peer.ask("AUTH PLAIN")
    peer.send(b"A" * 200_000)
    assert 421 == peer.code()
    assert peer.is_closed()


def test_one_login_in_a_session_and_none_in_a_transaction(peer):
    peer.ask("MAIL FROM:<>")
    assert 503 == peer.ask(f"AUTH PLAIN {PLAIN}")[0]
    peer.ask("RSET")
    assert LOGGED_IN == peer.ask(f"AUTH PLAIN {PLAIN}")
    assert (503, "5.5.1 You are logged in") == peer.ask(f"AUTH PLAIN {PLAIN}")
    peer.ask("EHLO me")
    assert 503 == peer.ask("AUTH LOGIN")[0]


@pytest.mark.parametrize("greeting", ["EHLO me", "HELO me"])
def test_auth_belongs_after_a_greeting(smtp, greeting):
    peer = smtp.peer()
    peer.code()
    assert 503 == peer.ask(f"AUTH PLAIN {PLAIN}")[0]
    peer.ask(greeting)
    assert LOGGED_IN == peer.ask(f"AUTH PLAIN {PLAIN}")


def test_an_empty_challenge_is_a_code_and_a_space(peer):
    peer.send(b"AUTH PLAIN\r\n")
    assert b"334 \r\n" == peer.socket.recv(100)


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("parameters", ["", " SMTPUTF8"])
def test_the_trace_says_that_the_peer_logged_in(smtp, peer, secure, parameters):
    if secure:
        assert LOGGED_IN == peer.ask(f"AUTH PLAIN {PLAIN}")
        peer.ask("STARTTLS")
        peer.secure()
        peer.ask("EHLO me")
    assert LOGGED_IN == peer.ask(f"AUTH PLAIN {PLAIN}")
    for _ in range(2):
        assert 250 == peer.ask(f"MAIL FROM:<a@example.org>{parameters} AUTH=a+3Db@example.org")[0]
        peer.ask(f"RCPT TO:<{smtp.inbox()}>")
        assert 250 == peer.data(b"x")[0]
    word = b"%b%bA" % (b"UTF8SMTP" if parameters else b"ESMTP", b"S" if secure else b"")
    assert [True, True] == [b" with %b id " % word in mail.octets for mail in smtp.mails()]


def test_a_login_gives_no_right_to_relay(peer):
    peer.ask(f"AUTH PLAIN {PLAIN}")
    peer.ask("MAIL FROM:<a@example.org>")
    assert (550, "5.7.1 No mail for that domain here, and no relay") == peer.ask("RCPT TO:<b@example.org>")


@pytest.mark.parametrize("secure", [False, True])
def test_smtplib_logs_in(smtp, secure):
    with smtplib.SMTP("127.0.0.1", smtp.port, timeout=10) as peer:
        if secure:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            peer.starttls(context=context)
        peer.login("app", SECRET)
        assert {} == peer.sendmail("a@example.org", [smtp.inbox()], "Subject: x\r\n\r\nhi\r\n")
    assert 1 == len(smtp.mails())


def test_credentials_are_nowhere(smtp, peer):
    peer.ask(f"AUTH PLAIN {PLAIN}x")
    peer.ask("AUTH LOGIN")
    peer.ask(USER)
    assert LOGGED_IN == peer.ask(PASSWORD)
    address = smtp.inbox()
    peer.mail(address)
    peer.data(b"x")
    (mail,) = smtp.mails()
    seen = repr(mail) + smtp.log.read_text() + smtp.probe("/metrics")
    assert not [secret for secret in (SECRET, PLAIN, PASSWORD) if secret in seen]
