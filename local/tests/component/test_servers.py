"""The fixtures' real servers, and mongod over data that was made under another port."""

from contextlib import contextmanager

import nats
import pytest
from pymongo import MongoClient

from mayfly_local import binaries, servers
from mayfly_local.health import mongo_primary, nats_jetstream
from mayfly_local.processes import Child, stop
from mayfly_local.throwaway import wait_until_ready


def test_mongod_takes_transactions(mongo_uri, mongo_database):
    with MongoClient(mongo_uri) as client, client.start_session() as session:
        with session.start_transaction():
            client[mongo_database]["things"].insert_one({"_id": 1}, session=session)
        assert client[mongo_database]["things"].count_documents({}) == 1


def test_each_test_has_a_database_of_its_own(mongo_uri, mongo_database):
    with MongoClient(mongo_uri) as client:
        assert client[mongo_database].list_collection_names() == []


@pytest.mark.parametrize("name", ["ONE", "TWO"])
async def test_streams_of_earlier_tests_are_gone(clean_nats, name):
    client = await nats.connect(clean_nats)
    jetstream = client.jetstream()
    assert await jetstream.streams_info() == []
    await jetstream.add_stream(name=name, subjects=["same.>"])
    await client.close()


def test_checks_tell_a_silent_server_from_an_answering_one(mongo_uri, nats_url, free_ports):
    assert mongo_primary(mongo_uri) is None
    assert nats_jetstream(nats_url) is None
    assert "not answering" in (nats_jetstream(servers.nats_url(free_ports.take())) or "")
    assert "not answering" in (mongo_primary(servers.mongo_uri(free_ports.take())) or "")


def test_data_made_under_another_port_is_still_there(tmp_path, free_ports):
    binary = binaries.find(binaries.MONGOD)[binaries.MONGOD]

    @contextmanager
    def things_on(port):
        child = Child(servers.mongod(binary, tmp_path / "data", port, servers.SMALL_CACHE_GB), tmp_path)
        child.start()
        try:
            wait_until_ready(child)
            with MongoClient(servers.mongo_uri(port)) as client:
                yield client["kept"]["things"]
        finally:
            stop([child], grace=0)

    with things_on(free_ports.take()) as things:
        things.with_options(write_concern=None).insert_one({"_id": "before"})
        things.database.client.admin.command("fsync")
    with things_on(free_ports.take()) as things:
        assert things.find_one({"_id": "before"})
        things.insert_one({"_id": "after"})
