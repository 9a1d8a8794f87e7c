"""A real browser (Chromium) that opens pages of the gateway, and says what they asked for and ran."""

import asyncio
import json
import re
import shutil
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from websockets.asyncio.client import connect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WHY_SKIPPED = "no Chromium on this machine"
_SETTLING_SECONDS = 0.05
_TLS_HANDSHAKE = b"\x16"


class Browser:
    """Speaks the DevTools protocol to one tab. `asked`: URLs that pages asked for; `dialogs`: scripts that ran."""

    def __init__(self, tab):
        self._tab = tab
        self._number = 0
        self._answers = {}
        self._loaded = asyncio.Event()
        self.asked = []
        self.dialogs = []

    async def listen(self):
        async for frame in self._tab:
            event = json.loads(frame)
            match event.get("method"):
                case "Network.requestWillBeSent":
                    self.asked.append(event["params"]["request"]["url"])
                case "Page.javascriptDialogOpening":
                    self.dialogs.append(event["params"]["url"])
                    await self._say("Page.handleJavaScriptDialog", accept=True)
                case "Page.loadEventFired":
                    self._loaded.set()
                case None:
                    self._answers.pop(event["id"], asyncio.Future()).set_result(event.get("result"))

    async def evaluate(self, script):
        """What the script, which runs in the page that is open, comes to; a promise is waited for."""
        answer = self._answers[self._number + 1] = asyncio.get_running_loop().create_future()
        await self._say("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        async with asyncio.timeout(10):
            result = await answer
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    async def _say(self, method, **parameters):
        self._number += 1
        await self._tab.send(json.dumps({"id": self._number, "method": method, "params": parameters}))

    async def start(self):
        for domain in ("Page", "Network"):
            await self._say(f"{domain}.enable")

    async def look_at(self, url):
        """What the page asked for beside itself, and the scripts that ran in it."""
        self.asked, self.dialogs = [], []
        self._loaded.clear()
        await self._say("Page.navigate", url=url)
        async with asyncio.timeout(10):
            await self._loaded.wait()
        await asyncio.sleep(_SETTLING_SECONDS)
        others = [asked for asked in self.asked if asked != url and not asked.startswith("data:")]
        return [asked for asked in others if not asked.endswith("/favicon.ico")], self.dialogs


@asynccontextmanager
async def a_browser(tmp_path: Path) -> AsyncIterator[Browser]:
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--remote-debugging-port=0",
        f"--user-data-dir={tmp_path}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with connect(
            await asyncio.to_thread(_tab_of, tmp_path / "DevToolsActivePort"), proxy=None, max_size=None
        ) as tab:
            browser = Browser(tab)
            listening = asyncio.create_task(browser.listen())
            await browser.start()
            yield browser
            listening.cancel()
    finally:
        process.kill()
        await process.wait()


def _tab_of(port_file: Path) -> str:
    """The address of the tab, once the browser has written its port."""
    deadline = time.monotonic() + 30
    while not port_file.exists() or not port_file.read_text().strip():
        assert time.monotonic() < deadline, "Chromium does not start"
        time.sleep(0.05)
    port = port_file.read_text().split()[0]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
        return next(tab["webSocketDebuggerUrl"] for tab in json.load(answer) if tab["type"] == "page")


@asynccontextmanager
async def a_server_of_pages():
    """A server of pages as they are; everything else is 404. `server(html)` returns the URL of one.

    `server.asked`: the request lines that came.
    """
    pages = []

    async def answer(reader, writer):
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):  # the browser opens connections to have some
                first = await reader.readexactly(1)
                if first != _TLS_HANDSHAKE:
                    await respond((first + await reader.readuntil(b"\r\n\r\n")).decode(), writer)
        finally:  # also when the test ends before the browser has asked for anything
            writer.close()

    async def respond(head, writer):
        add.asked.append(head.partition("\r\n")[0])
        number = re.match(r"GET /page/(\d+) ", head)
        body = pages[int(number[1])].encode() if number else b""
        status = "200 OK" if number else "404 Not Found"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def add(html):
        pages.append(html)
        return f"{origin}/page/{len(pages) - 1}"

    add.origin, add.asked = origin, []
    yield add
    server.close()


def aimed_at(origin: str, html: str) -> str:
    """The HTML of a trick, with this server in the place of the tracker's."""
    return html.replace("https://tracker.invalid", origin).replace("tracker.invalid", origin.removeprefix("http://"))
