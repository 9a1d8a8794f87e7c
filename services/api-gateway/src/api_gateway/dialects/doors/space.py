"""What a facade's routes are given: the space that the call is about, and the login that its client sent."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation
from litestar.types import Scope

from api_gateway.edge.basic import basic_of
from api_gateway.edge.parameters import GivenCaller
from mayfly.records.inbox import Inbox

GivenSpace = NamedDependency[SkipValidation[Inbox]]
"""Injects the space that the guard has found: `space: GivenSpace`."""

_SCOPE_KEY = "facade_space"


def keep_space(connection: ASGIConnection[Any, Any, Any, Any], space: Inbox) -> None:
    connection.scope[_SCOPE_KEY] = space  # type: ignore[literal-required]  # ours, for `GivenSpace`


def _space(scope: Scope, caller: GivenCaller) -> Inbox:  # noqa: ARG001 - after the caller, as all
    space: Inbox = scope[_SCOPE_KEY]  # type: ignore[literal-required]
    return space


SPACE = {"space": Provide(_space, sync_to_thread=False)}
"""Dependencies of a facade's router."""


def login_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The user name of the request's Basic credentials; "" without any."""
    basic = basic_of(connection.headers.get("authorization"))
    return basic[0] if basic else ""
