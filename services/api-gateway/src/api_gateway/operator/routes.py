"""/api/v1/admin: the operator's routes, authorised only by the operator token (MAYFLY_ADMIN_TOKEN)."""

from typing import Annotated, Any

from litestar import Request, Response, delete, get, patch, post, put
from litestar.params import JSONBody, PathParameter

from api_gateway.accounts import AccountHandlers, KeyView, KeyWish, login_name
from api_gateway.domains import DomainHandlers
from api_gateway.edge.pages import paged
from api_gateway.edge.paging import parse_cursor, parse_page_cursor
from api_gateway.edge.parameters import AccountId, Cursor, Given, KeyId, LetterId, Limit
from api_gateway.edge.views import view
from api_gateway.operator.operate import OperatorHandlers
from api_gateway.operator.views import (
    AccountsView,
    AdminAccountView,
    AdvanceClock,
    ChangeAccountByOperator,
    ClockView,
    CreateAccount,
    LetterDetail,
    LettersView,
    LetterView,
    MaintenanceView,
    NewAccount,
    NewKeyText,
    SetMaintenance,
    SetTier,
    TierView,
    UsageOfAllView,
    mail_in_letter,
)

DomainName = Annotated[str, PathParameter(description="Name of the domain")]


@post("/accounts")
async def create_account(data: JSONBody[CreateAccount], accounts: Given[AccountHandlers]) -> NewAccount:
    """Create an account and its first API key."""
    account = await accounts.registry.create(login_name(data.email), data.plan)
    _, api_key = await accounts.keys.create_first(account.id, KeyWish(label="first key"))
    return view(account, NewAccount, api_key=api_key)


@get("/accounts")
async def list_accounts(
    request: Request[Any, Any, Any], operator: Given[OperatorHandlers], limit: Limit = 50, cursor: Cursor = None
) -> Response[AccountsView]:
    """List all accounts, newest first."""
    page = await operator.accounts(limit=limit, cursor=parse_page_cursor(cursor))
    accounts = [view(found, AdminAccountView) for found in page.entries]
    return paged(AccountsView(accounts=accounts), page.next_cursor, request)


@patch("/accounts/{account_id:str}")
async def change_account_by_operator(
    account_id: AccountId, data: JSONBody[ChangeAccountByOperator], operator: Given[OperatorHandlers]
) -> AdminAccountView:
    """Change the plan of an account, suspend it (its sessions end) or reinstate it."""
    changed = await operator.change_account(account_id, plan=data.plan, suspended=data.suspended)
    return view(changed, AdminAccountView)


@get("/accounts/{account_id:str}/api-keys")
async def list_account_keys(account_id: AccountId, accounts: Given[AccountHandlers]) -> list[KeyView]:
    """List the API keys of an account, newest first, including revoked ones."""
    return await accounts.keys.listed(account_id)


@post("/accounts/{account_id:str}/api-keys")
async def create_account_key(
    account_id: AccountId, accounts: Given[AccountHandlers], operator: Given[OperatorHandlers]
) -> NewKeyText:
    """Create another API key for an account, for example after its owner lost the first."""
    await operator.require_account(account_id)
    key, text = await accounts.keys.create_first(account_id, KeyWish(label="made by the operator"))
    return NewKeyText(id=key.id, api_key=text)


@delete("/accounts/{account_id:str}/api-keys/{key_id:str}")
async def revoke_account_key(account_id: AccountId, key_id: KeyId, accounts: Given[AccountHandlers]) -> None:
    """Revoke an API key of an account."""
    await accounts.keys.revoke(account_id, key_id)


@get("/maintenance")
async def get_maintenance(operator: Given[OperatorHandlers]) -> MaintenanceView:
    """Check whether maintenance mode is on."""
    return MaintenanceView(enabled=operator.in_maintenance)


@put("/maintenance")
async def set_maintenance(data: JSONBody[SetMaintenance], operator: Given[OperatorHandlers]) -> MaintenanceView:
    """Switch maintenance mode on or off; while it is on, the API responds with 503."""
    await operator.set_maintenance(enabled=data.enabled)
    return MaintenanceView(enabled=data.enabled)


@put("/domains/{name:str}")
async def set_domain_tier(name: DomainName, data: JSONBody[SetTier], domains: Given[DomainHandlers]) -> TierView:
    """Set the lowest plan tier that may create inboxes on a public domain."""
    domain = await domains.set_tier(name, data.tier_required)
    return view(domain, TierView)


@get("/usage")
async def get_usage_of_all(operator: Given[OperatorHandlers]) -> UsageOfAllView:
    """Get API calls and rejections per day over all accounts, and who made most calls today."""
    return await operator.usage()


@get("/dead-letters")
async def list_dead_letters(
    request: Request[Any, Any, Any], operator: Given[OperatorHandlers], limit: Limit = 50, cursor: Cursor = None
) -> Response[LettersView]:
    """List dead letters (events that could not be processed), oldest first."""
    page = await operator.dead_letters(limit=limit, after=parse_cursor(cursor, "cursor") or 0)
    letters = [view(found, LetterView) for found in page.entries]
    return paged(LettersView(dead_letters=letters), page.next_cursor, request)


@get("/dead-letters/{letter_id:int}")
async def get_dead_letter(letter_id: LetterId, operator: Given[OperatorHandlers]) -> LetterDetail:
    """Get a dead letter, with the SMTP envelope if the event is a mail."""
    letter, fact = await operator.dead_letter(letter_id)
    return LetterDetail(letter=view(letter, LetterView), mail=mail_in_letter(fact))


@post("/dead-letters/{letter_id:int}/replay", status_code=204)
async def replay_dead_letter(letter_id: LetterId, operator: Given[OperatorHandlers]) -> None:
    """Publish the event of a dead letter again."""
    await operator.replay(letter_id)


@delete("/dead-letters/{letter_id:int}")
async def discard_dead_letter(letter_id: LetterId, operator: Given[OperatorHandlers]) -> None:
    """Delete a dead letter permanently; its event is lost."""
    await operator.discard(letter_id)


@get("/clock")
async def get_clock(operator: Given[OperatorHandlers]) -> ClockView:
    """Get the time of a test installation; 404 on other installations."""
    return await operator.time()


@put("/clock")
async def advance_clock(data: JSONBody[AdvanceClock], operator: Given[OperatorHandlers]) -> ClockView:
    """Advance the clock of a test installation; it cannot be set back. 404 on other installations."""
    return await operator.advance_clock(data.advance_seconds)
