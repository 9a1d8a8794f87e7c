"""Changes of stored documents between versions, applied at start by every service; each is idempotent.

During a roll-out an older process may still write documents without the new fields: the next start migrates them.
"""

from mayfly.store.client import Database, Document, store_failures


async def apply(database: Database) -> None:
    """Bring older documents up to date. Raises TransientFailure when the store is out of reach."""
    with store_failures():
        await _set_origin_of_endpoints(database)


async def _set_origin_of_endpoints(database: Database) -> None:
    """Give endpoints of versions without `origin` the one that their other fields show.

    What the `webhook_url` of an inbox created has the format vaultmail, an inbox, and neither events nor description;
    the account webhook has the format ephemask and no inbox. One update: an older process may be inserting meanwhile.
    """
    bare = [{"$eq": [{"$ifNull": ["$events", []]}, []]}, {"$eq": [{"$ifNull": ["$description", ""]}, ""]}]
    has_inbox = {"$ne": [{"$ifNull": ["$inbox_id", None]}, None]}
    of_inbox: Document = {"$and": [*bare, {"$eq": ["$format", "vaultmail"]}, has_inbox]}
    of_account: Document = {"$and": [*bare, {"$eq": ["$format", "ephemask"]}, {"$not": [has_inbox]}]}
    origin: Document = {"$cond": [of_inbox, "inbox", {"$cond": [of_account, "account", "api"]}]}
    await database["webhook_endpoints"].update_many({"origin": {"$exists": False}}, [{"$set": {"origin": origin}}])
