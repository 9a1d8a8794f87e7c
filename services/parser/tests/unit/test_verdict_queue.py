"""Which stored mail is judged next, and which one is dropped when too many wait."""

import pytest

from message_parser.domain.authentication import VerdictRequest, is_signed
from message_parser.handlers.verdict_queue import VerdictQueue, Waiting

pytestmark = pytest.mark.unit


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def mail(name: str, inbox: str = "a", octets: bytes = b"") -> Waiting:
    return Waiting([name], inbox, VerdictRequest(octets=octets))


def names(batch) -> list[str]:
    return [waiting.ids[0] for waiting, _ in batch]


def test_inboxes_take_turns_and_each_keeps_its_order():
    queue = VerdictQueue(Clock())
    for n in range(100):
        queue.put(mail(f"flood{n}", "flood"))
    for name in ("b1", "b2"):
        queue.put(mail(name, "b"))
    assert ["flood0", "b1", "flood1", "b2", "flood2"] == names(queue.take())[:5]
    assert 52 == len(queue)


def test_a_full_queue_drops_the_mail_that_has_waited_longest():
    clock = Clock()
    queue = VerdictQueue(clock, most_mails=3)
    for n in range(3):
        clock.seconds += 1
        assert [] == queue.put(mail(f"flood{n}", "flood"))
    assert ["flood0"] == queue.put(mail("b", "b"))[0].ids
    assert ["flood1", "b", "flood2"] == names(queue.take())
    assert [] == queue.take()


def test_octets_are_bounded_too_and_one_large_mail_drives_out_only_what_it_needs():
    queue = VerdictQueue(Clock(), most_octets=1000)
    for n in range(10):
        queue.put(mail(str(n), octets=b"x" * 100))
    assert ["0", "1", "2"] == [dropped.ids[0] for dropped in queue.put(mail("big", octets=b"x" * 250))]
    assert 8 == len(queue)


def test_a_batch_is_bounded_in_octets_and_still_takes_one_larger_mail():
    queue = VerdictQueue(Clock())
    queue.put(mail("large", octets=b"x" * 3_000_000))
    queue.put(mail("a", octets=b"x" * 600_000))
    queue.put(mail("b", "b", octets=b"x" * 600_000))
    assert ["large"] == names(queue.take())[:1]
    rest = [*names(queue.take()), *names(queue.take())]
    assert {"a", "b"} >= set(rest)
    assert 0 == len(queue)


def test_what_was_not_judged_goes_back_in_front():
    clock = Clock()
    queue = VerdictQueue(clock)
    for n in range(4):
        queue.put(mail(str(n)))
    batch = queue.take()
    clock.seconds = 5
    queue.put(mail("new"))
    queue.give_back(batch[1:])
    assert 5.0 == queue.oldest_seconds
    assert ["1", "2", "3", "new"] == names(queue.take())
    assert 0.0 == queue.oldest_seconds


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"From: a@b.example\r\nDKIM-Signature: v=1\r\n\r\nHello", True),
        (b"dkim-signature : v=1\n\nHello", True),
        (b"From: a@b.example\r\n\r\nDKIM-Signature: v=1", False),
        (b"X-DKIM-Signature: v=1\r\n\r\n", False),
        (b"\r\nDKIM-Signature: v=1", False),
        (b"", False),
    ],
)
def test_a_mail_is_signed_if_its_header_section_says_so(octets, expected):
    assert expected == is_signed(octets)
