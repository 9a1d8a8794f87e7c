"""Converts stored records to the JSON structs of responses."""

from typing import Any, TypeVar

from msgspec import Struct

S = TypeVar("S", bound=Struct)


def view(record: object, shape: type[S], **given: Any) -> S:
    """A `shape` with the values in `given` and all other fields from the attributes of `record`."""
    taken = {name: getattr(record, name) for name in shape.__struct_fields__ if name not in given}
    return shape(**taken, **given)
