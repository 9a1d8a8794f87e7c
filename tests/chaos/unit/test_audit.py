"""The judge of `make chaos` can say no: a ledger with each kind of damage fails, and one without passes."""

import json

import pytest

from chaos import audit, ledger, summary

INBOX, OTHER = "inbox-a", "inbox-b"
OF = {INBOX: "a@mayfly.test", OTHER: "b@mayfly.test"}


def entry(what, at=10.0, **fields):
    return {"what": what, "at": at, **fields}


def mail(token="t1", to=INBOX, result="accepted", at=10.0, reply="250 OK"):
    return entry("mail", at, token=token, to=[OF[to]], octets=300, begun=at - 0.1, result=result, reply=reply)


def message(what, token="t1", inbox=INBOX, identity="m1", at=11.0, **fields):
    return entry(what, at, token=token, inbox=inbox, message=identity, **fields)


def announced(token="t1", inbox=INBOX, identity="m1", *, cursor="5", what="announced"):
    return message(what, token, inbox, identity, cursor=cursor, said=OF[inbox])


def webhook(token="t1", inbox=INBOX, identity="m1", *, delivery="d1", account=0, body="x"):
    fields = {"delivery": delivery, "account": account, "body": body, "type": "message.received"}
    return message("webhook", token, inbox, identity, **fields)


FAULT = entry(
    "fault",
    9.0,
    number=3,
    kind="kill",
    mode="kill",
    target="parser",
    seconds=1,
    peer="",
    with_number=None,
    planned=9,
    hit=["parser"],
)
WORLD = [
    entry("inbox", 1.0, id=INBOX, address=OF[INBOX], account=0, lasting=True),
    entry("inbox", 1.0, id=OTHER, address=OF[OTHER], account=1, lasting=True),
    FAULT,
]
STORED = message("stored", octets=True)
WELL = [mail(), message("final"), STORED, announced(what="sse"), announced(), webhook()]
DELETED = entry("deleted", 12.0, token="t1", inbox=INBOX, message="m1", begun=11.5, status=204)
SHORT_LIVED = entry("inbox", 1.0, id="inbox-c", address="c@mayfly.test", account=0, lasting=False)
ENDED = entry("ended", 20.0, inbox="inbox-c", begun=19.9, status=204)


def without(*gone):
    return [each for each in WELL if each["what"] not in gone]


GOOD = {
    "all is well": WELL,
    "a mail that was refused is nowhere": [*WELL, mail("t2", result="refused", reply="451 later")],
    "a mail without a clear reply is nowhere": [*WELL, mail("t2", result="unclear", reply="")],
    "a mail without a clear reply is there": [
        {**each, "result": "unclear"} if each["what"] == "mail" else each for each in WELL
    ]
    + [
        mail("t2"),
        message("final", "t2", identity="m2"),
        announced("t2", identity="m2", cursor="6"),
        webhook("t2", identity="m2"),
    ],
    "a message that was deleted is gone": [*without("final", "stored"), DELETED],
    "a deletion without an answer may have worked": [*without("final", "stored"), {**DELETED, "status": 0}],
    "a deletion without an answer may have failed": [*WELL, {**DELETED, "status": 0}],
    "a webhook came twice with one id": [*WELL, webhook()],
    "a webhook is still tried": [*without("webhook"), message("pending", delivery="d1")],
    "a list of before the deletion": [
        *without("final", "stored"),
        DELETED,
        entry("read", inbox=INBOX, begun=11.9, status=200, messages=["m1"]),
    ],
    "an ended inbox is gone": [*WELL, SHORT_LIVED, ENDED, entry("final-inbox", inbox="inbox-c", status=404)],
    "an inbox that has just ended still has contents": [
        *WELL,
        SHORT_LIVED,
        ENDED,
        message("stored", inbox="inbox-c", identity="m9", at=30.0, octets=True),
    ],
    "a stranger is refused": [*WELL, entry("stranger", inbox=INBOX, status=404)],
}

