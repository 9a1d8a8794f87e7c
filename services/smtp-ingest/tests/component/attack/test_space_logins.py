"""AUTH with the login of a space: all mail of the session goes there, whatever its recipients."""

import base64
import re
import secrets
import smtplib
import ssl
import time
from dataclasses import dataclass

import pytest

from mayfly.mail.message_id import derive_message_id
from mayfly.records.inbox import DEFAULT_SPACE_ID
from mayfly.records.smtp_login import digest_of
from mayfly.testing.builders import NOON

pytestmark = pytest.mark.xdist_group("smtp")

LOGGED_IN = (235, "2.7.0 Logged in")
WRONG = (535, "5.7.8 Wrong user name or password")
FOREIGN = "ann@example.com"
# nodemailer 6 to 10, lib/nodemailer.js: getTestMessageUrl
_NODEMAILER = re.compile(r"\[([^\]]+)\]$")


@dataclass
class Space:
    id: str
    password: str

    @property
    def plain(self) -> str:
        return plain(self.id, self.password)


def plain(user: str, password: str, acts_for: str = "") -> str:
    return base64.b64encode(f"{acts_for}\0{user}\0{password}".encode()).decode()


def make_space(service, **fields) -> Space:
    space = Space(secrets.token_hex(4), secrets.token_hex(16))
    address = f"box@{space.id}.mayfly.test"
    service.inbox(address, kind="space", account_id="account", **fields)
    stored = service.database["inboxes"].find_one_and_delete({"address": address})
    service.database["inboxes"].insert_one({**stored, "_id": space.id, "address": f"*@{space.id}.mayfly.test"})
    add_login(service, space)
    return space


def add_login(service, space: Space, password: str = "") -> str:
    """One more login of the space; its id."""
    login_id = secrets.token_hex(8)
    service.database["smtp_logins"].insert_one(
        {
            "_id": login_id,
            "space_id": space.id,
            "label": "",
            "password_hash": digest_of(password or space.password),
            "created_at": NOON,
        }
    )
    return login_id


@pytest.fixture(scope="module")
def cautious(start, certificates):
    """Peers say by PROXY header who they are; nothing is cached; few wrong logins are forgiven."""
    pem = str(certificates["first"])
    return start(
        MAYFLY_SMTP_TLS_CERT_FILE=pem,
        MAYFLY_SMTP_TLS_KEY_FILE=pem,
        MAYFLY_SMTP_PROXY_CIDRS="127.0.0.0/8",
        MAYFLY_SMTP_CACHE_SECONDS="0",
        MAYFLY_SMTP_WRONG_LOGINS_PER_MINUTE_PER_IP="3",
    )


@pytest.fixture
def remote(cautious):
    """A connection from this address, after EHLO; and what EHLO said."""
    cautious.mails()

    def connect(address="198.51.100.7"):
        peer = cautious.peer()
        family = "TCP6" if ":" in address else "TCP4"
        peer.send(f"PROXY {family} {address} {address} 1 2\r\n".encode())
        assert 220 == peer.code()
        return peer, peer.ask("EHLO me")[1]

    return connect


def logged_in(service, space):
    peer = service.peer()
    peer.code()
    peer.ask("EHLO me")
    assert LOGGED_IN == peer.ask(f"AUTH PLAIN {space.plain}")
    return peer


@pytest.fixture
def space(smtp):
    return make_space(smtp)


@pytest.fixture
def peer(smtp, space):
    return logged_in(smtp, space)


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_smtplib_sends_to_any_domain(smtp, space, mechanism, secure):
    with smtplib.SMTP("127.0.0.1", smtp.port, timeout=10) as client:
        if secure:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            client.starttls(context=context)
        client.ehlo()
        client.user, client.password = space.id.upper(), space.password
        client.auth(mechanism, getattr(client, f"auth_{mechanism.lower()}"))
        assert {} == client.sendmail("shop@shop.example", [FOREIGN, "bob@example.org"], "Subject: x\r\n\r\nhi\r\n")
    (mail,) = smtp.mails()
    assert [(FOREIGN, space.id), ("bob@example.org", space.id)] == [
        (recipient.forward_path, recipient.inbox_id) for recipient in mail.envelope.recipients
    ]
    assert space.id.upper() == mail.envelope.login


