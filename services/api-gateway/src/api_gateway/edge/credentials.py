"""Identifies the caller of a request by its credentials.

edge.admission calls it for every request; long live calls call it again. Results are cached for 30 s and invalidated
as soon as any replica announces a change of a key, a session or an account.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller, account_subject, address_subject, in_common
from api_gateway.edge.credential_changes import CredentialChanges
from api_gateway.edge.plans import Plans
from api_gateway.edge.secrets import ApiKeyText, digest, is_inbox_token, looks_like_session, parse_api_key, proves
from api_gateway.edge.sessions import SessionTokens
from api_gateway.edge.sites import is_allowed
from api_gateway.refusals import Forbidden, Unauthorized, WrongSite
from mayfly.events.subjects import CONTROL_KEY_REVOKED
from mayfly.records.account import Account
from mayfly.records.api_key import ApiKey
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.connection import Bus
    from mayfly.store.accounts import Accounts
    from mayfly.store.api_keys import ApiKeys
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.sessions import Sessions

_KEPT = 10_000
_KEPT_FOR = timedelta(seconds=30)
_TOUCH_EVERY = timedelta(minutes=1)
_ENDED = "this API key, or one that it depends on, is revoked or expired"


@dataclass(frozen=True, slots=True)
class Known:
    """Cached credentials: the account, its team and effective plan, as read from the store at `since`.

    `keys`: the API key and the restricted ones that it descends from, or those that an inbox token depends on.
    """

    account: Account
    team_id: str
    plan: str
    since: datetime
    keys: Sequence[ApiKey] = ()
    inbox_id: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """What `KnownCredentials.forget` is told when these credentials may have ended."""
        return frozenset({self.account.id, self.team_id, *(key.prefix for key in self.keys)})


class KnownCredentials:
    """A cache of keys, sessions and inbox tokens: 10,000 entries at most, each valid for 30 s.

    `is_connected`: whether this process receives revocations; while it does not, the cache returns nothing.
    """

    def __init__(self, is_connected: Callable[[], bool]) -> None:
        self._is_connected = is_connected
        self._known: OrderedDict[str, Known] = OrderedDict()
        self.generation = 0
        self.changes = CredentialChanges()

    def get(self, name: str, now: datetime) -> Known | None:
        known = self._known.get(name)
        return known if known and now - known.since < _KEPT_FOR and self._is_connected() else None

    def keep(self, name: str, known: Known, generation: int) -> None:
        """Cache the entry, unless anything was invalidated since `generation`: it might be stale."""
        if generation == self.generation:
            self._known[name] = known
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)

    def forget(self, name: str) -> None:
        """Invalidate by `name`: the prefix of a key, or the id of a session, an account or a team."""
        self.generation += 1
        for kept in [kept for kept, known in self._known.items() if name == kept or _concerns(name, known)]:
            del self._known[kept]
        self.changes.announce(name)

    def forget_all(self) -> None:
        self.generation += 1
        self._known.clear()
        self.changes.announce_all()


@dataclass(frozen=True, slots=True)
class Revocations:
    """Invalidates cached credentials on every replica, locally before returning."""

    known: KnownCredentials
    broadcaster: "Bus"

    async def invalidate(self, name: str) -> None:
        """`name` as in `KnownCredentials.forget`. Raises TransientFailure when the other replicas cannot be reached."""
        self.known.forget(name)
        await self.broadcaster.broadcast(CONTROL_KEY_REVOKED, name.encode())


@dataclass(frozen=True, slots=True)
class Credentials:
    accounts: "Accounts"
    keys: "ApiKeys"
    sessions: "Sessions"
    inboxes: "Inboxes"
    tokens: SessionTokens
    plans: Plans
    known: KnownCredentials
    clock: Clock

    async def identify(self, text: str | None, address: str, site: str = "") -> Caller:
        """The caller with these credentials, IP address and site (`host[:port]`); anonymous if `text` is None.

        Raises Unauthorized for invalid credentials, Forbidden for a suspended account, WrongSite for a site that the
        key does not allow.
        """
        if text is None:
            return Caller(address, address_subject(address))
        if key := parse_api_key(text):
            return await self._by_key(key, address, site)
        if is_inbox_token(text):
            return await self._by_inbox_token(text, address, site)
        if looks_like_session(text):
            return await self._by_session(text, address)
        raise Unauthorized("these credentials are not an API key, a session token or an inbox token")

    async def _by_key(self, text: ApiKeyText, address: str, site: str) -> Caller:
        # Cached by all of the text, so that a wrong secret costs the same query whether or not its prefix exists.
        now, name = self.clock(), digest(str(text)).hex()
        known = self.known.get(name, now) or await self._look_up_key(text, name, now)
        if known is None or not known.keys:
            raise Unauthorized("unknown API key")
        _require_usable(known, now, site)
        return _caller(known, address, str(text), key=known.keys[0])

    async def _look_up_key(self, text: ApiKeyText, name: str, now: datetime) -> Known | None:
        generation = self.known.generation
        key = await self.keys.find(text.prefix)
        if not proves(text.secret, key.secret_hash if key else None) or key is None:
            return None
        if key.last_used_at is None or now - key.last_used_at > _TOUCH_EVERY:
            await self.keys.touch(key.id, now)
        keys = [key, *await self._makers(key.made_by)]
        return await self._remember(name, key.account_id, generation, keys=keys)

    async def _makers(self, key_ids: Sequence[str]) -> Sequence[ApiKey]:
        """All of these keys. Raises Unauthorized if one is missing: what it made has ended."""
        keys = await self.keys.among(key_ids)
        if len(keys) < len(key_ids):
            raise Unauthorized(_ENDED)
        return keys

    async def _by_session(self, token: str, address: str) -> Caller:
        now = self.clock()
        claims = self.tokens.prove(token, now)
        if claims is None:
            raise Unauthorized("invalid or expired session token")
        known = self.known.get(claims.session_id, now) or await self._look_up_session(claims.session_id, now)
        if known is None or known.account.id != claims.account_id:
            raise Unauthorized("this session has ended")
        return _caller(known, address, token, session_id=claims.session_id)

    async def _look_up_session(self, session_id: str, now: datetime) -> Known | None:
        generation = self.known.generation
        session = await self.sessions.get(session_id, now)
        if session is None:
            return None
        return await self._remember(session_id, session.account_id, generation, epoch=session.epoch)

    async def _by_inbox_token(self, token: str, address: str, site: str) -> Caller:
        """The holder of one inbox's token; its calls count against the inbox's account.

        An unknown token makes an anonymous caller, who gets 404 for the inbox: it may just have ended.
        """
        kept, now, generation = digest(token), self.clock(), self.known.generation
        known = self.known.get(kept.hex(), now)
        inbox = None if known else await self.inboxes.holding(kept, now)
        if inbox is not None and inbox.account_id is not None:
            keys = await self._makers(inbox.token_made_by)
            known = await self._remember(kept.hex(), inbox.account_id, generation, keys=keys, inbox_id=inbox.id)
        if known is None:
            return Caller(address, address_subject(address), inbox_id=inbox.id if inbox else None, proof=token)
        _refuse_suspended(known)
        _require_usable(known, now, site)
        subject, scopes = account_subject(known.team_id), in_common(known.keys)
        return Caller(
            address,
            subject,
            plan=known.plan,
            inbox_id=known.inbox_id,
            scopes=scopes,
            depends_on=known.names,
            proof=token,
        )

    async def _remember(
        self,
        name: str,
        account_id: str,
        generation: int,
        *,
        keys: Sequence[ApiKey] = (),
        inbox_id: str | None = None,
        epoch: int | None = None,
    ) -> Known | None:
        """Read the account and its effective plan (its team's, if the owner's plan can be shared), and cache them.

        `epoch`: that of a session, which has ended if the account is in another one by now.
        """
        account = await self.accounts.get(account_id)
        if account is None or epoch not in {None, account.session_epoch}:
            return None
        owner = await self.accounts.get(account.team_id) if account.team_id else None
        payer = self.plans.payer(account, owner)
        known = Known(account, payer.id, payer.plan, self.clock(), keys, inbox_id)
        self.known.keep(name, known, generation)
        return known


def _concerns(name: str, known: Known) -> bool:
    """Whether a change of what `name` names changes `known`.

    Of both teams: while the owner is suspended, the account's own plan applies, until the owner is back.
    """
    return name in (known.account.id, known.team_id, known.account.team_id) or any(name == k.prefix for k in known.keys)


def _require_usable(known: Known, now: datetime, site: str) -> None:
    """Require that the key, and every key that it depends on, is usable now and from this site."""
    for key in known.keys:
        if not key.is_usable(now):
            raise Unauthorized(_ENDED)
        if not is_allowed(site, key.allowed_domains):
            raise WrongSite


def _caller(
    known: Known, address: str, proof: str, *, key: ApiKey | None = None, session_id: str | None = None
) -> Caller:
    _refuse_suspended(known)
    return Caller(
        address,
        account_subject(known.team_id),
        account_id=known.account.id,
        team_id=known.team_id,
        plan=known.plan,
        key=key,
        session_id=session_id,
        scopes=in_common(known.keys),
        depends_on=known.names | {session_id} if session_id else known.names,
        proof=proof,
    )


def _refuse_suspended(known: Known) -> None:
    if known.account.suspended:
        raise Forbidden("this account is suspended")
