"""Routes of MinuteMail for mailboxes: /v1/mailboxes and /v1/archived-mailboxes."""

from typing import Annotated

from litestar import delete, get, post
from litestar.params import JSONBody, QueryParameter

from api_gateway.dialects.alike import CREATE, READ, WHOLE_LIST, WRITE, ttl_seconds
from api_gateway.dialects.minutemail.views import ArchivedMailbox, CreateMailbox, Ids, Mailbox, Reactivate
from api_gateway.edge.parameters import Given, GivenCaller, InboxName
from api_gateway.edge.views import view
from api_gateway.inboxes import InboxHandlers, InboxWish
from api_gateway.refusals import BadInput
from mayfly.mail.address import normalise_name

_Address = Annotated[str | None, QueryParameter(max_length=400, description="Only the mailbox with this address")]
_Owner = Annotated[str | None, QueryParameter(max_length=200, description="Only mailboxes with this `owner`")]


@get("/v1/mailboxes", opt=READ)
async def list_mailboxes(
    caller: GivenCaller, inboxes: Given[InboxHandlers], address: _Address = None, owner: _Owner = None
) -> dict[str, list[Mailbox]]:
    """List your live mailboxes, newest first (in `items`)."""
    found = await inboxes.read.counted(caller, WHOLE_LIST)
    wanted = normalise_name(address) if address else None
    return {
        "items": [
            view(inbox, Mailbox, message_count=count)
            for inbox, count in found
            if wanted in (None, inbox.address) and owner in (None, inbox.owner)
        ]
    }


@post("/v1/mailboxes", opt=CREATE)
async def create_mailbox(
    caller: GivenCaller, inboxes: Given[InboxHandlers], data: JSONBody[CreateMailbox | None] = None
) -> Mailbox:
    """Create a mailbox with a random address or one of your choice."""
    asked = data or CreateMailbox()
    if asked.no_expiration and asked.expires_in is not None:
        raise BadInput("`expiresIn` cannot be combined with `noExpiration`", field="expiresIn")
    wish = InboxWish(
        domain=asked.domain,
        local_part=asked.local_part,
        ttl_seconds=None if asked.no_expiration else _seconds(asked.expires_in),
        recoverable=asked.recoverable,
        tag=asked.tag,
        owner=asked.owner,
    )
    return view((await inboxes.create(caller, wish)).inbox, Mailbox, message_count=0)


@get("/v1/mailboxes/{address:str}", opt=READ)
async def get_mailbox(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> Mailbox:
    """Get a mailbox."""
    inbox, stats, _ = await inboxes.read.get(caller, address)
    return view(inbox, Mailbox, message_count=stats.message_count)


@delete("/v1/mailboxes/{address:str}", opt=WRITE)
async def delete_mailbox(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> None:
    """Delete a mailbox and its mails; a recoverable mailbox is archived."""
    await inboxes.end.one(caller, address)


@delete("/v1/mailboxes", opt=WRITE)
async def delete_mailboxes(data: JSONBody[Ids], caller: GivenCaller, inboxes: Given[InboxHandlers]) -> None:
    """Delete several mailboxes by id. If one does not exist, none is deleted."""
    await inboxes.end.many(caller, data.ids)


@get("/v1/archived-mailboxes", opt=READ)
async def list_archived_mailboxes(
    caller: GivenCaller, inboxes: Given[InboxHandlers]
) -> dict[str, list[ArchivedMailbox]]:
    """List your archived mailboxes, newest first (in `items`)."""
    page = await inboxes.read.mine(caller, limit=WHOLE_LIST, status="archived")
    return {"items": [view(inbox, ArchivedMailbox) for inbox in page.entries]}


@get("/v1/archived-mailboxes/{address:str}", opt=READ)
async def get_archived_mailbox(
    address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]
) -> ArchivedMailbox:
    """Get an archived mailbox."""
    return view(await inboxes.archived.get(caller, address), ArchivedMailbox)


@post("/v1/archived-mailboxes/{address:str}/reactivate", opt=CREATE)
async def reactivate_mailbox(
    address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers], data: JSONBody[Reactivate | None] = None
) -> Mailbox:
    """Reactivate an archived mailbox: it keeps its address and is empty."""
    seconds = _seconds(data.expires_in if data else None)
    return view((await inboxes.archived.reactivate(caller, address, seconds)).inbox, Mailbox, message_count=0)


@delete("/v1/archived-mailboxes/{address:str}", opt=WRITE)
async def delete_archived_mailbox(address: InboxName, caller: GivenCaller, inboxes: Given[InboxHandlers]) -> None:
    """Delete an archived mailbox and release its address."""
    await inboxes.archived.delete(caller, [address])


@delete("/v1/archived-mailboxes", opt=WRITE)
async def delete_archived_mailboxes(data: JSONBody[Ids], caller: GivenCaller, inboxes: Given[InboxHandlers]) -> None:
    """Delete several archived mailboxes and release their addresses. If one does not exist, none is deleted."""
    await inboxes.archived.delete(caller, data.ids)


def _seconds(minutes: int | str | None) -> int:
    return ttl_seconds(int(minutes.removesuffix("m")) if isinstance(minutes, str) else minutes)
