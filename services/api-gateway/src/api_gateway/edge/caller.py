"""Who calls, and what of the inboxes is theirs."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

_CUSTOMER_BITS = 64
_AREAS = ("mailboxes", "domains", "team", "identities")
SCOPES = frozenset({"*", *(f"{area}:{right}" for area in _AREAS for right in ("read", "write"))})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls; without an account: anonymous, or the holder of one inbox's token.

    `address`: IP address of the peer. `subject`: whose limits the call counts against. `team_id`: the account whose
    plan is used; without a team the caller's own. `proof`: the credentials as sent, for deriving keys; never logged.
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
        """The account's id, where a route has made sure that there is one."""
        assert self.account_id is not None, "the route did not ask for an account"
        return self.account_id


def account_subject(account_id: str) -> str:
    """Whose limits an account's calls count against: pass the id of the team's owner where there is a team."""
    return f"account:{account_id}"


def address_subject(address: str) -> str:
    """Whose limits a call without an account counts against: the IP address, for IPv6 its /64 (one customer)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "ip:unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return f"ip:{IPv6Address(int(parsed) >> _CUSTOMER_BITS << _CUSTOMER_BITS)}"
    return f"ip:{parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed}"
