"""Rules about accounts, pure: the normal form of an e-mail address, and what a restricted key may hand on."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api_gateway.edge.caller import Caller, covers, granted
from api_gateway.edge.sites import covers_site
from api_gateway.refusals import BadInput, Forbidden
from mayfly.records.api_key import ApiKey

MOST_CHARACTERS = 254
# Each use of a key reads all of its chain, and each key of the chain lists those before it.
_LONGEST_CHAIN = 10


def login_name(email: str) -> str:
    """The e-mail address of an account in the one form that is stored and compared: NFKC, case-folded.

    It is a name to log in with and nothing else: nobody has proved it, so no right may depend on it. Characters that
    nobody sees are refused with BadInput, so that names which differ look different unless their scripts do not.
    """
    name = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).casefold())
    if any(unicodedata.category(character)[0] in "CZ" for character in name):
        raise BadInput("must not contain blanks or invisible characters", field="email")
    if len(name) > MOST_CHARACTERS:
        raise BadInput(f"must have at most {MOST_CHARACTERS} characters", field="email")
    return name


@dataclass(frozen=True, slots=True)
class KeyWish:
    """Requested properties of a new key. Empty `scopes` grant all; empty `allowed_domains` allow any site."""

    label: str
    expires_in_days: int | None = None
    expires_at: datetime | None = None
    scopes: Sequence[str] = ()
    allowed_domains: Sequence[str] = ()

    def end(self, now: datetime) -> datetime | None:
        return self.expires_at if self.expires_in_days is None else now + timedelta(days=self.expires_in_days)


@dataclass(frozen=True, slots=True)
class KeyChange:
    """The properties of a key to replace; None: unchanged. Empty `scopes` grant all, as in a wish."""

    label: str | None = None
    scopes: Sequence[str] | None = None
    allowed_domains: Sequence[str] | None = None

    def fields(self) -> dict[str, object]:
        """The changes in the names of the record."""
        domains = self.allowed_domains
        given: dict[str, object] = {
            "label": self.label,
            "scopes": None if self.scopes is None else list(self.scopes),
            "allowed_domains": None if domains is None else [domain.lower() for domain in domains],
        }
        return {name: value for name, value in given.items() if value is not None}


def inherited(caller: Caller, wish: KeyWish, now: datetime) -> KeyWish:
    """The wish, with what it leaves out taken from the caller's key if that is restricted.

    Raises Forbidden, naming the field, for a wish that goes beyond that key.
    """
    key = caller.key
    if key is None or not caller.is_restricted:
        return wish
    if len(caller.lineage) > _LONGEST_CHAIN:
        raise Forbidden(f"restricted API keys make keys {_LONGEST_CHAIN} times in a row at most; use another key")
    if wish.scopes and not covers(caller.scopes, granted(wish.scopes)):
        raise Forbidden("goes beyond the scopes of the API key that makes this one", field="scopes")
    if not all(covers_site(key.allowed_domains, site) for site in wish.allowed_domains):
        raise Forbidden("goes beyond the sites of the API key that makes this one", field="allowed_domains")
    end = wish.end(now) or key.expires_at
    if end and key.expires_at and end > key.expires_at:
        field = "expires_at" if wish.expires_in_days is None else "expires_in_days"
        raise Forbidden(f"the API key that makes this one ends at {key.expires_at:%Y-%m-%dT%H:%M:%SZ}", field=field)
    return replace(
        wish,
        scopes=wish.scopes or sorted(caller.scopes),
        allowed_domains=wish.allowed_domains or key.allowed_domains,
        expires_in_days=None,
        expires_at=end,
    )


def require_own(caller: Caller, target: ApiKey, change: KeyChange) -> None:
    """Require that a restricted key made the target, and has these scopes and sites itself. Raises Forbidden."""
    if caller.key is None or caller.key.id not in target.made_by:
        raise Forbidden("a restricted API key can change only the keys that it made")
    if change.scopes is not None and not covers(caller.scopes, granted(change.scopes)):
        raise Forbidden("goes beyond the scopes of the API key that makes this call", field="scopes")
    held, wanted = caller.key.allowed_domains, change.allowed_domains
    # Without an entry a key works on any site, which is more than a key with entries may give.
    if wanted is not None and held and not (wanted and all(covers_site(held, site) for site in wanted)):
        raise Forbidden("goes beyond the sites of the API key that makes this call", field="allowed_domains")
