"""Message ids: derived, sortable, distinct."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from mayfly.events.facts import new_event_id
from mayfly.mail.message_id import derive_message_id, first_id_at


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


def test_the_first_id_of_a_moment_is_above_all_earlier_and_below_all_later_ones():
    moment = datetime(2026, 5, 8, 11, 30, 0, 123_000, tzinfo=UTC)
    first = first_id_at(moment)
    milliseconds = int(moment.timestamp() * 1000)
    assert (milliseconds, 7) == (UUID(first).int >> 80, UUID(first).version)
    for offset in (-1, 0, 1):
        event = new_event_id(moment.replace(year=2126) + timedelta(milliseconds=offset))
        later = first_id_at(moment.replace(year=2126))
        assert (offset, offset >= 0) == (offset, derive_message_id(event, "inbox") >= later)
    assert "00000000-0000-7000-8000-000000000000" == first_id_at(datetime(1960, 1, 1, tzinfo=UTC))


def test_an_event_id_has_the_time_of_a_clock_that_is_ahead():
    now = datetime.now(UTC)
    tomorrow = now + timedelta(days=1)
    ids = [new_event_id(tomorrow) for _ in range(100)]
    assert len(ids) == len(set(ids))
    assert {int(tomorrow.timestamp() * 1000)} == {UUID(event_id).int >> 80 for event_id in ids}
    for clock in (None, now, now - timedelta(days=1)):
        assert timedelta(seconds=-1) < datetime.fromtimestamp((UUID(new_event_id(clock)).int >> 80) / 1000, UTC) - now
