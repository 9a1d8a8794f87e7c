"""Page tickets: the page of one message, for a minute, on any replica, with the rights of the credentials behind them."""

import pytest

from mayfly.store.client import connect


async def a_message(gateway, deliver, headers=None, html="<p onclick=x>Hi</p><img src='https://shop.example/a.png'>"):
    inbox = await gateway.inbox(headers)
    return inbox, await deliver(inbox, html=html)


async def ticket_for(gateway, message, headers=None, wish=None):
    answer = await gateway.http.post(f"/api/v1/messages/{message.id}/html-ticket", json=wish, headers=headers)
    assert 201 == answer.status_code, answer.text
    assert 60 == answer.json()["expires_in"]
    return answer.json()["url"]


async def test_a_ticket_opens_the_page_as_often_as_it_is_asked_for_on_any_replica(gateway, make_gateway, deliver):
    owner, other = await gateway.account(), await make_gateway()
    _, message = await a_message(gateway, deliver, owner)
    url = await ticket_for(gateway, message, owner)
    assert url.startswith(f"/api/v1/messages/{message.id}/html?ticket=")
    for http in (gateway.http, other.http, gateway.http):
        page = await http.get(url)
        assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
        assert "<p>Hi</p><img></body>" in page.text
        assert "1" == page.headers["x-blocked-images"]
    head = await gateway.http.head(url)
    assert (200, "1") == (head.status_code, head.headers["x-blocked-images"])
    entry = (await gateway.http.get(f"/api/v1/messages/{message.id}?peek=true", headers=owner)).json()
    assert entry["is_read"] is False


async def test_the_policy_of_the_page_permits_nothing_but_its_own_style_and_images(gateway, deliver):
    owner = await gateway.account()
    _, message = await a_message(gateway, deliver, owner)
    page = await gateway.http.get(f"/api/v1/messages/{message.id}/html", headers=owner)
    policy = dict(part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";"))
    assert {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": "'unsafe-inline'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": "allow-popups allow-popups-to-escape-sandbox",
    } == policy
    assert "no-store" == page.headers["cache-control"]
    assert "no-referrer" == page.headers["referrer-policy"]
    assert "off" == page.headers["x-dns-prefetch-control"]


async def test_remote_images_are_what_the_ticket_says(gateway, deliver):
    owner = await gateway.account()
    _, message = await a_message(gateway, deliver, owner)
    shown = await gateway.http.get(await ticket_for(gateway, message, owner, {"remote_images": True}))
    assert '<img src="https://shop.example/a.png">' in shown.text
    assert "0" == shown.headers["x-blocked-images"]
    assert "img-src data: https: http:;" in shown.headers["content-security-policy"]
    url = await ticket_for(gateway, message, owner)
    refused = await gateway.http.get(url + "&remote_images=true")
    assert 400 == refused.status_code
    assert refused.json()["message"].startswith("remote_images: ")
    path = f"/api/v1/messages/{message.id}/html"
    for asked, kept in (("true", True), ("false", False)):
        answer = await gateway.http.get(path, params={"remote_images": asked}, headers=owner)
        assert kept == ("https://shop.example" in answer.text)


async def test_a_theme_is_dark_light_or_a_mistake(gateway, deliver):
    owner = await gateway.account()
    _, message = await a_message(gateway, deliver, owner)
    path = f"/api/v1/messages/{message.id}/html"
    assert "color-scheme" not in (await gateway.http.get(path, headers=owner)).text
    for theme in ("dark", "light"):
        answer = await gateway.http.get(path, params={"theme": theme}, headers=owner)
        assert f"<style>:root{{color-scheme:{theme}}}</style>" in answer.text
    refused = await gateway.http.get(path, params={"theme": "dark}body{display:none"}, headers=owner)
    assert 400 == refused.status_code
    assert refused.json()["message"].startswith("theme: ")


async def test_a_message_without_html_is_shown_as_text(gateway, deliver):
    owner = await gateway.account()
    inbox = await gateway.inbox(owner)
    message = await deliver(inbox, html="", text="<script>1</script>")
    page = await gateway.http.get(await ticket_for(gateway, message, owner) + "&theme=dark")
    assert "<pre>&lt;script&gt;1&lt;/script&gt;</pre>" in page.text
    assert "color-scheme:dark" in page.text


async def test_a_ticket_opens_no_other_message_and_nothing_else(gateway, deliver):
    owner = await gateway.account()
    inbox, message = await a_message(gateway, deliver, owner)
    other = await deliver(inbox, html="<p>other</p>")
    ticket = (await ticket_for(gateway, message, owner)).partition("ticket=")[2]
    assert 401 == (await gateway.http.get(f"/api/v1/messages/{other.id}/html", params={"ticket": ticket})).status_code
    for path in ("", "/raw", "/otp"):
        answer = await gateway.http.get(f"/api/v1/messages/{message.id}{path}", params={"ticket": ticket})
        assert 400 == answer.status_code
    bearer = {"Authorization": f"Bearer {ticket}"}
    assert 401 == (await gateway.http.get(f"/api/v1/messages/{message.id}/html", headers=bearer)).status_code
    stream = await gateway.http.get(f"/api/v1/sse/inbox/{inbox['address']}", params={"ticket": ticket})
    assert 401 == stream.status_code
    opened = (await gateway.http.post(f"/api/v1/inboxes/{inbox['id']}/stream-ticket", headers=owner)).json()["ticket"]
    assert 401 == (await gateway.http.get(f"/api/v1/messages/{message.id}/html", params={"ticket": opened})).status_code


