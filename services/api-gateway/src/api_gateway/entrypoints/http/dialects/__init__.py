"""The dialects: other services' paths, fields and errors over our handlers. One module each, one line here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api_gateway.entrypoints.http.faults import Shape, native_shape


@dataclass(frozen=True, slots=True)
class Dialect:
    """`prefixes`: the paths that are the dialect's, and so bear its shape of error."""

    name: str
    prefixes: tuple[str, ...]
    routes: Sequence[Any]
    shape: Shape


DIALECTS: tuple[Dialect, ...] = ()


def shape_of(path: str) -> Shape:
    """The shape of errors on this path."""
    for dialect in DIALECTS:
        if any(path == prefix or path.startswith(prefix + "/") for prefix in dialect.prefixes):
            return dialect.shape
    return native_shape
