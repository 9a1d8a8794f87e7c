"""Calls that a server must refuse, and calls that change messages, in the order in which they are made.

In a path, and in `IDs`, the name of a mail stands for its id.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    name: str
    method: str
    path: str
    body: Any = None
    """JSON; a string is sent as it is."""
    params: dict[str, str] = field(default_factory=dict)


def _send(name: str, body: Any) -> Call:
    return Call(name, "POST", "/api/v1/send", body)


FROM = {"Email": "robot@shop.example"}
TO = [{"Email": "ann@example.com"}]


def _with(**more: Any) -> dict[str, Any]:
    return {"From": FROM, "To": TO, "Subject": "Refused", "Text": "x", **more}


MISTAKES = (
    _send("send nothing", ""),
    _send("send no JSON", "from=a&to=b"),
    _send("send a list", []),
    _send("send to nonsense", _with(To=[{"Email": "nonsense"}])),
    _send("send to nobody's name", _with(To=[{"Name": "Ann"}])),
    _send("send with a bad Cc", _with(Cc=[{"Email": "a b@c"}])),
    _send("send with a bad Bcc", _with(Bcc=["@c"])),
    _send("send with a bad Reply-To", _with(ReplyTo=[{"Email": ""}])),
    _send("send with a subject among the headers", _with(Headers={"subject": "x"})),
    _send("send with a sender among the headers", _with(Headers={"From": "x@y.example"})),
    _send("send with a bad header name", _with(Headers={"X Y": "z"})),
    _send("send tags twice", _with(Tags=["a"], Headers={"X-Tags": "b"})),
    _send("send a bad attachment", _with(Attachments=[{"Content": "***", "Filename": "a.txt"}])),
    _send("send an address that is no object", _with(To=["ann@example.com"])),
    Call("no query", "GET", "/api/v1/search"),
    Call("a blank query", "GET", "/api/v1/search", params={"query": "  "}),
    Call("delete no query", "DELETE", "/api/v1/search"),
    Call("unknown message", "GET", "/api/v1/message/unknown"),
    Call("unknown headers", "GET", "/api/v1/message/unknown/headers"),
    Call("unknown source", "GET", "/api/v1/message/unknown/raw"),
    Call("unknown message's part", "GET", "/api/v1/message/unknown/part/1"),
    Call("unknown part", "GET", "/api/v1/message/plain/part/99"),
    Call("unknown part's thumb", "GET", "/api/v1/message/plain/part/99/thumb"),
    Call("unknown view", "GET", "/view/unknown.html"),
    Call("unknown text view", "GET", "/view/unknown.txt"),
    Call("no view of HTML", "GET", "/view/plain.html"),
    Call("no HTML to check", "GET", "/api/v1/message/plain/html-check"),
    Call("unknown HTML to check", "GET", "/api/v1/message/unknown/html-check"),
    Call("unknown links to check", "GET", "/api/v1/message/unknown/link-check"),
    Call("no SpamAssassin", "GET", "/api/v1/message/plain/sa-check"),
    Call("release to nobody", "POST", "/api/v1/message/plain/release", {"To": []}),
    Call("release to nonsense", "POST", "/api/v1/message/plain/release", {"To": ["nonsense"]}),
    Call("release unknown", "POST", "/api/v1/message/unknown/release", {"To": ["ann@example.com"]}),
    Call("release without a body", "POST", "/api/v1/message/plain/release", ""),
    Call("read status without a body", "PUT", "/api/v1/messages", ""),
    Call("read status of ids and a search", "PUT", "/api/v1/messages", {"IDs": ["plain"], "Search": "x", "Read": True}),
    Call("read status of a wrong type", "PUT", "/api/v1/messages", {"IDs": "plain"}),
    Call("delete with broken JSON", "DELETE", "/api/v1/messages", "{"),
    Call("delete with a form", "DELETE", "/api/v1/messages", "IDs=a"),
    Call("tags without a body", "PUT", "/api/v1/tags", ""),
    Call("rename an unknown tag", "PUT", "/api/v1/tags/unknown", {"Name": "other"}),
    Call("rename a tag to nothing", "PUT", "/api/v1/tags/urgent", {"Name": "*"}),
    Call("rename without a body", "PUT", "/api/v1/tags/urgent", ""),
    Call("rename to a tag that exists", "PUT", "/api/v1/tags/Urgent", {"Name": "alpha"}),
    Call("delete an unknown tag", "DELETE", "/api/v1/tags/unknown"),
    Call("unknown path", "GET", "/api/v1/unknown"),
    Call("wrong method", "POST", "/api/v1/messages", {}),
    Call("wrong method on a message", "DELETE", "/api/v1/message/plain"),
    Call("chaos with a bad code", "PUT", "/api/v1/chaos", {"Sender": {"ErrorCode": 200, "Probability": 1}}),
    Call("chaos with a bad probability", "PUT", "/api/v1/chaos", {"Sender": {"ErrorCode": 450, "Probability": 101}}),
    Call("chaos without a body", "PUT", "/api/v1/chaos", ""),
)

CHANGES = (
    Call("one unread", "PUT", "/api/v1/messages", {"IDs": ["plain"], "Read": False}),
    Call("one read", "PUT", "/api/v1/messages", {"IDs": ["plain", "unknown"], "Read": True}),
    Call("a search unread", "PUT", "/api/v1/messages", {"Search": "subject:invoice"}),
    Call("a search read", "PUT", "/api/v1/messages", {"Search": "is:unread", "Read": True}),
    Call("a search with tz", "PUT", "/api/v1/messages", {"Search": "before:2020-01-01"}, {"tz": "Asia/Tokyo"}),
    Call("all unread", "PUT", "/api/v1/messages", {}),
    Call("all read", "PUT", "/api/v1/messages", {"Read": True}),
    Call("tags of two", "PUT", "/api/v1/tags", {"IDs": ["plain", "empty"], "Tags": ["Zeta", "one two", "zeta"]}),
    Call("tags replaced", "PUT", "/api/v1/tags", {"IDs": ["plain"], "Tags": ["ALPHA", "a/b", "  spaced   out  ", ""]}),
    Call("tags removed", "PUT", "/api/v1/tags", {"IDs": ["empty"]}),
    Call("tags of nothing", "PUT", "/api/v1/tags", {"Tags": ["lost"]}),
    Call("a long tag", "PUT", "/api/v1/tags", {"IDs": ["dots"], "Tags": ["x" * 120, "user@host.example", "ümlaut"]}),
    Call("tag renamed", "PUT", "/api/v1/tags/Urgent", {"Name": "Very Urgent"}),
    Call("tag renamed by other case", "PUT", "/api/v1/tags/very urgent", {"Name": "VERY urgent"}),
    Call("tag deleted", "DELETE", "/api/v1/tags/beta"),
    Call("tag deleted by its exact name", "DELETE", "/api/v1/tags/VERY urgent"),
    Call("chaos set", "PUT", "/api/v1/chaos", {"Sender": {"ErrorCode": 452, "Probability": 7}}),
    Call("chaos read", "GET", "/api/v1/chaos"),
    Call("chaos reset", "PUT", "/api/v1/chaos", {}),
)

ENDS = (
    Call("delete unknown", "DELETE", "/api/v1/messages", {"IDs": ["unknown"]}),
    Call("delete two and an unknown one", "DELETE", "/api/v1/messages", {"IDs": ["plain", "unknown", "x-tags"]}),
    Call("delete a search that finds none", "DELETE", "/api/v1/search", params={"query": "nothing-has-this"}),
    Call("delete a search", "DELETE", "/api/v1/search", params={"query": "has:attachment"}),
    Call(
        "delete a search with tz", "DELETE", "/api/v1/search", params={"query": "before:2020-01-01", "tz": "Asia/Tokyo"}
    ),
    Call("delete all", "DELETE", "/api/v1/messages"),
    Call("delete all again", "DELETE", "/api/v1/messages", {"IDs": []}),
    Call("read status of none", "PUT", "/api/v1/messages", {"Read": True}),
)
