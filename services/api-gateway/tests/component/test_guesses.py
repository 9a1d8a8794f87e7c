"""Wrong credentials: counted by peer before the store is asked, whatever they claim to be; right ones go on."""

import asyncio
from collections import Counter

import pytest
from prometheus_client import REGISTRY

from api_gateway.edge.secrets import new_api_key, new_inbox_token, new_invitation_code, new_ticket
from mayfly.events.facts import new_event_id

LIMIT = 5
OPERATORS = "/api/v1/admin/usage"


@pytest.fixture
async def limited(make_gateway):
    return await make_gateway(wrong_credentials_per_minute=LIMIT)


WRONG = {
    "api_key": lambda: str(new_api_key()),
    "session": lambda: f"eyJhbGciOiJIUzI1NiJ9.{new_event_id()}.c2lnbmF0dXJl",
    "inbox_token": new_inbox_token,
    "other": lambda: "Bearer of nothing",
}


def counted(kind):
    return REGISTRY.get_sample_value("mayfly_http_wrong_credentials_total", {"kind": kind}) or 0


async def answers_to(gateway, path, wrong, calls, **peer):
    sent = [{"Authorization": f"Bearer {wrong()}", **peer} for _ in range(calls)]
    return await asyncio.gather(*(gateway.http.get(path, headers=headers) for headers in sent))


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("path", ["/api/v1/inboxes/a@mayfly.test", "/v1/mailboxes", "/inbox/a@mayfly.test"])
async def test_past_the_limit_wrong_credentials_are_429_and_counted(limited, kind, path):
    before = counted(kind)
    answers = await answers_to(limited, path, WRONG[kind], 4 * LIMIT)
    found = Counter(answer.status_code for answer in answers)
    assert 3 * LIMIT == found.pop(429)
    assert LIMIT == sum(found.values()) == counted(kind) - before
    assert set(found) <= {401, 404}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "wrong credentials" in refused.text
    assert "0" == refused.headers["x-ratelimit-remaining"]


async def test_wrong_tickets_count_with_them(limited):
    address = (await limited.inbox())["address"]
    path = f"/api/v1/sse/inbox/{address}?ticket="
    answers = [await limited.http.get(path + new_ticket()) for _ in range(LIMIT)]
    assert {401} == {answer.status_code for answer in answers}
    assert 429 == (await limited.http.get(path + new_ticket())).status_code
    assert [429] == [answer.status_code for answer in await answers_to(limited, "/v1/mailboxes", WRONG["api_key"], 1)]


async def test_wrong_codes_of_invitations_count_with_them(limited):
    owner, guesser = await limited.account("team"), await limited.account()
    invitation = (
        await limited.http.post("/api/v1/team/invitations", json={"email": "a@b.example"}, headers=owner)
    ).json()
    path, before = f"/api/v1/team/invitations/{invitation['id']}/accept", counted("invitation")

    async def accept(code, **peer):
        return (await limited.http.post(path, json={"code": code}, headers={**guesser, **peer})).status_code

    assert [404] * LIMIT == [await accept(new_invitation_code()) for _ in range(LIMIT)]
    assert [429] * 2 == [await accept(code) for code in (new_invitation_code(), invitation["code"])]
    assert LIMIT == counted("invitation") - before
    assert 204 == await accept(invitation["code"], **{"X-Forwarded-For": "192.0.2.79"})


async def test_a_ci_whose_jobs_go_on_with_a_revoked_key_or_none_leaves_its_neighbours_in_peace(limited):
    revoked = str(new_api_key())
    sent = [{"X-API-Key": text} for _ in range(4) for text in (revoked, "")]
    for headers in sent:
        assert (await limited.http.get("/v1/mailboxes", headers=headers)).status_code in {401, 429}
    neighbour = await limited.account()
    token = {"Authorization": f"Bearer {(await limited.inbox())['token']}"}
    for headers in (neighbour, token):
        assert 200 == (await limited.http.get("/api/v1/domains", headers=headers)).status_code


async def test_the_operators_door_counts_apart(limited):
    await answers_to(limited, "/v1/mailboxes", WRONG["api_key"], 2 * LIMIT)
    assert 200 == (await limited.http.get(OPERATORS, headers=limited.operator)).status_code
    answers = await answers_to(limited, OPERATORS, WRONG["other"], 2 * LIMIT)
    assert {401: LIMIT, 429: LIMIT} == Counter(answer.status_code for answer in answers)
    assert 429 == (await limited.http.get(OPERATORS, headers=limited.operator)).status_code
    elsewhere = {**limited.operator, "X-Forwarded-For": "192.0.2.77"}
    assert 200 == (await limited.http.get(OPERATORS, headers=elsewhere)).status_code
    assert 401 == (await limited.http.get(OPERATORS)).status_code


