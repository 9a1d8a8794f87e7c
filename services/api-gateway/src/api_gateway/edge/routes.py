"""Collects routes from modules, so that a decorated function needs no second entry in a list."""

from types import ModuleType

from litestar.handlers import HTTPRouteHandler, WebsocketRouteHandler


def routes_of(*modules: ModuleType) -> list[HTTPRouteHandler | WebsocketRouteHandler]:
    """The routes that these modules define."""
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, HTTPRouteHandler | WebsocketRouteHandler)
    ]