@pytest.mark.parametrize(
    ("path", "kept", "tag"),
    [
        ("ann+signup@example.com", "ann+signup@example.com", "signup"),
        ('"john doe"@example.com', '"john doe"@example.com', ""),
        ('"plain"@example.com', "plain@example.com", ""),
        ("root@[192.0.2.1]", "root@[192.0.2.1]", ""),
        ("root@[IPv6:2001:db8::1]", "root@[IPv6:2001:db8::1]", ""),
        ("postmaster", "postmaster", ""),
        ("postmaster@mayfly.test", "postmaster@mayfly.test", ""),
        ("abuse@mayfly.test", "abuse@mayfly.test", ""),
        ("user@localhost", "user@localhost", ""),
        ("admin", "admin", ""),
        ("a%b@c.d", "a%b@c.d", ""),
        ("@relay.example:a@b.c", "a@b.c", ""),
        ("J\u00fcrgen@b\u00fccher.example", "J\u00fcrgen@b\u00fccher.example", ""),
        ("x" * 64 + "@" + "y" * 63 + ".example", "x" * 64 + "@" + "y" * 63 + ".example", ""),
    ],
)
def test_a_session_of_a_space_sends_to_any_local_part_of_any_domain(smtp, space, path, kept, tag):
    peer = logged_in(smtp, space)
    peer.ask("MAIL FROM:<shop@shop.example> SMTPUTF8")
    assert (250, "2.1.5 Recipient OK") == peer.ask(f"RCPT TO:<{path}>")
    assert 250 == peer.data(b"x")[0]
    (mail,) = smtp.mails()
    (recipient,) = mail.envelope.recipients
    assert (kept, space.id, tag) == (recipient.forward_path, recipient.inbox_id, recipient.tag)


@pytest.mark.parametrize(
    "path",
    ["<>", "<@>", "<@b.c>", "<a@>", "<a@b@c.d>", "<a b@c.d>", "<a@b.c", "<a@b.c>x", "<a@b.c> NOTIFY=NEVER", "<\0@b.c>"],
)
def test_what_is_no_forward_path_is_none_in_a_space_either(peer, path):
    peer.ask("MAIL FROM:<shop@shop.example>")
    assert 5 == peer.ask(f"RCPT TO:{path}")[0] // 100


def test_an_inbox_of_that_very_address_gets_nothing_from_a_session_of_a_space(smtp, space, peer):
    address = smtp.inbox()
    assert [250] == peer.mail(address)
    peer.data(b"x")
    (mail,) = smtp.mails()
    assert [space.id] == [recipient.inbox_id for recipient in mail.envelope.recipients]


def test_the_reply_names_the_message_as_ethereal_does(smtp, space, peer):
    for _ in range(2):
        peer.mail(FOREIGN, "bob@example.org")
        code, text = peer.data(b"x")
        (mail,) = smtp.mails()
        told = dict(word.split("=") for word in _NODEMAILER.search(text)[1].split())
        assert (250, "new") == (code, told["STATUS"])
        assert derive_message_id(mail.event_id, space.id) == told["MSGID"]


def test_a_session_without_login_is_told_no_message_id(smtp):
    peer = smtp.peer()
    peer.begin(smtp.inbox())
    assert re.fullmatch(r"2\.0\.0 Accepted as [0-9a-f-]{36}", peer.data(b"x")[1])


@pytest.mark.parametrize(
    "dialogue",
    [
        ["AUTH PLAIN {wrong}"],
        ["AUTH PLAIN", "{wrong}"],
        ["AUTH LOGIN", "{user}", "d3Jvbmc="],
        ["AUTH LOGIN {user}", ""],
        ["AUTH PLAIN {other}"],
        ["AUTH PLAIN {acting}"],
        ["AUTH PLAIN AAA="],
        ["AUTH PLAIN {injected}"],
    ],
)
def test_wrong_credentials_and_nothing_is_relayed_after_them(smtp, space, dialogue):
    words = {
        "wrong": plain(space.id, space.password[:-1]),
        "user": base64.b64encode(space.id.encode()).decode(),
        "other": plain(make_space(smtp).id, space.password),
        "acting": plain(space.id, space.password, "admin"),
        "injected": plain('{"$ne": null}', space.password),
    }
    peer = smtp.peer()
    peer.code()
    peer.ask("EHLO me")
    assert WRONG == [peer.ask(said.format(**words)) for said in dialogue][-1]
    assert [550] == peer.mail(FOREIGN)
    peer.ask("RSET")
    assert LOGGED_IN == peer.ask(f"AUTH PLAIN {space.plain}")


