"""Message ids: derived, sortable, distinct."""

from uuid import UUID

from mayfly.events.facts import new_event_id
from mayfly.mail.message_id import derive_message_id


def test_the_same_event_and_inbox_give_the_same_id():
    event_id = new_event_id()
    assert derive_message_id(event_id, "inbox") == derive_message_id(event_id, "inbox")


def test_two_inboxes_of_one_mail_get_two_ids():
    event_id = new_event_id()
    assert derive_message_id(event_id, "inbox-1") != derive_message_id(event_id, "inbox-2")


def test_an_id_is_a_version_7_uuid_with_the_moment_of_the_event():
    event_id = new_event_id()
    derived = UUID(derive_message_id(event_id, "inbox"))
    assert (7, "specified in RFC 4122") == (derived.version, derived.variant)
    assert UUID(event_id).int >> 80 == derived.int >> 80
