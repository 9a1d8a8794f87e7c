"""Stores the responses to requests with an Idempotency-Key before they are sent."""

from typing import Any

import structlog
from litestar.types import Message, Scope

from api_gateway.edge.admission import Admission
from api_gateway.edge.idempotency import FirstRequest
from mayfly.failures import Failure

_log = structlog.get_logger()


class AnswerKeeper:
    """A Litestar `before_send` hook: gets every response before it is sent to the client."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission

    async def __call__(self, message: Message, scope: Scope) -> None:
        held: dict[str, Any] = scope  # type: ignore[assignment]  # our own keys beside the typed ones
        first: FirstRequest | None = held.get("first_request")
        if first is None:
            return
        if message["type"] == "http.response.start":
            held["first_status"] = message["status"]
        elif message["type"] == "http.response.body":
            del held["first_request"]
            await self._finish(first, held["first_status"], message["body"])

    async def _finish(self, first: FirstRequest, status: int, body: bytes) -> None:
        try:
            await self._admission.finish(first, status, body)
        except Failure as failure:
            # The object was created. A repetition gets 503 until the entry of the first request times out.
            _log.warning("answer_not_kept", reason=failure.reason)
