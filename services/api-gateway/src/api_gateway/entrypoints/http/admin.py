"""/api/v1/admin: the operator's calls, opened by the operator's token alone."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, delete, get, patch, post, put
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from api_gateway.domain.cursors import parse_cursor
from api_gateway.domain.paging import parse_page_cursor
from api_gateway.entrypoints.http.api_keys import KeyView, key_view
from api_gateway.entrypoints.http.auth import Email
from api_gateway.entrypoints.http.given import AccountId, Cursor, GivenCalls, KeyId, LetterId, Limit
from api_gateway.entrypoints.http.pages import paged
from api_gateway.handlers.api_keys import KeyWish
from mayfly.events.facts import Fact, MailReceived
from mayfly.records.account import Account
from mayfly.records.dead_letter import DeadLetter
from mayfly.records.usage import DayOfUsage

DomainName = Annotated[str, PathParameter(description="The domain's name")]


class CreateAccount(Struct, frozen=True, kw_only=True):
    email: Email
    plan: str = "free"


class ChangeAccountByOperator(Struct, frozen=True, kw_only=True):
    """What is absent stays."""

    plan: str | None = None
    suspended: bool | None = None


class SetMaintenance(Struct, frozen=True, kw_only=True):
    enabled: bool


class SetTier(Struct, frozen=True, kw_only=True):
    tier_required: Annotated[int, Meta(ge=0, le=1000)]


class NewAccount(Struct, frozen=True, kw_only=True):
    """`api_key` is told this once."""

    id: str
    email: str
    plan: str
    api_key: str


class NewKeyText(Struct, frozen=True, kw_only=True):
    """`api_key` is told this once."""

    id: str
    api_key: str


class AdminAccountView(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    plan: str
    suspended: bool
    created_at: datetime


class AccountsView(Struct, frozen=True, kw_only=True):
    accounts: list[AdminAccountView]


class MaintenanceView(Struct, frozen=True, kw_only=True):
    """While `enabled`, every call but the operator's, /health and /ready answers 503."""

    enabled: bool


class TierView(Struct, frozen=True, kw_only=True):
    name: str
    tier_required: int


class SubjectView(Struct, frozen=True, kw_only=True):
    """`subject`: an account's id or an IP address."""

    subject: str
    calls: int
    rejected: int


class UsageOfAllView(Struct, frozen=True, kw_only=True):
    """`days`: up to 30, newest first. `top`: who made most calls today. `rejected`: calls refused by a limit."""

    calls_today: int
    rejected_today: int
    days: list[DayOfUsage]
    top: list[SubjectView]


class LetterView(Struct, frozen=True, kw_only=True):
    """An event that was given up on. `size` in octets; `buried_at`: when."""

    id: int
    stream: str
    consumer: str
    subject: str
    reason: str
    deliveries: int
    event_type: str
    size: int
    buried_at: datetime | None


class MailInLetter(Struct, frozen=True, kw_only=True):
    """The envelope of a mail in a dead letter; its octets are not shown."""

    event_id: str
    received_at: datetime
    reverse_path: str
    forward_paths: list[str]
    octets: int


class LetterDetail(Struct, frozen=True, kw_only=True):
    """`mail` null: the event is none, or cannot be read."""

    letter: LetterView
    mail: MailInLetter | None


class LettersView(Struct, frozen=True, kw_only=True):
    dead_letters: list[LetterView]


@post("/accounts")
async def create_account(data: JSONBody[CreateAccount], calls: GivenCalls) -> NewAccount:
    """Open an account and make its first key."""
    account = await calls.accounts.create(data.email.lower(), data.plan)
    _, api_key = await calls.keys.create(account.id, KeyWish(label="first key"))
    return NewAccount(id=account.id, email=account.email, plan=account.plan, api_key=api_key)


@get("/accounts")
async def list_accounts(
    request: Request[Any, Any, Any], calls: GivenCalls, limit: Limit = 50, cursor: Cursor = None
) -> Response[AccountsView]:
    """Accounts, newest first."""
    page = await calls.operator.accounts(limit=limit, cursor=parse_page_cursor(cursor))
    return paged(AccountsView(accounts=[_account(found) for found in page.entries]), page.next_cursor, request)


@patch("/accounts/{account_id:str}")
async def change_account_by_operator(
    account_id: AccountId, data: JSONBody[ChangeAccountByOperator], calls: GivenCalls
) -> AdminAccountView:
    """Give an account another plan, suspend it or let it go on."""
    return _account(await calls.operator.change_account(account_id, plan=data.plan, suspended=data.suspended))


@get("/accounts/{account_id:str}/api-keys")
async def list_account_keys(account_id: AccountId, calls: GivenCalls) -> list[KeyView]:
    """The account's keys, newest first, revoked ones too."""
    return [key_view(key) for key in await calls.keys.of_account(account_id)]


