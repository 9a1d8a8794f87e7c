"""Hostile requests against a running Mayfly: refused with a 4xx that tells nothing, and nothing is changed by them."""

import asyncio
import base64
import hashlib
import hmac
import json
import smtplib
import socket
import time
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

INTERNALS = ("Traceback", "mongo", "pymongo", "nats", "litestar", str(Path.cwd()), "site-packages", "0x")


@pytest.fixture
def api(stack):
    with httpx.Client(base_url=stack.http_url, timeout=20, trust_env=False) as client:
        yield client


@pytest.fixture
def key(stack):
    return {"X-API-Key": (stack.data_dir / "api-key").read_text().strip()}


@pytest.fixture
def inbox(api, key):
    made = api.post("/api/v1/inboxes", json={}, headers=key).json()
    yield made
    api.delete(f"/api/v1/inboxes/{made['address']}", headers=key)


def refused(answer, *statuses):
    assert answer.status_code in (statuses or (400, 401, 404, 413)), (answer.status_code, answer.text[:300])
    assert {"error", "message"} <= answer.json().keys()
    assert not [word for word in INTERNALS if word.lower() in answer.text.lower()]


def test_operators_in_json_reach_no_query(api, key, inbox):
    for body in (
        {"domain": {"$ne": None}},
        {"local_part": {"$regex": ".*"}},
        {"$where": "sleep(1000)"},
        {"label": {"$gt": ""}},
        {"label": ["a"]},
        {"a": {"b": {"$ne": 1}}},
    ):
        refused(api.post("/api/v1/inboxes", json=body, headers=key), 400)
    for body in ({"email": {"$ne": None}, "password": {"$ne": None}}, {"email": {"$gt": ""}, "password": "x"}):
        refused(api.post("/api/v1/auth/login", json=body), 400)
    for query in ("limit[$ne]=1", "cursor[$gt]=", "label[$ne]=x", "status[$ne]=active"):
        refused(api.get(f"/api/v1/inboxes?{query}", headers=key), 400)  # unknown parameters
    for name in ("[$ne]=", '{"$ne":null}', "$where", "..%2f..%2fetc", "%00", "a'||'1'=='1"):
        refused(api.get(f"/api/v1/inboxes/{name}", headers=key), 400, 404)
        refused(api.get(f"/api/v1/messages/{name}", headers=key), 400, 404)


def test_text_in_filters_is_no_pattern(api, key, inbox):
    started = time.monotonic()
    for text in ("(a+)+$" * 20, ".*", "\\", "[", "^", "$", "(?=a)", "a" * 200):
        answer = api.get(f"/api/v1/inboxes/{inbox['address']}/messages", params={"q": text}, headers=key)
        assert (text, 200, []) == (text, answer.status_code, answer.json())
    assert time.monotonic() - started < 20
    refused(api.get(f"/api/v1/inboxes/{inbox['address']}/messages", params={"q": "a\0"}, headers=key), 400)


def test_mass_assignment_changes_nothing(api, key):
    extra = {"id": "x", "account_id": "x", "token_hash": "x", "status": "archived", "plan": "team", "is_admin": True}
    made = api.post("/api/v1/inboxes", json={"label": "mine", **extra}, headers=key)
    assert made.status_code == 201
    assert "x" != made.json()["id"]
    shown = api.get(f"/api/v1/inboxes/{made.json()['address']}", headers=key).json()
    assert ("active", "mine") == (shown["status"], shown["label"])
    before = api.get("/api/v1/account", headers=key).json()
    api.patch("/api/v1/account", json={**extra, "suspended": True, "team_id": "x"}, headers=key)
    assert before == api.get("/api/v1/account", headers=key).json()
    api.delete(f"/api/v1/inboxes/{made.json()['address']}", headers=key)


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_forged_sessions_open_nothing(api, key):
    account = api.get("/api/v1/account", headers=key).json()["id"]
    claims = {"sub": account, "jti": account, "iss": "mayfly", "exp": int(time.time()) + 3600}
    head = {"typ": "JWT"}
    forged = [f"{_part({**head, 'alg': name})}.{_part(claims)}." for name in ("none", "None", "NONE", "HS256")]
    for secret in (b"", b"secret", b"mayfly", account.encode()):
        signed = f"{_part({**head, 'alg': 'HS256'})}.{_part(claims)}"
        digest = hmac.digest(secret, signed.encode(), hashlib.sha256)
        forged.append(f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}")
    forged += [
        f"{_part({**head, 'alg': 'RS256', 'jwk': {'kty': 'oct', 'k': 'AA'}})}.{_part(claims)}.AA",
        f"{_part({**head, 'alg': 'HS256', 'kid': '../../dev/null'})}.{_part(claims)}.AA",
        f"{_part({**head, 'alg': 'HS256'})}.{_part({**claims, 'exp': 10**400})}.AA",
        "..",
        "a.b.c",
        "." * 4000,
    ]
    for token in forged:
        refused(api.get("/api/v1/account", headers={"Authorization": f"Bearer {token}"}), 401)


