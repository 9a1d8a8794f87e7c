"""Every refusal bears a code and a sentence, names the field at fault, and tells nothing it should not."""

from itertools import product

CREATE = "/api/v1/inboxes"
GENERATE = "/api/v1/inboxes/generate"


BAD_JSON = [
    (b'{"local_part": 5}', "local_part"),
    (b'{"domain": {"$gt": ""}}', "domain.$gt"),
    (b'{"a": [0, 1, 2, {"$gt": ""}]}', "a[3].$gt"),
    (b'{"$where": "1"}', "$where"),
    (b'{"local_part": "a b"}', "local_part"),
    (b'{"local_part": "a+tag"}', "local_part"),
    (b'{"local_part": ""}', "local_part"),
    (b'{"domain": "not a domain"}', "domain"),
    (b'{"domain": "elsewhere.test"}', "domain"),
    (b"[]", "body"),
    (b"{", "JSON"),
    (b"\xff\xfe", "JSON"),
    (b'{"a":' * 60 + b"1" + b"}" * 60, "nested"),
]


async def test_bad_json_is_400_and_names_the_fault(gateway):
    for body, named in BAD_JSON:
        answer = await gateway.http.post(GENERATE, content=body)
        assert (body, 400, "bad_request") == (body, answer.status_code, answer.json()["error"])
        assert named in answer.json()["message"]


async def test_unknown_fields_are_ignored(gateway):
    assert 201 == (await gateway.http.post(GENERATE, json={"is_admin": True, "account_id": "x"})).status_code


async def test_a_time_to_live_that_is_none_is_400(gateway):
    key = await gateway.account()
    for ttl in (0, -1, 1.5, "60", True, 2**62):
        answer = await gateway.http.post(CREATE, json={"ttl_seconds": ttl}, headers=key)
        assert (ttl, 400) == (ttl, answer.status_code)
        assert "ttl_seconds" in answer.json()["message"]


ERRORS = [
    ("GET", "/nothing/here", 404, "not_found"),
    ("PUT", "/health", 405, "method_not_allowed"),
    ("DELETE", "/api/v1/inboxes", 405, "method_not_allowed"),
    ("POST", "/api/v1/inboxes", 401, "unauthorized"),
    ("GET", "/api/v1/inboxes", 401, "unauthorized"),
    ("GET", "/api/v1/admin/accounts", 401, "unauthorized"),
    ("GET", "/api/v1/inboxes/nobody@mayfly.test", 404, "not_found"),
    ("GET", "/api/v1/inboxes/nobody@mayfly.test/messages?limit=0", 400, "bad_request"),
    ("GET", "/api/v1/inboxes/nobody@mayfly.test/messages?limit=101", 400, "bad_request"),
    ("GET", "/api/v1/inboxes/nobody@mayfly.test/messages?cursor=%24ne", 400, "bad_request"),
    ("GET", "/api/v1/inboxes/nobody@mayfly.test/messages?after=-1", 400, "bad_request"),
    ("GET", "/api/v1/inboxes/nobody@mayfly.test/messages?since=yesterday", 400, "bad_request"),
    ("GET", "/api/v1/messages/nothing", 404, "not_found"),
    ("GET", "/api/v1/messages/%00", 404, "not_found"),
]


async def test_every_error_has_its_status_code_and_both_fields(gateway):
    for method, path, status, code in ERRORS:
        answer = await gateway.http.request(method, path)
        assert (path, status, code) == (path, answer.status_code, answer.json()["error"])
        assert answer.json()["message"]
        assert answer.headers["x-request-id"]


async def test_credentials_given_twice_are_refused(gateway):
    key = (await gateway.account())["X-API-Key"]
    for name, value in (("Authorization", f"Bearer {key}"), ("X-API-Key", key)):
        answer = await gateway.http.get("/api/v1/inboxes", headers=[(name, value), (name, value)])
        assert (400, f"{name}: given more than once") == (answer.status_code, answer.json()["message"])


async def test_a_time_whose_plus_was_not_encoded_is_refused_with_advice(gateway):
    inbox = await gateway.inbox()
    path = f"/api/v1/inboxes/{inbox['address']}/messages?since=2026-05-08T11:30:00"
    answer = await gateway.http.get(f"{path}+02:00")
    assert 400 == answer.status_code
    assert answer.json()["message"].startswith("since: must be a time")
    assert "%2B" in answer.json()["message"]
    assert 200 == (await gateway.http.get(f"{path}%2B02:00")).status_code


async def test_wrong_types_in_the_query_name_the_parameter(gateway):
    inbox = await gateway.inbox()
    answer = await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/messages?has_otp=perhaps")
    assert 400 == answer.status_code
    assert "has_otp" in answer.json()["message"]


WRONG_CREDENTIALS = [
    {"X-API-Key": "mfy_000000000000_" + "0" * 48},
    {"X-API-Key": "not a key"},
    {"Authorization": "Basic dXNlcjpwYXNz"},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer a.b.c"},
    {
        "Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4IiwianRpIjoieCIsImlzcyI6Im1heWZseSIsImV4cCI6OTk5OTk5OTk5OX0."
    },
]


async def test_wrong_credentials_are_401_even_where_none_are_needed(gateway):
    for credentials, path in product(WRONG_CREDENTIALS, ("/api/v1/domains", "/api/v1/inboxes")):
        answer = await gateway.http.get(path, headers=credentials)
        assert (401, "unauthorized") == (answer.status_code, answer.json()["error"])
        assert "Bearer" == answer.headers["www-authenticate"]


async def test_a_body_over_its_limit_is_413(gateway):
    answer = await gateway.http.post(GENERATE, content=b'{"label":"' + b"x" * 2**20 + b'"}')
    assert (413, "payload_too_large") == (answer.status_code, answer.json()["error"])


async def test_a_request_id_is_given_back_and_a_strange_one_replaced(gateway):
    assert "abc-1" == (await gateway.http.get("/health", headers={"X-Request-ID": "abc-1"})).headers["x-request-id"]
    assert "a b" != (await gateway.http.get("/health", headers={"X-Request-ID": "a b"})).headers["x-request-id"]


async def test_private_answers_bear_security_headers(gateway):
    inbox = await gateway.inbox()
    headers = (await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}")).headers
    assert "no-store" == headers["cache-control"]
    assert "nosniff" == headers["x-content-type-options"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


async def test_health_and_ready_need_no_credentials(gateway):
    assert {"status": "ok", "ok": True} == (await gateway.http.get("/health")).json()
    assert {"ready": True} == (await gateway.http.get("/ready")).json()
