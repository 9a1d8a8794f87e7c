"""Changes and deletes many messages by one call: PATCH /api/v1/messages and POST /api/v1/messages/delete."""

from collections.abc import Sequence
from typing import Annotated

from litestar import patch, post
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from api_gateway.edge.parameters import Given, GivenCaller
from api_gateway.messages.handlers import MessageHandlers
from api_gateway.refusals import BadInput

_Ids = Annotated[list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(min_length=1, max_length=100)]


class ChangeMessages(Struct, frozen=True, kw_only=True):
    """Changes all of these messages, of any inboxes. What is left out stays as it is; `tags` replaces all tags."""

    ids: _Ids
    is_read: bool | UnsetType = UNSET
    tags: list[Annotated[str, Meta(min_length=1, max_length=100)]] | UnsetType = UNSET


class DeleteMessages(Struct, frozen=True, kw_only=True):
    """The ids of messages, of any inboxes."""

    ids: _Ids


class ChangedMessages(Struct, frozen=True, kw_only=True):
    """`missing`: ids of messages that do not exist, or belong to others."""

    changed: list[str]
    missing: list[str]


class DeletedMessages(Struct, frozen=True, kw_only=True):
    """`missing`: ids of messages that do not exist, or belong to others."""

    deleted: list[str]
    missing: list[str]


@patch("/messages", opt={"scope": ("mailboxes:read", "mailboxes:write")})
async def change_messages(
    data: JSONBody[ChangeMessages], caller: GivenCaller, messages: Given[MessageHandlers]
) -> ChangedMessages:
    """Mark up to 100 messages as read or unread, or replace their tags. Those that are missing stop nothing."""
    if data.is_read is UNSET and data.tags is UNSET:
        raise BadInput("one of is_read and tags is required", field="body")
    changed = await messages.change.change_many(
        caller,
        data.ids,
        is_read=None if data.is_read is UNSET else data.is_read,
        tags=None if data.tags is UNSET else data.tags,
    )
    return ChangedMessages(changed=changed, missing=_missing(data.ids, changed))


@post("/messages/delete", status_code=200, opt={"scope": "mailboxes:write"})
async def delete_messages(
    data: JSONBody[DeleteMessages], caller: GivenCaller, messages: Given[MessageHandlers]
) -> DeletedMessages:
    """Delete up to 100 messages with their raw mail and attachments. Those that are missing stop nothing."""
    deleted = await messages.change.delete_some(caller, data.ids)
    return DeletedMessages(deleted=deleted, missing=_missing(data.ids, deleted))


def _missing(ids: Sequence[str], found: Sequence[str]) -> list[str]:
    there = set(found)
    return [message_id for message_id in dict.fromkeys(ids) if message_id not in there]
