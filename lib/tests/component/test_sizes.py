"""Sizes of streams: their defaults and docs/scaling.md come from one calculation, whose figures are measured here."""

from pathlib import Path

import pytest

from mayfly.bus import topology
from mayfly.bus.connection import connect
from mayfly.bus.publisher import Publisher
from mayfly.testing.builders import make_stored

PAGE = (Path(__file__).parents[3] / "docs" / "scaling.md").read_text()


async def test_an_announcement_takes_no_more_room_than_is_reckoned_with(clean_nats):
    sender, subject = "no-reply@notifications.shop.example", "Confirm your account at Example, order 4711-0815, today"
    async with connect(clean_nats, "test") as bus:
        await topology.ensure(bus)
        stored = [
            make_stored(
                f"019e2f3a-5b77-7c41-9d08-{number:012}",
                message_id=f"019e2f3a-5b77-7c41-9d09-{number:012}",
                event_id=f"019e2f3a-5b77-7c41-9d0a-{number:012}",
                account_id=f"019e2f3a-5b77-7c41-9d0b-{number:012}",
                address="quiet-otter-4711@mayfly.test",
                from_address=sender,
                subject=subject,
                otp="482193",
            )
            for number in range(100)
        ]
        await Publisher(bus).publish_all(stored)
        state = (await bus.jetstream.stream_info("EVENTS")).state
    assert 100 == state.messages
    assert topology.ANNOUNCEMENT_OCTETS * 0.8 < state.bytes / 100 <= topology.ANNOUNCEMENT_OCTETS


@pytest.mark.parametrize("rate", [topology.SUSTAINED_MAILS, 1000, 5000])
def test_the_page_says_what_is_calculated(rate):
    octets = topology.announcements_octets(rate)
    limit = topology.whole_gib(octets) // topology.GIB
    assert f"| {rate:,} | {octets / topology.GIB:.1f} GiB | {limit} GiB" in PAGE


def test_the_default_fits_the_rate_that_the_page_names():
    assert topology.announcements_octets(topology.SUSTAINED_MAILS) <= topology.EVENTS.max_bytes
    assert f"{topology.EVENTS.max_bytes // topology.GIB} GiB, the default" in PAGE
    seconds = topology.MAIL.max_bytes / (topology.SUSTAINED_MAILS * 20_000)
    assert f"{seconds / 60:.0f} minutes of {topology.SUSTAINED_MAILS} mails" in PAGE
