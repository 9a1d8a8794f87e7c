"""Reads that wait until acknowledged mail is stored, on a backlog that is moved by hand."""

import asyncio

import pytest

from api_gateway.edge.consistency import Consistency
from mayfly.bus.backlog import Backlog
from mayfly.failures import TransientFailure


class Mail:
    """The stream: `received` and `settled` sequences; `of`: inboxes whose mail waits, though `settled` does not move."""

    def __init__(self) -> None:
        self.received = self.settled = self.looks = 0
        self.of: set[str] = {"mine"}
        self.step = 0

    async def look(self) -> Backlog:
        self.looks += 1
        self.settled = min(self.settled + self.step, self.received)
        return Backlog(self.received, self.settled)

    async def is_drained_of(self, *inbox_ids: str, up_to: int) -> bool:
        return not self.of.intersection(inbox_ids)


async def test_a_call_costs_one_question_when_nothing_is_under_way():
    mail = Mail()
    await Consistency(mail).settled("mine")
    assert 1 == mail.looks


async def test_it_returns_when_all_that_was_there_before_is_stored_whatever_comes_meanwhile():
    mail = Mail()
    mail.received, mail.step = 5, 1

    async def more_comes() -> None:
        while True:
            mail.received += 1
            await asyncio.sleep(0)

    coming = asyncio.create_task(more_comes())
    async with asyncio.timeout(5):
        await Consistency(mail).settled("mine")
    coming.cancel()
    assert mail.settled >= 5


async def test_mail_for_others_that_cannot_be_stored_delays_nobody():
    mail = Mail()
    mail.received, mail.of = 5, {"other"}
    async with asyncio.timeout(5):
        await Consistency(mail).settled("mine")
    assert 0 == mail.settled


async def test_mail_that_is_not_stored_in_time_is_said():
    mail = Mail()
    mail.received = 1
    with pytest.raises(TransientFailure) as failure:
        await Consistency(mail, longest_seconds=0.05).settled("mine")
    assert 1 == failure.value.retry_after


async def test_calls_at_the_same_time_share_their_questions():
    mail = Mail()
    consistency = Consistency(mail)
    await asyncio.gather(*(consistency.settled("mine") for _ in range(100)))
    assert mail.looks <= 2


@pytest.mark.parametrize(("of", "is_settled"), [({"other"}, True), ({"mine"}, False)])
async def test_mail_on_its_way_to_others_leaves_an_inbox_settled(of, is_settled):
    mail = Mail()
    mail.received, mail.of = 5, of
    assert is_settled == await Consistency(mail).is_settled("mine")
    mail.settled = 5
    assert await Consistency(mail).is_settled("mine")
