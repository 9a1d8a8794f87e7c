"""The limit of wrong credentials by itself, with a clock that the test sets."""

import asyncio
from types import SimpleNamespace

import pytest

from api_gateway.edge.guesses import Guesses
from api_gateway.edge.secrets import new_api_key
from api_gateway.refusals import Forbidden, LimitExceeded, Unauthorized
from mayfly.failures import TransientFailure

RIGHT = "mfi_" + "a" * 40
PEER, NEIGHBOUR, STRANGER = "2001:db8::1", "2001:db8::2", "192.0.2.1"


def inbox_token(number):
    """Credentials by their form, other ones for each number."""
    return f"mfi_{number:040x}"


@pytest.fixture
def clock():
    return SimpleNamespace(now=0.0)


@pytest.fixture
def guesses(clock):
    return Guesses(4, lambda: clock.now)


async def wrong(guesses, number=0, peer=PEER):
    with pytest.raises(Unauthorized):
        async with guesses.attempt(peer, inbox_token(number)):
            raise Unauthorized("wrong")


async def right(guesses, secret=RIGHT, peer=PEER):
    async with guesses.attempt(peer, secret):
        pass


async def spend(guesses, first=0):
    for number in range(first, first + 4):
        await wrong(guesses, number)


async def test_after_the_limit_a_peer_waits_for_the_next_place_and_a_64_is_one_peer(guesses, clock):
    await spend(guesses)
    for peer in (PEER, NEIGHBOUR):
        with pytest.raises(LimitExceeded) as refused:
            await right(guesses, peer=peer)
        assert 15 == refused.value.retry_after
    await wrong(guesses, peer=STRANGER)
    clock.now += 15
    await right(guesses)


async def test_right_ones_cost_nothing_whatever_becomes_of_the_call(guesses):
    for failure in (Forbidden("no"), TransientFailure("the store is away")):
        for number in range(10):
            with pytest.raises(type(failure)):
                async with guesses.attempt(PEER, inbox_token(number)):
                    raise failure
    await spend(guesses)


async def test_the_same_peer_may_use_what_it_proved_for_a_day(guesses, clock):
    await right(guesses)
    await spend(guesses)
    await right(guesses)
    for peer, secret in ((STRANGER, inbox_token(0)), (PEER, inbox_token(7)), (PEER, RIGHT[:-1] + "0")):
        assert (peer, secret, peer == STRANGER) == (peer, secret, await is_admitted(guesses, secret, peer))
    clock.now += 86_400
    await spend(guesses, 4)
    assert not await is_admitted(guesses, RIGHT)


async def is_admitted(guesses, secret, peer=PEER):
    try:
        await right(guesses, secret, peer)
    except LimitExceeded:
        return False
    return True


async def test_an_old_key_that_is_sent_for_ever_keeps_no_place_from_others_behind_the_same_nat(guesses):
    old, other = str(new_api_key()), str(new_api_key())
    for _ in range(5):
        with pytest.raises(Unauthorized):
            async with guesses.attempt(PEER, old):
                raise Unauthorized("revoked")
    assert not await is_admitted(guesses, old)
    assert await is_admitted(guesses, other)


@pytest.mark.parametrize("text", ["", "undefined", "sk_live_of_another_service", "mfy_"])
async def test_what_has_no_form_of_credentials_keeps_no_place_from_others(guesses, text):
    for _ in range(4):
        with pytest.raises(Unauthorized):
            async with guesses.attempt(PEER, text):
                raise Unauthorized("no form")
    assert not await is_admitted(guesses, text)
    assert not await is_admitted(guesses, text + "x")
    assert await is_admitted(guesses, str(new_api_key()))


async def test_what_was_wrong_once_may_be_right_later(guesses):
    secret = str(new_api_key())
    with pytest.raises(Unauthorized):
        async with guesses.attempt(PEER, secret):
            raise Unauthorized("a replica of the store was behind")
    assert await is_admitted(guesses, secret)
    assert 0 == len(guesses._wrong)


async def test_a_check_that_is_cut_off_counts_because_nobody_knows(guesses):
    for number in range(4):
        checking = asyncio.create_task(endless(guesses, inbox_token(number)))
        await asyncio.sleep(0)
        checking.cancel()
        await asyncio.wait([checking])
    assert not await is_admitted(guesses, RIGHT)


async def endless(guesses, secret):
    async with guesses.attempt(PEER, secret):
        await asyncio.Event().wait()


async def test_of_a_thousand_checks_at_once_the_limit_is_under_way_and_right_ones_all_end_well(guesses):
    under_way = most = 0

    async def check(number):
        nonlocal under_way, most
        async with guesses.attempt(PEER, inbox_token(number)):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    await asyncio.gather(*(check(number) for number in range(1000)))
    assert 4 == most


async def test_of_a_thousand_wrong_ones_at_once_the_limit_is_checked_and_waiting_ones_hear_it(guesses):
    checked = 0

    async def check(number):
        nonlocal checked
        async with guesses.attempt(PEER, inbox_token(number)):
            checked += 1
            await asyncio.sleep(0)
            raise Unauthorized("wrong")

    answers = await asyncio.gather(*(check(number) for number in range(1000)), return_exceptions=True)
    assert 4 == checked == sum(isinstance(answer, Unauthorized) for answer in answers)
    assert 996 == sum(isinstance(answer, LimitExceeded) for answer in answers)


async def test_callers_that_leave_while_they_wait_do_not_keep_the_others_waiting(guesses):
    release = asyncio.Event()

    async def check(number):
        async with guesses.attempt(PEER, inbox_token(number)):
            await release.wait()

    calls = [asyncio.create_task(check(number)) for number in range(12)]
    await asyncio.sleep(0)
    for call in calls[4:8]:
        call.cancel()
    release.set()
    async with asyncio.timeout(5):
        results = await asyncio.gather(*calls, return_exceptions=True)
    assert 8 == results.count(None)


async def test_the_operators_attempts_are_counted_apart_and_prove_nothing(guesses):
    async with guesses.operator_attempt(PEER):
        pass
    for _ in range(4):
        with pytest.raises(Unauthorized):
            async with guesses.operator_attempt(PEER):
                raise Unauthorized("wrong")
    with pytest.raises(LimitExceeded):
        async with guesses.operator_attempt(PEER):
            pass
    await right(guesses)


async def test_memory_is_bounded_and_those_who_only_send_right_ones_take_none():
    guesses = Guesses(4, most_peers=10, most_proofs=10)
    for number in range(50):
        await right(guesses, inbox_token(number), f"192.0.2.{number}")
    assert (0, 10) == (len(guesses._peers), len(guesses._proved))
    for number in range(50):
        await wrong(guesses, number, f"192.0.2.{number}")
    assert 10 == len(guesses._peers)


async def test_what_a_peer_has_proved_is_known_for_it_and_its_network_only_until_a_day_is_over(guesses, clock):
    assert not guesses.has_proved(PEER, RIGHT)
    await right(guesses)
    assert guesses.has_proved(NEIGHBOUR, RIGHT)
    assert not guesses.has_proved(STRANGER, RIGHT)
    assert not guesses.has_proved(PEER, inbox_token(1))
    clock.now = 86_400.0
    assert not guesses.has_proved(PEER, RIGHT)


async def test_wrong_credentials_are_not_proved(guesses):
    await wrong(guesses, 1)
    assert not guesses.has_proved(PEER, inbox_token(1))
