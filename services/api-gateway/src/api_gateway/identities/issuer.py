"""Which issuer a call speaks to: the URL that a client's configuration begins with (OpenID Connect Discovery 1.0).

The installation is one issuer for all clients, as MinuteMail's provider is; and below /oidc, each account is one of
its own, which knows its clients alone.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.refusals import BadInput, NotFound

if TYPE_CHECKING:
    from mayfly.store.accounts import Accounts

PATH = "/oidc"
_HOST = re.compile(r"([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?", re.ASCII)
_LONGEST_HOST = 260


@dataclass(frozen=True, slots=True)
class Issuer:
    """`url`: as the operator wrote it, since clients compare it exactly. `account_id` None: of all accounts."""

    url: str
    account_id: str | None = None

    def endpoint(self, path: str) -> str:
        """The URL of one of its endpoints; `path` begins with a slash."""
        return self.url.rstrip("/") + path


@dataclass(frozen=True, slots=True)
class Issuers:
    """`public_url`: where clients reach the API; empty: where the call came in, by its Host."""

    accounts: "Accounts"
    public_url: str

    async def at(self, host: str, account_id: str | None) -> Issuer:
        """The issuer of a call with this Host. Raises NotFound if there is no such account, BadInput without a Host."""
        base = self.public_url or f"http://{_required(host)}"
        if account_id is None:
            return Issuer(base)
        if await self.accounts.get(account_id) is None:
            raise NotFound("no such issuer")
        return Issuer(f"{base.rstrip('/')}{PATH}/{account_id}", account_id)


def _required(host: str) -> str:
    if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
        raise BadInput("must name a host", field="Host")
    return host.lower()
