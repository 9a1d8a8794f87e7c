"""`python -m mayfly_local` from outside: real mongod and nats-server, stand-ins for the five services."""

import os
import signal
import socket
import time
from pathlib import Path

import pytest
from pymongo import MongoClient

MODULES = ("smtp_ingest", "message_parser", "api_gateway", "webhook_dispatcher", "expiry_reaper")
NAMES = ("mongod", "nats", "smtp-ingest", "parser", "api-gateway", "webhook-dispatcher", "expiry-reaper")


@pytest.fixture
def stand_ins(tmp_path):
    """Environment in which the five services are stand-ins."""
    text = Path(__file__).with_name("stand_in.py").read_text()
    for module in MODULES:
        (tmp_path / "stand-ins" / module).mkdir(parents=True)
        (tmp_path / "stand-ins" / module / "__main__.py").write_text(text)
        (tmp_path / "stand-ins" / module / "__init__.py").touch()
    return {"PYTHONPATH": str(tmp_path / "stand-ins")}


def alive(pids):
    return [
        pid
        for pid in pids
        if Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    ]


def until_gone(pids):
    deadline = time.monotonic() + 10
    while alive(pids):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_whole_life(make_stack, stand_ins):
    """Ready with the first key; a killed mongod comes back; a stop leaves nothing; the data survives on other ports."""
    stack = make_stack(env={**stand_ins, "MAYFLY_WORKERS_SMTP": "2"}).start()
    assert stack.api_key == "the-first-key"
    assert (stack.data_dir / "api-key").stat().st_mode & 0o777 == 0o600
    assert stack.http_url in stack.printed()
    pids = [stack.pid(name) for name in (*NAMES, "smtp-ingest-2")]
    assert len(alive(pids)) == 8

    with MongoClient(stack.mongo_uri) as client:
        client["kept"]["things"].insert_one({"_id": 1})
        began = time.monotonic()
        pids.append(stack.kill("mongod"))
        assert time.monotonic() - began < 2
        assert client["kept"]["things"].find_one({"_id": 1})

    assert stack.stop(signal.SIGINT) == 0
    assert alive(pids) == []
    assert list((stack.data_dir / "run").glob("*.pid")) == []
    assert "parser" not in stack.printed().split("ready")[1]

    again = make_stack(env=stand_ins, data_dir=stack.data_dir).start()
    with MongoClient(again.mongo_uri) as client:
        assert client["kept"]["things"].find_one({"_id": 1})

    second = make_stack(env=stand_ins, data_dir=again.data_dir)
    second.output = again.data_dir / "second.log"
    second.launch()
    assert second.wait() == 2
    assert f"already runs on {again.data_dir} (pid {again.process.pid})" in second.printed()

    pids = [again.pid(name) for name in NAMES]
    again.stop(signal.SIGKILL)
    until_gone(pids)


def test_a_taken_port_is_named_with_its_variable_before_anything_starts(make_stack, stand_ins):
    stack = make_stack(env=stand_ins)
    with socket.create_server(("127.0.0.1", stack.smtp_port)):
        stack.launch()
        assert stack.wait() == 2
    line = f"Port {stack.smtp_port} on 127.0.0.1 is taken: set MAYFLY_SMTP_PORT to a free port."
    assert stack.printed().splitlines() == [line]
    assert not (stack.data_dir / "log" / "mongod.log").exists()


def test_a_service_that_keeps_dying_ends_everything(make_stack, stand_ins, mongo_uri, nats_url):
    own = {"MAYFLY_MONGO_URI": mongo_uri, "MAYFLY_NATS_URL": nats_url}
    stack = make_stack(env={**stand_ins, **own, "STAND_IN_FAULT": "message_parser"})
    stack.launch()
    assert stack.wait() == 1
    assert "message_parser cannot work like this" in stack.printed()
    assert "parser keeps dying" in stack.printed()
    assert list((stack.data_dir / "run").glob("*.pid")) == []


def test_servers_of_ones_own_are_used_and_not_started(make_stack, stand_ins, mongo_uri, nats_url):
    stack = make_stack(env={**stand_ins, "MAYFLY_MONGO_URI": mongo_uri, "MAYFLY_NATS_URL": nats_url}).start()
    assert stack.pid("mongod") is None
    assert stack.pid("nats") is None
    os.killpg(stack.process.pid, signal.SIGTERM)
    assert stack.wait() == 0


def test_a_server_of_ones_own_that_is_silent_is_refused_without_its_password(
    make_stack, stand_ins, mongo_uri, free_ports
):
    url = f"nats://user:secret@127.0.0.1:{free_ports.take()}"
    stack = make_stack(env={**stand_ins, "MAYFLY_MONGO_URI": mongo_uri, "MAYFLY_NATS_URL": url})
    stack.launch()
    assert stack.wait() == 2
    assert "The server of MAYFLY_NATS_URL is not answering" in stack.printed()
    assert "secret" not in stack.printed()
