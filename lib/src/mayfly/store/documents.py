"""Records as MongoDB documents and back: a record's `id` is the document's `_id`.

Used by every module of mayfly.store; nothing else knows the stored form.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from mayfly.records.record import Record


def to_document(record: msgspec.Struct) -> dict[str, Any]:
    """The document that the driver inserts; datetimes and bytes keep their types."""
    document: dict[str, Any] = msgspec.to_builtins(record, builtin_types=(datetime, bytes))
    if isinstance(record, Record):
        document["_id"] = document.pop("id")
    return document


R = TypeVar("R", bound=Record)


def from_document(kind: type[R], document: Mapping[str, Any]) -> R:
    """The record of a document that the driver returned. Fields unknown to `kind` are ignored."""
    return msgspec.convert({**document, "id": document["_id"]}, kind)
