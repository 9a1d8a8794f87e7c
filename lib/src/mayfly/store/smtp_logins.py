"""SMTP logins of spaces. Written by api-gateway, checked by smtp-ingest, removed with their space by expiry-reaper."""

from collections.abc import Sequence

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.smtp_login import SmtpLogin
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class SmtpLogins:
    def __init__(self, database: Database) -> None:
        self._logins: AsyncCollection[Document] = database["smtp_logins"]

    async def create(self, login: SmtpLogin) -> None:
        """Add a login. Raises Conflict when its id is taken."""
        with store_failures():
            await self._logins.insert_one(to_document(login))

    async def of_space(self, space_id: str) -> list[SmtpLogin]:
        """All logins of the space, newest first."""
        with store_failures():
            found = await self._logins.find({"space_id": space_id}).sort("_id", -1).to_list()
        return [from_document(SmtpLogin, document) for document in found]

    async def of_spaces(self, space_ids: Sequence[str]) -> dict[str, list[SmtpLogin]]:
        """The logins of these spaces, by space; a space without any is not in it."""
        of: dict[str, list[SmtpLogin]] = {}
        with store_failures():
            async for found in self._logins.find({"space_id": {"$in": list(space_ids)}}):
                of.setdefault(found["space_id"], []).append(from_document(SmtpLogin, found))
        return of

    async def delete(self, space_id: str, login_id: str) -> bool:
        """Revoke a login; False when the space has none with this id."""
        with store_failures():
            deleted = await self._logins.delete_one({"_id": login_id, "space_id": space_id})
        return deleted.deleted_count > 0

    async def delete_of_spaces(self, space_ids: Sequence[str]) -> None:
        """Remove the logins of ended spaces."""
        with store_failures():
            await self._logins.delete_many({"space_id": {"$in": list(space_ids)}})
