"""Reads JSON bodies as Go does: names of fields in any case, unknown ones ignored, null as absent."""

from typing import Any, TypeVar

import msgspec
from litestar import Request

from api_gateway.refusals import BadInput

S = TypeVar("S", bound=msgspec.Struct)

# The values of this field are names of the caller's.
_KEPT = "headers"


async def read_body(request: Request[Any, Any, Any], shape: type[S], *, empty: S | None = None) -> S:
    """The body as a `shape`, whose fields have lower-case names in JSON; `empty`: what no body stands for.

    Raises BadInput for another body, and for none where there is no `empty`.
    """
    if not (await request.body()).strip():
        if empty is None:
            raise BadInput("EOF")
        return empty
    value = await request.json()
    try:
        return msgspec.convert({} if value is None else _lowered(value), shape)
    except msgspec.ValidationError as error:
        raise BadInput(str(error)) from error


def _lowered(value: Any) -> Any:
    # `request.json` has checked that it is not nested deeply.
    if isinstance(value, dict):
        fields = ((name.lower(), inner) for name, inner in value.items() if inner is not None)
        return {name: inner if name == _KEPT else _lowered(inner) for name, inner in fields}
    if isinstance(value, list):
        return [_lowered(inner) for inner in value]
    return value
