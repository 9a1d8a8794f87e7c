"""Checks JSON request bodies: types, depth, and keys that a database query would interpret as operators."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from api_gateway.edge.incoming import IncomingRequest
from api_gateway.refusals import BadInput

_DEEPEST = 50
# Each costs microseconds and hundreds of octets, so a body of a megabyte could hold the process for seconds.
_MOST_NESTED, _MOST_VALUES = 10_000, 200_000
_SHOWN = 50


class CheckedRequest(IncomingRequest):
    """A Litestar request whose JSON body is checked before a route gets it."""

    async def json(self) -> Any:
        """The decoded body. Raises BadInput for keys that begin with `$` or contain NUL, deep nesting and wrong types.

        Types are strict: Litestar alone would accept "60" where a number is expected.
        """
        _require_few_values(await self.body())
        try:
            # RFC 8259 section 8.1 lets a parser ignore the byte order mark that some programs write.
            value = msgspec.json.decode((await self.body()).removeprefix(BOM_UTF8) or b"null")
        except (UnicodeDecodeError, msgspec.DecodeError) as error:
            raise BadInput(self._fault_of_json(await self.body(), error), field="body") from error
        except RecursionError as error:
            raise BadInput("nested too deeply", field="body") from error
        refuse_operators(value)
        expected = getattr(self.scope.get("route_handler"), "parsed_data_field", None)
        if expected is not None:
            _require_type(value, expected.annotation)
        return value

    def _fault_of_json(self, body: bytes, error: Exception) -> str:
        """What is wrong with a body that is not JSON, in words for its sender."""
        if isinstance(error, UnicodeDecodeError) or body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\0" in body[:2]:
            return "must be JSON in UTF-8"
        media_type = self.content_type[0]
        sent_as = f" (sent as {media_type})" if media_type and "json" not in media_type else ""
        return f"not valid JSON{sent_as}: {str(error).removeprefix('JSON is malformed: ')}"


def _require_few_values(body: bytes) -> None:
    """Raise BadInput for very many values, before they are made. Those marks count in strings too."""
    nested = body.count(b"{") + body.count(b"[")
    if nested > _MOST_NESTED or body.count(b",") > _MOST_VALUES:
        raise BadInput(f"more than {_MOST_NESTED} arrays and objects, or {_MOST_VALUES} values", field="body")


def _require_type(value: Any, annotation: Any) -> None:
    try:
        msgspec.convert(value, annotation)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        raise BadInput(reason, field=place.strip(".`") or "body") from error


def refuse_operators(value: Any) -> None:
    """Raise BadInput, with the whole path of the key, for keys that begin with `$` or contain NUL.

    Raises BadInput also for more than 50 levels of nesting.
    """
    level, depth = [_Container(value)], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise BadInput("nested too deeply", field="body")
        level = [child for container in level for child in _children(container)]


class _Container(NamedTuple):
    """A JSON value that may hold others. Its path is built only for an error, since most bodies have none."""

    value: Any
    parent: "_Container | None" = None
    key: str | int = ""

    def path_of(self, key: str | int) -> str:
        """The path of one of its entries in the notation of msgspec, such as `ids[3]` or `duration.$gt`."""
        steps, container = [key], self
        while container.parent is not None:
            steps.append(container.key)
            container = container.parent
        return "".join(map(_step, reversed(steps))).removeprefix(".")


def _step(key: str | int) -> str:
    return f"[{key}]" if isinstance(key, int) else "." + key[:_SHOWN].replace("\0", "")


def _children(container: _Container) -> list[_Container]:
    value = container.value
    entries: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        entries = value.items()
        for key in value:
            if key.startswith("$") or "\0" in key:
                raise BadInput("a field name must not begin with $ or contain NUL", field=container.path_of(key))
    elif isinstance(value, list):
        entries = enumerate(value)
    return [_Container(child, container, key) for key, child in entries if isinstance(child, dict | list)]
