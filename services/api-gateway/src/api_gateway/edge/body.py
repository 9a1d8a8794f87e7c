"""Checks JSON request bodies: types, depth, and keys that a database query would interpret as operators."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import Any

import msgspec

from api_gateway.edge.incoming import IncomingRequest
from api_gateway.refusals import BadInput

_DEEPEST = 50


class CheckedRequest(IncomingRequest):
    """A Litestar request whose JSON body is checked before a route gets it."""

    async def json(self) -> Any:
        """The decoded body. Raises BadInput for keys that begin with `$` or contain NUL, deep nesting and wrong types.

        Types are strict: Litestar alone would accept "60" where a number is expected.
        """
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
