"""Changes of stored documents between versions, applied at start by every service; each is idempotent.

During a roll-out an older process may still write documents without the new fields: the next start migrates them.
"""

from mayfly.store.client import Database, Document, store_failures


async def apply(database: Database) -> None:
    """Bring older documents up to date. Raises TransientFailure when the store is out of reach."""
    with store_failures():
        await _set_origin_of_endpoints(database)
        await _end_memberships_without_consent(database)


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


async def _end_memberships_without_consent(database: Database) -> None:
    """End memberships of versions in which a team's owner could make any account a member, by its e-mail address.

    Whether such an account had agreed does not show, so it is asked again: it has its own plan back, the list of the
    team keeps its name as a roster entry, and the owner invites it. Both steps can be repeated after an interruption.
    """
    agreed: list[Document] = [
        {"$match": {"$expr": {"$and": [{"$eq": ["$account_id", "$$account"]}, {"$eq": ["$team_id", "$$team"]}]}}},
        {"$match": {"status": "active", "accepted_at": {"$ne": None}}},
    ]
    look_up: Document = {
        "from": "members",
        "let": {"account": "$_id", "team": "$team_id"},
        "pipeline": agreed,
        "as": "agreed",
    }
    stages: list[Document] = [{"$match": {"team_id": {"$ne": None}}}, {"$lookup": look_up}, {"$match": {"agreed": []}}]
    async for account in await database["accounts"].aggregate(stages):
        await database["accounts"].update_one(
            {"_id": account["_id"], "team_id": account["team_id"]}, {"$set": {"team_id": None}}
        )
    await database["members"].update_many(
        {"status": "active", "account_id": {"$ne": None}, "accepted_at": None}, {"$set": {"account_id": None}}
    )