def test_wrong_logins_are_counted(smtp, space):
    before = smtp.metric('mayfly_smtp_logins_total{result="wrong"}')
    peer = smtp.peer()
    peer.code()
    peer.ask("EHLO me")
    peer.ask(f"AUTH PLAIN {plain(space.id, 'x')}")
    logged_in(smtp, space)
    assert before + 1 == smtp.metric('mayfly_smtp_logins_total{result="wrong"}')
    assert 1 <= smtp.metric('mayfly_smtp_logins_total{result="space"}')


def test_what_keeps_and_what_ends_a_login(smtp, space, peer):
    for said in ("RSET", "EHLO me", "NOOP", "HELO me"):
        peer.ask(said)
        assert [250] == peer.mail(FOREIGN)
        peer.ask("RSET")
    peer.ask("EHLO me")
    assert (503, "5.5.1 You are logged in") == peer.ask(f"AUTH PLAIN {space.plain}")
    peer.ask("STARTTLS")
    peer.secure()
    peer.ask("EHLO me")
    assert [550] == peer.mail(FOREIGN)
    assert 503 == peer.ask(f"AUTH PLAIN {space.plain}")[0]  # in a transaction
    peer.ask("RSET")
    assert LOGGED_IN == peer.ask(f"AUTH PLAIN {space.plain}")


def test_commands_sent_ahead_belong_to_the_login_before_them(smtp, space):
    peer = smtp.peer()
    peer.code()
    said = ["EHLO me", f"AUTH PLAIN {space.plain}", "MAIL FROM:<a@b.c>", f"RCPT TO:<{FOREIGN}>", "RSET", "MAIL FROM:<>"]
    peer.send("".join(f"{line}\r\n" for line in said).encode())
    assert [250, 235, 250, 250, 250, 250] == [peer.code() for _ in said]
    other = smtp.peer()
    other.code()
    said = ["EHLO me", f"AUTH PLAIN {plain(space.id, 'x')}", "MAIL FROM:<a@b.c>", f"RCPT TO:<{FOREIGN}>", "DATA"]
    other.send("".join(f"{line}\r\n" for line in said).encode())
    assert [250, 535, 250, 550, 554] == [other.code() for _ in said]


def test_plaintext_ahead_of_tls_logs_nobody_in(smtp, space):
    peer = smtp.peer()
    peer.code()
    peer.ask("EHLO me")
    peer.send(f"STARTTLS\r\nEHLO me\r\nAUTH PLAIN {space.plain}\r\n".encode())
    assert 220 == peer.code()
    peer.secure()
    peer.ask("EHLO me")
    assert [550] == peer.mail(FOREIGN)


def test_a_login_is_offered_by_tls_only_where_others_can_listen(cautious, remote):
    space = make_space(cautious)
    peer, offers = remote()
    assert "AUTH" not in offers
    assert (538, "5.7.11 Logging in needs encryption: send STARTTLS first") == peer.ask(f"AUTH PLAIN {space.plain}")
    assert "AUTH" not in peer.ask("HELP")[1]
    assert 555 == peer.ask("MAIL FROM:<a@b.c> AUTH=<>")[0]
    peer.ask("STARTTLS")
    peer.secure()
    assert "\nAUTH PLAIN LOGIN\n" in peer.ask("EHLO me")[1]
    assert LOGGED_IN == peer.ask(f"AUTH PLAIN {space.plain}")
    assert 250 == peer.ask("MAIL FROM:<a@b.c> AUTH=<>")[0]
    assert 250 == peer.ask(f"RCPT TO:<{FOREIGN}>")[0]
    peer.data(b"x")
    (mail,) = cautious.mails()
    assert b" with ESMTPSA id " in mail.octets


@pytest.mark.parametrize(
    ("address", "is_offered"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("10.0.0.1", False), ("2001:db8::1", False)],
)
def test_loopback_needs_no_tls(remote, address, is_offered):
    _, offers = remote(address)
    assert is_offered == ("AUTH PLAIN LOGIN" in offers)


