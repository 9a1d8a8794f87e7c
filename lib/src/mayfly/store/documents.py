"""Converts records to MongoDB documents and back. A record's `id` is the document's `_id`. Private to mayfly.store."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from mayfly.records.record import Record

NEWEST_FIRST = [("created_at", -1), ("_id", -1)]
"""The order of a list whose ids do not sort by age, because there are spaces in it."""


def after_place(created_at: datetime, entry_id: str) -> dict[str, Any]:
    """The condition for what comes after an entry with this time and id, newest first."""
    later = {"created_at": created_at, "_id": {"$lt": entry_id}}
    return {"$or": [{"created_at": {"$lt": created_at}}, later]}


def to_document(record: msgspec.Struct) -> dict[str, Any]:
    """The document to insert; datetimes and bytes keep their types."""
    document: dict[str, Any] = msgspec.to_builtins(record, builtin_types=(datetime, bytes))
    if isinstance(record, Record):
        document["_id"] = document.pop("id")
    return document


R = TypeVar("R", bound=Record)


def from_document(kind: type[R], document: Mapping[str, Any]) -> R:
    """The record of a document that the driver returned. Fields unknown to `kind` are ignored."""
    return msgspec.convert({**document, "id": document["_id"]}, kind)
