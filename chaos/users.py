"""The users of the API: they make inboxes, follow streams, delete messages, end inboxes, and read all the time.

Everything they learn goes to the ledger. They know who owns what, so they also try what they must not.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from chaos.ledger import Ledger

ACCOUNTS = 2
LASTING_TTL = 6 * 3600
PATIENCE = 10.0  # seconds for one call
DELETED_SHARE = 0.15  # of the messages that a stream announces
READ_EVERY, DOOMED_EVERY, STRANGER_EVERY = 0.3, 6.0, 2.0
DOOMED_LIVES = (4.0, 20.0)
GONE = frozenset({404, 410})
REPLAY_BEGINS_WITHIN, REPLAY_SILENCE = 10.0, 3.0


@dataclass
class Inbox:
    id: str
    address: str
    account: int
    ended: bool = False
    """An end was asked for, whatever the answer was."""


@dataclass
class Users:
    url: str
    ledger: Ledger
    seed: int
    clients: list[httpx.AsyncClient] = field(default_factory=list)
    lasting: list[Inbox] = field(default_factory=list)
    doomed: list[Inbox] = field(default_factory=list)
    listening: set[str] = field(default_factory=set)
    """Inboxes whose stream is open."""

    def __post_init__(self) -> None:
        self._chance = random.Random(f"{self.seed} users")
        self._mail_chance = random.Random(f"{self.seed} recipients")

    # ---- Before anything is broken

    async def move_in(self, admin_token: str, hook_port: int, inboxes: int) -> None:
        """Make the accounts, an endpoint for each, and the lasting inboxes. Raises httpx.HTTPError."""
        admin = {"Authorization": f"Bearer {admin_token}"}
        async with httpx.AsyncClient(base_url=self.url, headers=admin, trust_env=False, timeout=30) as operator:
            for number in range(ACCOUNTS):
                wanted = {"email": f"chaos{number}@example.com", "plan": "team"}
                key = (await operator.post("/api/v1/admin/accounts", json=wanted)).raise_for_status().json()["api_key"]
                self.clients.append(
                    httpx.AsyncClient(base_url=self.url, headers={"X-API-Key": key}, trust_env=False, timeout=PATIENCE)
                )
        for number, client in enumerate(self.clients):
            hook = {"url": f"http://127.0.0.1:{hook_port}/hook/{number}", "events": ["message.received"]}
            (await client.post("/api/v1/webhooks", json=hook)).raise_for_status()
            for _ in range(inboxes):
                self.lasting.append(await self._make(number, LASTING_TTL, lasting=True))

    async def move_out(self) -> None:
        for client in self.clients:
            await client.aclose()

    async def _make(self, account: int, ttl: int, *, lasting: bool) -> Inbox:
        answer = await self.clients[account].post("/api/v1/inboxes", json={"ttl_seconds": ttl})
        made = answer.raise_for_status().json()
        inbox = Inbox(made["id"], made["address"], account)
        self.ledger.write("inbox", id=inbox.id, address=inbox.address, account=account, lasting=lasting)
        return inbox

    def recipients(self, count: int) -> Sequence[str]:
        """Addresses for a mail: mostly lasting inboxes; two recipients are of different accounts."""
        live = [inbox for inbox in self.doomed if not inbox.ended]
        if count == 1 and live and self._mail_chance.random() < 0.15:
            return [self._mail_chance.choice(live).address]
        firsts = [inbox for inbox in self.lasting if inbox.account == 0]
        seconds = [inbox for inbox in self.lasting if inbox.account == 1]
        pair = [self._mail_chance.choice(firsts).address, self._mail_chance.choice(seconds).address]
        return pair if count > 1 else [self._mail_chance.choice(pair)]

    # ---- While things break

    async def live(self, stop: asyncio.Event) -> None:
        """Do what users do until told to stop."""
        followers = [asyncio.create_task(self._follow(inbox)) for inbox in self.lasting]
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(stop))
                tasks.create_task(self._make_and_end(stop))
                tasks.create_task(self._try_strangers(stop))
        finally:
            for task in followers:
                task.cancel()
            for result in await asyncio.gather(*followers, return_exceptions=True):
                if isinstance(result, Exception):
                    raise result

    async def _call(self, account: int, method: str, path: str) -> tuple[int, Any]:
        """The status and the JSON body; status 0 when no answer came."""
        try:
            answer = await self.clients[account].request(method, path)
            return answer.status_code, answer.json() if answer.content else None
        except (httpx.HTTPError, ValueError):
            return 0, None

    async def _follow(self, inbox: Inbox) -> None:
        """Follow the stream of an inbox for good, from cursor to cursor."""
        cursor = "0"
        while True:
            with suppress(httpx.HTTPError, TimeoutError):
                async for name, identity, data in self._events(inbox, cursor):
                    cursor = identity or cursor
                    self.listening.add(inbox.id)
                    if name == "message":
                        self._note_event("sse", inbox, identity, data)
                        if self._chance.random() < DELETED_SHARE:
                            asyncio.create_task(self._delete(inbox, data))  # noqa: RUF006 - it ends by itself
            self.listening.discard(inbox.id)
            await asyncio.sleep(0.3)

    async def _events(self, inbox: Inbox, cursor: str) -> AsyncIterator[tuple[str, str, dict[str, Any]]]:
        path, wanted = f"/api/v1/sse/inbox/{inbox.address}", {"Last-Event-ID": cursor}
        patience = httpx.Timeout(PATIENCE, read=25)
        async with self.clients[inbox.account].stream("GET", path, headers=wanted, timeout=patience) as answer:
            if answer.status_code != 200:
                return
            event: dict[str, str] = {}
            async for line in answer.aiter_lines():
                if line:
                    name, _, value = line.partition(":")
                    event[name] = value.strip()
                elif event:
                    yield event.get("event", ""), event.get("id", ""), json.loads(event.get("data") or "{}")
                    event = {}

    def _note_event(self, what: str, inbox: Inbox, cursor: str, data: dict[str, Any]) -> None:
        message, token = data["id"], data["subject"]
        self.ledger.write(what, inbox=inbox.id, said=data.get("inbox"), cursor=cursor, message=message, token=token)

    async def _delete(self, inbox: Inbox, data: dict[str, Any]) -> None:
        await asyncio.sleep(self._chance.choice((0.0, 0.0, 0.5, 3.0)))
        begun = time.time()
        status, _ = await self._call(inbox.account, "DELETE", f"/api/v1/messages/{data['id']}")
        self.ledger.write(
            "deleted", inbox=inbox.id, message=data["id"], token=data["subject"], begun=begun, status=status
        )

    async def _read(self, stop: asyncio.Event) -> None:
        """List an inbox again and again: what a user sees, and whether anything answers."""
        async with asyncio.TaskGroup() as tasks:
            while not stop.is_set():
                tasks.create_task(self._list(self._chance.choice(self.lasting)))
                await asyncio.sleep(READ_EVERY)

    async def _list(self, inbox: Inbox) -> None:
        begun = time.time()
        status, found = await self._call(inbox.account, "GET", f"/api/v1/inboxes/{inbox.address}/messages?limit=20")
        seen = [entry["id"] for entry in found] if status == 200 else []
        self.ledger.write("read", inbox=inbox.id, begun=begun, status=status, messages=seen)

    async def _make_and_end(self, stop: asyncio.Event) -> None:
        """Inboxes with a short life: mail comes while they end."""
        async with asyncio.TaskGroup() as tasks:
            while not stop.is_set():
                tasks.create_task(self._short_life())
                await asyncio.sleep(DOOMED_EVERY)

    async def _short_life(self) -> None:
        with suppress(httpx.HTTPError):
            inbox = await self._make(self._chance.randrange(ACCOUNTS), LASTING_TTL, lasting=False)
            self.doomed.append(inbox)
            await asyncio.sleep(self._chance.uniform(*DOOMED_LIVES))
            await self.end(inbox)

    async def end(self, inbox: Inbox) -> None:
        """Delete an inbox; after a clear yes, look whether it is gone."""
        inbox.ended, begun = True, time.time()
        status, _ = await self._call(inbox.account, "DELETE", f"/api/v1/inboxes/{inbox.address}")
        self.ledger.write("ended", inbox=inbox.id, begun=begun, status=status)

    async def _try_strangers(self, stop: asyncio.Event) -> None:
        """Read an inbox with the key of somebody else; must never be answered with 200."""
        while not stop.is_set():
            inbox = self._chance.choice(self.lasting)
            stranger = (inbox.account + 1) % ACCOUNTS
            status, _ = await self._call(stranger, "GET", f"/api/v1/inboxes/{inbox.address}/messages?limit=1")
            self.ledger.write("stranger", inbox=inbox.id, status=status)
            await asyncio.sleep(STRANGER_EVERY)

    # ---- When everything is whole again

    async def take_stock(self) -> None:
        """Write down what the API has at the end: every message, every announcement, every inbox that should be gone.

        Raises RuntimeError when the API does not answer although nothing is broken any more.
        """
        for inbox in self.lasting:
            await self._list_all(inbox)
        await asyncio.gather(*(self._replay(inbox) for inbox in self.lasting))
        for inbox in self.doomed:
            status, _ = await self._again(inbox.account, f"/api/v1/inboxes/{inbox.address}")
            self.ledger.write("final-inbox", inbox=inbox.id, status=status)

    async def list_dead_letters(self, admin_token: str) -> None:
        """Events that were given up, with their reasons: they explain what was lost."""
        admin = {"Authorization": f"Bearer {admin_token}"}
        async with httpx.AsyncClient(base_url=self.url, headers=admin, trust_env=False, timeout=30) as operator:
            answer = await operator.get("/api/v1/admin/dead-letters?limit=100")
        for letter in answer.raise_for_status().json()["dead_letters"]:
            self.ledger.write("dead-letter", **{name: letter.get(name) for name in ("subject", "reason", "deliveries")})

    async def _list_all(self, inbox: Inbox) -> None:
        path: str | None = f"/api/v1/inboxes/{inbox.address}/messages?limit=100"
        while path:
            answer = await self._answer(inbox.account, path)
            for entry in answer.json():
                self.ledger.write("final", inbox=inbox.id, message=entry["id"], token=entry["subject"])
            path = answer.links.get("next", {}).get("url")

    async def _replay(self, inbox: Inbox) -> None:
        """Read every announcement of an inbox from the beginning, until none comes for a while."""
        clock = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(REPLAY_BEGINS_WITHIN) as silence:
                async for name, identity, data in self._events(inbox, "0"):
                    if name == "message":
                        self._note_event("announced", inbox, identity, data)
                        silence.reschedule(clock() + REPLAY_SILENCE)
        except TimeoutError:
            return
        except httpx.HTTPError:
            pass
        self.ledger.write("replay-failed", inbox=inbox.id)

    async def _again(self, account: int, path: str) -> tuple[int, Any]:
        answer = await self._answer(account, path, fine=GONE | {200})
        return answer.status_code, None

    async def _answer(self, account: int, path: str, fine: frozenset[int] = frozenset({200})) -> httpx.Response:
        for _ in range(60):
            with suppress(httpx.HTTPError):
                answer = await self.clients[account].get(path)
                if answer.status_code in fine:
                    return answer
            await asyncio.sleep(0.5)
        raise RuntimeError(f"the API does not answer {path}, although everything is whole")
