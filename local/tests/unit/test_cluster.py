"""What the cluster would run: three of each server that know one another, two of each service."""

import json
from pathlib import Path

import pytest

from mayfly_local import cluster, settings
from mayfly_local.faults import Refusal
from mayfly_local.services import SERVICES, worker_names

MEMBERS = [30000, 30001, 30002]


def test_each_nats_server_has_a_name_of_its_own_and_routes_to_all(tmp_path):
    programs = [cluster.nats_server(Path("/bin/nats-server"), tmp_path, MEMBERS, number) for number in range(3)]
    configs = [json.loads(Path(program.argv[-1]).read_text()) for program in programs]
    assert [program.name for program in programs] == [config["server_name"] for config in configs]
    assert len({config["server_name"] for config in configs}) == 3
    assert {config["port"] for config in configs} == set(MEMBERS)
    for config in configs:
        assert config["cluster"]["routes"] == [f"nats://127.0.0.1:{port}" for port in (30100, 30101, 30102)]
        assert config["jetstream"]["sync_interval"] == "always"
    assert len({config["jetstream"]["store_dir"] for config in configs}) == 3


def test_each_mongod_has_a_folder_of_its_own_in_one_replica_set(tmp_path):
    programs = [cluster.mongod(Path("/bin/mongod"), tmp_path, MEMBERS, number) for number in range(3)]
    assert len({program.argv[program.argv.index("--dbpath") + 1] for program in programs}) == 3
    assert {program.argv[program.argv.index("--replSet") + 1] for program in programs} == {"rs0"}


def test_services_learn_of_every_member():
    assert cluster.mongo_uri(MEMBERS) == "mongodb://127.0.0.1:30000,127.0.0.1:30001,127.0.0.1:30002/?replicaSet=rs0"


def test_there_are_two_of_each_service_unless_told_otherwise():
    chosen = settings.read({**cluster.DEFAULTS, "MAYFLY_WORKERS_PARSER": "3"})
    counts = {service.name: len(list(worker_names(service, chosen))) for service in SERVICES}
    assert counts == dict.fromkeys(counts, 2) | {"parser": 3}


@pytest.mark.parametrize("variable", ["MAYFLY_NATS_URL", "MAYFLY_MONGO_URI"])
def test_a_server_of_ones_own_is_refused(variable):
    with pytest.raises(Refusal, match=variable):
        cluster.tiers(settings.read({variable: "somewhere"}))


def test_servers_behind_doors_are_known_to_everybody_by_their_doors(tmp_path):
    doors, routes = [30010, 30011, 30012], [30020, 30021, 30022]
    programs = [
        cluster.nats_server(Path("/bin/nats-server"), tmp_path, MEMBERS, number, doors=doors, routes=routes)
        for number in range(3)
    ]
    for number, program in enumerate(programs):
        config = json.loads(Path(program.argv[-1]).read_text())
        assert config["client_advertise"] == f"127.0.0.1:{doors[number]}"
        assert config["cluster"]["cluster_advertise"] == f"127.0.0.1:{routes[number]}"
        assert config["cluster"]["routes"] == [f"nats://127.0.0.1:{port}" for port in routes]
        assert config["cluster"]["port"] == MEMBERS[number] + 100


def test_a_single_nats_server_is_no_cluster(tmp_path):
    program = cluster.nats_server(Path("/bin/nats-server"), tmp_path, MEMBERS[:1], 0)
    assert "cluster" not in json.loads(Path(program.argv[-1]).read_text())
