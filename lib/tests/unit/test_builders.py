"""The builders of test records make what their arguments say, and distinct records without arguments."""

from mayfly.testing.builders import (
    NOON,
    make_account,
    make_delivery,
    make_endpoint,
    make_inbox,
    make_mail,
    make_message,
    make_stored,
)


def test_an_address_may_leave_out_its_domain():
    short, full = make_inbox("a"), make_inbox("a@b.test")
    assert ("a@mayfly.test", "a", "mayfly.test") == (short.address, short.local_part, short.domain)
    assert ("a@b.test", "a", "b.test") == (full.address, full.local_part, full.domain)


def test_records_without_arguments_are_distinct():
    assert make_inbox().address != make_inbox().address
    assert make_account().email != make_account().email
    assert make_endpoint().id != make_endpoint().id
    assert make_delivery().id != make_delivery().id
    assert make_stored().message_id != make_stored().message_id


def test_an_inbox_is_live_at_noon():
    assert make_inbox().is_live(NOON)
    assert not make_inbox(expires_at=NOON).is_live(NOON)


def test_a_message_and_a_mail_belong_to_their_inbox():
    inbox = make_inbox(account_id="account")
    message, mail = make_message(inbox, otp="123456"), make_mail(inbox)
    assert (inbox.id, "account", "123456") == (message.inbox_id, message.account_id, message.otp)
    assert [inbox.id] == [recipient.inbox_id for recipient in mail.envelope.recipients]


def test_an_announcement_and_a_delivery_name_what_they_are_for():
    stored, delivery = make_stored("i", otp="123456"), make_delivery("e", status="failed")
    assert ("i", "i@mayfly.test", "123456") == (stored.inbox_id, stored.address, stored.otp)
    assert ("e", "failed") == (delivery.endpoint_id, delivery.status)
