"""Ethereal's accounts for nodemailer: made without credentials, read by links that nobody can guess."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from mayfly.store.client import connect
from mayfly.store.smtp_logins import SmtpLogins

NODEMAILER = {"requestor": "nodemailer", "version": "7.0.13"}


def _space_of(account):
    space_id = account["user"].partition("@")[0]
    return {"id": space_id, "address": f"*@{space_id}.mayfly.test"}


@pytest.fixture
async def account(gateway):
    return (await gateway.http.post("/user", json=NODEMAILER)).json()


async def test_an_account_has_what_nodemailer_reads(gateway, mongo_uri, mongo_database):
    answer = await gateway.http.post("/user", json=NODEMAILER, headers={"Host": "mail.example:8080"})
    account = answer.json()
    assert (200, "success") == (answer.status_code, account["status"])
    assert {"host": "mail.example", "port": 25, "secure": False} == account["smtp"]
    assert ("http://mail.example:8080", None, None) == (account["web"], account["imap"], account["pop3"])
    space = _space_of(account)
    assert f"{space['id']}@{space['id']}.mayfly.test" == account["user"]
    async with connect(mongo_uri, mongo_database, "test") as database:
        (login,) = await SmtpLogins(database).of_space(space["id"])
    assert (True, False) == (login.has_password(account["pass"]), login.has_password(account["pass"] + "x"))


async def test_the_operator_says_where_smtp_is(make_gateway):
    gateway = await make_gateway(
        public_smtp_host="smtp.example", public_smtp_port=2525, public_url="https://mail.example/mayfly/"
    )
    account = (await gateway.http.post("/user", json={})).json()
    assert {"host": "smtp.example", "port": 2525, "secure": False} == account["smtp"]
    assert "https://mail.example/mayfly" == account["web"]


async def test_an_account_lives_for_a_day_and_is_read_by_its_token(gateway, account, deliver):
    message = await deliver(_space_of(account))
    headers = {"Authorization": f"Bearer {account['token']}"}
    inbox = (await gateway.http.get(f"/api/v1/inboxes/{_space_of(account)['id']}", headers=headers)).json()
    assert account["user"].partition("@")[2] == inbox["address"].partition("@")[2]
    listed = await gateway.http.get(f"/api/v1/inboxes/{_space_of(account)['id']}/messages", headers=headers)
    assert [message.id] == [entry["id"] for entry in listed.json()]
    assert 404 == (await gateway.http.get(f"/api/v1/inboxes/{_space_of(account)['id']}/messages")).status_code


async def test_a_message_is_shown_to_whoever_has_its_link(gateway, account, deliver):
    message = await deliver(_space_of(account), html="<p onclick=x>Hi<script>1</script>", subject="<b>Hello</b>")
    page = LexborHTMLParser((await gateway.http.get(f"/message/{message.id}")).text)
    assert "<b>Hello</b>" == page.css_first("h1").text()
    frame = page.css_first("iframe").attributes["src"]
    html = await gateway.http.get(f"/message/{frame}")
    assert "<body><p>Hi</p></body>" in html.text
    assert "sandbox" in html.headers["content-security-policy"]
    source = await gateway.http.get(f"/message/{message.id}/source")
    assert source.headers["content-disposition"].startswith("attachment")


async def test_a_message_without_html_is_shown_as_text(gateway, account, deliver):
    message = await deliver(_space_of(account), html="", text="<script>1</script>")
    assert "<pre>&lt;script&gt;1&lt;/script&gt;</pre>" in (await gateway.http.get(f"/message/{message.id}")).text
    assert "<pre>&lt;script&gt;" in (await gateway.http.get(f"/message/{message.id}/html")).text


async def test_links_lead_to_no_other_mail(gateway, deliver):
    headers = await gateway.account("pro")
    inbox = (await gateway.http.post("/api/v1/inboxes", json={}, headers=headers)).json()
    anonymous = (await gateway.http.post("/api/v1/inboxes/generate", json={})).json()
    owned, open_to_address = await deliver(inbox), await deliver(anonymous)
    for message_id in (owned.id, "019e2f3a-5b77-7c41-9d08-3f2a6c1b7e55", "x", "latest"):
        for path in ("", "/html", "/source"):
            assert 404 == (await gateway.http.get(f"/message/{message_id}{path}")).status_code
    assert 200 == (await gateway.http.get(f"/message/{owned.id}", headers=headers)).status_code
    assert 200 == (await gateway.http.get(f"/message/{open_to_address.id}")).status_code  # as by the native API


async def test_an_account_s_space_needs_its_credentials(gateway, deliver):
    headers = await gateway.account("pro")
    account = (await gateway.http.post("/user", json=NODEMAILER, headers=headers)).json()
    message = await deliver(_space_of(account))
    assert 404 == (await gateway.http.get(f"/message/{message.id}")).status_code
    assert 200 == (await gateway.http.get(f"/message/{message.id}", headers=headers)).status_code


async def test_accounts_are_limited_as_anonymous_inboxes(make_gateway):
    gateway = await make_gateway()
    statuses = [(await gateway.http.post("/user", json={})).status_code for _ in range(21)]
    assert [200] * 20 + [429] == statuses


async def test_where_inboxes_need_an_account_there_are_none(make_gateway):
    gateway = await make_gateway(anonymous_access="off")
    answer = await gateway.http.post("/user", json=NODEMAILER)
    assert (401, True) == (answer.status_code, bool(answer.json()["error"]))


@pytest.mark.parametrize("body", [b"{", b'{"requestor": 5}', b"[]", b'{"requestor": "' + b"x" * 300 + b'"}'])
async def test_another_body_is_400(gateway, body):
    answer = await gateway.http.post("/user", content=body, headers={"Content-Type": "application/json"})
    assert 400 == answer.status_code
