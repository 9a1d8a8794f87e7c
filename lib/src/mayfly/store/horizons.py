"""Horizons of spaces: the smallest message id that exists for readers. All below it waits for the reaper to delete it.

A space keeps its newest messages, none older than its retention says (mayfly.records.inbox.Retention). Message ids sort
by time of receipt, so one id says both, and the index of inbox and id alone answers every question here. A horizon only
sinks when messages are deleted or the retention grows; so whoever does that first deletes what is below.

Read by api-gateway at every read of a space, and by expiry-reaper.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo.asynchronous.collection import AsyncCollection

from mayfly.mail.message_id import first_id_at
from mayfly.records.inbox import DEFAULT_SPACE_ID, Retention
from mayfly.store.client import Database, Document, store_failures

# The ids of spaces begin with a letter, but for the default one's; those of other inboxes, which are UUIDv7, with 0.
_OTHER_SPACES: Document = {"inbox_id": {"$gte": "a"}}
_DEFAULT_SPACE: Document = {"inbox_id": DEFAULT_SPACE_ID}


@dataclass(frozen=True, slots=True)
class Ends:
    """The oldest and the newest message that is stored of a space."""

    space_id: str
    oldest: str
    newest: str


class Horizons:
    def __init__(self, database: Database) -> None:
        self._messages: AsyncCollection[Document] = database["messages"]

    async def of(self, space_id: str, retention: Retention, now: datetime) -> str:
        """The horizon of a space now: the id of the last message that it keeps, or the first of its oldest moment."""
        oldest = first_id_at(now - timedelta(seconds=retention.max_age_seconds))
        kept: Document = {"inbox_id": space_id, "_id": {"$gte": oldest}}
        with store_failures():
            found = self._messages.find(kept, {"_id": 1}).sort("_id", -1).skip(retention.max_messages - 1).limit(1)
            last = await found.to_list()
        return last[0]["_id"] if last else oldest

    async def below(self, space_id: str, horizon: str, limit: int) -> list[str]:
        """Up to `limit` ids of the space's messages below the horizon, oldest first."""
        gone: Document = {"inbox_id": space_id, "_id": {"$lt": horizon}}
        with store_failures():
            found = await self._messages.find(gone, {"_id": 1}).sort("_id", 1).limit(limit).to_list()
        return [document["_id"] for document in found]

    async def ends(self) -> list[Ends]:
        """The ends of every space that has messages. Each takes two steps of the index, whatever it holds."""
        ends: list[Ends] = []
        for among in (_DEFAULT_SPACE, _OTHER_SPACES):
            newest = await self._firsts(among, 1)
            for space_id, oldest in (await self._firsts(among, -1)).items():
                ends.append(Ends(space_id, oldest, newest.get(space_id, oldest)))
        return ends

    async def _firsts(self, among: Document, direction: int) -> dict[str, str]:
        """By space, the first message in this direction of the index: 1 the newest, -1 the oldest."""
        stages: list[Document] = [
            {"$match": among},
            {"$sort": {"inbox_id": direction, "_id": -direction}},
            {"$group": {"_id": "$inbox_id", "first": {"$first": "$_id"}}},
        ]
        with store_failures():
            return {found["_id"]: found["first"] async for found in await self._messages.aggregate(stages)}
