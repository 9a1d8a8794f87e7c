"""The WebSocket of Mailpit's events: what it tells, by which replica it was done, and who is kept out."""

import asyncio
import base64
import contextlib
import json
import socket as sockets

import httpx
import pytest
from prometheus_client import REGISTRY
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ...conftest import NO_TLS  # noqa: TID252 - tests are no installed package
from .conftest import DEFAULT_SPACE


class Events:
    """What a client reads; `until(kind)` returns the data of the next event of that type."""

    def __init__(self, connection):
        self.connection = connection
        self.seen = []

    async def until(self, kind):
        async with asyncio.timeout(60):
            while True:
                event = json.loads(await self.connection.recv())
                assert {"Type", "Data"} == event.keys()
                self.seen.append(event)
                if event["Type"] == kind:
                    return event["Data"]


def _open():
    """How many sockets are open."""
    return REGISTRY.get_sample_value("mayfly_live_channels", {"kind": "websocket"}) or 0


def _url(client, path="/api/events"):
    return f"ws://{client.base_url.netloc.decode()}{path}"


@contextlib.asynccontextmanager
async def _watching(client, path="/api/events", headers=None, **options):
    async with connect(_url(client, path), additional_headers=headers, proxy=None, **options) as connection:
        events = Events(connection)
        events.first = await events.until("stats")
        yield events


def _basic(account):
    return {"Authorization": "Basic " + base64.b64encode(f"{account.space.id}:{account.key}".encode()).decode()}


async def test_the_numbers_come_first_and_after_an_arrival(account, deliver):
    async with _watching(account.http, headers=_basic(account)) as events:
        assert (0, 0) == (events.first["Total"], events.first["Unread"])
        assert events.first["Version"].startswith("v1.")
        message = await deliver(
            account.inbox, subject="Hello", to=["ann@example.com"], names=[("ann@example.com", "Ann")]
        )
        new = await events.until("new")
        assert (message.id, "Hello", False) == (new["ID"], new["Subject"], new["Read"])
        assert [{"Name": "Ann", "Address": "ann@example.com"}] == new["To"]
        assert [] == new["Cc"]
        assert {"Total": 1, "Unread": 1} == {
            name: n for name, n in (await events.until("stats")).items() if name != "Version"
        }
        listed = (await account.http.get("/api/v1/messages", auth=account.basic)).json()["messages"][0]
        assert listed == new


async def test_changes_by_any_replica_are_told(doors, account, make_gateway, deliver):
    other = (await make_gateway()).http
    first, second = [await deliver(account.inbox) for _ in range(2)]
    async with _watching(account.http, f"/mailpit/{account.space.id}/api/events", account.headers) as events:
        await other.get(f"/api/v1/message/{first.id}", auth=account.basic)  # looking marks it
        assert {"ID": first.id, "Read": True} == await events.until("update")
        assert 1 == (await events.until("stats"))["Unread"]
        await other.put("/api/v1/messages", json={"IDs": [first.id], "Read": False}, auth=account.basic)
        assert {"ID": first.id, "Read": False} == await events.until("update")
        await other.put("/api/v1/tags", json={"IDs": [second.id], "Tags": ["b", "a"]}, auth=account.basic)
        assert {"ID": second.id, "Tags": ["b", "a"]} == await events.until("update")
        await other.request("DELETE", "/api/v1/messages", json={"IDs": [second.id]}, auth=account.basic)
        assert {"ID": second.id} == await events.until("delete")
        await other.delete(f"/api/v1/messages/{first.id}", headers=account.headers)  # a native call
        assert {"ID": first.id} == await events.until("delete")
        assert 0 == (await events.until("stats"))["Total"]
        await deliver(account.inbox)
        await other.delete("/api/v1/messages", auth=account.basic)
        assert await events.until("truncate") is None


async def test_many_changes_at_once_are_one_event(account, deliver):
    for _ in range(201):
        await deliver(account.inbox)
    async with _watching(account.http, headers=_basic(account)) as events:
        assert 201 == events.first["Total"]
        await account.http.put("/api/v1/messages", json={"Read": True}, auth=account.basic)
        assert await events.until("prune") is None
        assert 0 == (await events.until("stats"))["Unread"]


async def test_numbers_come_four_times_a_second_at_most(account, deliver):
    async with _watching(account.http, headers=_basic(account)) as events:
        started = asyncio.get_running_loop().time()
        for _ in range(60):
            await deliver(account.inbox)
        while (await events.until("stats"))["Total"] < 60:
            pass
        while [event["Type"] for event in events.seen].count("new") < 60:  # the numbers may be ahead of the arrivals
            await events.until("new")
        seconds = asyncio.get_running_loop().time() - started
        kinds = [event["Type"] for event in events.seen]
        assert 60 == kinds.count("new")
        assert kinds.count("stats") <= seconds * 4 + 2