BAD = {
    "lost: in no inbox": ("lost", without("final", "stored", "sse", "announced", "webhook")),
    "lost: gone again, though it was announced": ("lost", without("final", "stored")),
    "lost: without octets": ("lost", [*without("stored"), message("stored", octets=False)]),
    "lost: never announced": ("lost", without("announced", "sse")),
    "lost: its webhook was given up": ("lost", without("webhook")),
    "lost: announcements that cannot be read": ("lost", [*WELL, entry("replay-failed", inbox=INBOX)]),
    "doubled: two messages": ("doubled", [*WELL, message("final", identity="m2"), announced(identity="m2", cursor="6"), webhook(identity="m2", delivery="d2")]),
    "doubled: two messages, one of them gone since": ("doubled", [*WELL, announced(identity="m2", cursor="6", what="sse")]),
    "doubled: announced twice": ("doubled", [*WELL, announced(cursor="6")]),
    "doubled: one event twice on a stream": ("doubled", [*WELL, announced(what="sse")]),
    "doubled: two deliveries": ("doubled", [*WELL, webhook(delivery="d2")]),
    "doubled: a repeated webhook with another body": ("doubled", [*WELL, webhook(body="y")]),
    "resurrected: there at the end": ("resurrected", [*WELL, DELETED]),
    "resurrected: there for a while": ("resurrected", [*without("final", "stored"), DELETED, entry("read", inbox=INBOX, begun=13, status=200, messages=["m1"])]),
    "resurrected: an inbox that was ended": ("resurrected", [*WELL, SHORT_LIVED, ENDED, entry("final-inbox", inbox="inbox-c", status=200)]),
    "resurrected: contents of an inbox that was ended": ("resurrected", [*WELL, SHORT_LIVED, ENDED, message("stored", inbox="inbox-c", identity="m9", at=150.0, octets=True)]),
    "wrong owner: in another inbox": ("wrong owner", [*WELL, message("final", inbox=OTHER, identity="m2"), announced(inbox=OTHER, identity="m2"), webhook(inbox=OTHER, identity="m2", delivery="d2", account=1)]),
    "wrong owner: on another stream": ("wrong owner", [*WELL, announced(inbox=OTHER, what="sse")]),
    "wrong owner: a webhook to another account": ("wrong owner", [*WELL, webhook(account=1)]),
    "wrong owner: a stranger reads": ("wrong owner", [*WELL, entry("stranger", inbox=INBOX, status=200)]),
    "wrong owner: a mail that nobody sent": ("wrong owner", [*WELL, message("final", "t9", identity="m9"), announced("t9", identity="m9"), webhook("t9", identity="m9")]),
}  # fmt: skip


@pytest.mark.parametrize("entries", GOOD.values(), ids=GOOD)
def test_a_ledger_without_damage_passes(entries):
    verdict = audit.judge([*WORLD, *entries])
    assert [] == verdict.damage
    assert verdict.good


@pytest.mark.parametrize(("word", "entries"), BAD.values(), ids=BAD)
def test_each_kind_of_damage_is_called_so(word, entries):
    verdict = audit.judge([*WORLD, *entries])
    assert {word} == {each.what for each in verdict.damage}
    assert not verdict.good


def test_a_service_that_crashed_fails_the_run():
    verdict = audit.judge([*WORLD, *WELL, entry("crashed", name="parser", how="ValueError")])
    assert not verdict.good
    assert "crashed: parser: ValueError" in summary.table(verdict)


def test_events_that_were_given_up_are_named_with_their_reason():
    letters = [
        entry("dead-letter", subject=f"mayfly.event.inbox.{n}", reason="the store is full", deliveries=10)
        for n in range(3)
    ]
    printed = summary.table(audit.judge([*WORLD, *WELL, *letters]))
    assert "given up, 3 times: mayfly.event.inbox: the store is full" in printed


def test_a_run_without_an_acknowledged_mail_proves_nothing():
    assert not audit.judge(WORLD).good


def test_the_table_counts_damage_by_the_fault_that_came_before_and_names_it():
    printed = summary.table(audit.judge([*WORLD, *without("final", "stored", "sse", "announced", "webhook")]))
    row = next(line for line in printed.splitlines() if line.startswith("kill kill"))
    assert ["kill", "kill", "1", "1", "1", "0", "0", "0"] == row.split()[:8]
    assert "lost: t1 acknowledged, and not in its inbox; after fault 3 (kill kill parser)" in printed


def test_webhooks_that_are_still_tried_are_counted_as_waiting():
    assert 1 == audit.judge([*WORLD, *without("webhook"), message("pending", delivery="d1")]).waiting


def test_a_ledger_is_read_as_it_was_written_up_to_a_line_that_was_cut_off(tmp_path):
    written = ledger.Ledger(tmp_path / "ledger.jsonl")
    written.write("mail", token="täg")
    written.write("healed", number=1)
    written.close()
    with written.path.open("a") as file:
        file.write('{"what":"mai')
    assert ["mail", "healed"] == [each["what"] for each in ledger.read(written.path)]
    assert "täg" == json.loads(written.path.read_text().splitlines()[0])["token"]
