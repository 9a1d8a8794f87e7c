"""Inboxes: an address that receives mail until it expires, and the quotas for creating them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from mayfly.records.fault_plan import FaultPlan
from mayfly.records.record import Record

InboxStatus = Literal["active", "archived", "expired", "deleted"]

AnonymousAccess = Literal["address", "token", "off"]
"""How an inbox without an account is read: by its address, by its token, or not at all (none can be created)."""

OPERATOR = "operator"
"""In the place of an account id: the operator's inbox, which no account owns. No account has this id."""

OPERATOR_INBOX_ID = "00000000-0000-7000-8000-000000000000"
"""The inbox for postmaster and abuse of the operator's domains."""


class Inbox(Record, frozen=True, kw_only=True):
    """An address that receives mail.

    `account_id` None: anonymous; OPERATOR: the operator's. `expires_at` None: persistent. `token_hash`: SHA-256 of the
    inbox token.
    `token_made_by`: ids of the restricted API keys that the token depends on, as a key's `made_by`.
    `recoverable`: archived instead of removed when it ends; `to_empty`: archived, contents not deleted yet.
    `creator`: subject whose quota an anonymous inbox counts against. `tag`, `owner`: free text of the account.
    """

    address: str
    local_part: str
    domain: str
    created_at: datetime
    expires_at: datetime | None
    status: InboxStatus = "active"
    account_id: str | None = None
    label: str | None = None
    token_hash: bytes | None = None
    token_made_by: list[str] = []
    recoverable: bool = False
    to_empty: bool = False
    creator: str | None = None
    tag: str | None = None
    owner: str | None = None
    fault_plan: FaultPlan | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether it exists for the API and SMTP at `now`."""
        return self.status == "active" and (self.expires_at is None or self.expires_at > now)


class InboxHolder(Struct, frozen=True, kw_only=True):
    """Whose inboxes are counted together: those of `account_ids`; if empty, the anonymous ones `subject` created."""

    subject: str
    account_ids: Sequence[str] = ()


class InboxQuota(InboxHolder, frozen=True, kw_only=True):
    """The limits that a new inbox must fit; None: no limit. `subject`: whose daily creations are counted."""

    active: int | None = None
    archived: int | None = None
    creations_per_day: int | None = None
