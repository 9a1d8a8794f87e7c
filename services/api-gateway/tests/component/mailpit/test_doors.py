"""The three doors: who comes in by which, to which space, and who stays outside."""

import pytest

from ...conftest import Gateway  # noqa: TID252 - tests are no installed package
from .conftest import DEFAULT_SPACE, an_account

MESSAGES = "/api/v1/messages"


async def test_the_open_door_shows_the_default_space_without_credentials(doors, deliver):
    message = await deliver(DEFAULT_SPACE, subject="Open")
    answer = await doors.open.get(MESSAGES, params={"limit": 1})
    assert (200, "application/json") == (answer.status_code, answer.headers["content-type"])
    assert [message.id] == [entry["ID"] for entry in answer.json()["messages"]]


async def test_the_open_door_takes_any_login(doors):
    assert 200 == (await doors.open.get(MESSAGES, auth=("anybody", "anything"))).status_code


async def test_a_space_is_reached_by_its_path_and_by_basic_credentials(account, deliver):
    message = await deliver(account.inbox)
    by_path = await account.http.get(f"/mailpit/{account.space.id}{MESSAGES}", headers=account.headers)
    by_basic = await account.http.get(MESSAGES, auth=account.basic)
    assert [message.id] == [entry["ID"] for entry in by_path.json()["messages"]]
    assert by_path.json() == by_basic.json()


async def test_without_credentials_mailpits_paths_ask_for_a_login(account):
    for path in ("/api/v1/info", f"/mailpit/{account.space.id}{MESSAGES}"):
        answer = await account.http.get(path)
        assert (401, "Unauthorized.") == (answer.status_code, answer.text)
        assert answer.headers["www-authenticate"].startswith("Basic")


async def test_only_basic_credentials_make_the_path_that_both_apis_have_mailpits(account):
    assert "messages_count" in (await account.http.get(MESSAGES, auth=account.basic)).json()
    assert [] == (await account.http.get(MESSAGES, headers=account.headers)).json()
    without = await account.http.get(MESSAGES)
    assert (401, "unauthorized") == (without.status_code, without.json()["error"])


async def test_the_space_of_another_account_does_not_exist(doors, account, make_space):
    other = await an_account(doors, make_space)
    for answer in (
        await account.http.get(MESSAGES, auth=(other.space.id, account.key)),
        await account.http.get(f"/mailpit/{other.space.id}{MESSAGES}", headers=account.headers),
        await account.http.get(MESSAGES, auth=("00000000", other.key)),
        await account.http.get(MESSAGES, auth=("nowhere1", account.key)),
    ):
        assert (404, "text/plain") == (answer.status_code, answer.headers["content-type"].partition(";")[0])


async def test_a_wrong_key_is_401(account):
    answer = await account.http.get(MESSAGES, auth=(account.space.id, "mfy_" + "0" * 12 + "_" + "0" * 48))
    assert (401, "Unauthorized.") == (answer.status_code, answer.text)


async def test_an_inbox_that_is_no_space_has_no_door(account):
    inbox = await account.http.post("/api/v1/inboxes", json={}, headers=account.headers)
    answer = await account.http.get(f"/mailpit/{inbox.json()['id']}{MESSAGES}", headers=account.headers)
    assert 404 == answer.status_code


async def test_native_routes_stay_native_beside_the_doors(account, deliver):
    message = await deliver(account.inbox)
    answer = await account.http.get(f"{MESSAGES}/{message.id}", headers=account.headers)
    assert message.id == answer.json()["id"]


async def test_options_is_200_on_every_path_of_the_api(doors, account):
    for client, path in ((doors.open, "/api/v1/"), (doors.open, MESSAGES), (account.http, "/api/v1/info")):
        answer = await client.options(path)
        assert (200, b"", "text/plain") == (answer.status_code, answer.content, answer.headers["content-type"])
        assert "access-control-allow-origin" not in answer.headers


async def test_slashes_too_many_change_nothing(doors):
    port = doors.open.base_url.port
    head = f"GET //api/v1//messages HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
    assert (await Gateway(doors.open, str(doors.open.base_url)).raw(head)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("host", ["evil.example.com", "127.0.0.1.nip.io", "xn--80ak6aa92e.com"])
async def test_the_open_door_is_closed_to_names_that_others_can_register(doors, host):
    answer = await doors.open.get(MESSAGES, headers={"Host": host})
    assert 403 == answer.status_code
    assert "MAYFLY_MAILPIT_HOSTS" in answer.text


async def test_the_operator_can_name_hosts(make_doors):
    doors = await make_doors(mailpit_hosts=("*.ddev.site",))
    assert 200 == (await doors.open.get(MESSAGES, headers={"Host": "shop.ddev.site:8025"})).status_code
    assert 403 == (await doors.open.get(MESSAGES, headers={"Host": "ddev.site.evil.com"})).status_code


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.com"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}],
)
async def test_pages_of_other_sites_are_kept_out_of_every_door(doors, account, headers):
    for answer in (
        await doors.open.get(MESSAGES, headers=headers),
        await account.http.get(MESSAGES, headers=headers, auth=account.basic),
    ):
        assert (403, "Blocked due to CORS violation") == (answer.status_code, answer.text)