def test_a_session_is_over_when_its_time_is_tampered_with(api):
    email = f"attacker-{time.time_ns()}@example.com"
    body = {"email": email, "password": "correct horse battery"}
    assert api.post("/api/v1/auth/register", json=body).status_code == 201
    head, claims, signature = api.post("/api/v1/auth/login", json=body).json()["access_token"].split(".")
    opened = json.loads(base64.urlsafe_b64decode(claims + "=="))
    for change in ({"exp": opened["exp"] + 10**6}, {"sub": "another"}, {"jti": "another"}):
        token = f"{head}.{_part({**opened, **change})}.{signature}"
        refused(api.get("/api/v1/account", headers={"Authorization": f"Bearer {token}"}), 401)


def test_deep_and_strange_json_is_a_bad_request(api, key):
    for body in (
        b"[" * 100_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * 500 + b"]" * 500,
        b'{"label":"\\ud800"}',
        b'{"label":"' + b"\xff" * 10 + b'"}',
        b'{"ttl_seconds":1e999}',
        b'{"ttl_seconds":' + b"9" * 5000 + b"}",
        b'{"ttl_seconds":NaN}',
        b"\x00",
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
    ):
        refused(api.post("/api/v1/inboxes", content=body, headers=key), 400)


def test_oversize_bodies_are_refused_and_the_gateway_lives(api, key, inbox):
    refused(api.post("/api/v1/inboxes", content=b"x" * (2**20 + 1), headers=key), 413)

    def endless():
        for _ in range(40):
            yield b"x" * 2**16

    refused(api.post("/api/v1/inboxes", content=endless(), headers=key), 413)
    raw = {**key, "Content-Type": "message/rfc822"}
    path = f"/api/v1/inboxes/{inbox['address']}/messages"
    refused(api.post(path, content=b"x" * (27 * 2**20), headers=raw), 413)
    assert api.get("/health").json()["ok"]


def test_multipart_bombs_are_bounded(api, key, inbox):
    path = f"/api/v1/inboxes/{inbox['address']}/messages"
    parts = [("file", (f"{n}.txt", b"x", "text/plain")) for n in range(1200)]
    refused(api.post(path, data={"sender": "a@b.cd", "subject": "x"}, files=parts, headers=key), 400)
    for body in (b"", b"--x", b"--x\r\n\r\n--x--", b"--x\r\nContent-Disposition: form-data\r\n\r\n" * 1000):
        headers = {**key, "Content-Type": "multipart/form-data; boundary=x"}
        refused(api.post(path, content=body, headers=headers), 400)
    refused(api.post(path, content=b"x", headers={**key, "Content-Type": "multipart/form-data"}), 400)


def test_bad_cursors_and_numbers_are_named(api, key, inbox):
    path = f"/api/v1/inboxes/{inbox['address']}/messages"
    for query in (
        "cursor=x",
        "cursor=' or 1",
        "after=-1",
        "after=1e9",
        "after=" + "9" * 30,
        "limit=1e3",
        "since=9999999999999",
    ):
        answer = api.get(f"{path}?{query}", headers=key)
        refused(answer, 400)
        assert query.split("=", maxsplit=1)[0] in answer.json()["message"]
    for index in ("-1", "99999999999999999999", "1.5", "x"):
        refused(
            api.get(f"/api/v1/messages/0196b5b0-0000-7000-8000-000000000000/attachments/{index}", headers=key), 400, 404
        )


def test_spoofed_headers_change_nothing(api, key, inbox):
    limits = []
    for address in ("198.51.100.1", "198.51.100.2"):
        spoofed = {"X-Forwarded-For": address, "X-Real-IP": address, "Forwarded": f"for={address}"}
        limits.append(int(api.get("/api/v1/domains", headers=spoofed).headers["x-ratelimit-remaining"]))
    assert limits[0] - 1 == limits[1]
    for extra in ({"X-HTTP-Method-Override": "DELETE"}, {"X-Original-URL": "/api/v1/admin/accounts"}):
        assert api.get(f"/api/v1/inboxes/{inbox['address']}", headers={**key, **extra}).json()["id"] == inbox["id"]
    assert api.get("/health", headers={"X-Request-ID": "x" * 65}).headers["x-request-id"] != "x" * 65


