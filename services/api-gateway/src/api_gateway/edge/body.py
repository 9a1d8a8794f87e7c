"""Checks JSON request bodies: types, depth, and keys that a database query would interpret as operators."""

from typing import Any

import msgspec
from litestar import Request

from api_gateway.refusals import BadInput

_DEEPEST = 50


class CheckedRequest(Request[Any, Any, Any]):
    """A Litestar request whose JSON body is checked before a route gets it."""

    async def json(self) -> Any:
        """The decoded body. Raises BadInput for keys that begin with `$` or contain NUL, deep nesting and wrong types.

        Types are strict: Litestar alone would accept "60" where a number is expected.
        """
        try:
            value = await super().json()
        except UnicodeDecodeError as error:
            raise BadInput("must be UTF-8", field="body") from error
        except RecursionError as error:
            raise BadInput("nested too deeply", field="body") from error
        refuse_operators(value)
        expected = getattr(self.scope.get("route_handler"), "parsed_data_field", None)
        if expected is not None:
            _require_type(value, expected.annotation)
        return value


def _require_type(value: Any, annotation: Any) -> None:
    try:
        msgspec.convert(value, annotation)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        raise BadInput(reason, field=place.strip(".`") or "data") from error


def refuse_operators(value: Any) -> None:
    """Raise BadInput for keys that begin with `$` or contain NUL, and for more than 50 levels of nesting."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise BadInput("nested too deeply", field="body")
        level = [child for container in level for child in _children(container)]


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        for key in value:
            if key.startswith("$") or "\0" in key:
                raise BadInput("a field name must not begin with $ or contain NUL", field=key[:50].replace("\0", ""))
        return [child for child in value.values() if isinstance(child, dict | list)]
    return [child for child in value if isinstance(child, dict | list)] if isinstance(value, list) else []
