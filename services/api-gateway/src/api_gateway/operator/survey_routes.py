"""/api/v1/admin: what the operator sees of the whole installation."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import QueryParameter
from msgspec import Struct

from api_gateway.edge.pages import paged
from api_gateway.edge.paging import parse_page_cursor
from api_gateway.edge.parameters import Cursor, Given, Limit
from api_gateway.operator.survey import AnalyticsView, OperatorDomain, OverviewView, Survey
from mayfly.records.backlog import Depths

DomainCursor = Annotated[
    str | None,
    QueryParameter(name="cursor", min_length=1, max_length=253, description="`X-Next-Cursor` of the previous page"),
]


class DomainsOfAllView(Struct, frozen=True, kw_only=True):
    domains: list[OperatorDomain]


@get("/overview")
async def get_overview(survey: Given[Survey]) -> OverviewView:
    """Get the installation at a glance: version, maintenance, dead letters, totals, the address of Grafana."""
    return await survey.overview()


@get("/domains")
async def list_all_domains(
    request: Request[Any, Any, Any], survey: Given[Survey], limit: Limit = 50, cursor: DomainCursor = None
) -> Response[DomainsOfAllView]:
    """List all domains that Mayfly knows, public ones and those of accounts, in the order of their names."""
    found = await survey.domains(limit=limit, after=cursor)
    return paged(DomainsOfAllView(domains=list(found.entries)), found.next_cursor, request)


@get("/consumers")
async def list_consumers(survey: Given[Survey]) -> Depths:
    """List the consumers of the broker with what waits for them, and its streams with what they hold."""
    return await survey.depths()


@get("/analytics")
async def get_analytics(
    request: Request[Any, Any, Any], survey: Given[Survey], limit: Limit = 50, cursor: Cursor = None
) -> Response[AnalyticsView]:
    """Get the usage of each account (calls, rejections, inboxes, messages, octets) and of all by day."""
    found, next_cursor = await survey.analytics(limit=limit, before=parse_page_cursor(cursor))
    return paged(found, next_cursor, request)
