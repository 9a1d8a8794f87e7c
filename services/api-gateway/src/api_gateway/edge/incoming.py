"""Reads request bodies as they arrive: refuses encodings, and clients that stop in the middle."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.exceptions import InternalServerException

from api_gateway.refusals import BadInput, RequestTimeout, UnsupportedEncoding


class IncomingRequest(Request[Any, Any, Any]):
    """A Litestar request whose body is read here, whatever form the route wants it in.

    The application's state has `stall_seconds`.
    """

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body in pieces.

        Raises UnsupportedEncoding for compressed bodies, BadInput for a body that ends early or is badly chunked, and
        RequestTimeout when nothing arrives for `stall_seconds`.
        """
        codings = ",".join(self.headers.getall("content-encoding", [])).lower().split(",")
        if any(coding.strip() not in {"", "identity"} for coding in codings):
            raise UnsupportedEncoding
        pieces, patience = super().stream(), self.app.state.stall_seconds
        while (piece := await _next(pieces, patience)) is not None:
            yield piece


async def _next(pieces: AsyncGenerator[bytes, None], seconds: float) -> bytes | None:
    try:
        async with asyncio.timeout(seconds):
            return await anext(pieces, None)
    except TimeoutError as error:
        raise RequestTimeout from error
    except InternalServerException as error:
        if "disconnected" not in error.detail:
            raise
        raise BadInput("incomplete, or badly chunked", field="body") from error
