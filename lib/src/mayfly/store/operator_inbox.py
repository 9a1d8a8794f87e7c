"""The operator's inbox: mail for postmaster and abuse of the operator's domains. There is one, and it never expires.

No account owns it, so only the operator's calls read it. The gateway makes it at every start; smtp-ingest finds it by
its id; the reaper deletes its oldest messages (expiry_reaper.handlers.operator_mail).
"""

from contextlib import suppress
from datetime import datetime

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.failures import Conflict
from mayfly.records.inbox import OPERATOR, OPERATOR_INBOX_ID, Inbox
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import to_document
from mayfly.store.inboxes import HOLDS_ADDRESS


async def ensure_operator_inbox(database: Database, domain: str, now: datetime) -> None:
    """Make sure that it exists, as postmaster@ this domain; an inbox that has that address (from before it was
    reserved) ends. Raises TransientFailure.
    """
    inboxes: AsyncCollection[Document] = database["inboxes"]
    inbox = Inbox(
        id=OPERATOR_INBOX_ID,
        address=f"postmaster@{domain}",
        local_part="postmaster",
        domain=domain,
        created_at=now,
        expires_at=None,
        account_id=OPERATOR,
    )
    document = to_document(inbox)
    current = {name: document.pop(name) for name in ("address", "local_part", "domain", "status", "expires_at")}
    taken = {"address": inbox.address, "_id": {"$ne": inbox.id}, "status": {"$in": list(HOLDS_ADDRESS)}}
    with store_failures():
        await inboxes.update_many(taken, {"$set": {"status": "deleted"}})
        with suppress(Conflict), store_failures():  # another gateway, which starts too, has just made it
            await inboxes.update_one({"_id": inbox.id}, {"$set": current, "$setOnInsert": document}, upsert=True)
