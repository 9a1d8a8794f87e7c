"""Every route of the table: GET answers HEAD without an effect, and a method that it lacks is 405 with the ones it has."""

import asyncio

import pytest

from api_gateway.describe import describe
from api_gateway.edge.openapi_document import operations
from mayfly import __version__

UNDOCUMENTED = ("/openapi.json", "/docs", "/docs/static", "/healthz", "/livez", "/readyz")
UNKNOWN = "0196b5b0-0000-7000-8000-000000000000"
WAITS = ("/messages/wait", "/otp/wait", "/messages/none")
# Their bodies count calls, so two of them can differ in length.
COUNTING = ("/api/v1/usage", "/api/v1/admin/usage", "/api/v1/inbox", "/api/v1/account")
VARYING = {"date", "x-request-id", "x-ratelimit-remaining", "x-ratelimit-reset"}


@pytest.fixture(scope="module")
def document():
    return describe()


async def test_every_get_answers_head_and_changes_nothing(gateway, deliver, document):
    key = await gateway.account("team")
    inbox = await gateway.inbox(key)
    message = await deliver(inbox)
    names = {
        "address": inbox["address"],
        "message_id": message.id,
        "attachment_id": "0",
    }
    paths = [*UNDOCUMENTED, *(path for path, method, _ in operations(document) if method == "get")]
    assert len(paths) > 50
    for path in paths:
        await answers_head(gateway, path, names, gateway.operator if "/admin" in path else key)
    shown = await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/stats", headers=key)
    assert 1 == shown.json()["unread_count"]


async def answers_head(gateway, path, names, headers):
    url = filled(path, names)
    async with asyncio.timeout(5):
        head = await gateway.http.head(url, headers=headers)
    assert (path, b"") == (path, head.content)
    assert path, head.status_code in {200, 302, 404}
    if "/sse/" in path:
        assert (200, "text/event-stream; charset=utf-8") == (head.status_code, head.headers["content-type"])
        return
    if path.endswith(WAITS):
        url += "?timeout=0" if path.endswith("/wait") else "?for=0"
    elif path in {"/api/v1/messages/{message_id}", "/inbox/{address}/messages/{message_id}"}:
        url += "?peek=true"
    if reads(path):
        return
    answer = await gateway.http.get(url, headers=headers)
    assert (path, answer.status_code) == (path, head.status_code)
    assert (path, kept(answer.headers, path)) == (path, kept(head.headers, path))


def reads(path):
    """GET would mark the message as read, which this test proves that HEAD does not."""
    return path in {
        "/inbox/{address}/messages/{message_id}",
        "/v1/mailboxes/{address}/mails/{message_id}",
        "/message/{message_id}",
    }


def kept(headers, path):
    varying = VARYING | ({"content-length"} if path.startswith(COUNTING) else set())
    return {name: value for name, value in headers.items() if name not in varying}


def filled(path, names):
    """The path with objects of this test, or ids that nothing has."""
    names = {"index": "0", "letter_id": "1", **names}
    parts = [names.get(part[1:-1], UNKNOWN) if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


async def test_head_on_a_reading_route_of_each_dialect_finds_the_message(gateway, deliver):
    key = await gateway.account("team")
    inbox = await gateway.inbox(key)
    message = await deliver(inbox)
    for path in (
        f"/api/v1/messages/{message.id}",
        f"/v1/mailboxes/{inbox['address']}/mails/{message.id}",
        f"/inbox/{inbox['address']}/messages/{message.id}",
        f"/message/{message.id}",
    ):
        head = await gateway.http.head(path, headers=key)
        assert (path, 200, True) == (path, head.status_code, int(head.headers["content-length"]) > 100)
    entries = (await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/messages", headers=key)).json()
    assert [False] == [entry["is_read"] for entry in entries]


async def test_a_wait_asked_by_head_says_at_once_that_nothing_came(gateway):
    inbox = await gateway.inbox()
    async with asyncio.timeout(5):
        head = await gateway.http.head(f"/api/v1/inboxes/{inbox['address']}/messages/wait?timeout=60")
    assert (408, b"") == (head.status_code, head.content)


async def test_a_missing_method_is_405_with_those_there_are_in_the_shape_of_the_path(gateway, document):
    for path, item in document["paths"].items():
        allowed = {method.upper() for method in item} & {"GET", "POST", "PUT", "PATCH", "DELETE"}
        expected = ", ".join(sorted(allowed | {"OPTIONS"} | ({"HEAD"} if "GET" in allowed else set())))
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - allowed):
            answer = await gateway.ask(method, filled(path, {}))
            assert (path, method, 405, expected) == (path, method, answer.status_code, answer.headers.get("allow"))
            assert "method_not_allowed" == answer.json()["error"]
            assert path.startswith(("/api/v1/inbox", "/api/v1/me", "/api/v1/emails")) or "success" not in answer.json()
        options = await gateway.http.options(filled(path, {}))
        assert (path, 204, expected) == (path, options.status_code, options.headers.get("allow"))
    assert (await gateway.http.patch("/api/v1/emails")).json()["success"] is False


async def test_the_root_says_where_to_begin_and_sends_browsers_to_the_documentation(gateway):
    answer = await gateway.http.get("/")
    paths = {"docs": "/docs", "openapi": "/openapi.json", "health": "/health"}
    # No `smtp`: this operator has not set where it is reached; no `default_space`: it is open to nobody.
    assert {"version": __version__, "sign_up": True, "anonymous_inboxes": "address", **paths} == answer.json()
    for path in paths.values():
        assert 200 == (await gateway.http.get(path)).status_code
    browser = await gateway.http.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (302, "docs", "Accept") == (browser.status_code, browser.headers["location"], browser.headers["vary"])


async def test_the_root_says_where_smtp_is_as_far_as_the_operator_has_set_it(make_gateway):
    for settings, expected in (
        ({"public_smtp_host": "mx.example", "public_smtp_port": 25}, {"host": "mx.example", "port": 25}),
        ({"public_smtp_port": 2525}, {"port": 2525}),
    ):
        gateway = await make_gateway(**settings)
        assert expected == (await gateway.http.get("/")).json()["smtp"]


async def test_probes_under_the_names_that_tools_expect(gateway):
    for path, body in (("/healthz", {"status": "ok", "ok": True}), ("/livez", {"status": "ok", "ok": True})):
        assert body == (await gateway.http.get(path)).json()
    assert {"ready": True} == (await gateway.http.get("/readyz")).json()
