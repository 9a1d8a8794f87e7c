"""The caller of a request: account, plan, scopes, and the subject its limits count against."""

from dataclasses import dataclass

from mayfly.mail.peers import peer_of

_AREAS = ("mailboxes", "domains", "team", "identities")
SCOPES = frozenset({"*", *(f"{area}:{right}" for area in _AREAS for right in ("read", "write"))})


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request. Without an account: anonymous, or the holder of an inbox token.

    `address`: IP address of the client. `subject`: whose limits the call counts against. `team_id`: the account whose
    plan applies; without a team the caller's own. `proof`: the credentials as sent, for deriving keys; never logged.
    Empty `scopes` grant all.
    """

    address: str
    subject: str
    account_id: str | None = None
    team_id: str | None = None
    plan: str = "anonymous"
    key_id: str | None = None
    session_id: str | None = None
    inbox_id: str | None = None
    scopes: frozenset[str] = frozenset()
    proof: str = ""

    def __repr__(self) -> str:
        return f"Caller(account_id={self.account_id!r}, plan={self.plan!r})"

    def has_scope(self, scope: str) -> bool:
        return not self.scopes or "*" in self.scopes or scope in self.scopes

    @property
    def account(self) -> str:
        """The account id; only for routes with `needs="account"`."""
        assert self.account_id is not None, "the route does not require an account"
        return self.account_id


def account_subject(account_id: str) -> str:
    """The subject of an account's limits; for a member of a team pass the id of the team's owner."""
    return f"account:{account_id}"


def address_subject(address: str) -> str:
    """The subject of a call without an account: the peer that the IP address belongs to."""
    return f"ip:{peer_of(address)}"
