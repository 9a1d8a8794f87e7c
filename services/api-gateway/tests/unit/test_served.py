"""What is served is what is meant: nothing that a framework adds by itself."""

import json
from pathlib import Path

from litestar.routes import HTTPRoute

from api_gateway.describe import application

MEANT = Path(__file__).parents[4] / "docs" / "openapi.json"
# Paths that the document leaves out.
UNDESCRIBED = {
    ("GET", "/docs"),
    ("GET", "/docs/static"),
    ("GET", "/healthz"),
    ("GET", "/livez"),
    ("GET", "/openapi.json"),
    ("GET", "/readyz"),
    ("GET", "/ui"),
    ("GET", "/ui/{name}"),
}
METHODS = {"get", "post", "put", "patch", "delete", "head", "options", "trace"}


def served():
    """Every method and path of the application's routes. OPTIONS is answered on each of them (edge.options)."""
    return {
        (method, route.path_format) for route in application().routes for method in getattr(route, "methods", {"*"})
    }


def described():
    paths = json.loads(MEANT.read_text())["paths"]
    return {(method.upper(), path) for path, item in paths.items() for method in item if method in METHODS}


def test_what_is_served_is_what_is_described_and_a_short_list():
    routes = {(method, path) for method, path in served() if method != "OPTIONS"}
    assert set() == routes - described() - UNDESCRIBED, "served, but meant nowhere"
    assert set() == (described() | UNDESCRIBED) - routes, "meant, but not served"


def test_debug_pages_cannot_be_switched_on_by_the_environment(monkeypatch):
    monkeypatch.setenv("LITESTAR_DEBUG", "1")
    monkeypatch.setenv("LITESTAR_PDB", "1")
    assert (False, False) == (application().debug, application().pdb_on_exception)


def test_a_native_route_has_one_guard_because_litestar_copies_the_route_for_each_at_every_request():
    routes = [r for r in application().routes if isinstance(r, HTTPRoute) and r.path_format.startswith("/api/v1/")]
    assert {1} == {len(handler.resolve_guards()) for route in routes for handler in route.route_handlers}