async def test_a_space_hears_nothing_of_another(doors, account, deliver):
    async with _watching(doors.open) as events:
        await deliver(account.inbox, subject="private")
        await account.http.delete("/api/v1/messages", auth=account.basic)
        message = await deliver(DEFAULT_SPACE)
        assert message.id == (await events.until("new"))["ID"]
        assert {"stats", "new"} == {event["Type"] for event in events.seen}


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"Origin": "http://evil.example.com"}, "/api/events"),
        ({"Origin": "null"}, "/api/events"),
        ({"Host": "evil.example.com"}, "/api/events"),
        ({}, "/api/other"),
    ],
)
async def test_pages_of_other_sites_and_other_paths_get_no_websocket(doors, headers, path):
    with pytest.raises(InvalidStatus) as refused:
        async with connect(_url(doors.open, path), additional_headers=headers, proxy=None):
            pass
    assert refused.value.response.status_code in {403, 404}


async def test_a_page_of_the_same_origin_may_listen(doors):
    origin = f"http://{doors.open.base_url.netloc.decode()}"
    async with _watching(doors.open, headers={"Origin": origin}):
        pass


async def test_without_credentials_or_with_wrong_ones_nobody_listens(doors, account):
    for headers in ({}, {"Authorization": "Bearer mfy_" + "0" * 12 + "_" + "0" * 48}):
        for path in ("/api/events", f"/mailpit/{account.space.id}/api/events", "/mailpit/00000000/api/events"):
            with pytest.raises(InvalidStatus):
                async with connect(_url(account.http, path), additional_headers=headers, proxy=None):
                    pass


async def test_a_revoked_key_ends_the_connection(doors, account, deliver):
    key = (await account.http.post("/api/v1/api-keys", json={"label": "ci"}, headers=account.headers)).json()
    headers = {"Authorization": f"Bearer {key['plaintext']}"}
    async with _watching(account.http, f"/mailpit/{account.space.id}/api/events", headers) as events:
        assert 204 == (await account.http.delete(f"/api/v1/api-keys/{key['id']}", headers=account.headers)).status_code
        await deliver(account.inbox)
        with pytest.raises(ConnectionClosed) as closed:
            await events.until("new")
        assert 1008 == closed.value.rcvd.code


async def test_a_gateway_stops_while_clients_listen(start_gateway, free_ports):
    port = free_ports.take()
    gateway = await start_gateway(MAYFLY_MAILPIT_HTTP_PORT=str(port))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=NO_TLS) as http, _watching(http) as events:
        gateway.process.terminate()
        with pytest.raises(ConnectionClosed):
            await events.until("new")
        assert 0 == await asyncio.to_thread(gateway.process.wait, 10)


async def test_sockets_are_limited_in_all_and_a_quarter_of_them_is_one_callers(make_doors):
    doors = await make_doors(mailpit_sockets=8)
    async with _watching(doors.open), _watching(doors.open):
        with pytest.raises(InvalidStatus):
            async with connect(_url(doors.open), proxy=None):
                pass
    async with _watching(doors.open):
        pass


async def test_a_client_that_talks_much_is_disconnected(doors):
    async with _watching(doors.open) as events:
        await events.connection.send("x" * 10_000)
        with pytest.raises(ConnectionClosed) as closed:
            await events.until("new")
        assert 1009 == closed.value.rcvd.code


async def test_a_client_that_reads_nothing_is_given_up(make_doors, deliver):
    doors = await make_doors(live_stall_seconds=1)
    host, port = doors.open.base_url.host, doors.open.base_url.port
    before = _open()
    with sockets.socket() as slow:
        slow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        slow.connect((host, port))
        slow.sendall(
            f"GET /api/events HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert b" 101 " in await asyncio.to_thread(slow.recv, 1024)
        async with asyncio.timeout(120), _watching(doors.open, max_size=None) as events:
            assert before + 2 == _open()
            # Either the gateway gives up a frame, or the kernel the connection: whichever notices first.
            while _open() > before + 1:
                await deliver(DEFAULT_SPACE, to=[f"{'x' * 60}{n}@example.com" for n in range(20_000)])
                await events.until("new")


async def test_a_revoked_key_closes_its_socket_at_once(doors, account):
    made = await doors.native.http.post("/api/v1/api-keys", json={"label": "CI"}, headers=account.headers)
    key = {"X-API-Key": made.json()["plaintext"]}
    async with _watching(doors.native.http, f"/mailpit/{account.space.id}/api/events", key) as events:
        path = f"/api/v1/api-keys/{made.json()['id']}"
        assert 204 == (await doors.native.http.delete(path, headers=account.headers)).status_code
        async with asyncio.timeout(1):
            with pytest.raises(ConnectionClosed) as closed:
                await events.connection.recv()
    assert 1008 == closed.value.rcvd.code