def test_an_operator_may_offer_logins_without_tls_and_without_a_certificate_there_is_no_other_way(start):
    for plaintext, code in (("true", 235), ("false", 538)):
        service = start(MAYFLY_SMTP_AUTH_PLAINTEXT=plaintext, MAYFLY_SMTP_PROXY_CIDRS="127.0.0.0/8")
        peer = service.peer()
        peer.send(b"PROXY TCP4 198.51.100.7 198.51.100.7 1 2\r\n")
        peer.code()
        assert (code == 235) == ("AUTH PLAIN LOGIN" in peer.ask("EHLO me")[1])
        assert code == peer.ask(f"AUTH PLAIN {make_space(service).plain}")[0]


def test_guessing_is_slowed_down_for_the_peer_that_does_it(cautious, remote):
    space = make_space(cautious)

    def attempts(address, password, number):
        peer, _ = remote(address)
        peer.ask("STARTTLS")
        peer.secure()
        peer.ask("EHLO me")
        return [peer.ask(f"AUTH PLAIN {plain(space.id, password)}") for _ in range(number)]

    assert [535, 535] == [code for code, _ in attempts("203.0.113.1", "a", 2)]
    late = (454, "4.7.0 Too many wrong logins from your address, try again later")
    assert [WRONG, late, late] == attempts("203.0.113.1", "b", 3)
    assert [late] == attempts("203.0.113.1", space.password, 1)
    assert [LOGGED_IN] == attempts("203.0.113.2", space.password, 1)
    # One customer has a whole /64 of IPv6 addresses.
    assert [535, 535] == [code for code, _ in attempts("2001:db8::1", "a", 2)]
    assert [535, 454] == [code for code, _ in attempts("2001:db8::2", "a", 2)]
    # Loopback is forgiven 50 times as many.
    assert [535] * 40 == [code for code, _ in attempts("127.0.0.1", "a", 40)]


def test_guessing_on_one_connection_ends_it(smtp, space):
    peer = smtp.peer()
    peer.code()
    peer.ask("EHLO me")
    codes = [peer.ask(f"AUTH PLAIN {plain(space.id, str(number))}")[0] for number in range(51)]
    assert [535] * 50 + [421] == codes
    assert peer.is_closed()


def test_a_revoked_login_and_an_ended_space_are_noticed_at_the_next_mail(cautious, remote):
    space = make_space(cautious)
    second = add_login(cautious, space, "second")
    peers = [remote("127.0.0.1")[0] for _ in range(3)]
    for peer, password in zip(peers, ("second", space.password, space.password), strict=True):
        assert LOGGED_IN == peer.ask(f"AUTH PLAIN {plain(space.id, password)}")
        assert [250] == peer.mail(FOREIGN)
        assert 250 == peer.data(b"x")[0]
    cautious.database["smtp_logins"].delete_one({"_id": second})
    ended = (550, "5.7.1 Your login was revoked, or its space has ended")
    assert ended == peers[0].ask("MAIL FROM:<a@b.c>")
    assert 503 == peers[0].ask(f"RCPT TO:<{FOREIGN}>")[0]
    assert [250] == peers[1].mail(FOREIGN)
    cautious.database["inboxes"].update_one({"_id": space.id}, {"$set": {"status": "deleted"}})
    assert ended == peers[2].ask("MAIL FROM:<a@b.c>")
    assert WRONG == remote("127.0.0.1")[0].ask(f"AUTH PLAIN {space.plain}")


def test_a_revoked_login_is_remembered_for_less_than_a_second(smtp, space, peer):
    assert [250] == peer.mail(FOREIGN)
    peer.ask("RSET")
    smtp.database["smtp_logins"].delete_many({"space_id": space.id})
    revoked = time.monotonic()
    while peer.ask("MAIL FROM:<a@b.c>")[0] == 250:
        assert time.monotonic() < revoked + 1
        peer.ask("RSET")
        time.sleep(0.02)


def test_a_fault_plan_of_a_space_counts_its_sessions_mails(smtp):
    steps = [{"times": 1, "at": "rcpt", "code": 450}, {"times": 1, "at": "data", "code": 554}]
    space = make_space(smtp, fault_plan={"steps": steps, "seen": 0})
    peer = logged_in(smtp, space)
    assert [450] == peer.mail(FOREIGN)
    peer.ask("RSET")
    peer.mail(FOREIGN)
    assert 554 == peer.data(b"x")[0]
    peer.mail(FOREIGN)
    assert 250 == peer.data(b"x")[0]


