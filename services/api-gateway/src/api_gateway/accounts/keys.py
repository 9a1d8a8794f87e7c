"""Creates, lists and revokes API keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.accounts.rules import KeyChange, KeyWish, inherited, require_own
from api_gateway.accounts.views import KeyView
from api_gateway.edge import secrets
from api_gateway.edge.caller import SCOPES, Caller
from api_gateway.edge.credentials import Revocations
from api_gateway.edge.views import view
from api_gateway.refusals import BadInput, found
from mayfly.events.facts import new_event_id
from mayfly.records.api_key import ApiKey
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.api_keys import ApiKeys


@dataclass(frozen=True, slots=True)
class Keys:
    keys: "ApiKeys"
    revocations: Revocations
    clock: Clock

    async def create(self, caller: Caller, wish: KeyWish) -> tuple[ApiKey, str]:
        """Create a key for the caller's account; returns it with its text, which is not stored.

        Made with a restricted key, it is no stronger and depends on that key. Raises BadInput for an unknown scope,
        Forbidden naming the field that asks for more.
        """
        return await self._create(caller.account, inherited(caller, wish, self.clock()), caller.lineage)

    async def create_first(self, account_id: str, wish: KeyWish) -> tuple[ApiKey, str]:
        """Create a key that no other made, for the operator."""
        return await self._create(account_id, wish, [])

    async def _create(self, account_id: str, wish: KeyWish, made_by: list[str]) -> tuple[ApiKey, str]:
        _require_known(wish.scopes)
        now = self.clock()
        text = secrets.new_api_key()
        key = ApiKey(
            id=new_event_id(),
            prefix=text.prefix,
            secret_hash=secrets.digest(text.secret),
            account_id=account_id,
            label=wish.label,
            created_at=now,
            expires_at=wish.end(now),
            scopes=list(wish.scopes),
            allowed_domains=[domain.lower() for domain in wish.allowed_domains],
            made_by=made_by,
        )
        await self.keys.create(key)
        return key, str(text)

    async def of_account(self, account_id: str) -> list[ApiKey]:
        """All keys of the account, newest first, including revoked ones."""
        return await self.keys.of_account(account_id)

    async def listed(self, account_id: str, current: ApiKey | None = None) -> list[KeyView]:
        """The same for a list; `current`: the key that makes the call."""
        keys, now = await self.keys.of_account(account_id), self.clock()
        usable = {key.id for key in keys if key.is_usable(now)}
        return [
            view(
                key,
                KeyView,
                is_usable=usable >= {key.id, *key.made_by},
                is_current=current is not None and key.id == current.id,
            )
            for key in keys
        ]

    async def revoke(self, account_id: str, key_id: str) -> None:
        """Revoke a key and those that depend on it: here at once, in every replica within a second. Raises NotFound."""
        key = found(await self.keys.revoke(key_id, account_id), "no such API key")
        await self.revocations.invalidate(key.prefix)

    async def revoke_all(self, account_id: str) -> int:
        """Revoke every key of the account, including the caller's; returns their number."""
        keys = await self.keys.revoke_all(account_id)
        for key in keys:
            await self.revocations.invalidate(key.prefix)
        return len(keys)

    async def change(self, caller: Caller, key_id: str, change: KeyChange) -> ApiKey:
        """Change an active key; a restricted key may do so with keys that it made, within its own scopes and sites.

        Raises BadInput, NotFound, Forbidden.
        """
        _require_known(change.scopes or ())
        for target in await self.keys.among([key_id]) if caller.is_restricted else []:
            if target.account_id == caller.account:
                require_own(caller, target, change)
        key = found(await self.keys.change(key_id, caller.account, change.fields()), "no such API key")
        await self.revocations.invalidate(key.prefix)
        return key


def _require_known(scopes: Sequence[str]) -> None:
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown:
        raise BadInput(f"unknown scope {unknown[0][:50]!r}", field="scopes")
