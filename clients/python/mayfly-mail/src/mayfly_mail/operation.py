"""One call of the API as a value: what to send, and how to read the answer. Nothing here opens a connection.

`mayfly_mail.operations` has a function for every call, which returns an `Operation`; a transport sends it and gives the
`Response` to `Operation.decode`. The functions below write a call's target and body; the generated code uses them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final, Generic, TypeVar, final
from urllib.parse import quote

from mayfly_mail.model import DecodeError, Model, moment_text, plain

T = TypeVar("T")
M = TypeVar("M", bound=Model)


@final
class Unset:
    """The class of `UNSET`: "leave this field out", where None means null."""

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "UNSET"  # a copy is the same object


UNSET: Final = Unset()


@dataclass(frozen=True)
class Response:
    """An answer as it came: `headers` has lower-case names. Bodies may hold secrets, so none is shown."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Any:
        """Read the body as JSON; DecodeError if it is something else, such as a proxy's page."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            kind = self.headers.get("content-type", "no content type")
            raise DecodeError(f"the answer ({self.status}, {kind}, {len(self.body)} bytes) is not JSON") from None


@dataclass(frozen=True, repr=False)
class Operation(Generic[T]):
    """A call that can be sent: `decode` reads its 2xx answer.

    Without an answer it may be sent again by its method's rule (RFC 9110 section 9.2.2) or under an Idempotency-Key,
    but not if it `is_cumulative`: sent twice, it does more than once.
    """

    name: str
    method: str
    target: str
    decode: Callable[[Response], T]
    body: bytes | None = None
    content_type: str | None = None
    accept: str = "application/json"
    takes_idempotency_key: bool = False
    streams: bool = False
    is_cumulative: bool = False

    def __repr__(self) -> str:
        path = self.target.partition("?")[0]  # a query may hold a ticket, a body a password
        return f"<Operation {self.name}: {self.method} {path}>"


class Page(list[M]):
    """A list of which there may be more: `next_cursor` is the `cursor` of the next page, or None at the end."""

    def __init__(self, entries: Iterable[M] = (), next_cursor: str | None = None) -> None:
        super().__init__(entries)
        self.next_cursor = next_cursor


# ---- reading answers


def one(model: type[M]) -> Callable[[Response], M]:
    """Read an answer that is one object."""
    return lambda response: model.from_json(response.json())


def page(model: type[M]) -> Callable[[Response], Page[M]]:
    """Read an answer that is a list of objects, with the cursor of the next page."""

    def read(response: Response) -> Page[M]:
        entries = response.json()
        if not isinstance(entries, list):
            raise DecodeError(f"a list of {model.__name__} was expected, not {type(entries).__name__}")
        return Page(map(model.from_json, entries), response.headers.get("x-next-cursor"))

    return read


def nothing(_: Response) -> None:
    """Read an answer without a body."""


def octets(response: Response) -> bytes:
    """Read an answer that is a file."""
    return response.body


def text(response: Response) -> str:
    """Read an answer that is text."""
    return response.body.decode()


# ---- writing calls


def target(template: str, /, *values: str | int, **query: object) -> str:
    """Fill a path's `{}` and append the query; None leaves a parameter out, a trailing `_` is not part of its name."""
    path = template.format(*map(_segment, values))
    pairs = [
        f"{name.rstrip('_')}={quote(_parameter(name, value), safe='@')}"
        for name, value in query.items()
        if value is not None
    ]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def _segment(value: str | int) -> str:
    """Encode one segment of a path. What a proxy or the server would take for another path is refused."""
    text = _parameter("an id or address", value)
    if text in {"", ".", ".."}:
        raise ValueError(f"an id or address cannot be {text!r}: the path would be that of another call")
    return quote(text, safe="@")


def _parameter(name: str, value: object) -> str:
    """Write one value of a path or a query."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name}: {value} is not a finite number")
    if isinstance(value, (str, int, float)):
        return str(value)
    raise TypeError(f"{name}: a value of type {type(value).__name__} cannot be sent")


def array(items: Iterable[T]) -> list[T]:
    """Return the items of a list; one text is refused, since it would be sent as a list of its letters."""
    if isinstance(items, (str, bytes)):
        raise TypeError(f"a list was expected, not one {type(items).__name__}: write [value]")
    return list(items)


def json_body(**fields: object) -> bytes:
    """Write a body's fields as JSON, without those that are UNSET; a trailing `_` is not part of a name."""
    given = {name.rstrip("_"): plain(value) for name, value in fields.items() if value is not UNSET}
    return json.dumps(given, separators=(",", ":"), allow_nan=False).encode()
