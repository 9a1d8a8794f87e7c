# ruff: noqa: F821 - reveal_type is a word of type checkers alone
"""What a user writes, as a type checker sees it: test_typing.py compares each `reveal_type` with the comment beside it."""

from __future__ import annotations

from mayfly_mail import AsyncMayfly, Mayfly, UnexpectedMessage, WaitTimeout, operations


def blocking(mayfly: Mayfly) -> None:
    reveal_type(mayfly.health())  #: mayfly_mail.models.status.Health
    reveal_type(mayfly.call(operations.get_usage()))  #: mayfly_mail.models.accounts.UsageData
    reveal_type(mayfly.inboxes())  #: list[mayfly_mail.inbox.Inbox]
    with mayfly.inbox(label="x", ttl=None) as inbox:
        reveal_type(inbox)  #: mayfly_mail.inbox.Inbox
        reveal_type(inbox.cursor())  #: int
        code = inbox.wait_for_code(after=1)
        reveal_type(code)  #: mayfly_mail.message.Code
        reveal_type(code.message.link("x"))  #: mayfly_mail.message.Link
        reveal_type(inbox.messages())  #: list[mayfly_mail.models.messages.MessageEntry]
        reveal_type(inbox.latest())  #: mayfly_mail.message.Message | None
        for event in inbox.stream():
            reveal_type(event.cursor)  #: int | None
        with inbox.fault("451") as faults:
            reveal_type(faults.seen)  #: int
    with mayfly.space() as space:
        reveal_type(space)  #: mayfly_mail.space.Space
        reveal_type(space.smtp.port)  #: int | None
        reveal_type(space.wait_for_none())  #: mayfly_mail.models.live.NoMail
        reveal_type(space.change(name="x"))  #: mayfly_mail.models.spaces.SpaceData
    reveal_type(mayfly.webhooks.list())  #: list[mayfly_mail.models.webhooks.WebhookData]
    inbox.wait_for_code(subjct="x")  # error: Unexpected keyword argument "subjct"
    mayfly.inbox(ttl="x")  # error: Argument "ttl"


async def awaited(mayfly: AsyncMayfly) -> None:
    reveal_type(await mayfly.health())  #: mayfly_mail.models.status.Health
    reveal_type(await mayfly.call(operations.get_usage()))  #: mayfly_mail.models.accounts.UsageData
    reveal_type(await mayfly.inboxes())  #: list[mayfly_mail.inbox.AsyncInbox]
    reveal_type(await mayfly.inbox())  #: mayfly_mail.inbox.AsyncInbox
    async with mayfly.inbox(label="x") as inbox:
        reveal_type(inbox)  #: mayfly_mail.inbox.AsyncInbox
        reveal_type(await inbox.cursor())  #: int
        reveal_type(await inbox.wait_for_code(after=1))  #: mayfly_mail.message.Code
        reveal_type(await inbox.messages())  #: list[mayfly_mail.models.messages.MessageEntry]
        async for event in inbox.stream():
            reveal_type(event.type)  #: str
        async with inbox.fault("451") as faults:
            reveal_type(await faults.refresh())  #: mayfly_mail.faults.AsyncFaults
    async with mayfly.space() as space:
        reveal_type(space)  #: mayfly_mail.space.AsyncSpace
        reveal_type(await space.add_credentials("x"))  #: mayfly_mail.models.spaces.NewCredentials
    reveal_type(await mayfly.webhooks.create("https://x.example"))  #: mayfly_mail.models.webhooks.WebhookData
    inbox.cursor() + 1  # error: Unsupported operand types for + ("Coroutine
    with mayfly.inbox():  # error: "Opening[AsyncInbox]" has no attribute "__enter__"
        pass


def failures(timeout: WaitTimeout, unexpected: UnexpectedMessage) -> None:
    reveal_type(timeout.near_misses)  #: list[mayfly_mail.errors.NearMiss]
    reveal_type(timeout.cursor)  #: int | None
    reveal_type(unexpected.message.subject)  #: str
