"""Plans: what an account, or a caller without one, may use. Read by mayfly.service.plans."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

_Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
_Octets = Annotated[int, Meta(ge=0, le=2**50)]
# These bounds keep the arithmetic of the token buckets within 64 bits (mayfly.store.usage).
_Rate = Annotated[int, Meta(ge=1, le=1_000_000)]
_Seconds = Annotated[int, Meta(ge=1, le=3650 * 86_400)]
Feature = Literal["custom_local_part", "domain_choice", "webhooks", "persistent", "team"]


class DialectRate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    requests_per_minute: _Rate
    burst: _Rate


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits and features of a plan; None: unlimited. `longest_ttl` in seconds; `anonymous` applies per IP address.

    `octets`: of the mail in all inboxes together, `octets_per_inbox`: in each; with attachments that were added later.
    `spaces`: live ones; they are not counted among inboxes. `space_messages`: the most that a space may keep.
    `team`: other accounts can share the plan. `domain_choice`: domains an inbox can be created on: only the default
    (`none`), all public ones (`public`), or custom ones too (`any`). `space_calls`: rate of calls for one space through
    the APIs of Mailpit and MailHog, which count against that space alone.
    """

    tier: _Count
    requests_per_minute: _Rate
    burst: _Rate
    longest_ttl: _Seconds
    name: str = ""
    calls_per_day: _Count | None = None
    active_inboxes: _Count | None = None
    archived_inboxes: _Count | None = None
    spaces: _Count | None = None
    space_messages: Annotated[int, Meta(ge=1, le=100_000)] = 5_000
    creations_per_day: _Count | None = None
    octets: _Octets | None = None
    octets_per_inbox: _Octets | None = None
    custom_local_part: bool = False
    domain_choice: Literal["none", "public", "any"] = "none"
    webhooks: bool = False
    persistent: bool = False
    team: bool = False
    dialects: dict[str, DialectRate] = {}
    space_calls: DialectRate = DialectRate(requests_per_minute=6_000, burst=200)

    def has(self, feature: Feature) -> bool:
        return getattr(self, feature) not in {False, "none"}
