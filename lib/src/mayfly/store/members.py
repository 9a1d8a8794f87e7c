"""Members of teams, who share the plan and limits of the team's owner. A team's id is its owner's account id.

Written by api-gateway. That an account is a member stands in two documents, its own (`team_id`) and the one here: both
change in one transaction.
"""

from datetime import datetime

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection

from mayfly.failures import Conflict
from mayfly.records.account import Account
from mayfly.records.member import Member, MemberStatus
from mayfly.store.client import Database, Document, store_failures
from mayfly.store.documents import from_document, to_document


class Members:
    def __init__(self, database: Database) -> None:
        self._client = database.client
        self._members: AsyncCollection[Document] = database["members"]
        self._accounts: AsyncCollection[Document] = database["accounts"]

    async def create(self, member: Member, now: datetime) -> None:
        """Insert an invitation or a roster entry.

        Replaces what the team has under that e-mail address if it is an expired invitation, and a roster entry by an
        invitation. Raises Conflict for any other.
        """
        with store_failures():
            await self._members.delete_many({"team_id": member.team_id, "status": "invited", **_expired(now)})
            if member.status == "invited":
                await self._members.delete_many(
                    {"team_id": member.team_id, "email": member.email, "status": "active", "account_id": None}
                )
            await self._members.insert_one(to_document(member))

    async def members(self, team_id: str) -> list[Member]:
        """Members and roster entries, newest first."""
        return await self._all({"team_id": team_id, "status": "active"})

    async def invitations(self, team_id: str, now: datetime) -> list[Member]:
        """Open invitations, newest first."""
        return await self._all({"team_id": team_id, "status": "invited", "expires_at": {"$gt": now}})

    async def get(self, team_id: str, member_id: str, status: MemberStatus) -> Member | None:
        with store_failures():
            document = await self._members.find_one({"_id": member_id, "team_id": team_id, "status": status})
        return from_document(Member, document) if document else None

    async def invitation(self, invitation_id: str, code_hash: bytes, now: datetime) -> Member | None:
        """The open invitation with this id and code."""
        with store_failures():
            document = await self._members.find_one(_open(invitation_id, code_hash, now))
        return from_document(Member, document) if document else None

    async def accept(self, invitation: Member, account_id: str, now: datetime) -> bool:
        """Make the account a member; False if the invitation is used, withdrawn or expired by now.

        Raises Conflict, changing nothing, when the account is in a team, has members of its own or is the owner, and
        when the owner has joined a team itself.
        """
        assert invitation.code_hash is not None
        code_hash = invitation.code_hash

        async def attempt(session: AsyncClientSession) -> bool:
            spent = await self._members.update_one(
                _open(invitation.id, code_hash, now),
                {
                    "$set": {"status": "active", "account_id": account_id, "accepted_at": now},
                    "$unset": {"code_hash": "", "expires_at": ""},
                },
                session=session,
            )
            if not spent.modified_count:
                return False
            await self._join(account_id, invitation.team_id, session)
            return True

        with store_failures():
            async with self._client.start_session() as session:
                return await session.with_transaction(attempt)

    async def remove(self, team_id: str, member_id: str, status: MemberStatus) -> Member | None:
        """Delete a member, a roster entry or an invitation and return it; the account gets its own plan back."""

        async def attempt(session: AsyncClientSession) -> Document | None:
            document = await self._members.find_one_and_delete(
                {"_id": member_id, "team_id": team_id, "status": status}, session=session
            )
            if document is not None and document.get("account_id"):
                await self._accounts.update_one(
                    {"_id": document["account_id"], "team_id": team_id}, {"$set": {"team_id": None}}, session=session
                )
            return document

        with store_failures():
            async with self._client.start_session() as session:
                document = await session.with_transaction(attempt)
        return from_document(Member, document) if document else None

    async def leave(self, account_id: str) -> Account | None:
        """End the membership of the account and return it as it was; None when it is in no team."""

        async def attempt(session: AsyncClientSession) -> Document | None:
            document = await self._accounts.find_one_and_update(
                {"_id": account_id, "team_id": {"$ne": None}}, {"$set": {"team_id": None}}, session=session
            )
            if document is not None:
                await self._members.delete_many(
                    {"team_id": document["team_id"], "account_id": account_id}, session=session
                )
            return document

        with store_failures():
            async with self._client.start_session() as session:
                document = await session.with_transaction(attempt)
        return from_document(Account, document) if document else None

    async def _join(self, account_id: str, team_id: str, session: AsyncClientSession) -> None:
        """Let the account share the owner's plan.

        Counts on the owner, so that of two transactions that would put a team into a team one has to see the other.
        """
        owner = await self._accounts.update_one(
            {"_id": team_id, "team_id": None}, {"$inc": {"joined": 1}}, session=session
        )
        joined = await self._accounts.update_one(
            {"_id": account_id, "team_id": None}, {"$set": {"team_id": team_id}}, session=session
        )
        has_members = await self._accounts.find_one({"team_id": account_id}, {"_id": 1}, session=session)
        if account_id == team_id or has_members or not (owner.matched_count and joined.matched_count):
            raise Conflict("the account or the owner is in a team")

    async def _all(self, query: Document) -> list[Member]:
        with store_failures():
            found = await self._members.find(query).sort("_id", -1).to_list()
        return [from_document(Member, document) for document in found]


def _open(invitation_id: str, code_hash: bytes, now: datetime) -> Document:
    return {"_id": invitation_id, "status": "invited", "code_hash": code_hash, "expires_at": {"$gt": now}}


def _expired(now: datetime) -> Document:
    """Expired invitations, and those of versions whose invitations had no code."""
    return {"$or": [{"expires_at": {"$lte": now}}, {"expires_at": None}]}
