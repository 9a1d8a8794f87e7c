"""Reads request bodies as they arrive: refuses encodings, and bodies that end early (the rest: edge.request_body)."""

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.exceptions import InternalServerException

from api_gateway.refusals import BadInput, UnsupportedEncoding


class IncomingRequest(Request[Any, Any, Any]):
    """A Litestar request whose body is read here, whatever form the route wants it in."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body in pieces.

        Raises UnsupportedEncoding for compressed bodies, BadInput for a body that ends early or is badly chunked.
        """
        codings = ",".join(self.headers.getall("content-encoding", [])).lower().split(",")
        if any(coding.strip() not in {"", "identity"} for coding in codings):
            raise UnsupportedEncoding
        pieces = super().stream()
        while (piece := await _next(pieces)) is not None:
            yield piece


async def _next(pieces: AsyncGenerator[bytes, None]) -> bytes | None:
    try:
        return await anext(pieces, None)
    except InternalServerException as error:
        if "disconnected" not in error.detail:
            raise
        raise BadInput("incomplete, or badly chunked", field="body") from error
