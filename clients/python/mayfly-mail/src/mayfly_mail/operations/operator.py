"""Calls of operator. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from mayfly_mail.models.keys import ApiKeyData
from mayfly_mail.models.messages import MessageData
from mayfly_mail.models.operator import (
    AccountsData,
    AdminAccountData,
    AnalyticsData,
    ClockData,
    Depths,
    DomainsOfAllData,
    LetterDetail,
    LettersData,
    MaintenanceData,
    NewAccount,
    NewKeyText,
    OperatorMailEntry,
    OverviewData,
    TierData,
    UsageOfAllData,
)
from mayfly_mail.operation import (
    UNSET,
    Operation,
    Page,
    Unset,
    json_body,
    nothing,
    octets,
    one,
    page,
    target,
)


def list_accounts(*, limit: int | None = None, cursor: str | None = None) -> Operation[AccountsData]:
    """List all accounts, newest first.

    Args:
        limit: Maximum number of entries.
        cursor: `X-Next-Cursor` of the previous page.
    """
    return Operation(
        name="list_accounts",
        method="GET",
        target=target("/api/v1/admin/accounts", limit=limit, cursor=cursor),
        decode=one(AccountsData),
    )


def create_account(*, email: str, plan: str | None = None) -> Operation[NewAccount]:
    """Create an account and its first API key."""
    return Operation(
        name="create_account",
        method="POST",
        target=target("/api/v1/admin/accounts"),
        decode=one(NewAccount),
        body=json_body(email=email, plan=UNSET if plan is None else plan),
        content_type="application/json",
    )


def change_account_by_operator(
    account_id: str, *, plan: str | Unset | None = UNSET, suspended: bool | Unset | None = UNSET
) -> Operation[AdminAccountData]:
    """Change the plan of an account, suspend it (its sessions end) or reinstate it.

    Args:
        account_id: Id of the account.
    """
    return Operation(
        name="change_account_by_operator",
        method="PATCH",
        target=target("/api/v1/admin/accounts/{}", account_id),
        decode=one(AdminAccountData),
        body=json_body(plan=plan, suspended=suspended),
        content_type="application/json",
    )


def list_account_keys(account_id: str) -> Operation[Page[ApiKeyData]]:
    """List the API keys of an account, newest first, including revoked ones.

    Args:
        account_id: Id of the account.
    """
    return Operation(
        name="list_account_keys",
        method="GET",
        target=target("/api/v1/admin/accounts/{}/api-keys", account_id),
        decode=page(ApiKeyData),
    )


def create_account_key(account_id: str) -> Operation[NewKeyText]:
    """Create another API key for an account, for example after its owner lost the first.

    Args:
        account_id: Id of the account.
    """
    return Operation(
        name="create_account_key",
        method="POST",
        target=target("/api/v1/admin/accounts/{}/api-keys", account_id),
        decode=one(NewKeyText),
    )


def revoke_account_key(account_id: str, key_id: str) -> Operation[None]:
    """Revoke an API key of an account.

    Args:
        account_id: Id of the account.
        key_id: Id of the API key.
    """
    return Operation(
        name="revoke_account_key",
        method="DELETE",
        target=target("/api/v1/admin/accounts/{}/api-keys/{}", account_id, key_id),
        decode=nothing,
    )


def get_analytics(*, limit: int | None = None, cursor: str | None = None) -> Operation[AnalyticsData]:
    """Get the usage of each account (calls, rejections, inboxes, messages, octets) and of all by day.

    Args:
        limit: Maximum number of entries.
        cursor: `X-Next-Cursor` of the previous page.
    """
    return Operation(
        name="get_analytics",
        method="GET",
        target=target("/api/v1/admin/analytics", limit=limit, cursor=cursor),
        decode=one(AnalyticsData),
    )


def get_clock() -> Operation[ClockData]:
    """Get the time of a test installation; 404 on other installations."""
    return Operation(
        name="get_clock",
        method="GET",
        target=target("/api/v1/admin/clock"),
        decode=one(ClockData),
    )


def advance_clock(*, advance_seconds: float) -> Operation[ClockData]:
    """Advance the clock of a test installation; it cannot be set back. 404 on other installations."""
    return Operation(
        name="advance_clock",
        method="PUT",
        target=target("/api/v1/admin/clock"),
        decode=one(ClockData),
        body=json_body(advance_seconds=advance_seconds),
        content_type="application/json",
        is_cumulative=True,
    )


def list_consumers() -> Operation[Depths]:
    """List the consumers of the broker with what waits for them, and its streams with what they hold."""
    return Operation(
        name="list_consumers",
        method="GET",
        target=target("/api/v1/admin/consumers"),
        decode=one(Depths),
    )


def list_dead_letters(*, limit: int | None = None, cursor: str | None = None) -> Operation[LettersData]:
    """List dead letters (events that could not be processed), oldest first.

    Args:
        limit: Maximum number of entries.
        cursor: `X-Next-Cursor` of the previous page.
    """
    return Operation(
        name="list_dead_letters",
        method="GET",
        target=target("/api/v1/admin/dead-letters", limit=limit, cursor=cursor),
        decode=one(LettersData),
    )


def get_dead_letter(letter_id: int) -> Operation[LetterDetail]:
    """Get a dead letter, with the SMTP envelope if the event is a mail.

    Args:
        letter_id: Id of the dead letter.
    """
    return Operation(
        name="get_dead_letter",
        method="GET",
        target=target("/api/v1/admin/dead-letters/{}", letter_id),
        decode=one(LetterDetail),
    )


def discard_dead_letter(letter_id: int) -> Operation[None]:
    """Delete a dead letter permanently; its event is lost.

    Args:
        letter_id: Id of the dead letter.
    """
    return Operation(
        name="discard_dead_letter",
        method="DELETE",
        target=target("/api/v1/admin/dead-letters/{}", letter_id),
        decode=nothing,
    )


def replay_dead_letter(letter_id: int) -> Operation[None]:
    """Publish the event of a dead letter again.

    Args:
        letter_id: Id of the dead letter.
    """
    return Operation(
        name="replay_dead_letter",
        method="POST",
        target=target("/api/v1/admin/dead-letters/{}/replay", letter_id),
        decode=nothing,
    )


def list_all_domains(*, limit: int | None = None, cursor: str | None = None) -> Operation[DomainsOfAllData]:
    """List all domains that Mayfly knows, public ones and those of accounts, in the order of their names.

    Args:
        limit: Maximum number of entries.
        cursor: `X-Next-Cursor` of the previous page.
    """
    return Operation(
        name="list_all_domains",
        method="GET",
        target=target("/api/v1/admin/domains", limit=limit, cursor=cursor),
        decode=one(DomainsOfAllData),
    )


def set_domain_tier(name: str, *, tier_required: int) -> Operation[TierData]:
    """Set the lowest plan tier that may create inboxes on a public domain.

    Args:
        name: Name of the domain.
    """
    return Operation(
        name="set_domain_tier",
        method="PUT",
        target=target("/api/v1/admin/domains/{}", name),
        decode=one(TierData),
        body=json_body(tier_required=tier_required),
        content_type="application/json",
    )


def list_operator_mail(*, limit: int | None = None, cursor: str | None = None) -> Operation[Page[OperatorMailEntry]]:
    """List mail for postmaster and abuse of the public domains, newest first. The oldest is deleted by itself.

    Args:
        limit: Maximum number of entries.
        cursor: `X-Next-Cursor` of the previous page.
    """
    return Operation(
        name="list_operator_mail",
        method="GET",
        target=target("/api/v1/admin/mail", limit=limit, cursor=cursor),
        decode=page(OperatorMailEntry),
    )


def get_operator_mail(message_id: str) -> Operation[MessageData]:
    """Get a mail to postmaster or abuse, with its bodies and the address it was sent to.

    Args:
        message_id: Id of the message.
    """
    return Operation(
        name="get_operator_mail",
        method="GET",
        target=target("/api/v1/admin/mail/{}", message_id),
        decode=one(MessageData),
    )


def delete_operator_mail(message_id: str) -> Operation[None]:
    """Delete a mail to postmaster or abuse.

    Args:
        message_id: Id of the message.
    """
    return Operation(
        name="delete_operator_mail",
        method="DELETE",
        target=target("/api/v1/admin/mail/{}", message_id),
        decode=nothing,
    )


def get_raw_operator_mail(message_id: str) -> Operation[bytes]:
    """Download a mail to postmaster or abuse, exactly as received.

    Args:
        message_id: Id of the message.
    """
    return Operation(
        name="get_raw_operator_mail",
        method="GET",
        target=target("/api/v1/admin/mail/{}/raw", message_id),
        decode=octets,
        accept="application/rfc822",
    )


def get_maintenance() -> Operation[MaintenanceData]:
    """Check whether maintenance mode is on."""
    return Operation(
        name="get_maintenance",
        method="GET",
        target=target("/api/v1/admin/maintenance"),
        decode=one(MaintenanceData),
    )


def set_maintenance(*, enabled: bool) -> Operation[MaintenanceData]:
    """Switch maintenance mode on or off; while it is on, the API responds with 503."""
    return Operation(
        name="set_maintenance",
        method="PUT",
        target=target("/api/v1/admin/maintenance"),
        decode=one(MaintenanceData),
        body=json_body(enabled=enabled),
        content_type="application/json",
    )


def get_overview() -> Operation[OverviewData]:
    """Get the installation at a glance: version, maintenance, dead letters, totals, the address of Grafana."""
    return Operation(
        name="get_overview",
        method="GET",
        target=target("/api/v1/admin/overview"),
        decode=one(OverviewData),
    )


def get_usage_of_all() -> Operation[UsageOfAllData]:
    """Get API calls and rejections per day over all accounts, and who made most calls today."""
    return Operation(
        name="get_usage_of_all",
        method="GET",
        target=target("/api/v1/admin/usage"),
        decode=one(UsageOfAllData),
    )
