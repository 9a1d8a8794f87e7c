"""Members of a team. A team's id is the account id of its owner."""

from datetime import datetime
from typing import Literal

from mayfly.records.record import Record

MemberStatus = Literal["invited", "active"]


class Member(Record, frozen=True, kw_only=True):
    """A member or invitee. `active` without `account_id`: joins as soon as an account has that e-mail address."""

    team_id: str
    email: str
    status: MemberStatus
    created_at: datetime
    name: str | None = None
    account_id: str | None = None
