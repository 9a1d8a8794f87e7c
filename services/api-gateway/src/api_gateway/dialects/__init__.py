"""Registers the dialects: APIs of other services (paths, fields, errors) on top of the rooms' handlers.

A dialect is one module or package with `TITLE`, `PREFIXES` (its paths), its routes, and optionally `shape` (how it
writes errors; default: the native shape) and `FIELDS` (its names of fields that error messages mention). To add one,
add it to `DIALECTS`. VaultMail has no module: the native routes use its paths.

A facade speaks for a whole server and shows one space as all of it; it is reached by the doors of `dialects.doors`, has
an application beside that of the native routes, and so may use their paths. It has `ROUTERS` and `PATHS`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from litestar import Response, Router

from api_gateway.dialects import dustmail, ephemask, ethereal, mailhog, mailpit, minutemail, run2mail
from api_gateway.edge.faults import Fault, Shape, native_shape
from api_gateway.edge.routes import routes_of


@dataclass(frozen=True, slots=True)
class Dialect:
    name: str
    prefixes: tuple[str, ...]
    routes: Sequence[Any]
    shape: Shape


def dialect_of(module: ModuleType) -> Dialect:
    """The dialect defined by a module; named like the module."""
    name = module.__name__.rpartition(".")[2]
    modules = getattr(module, "MODULES", (module,))
    router = Router("/", tags=[module.TITLE], opt={"dialect": name}, route_handlers=routes_of(*modules))
    shape = _naming(getattr(module, "FIELDS", {}), getattr(module, "shape", native_shape))
    return Dialect(name, module.PREFIXES, [router], shape)


def _naming(fields: Mapping[str, str], shape: Shape) -> Shape:
    def named(fault: Fault) -> Response[Any]:
        return shape(fault.naming(fields))

    return named


DIALECTS = tuple(
    dialect_of(module)
    for module in (
        dustmail,
        minutemail,
        run2mail,
        ephemask,
        ethereal,
    )
)
ROUTERS = [router for dialect in DIALECTS for router in dialect.routes]

FACADES = (mailpit, mailhog)
FACADE_ROUTERS = [router for facade in FACADES for router in facade.ROUTERS]
FACADE_PATHS = [facade.PATHS for facade in FACADES]


def facade_shape_of(path: str) -> Shape:
    """How errors of the facades are written: as Mailpit does, on paths of MailHog alone as JSON."""
    is_mailhog = any(path == own or (own.endswith("/") and path.startswith(own)) for own in mailhog.OWN)
    return native_shape if is_mailhog else mailpit.shape_of(path)


def shape_of(path: str) -> Shape:
    """How errors on this path are written: as the dialect with that prefix does, else natively."""
    for dialect in DIALECTS:
        if any(path == prefix or path.startswith(prefix + "/") for prefix in dialect.prefixes):
            return dialect.shape
    return native_shape