@post("/accounts/{account_id:str}/api-keys")
async def create_account_key(account_id: AccountId, calls: GivenCalls) -> NewKeyText:
    """Make another key for an account, say because its owner lost the first."""
    await calls.operator.require_account(account_id)
    key, text = await calls.keys.create(account_id, KeyWish(label="made by the operator"))
    return NewKeyText(id=key.id, api_key=text)


@delete("/accounts/{account_id:str}/api-keys/{key_id:str}")
async def revoke_account_key(account_id: AccountId, key_id: KeyId, calls: GivenCalls) -> None:
    """Revoke a key of an account."""
    await calls.keys.revoke(account_id, key_id)


@get("/maintenance")
async def get_maintenance(calls: GivenCalls) -> MaintenanceView:
    """Whether the API is closed."""
    return MaintenanceView(enabled=calls.operator.in_maintenance)


@put("/maintenance")
async def set_maintenance(data: JSONBody[SetMaintenance], calls: GivenCalls) -> MaintenanceView:
    """Close the API for maintenance, or open it again."""
    await calls.operator.set_maintenance(enabled=data.enabled)
    return MaintenanceView(enabled=data.enabled)


@put("/domains/{name:str}")
async def set_domain_tier(name: DomainName, data: JSONBody[SetTier], calls: GivenCalls) -> TierView:
    """Set the lowest plan tier that may make inboxes on a public domain."""
    domain = await calls.domains.set_tier(name, data.tier_required)
    return TierView(name=domain.name, tier_required=domain.tier_required)


@get("/usage")
async def get_usage_of_all(calls: GivenCalls) -> UsageOfAllView:
    """Calls and rejections of everyone: today, the days before, and who made most."""
    used = await calls.operator.usage()
    today = used.days[0] if used.days and used.days[0].day == used.today else DayOfUsage(day=used.today)
    return UsageOfAllView(
        calls_today=today.calls,
        rejected_today=today.rejected,
        days=list(used.days),
        top=[SubjectView(subject=found.subject, calls=found.calls, rejected=found.rejected) for found in used.busiest],
    )


@get("/dead-letters")
async def list_dead_letters(
    request: Request[Any, Any, Any], calls: GivenCalls, limit: Limit = 50, cursor: Cursor = None
) -> Response[LettersView]:
    """What was given up on, oldest first."""
    page = await calls.operator.dead_letters(limit=limit, after=parse_cursor(cursor, "cursor") or 0)
    return paged(LettersView(dead_letters=[_letter(found) for found in page.entries]), page.next_cursor, request)


@get("/dead-letters/{letter_id:int}")
async def get_dead_letter(letter_id: LetterId, calls: GivenCalls) -> LetterDetail:
    """One dead letter, with the envelope of the mail in it."""
    letter, fact = await calls.operator.dead_letter(letter_id)
    return LetterDetail(letter=_letter(letter), mail=_mail(fact))


@post("/dead-letters/{letter_id:int}/replay", status_code=204)
async def replay_dead_letter(letter_id: LetterId, calls: GivenCalls) -> None:
    """Put the event back where it came from."""
    await calls.operator.replay(letter_id)


@delete("/dead-letters/{letter_id:int}")
async def discard_dead_letter(letter_id: LetterId, calls: GivenCalls) -> None:
    """Give the event up for good."""
    await calls.operator.discard(letter_id)


def _account(account: Account) -> AdminAccountView:
    return AdminAccountView(
        id=account.id,
        email=account.email,
        plan=account.plan,
        suspended=account.suspended,
        created_at=account.created_at,
    )


def _letter(letter: DeadLetter) -> LetterView:
    return LetterView(
        id=letter.id,
        stream=letter.stream,
        consumer=letter.consumer,
        subject=letter.subject,
        reason=letter.reason,
        deliveries=letter.deliveries,
        event_type=letter.event_type,
        size=letter.size,
        buried_at=letter.buried_at,
    )


def _mail(fact: Fact | None) -> MailInLetter | None:
    if not isinstance(fact, MailReceived):
        return None
    return MailInLetter(
        event_id=fact.event_id,
        received_at=fact.received_at,
        reverse_path=fact.envelope.reverse_path,
        forward_paths=[recipient.forward_path for recipient in fact.envelope.recipients],
        octets=len(fact.octets) if isinstance(fact.octets, bytes) else fact.octets.size,
    )


ROUTES: list[Any] = [
    create_account,
    list_accounts,
    change_account_by_operator,
    list_account_keys,
    create_account_key,
    revoke_account_key,
    get_maintenance,
    set_maintenance,
    set_domain_tier,
    get_usage_of_all,
    list_dead_letters,
    get_dead_letter,
    replay_dead_letter,
    discard_dead_letter,
]
