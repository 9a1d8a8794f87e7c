"""Members of a team, and invitations to it. A team's id is the account id of its owner."""

from datetime import datetime
from typing import Literal

from mayfly.records.record import Record

MemberStatus = Literal["invited", "active"]


class Member(Record, frozen=True, kw_only=True):
    """A member, an invitation or a roster entry of a team. `email`: as the team's owner wrote it; it proves nothing.

    `invited`: open until `expires_at`, and accepted with the code whose SHA-256 is `code_hash`. `active` with an
    `account_id`: that account accepted at `accepted_at`. `active` without one: a roster entry, a name that the owner
    keeps in the list (`user_id` and `user_status` as given); it grants nothing.
    """

    team_id: str
    email: str
    status: MemberStatus
    created_at: datetime
    name: str | None = None
    account_id: str | None = None
    code_hash: bytes | None = None
    expires_at: datetime | None = None
    accepted_at: datetime | None = None
    user_id: str | None = None
    user_status: str | None = None
