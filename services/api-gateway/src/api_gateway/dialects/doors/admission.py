"""Admits calls of facades: finds caller and space by the door, and counts the call against the space.

The guard of the facades' application calls `SpaceAdmission.admit` in the place of edge.admission. Beside the options
that are read there, a route may have `consistent=True`: it waits until all mail is stored that was acknowledged before.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api_gateway.dialects.doors.dispatch import entry_of
from api_gateway.dialects.doors.space import keep_space
from api_gateway.edge.admission import Admission, credentials_in, require, show
from api_gateway.edge.basic import basic_of
from api_gateway.edge.caller import Caller, space_subject
from api_gateway.edge.limits import Limits
from api_gateway.edge.visitors import Visitors
from api_gateway.inboxes import Reach
from api_gateway.refusals import NotFound, Unauthorized
from mayfly.records.inbox import DEFAULT_SPACE_ID, Inbox

_Connection = ASGIConnection[Any, Any, Any, Any]
_NEEDS_LOGIN = "this space needs Basic credentials: its id and an API key"


class SpaceAdmission:
    def __init__(self, admission: Admission, limits: Limits, reach: Reach, visitors: Visitors) -> None:
        self._admission = admission
        self._limits = limits
        self._reach = reach
        self._visitors = visitors

    async def admit(self, connection: _Connection, route: BaseRouteHandler) -> None:
        """Identify the caller and find the space. Raises Unauthorized, Forbidden, NotFound, LimitExceeded.

        Raises TransientFailure during maintenance, and when mail that was acknowledged is not stored in time.
        """
        self._admission.require_open()
        self._visitors.require_own_origin(connection.headers)
        is_open = entry_of(connection.scope).is_open
        space = await (self._admit_openly(connection) if is_open else self._admit_holder(connection))
        keep_space(connection, space)
        caller = connection.scope["user"]
        require(caller, route)
        if route.opt.get("consistent"):
            await self._reach.inbox(caller, space.id, consistent=True)

    async def _admit_openly(self, connection: _Connection) -> Inbox:
        """By the open door: every login is taken, and none is needed. No rate is limited."""
        self._visitors.require_known_host(connection.headers)
        address, subject = self._admission.address(connection), space_subject(DEFAULT_SPACE_ID)
        caller = Caller(address, subject, inbox_id=DEFAULT_SPACE_ID)
        connection.scope["user"] = caller
        return await self._space(caller, DEFAULT_SPACE_ID)

    async def _admit_holder(self, connection: _Connection) -> Inbox:
        basic = basic_of(connection.headers.get("authorization"))
        proof = basic[1] if basic else credentials_in(connection)
        caller = await self._admission.prove(connection, proof)
        connection.scope["user"] = caller
        name = entry_of(connection.scope).space or (basic[0] if basic else caller.inbox_id)
        try:
            space = await self._space(caller, name or "")
        except NotFound as missing:
            await self._limits.take(caller)  # else ids of spaces could be tried at any rate
            raise Unauthorized(_NEEDS_LOGIN) if proof is None else missing from None
        show(connection, await self._limits.take_of_space(caller, space.id))
        return space

    async def _space(self, caller: Caller, space_id: str) -> Inbox:
        space = await self._reach.inbox(caller, space_id)
        if space.kind != "space":
            raise NotFound("no such space")
        return space
