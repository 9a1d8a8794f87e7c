"""Puts answers into a form that is the same for every run and every server: names for ids, `<now>` for the time."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from tests.system.mailpit.mails import Mail

NOW = "<now>"
MADE = "<made>"
SOURCE = "<octets of the source>"
RECENT = timedelta(minutes=10)
OWN_ID = "@shop.example"
"""Every Message-ID that a mail brings ends so; another one was made by the server."""
CHANGING = {"Version": "v", "LatestVersion": "", "Database": "", "DatabaseSize": 0, "RuntimeStats": {}}


def is_now(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (TypeError, ValueError):
            return False
    return moment.tzinfo is not None and abs(datetime.now(UTC) - moment) < RECENT


class Normal:
    """Knows the ids of the mails that were sent, and the sizes of their sources."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.sizes: dict[str, int] = {}

    def text(self, text: str) -> str:
        """`text` with `<name>` in the place of each known id."""
        for known, name in self.names.items():
            text = text.replace(known, f"<{name}>")
        return re.sub(r"boundary=\"?enmime-[\w-]+\"?", f"boundary={MADE}", text)

    def value(self, value: Any) -> Any:
        """`value` of JSON, normal in all its depth."""
        if isinstance(value, dict):
            source = self.sizes.get(str(value.get("ID")), -1)
            return {key: self._entry(key, entry, source) for key, entry in value.items()}
        if isinstance(value, list):
            return [self.value(entry) for entry in value]
        return self.text(value) if isinstance(value, str) else value

    def _entry(self, key: str, entry: Any, source: int) -> Any:
        if key in {"Created", "Date"} and isinstance(entry, str) and is_now(entry):
            return NOW
        if key in {"MessageID", "Message-Id"} and OWN_ID not in str(entry):
            return MADE
        if key == "Size" and entry == source:
            return SOURCE
        if key in CHANGING:
            return f"<{type(entry).__name__}>" if isinstance(entry, type(CHANGING[key])) else entry
        return self.value(entry)

    def answer(self, answer: httpx.Response) -> dict[str, Any]:
        """Status, media type and body."""
        kind = answer.headers.get("Content-Type", "")
        body = (
            self.value(answer.json())
            if kind.startswith("application/json") and answer.content
            else self.text(answer.text)
        )
        return {"status": answer.status_code, "type": kind, "body": body}

    def headers(self, answer: httpx.Response) -> dict[str, Any]:
        """The answer of /headers: trace fields without their content, made ones marked."""
        body = self.value(answer.json())
        for name, entries in body.items():
            if name == "Received":
                body[name] = ["<trace>" for _ in entries]
            elif name in {"Message-Id", "Date"}:
                body[name] = [NOW if is_now(entry) else entry for entry in entries] if name == "Date" else body[name]
        return {"status": answer.status_code, "body": body}


def fields(octets: bytes) -> tuple[list[str], bytes]:
    """The header fields of a mail as `Name: value`, folded ones with their line ends, and its body."""
    head, _, body = octets.partition(b"\r\n\r\n")
    return re.split(r"\r\n(?![ \t])", head.decode("utf-8", "replace")), body


def source(raw: bytes, mail: Mail, normal: Normal) -> dict[str, Any]:
    """What a server changed of the mail that it got: fields added and removed, and whether the body is as sent."""
    found, body = fields(raw)
    if mail.body:
        return {"fields": sorted(Counter(field.partition(":")[0] for field in found).elements())}
    sent, sent_body = fields(mail.octets)
    return {
        "added": [_made(field, normal) for field in (Counter(found) - Counter(sent)).elements()],
        "removed": list((Counter(sent) - Counter(found)).elements()),
        "body is as sent": body == sent_body,
    }


def _made(field: str, normal: Normal) -> str:
    name, _, value = field.partition(":")
    if name.lower() == "received":
        return f"{name}: <trace>"
    if name.lower() == "message-id" and OWN_ID not in value:
        return f"{name}: {MADE}"
    return normal.text(field)
