"""What a dialect's module has to have, shown on the one that docs/dialects.md makes up."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from litestar import Litestar
from litestar.di import Provide

from api_gateway.dialects import DIALECTS, dialect_of, shape_of
from api_gateway.edge.faults import Fault, Problem, native_shape
from api_gateway.rooms import NAMES

PAGE = Path(__file__).parents[4] / "docs" / "dialects.md"


@pytest.fixture
def sixth(monkeypatch):
    module = ModuleType("api_gateway.dialects.postbox")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[1], module.__dict__)
    return dialect_of(module)


def routes_of(dialect):
    given = {name: Provide(lambda: None, sync_to_thread=False) for name in ("caller", *NAMES)}
    return Litestar([*dialect.routes], dependencies=given, openapi_config=None).routes


def test_the_documented_sixth_dialect_is_one(sixth):
    assert ("postbox", ("/box",)) == (sixth.name, sixth.prefixes)
    (route,) = routes_of(sixth)
    (handler,) = (handler for handler in route.route_handlers if "POST" in handler.http_methods)
    assert "/box" == route.path
    assert {"dialect": "postbox", "needs": "account", "creates": True}.items() <= handler.opt.items()


def test_every_path_of_a_dialect_is_under_its_prefixes():
    for dialect in DIALECTS:
        for route in routes_of(dialect):
            assert shape_of(route.path) is dialect.shape, route.path


def test_prefixes_end_at_a_slash():
    assert shape_of("/api/v1/inboxes") is native_shape
    assert shape_of("/api/v1/messages") is native_shape
    assert shape_of("/api/v1/me") is shape_of("/api/v1/emails/a@b.test/messages")


@pytest.mark.parametrize(
    ("path", "name"), [("/v1/mailboxes", "alias"), ("/api/v1/inbox", "username"), ("/inbox", "local_part")]
)
def test_errors_call_a_field_what_the_dialect_calls_it(path, name):
    body = shape_of(path)(Fault(400, "bad_request", (Problem("too long", "local_part"),))).content
    assert f"{name}: too long" == body.message


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_shape_keeps_status_code_message_and_headers(dialect):
    response = dialect.shape(Fault(429, "quota_exceeded", (Problem("used up"),), {"Retry-After": "7"}))
    body = response.content
    assert (429, "quota_exceeded", "used up", "7") == (
        response.status_code,
        body.error,
        body.message,
        response.headers["Retry-After"],
    )
