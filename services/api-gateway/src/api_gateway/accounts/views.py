"""JSON bodies of accounts that several route modules share."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from api_gateway.accounts.rules import MOST_CHARACTERS

AllowedDomain = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?$")]
Email = Annotated[str, Meta(max_length=MOST_CHARACTERS, pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$")]


class KeyView(Struct, frozen=True, kw_only=True, rename={"prefix": "key_prefix"}):
    """`made_by`: ids of the restricted keys that it descends from, its own maker last; it ends with any of them.

    `is_active` false: it was revoked. `is_usable`: it is active, has not expired, and neither has any of `made_by`.
    `is_current`: it makes this call.
    """

    id: str
    prefix: str
    label: str
    is_active: bool
    is_usable: bool
    is_current: bool
    last_used_at: datetime | None
    created_at: datetime
    expires_at: datetime | None
    scopes: list[str]
    allowed_domains: list[str]
    made_by: list[str]


class Invite(Struct, frozen=True, kw_only=True):
    email: Email
