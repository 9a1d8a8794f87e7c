"""Every native route refuses query parameters that it does not declare; the dialects ignore them."""

import re

import pytest

from api_gateway.describe import describe
from api_gateway.dialects import DIALECTS
from api_gateway.edge.openapi_document import operations

DIALECT_PATHS = tuple(prefix for dialect in DIALECTS for prefix in dialect.prefixes)
EMPTY_IS_NONE = {"after"}
ALL_INBOXES = "/api/v1/sse/messages"


def is_of_dialect(path):
    return any(path == prefix or path.startswith(prefix + "/") for prefix in DIALECT_PATHS)


def concrete(path):
    return re.sub(r"\{\w+\}", "0", path)


CALLS = [
    (path, method, operation)
    for path, method, operation in operations(describe())
    if path.startswith(("/api/", "/v1/", "/inbox", "/user"))
]
NATIVE = [call for call in CALLS if not is_of_dialect(call[0])]
DECLARED = [
    (concrete(path), method, parameter)
    for path, method, operation in NATIVE
    for parameter in operation.get("parameters", ())
    if parameter["in"] == "query"
]


@pytest.fixture
async def headers(gateway):
    key = await gateway.account("pro")
    return lambda path: gateway.operator if path.startswith("/api/v1/admin") else key


async def test_every_native_route_refuses_an_unknown_parameter_and_names_it(gateway, headers):
    assert len(NATIVE) > 50
    for path, method, _ in NATIVE:
        answer = await gateway.ask(method, concrete(path), params={"subjct": "x"}, headers=headers(path))
        assert (method, path, 400) == (method, path, answer.status_code)
        assert answer.json()["message"].startswith("subjct: unknown query parameter"), (method, path)


async def test_every_parameter_of_a_native_route_is_refused_twice_and_empty(gateway, headers):
    assert {"after", "cursor", "from", "limit", "timeout"} <= {parameter["name"] for _, _, parameter in DECLARED}
    for path, method, parameter in DECLARED:
        name = parameter["name"]
        twice = await gateway.ask(method, f"{path}?{name}=1&{name}=1", headers=headers(path))
        assert (path, 400, f"{name}: given more than once") == (path, twice.status_code, twice.json()["message"])
        empty = await gateway.ask(method, f"{path}?{name}=", headers=headers(path))
        if name in EMPTY_IS_NONE:
            assert (200 if path == ALL_INBOXES else 404) == empty.status_code, (path, name)
        else:
            assert 400 == empty.status_code, (path, name)
            assert empty.json()["message"].startswith(f"{name}: "), (path, name)


async def test_a_wrong_value_is_refused_by_the_name_in_the_query_string(gateway, headers):
    for path, name, value in (
        ("/api/v1/inboxes/0/messages", "from", "x" * 201),
        ("/api/v1/inboxes/0/messages", "q", "x" * 1001),
        ("/api/v1/inboxes/0/messages", "since", "yesterday"),
        ("/api/v1/inboxes/0/messages/wait", "body", "x" * 600),
        ("/api/v1/inboxes/0/messages/wait", "timeout", "nan"),
        ("/api/v1/inboxes/0/messages/none", "for", "soon"),
    ):
        answer = await gateway.http.get(path, params={name: value}, headers=headers(path))
        assert (name, 400) == (name, answer.status_code)
        assert answer.json()["message"].startswith(f"{name}: ")


async def test_a_mistyped_filter_never_answers_with_a_mail(gateway, deliver):
    inbox = await gateway.inbox()
    await deliver(inbox)
    for path in ("messages", "messages/wait", "otp/wait", "messages/none"):
        for query in ("subjct=zzz", "Subject=zzz", "subject=zzz&subject=Your", "subject=", "from%20=x", "hasOtp=false"):
            answer = await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/{path}?{query}")
            assert (path, query, 400) == (path, query, answer.status_code)


async def test_names_beginning_with_an_underscore_are_ignored(gateway, deliver):
    inbox = await gateway.inbox()
    await deliver(inbox)
    answer = await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/messages?_=1764430000&_t=x&_t=y")
    assert (200, 1) == (answer.status_code, len(answer.json()))


async def test_dialects_ignore_unknown_parameters(gateway, headers):
    for path, method, _ in CALLS:
        if is_of_dialect(path) and method == "get":
            answer = await gateway.http.get(concrete(path), params={"subjct": "x"}, headers=headers(path))
            assert "unknown query parameter" not in answer.text, path
            assert answer.status_code in {200, 404}, path


async def test_probes_and_documents_have_no_parameters_and_ignore_any(gateway):
    for path in ("/health", "/ready", "/docs", "/openapi.json"):
        assert 200 == (await gateway.http.get(path, params={"subjct": "x"})).status_code


async def test_an_unknown_parameter_of_a_stranger_is_401_first(gateway):
    assert 401 == (await gateway.http.get("/api/v1/inboxes?subjct=x")).status_code
    assert 401 == (await gateway.http.get("/api/v1/admin/accounts?subjct=x")).status_code


async def test_a_list_after_a_cursor_that_no_event_has_reached_is_refused(gateway, deliver):
    inbox = await gateway.inbox()
    await deliver(inbox)
    path = f"/api/v1/inboxes/{inbox['address']}/messages"
    refused = await gateway.http.get(path, params={"after": "9" * 18})
    assert (400, "after: unknown cursor") == (refused.status_code, refused.json()["message"])
    cursor = (await gateway.http.get(path)).headers["x-cursor"]
    assert [] == (await gateway.http.get(path, params={"after": cursor})).json()
