"""Command lines and configuration of the two servers."""

import json
from pathlib import Path

from mayfly_local import servers


def test_mongod_listens_on_loopback_without_a_unix_socket_as_a_replica_set(tmp_path):
    argv = servers.mongod(Path("/bin/mongod"), tmp_path / "data", 27018).argv
    assert argv[0] == "/bin/mongod"
    assert argv[argv.index("--bind_ip") + 1] == "127.0.0.1"
    assert argv[argv.index("--replSet") + 1] == "rs0"
    assert argv[argv.index("--port") + 1] == "27018"
    assert "--nounixsocket" in argv


def test_the_data_folder_is_private(tmp_path):
    servers.mongod(Path("/bin/mongod"), tmp_path / "data", 27018)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_nats_syncs_every_write_and_has_no_monitoring_port(tmp_path):
    program = servers.nats_server(Path("/bin/nats-server"), tmp_path / "da ta", 4223)
    config = json.loads(Path(program.argv[-1]).read_text())
    assert config["jetstream"]["sync_interval"] == "always"
    assert config["jetstream"]["store_dir"] == str(tmp_path / "da ta")
    assert (config["host"], config["port"], config["max_payload"]) == ("127.0.0.1", 4223, 1048576)
    assert not {"http", "http_port", "monitor_port"} & set(config)


def test_a_client_does_not_look_for_further_members():
    assert servers.mongo_uri(27018) == "mongodb://127.0.0.1:27018/?directConnection=true"
