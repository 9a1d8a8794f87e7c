"""Fault plans: failures on purpose, counted or by chance."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from .test_space_logins import make_space

pytestmark = pytest.mark.xdist_group("smtp")


def planned(smtp, *steps):
    return smtp.inbox(fault_plan={"steps": list(steps), "seen": 0})


def send(smtp, address):
    """One transaction on a connection of its own: the code at RCPT, and at the end of DATA if it got there."""
    peer = smtp.peer()
    codes = peer.begin(address)
    if codes == [250]:
        codes.append(peer.data(b"x")[0])
    peer.close()
    return codes


def test_451_twice_then_accept(smtp):
    address = planned(smtp, {"times": 2, "code": 451})
    assert [[250, 451], [250, 451], [250, 250], [250, 250]] == [send(smtp, address) for _ in range(4)]
    assert 2 == len(smtp.mails())


def test_550_at_rcpt(smtp):
    address = planned(smtp, {"times": 1, "at": "rcpt", "code": 550, "text": "Go away"})
    peer = smtp.peer()
    assert [] == peer.begin()
    assert (550, "5.1.1 Go away") == peer.ask(f"RCPT TO:<{address}>")
    assert (250, "2.1.5 Recipient OK") == peer.ask(f"RCPT TO:<{address}>")


@pytest.mark.parametrize(("code", "enhanced"), [(452, "4.2.2"), (552, "5.2.2")])
def test_over_quota(smtp, code, enhanced):
    peer = smtp.peer()
    peer.begin()
    address = planned(smtp, {"at": "rcpt", "code": code})
    assert (code, f"{enhanced} Inbox over quota") == peer.ask(f"RCPT TO:<{address}>")


def test_421_after_data_closes_and_keeps_nothing(smtp):
    address = planned(smtp, {"times": 1, "code": 421})
    peer = smtp.peer()
    peer.begin(address)
    assert (421, "4.3.2 Service not available, closing") == peer.data(b"x")
    assert peer.is_closed()
    assert [250, 250] == send(smtp, address)
    assert 1 == len(smtp.mails())


def test_the_final_reply_is_late_by_what_the_plan_says(smtp):
    address = planned(smtp, {"times": 1, "delay_ms": 300})
    peer = smtp.peer()
    peer.begin(address)
    peer.ask("DATA")
    peer.send(b"x\r\n.\r\n")
    begun = time.monotonic()
    assert 250 == peer.code()
    assert time.monotonic() - begun >= 0.3
    assert 1 == len(smtp.mails())


def test_steps_follow_one_another(smtp):
    address = planned(
        smtp,
        {"times": 1, "code": 451},
        {"times": 1, "at": "rcpt", "code": 450},
        {"times": 1},
        {"times": None, "code": 554},
    )
    expected = [[250, 451], [450], [250, 250], [250, 554], [250, 554]]
    assert expected == [send(smtp, address) for _ in range(5)]


def test_an_inbox_named_twice_is_counted_once(smtp):
    address = planned(smtp, {"times": 1, "code": 451})
    peer = smtp.peer()
    assert [250, 250] == peer.begin(address, address.replace("@", "+tag@"))
    assert 451 == peer.data(b"x")[0]
    assert [250, 250] == send(smtp, address)


@pytest.mark.parametrize("planned_first", [True, False])
def test_a_plan_never_touches_mail_for_others(smtp, planned_first):
    address, other = planned(smtp, {"times": 1, "code": 451}), smtp.inbox()
    peer = smtp.peer()
    assert [250, 452] == peer.begin(*((address, other) if planned_first else (other, address)))
    assert (451 if planned_first else 250) == peer.data(b"x")[0]
    assert (250 if planned_first else 451) == send(smtp, other if planned_first else address)[1]


def test_a_used_up_plan_stands_in_nobodys_way(smtp):
    address = smtp.inbox(fault_plan={"steps": [{"times": 1, "code": 451}], "seen": 1})
    assert [250, 250] == smtp.peer().begin(address, smtp.inbox())


def test_a_cleared_plan_is_forgotten_within_a_second(smtp):
    address = planned(smtp, {"code": 451})
    assert [250, 451] == send(smtp, address)
    smtp.change(address, {"$unset": {"fault_plan": ""}})
    assert [250, 250] == send(smtp, address)


def test_counts_are_exact_over_processes_and_peers(smtp):
    address = planned(smtp, {"times": 10, "code": 451})
    with smtp.another(), ThreadPoolExecutor(8) as pool:
        codes = [result[1] for result in pool.map(lambda _: send(smtp, address), range(40))]
    assert (10, 30) == (codes.count(451), codes.count(250))
    assert 30 == len(smtp.mails())


@pytest.mark.parametrize(
    ("at", "code", "reply"),
    [
        ("auth", 535, "5.7.8 Chaos"),
        ("mail", 452, "Chaos"),
        ("rcpt", 451, "4.3.0 Chaos"),
    ],
)
def test_by_chance_a_command_for_a_space_fails(smtp, at, code, reply):
    for probability, expected in ((100, True), (0, False)):
        step = {"at": at, "code": code, "text": "Chaos", "probability": probability, "is_enhanced": "." in reply}
        space = make_space(smtp, fault_plan={"steps": [step], "seen": 0})
        peer = smtp.peer()
        peer.code()
        peer.ask("EHLO me")
        commands = {
            "auth": f"AUTH PLAIN {space.plain}",
            "mail": "MAIL FROM:<a@b.test>",
            "rcpt": "RCPT TO:<anybody@example.com>",
        }
        answers = {command: peer.ask(text) for command, text in commands.items()}
        assert expected == (answers[at] == (code, reply))
