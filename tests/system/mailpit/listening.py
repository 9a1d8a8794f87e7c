"""What the WebSocket of a server tells while mail comes, is read, tagged and deleted."""

import time
from typing import Any

from tests.system.mailpit.mails import MAILS
from tests.system.mailpit.normal import Normal
from tests.system.mailpit.server import Server
from tests.system.mailpit.sockets import Frames, frames

QUIET = 0.8
"""Seconds without an event after which Mailpit has told a change: it sends `stats` a quarter of a second after it."""
PATIENCE = 10.0
STATS = "stats"
SENT = ("plain", "x-tags", "several")


def told(server: Server, expected: dict[str, Any] | None = None) -> dict[str, Any]:
    """The events after each step by type and message, the last of each, because Mailpit sends them in any order.

    With the events to wait for as `expected`, each step ends as soon as those of these types and messages have come, and
    the `stats` are as they are there.
    """
    server.call("DELETE", "/api/v1/messages").raise_for_status()
    normal, ids = Normal(), {}
    found: dict[str, Any] = {}

    def awaited(step: str) -> dict[str, Any] | None:
        return None if expected is None else expected[step]

    with frames(f"{server.url}/api/events") as opened:
        assert opened.refusal == ""
        found["connected"] = _events(opened, normal, awaited("connected"))
        for name in SENT:
            ids[name] = server.send(next(mail for mail in MAILS if mail.name == name))
            normal.names[ids[name]] = name
            normal.sizes[ids[name]] = len(server.call("GET", f"/api/v1/message/{ids[name]}/raw").content)
            found[f"sent {name}"] = _events(opened, normal, awaited(f"sent {name}"))
        steps: dict[str, tuple[str, str, dict[str, Any]]] = {
            "read by opening": ("GET", f"/api/v1/message/{ids['plain']}", {}),
            "opened again": ("GET", f"/api/v1/message/{ids['plain']}", {}),
            "unread": ("PUT", "/api/v1/messages", {"json": {"IDs": list(ids.values()), "Read": False}}),
            "all read": ("PUT", "/api/v1/messages", {"json": {"Read": True}}),
            "tagged": ("PUT", "/api/v1/tags", {"json": {"IDs": [ids["plain"]], "Tags": ["b", "A"]}}),
            "tag renamed": ("PUT", "/api/v1/tags/b", {"json": {"Name": "c"}}),
            "tag deleted": ("DELETE", "/api/v1/tags/c", {}),
            "deleted": ("DELETE", "/api/v1/messages", {"json": {"IDs": [ids["plain"]]}}),
            "deleted by a search": ("DELETE", "/api/v1/search", {"params": {"query": "subject:tags"}}),
            "deleted all": ("DELETE", "/api/v1/messages", {}),
        }
        for name, (method, path, words) in steps.items():
            server.call(method, path, **words).raise_for_status()
            found[name] = _events(opened, normal, awaited(name))
    found["from a foreign origin"] = _refusal(server, Origin="http://evil.example")
    found["from its own origin"] = _refusal(server, Origin=server.url)
    return found


def _events(opened: Frames, normal: Normal, awaited: dict[str, Any] | None) -> dict[str, Any]:
    events: dict[str, Any] = {}
    deadline = time.monotonic() + PATIENCE
    while awaited is None or not (awaited.keys() <= events.keys() and awaited.get(STATS) == events.get(STATS)):
        left = QUIET if awaited is None else deadline - time.monotonic()
        event = opened.next(left) if left > 0 else None
        if event is None:
            break
        data = normal.value(event["Data"])
        about = data.get("ID") if isinstance(data, dict) else None
        events[f"{event['Type']} {about}" if about else event["Type"]] = data
    return events


def _refusal(server: Server, **headers: str) -> str:
    with frames(f"{server.url}/api/events", **headers) as opened:
        return opened.refusal
