"""RCPT: every address and every state of an inbox has its answer at once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from mayfly.records.inbox import OPERATOR, OPERATOR_INBOX_ID

pytestmark = pytest.mark.xdist_group("smtp")


@pytest.fixture
def peer(smtp):
    peer = smtp.peer()
    peer.code()
    peer.ask("EHLO me")
    assert 250 == peer.ask("MAIL FROM:<a@example.org>")[0]
    return peer


def rcpt(peer, path):
    return peer.ask(f"RCPT TO:<{path}>")


def test_an_unknown_inbox_is_550(peer):
    assert (550, "5.1.1 No such inbox here") == rcpt(peer, "nobody@mayfly.test")


def test_a_foreign_domain_is_no_relay(peer):
    assert (550, "5.7.1 No mail for that domain here, and no relay") == rcpt(peer, "someone@example.org")


@pytest.mark.parametrize("trick", ["u%example.org@", "@mayfly.test:u@example.org", "u!example.org@"])
def test_no_trick_makes_a_relay(peer, trick):
    assert 550 == rcpt(peer, trick if "example.org" in trick.rpartition("@")[2] else f"{trick}mayfly.test")[0]


@pytest.mark.parametrize("status", ["expired", "deleted", "archived"])
def test_an_inbox_that_is_not_live_is_550(smtp, peer, status):
    assert 550 == rcpt(peer, smtp.inbox(status=status))[0]


def test_an_expired_inbox_is_550_however_late_the_reaper(smtp, peer):
    address = smtp.inbox(expires_at=datetime.now(UTC) - timedelta(milliseconds=1))
    assert 550 == rcpt(peer, address)[0]


def test_a_persistent_inbox_takes_mail(smtp, peer):
    assert 250 == rcpt(peer, smtp.inbox(expires_at=None))[0]


def test_an_inbox_gets_mail_from_the_moment_it_is_made(smtp, peer):
    address = f"late-{uuid4().hex}@mayfly.test"
    assert 550 == rcpt(peer, address)[0]
    smtp.inbox(address)
    assert 250 == rcpt(peer, address)[0]


def test_a_deleted_inbox_is_gone_within_a_second(smtp):
    address = smtp.inbox()
    assert 250 == smtp.peer().begin(address)[0]
    smtp.change(address, {"$set": {"status": "deleted"}})
    deadline = datetime.now(UTC) + timedelta(seconds=1)
    codes = set()
    while datetime.now(UTC) < deadline and 550 not in codes:
        peer = smtp.peer()
        codes.update(peer.begin(address))
        peer.close()
    assert 550 in codes


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("case", "CaSe"),
        ("tagged", "tagged+shop"),
        ("quoted", '"quoted"'),
        ("a.b_c-d", "A.b_C-d"),
        ("spaced", '"spaced+odd tag"'),
    ],
)
def test_the_ways_to_write_a_local_part(smtp, name, said):
    domain = f"{uuid4().hex[:8]}.example.net"
    smtp.inbox(f"{name}@{domain}")
    peer = smtp.peer()
    peer.code()
    peer.ask("EHLO me")
    peer.ask("MAIL FROM:<> SMTPUTF8")
    assert 250 == rcpt(peer, f"{said}@{domain}")[0]


@pytest.mark.parametrize("said", ["bücher.example", "xn--bcher-kva.example", "BÜCHER.example", "bu\u0308cher.example"])
def test_the_ways_to_write_a_domain(smtp, said):
    smtp.database["inboxes"].delete_many({"domain": "xn--bcher-kva.example"})
    smtp.inbox("user@bücher.example")
    peer = smtp.peer()
    peer.code()
    peer.ask("EHLO me")
    peer.ask("MAIL FROM:<> SMTPUTF8")
    assert 250 == rcpt(peer, f"user@{said}")[0]


def test_international_addresses_ask_for_smtputf8(smtp, peer):
    assert (553, "5.6.7 Not ASCII: say SMTPUTF8 at MAIL") == rcpt(peer, "grün@mayfly.test")


def test_a_subdomain_reaches_the_inbox_where_its_domain_allows_it(smtp, peer):
    name = f"{uuid4().hex[:8]}.example.net"
    rights = {"is_public": False, "account_id": "acme", "allow_subdomains": True}
    smtp.database["domains"].insert_one({"_id": name, "name": name, **rights})
    smtp.inbox(f"user@{name}", account_id="acme")
    assert 250 == rcpt(peer, f"user@a.b.{name}")[0]
    assert (550, "5.1.1 No such inbox here") == rcpt(peer, f"other@a.b.{name}")


def test_a_subdomain_of_another_domain_is_foreign(smtp, peer):
    smtp.inbox("strict@mayfly.test")
    assert (550, "5.7.1 No mail for that domain here, and no relay") == rcpt(peer, "strict@sub.mayfly.test")


def test_postmaster_needs_no_domain(smtp, peer):
    smtp.database["inboxes"].delete_many({"local_part": "postmaster"})
    assert 451 == rcpt(peer, "Postmaster")[0]
    smtp.inbox("postmaster@mayfly.test", _id=OPERATOR_INBOX_ID, account_id=OPERATOR)
    assert 250 == rcpt(peer, "Postmaster")[0]


@pytest.mark.parametrize("path", ["<Postmaster>", "postmaster", "<ABUSE@mayfly.test>", "<postmaster@mx.example.net>"])
def test_the_operators_inbox_gets_mail_for_the_roles(managed, path):
    peer = managed.peer()
    peer.code()
    peer.ask("EHLO me")
    peer.ask("MAIL FROM:<>")
    assert 250 == peer.ask(f"RCPT TO:{path}")[0]
    assert 550 == rcpt(peer, "abuse@example.org")[0]
    assert 550 == rcpt(peer, "hostmaster@mayfly.test")[0]
    managed.mails()
    assert 250 == peer.data(b"x")[0]
    (mail,) = managed.mails()
    assert [(path.strip("<>"), OPERATOR_INBOX_ID)] == [
        (recipient.forward_path, recipient.inbox_id) for recipient in mail.envelope.recipients
    ]


@pytest.fixture(scope="module")
def managed(start):
    """A gateway has made the operator's inbox."""
    smtp = start(MAYFLY_SMTP_HOSTNAME="MX.example.net")
    smtp.database["inboxes"].delete_many({"local_part": "postmaster"})
    smtp.inbox("postmaster@mayfly.test", _id=OPERATOR_INBOX_ID, account_id=OPERATOR)
    return smtp


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("", 553),
        ("nodomain", 553),
        ("@mayfly.test", 553),
        ("a..b@mayfly.test", 553),
        (".a@mayfly.test", 553),
        ("a@[127.0.0.1]", 550),
        ("a@-mayfly.test", 553),
        ("a@mayfly..test", 553),
        ('"a b"@mayfly.test', 550),
        ('"a@b"@mayfly.test', 550),
        ('"a@b@mayfly.test', 501),
        ("a b@mayfly.test", 501),
        ("x" * 65 + "@mayfly.test", 553),
        ("a@" + "x" * 64 + ".test", 553),
        ("a,b@mayfly.test", 501),
        ("<a@mayfly.test>", 501),
    ],
)
def test_malformed_paths(peer, path, code):
    assert code == rcpt(peer, path)[0]


