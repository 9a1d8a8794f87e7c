"""What a page must not do while a test looks elsewhere: log an error, throw, break its policy, speak to a stranger."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Request, WebError

HARMLESS = {"data", "blob", "about", "chrome-error"}


class Watch:
    """Collects in `faults` what any page of a context did wrong. `allow` names parts of faults that a test provokes."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.faults: list[str] = []
        self.asked: list[str] = []
        self._allowed: list[str] = []
        self._origins = {origin}
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)

    def allow(self, *parts: str) -> None:
        """Let faults pass that have one of these texts in them."""
        self._allowed += parts

    def allow_origin(self, origin: str) -> None:
        """Let the page speak to this server too."""
        self._origins.add(origin)

    def unexpected(self) -> list[str]:
        """Return the faults that the test did not allow."""
        return [fault for fault in self.faults if not any(part in fault for part in self._allowed)]

    def _on_console(self, message: ConsoleMessage) -> None:
        # Chromium reports what a Content-Security-Policy refuses as an error too.
        if message.type in {"error", "warning", "assert"}:
            self.faults.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _on_error(self, error: WebError) -> None:
        self.faults.append(f"thrown: {error.error}")

    def _on_request(self, request: Request) -> None:
        url = urlsplit(request.url)
        self.asked.append(request.url)
        if url.scheme not in HARMLESS and f"{url.scheme}://{url.netloc}" not in self._origins:
            self.faults.append(f"request to another origin: {request.url}")
