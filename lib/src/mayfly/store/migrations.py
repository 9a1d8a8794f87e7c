"""Changes of stored documents between versions, applied at start by every service; each is idempotent.

During a roll-out an older process may still write documents without the new fields: the next start mends them.
"""

from mayfly.store.client import Database, Document, store_failures


async def apply(database: Database) -> None:
    """Bring older documents up to date. Raises TransientFailure when the store is out of reach."""
    with store_failures():
        await _set_origin_of_endpoints(database)


async def _set_origin_of_endpoints(database: Database) -> None:
    """Endpoints of before 0.2 do not say who created them.

    What `webhook_url` of an inbox created had the format vaultmail and an inbox, and neither events nor description;
    the account webhook had the format ephemask and no inbox.
    """
    endpoints = database["webhook_endpoints"]
    unknown: Document = {"origin": {"$exists": False}}
    bare: Document = {"events": [], "description": ""}
    of_inbox = {**unknown, **bare, "format": "vaultmail", "inbox_id": {"$ne": None}}
    of_account = {**unknown, **bare, "format": "ephemask", "inbox_id": None}
    await endpoints.update_many(of_inbox, {"$set": {"origin": "inbox"}})
    await endpoints.update_many(of_account, {"$set": {"origin": "account"}})
    await endpoints.update_many(unknown, {"$set": {"origin": "api"}})
