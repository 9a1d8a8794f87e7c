"""Who is calling: from the credentials a request bears to a Caller.

Called before every API call. What the store said is kept in mayfly's own memory for a while and forgotten when
another replica says that a key, a session or an account has changed.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from api_gateway.domain.caller import Caller
from api_gateway.domain.secrets import ApiKeyText, digest, is_inbox_token, parse_api_key, proves
from api_gateway.domain.sessions import SessionTokens, looks_like_session
from api_gateway.errors import Forbidden, Unauthorized
from api_gateway.ports import AccountStore, InboxStore, KeyStore, SessionStore
from mayfly.service.clock import Clock
from mayfly.store.accounts import Account
from mayfly.store.api_keys import ApiKey

_KEPT = 10_000
_KEPT_FOR = timedelta(seconds=30)
_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Known:
    account: Account
    key: ApiKey | None
    since: datetime


class KnownCredentials:
    """What the store said of keys and sessions, by key prefix or session id; bounded in number and in time.

    `is_trusted` tells whether revocations reach this process; while they do not, nothing is remembered.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self.generation = 0

    def get(self, name: str, now: datetime) -> _Known | None:
        known = self._known.get(name)
        return known if known and now - known.since < _KEPT_FOR else None

    def keep(self, name: str, known: _Known, generation: int) -> None:
        """Remember it, unless something was forgotten since `generation`: then it may be stale already."""
        if generation == self.generation:
            self._known[name] = known
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)

    def forget(self, name: str) -> None:
        """`name`: a key prefix, a session id or an account id."""
        self.generation += 1
        for known_name in [n for n, k in self._known.items() if name in (n, k.account.id)]:
            del self._known[known_name]

    def forget_all(self) -> None:
        self.generation += 1
        self._known.clear()


class Credentials:
    def __init__(
        self,
        *,
        accounts: AccountStore,
        keys: KeyStore,
        sessions: SessionStore,
        inboxes: InboxStore,
        tokens: SessionTokens,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._keys = keys
        self._sessions = sessions
        self._inboxes = inboxes
        self._tokens = tokens
        self._clock = clock
        self.known = KnownCredentials()

    async def identify(self, text: str | None, address: str) -> Caller:
        """The caller with these credentials, from this IP address; anonymous without any.

        Raises Unauthorized for wrong ones, Forbidden for a suspended account.
        """
        if text is None:
            return Caller(address)
        if key := parse_api_key(text):
            return await self._by_key(key, address)
        if is_inbox_token(text):
            return await self._by_inbox_token(text, address)
        if looks_like_session(text):
            return await self._by_session(text, address)
        raise Unauthorized("these are no credentials of ours")

    async def _by_key(self, text: ApiKeyText, address: str) -> Caller:
        now = self._clock()
        known = self.known.get(text.prefix, now) or await self._look_up_key(text.prefix, now)
        if known is None or known.key is None or not proves(text.secret, known.key.secret_hash):
            raise Unauthorized("unknown API key")
        if not known.key.is_usable(now):
            raise Unauthorized("this API key is revoked or over")
        return self._caller(known, address, scopes=frozenset(known.key.scopes))

    async def _look_up_key(self, prefix: str, now: datetime) -> _Known | None:
        generation = self.known.generation
        key = await self._keys.find(prefix)
        account = await self._accounts.get(key.account_id) if key else None
        if key is None or account is None:
            return None
        known = _Known(account, key, now)
        self.known.keep(prefix, known, generation)
        if key.last_used_at is None or now - key.last_used_at > _TOUCH_EVERY:
            await self._keys.touch(key.id, now)
        return known

    async def _by_session(self, token: str, address: str) -> Caller:
        now = self._clock()
        claims = self._tokens.prove(token, now)
        if claims is None:
            raise Unauthorized("unknown session token")
        known = self.known.get(claims.session_id, now) or await self._look_up_session(claims.session_id, now)
        if known is None or known.account.id != claims.account_id:
            raise Unauthorized("this session is over")
        return self._caller(known, address, session_id=claims.session_id)

    async def _look_up_session(self, session_id: str, now: datetime) -> _Known | None:
        generation = self.known.generation
        session = await self._sessions.get(session_id, now)
        account = await self._accounts.get(session.account_id) if session else None
        if account is None:
            return None
        known = _Known(account, None, now)
        self.known.keep(session_id, known, generation)
        return known

    async def _by_inbox_token(self, token: str, address: str) -> Caller:
        """A token that opens nothing makes a stranger, who finds no inbox: the token's own may just have ended."""
        inbox = await self._inboxes.holding(digest(token), self._clock())
        return Caller(address, inbox_id=inbox.id if inbox else "")

    def _caller(
        self, known: _Known, address: str, *, scopes: frozenset[str] = frozenset(), session_id: str | None = None
    ) -> Caller:
        if known.account.suspended:
            raise Forbidden("this account is suspended")
        return Caller(
            address,
            account_id=known.account.id,
            plan=known.account.plan,
            key_id=known.key.id if known.key else None,
            session_id=session_id,
            scopes=scopes,
        )
