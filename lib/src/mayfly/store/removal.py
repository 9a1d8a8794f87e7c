"""Deletes messages for good: one, or many, while their inbox stays. Called by api-gateway and expiry-reaper."""

from collections.abc import Sequence
from datetime import datetime

from mayfly.store.client import Database
from mayfly.store.deletions import Deletions
from mayfly.store.messages import Messages
from mayfly.store.octets import Octets


class Removal:
    def __init__(self, database: Database) -> None:
        self._messages = Messages(database)
        self._octets = Octets(database)
        self._deletions = Deletions(database)

    async def remove(self, message_ids: Sequence[str], now: datetime) -> None:
        """Delete these messages with their octets.

        They are marked first, so that they stay deleted when their mail comes again (mayfly.store.deletions). Raises
        TransientFailure; safe to repeat.
        """
        if message_ids:
            await self._deletions.mark(message_ids, now)
            await self._messages.delete(message_ids)
            await self._octets.delete_of_messages(message_ids)
