"""Asks a server everything that Mailpit's clients ask, in one fixed order, and returns the answers in normal form."""

import hashlib
from typing import Any
from urllib.parse import quote

from tests.system.mailpit.changes import CHANGES, ENDS, MISTAKES, Call
from tests.system.mailpit.mails import MAILS, Mail
from tests.system.mailpit.normal import Normal, source
from tests.system.mailpit.searches import DATES, SEARCHES, ZONES
from tests.system.mailpit.server import Server

ON_EMPTY = (
    "messages",
    "search?query=x",
    "message/latest",
    "message/latest/raw",
    "message/unknown",
    "tags",
    "info",
    "chaos",
    "webui",
)
PAGES = (
    {"limit": 3},
    {"start": 2, "limit": 2},
    {"start": 1000},
    {"start": -1, "limit": 1},
    {"limit": -5, "start": 30},
    {"limit": "many", "start": "some"},
    {"start": 3, "limit": 0},
    {"before": "2000-01-01"},
    {"before": "2099-01-01", "limit": 2},
    {"before": "nonsense", "limit": 1},
)
SEARCH_PAGES = (
    {"limit": 0},
    {"start": 1, "limit": 2},
    {"start": 1000},
    {"start": -1, "limit": -1},
    {"before": "2000-01-01"},
)


class Collector:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.normal = Normal()
        self.ids: dict[str, str] = {}

    def everything(self) -> dict[str, Any]:
        """All answers by subject. The server must be this run's alone; it is emptied before and after."""
        self.server.call("DELETE", "/api/v1/messages").raise_for_status()
        found: dict[str, Any] = {"on an empty server": {path: self._get(f"/api/v1/{path}") for path in ON_EMPTY}}
        for mail in MAILS:
            self.ids[mail.name] = self.server.send(mail)
        self.normal.names = {known: name for name, known in self.ids.items()}
        raws = {mail.name: self._raw(mail) for mail in MAILS}
        self.normal.sizes = {self.ids[name]: len(raw) for name, raw in raws.items()}
        found |= {"lists": self._lists(), "searches": self._searches()}
        found["messages"] = {mail.name: self._message(mail, raws[mail.name]) for mail in MAILS}
        found["after reading"] = {path: self._get(f"/api/v1/{path}") for path in ("info", "tags", "message/latest")}
        found["mistakes"] = {call.name: self._call(call) for call in MISTAKES}
        found["changes"] = {call.name: self._changed(call) for call in CHANGES}
        found["ends"] = {call.name: self._changed(call) for call in ENDS}
        return found

    def _raw(self, mail: Mail) -> bytes:
        return self.server.call("GET", f"/api/v1/message/{self.ids[mail.name]}/raw").content

    def _get(self, path: str, **words: Any) -> dict[str, Any]:
        return self.normal.answer(self.server.call("GET", path, **words))

    def _names(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        """A list's answer, with names in the place of the messages."""
        found = self._get(path, params=params)
        if isinstance(found["body"], dict):
            found["body"] = {**found["body"], "messages": [each["ID"] for each in found["body"]["messages"]]}
            found["body"].pop("tags", None)
        return found

    def _short(self, path: str, params: dict[str, Any]) -> Any:
        """Of a search's answer what differs from one search to the next: what was found, and how much of it."""
        found = self._names(path, params)
        if found["status"] != 200:
            return found
        names = found["body"]["messages"]
        told = "all" if names == list(self.summaries) else " ".join(names)
        return f"{told} ({found['body']['messages_count']}, unread {found['body']['messages_unread']})"

    def _lists(self) -> dict[str, Any]:
        path = "/api/v1/messages"
        whole = self._get(path, params={"limit": 0})
        self.summaries = {each["ID"]: each for each in whole["body"].pop("messages")}
        found = {"all": whole | {"order": list(self.summaries)}}
        return found | {str(page): self._names(path, page) for page in PAGES}

    def _searches(self) -> dict[str, Any]:
        path, limit = "/api/v1/search", {"limit": 100}
        found: dict[str, Any] = {query: self._short(path, {"query": query, **limit}) for query in SEARCHES + DATES}
        for zone in ZONES:
            found |= {f"{query} in {zone}": self._short(path, {"query": query, "tz": zone, **limit}) for query in DATES}
        found |= {f"shop {page}": self._names(path, {"query": "from:shop", **page}) for page in SEARCH_PAGES}
        for query in ("subject:invoice", "is:unread subject:tags", "nothing-has-this"):
            latest = self._get("/api/v1/message/latest/headers", params={"query": query})
            found[f"latest {query}"] = latest if latest["status"] != 200 else latest["body"]["Subject"]
        return found

    def _message(self, mail: Mail, raw: bytes) -> dict[str, Any]:
        known = self.ids[mail.name]
        path = f"/api/v1/message/{known}"
        message = self._get(path)
        listed = message["body"]["Attachments"] + message["body"]["Inline"]
        return {
            "summary": self.summaries[f"<{mail.name}>"],
            "message": message["body"],
            "headers": self.normal.headers(self.server.call("GET", f"{path}/headers")),
            "source": source(raw, mail, self.normal),
            "parts": {part["FileName"]: self._part(f"{path}/part/{part['PartID']}") for part in listed},
            "html": self._get(f"/view/{known}.html"),
            "text": self._get(f"/view/{known}.txt"),
        }

    def _part(self, path: str) -> dict[str, Any]:
        answer = self.server.call("GET", path)
        kept = {name: answer.headers.get(name) for name in ("Content-Type", "Content-Disposition")}
        return {"status": answer.status_code, **kept, "sha1": hashlib.sha1(answer.content).hexdigest()}

    def _call(self, call: Call) -> dict[str, Any]:
        words: dict[str, Any] = {"params": call.params}
        if isinstance(call.body, str):
            words["content"] = call.body
        elif call.body is not None:
            words["json"] = self._with_ids(call.body)
        path = "/".join(quote(self._with_id(part)) for part in call.path.split("/"))
        return self.normal.answer(self.server.call(call.method, path, **words))

    def _with_id(self, part: str) -> str:
        """A part of a path such as `plain.html` with the id of the mail of this name."""
        name, dot, end = part.partition(".")
        return self.ids.get(name, name) + dot + end

    def _with_ids(self, body: Any) -> Any:
        if isinstance(body, dict) and isinstance(body.get("IDs"), list):
            return body | {"IDs": [self.ids.get(name, name) for name in body["IDs"]]}
        return body

    def _changed(self, call: Call) -> dict[str, Any]:
        """The answer of a change, and what it changed: of each message, whether it is there and read, and its tags."""
        before, answer, after = self._state(), self._call(call), self._state()
        changed = {name: after.get(name) for name in before if before[name] != after.get(name)}
        return {"answer": answer, "changed": changed, "tags": self._get("/api/v1/tags")["body"]}

    def _state(self) -> dict[str, Any]:
        every = self.server.call("GET", "/api/v1/messages", params={"limit": 0}).json()["messages"]
        return {self.normal.names[each["ID"]]: [each["Read"], each["Tags"]] for each in every}