def test_two_lengths_for_one_body_are_refused(stack):
    """Request smuggling (RFC 9112 section 6.3): a request whose end two readers could see differently is none."""
    host, port = stack.http_url.removeprefix("http://").split(":")
    for heads in (
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: +5\r\n",
        b"Transfer-Encoding: xchunked\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            smuggled = b"0\r\n\r\nGET /api/v1/admin/accounts HTTP/1.1\r\nHost: x\r\n\r\n"
            connection.sendall(b"POST /api/v1/inboxes/generate HTTP/1.1\r\nHost: x\r\n" + heads + b"\r\n" + smuggled)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        assert b'"accounts":' not in answer
        assert b"HTTP/1.1 20" not in answer[12:]


def test_filenames_from_mail_inject_no_header(stack, api, key, inbox):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.com", inbox["address"], "files"
    mail.set_content("x")
    names = [
        'a"; filename="b.html',
        "a%0d%0aSet-Cookie: x=y",
        "../../../etc/passwd",
        "\u202egnp.exe",
        "x" * 500,
        "a;b=c",
    ]
    for name in names:
        mail.add_attachment(b"<script>", maintype="text", subtype="html", filename=name)
    with smtplib.SMTP("127.0.0.1", stack.smtp_port) as peer:
        peer.send_message(mail, "a@example.com", [inbox["address"]])
    found = api.get(
        f"/api/v1/inboxes/{inbox['address']}/messages/wait", params={"timeout": 20}, headers=key, timeout=30
    ).json()
    assert len(names) == len(found["attachments"])
    for index in range(len(names)):
        answer = api.get(f"/api/v1/messages/{found['id']}/attachments/{index}", headers=key)
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith("attachment;")
        assert 2 == disposition.count('"')
        assert "/" not in disposition.split('"')[1]
        assert ("nosniff", True) == (
            answer.headers["x-content-type-options"],
            "sandbox" in answer.headers["content-security-policy"],
        )
        assert "set-cookie" not in answer.headers


def test_strangers_and_the_unknown_take_the_same_time(api, key, inbox):
    """One lookup either way: a stranger's 404 and a missing inbox's cannot be told apart by more than noise."""
    email = f"stranger-{time.time_ns()}@example.com"
    body = {"email": email, "password": "correct horse battery"}
    api.post("/api/v1/auth/register", json=body)
    stranger = {"Authorization": f"Bearer {api.post('/api/v1/auth/login', json=body).json()['access_token']}"}
    answers = [
        api.get(f"/api/v1/inboxes/{name}", headers=stranger)
        for name in (inbox["address"], "nobody-at-all@" + inbox["address"].split("@")[1])
    ]
    assert [404, 404] == [answer.status_code for answer in answers]
    assert answers[0].json() == answers[1].json()
    differing = {"x-request-id", "date", "x-ratelimit-remaining"}
    assert {n: v for n, v in answers[0].headers.items() if n not in differing} == {
        n: v for n, v in answers[1].headers.items() if n not in differing
    }


def test_no_secret_is_in_the_logs(stack, api, key):
    made = api.post("/api/v1/api-keys", json={"label": "x"}, headers=key).json()
    inbox = api.post("/api/v1/inboxes", json={}, headers={"X-API-Key": made["plaintext"]}).json()
    token = {"Authorization": f"Bearer {inbox['token']}"}
    api.get(f"/api/v1/inboxes/{inbox['address']}", headers=token)
    api.get("/api/v1/inboxes", headers={"X-API-Key": made["plaintext"][:-1]})
    log = (stack.data_dir / "log" / "api-gateway.log").read_text()
    for secret in (made["plaintext"], made["plaintext"].split("_")[2], inbox["token"], key["X-API-Key"].split("_")[2]):
        assert secret not in log
    api.delete(f"/api/v1/inboxes/{inbox['address']}", headers=key)
    api.delete(f"/api/v1/api-keys/{made['id']}", headers=key)


async def test_many_at_once_are_answered_or_refused_but_never_failed(stack, key):
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=stack.http_url, timeout=60, limits=limits, trust_env=False) as client:
        answers = await asyncio.gather(*(client.get("/api/v1/inboxes", headers=key) for _ in range(400)))
    assert {200, 429} >= {answer.status_code for answer in answers}
