"""Makes the JSON struct of a response from a stored record."""

from typing import Any, TypeVar

from msgspec import Struct

S = TypeVar("S", bound=Struct)


def view(record: object, shape: type[S], **given: Any) -> S:
    """The fields that `shape` and `record` have in common, and those in `given`; wire names: `rename` of `shape`."""
    taken = {name: getattr(record, name) for name in shape.__struct_fields__ if name not in given}
    return shape(**taken, **given)
