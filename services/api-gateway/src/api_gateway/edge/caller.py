"""The caller of a request: account, plan, scopes, and the subject its limits count against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api_gateway.refusals import Forbidden
from mayfly.mail.peers import peer_of
from mayfly.records.api_key import ApiKey

_AREAS = ("mailboxes", "domains", "team", "identities")
SCOPES = frozenset({"*", *(f"{area}:{right}" for area in _AREAS for right in ("read", "write"))})
ALL = frozenset({"*"})
"""The scopes of whoever may do everything; without any scope, a caller may do nothing."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request. Without an account: anonymous, or the holder of an inbox token.

    `address`: IP address of the client. `subject`: whose limits the call counts against. `team_id`: the account whose
    plan applies; without a team the caller's own. `key`: the API key, if that is what the caller sent. `scopes`: what
    it grants, together with the keys that made it. `opens_default_space`: may use the default space without
    credentials. `depends_on`: names whose change may end the credentials (edge.credentials). `proof`: the
    credentials as sent, for deriving keys; never logged.
    """

    address: str
    subject: str
    account_id: str | None = None
    team_id: str | None = None
    plan: str = "anonymous"
    key: ApiKey | None = None
    session_id: str | None = None
    inbox_id: str | None = None
    scopes: frozenset[str] = ALL
    opens_default_space: bool = False
    depends_on: frozenset[str] = frozenset()
    proof: str = ""

    def __repr__(self) -> str:
        return f"Caller(account_id={self.account_id!r}, plan={self.plan!r})"

    def has_scope(self, scope: str) -> bool:
        return covers(self.scopes, frozenset({scope}))

    def require_scope(self, scope: str, *, field: str | None = None) -> None:
        """Raise Forbidden without the scope; `field`: the field of the request that needs it."""
        if not self.has_scope(scope):
            raise Forbidden(f"this API key does not have the scope {scope}", field=field)

    @property
    def is_restricted(self) -> bool:
        """Whether the key lacks scopes, works on some sites only, has an end, or depends on a key that does.

        What such a key makes, by `lineage`, is never stronger than the key.
        """
        key = self.key
        return key is not None and bool(self.scopes != ALL or key.allowed_domains or key.expires_at or key.made_by)

    @property
    def lineage(self) -> list[str]:
        """Ids of the keys that a credential made by this caller depends on, the caller's own last."""
        return [*self.key.made_by, self.key.id] if self.key and self.is_restricted else []

    @property
    def account(self) -> str:
        """The account id; only for routes with `needs="account"`."""
        assert self.account_id is not None, "the route does not require an account"
        return self.account_id


def granted(scopes: Iterable[str]) -> frozenset[str]:
    """What the scopes of a key grant: all if there are none."""
    given = frozenset(scopes)
    return ALL if not given or "*" in given else given


def covers(held: frozenset[str], asked: frozenset[str]) -> bool:
    """Whether `held` grants everything that `asked` does."""
    return held == ALL or asked <= held


def in_common(keys: Sequence[ApiKey]) -> frozenset[str]:
    """What all these keys grant; ALL without keys."""
    common = ALL
    for key in keys:
        own = granted(key.scopes)
        common = own if common == ALL else common if own == ALL else common & own
    return common


def account_subject(account_id: str) -> str:
    """The subject of an account's limits; for a member of a team pass the id of the team's owner."""
    return f"account:{account_id}"


def address_subject(address: str) -> str:
    """The subject of a call without an account: the peer that the IP address belongs to."""
    return f"ip:{peer_of(address)}"


def space_subject(space_id: str) -> str:
    """The subject of a call that counts against the space that it is about, whoever makes it."""
    return f"space:{space_id}"