async def test_what_was_right_before_goes_on_and_what_is_right_elsewhere_too(limited):
    proved, fresh = [await limited.account() for _ in range(2)]
    inbox, other = await limited.inbox(proved), await limited.inbox()
    token = {"Authorization": f"Bearer {inbox['token']}"}
    own = {"Authorization": f"Bearer {other['token']}"}
    for headers, path in ((token, inbox), (own, other)):
        assert 200 == (await limited.http.get(f"/api/v1/inboxes/{path['address']}", headers=headers)).status_code
    await answers_to(limited, "/v1/mailboxes", WRONG["api_key"], 2 * LIMIT)
    for headers in (proved, token, own, {}):
        answer = await limited.http.get(f"/api/v1/inboxes/{other['address']}", headers=headers)
        assert answer.status_code in {200, 403, 404}
    assert 429 == (await limited.http.get("/api/v1/account", headers=fresh)).status_code
    elsewhere = {**fresh, "X-Forwarded-For": "192.0.2.78"}
    assert 200 == (await limited.http.get("/api/v1/account", headers=elsewhere)).status_code


async def test_right_credentials_used_for_the_first_time_all_at_once_are_all_admitted(limited):
    tokens = [(await limited.inbox())["token"] for _ in range(4)]
    keys = [await limited.account() for _ in range(30)]
    headers = [*keys, *({"Authorization": f"Bearer {token}"} for token in tokens)]
    answers = await asyncio.gather(*(limited.http.get("/api/v1/domains", headers=h) for h in headers))
    assert {200} == {answer.status_code for answer in answers}


async def test_a_revoked_key_goes_on_to_be_401_and_a_key_made_a_moment_ago_works(limited):
    key = await limited.account()
    made = (await limited.http.post("/api/v1/api-keys", json={"label": "x"}, headers=key)).json()
    text = {"X-API-Key": made["plaintext"]}
    assert 200 == (await limited.http.get("/api/v1/account", headers=text)).status_code
    assert 204 == (await limited.http.delete(f"/api/v1/api-keys/{made['id']}", headers=key)).status_code
    answers = [await limited.http.get("/api/v1/account", headers=text) for _ in range(2 * LIMIT)]
    assert {401} == {answer.status_code for answer in answers}


async def test_a_wrong_secret_of_a_key_that_exists_neither_touches_it_nor_is_helped_by_the_cache(gateway):
    key = await gateway.account()
    made = (await gateway.http.post("/api/v1/api-keys", json={"label": "x"}, headers=key)).json()
    wrong = {"X-API-Key": f"mfy_{made['key_prefix']}_{'0' * 48}"}

    async def last_used():
        keys = (await gateway.http.get("/api/v1/api-keys", headers=key)).json()
        return next(found["last_used_at"] for found in keys if found["id"] == made["id"])

    assert 401 == (await gateway.http.get("/api/v1/account", headers=wrong)).status_code
    assert None is await last_used()
    assert 200 == (await gateway.http.get("/api/v1/account", headers={"X-API-Key": made["plaintext"]})).status_code
    assert 401 == (await gateway.http.get("/api/v1/account", headers=wrong)).status_code
    assert None is not await last_used()


async def test_the_operators_api_on_a_port_of_its_own_is_nowhere_else(make_gateway, free_ports):
    port = free_ports.take()
    gateway = await make_gateway(admin_port=port)
    own = f"http://127.0.0.1:{port}"
    for path in ("/api/v1/admin/usage", "/api/v1/admin/accounts", "/api/v1/admin/nothing"):
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
            answer = await gateway.http.request(method, path, headers=gateway.operator)
            assert (path, method, 404) == (path, method, answer.status_code)
    assert 200 == (await gateway.http.get(f"{own}/api/v1/admin/usage", headers=gateway.operator)).status_code
    assert 401 == (await gateway.http.get(f"{own}/api/v1/admin/usage")).status_code
    for path, expected in (("/api/v1/domains", 404), ("/v1/mailboxes", 404), ("/health", 200), ("/ready", 200)):
        assert (path, expected) == (path, (await gateway.http.get(own + path)).status_code)
    document = (await gateway.http.get("/openapi.json")).json()
    assert [] == [path for path in document["paths"] if path.startswith("/api/v1/admin")]
