"""The restore drill of docs/operations.md on the local stack: nothing that was acknowledged is missing, nothing is doubled."""

import os
import shutil
import signal
import smtplib
import socket
import time
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("backup")]


def send(stack, address, subject):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", address, subject
    message.set_content("Your code is 482193")
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as peer:
        peer.send_message(message)


def client(stack, key):
    return httpx.Client(base_url=stack.http_url, headers={"X-API-Key": key}, timeout=30, trust_env=False)


def subjects(api, address):
    answer = api.get(f"/api/v1/inboxes/{address}/messages")
    return sorted(message["subject"] for message in answer.raise_for_status().json())


def until(wanted, probe):
    deadline = time.monotonic() + 30
    while (found := probe()) != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def no_pull_waits(stack):
    """Whether the broker has nobody to hand the next mail to."""
    with socket.create_connection(("127.0.0.1", int(stack.env["MAYFLY_NATS_PORT"])), 5) as connection:
        connection.sendall(
            b'CONNECT {"verbose":false}\r\nSUB answer 1\r\nPUB $JS.API.CONSUMER.INFO.MAIL.parser answer 0\r\n\r\n'
        )
        received = b""
        while b'"num_waiting"' not in received:
            received += connection.recv(65536)
    return b'"num_waiting":0' in received


def crash(stack):
    """Everything at once, as when a machine loses power; returns when the last process is gone."""
    pids = [int(path.read_text()) for path in (stack.data_dir / "run").glob("*.pid")]
    stack.stop(signal.SIGKILL)
    until([], lambda: [pid for pid in pids if Path(f"/proc/{pid}").exists()])


def test_what_was_stored_and_what_still_waited_is_there_once_after_a_restore(make_stack, tmp_path):
    stack = make_stack(data_dir=tmp_path / "original").start()
    key = stack.api_key
    with client(stack, key) as api:
        address = api.post("/api/v1/inboxes", json={}).raise_for_status().json()["address"]
        send(stack, address, "stored before")
        until(["stored before"], lambda: subjects(api, address))
    os.kill(stack.pid("parser"), signal.SIGSTOP)
    until(True, lambda: no_pull_waits(stack))
    send(stack, address, "still waiting")
    crash(stack)

    shutil.copytree(stack.data_dir, tmp_path / "copy", ignore=shutil.ignore_patterns("run", "log"))
    shutil.rmtree(stack.data_dir)
    restored = make_stack(data_dir=tmp_path / "copy").start()
    with client(restored, key) as api:
        until(["still waiting", "stored before"], lambda: subjects(api, address))
        send(restored, address, "after the restore")
        until(["after the restore", "still waiting", "stored before"], lambda: subjects(api, address))
