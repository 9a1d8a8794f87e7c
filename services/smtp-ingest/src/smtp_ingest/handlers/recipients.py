"""RCPT: which inbox a forward-path means, or why none. Called by the session, answered from the store."""

from mayfly.events.facts import Recipient
from mayfly.mail.address import MalformedAddress, parse_address
from mayfly.service.clock import Clock
from smtp_ingest.domain import replies
from smtp_ingest.domain.replies import Refused
from smtp_ingest.ports import DomainReader, InboxReader


class Recipients:
    def __init__(self, inboxes: InboxReader, domains: DomainReader, clock: Clock) -> None:
        self._inboxes = inboxes
        self._domains = domains
        self._clock = clock

    async def resolve(self, forward_path: str) -> Recipient:
        """The live inbox behind the path. Raises Refused for any other, TransientFailure without the store."""
        try:
            address = parse_address(forward_path)
        except MalformedAddress as malformed:
            raise Refused(replies.bad_address("Malformed address"), "malformed") from malformed
        inbox = await self._inboxes.find(str(address), self._clock())
        if inbox is not None:
            return Recipient(forward_path, inbox.id, address.tag)
        if await self._domains.find(address.domain) is None:
            raise Refused(replies.NO_RELAY, "foreign_domain")
        raise Refused(replies.UNKNOWN_INBOX, "unknown_inbox")
