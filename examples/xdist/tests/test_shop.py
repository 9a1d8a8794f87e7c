"""Tests that all send the same mails at the same time."""

import pytest
import shop


@pytest.mark.parametrize("attempt", range(16))
def test_the_code_is_the_one_that_was_sent_to_this_test(attempt, inbox, mayfly_smtp):
    sent = shop.send_code(mayfly_smtp, inbox.address)

    assert inbox.wait_for_code() == sent
    assert len(inbox.messages()) == 1


@pytest.mark.parametrize("attempt", range(8))
def test_the_newer_of_two_codes_is_told_from_the_older(attempt, inbox, mayfly_smtp):
    shop.send_code(mayfly_smtp, inbox.address)
    old = inbox.wait_for_code()
    newer = shop.send_code(mayfly_smtp, inbox.address)

    assert inbox.wait_for_code(after=old.cursor) == newer


@pytest.mark.parametrize("what", ["a lamp", "a chair", "a table", "a clock"])
def test_buyer_and_seller_get_the_same_receipt(what, inbox_factory, mayfly_smtp):
    buyer, seller = inbox_factory(), inbox_factory()
    shop.sell(mayfly_smtp, buyer.address, seller.address, what)

    assert buyer.wait_for_message(subject="Receipt").subject == f"Receipt: {what}"
    assert seller.wait_for_message(subject="Receipt").text == buyer.latest().text


@pytest.mark.parametrize("attempt", range(4))
def test_who_asked_for_nothing_gets_nothing(attempt, inbox_factory, mayfly_smtp):
    asked, other = inbox_factory(), inbox_factory()
    shop.send_code(mayfly_smtp, asked.address)

    asked.wait_for_code()
    other.wait_for_none(within=0)
