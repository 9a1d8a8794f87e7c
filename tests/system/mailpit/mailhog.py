"""Asks a server everything that MailHog's clients ask, and returns the answers in normal form."""

import re
from typing import Any

import httpx

from tests.system.mailpit.mails import MAILS
from tests.system.mailpit.server import Server

SENT = (
    "plain",
    "html-only",
    "alternative",
    "attachments",
    "inline",
    "nested",
    "forwarded",
    "bcc",
    "several",
    "words",
    "no-id-no-date",
    "dots",
)
PAGES = (
    {"limit": 2},
    {"start": 3, "limit": 2},
    {"start": 100},
    {"limit": 0},
    {"limit": 1000},
    {"start": -1, "limit": "x"},
)
SEARCHES = (
    ("to", "ann@example.com"),
    ("to", "BOSS@corp"),
    ("to", "eve@example.org"),
    ("from", "shop.example"),
    ("from", "the shop"),
    ("from", "nobody"),
    ("containing", "482193"),
    ("containing", "HTML version"),
    ("containing", "invoice 4711"),
    ("containing", "text/plain"),
    ("containing", "nothing-has-this"),
    ("other", "x"),
    ("to", ""),
)
TRACE = {"Received": "<trace>", "Message-ID": "<made>"}


class MailHogCollector:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.names: dict[str, str] = {}

    def everything(self) -> dict[str, Any]:
        """All answers by subject. The server must be this run's alone; it is emptied before and after."""
        self._get("DELETE", "/api/v1/messages")
        found: dict[str, Any] = {"on an empty server": self._get("GET", "/api/v2/messages")}
        for name in SENT:
            known = self.server.send(next(mail for mail in MAILS if mail.name == name), self._newest)
            self.names[known] = name
        found["items"] = {name: self._get("GET", f"/api/v1/messages/{known}") for known, name in self.names.items()}
        found["pages"] = {str(page): self._listed("/api/v2/messages", page) for page in PAGES}
        found["searches"] = {
            f"{kind} {query}": self._listed("/api/v2/search", {"kind": kind, "query": query})
            for kind, query in SEARCHES
        }
        found["parts"] = {str(number): self._part(number) for number in (0, 1, 2)}
        by_name = {name: known for known, name in self.names.items()}
        ends = (
            ("DELETE", f"/api/v1/messages/{by_name['plain']}"),
            ("GET", "/api/v2/jim"),
            ("DELETE", "/api/v1/messages"),
        )
        for method, path in ends:
            answer = self._get(method, path)
            found[f"{method} {self._named(path)}"] = {"answer": answer, "left": self._listed("/api/v2/messages", {})}
        return found

    def _newest(self) -> str | None:
        items = self.server.call("GET", "/api/v2/messages", params={"limit": 1}).json()["items"]
        return items[0]["ID"] if items else None

    def _named(self, text: str) -> str:
        for known, name in self.names.items():
            text = text.replace(known, f"<{name}>")
        return text

    def _get(self, method: str, path: str, **words: Any) -> dict[str, Any]:
        request = self.server.http.build_request(method, path, **words)
        # MailHog's clients send no Accept, which tells them from Mailpit's where the two share a path.
        del request.headers["Accept"]
        answer = self.server.http.send(request)
        return {
            "status": answer.status_code,
            "type": answer.headers.get("Content-Type", ""),
            "body": self._body(answer),
        }

    def _body(self, answer: httpx.Response) -> Any:
        try:
            return self._value(answer.json())
        except ValueError:
            return self._named(answer.text)

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: "<now>" if key == "Created" else self._entry(key, entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [self._value(entry) for entry in value]
        return self._named(value) if isinstance(value, str) else value

    def _entry(self, key: str, entry: Any) -> Any:
        if key == "Helo":
            return f"<{type(entry).__name__}>"
        if key in TRACE and not any(str(each).endswith("@shop.example>") for each in entry):
            return [TRACE[key] for _ in entry]
        return self._value(entry)

    def _listed(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        found = self._get("GET", path, params=params)
        if isinstance(found["body"], dict):
            found["body"] = {**found["body"], "items": [item["ID"] for item in found["body"]["items"]]}
        return found

    def _part(self, number: int) -> dict[str, Any]:
        known = next(known for known, name in self.names.items() if name == "attachments")
        answer = self.server.call("GET", f"/api/v1/messages/{known}/mime/part/{number}/download")
        disposition = self._named(answer.headers.get("Content-Disposition", ""))
        return {
            "status": answer.status_code,
            "type": answer.headers.get("Content-Type"),
            "disposition": re.sub(r"\s+", " ", disposition),
            "content": answer.content.decode("latin-1"),
        }
