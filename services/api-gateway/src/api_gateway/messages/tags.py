"""Sets, counts, renames and removes the tags of messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.message_news import Change, MessageNews
from api_gateway.inboxes import Reach
from api_gateway.refusals import BadInput, NotFound, Taken
from mayfly.mail.tags import clean_tag, clean_tags, same_tag
from mayfly.records.message import TagCount

if TYPE_CHECKING:
    from mayfly.store.message_tags import MessageTags


@dataclass(frozen=True, slots=True)
class TagMessages:
    tags: "MessageTags"
    reach: Reach
    news: MessageNews

    async def counts(self, caller: Caller, inbox_name: str) -> list[TagCount]:
        """The tags of the inbox's messages in alphabetical order. Raises NotFound."""
        inbox = await self.reach.inbox(caller, inbox_name)
        return await self.tags.counts(await self.reach.extent(inbox))

    async def replace_among(
        self, caller: Caller, inbox_name: str, message_ids: Sequence[str], tags: Sequence[str]
    ) -> list[str]:
        """Set the tags of those of these messages that are in the inbox; returns the tags as they are kept.

        Drops what is no tag. Raises NotFound.
        """
        inbox = await self.reach.inbox(caller, inbox_name)
        cleaned = clean_tags(tags)
        await self.tags.replace(await self.reach.extent(inbox), message_ids, cleaned)
        await self.news.changed(inbox.id, "tagged", message_ids, tags=cleaned)
        return cleaned

    async def rename(self, caller: Caller, inbox_name: str, tag: str, new: str) -> list[str]:
        """Give a tag another name in all messages of the inbox; returns their ids.

        Raises NotFound if no message has the tag, BadInput if `new` is no tag, Taken if it is another tag in use.
        """
        inbox = await self.reach.inbox(caller, inbox_name)
        name = clean_tag(new)
        if not name:
            raise BadInput("has no letter or digit", field="tag")
        in_use = {same_tag(count.tag) for count in await self.tags.counts(await self.reach.extent(inbox))}
        if same_tag(tag) not in in_use:
            raise NotFound("no such tag")
        if same_tag(name) != same_tag(tag) and same_tag(name) in in_use:
            raise Taken("the tag exists already")
        changed = await self.tags.rename(await self.reach.extent(inbox), tag, name)
        await self.news.tell(Change(inbox_id=inbox.id, what="anything"))
        return changed

    async def delete(self, caller: Caller, inbox_name: str, tag: str) -> list[str]:
        """Remove a tag from all messages of the inbox; returns their ids. Raises NotFound if none has it."""
        inbox = await self.reach.inbox(caller, inbox_name)
        if not (changed := await self.tags.rename(await self.reach.extent(inbox), tag, None)):
            raise NotFound("no such tag")
        await self.news.tell(Change(inbox_id=inbox.id, what="anything"))
        return changed
