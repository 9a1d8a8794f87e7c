"""What every stored record is: a frozen struct whose `id` is the document's `_id`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, rename={"id": "_id"}):
    """Base of the stored records. Unknown fields are ignored, so that versions can differ in a roll-out."""


R = TypeVar("R", bound=Record)


def to_document(record: msgspec.Struct) -> dict[str, Any]:
    """The record as the driver takes it; moments and octets stay what they are."""
    document: dict[str, Any] = msgspec.to_builtins(record, builtin_types=(datetime, bytes))
    return document


def from_document(kind: type[R], document: Mapping[str, Any]) -> R:
    """The record in a document the store gave back."""
    return msgspec.convert(document, kind)
