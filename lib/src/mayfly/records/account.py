"""Accounts: the owners of inboxes, API keys and webhook endpoints."""

from datetime import datetime

from mayfly.records.record import Record


class Account(Record, frozen=True, kw_only=True):
    """An owner of inboxes, keys and endpoints.

    `password_hash`: Argon2id in PHC string format, None when the account has no password and uses API keys only.
    `team_id`: the account id of its team's owner, whose plan and limits it shares; None without a team.
    `session_epoch`: sessions of another epoch have ended; a new password and a suspension begin the next one.
    """

    email: str
    plan: str
    created_at: datetime
    password_hash: str | None = None
    suspended: bool = False
    team_id: str | None = None
    session_epoch: int = 0
