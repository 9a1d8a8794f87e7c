"""Simulated people for testing "sign in with ...", and the OAuth clients that they sign in to."""

from datetime import datetime
from typing import Literal

from mayfly.records.record import Record

ProviderType = Literal["google", "github", "apple", "facebook", "custom"]
"""The provider that the sign-in page names; only for `custom` may identities have claims of their own."""


class OAuthClient(Record, frozen=True, kw_only=True):
    """An application that lets people sign in through Mayfly's OpenID provider. `id`: its `client_id`.

    `redirect_uris`, `post_logout_redirect_uris`: where its users may be sent, compared character by character.
    `secret_hash`: SHA-256 of its secret; None: a public client, which has none and must use PKCE. `provider_label`:
    what the page shows for `custom`.
    """

    account_id: str
    name: str
    redirect_uris: list[str]
    created_at: datetime
    provider_type: ProviderType = "custom"
    provider_label: str | None = None
    secret_hash: bytes | None = None
    post_logout_redirect_uris: list[str] = []

    @property
    def is_public(self) -> bool:
        return self.secret_hash is None


class Identity(Record, frozen=True, kw_only=True):
    """A simulated person of one client. `id`: the `sub` claim. `mailbox_address`: of the inbox `inbox_id`.

    Its inbox, or space, is the person's e-mail account: the identity ends with it. `is_active` False: cannot sign in.
    `claims`: further claims of ID tokens and userinfo.
    """

    account_id: str
    client_id: str
    inbox_id: str
    mailbox_address: str
    username: str
    name: str
    created_at: datetime
    updated_at: datetime
    avatar_url: str | None = None
    is_active: bool = True
    email_verified: bool = True
    claims: dict[str, str] = {}
