"""The restore drill of docs/operations.md on the local stack: nothing that was acknowledged is missing, nothing is doubled."""

import os
import shutil
import signal
import socket
from pathlib import Path

from tests.system.conversation import Caller, mail, send, until


def subjects(caller, address):
    return sorted(message["subject"] for message in caller.get(f"/api/v1/inboxes/{address}/messages"))


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
    until(lambda: not [pid for pid in pids if Path(f"/proc/{pid}").exists()], seconds=30)


def test_what_was_stored_and_what_still_waited_is_there_once_after_a_restore(make_stack):
    stack = make_stack().start()
    key = stack.api_key
    with Caller(stack, key) as caller:
        address = caller.inbox()["address"]
        send(stack, mail(address, "stored before"), address)
        until(lambda: ["stored before"] == subjects(caller, address), seconds=30)
    os.kill(stack.pid("parser"), signal.SIGSTOP)
    until(lambda: no_pull_waits(stack), seconds=30)
    send(stack, mail(address, "still waiting"), address)
    crash(stack)

    copy = stack.data_dir.with_name(f"{stack.data_dir.name}-copy")
    shutil.copytree(stack.data_dir, copy, ignore=shutil.ignore_patterns("run", "log"))
    shutil.rmtree(stack.data_dir)
    restored = make_stack(data_dir=copy).start()
    with Caller(restored, key) as caller:
        until(lambda: ["still waiting", "stored before"] == subjects(caller, address), seconds=30)
        send(restored, mail(address, "after the restore"), address)
        until(lambda: ["after the restore", "still waiting", "stored before"] == subjects(caller, address), seconds=30)
