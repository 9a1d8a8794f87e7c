"""Who calls, and what of the inboxes is theirs."""

from dataclasses import dataclass

from api_gateway.settings import AnonymousAccess
from mayfly.store.inboxes import Inbox

SCOPES = frozenset(
    {
        "*",
        *(f"{area}:{right}" for area in ("mailboxes", "domains", "team", "identities") for right in ("read", "write")),
    }
)


@dataclass(frozen=True, slots=True)
class Caller:
    """`address` is the peer's IP address. Without an account: anonymous, or the holder of one inbox's token.

    `scopes` empty: all of them.
    """

    address: str
    account_id: str | None = None
    plan: str = "anonymous"
    key_id: str | None = None
    session_id: str | None = None
    inbox_id: str | None = None
    scopes: frozenset[str] = frozenset()

    def has_scope(self, scope: str) -> bool:
        return not self.scopes or "*" in self.scopes or scope in self.scopes


def may_use(caller: Caller, inbox: Inbox, anonymous_access: AnonymousAccess) -> bool:
    """Whether the inbox is the caller's: by account, by the inbox's token, or, without an owner, by its address."""
    if caller.inbox_id == inbox.id:
        return True
    if inbox.account_id is not None:
        return caller.account_id == inbox.account_id
    return anonymous_access == "address"
