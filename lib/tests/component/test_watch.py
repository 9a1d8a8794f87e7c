"""What the watch reads from a real broker and store."""

from datetime import UTC, datetime, timedelta

from prometheus_client import REGISTRY

from mayfly.bus import depths, topology
from mayfly.bus.connection import connect
from mayfly.bus.publisher import Publisher
from mayfly.service.watch import Watch
from mayfly.store import client
from mayfly.testing.builders import make_mail

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)


def gauge(name, **labels):
    return REGISTRY.get_sample_value(name, labels)


async def test_a_look_tells_depth_age_and_room_of_streams_and_store(clean_nats, mongo_uri, mongo_database):
    async with connect(clean_nats, "test") as bus, client.connect(mongo_uri, mongo_database, "test") as database:
        await topology.ensure(bus)
        for event_id in ("a", "b", "c"):
            await Publisher(bus).publish(make_mail(event_id=event_id, received_at=MOMENT))
        await database["things"].insert_one({"_id": 1})
        later = datetime.now(UTC) + timedelta(seconds=90)
        await Watch(bus, database, lambda: later).look()
    assert gauge("mayfly_stream_messages", stream="MAIL") == 3
    assert gauge("mayfly_consumer_waiting_events", consumer="parser") == 3
    assert gauge("mayfly_consumer_unsettled_events", consumer="parser") == 0
    assert 89 <= gauge("mayfly_stream_oldest_seconds", stream="MAIL") <= 150
    assert gauge("mayfly_stream_oldest_seconds", stream="DEAD_LETTERS") == 0
    assert gauge("mayfly_stream_limit_octets", stream="MAIL") == 8 * 1024**3
    assert gauge("mayfly_stream_copies", stream="MAIL") == gauge("mayfly_stream_copies_wanted", stream="MAIL") == 1
    assert gauge("mayfly_watched_timestamp_seconds") == later.timestamp()
    assert gauge("mayfly_store_data_octets") > 0
    assert 0 < gauge("mayfly_store_disk_used_octets") < gauge("mayfly_store_disk_octets")
    assert gauge("mayfly_store_command_seconds_count", command="insert") >= 1


async def test_every_stream_of_the_topology_is_watched():
    assert {stream.name for stream in topology.STREAMS} < set(depths.WATCHED)
