"""Facts survive the way to bytes and back; what is not a known fact is refused, never guessed."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mayfly.events import codec, facts, subjects
from mayfly.failures import PermanentFailure

MOMENT = datetime(2026, 11, 21, 10, 0, 0, 123000, tzinfo=UTC)
ENVELOPE = facts.Envelope(
    "sender@example.com",
    (facts.Recipient("a+t@mayfly.test", "inbox-1", "t"), facts.Recipient("b@mayfly.test", "inbox-2")),
    helo="peer.example.com",
    peer_address="192.0.2.1",
    tls=True,
)
SAMPLES: list[facts.Fact] = [
    facts.MailReceived("e1", MOMENT, ENVELOPE, b"Subject: hi\r\n\r\n\x00\xff"),
    facts.MailReceived("e1", MOMENT, ENVELOPE, b""),
    facts.MailReceived("e1", MOMENT, ENVELOPE, facts.ClaimCheck("e1", 600_000)),
    facts.MessageStored("e2", "m", "i", "", "a@b.c", "f@g.h", "Zürich ☃", MOMENT, MOMENT, "123456", 1, 2, 3),
    facts.InboxExpired("e3", "i", "acc", "a@b.c", MOMENT, 7, archived=True),
    facts.InboxDeleted("e4", "i", "acc", "a@b.c", MOMENT),
    facts.AttemptScheduled("e5", "d", "i", 2, MOMENT),
    facts.EndpointTestRequested("e7", "p", "acc", MOMENT),
    facts.RedeliveryRequested("e8", "p", "acc", "", MOMENT, MOMENT, delivered_too=True, requested_at=MOMENT),
    facts.EndpointDisabled("e6", "p", "acc", "https://example.com/hook", "gone", MOMENT),
]


@pytest.mark.parametrize("fact", SAMPLES, ids=lambda fact: type(fact).__name__)
def test_a_fact_survives_the_way_to_bytes_and_back(fact: facts.Fact):
    assert fact == codec.decode(*codec.encode(fact))


def test_every_kind_of_fact_has_a_sample_here():
    assert set(facts.Fact.__args__) == {type(sample) for sample in SAMPLES}


def test_an_unknown_type_is_a_permanent_failure():
    with pytest.raises(PermanentFailure, match="unknown event type"):
        codec.decode("mayfly.events.v9.Nonsense", b"")


@given(st.binary(max_size=300))
def test_arbitrary_bytes_decode_or_fail_permanently(payload: bytes):
    for sample in SAMPLES:
        type_name, _ = codec.encode(sample)
        try:
            codec.decode(type_name, payload)
        except PermanentFailure:
            continue


@pytest.mark.parametrize("fact", SAMPLES, ids=lambda fact: type(fact).__name__)
def test_a_subject_belongs_to_exactly_one_stream(fact: facts.Fact):
    patterns = (subjects.MAIL, subjects.EVENTS, subjects.DELIVERIES, subjects.DEAD)
    matching = [p for p in patterns if re.match(re.escape(p.removesuffix(">")), subjects.of(fact))]
    assert 1 == len(matching)


def test_the_same_message_announced_twice_has_one_deduplication_id():
    first = facts.MessageStored("e2", "m", "i", "", "a@b.c", "", "", MOMENT, MOMENT, "", 0, 0, 0)
    again = facts.MessageStored("other", "m", "i", "", "a@b.c", "", "", MOMENT, MOMENT, "", 0, 0, 0)
    assert subjects.deduplication_id(first) == subjects.deduplication_id(again)
