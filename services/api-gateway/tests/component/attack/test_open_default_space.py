"""The default space without credentials: programs and the API's own pages use it, foreign pages and hosts never do."""

import httpx
import pytest

from mayfly.records.inbox import DEFAULT_SPACE_ID

from ...conftest import NO_TLS, lasting  # noqa: TID252 - tests are no installed package

SPACE = f"/api/v1/inboxes/{DEFAULT_SPACE_ID}"
LISTED = f"{SPACE}/messages"
HERE = {"id": DEFAULT_SPACE_ID, "address": f"*@{DEFAULT_SPACE_ID}.mayfly.test"}


@pytest.fixture(scope="module")
def gateway_url(settings_of, plenty):
    """No port of the Mailpit API is on, so the setting alone makes the space."""
    with lasting(
        settings_of(
            plans_file=plenty,
            open_default_space=True,
            mailpit_smtp_port=1025,
            allowed_origins=("http://localhost:5173",),
        )
    ) as url:
        yield url


@pytest.fixture
async def local(gateway_url):
    """A program on the same machine, without a proxy between."""
    async with httpx.AsyncClient(base_url=gateway_url, timeout=30, verify=NO_TLS) as client:
        yield client


async def test_without_credentials_the_default_space_is_read_changed_and_emptied(local, deliver):
    message = await deliver(HERE, subject="open")
    said = (await local.get("/")).json()
    assert (DEFAULT_SPACE_ID, {"port": 1025}) == (said["default_space"], said["default_space_smtp"])
    listed = await local.get(LISTED)
    assert "open" in [entry["subject"] for entry in listed.json()]
    assert "x-ratelimit-limit" not in listed.headers
    one = f"/api/v1/messages/{message.id}"
    assert "open" == (await local.get(one)).json()["subject"]
    assert ["seen"] == (await local.patch(one, json={"tags": ["seen"]})).json()["tags"]
    assert 204 == (await local.delete(one)).status_code
    assert 404 == (await local.get(one)).status_code
    await deliver(HERE, subject="again")
    assert 204 == (await local.post(f"{SPACE}/clear")).status_code
    assert [] == (await local.get(LISTED)).json()


async def test_its_stream_and_its_tickets_need_no_credentials(local, deliver):
    ticket = (await local.post(f"{SPACE}/stream-ticket")).json()["ticket"]
    for query in ({}, {"ticket": ticket}):
        async with local.stream("GET", f"/api/v1/sse/inbox/{DEFAULT_SPACE_ID}", params=query) as answer:
            assert 200 == answer.status_code
            lines = answer.aiter_lines()
            assert "event: connected" == await anext(lines)
            message = await deliver(HERE)
            async for line in lines:
                if message.id in line:
                    break


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
        {"Host": "evil.org"},
        {"Host": "evil.org:8080", "Origin": "http://evil.org:8080", "Sec-Fetch-Site": "same-origin"},
        {"Host": "127.0.0.1.nip.io"},
        {"Forwarded": "for=203.0.113.7"},
        {"X-Forwarded-For": "203.0.113.7"},
        {"X-Forwarded-Host": "mail.example.com"},
        {"X-Real-IP": "203.0.113.7"},
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Server": "mail.example.com"},
        {"CF-Connecting-IP": "203.0.113.7"},
        {"Tailscale-User-Login": "ann@example.com"},
        {"Via": "1.1 proxy"},
    ],
    ids=str,
)
async def test_a_foreign_page_a_rebound_name_and_a_proxy_find_nothing(local, deliver, headers):
    message = await deliver(HERE)
    one, stream = f"/api/v1/messages/{message.id}", f"/api/v1/sse/inbox/{DEFAULT_SPACE_ID}"
    for method, path in (
        ("GET", SPACE),
        ("GET", LISTED),
        ("GET", one),
        ("GET", f"{one}/raw"),
        ("GET", stream),
        ("GET", f"{SPACE}/messages/wait?timeout=0"),
        ("PATCH", one),
        ("DELETE", one),
        ("POST", f"{SPACE}/clear"),
        ("POST", f"{SPACE}/stream-ticket"),
    ):
        body = {"is_read": True} if method == "PATCH" else None
        answer = await local.request(method, path, headers=headers, json=body)
        assert (method, path, 404) == (method, path, answer.status_code)
    assert not {"default_space", "default_space_smtp"} & set((await local.get("/", headers=headers)).json())
    kept = (await local.get(LISTED)).json()
    assert [False] == [entry["is_read"] for entry in kept if entry["id"] == message.id]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost:8080", "Host": "localhost:8080", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
        {"Origin": "http://localhost:5173", "Sec-Fetch-Site": "same-site"},
        {"Host": "192.168.1.7:8080"},
        {"Host": "[::1]:8080"},
        {},
    ],
    ids=str,
)
async def test_programs_own_pages_and_allowed_origins_may(local, headers):
    assert 200 == (await local.get(SPACE, headers=headers)).status_code


async def test_other_inboxes_stay_what_they_were(gateway, local, deliver):
    owned = await gateway.inbox(await gateway.account())
    message = await deliver(owned)
    for path in (
        f"/api/v1/inboxes/{owned['id']}",
        f"/api/v1/inboxes/{owned['address']}/messages",
        f"/api/v1/messages/{message.id}",
        f"/api/v1/sse/inbox/{owned['address']}",
    ):
        assert 404 == (await local.get(path)).status_code, path
    assert 401 == (await local.get("/api/v1/inboxes")).status_code
    assert 401 == (await local.get("/api/v1/account")).status_code
    assert 401 == (await local.get("/api/v1/admin/accounts")).status_code


async def test_it_can_neither_be_ended_nor_given_domains_logins_or_a_webhook(local):
    assert 409 == (await local.delete(SPACE)).status_code
    assert 409 == (await local.patch(SPACE, json={"ttl_seconds": 60})).status_code
    assert 403 == (await local.patch(SPACE, json={"webhook_url": "https://example.com/hook"})).status_code
    spaces = f"/api/v1/spaces/{DEFAULT_SPACE_ID}"
    assert 401 == (await local.patch(spaces, json={"domains": ["example.com"]})).status_code
    assert 401 == (await local.delete(spaces)).status_code
    assert 401 == (await local.post(f"{spaces}/credentials", json={"label": "x"})).status_code
    assert 200 == (await local.get(SPACE)).status_code


async def test_wrong_credentials_are_never_none(gateway, local):
    stranger = await gateway.account()
    assert 404 == (await local.get(SPACE, headers=stranger)).status_code
    assert 401 == (await local.get(SPACE, headers={"X-API-Key": "mfk_wrong"})).status_code
    assert 401 == (await local.get(SPACE, headers={"Authorization": "Basic MDAwMDAwMDA6eA=="})).status_code


async def test_where_the_operator_has_not_opened_it_it_is_not_found(make_gateway):
    gateway = await make_gateway(mailpit_smtp_port=0)
    del gateway.http.headers["X-Forwarded-For"]
    assert 404 == (await gateway.http.get(SPACE)).status_code
    assert "default_space" not in (await gateway.http.get("/")).json()
