"""Servers as processes, each with a client of the official SDK that keeps every frame and log line.

mail            module: one server with the stack's API key
start_server    test: starts a server with other variables: `async with start_server({...}) as running`
"""

import asyncio
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
import pytest_asyncio
from mcp import Client, StdioServerParameters, stdio_client

PROGRAM = [sys.executable, "-m", "mayfly_mcp"]


class Server:
    """A running server: `call` a tool; `frames` holds what it wrote, `log` its standard error."""

    def __init__(self, client: Client, frames: list[str], log: Path) -> None:
        self.client = client
        self.frames = frames
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text()

    async def call(self, name, /, progress=None, **arguments):
        """Call a tool; return what the structured half of its answer says. A tool error raises AssertionError."""
        answer = await self.client.call_tool(name, arguments, progress_callback=progress)
        assert not answer.is_error, answer.content[0].text
        return answer.structured_content

    async def refused(self, name, /, **arguments):
        """Call a tool that has to fail; return what its error says."""
        answer = await self.client.call_tool(name, arguments)
        assert answer.is_error, answer.structured_content
        return answer.content[0].text


@asynccontextmanager
async def recorded(parameters, frames, errlog):
    """Yield the streams of a server process, with a copy of each frame from it in `frames`."""
    async with stdio_client(parameters, errlog=errlog) as (read, write):
        forward, received = anyio.create_memory_object_stream(0)

        async def copy():
            async with forward:
                async for item in read:
                    frames.append(item if isinstance(item, Exception) else item.message.model_dump_json(by_alias=True))
                    await forward.send(item)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(copy)
            yield received, write
            tasks.cancel_scope.cancel()
        received.close()


@asynccontextmanager
async def server(folder: Path, environment, mode="auto"):
    """Start a server process with these variables, connect, and end it by closing its standard input."""
    frames, path = [], folder / "log"
    parameters = StdioServerParameters(command=PROGRAM[0], args=PROGRAM[1:], env=environment)
    with path.open("w") as errlog:
        async with Client(recorded(parameters, frames, errlog), mode=mode, read_timeout_seconds=90) as client:
            yield Server(client, frames, path)


@asynccontextmanager
async def held(manager):
    """Enter a manager in a task of its own and leave it there, which cancel scopes of fixtures ask for."""
    entered, done = asyncio.get_running_loop().create_future(), asyncio.Event()

    async def hold():
        try:
            async with manager as value:
                entered.set_result(value)
                await done.wait()
        except BaseException as error:
            if entered.done():
                raise
            entered.set_exception(error)

    holder = asyncio.create_task(hold())
    try:
        yield await entered
    finally:
        done.set()
        await holder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mail(stack, tmp_path_factory):
    environment = {"MAYFLY_URL": stack.http_url, "MAYFLY_API_KEY": stack.api_key}
    async with held(server(tmp_path_factory.mktemp("mcp"), environment)) as running:
        yield running


@pytest.fixture
def start_server(tmp_path):
    return lambda environment, mode="auto": server(tmp_path, environment, mode)
