"""The server as a process: how it starts, what it does without a key and without a gateway, and how it ends."""

import asyncio
import json
import os
import subprocess
import sys
import time

import anyio

PROGRAM = [sys.executable, "-m", "mayfly_mcp"]
FRAMES = (
    {
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
    },
    {"method": "notifications/initialized"},
    {
        "id": 2,
        "method": "tools/call",
        "params": {
            "name": "wait_for_code",
            "arguments": {"address": "a@b.example", "timeout_seconds": 50},
            "_meta": {"progressToken": 7},
        },
    },
)


def environment(**variables):
    return {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")} | variables


class SilentGateway:
    """Takes requests and never answers. Counts them, and the connections that are open."""

    def __init__(self):
        self.requests = self.connections = 0

    async def serve(self, reader, writer):
        self.connections += 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.requests += 1
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.connections -= 1
            writer.close()

    async def until(self, condition):
        """Wait until the condition holds."""
        with anyio.fail_after(30):
            while not condition():
                await asyncio.sleep(0.01)


async def test_a_wait_that_is_given_up_ends_its_request_and_without_a_gateway_a_call_says_so(start_server):
    gateway = SilentGateway()
    listening = await asyncio.start_server(gateway.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with start_server({"MAYFLY_URL": url}, "legacy") as running:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(running.client.call_tool, "wait_for_code", {"address": "a@b.example"})
            await gateway.until(lambda: gateway.requests == 1)
            tasks.cancel_scope.cancel()
        await gateway.until(lambda: gateway.connections == 0)
        listening.close()
        said = await running.refused("create_inbox")
        assert f"Is Mayfly running, and is MAYFLY_URL ({url}) right?" in said
        assert "" == running.log


async def test_without_a_key_inboxes_are_anonymous_and_their_tokens_stay_inside(start_server, stack):
    async with start_server({"MAYFLY_URL": stack.http_url}) as running:
        made = await running.call("create_inbox")
        for via in ("api", "smtp"):
            sent = await running.call("send_test_message", address=made["address"], via=via, text="Your code is 482193")
            found = await running.call("wait_for_code", address=made["inbox_id"], after=sent["cursor"])
            assert "482193" == found["code"]
            await running.call("get_message", address=made["address"], message_id=found["message_id"])
        await running.call("set_fault_plan", address=made["address"], plan="451")
        assert "API key" in await running.refused("create_inbox", label="x")
        assert "deleted" == (await running.call("delete_inbox", address=made["address"]))["status"]
        assert "mfi_" not in "".join(map(str, running.frames))


def test_it_ends_when_standard_input_is_closed_in_the_middle_of_a_wait(tmp_path):
    with subprocess.Popen(
        PROGRAM, env=environment(MAYFLY_URL="http://127.0.0.1:9"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        for frame in FRAMES:
            process.stdin.write(json.dumps({"jsonrpc": "2.0", **frame}).encode() + b"\n")
        process.stdin.flush()
        lines = [json.loads(process.stdout.readline()) for _ in range(2)]
        assert ["2025-06-18", "notifications/progress"] == [lines[0]["result"]["protocolVersion"], lines[1]["method"]]
        before = time.monotonic()
        process.stdin.close()
        assert 0 == process.wait(10)
        assert time.monotonic() - before < 3
