"""What each service's client says to make, see, read and end an inbox: its paths, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import count
from typing import Any

import httpx

from tests.system.conversation import NO_TLS, new_account, run, send

_numbers = count(1)


def account(stack: Any, plan: str = "pro") -> httpx.Client:
    """A client with a fresh account's key."""
    key = new_account(stack, fresh_email(), plan)
    return client(stack, key)


def fresh_email() -> str:
    return f"dialects-{next(_numbers)}@example.com"


def client(stack: Any, key: str | None = None, **headers: str) -> httpx.Client:
    bearer = {"Authorization": f"Bearer {key}"} if key else {}
    both = {**bearer, **headers}
    return httpx.Client(base_url=stack.http_url, headers=both, timeout=30, trust_env=False, verify=NO_TLS)


def deliver(stack: Any, http: httpx.Client, message: EmailMessage) -> None:
    """Hand the mail over by SMTP and come back when it can be read."""
    address = str(message["To"])
    send(stack, message, address)
    answer(http.get(f"/api/v1/inboxes/{address}/messages/wait", params={"timeout": 30, "subject": message["Subject"]}))


def key_of(http: httpx.Client) -> str:
    return http.headers["Authorization"].removeprefix("Bearer ")


def answer(response: httpx.Response, expect: int = 200) -> Any:
    """The JSON of an answer that has the status `expect`."""
    assert expect == response.status_code, response.text
    return response.json() if response.content else None


def bash(script: str, replaced: Mapping[str, str]) -> str:
    """What a documented script prints, with the texts `replaced` in it: its host, its key, its example values."""
    for old, new in replaced.items():
        assert old in script, old
        script = script.replace(old, new)
    return run("bash", "-c", script)


@dataclass
class Speaker:
    """One service's client."""

    http: httpx.Client

    def create(self) -> str:
        """The new inbox's address."""
        raise NotImplementedError

    def addresses(self) -> list[str]:
        raise NotImplementedError

    def subjects_and_texts(self, address: str) -> list[tuple[str, str]]:
        raise NotImplementedError

    def delete(self, address: str) -> None:
        raise NotImplementedError


class VaultMail(Speaker):
    def create(self) -> str:
        return answer(self.http.post("/api/v1/inboxes", json={}), 201)["address"]

    def addresses(self) -> list[str]:
        return [inbox["address"] for inbox in answer(self.http.get("/api/v1/inboxes"))]

    def subjects_and_texts(self, address: str) -> list[tuple[str, str]]:
        listed = answer(self.http.get(f"/api/v1/inboxes/{address}/messages"))
        read = [answer(self.http.get(f"/api/v1/messages/{message['id']}")) for message in listed]
        return [(message["subject"], message["body_text"]) for message in read]

    def delete(self, address: str) -> None:
        answer(self.http.delete(f"/api/v1/inboxes/{address}"), 204)


class DustMail(Speaker):
    def create(self) -> str:
        return answer(self.http.post("/api/v1/inbox", json={"duration": 30}), 201)["data"]["email"]

    def addresses(self) -> list[str]:
        return [inbox["email"] for inbox in answer(self.http.get("/api/v1/inbox"))["data"]]

    def subjects_and_texts(self, address: str) -> list[tuple[str, str]]:
        opened = answer(self.http.get(f"/api/v1/inbox/{self._id(address)}"))["data"]
        return [(mail["subject"], mail["text"]) for mail in opened["emails"]]

    def delete(self, address: str) -> None:
        answer(self.http.delete(f"/api/v1/inbox/{self._id(address)}"))

    def _id(self, address: str) -> str:
        return next(i["id"] for i in answer(self.http.get("/api/v1/inbox"))["data"] if i["email"] == address)


class MinuteMail(Speaker):
    def create(self) -> str:
        return answer(self.http.post("/v1/mailboxes", json={"expiresIn": 20}), 201)["address"]

    def addresses(self) -> list[str]:
        return [mailbox["address"] for mailbox in answer(self.http.get("/v1/mailboxes"))["items"]]

    def subjects_and_texts(self, address: str) -> list[tuple[str, str]]:
        mails = f"/v1/mailboxes/{self._id(address)}/mails"
        read = [answer(self.http.get(f"{mails}/{mail['id']}")) for mail in answer(self.http.get(mails))["items"]]
        return [(mail["subject"], mail["body"]) for mail in read]

    def delete(self, address: str) -> None:
        answer(self.http.delete(f"/v1/mailboxes/{self._id(address)}"), 204)

    def _id(self, address: str) -> str:
        return answer(self.http.get("/v1/mailboxes", params={"address": address}))["items"][0]["id"]


class Run2Mail(Speaker):
    def create(self) -> str:
        return answer(self.http.post("/api/v1/emails/create", json={"type": "random"}), 201)["data"]["email"]

    def addresses(self) -> list[str]:
        return [inbox["email"] for inbox in answer(self.http.get("/api/v1/emails"))["data"]]

    def subjects_and_texts(self, address: str) -> list[tuple[str, str]]:
        data = answer(self.http.get(f"/api/v1/emails/{address}/messages"))["data"]
        return [(message["subject"], message["text"]) for message in data["messages"]]

    def delete(self, address: str) -> None:
        answer(self.http.delete(f"/api/v1/emails/{address}"))


class Ephemask(Speaker):
    def create(self) -> str:
        return answer(self.http.post("/inbox"), 201)["address"]

    def addresses(self) -> list[str]:
        return [inbox["address"] for inbox in answer(self.http.get("/user/inboxes"))["inboxes"]]

    def subjects_and_texts(self, address: str) -> list[tuple[str, str]]:
        listed = answer(self.http.get(f"/inbox/{address}"))["messages"]
        read = [answer(self.http.get(f"/inbox/{address}/messages/{message['message_id']}")) for message in listed]
        return [(message["subject"], message["body_text"]) for message in read]

    def delete(self, address: str) -> None:
        answer(self.http.delete(f"/inbox/{address}"), 204)


SPEAKERS = (VaultMail, DustMail, MinuteMail, Run2Mail, Ephemask)