def test_rcpt_parameters_are_refused(smtp, peer):
    assert (555, "5.5.4 Parameter not supported") == peer.ask(f"RCPT TO:<{smtp.inbox()}> NOTIFY=NEVER")


def test_a_full_inbox_is_452_until_there_is_room(start):
    smtp = start(MAYFLY_MAX_MESSAGES_PER_INBOX="3")
    address = smtp.inbox()
    inbox_id = smtp.inbox_id(address)
    smtp.database["messages"].insert_many({"inbox_id": inbox_id} for _ in range(3))
    peer = smtp.peer()
    assert [452] == peer.begin(address)
    smtp.database["messages"].delete_one({"inbox_id": inbox_id})
    assert (250, "2.1.5 Recipient OK") == rcpt(peer, address)


def test_connections_that_were_answered_at_rcpt_do_not_exceed_the_quota_together(start, tmp_path):
    plan = _PLAN.replace("_000", "_000_000")
    (tmp_path / "plans.toml").write_text(f"[anonymous]\n{plan}[free]\n{plan}")
    smtp = start(MAYFLY_PLANS_FILE=str(tmp_path / "plans.toml"))
    address = smtp.inbox(creator="ip:192.0.2.78")
    peers = [smtp.peer() for _ in range(2)]
    assert [[250], [250]] == [peer.begin(address) for peer in peers]
    content = b"Subject: large\r\n\r\n" + (b"x" * 70 + b"\r\n") * 9_000
    replies = []
    for peer in peers:
        assert 354 == peer.ask("DATA")[0]
        replies.append(peer.ask(content + b".")[0])
        smtp.database["messages"].insert_one({"inbox_id": smtp.inbox_id(address), "raw_size": len(content)})
    assert [250, 452] == replies


_PLAN = "tier = 0\nrequests_per_minute = 1\nburst = 1\nlongest_ttl = 60\noctets = 2_000\noctets_per_inbox = 1_000\n"


def test_quotas_of_octets_are_452_with_the_limit_for_what_is_there_and_for_what_was_announced(start, tmp_path):
    (tmp_path / "plans.toml").write_text(f"[anonymous]\n{_PLAN}[free]\n{_PLAN}")
    smtp = start(MAYFLY_PLANS_FILE=str(tmp_path / "plans.toml"))
    boxes = [smtp.inbox(creator="ip:192.0.2.77") for _ in range(4)]
    for box in boxes[:2]:
        smtp.database["messages"].insert_one({"inbox_id": smtp.inbox_id(box), "raw_size": 900})
    peer = smtp.peer()
    assert 220 == peer.code()
    assert [250, 250] == [peer.ask(say)[0] for say in ("EHLO b.example", "MAIL FROM:<a@b.example> SIZE=101")]
    assert (452, "4.2.2 Inbox is full: it may hold 1000 octets") == rcpt(peer, boxes[0])
    assert (250, "2.1.5 Recipient OK") == rcpt(peer, boxes[2])
    together = "4.2.2 Inbox is full: all inboxes of its holder together may hold 2000 octets"
    assert (452, together) == rcpt(peer, boxes[3])
    assert 250 == peer.ask("RSET")[0]
    assert 250 == peer.ask("MAIL FROM:<a@b.example> SIZE=100")[0]
    assert [250, 250] == [rcpt(peer, box)[0] for box in (boxes[0], boxes[2])]
