"""Inboxes: an address that receives mail until it expires, or a space, which takes many; quotas for creating them."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from mayfly.records.fault_plan import FaultPlan
from mayfly.records.record import Record

InboxStatus = Literal["active", "archived", "expired", "deleted"]

InboxKind = Literal["inbox", "space"]

AnonymousAccess = Literal["address", "token", "off"]
"""How an inbox without an account is read: by its address, by its token, or not at all (none can be created)."""

OPERATOR = "operator"
"""In the place of an account id: the operator's inbox, which no account owns. No account has this id."""

OPERATOR_INBOX_ID = "00000000-0000-7000-8000-000000000000"
"""The inbox for postmaster and abuse of the operator's domains."""


DEFAULT_SPACE_ID = "00000000"
"""The space that takes every address on the ports of the Mailpit API, where the operator has one."""

ANY_DOMAIN = "*"
"""Among the domains of a space: it takes mail for all of them. Only the default space has it."""


ANY_LOCAL_PART = "*"
"""The local part of a space: it takes mail for all of them."""

_SPACE_ID = re.compile(r"[a-z0-9]{8}", re.ASCII)


def is_space_id(text: str) -> bool:
    """Whether a space may have this id: 8 characters `[a-z0-9]`, where other inboxes have a UUID."""
    return _SPACE_ID.fullmatch(text) is not None


class Retention(Struct, frozen=True, kw_only=True):
    """How much mail a space keeps: its newest messages, none older than that. The rest does not exist for readers."""

    max_messages: int = 500
    max_age_seconds: int = 86_400


class Inbox(Record, frozen=True, kw_only=True):
    """An address that receives mail, or a space: an inbox whose address is the pattern `*@<id>.<domain>`.

    `account_id` None: anonymous; OPERATOR: the operator's. `expires_at` None: persistent. `token_hash`: SHA-256 of the
    inbox token.
    `token_made_by`: ids of the restricted API keys that the token depends on, as a key's `made_by`.
    `recoverable`: archived instead of removed when it ends; `to_empty`: archived, contents not deleted yet.
    `creator`: subject whose quota an anonymous inbox counts against. `tag`, `owner`: free text of the account.

    Of a space: its id has 8 characters `[a-z0-9]`. It takes mail for `<id>.<domain>` of every public domain, and for
    `domains`: verified ones of its account, or ANY_DOMAIN. `retention`: None for inboxes, which refuse mail when full.
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
    kind: InboxKind = "inbox"
    domains: list[str] = []
    retention: Retention | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether it exists for the API and SMTP at `now`."""
        return self.status == "active" and (self.expires_at is None or self.expires_at > now)


class Extent(Struct, frozen=True):
    """The messages of an inbox that exist for its readers: those with ids from `first` on. Of all but spaces, all."""

    inbox_id: str
    first: str = ""

    def holds(self, message_id: str) -> bool:
        return message_id >= self.first


class InboxHolder(Struct, frozen=True, kw_only=True):
    """Whose inboxes are counted together: those of `account_ids`; if empty, the anonymous ones `subject` created."""

    subject: str
    account_ids: Sequence[str] = ()


class InboxQuota(InboxHolder, frozen=True, kw_only=True):
    """The limits that a new inbox must fit; None: no limit. `subject`: whose daily creations are counted.

    Spaces and other inboxes are counted apart: `spaces` live ones, `active` of the others, and each so many creations.
    """

    active: int | None = None
    spaces: int | None = None
    archived: int | None = None
    creations_per_day: int | None = None
