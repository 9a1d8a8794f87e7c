"""The default space: takes mail for every address on the ports of Mailpit's API, where the operator has them.

The gateway makes it at its start; smtp-ingest finds it by its id. It belongs to the first account that the operator
made; until there is one, only the port without credentials reads it.
"""

from contextlib import suppress
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.failures import Conflict
from mayfly.records.inbox import ANY_DOMAIN, DEFAULT_SPACE_ID, OPERATOR, Inbox, Retention
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document

_TEN_YEARS = 3650 * 86_400


class DefaultSpace:
    def __init__(self, database: Database) -> None:
        self._inboxes: AsyncCollection[Document] = database["inboxes"]
        self._accounts: AsyncCollection[Document] = database["accounts"]

    async def ensure(self, domain: str, now: datetime) -> None:
        """Make sure that it exists, with an address on this public domain. Raises TransientFailure.

        It keeps its newest 500 messages, as Mailpit does, without a limit of age.
        """
        with store_failures():
            # Whoever registers has a password: a stranger's account never gets the space.
            first = await self._accounts.find_one({"password_hash": None}, {"_id": 1}, sort=[("_id", 1)])
        space = Inbox(
            id=DEFAULT_SPACE_ID,
            address=f"*@{DEFAULT_SPACE_ID}.{domain}",
            local_part=ANY_DOMAIN,
            domain=f"{DEFAULT_SPACE_ID}.{domain}",
            created_at=now,
            expires_at=None,
            account_id=first["_id"] if first else OPERATOR,
            label="Default space",
            kind="space",
            domains=[ANY_DOMAIN],
            retention=Retention(max_age_seconds=_TEN_YEARS),
        )
        document = to_document(space)
        current = {name: document.pop(name) for name in ("address", "domain", "status", "expires_at")}
        with suppress(Conflict), store_failures():  # another gateway, which starts too, has just made it
            await self._inboxes.update_one({"_id": space.id}, {"$set": current, "$setOnInsert": document}, upsert=True)

    async def adopt(self, account_id: str) -> Inbox | None:
        """Give it to this account if no account has it, and return it as it is then. Raises TransientFailure."""
        with store_failures():
            document = await self._inboxes.find_one_and_update(
                {"_id": DEFAULT_SPACE_ID, "account_id": OPERATOR},
                {"$set": {"account_id": account_id}},
                return_document=ReturnDocument.AFTER,
            )
        return from_document(Inbox, document) if document else None
