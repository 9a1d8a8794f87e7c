"""Web applications of allowed origins can make every call; a browser refuses the others itself, and says why."""

import pytest

ORIGIN = "https://app.example.com"
ALLOWED = (
    "authorization, content-type, accept, idempotency-key, last-event-id, cache-control, x-api-key, x-request-id, "
    "x-requested-with"
)
EXPOSED = (
    "x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, retry-after, x-request-id, x-cursor, x-next-cursor, "
    "link, content-disposition, x-blocked-images"
)


@pytest.fixture
async def gateway(make_gateway):
    return await make_gateway(allowed_origins=(ORIGIN, "https://*.preview.example.com"))


def names(header):
    return sorted(header.split(", "))


async def preflight(gateway, headers, origin=ORIGIN, path="/api/v1/sse/inbox/a@mayfly.test"):
    given = {"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": headers}
    answer = await gateway.http.options(path, headers=given)
    assert 204 == answer.status_code
    return answer.headers


async def test_a_preflight_lists_what_is_allowed_also_when_it_asks_for_more(gateway):
    for wish in ("cache-control,last-event-id", "x-unheard-of", ""):
        for path in ("/api/v1/inboxes", "/v1/mailboxes", "/inbox", "/api/v1/emails", "/nothing"):
            headers = await preflight(gateway, wish, path=path)
            assert names(ALLOWED) == names(headers["access-control-allow-headers"])
            assert {"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"} < set(
                headers["access-control-allow-methods"].split(", ")
            )
            assert (ORIGIN, "Origin") == (headers["access-control-allow-origin"], headers["vary"])


async def test_another_origin_gets_no_permission(gateway):
    for origin in ("https://evil.example", "https://app.example.com.evil.example", "null", "http://app.example.com"):
        headers = await preflight(gateway, "authorization", origin=origin)
        assert [] == [name for name in headers if name.startswith("access-control")]
        answer = await gateway.http.get("/api/v1/domains", headers={"Origin": origin})
        assert [] == [name for name in answer.headers if name.startswith("access-control")]


async def test_a_pattern_allows_hosts_of_one_name(gateway):
    headers = await preflight(gateway, "", origin="https://pr-7.preview.example.com")
    assert "https://pr-7.preview.example.com" == headers["access-control-allow-origin"]


async def test_answers_errors_and_streams_show_scripts_their_headers(gateway):
    inbox = await gateway.inbox()
    calls = [
        ("GET", "/api/v1/domains", {}),
        ("GET", "/nothing", {}),
        ("PUT", "/health", {}),
        ("GET", "/v1/mailboxes", {}),
        ("GET", "/api/v1/emails", {}),
        ("POST", "/api/v1/inboxes/generate", {"Content-Encoding": "gzip"}),
        ("HEAD", f"/api/v1/sse/inbox/{inbox['address']}", {}),
    ]
    for method, path, headers in calls:
        content = b"{}" if method == "POST" else None
        answer = await gateway.http.request(method, path, headers={"Origin": ORIGIN, **headers}, content=content)
        assert (path, ORIGIN) == (path, answer.headers.get("access-control-allow-origin"))
        assert names(EXPOSED) == names(answer.headers["access-control-expose-headers"])


async def test_caches_are_told_that_the_answer_depends_on_the_origin(gateway):
    assert "Origin" == (await gateway.http.get("/docs")).headers["vary"]


async def test_options_that_is_no_preflight_names_the_methods(gateway):
    for headers in ({}, {"Origin": ORIGIN}):
        answer = await gateway.http.options("/api/v1/inboxes/generate", headers=headers)
        assert (204, "OPTIONS, POST") == (answer.status_code, answer.headers["allow"])
