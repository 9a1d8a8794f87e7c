"""Whether a message is what a case expects.

An expectation maps a field to what is right for it. A field is a path into the message's JSON, such as `subject`,
`headers.Date` or `attachments.0.content_id`; a few fields are derived (`with_derived`). What is right is a value, which
has to be equal, or a table of tests (`TESTS`), which all have to hold. `any` lists expectations one of which has to hold.
"""

import re
from collections.abc import Callable
from typing import Any

MOST_SHOWN = 70
"""Characters of a value in the printed table."""


def _text(seen: Any) -> str:
    if isinstance(seen, list):
        return "\n".join(map(str, seen))
    return "" if seen is None else str(seen)


def _each(wanted: Any) -> list[str]:
    return wanted if isinstance(wanted, list) else [wanted]


TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda seen, wanted: seen == wanted,
    "one_of": lambda seen, wanted: seen in wanted,
    "contains": lambda seen, wanted: all(word in _text(seen) for word in _each(wanted)),
    "lacks": lambda seen, wanted: not any(word in _text(seen) for word in _each(wanted)),
    "matches": lambda seen, wanted: re.search(wanted, _text(seen)) is not None,
    "empty": lambda seen, wanted: wanted is not bool(_text(seen).strip()),
}


def with_derived(message: dict[str, Any], downloads: list[dict[str, str]]) -> dict[str, Any]:
    """The message with fields that are easier to judge: `body` (text and HTML), `attachment_names`, `link_urls`,
    `downloads` (per attachment: `content_type`, `content_disposition`, `octets` as Latin-1).
    """
    return {
        **message,
        "body": f"{message['body_text']}\n{message['body_html']}",
        "attachment_names": [attachment["filename"] for attachment in message["attachments"]],
        "link_urls": [link["url"] for link in message["links"]],
        "downloads": downloads,
    }


def value_at(message: Any, path: str) -> Any:
    """The value at a dotted path; None where the path leads nowhere."""
    for step in path.split("."):
        if isinstance(message, list):
            message = message[int(step)] if int(step) < len(message) else None
        elif isinstance(message, dict):
            message = message.get(step)
    return message


def differences(message: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    """The fields that are not as expected, each as `field: value`; none when the message is right."""
    found = []
    for path, right in expect.items():
        if path == "any":
            tried = [differences(message, choice) for choice in right]
            found += [] if [] in tried else tried[0]
        elif not _holds(value_at(message, path), right):
            found.append(shown(message, path))
    return found


def _holds(seen: Any, right: Any) -> bool:
    if isinstance(right, dict):
        return all(TESTS[test](seen, wanted) for test, wanted in right.items())
    return bool(seen == right)


def shown(message: dict[str, Any], path: str) -> str:
    """`field: value` in one line."""
    value = value_at(message, path)
    if isinstance(value, str):
        value = value.strip()
    text = repr(value)
    return f"{path}: {text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + '...'}"


def seen_of(message: dict[str, Any], expect: dict[str, Any]) -> str:
    """What a right message shows in the fields of the expectation."""
    return "; ".join(shown(message, path) for path in expect if path != "any")