def test_where_any_login_is_good_a_spaces_name_needs_its_password(start):
    service = start(MAYFLY_SMTP_AUTH_ACCEPT_ANY="true")
    service.mails()
    space = make_space(service)
    for user, password, login, rcpt in (
        ("app", "whatever", LOGGED_IN, 550),
        ("zz99zz99", "whatever", LOGGED_IN, 550),
        (space.id, "whatever", WRONG, 550),
        (space.id, space.password, LOGGED_IN, 250),
    ):
        peer = service.peer()
        peer.code()
        peer.ask("EHLO me")
        assert login == peer.ask(f"AUTH PLAIN {plain(user, password)}")
        assert [rcpt] == peer.mail(FOREIGN)
        peer.ask("RSET")
        address = service.inbox()
        assert [250] == peer.mail(address)
        assert 250 == peer.data(b"x")[0]
        (mail,) = service.mails()
        assert (user if login == LOGGED_IN else "") == mail.envelope.login


def test_at_the_default_spaces_port_any_login_is_good_but_a_spaces_needs_its_password(start, free_ports):
    port = free_ports.take()
    service = start(MAYFLY_MAILPIT_SMTP_PORT=str(port), MAYFLY_SMTP_PROXY_CIDRS="127.0.0.0/8")
    service.mails()
    space = make_space(service)
    service.inbox("box@default.test", kind="space")
    stored = service.database["inboxes"].find_one_and_delete({"address": "box@default.test"})
    service.database["inboxes"].insert_one({**stored, "_id": DEFAULT_SPACE_ID})
    for user, password, login, led_to in (
        ("app", "whatever", LOGGED_IN, DEFAULT_SPACE_ID),
        (space.id, "whatever", WRONG, DEFAULT_SPACE_ID),
        (space.id, space.password, LOGGED_IN, space.id),
    ):
        peer = service.peer(port=port)
        peer.send(b"PROXY TCP4 198.51.100.7 198.51.100.7 1 2\r\n")
        peer.code()
        assert "AUTH PLAIN LOGIN" in peer.ask("EHLO me")[1]
        assert login == peer.ask(f"AUTH PLAIN {plain(user, password)}")
        assert [250] == peer.mail(FOREIGN)
        assert 553 == peer.ask("RCPT TO:<>")[0]
        assert ("[STATUS=new" in peer.data(b"x")[1]) == (led_to == space.id)
        (mail,) = service.mails()
        assert [led_to] == [recipient.inbox_id for recipient in mail.envelope.recipients]


def test_without_the_store_a_login_waits(start, relay, mongo_uri):
    way = relay(mongo_uri)
    service = start(
        MAYFLY_MONGO_URI=f"mongodb://127.0.0.1:{way.port}/?directConnection=true", MAYFLY_SMTP_LOOKUP_SECONDS="0.5"
    )
    space = make_space(service)
    peer = service.peer()
    peer.code()
    peer.ask("EHLO me")
    way.cut()
    assert (454, "4.7.0 Cannot check logins now, try again later") == peer.ask(f"AUTH PLAIN {space.plain}")
    way.mend()
    deadline = time.monotonic() + 20
    while peer.ask(f"AUTH PLAIN {space.plain}")[0] == 454:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert [250] == peer.mail(FOREIGN)


def test_credentials_are_nowhere(smtp, space):
    wrong = secrets.token_hex(16)
    peer = smtp.peer()
    peer.code()
    peer.ask("EHLO me")
    sent = [plain(space.id, wrong), space.plain, base64.b64encode(space.password.encode()).decode()]
    replies = [
        peer.ask(f"AUTH PLAIN {sent[0]}"),
        peer.ask(f"{space.password} {space.password}"),
        peer.ask("AUTH LOGIN"),
    ]
    replies += [peer.ask(base64.b64encode(space.id.encode())), peer.ask(sent[2])]
    peer.mail(FOREIGN)
    replies.append(peer.data(b"x"))
    (mail,) = smtp.mails()
    seen = repr(mail) + repr(replies) + smtp.log.read_text() + smtp.probe("/metrics")
    assert LOGGED_IN in replies
    assert not [secret for secret in (*sent, space.password, wrong, digest_of(space.password).hex()) if secret in seen]
