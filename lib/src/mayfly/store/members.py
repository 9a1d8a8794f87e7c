"""Members of teams, who share the plan and limits of the team's owner. A team's id is its owner's account id.

Written by api-gateway. A member whose e-mail address has an account is linked to it by `account_id`.
"""

from collections.abc import Sequence

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.records.member import Member, MemberStatus
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class Members:
    def __init__(self, database: Database) -> None:
        self._members: AsyncCollection[Document] = database["members"]

    async def create(self, member: Member) -> None:
        """Insert a member. Raises Conflict when the team has a member or an invitation with that e-mail address."""
        with store_failures():
            await self._members.insert_one(to_document(member))

    async def of_team(self, team_id: str, status: MemberStatus) -> list[Member]:
        """Newest first."""
        with store_failures():
            found = await self._members.find({"team_id": team_id, "status": status}).sort("_id", -1).to_list()
        return [from_document(Member, document) for document in found]

    async def get(self, team_id: str, member_id: str) -> Member | None:
        with store_failures():
            document = await self._members.find_one({"_id": member_id, "team_id": team_id})
        return from_document(Member, document) if document else None

    async def invitation(self, invitation_id: str, email: str) -> Member | None:
        """The open invitation with this id to this address."""
        with store_failures():
            document = await self._members.find_one({"_id": invitation_id, "email": email, "status": "invited"})
        return from_document(Member, document) if document else None

    async def activate(self, member_id: str, account_id: str) -> None:
        with store_failures():
            await self._members.update_one({"_id": member_id}, {"$set": {"status": "active", "account_id": account_id}})

    async def delete(self, member_ids: Sequence[str]) -> None:
        with store_failures():
            await self._members.delete_many({"_id": {"$in": list(member_ids)}})

    async def delete_account(self, team_id: str, account_id: str) -> None:
        with store_failures():
            await self._members.delete_many({"team_id": team_id, "account_id": account_id})