@pytest.mark.parametrize("wrong", ["x", "mft_" + "0" * 64, "mft_" + "g" * 64, "%00", "mfy_0123456789ab_" + "0" * 48])
async def test_what_is_no_ticket_is_401(gateway, deliver, wrong):
    owner = await gateway.account()
    _, message = await a_message(gateway, deliver, owner)
    answer = await gateway.http.get(f"/api/v1/messages/{message.id}/html?ticket={wrong}")
    assert 401 == answer.status_code
    assert "ticket: unknown or expired" in answer.json()["message"]


async def test_only_who_may_read_the_message_gets_a_ticket(gateway, deliver):
    owner, stranger = await gateway.account(), await gateway.account()
    _, message = await a_message(gateway, deliver, owner)
    for headers in (None, stranger):
        for method, path in (("POST", "html-ticket"), ("GET", "html")):
            answer = await gateway.http.request(method, f"/api/v1/messages/{message.id}/{path}", headers=headers)
            assert 404 == answer.status_code
    writer = await gateway.http.post("/api/v1/api-keys", json={"scopes": ["mailboxes:write"]}, headers=owner)
    headers = {"X-API-Key": writer.json()["plaintext"]}
    assert 403 == (await gateway.http.post(f"/api/v1/messages/{message.id}/html-ticket", headers=headers)).status_code


async def test_a_ticket_of_an_anonymous_inbox_needs_no_account(gateway, deliver):
    _, message = await a_message(gateway, deliver)
    assert 200 == (await gateway.http.get(await ticket_for(gateway, message))).status_code


async def test_a_key_that_was_revoked_takes_its_tickets_along(gateway, deliver):
    owner = await gateway.account()
    made = (await gateway.http.post("/api/v1/api-keys", json={"label": "x"}, headers=owner)).json()
    _, message = await a_message(gateway, deliver, owner)
    url = await ticket_for(gateway, message, {"X-API-Key": made["plaintext"]})
    assert 200 == (await gateway.http.get(url)).status_code
    assert 204 == (await gateway.http.delete(f"/api/v1/api-keys/{made['id']}", headers=owner)).status_code
    assert 401 == (await gateway.http.get(url)).status_code


async def test_a_frame_names_no_site_and_has_that_of_the_call_that_made_its_ticket(gateway, deliver):
    owner = await gateway.account()
    body = {"label": "x", "allowed_domains": ["app.example"]}
    restricted = (await gateway.http.post("/api/v1/api-keys", json=body, headers=owner)).json()["plaintext"]
    _, message = await a_message(gateway, deliver, owner)
    headers = {"X-API-Key": restricted, "Origin": "https://app.example"}
    url = await ticket_for(gateway, message, headers)
    assert 200 == (await gateway.http.get(url)).status_code
    assert (
        403
        == (
            await gateway.http.get(f"/api/v1/messages/{message.id}/html", headers={"X-API-Key": restricted})
        ).status_code
    )


async def test_the_store_has_neither_ticket_nor_credentials_and_an_expired_ticket_opens_nothing(
    gateway, deliver, mongo_uri, mongo_database, capfd
):
    owner = await gateway.account()
    _, message = await a_message(gateway, deliver, owner)
    url = await ticket_for(gateway, message, owner)
    ticket = url.partition("ticket=")[2]
    assert 200 == (await gateway.http.get(url)).status_code
    async with connect(mongo_uri, mongo_database, "test") as database:
        found = await database["page_tickets"].find_one({"message_id": message.id})
        assert not any(secret in str(found) for secret in (ticket, ticket[4:], owner["X-API-Key"]))
        await database["page_tickets"].update_one({"_id": found["_id"]}, [{"$set": {"expires_at": "$$NOW"}}])
    assert 401 == (await gateway.http.get(url)).status_code
    logged = capfd.readouterr().out
    assert "/api/v1/messages/{message_id}/html" in logged
    assert ticket not in logged


@pytest.mark.parametrize("body", [{"remote_images": "yes"}, {"remote_images": 1}, [], "x"])
async def test_another_wish_is_400(gateway, deliver, body):
    owner = await gateway.account()
    _, message = await a_message(gateway, deliver, owner)
    answer = await gateway.http.post(f"/api/v1/messages/{message.id}/html-ticket", json=body, headers=owner)
    assert 400 == answer.status_code
