"""A real browser (Chromium) that opens pages of the gateway, and says what they asked for and ran."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from playwright.async_api import Dialog, Page, async_playwright

from mayfly_local.browsers import chromium

CHROMIUM = chromium()
WHY_SKIPPED = "no Chromium on this machine"
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_SETTLING_MILLISECONDS = 50
_TLS_HANDSHAKE = b"\x16"


class Browser:
    """One page of a browser. `asked`: URLs that it asked for; `dialogs`: the messages of dialogs that scripts opened."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.asked: list[str] = []
        self.dialogs: list[str] = []
        self.evaluate = page.evaluate
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("dialog", self._close)

    async def _close(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        await dialog.accept()

    async def look_at(self, url: str) -> tuple[list[str], list[str]]:
        """What the page asked for beside itself, and the dialogs of scripts that ran in it."""
        self.asked.clear()
        self.dialogs.clear()
        await self._page.goto(url)
        await self._page.wait_for_timeout(_SETTLING_MILLISECONDS)
        return [asked for asked in self.asked if asked != url and not asked.startswith("data:")], [*self.dialogs]


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS) as running,
    ):
        yield Browser(await running.new_page())


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
