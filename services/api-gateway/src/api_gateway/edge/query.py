"""Checks the query string of native routes: a parameter that the route does not declare is an error.

If unknown names were ignored, a mistyped filter would select every mail. The known names are those that a route and
its dependencies declare, as Litestar resolved them. Dialects ignore unknown names, like the services they speak for.
Called by the guard of edge.application after admission; edge.faults uses `declared_names` to name fields.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from api_gateway.refusals import BadInput

_Connection = ASGIConnection[Any, Any, Any, Any]
_SHOWN = 50


def check_query(connection: _Connection, route: BaseRouteHandler) -> None:
    """Check the query string, unless the route belongs to a dialect. Raises BadInput."""
    if connection.scope["query_string"] and "dialect" not in route.opt:
        known = declared_names(connection).values()
        require_known(connection.query_params.items(), frozenset(known))


def declared_names(connection: _Connection) -> Mapping[str, str]:
    """The query parameters of the connection's route: the name in the query string by the name of the argument."""
    return _declarations(connection.app).get(connection.scope["route_handler"], {})


def require_known(query: Iterable[tuple[str, str]], known: frozenset[str]) -> None:
    """Check the names of a query string; those that begin with `_` are ignored.

    Raises BadInput for a name that is unknown or given more than once.
    """
    seen = set()
    for name, _ in query:
        if name.startswith("_"):
            continue
        shown = name[:_SHOWN]
        if name not in known:
            raise BadInput(f"unknown query parameter; {_advice(shown, known)}", field=shown or "(no name)")
        if name in seen:
            raise BadInput("given more than once", field=name)
        seen.add(name)


def _advice(name: str, known: frozenset[str]) -> str:
    if not known:
        return "this call has no query parameters"
    nearest = get_close_matches(name.lower(), sorted(known), n=1, cutoff=0.0)
    return f"did you mean {nearest[0]}? Known here: {', '.join(sorted(known))}"


@lru_cache(maxsize=4)
def _declarations(app: Litestar) -> dict[BaseRouteHandler, dict[str, str]]:
    return {
        handler: {parameter.field_name: parameter.field_alias for parameter in model.expected_query_params}
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler, model in route.route_handler_map.values()
    }
