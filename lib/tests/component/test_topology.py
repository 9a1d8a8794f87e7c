"""Streams and consumers: created once, left when they fit, refused when they mean something else."""

from dataclasses import replace

import pytest
from nats.js.api import DiscardPolicy, RePublish, RetentionPolicy, StreamConfig

from mayfly.bus import topology
from mayfly.bus.connection import connect


async def test_starting_twice_leaves_one_set_of_streams_and_consumers(clean_nats):
    async with connect(clean_nats, "test") as bus:
        await topology.ensure(bus)
        await topology.ensure(bus)
        names = {info.config.name for info in await bus.jetstream.streams_info()}
        assert {"MAIL", "EVENTS", "DELIVERIES", "DEAD_LETTERS", "OBJ_MAIL_OCTETS"} == names
        assert ["parser"] == [c.name for c in await bus.jetstream.consumers_info("MAIL")]


async def test_acknowledged_mail_is_never_discarded_for_new_mail(clean_nats):
    async with connect(clean_nats, "test") as bus:
        await topology.ensure(bus)
        for stream in ("MAIL", "EVENTS"):
            assert DiscardPolicy.NEW == (await bus.jetstream.stream_info(stream)).config.discard


async def test_a_stream_with_another_meaning_is_refused_and_left_alone(clean_nats):
    async with connect(clean_nats, "test") as bus:
        other = StreamConfig(name="MAIL", subjects=["mayfly.mail.>"], retention=RetentionPolicy.INTEREST)
        await bus.jetstream.add_stream(other)
        with pytest.raises(topology.IncompatibleStream, match="MAIL exists with another"):
            await topology.ensure(bus)
        assert RetentionPolicy.INTEREST == (await bus.jetstream.stream_info("MAIL")).config.retention


async def test_a_stream_for_mail_that_is_still_a_work_queue_is_left_as_it_is(clean_nats):
    async with connect(clean_nats, "test") as bus:
        older = StreamConfig(
            name="MAIL",
            subjects=["mayfly.mail.>"],
            retention=RetentionPolicy.WORK_QUEUE,
            discard=DiscardPolicy.NEW,
            allow_direct=True,
        )
        await bus.jetstream.add_stream(older)
        await topology.ensure(bus)
        assert RetentionPolicy.WORK_QUEUE == (await bus.jetstream.stream_info("MAIL")).config.retention


async def test_what_a_newer_version_added_to_a_stream_is_no_reason_to_refuse(clean_nats):
    async with connect(clean_nats, "test") as bus:
        newer = topology.MAIL.config(1)
        newer.subjects = [*newer.subjects, "mayfly.mail-of-a-newer-version.>"]
        newer.allow_msg_ttl = True
        await bus.jetstream.add_stream(newer)
        await topology.ensure(bus)
        assert newer.subjects == (await bus.jetstream.stream_info("MAIL")).config.subjects


@pytest.mark.parametrize(
    "lacking",
    [
        {"subjects": ["mayfly.mail-of-a-newer-version.>"]},
        {"allow_direct": False},
        {"discard": DiscardPolicy.OLD},
        {"republish": RePublish(src="mayfly.mail.>", dest="elsewhere.>")},
    ],
)
async def test_a_stream_that_lacks_what_this_version_relies_on_is_refused(clean_nats, lacking):
    async with connect(clean_nats, "test") as bus:
        await bus.jetstream.add_stream(replace(topology.MAIL.config(1), **lacking))
        with pytest.raises(topology.IncompatibleStream, match="MAIL exists with another"):
            await topology.ensure(bus)


async def test_the_operators_sizes_and_ages_are_left_as_found(clean_nats):
    async with connect(clean_nats, "test") as bus:
        await topology.ensure(bus)
        tuned = (await bus.jetstream.stream_info("EVENTS")).config
        tuned.max_age = 3600
        await bus.jetstream.update_stream(tuned)
        await topology.ensure(bus)
        assert 3600 == (await bus.jetstream.stream_info("EVENTS")).config.max_age
