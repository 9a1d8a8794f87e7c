"""JSON bodies of MinuteMail's identities and OAuth clients."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from mayfly.records.identity import ProviderType

_Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
_RedirectUri = Annotated[str, Meta(min_length=1, max_length=2000, examples=["http://localhost:3000/auth/callback"])]
_AvatarUrl = Annotated[str, Meta(max_length=2048, pattern=r"^(https?://[^\s\x00-\x1f\x7f]+)?$")]
_ClaimName = Annotated[str, Meta(min_length=1, max_length=200)]
_ClaimValue = Annotated[str, Meta(max_length=1000)]
_Claims = Annotated[dict[_ClaimName, _ClaimValue], Meta(max_length=50)]


class CreateClient(Struct, frozen=True, kw_only=True, rename="camel"):
    """`providerLabel`: required for `custom`. `isPublic`: without a secret, for PKCE alone.

    `postLogoutRedirectUris`: where users may be sent after signing out.
    """

    name: _Name
    redirect_uris: Annotated[list[_RedirectUri], Meta(min_length=1, max_length=20)]
    provider_type: ProviderType = "custom"
    provider_label: Annotated[str, Meta(max_length=200)] | None = None
    is_public: bool = False
    post_logout_redirect_uris: Annotated[list[_RedirectUri], Meta(max_length=20)] = []


class OAuthClientView(
    Struct,
    frozen=True,
    kw_only=True,
    rename={
        "id": "clientId",
        "redirect_uris": "redirectUris",
        "provider_type": "providerType",
        "provider_label": "providerLabel",
        "is_public": "isPublic",
        "post_logout_redirect_uris": "postLogoutRedirectUris",
        "created_at": "createdAt",
    },
):
    id: str
    name: str
    redirect_uris: list[str]
    provider_type: ProviderType
    provider_label: str | None
    is_public: bool
    post_logout_redirect_uris: list[str]
    created_at: datetime


class NewOAuthClient(OAuthClientView, frozen=True, kw_only=True, rename="camel"):
    """`clientSecret`: shown only in this response; null for a public client."""

    client_secret: str | None


class ClientSecret(Struct, frozen=True, kw_only=True, rename="camel"):
    client_secret: str


class CreateIdentity(Struct, frozen=True, kw_only=True, rename="camel"):
    """`mailboxAddress`: of one of your mailboxes. `username`: by default its local part; `name`: the user name.

    `claims`: further claims of ID tokens and userinfo, for clients with the provider type `custom`.
    """

    client_id: Annotated[str, Meta(min_length=1, max_length=200)]
    mailbox_address: Annotated[str, Meta(min_length=1, max_length=400)]
    username: _Name | None = None
    name: _Name | None = None
    avatar_url: _AvatarUrl | None = None
    email_verified: bool = True
    claims: _Claims | None = None


class ChangeIdentity(Struct, frozen=True, kw_only=True, rename="camel"):
    """Absent fields stay unchanged. `isActive` false: the identity cannot sign in. `avatarUrl` null: none."""

    username: _Name | UnsetType = UNSET
    name: _Name | UnsetType = UNSET
    avatar_url: _AvatarUrl | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET
    email_verified: bool | UnsetType = UNSET
    claims: _Claims | UnsetType = UNSET


class IdentityView(Struct, frozen=True, kw_only=True, rename="camel"):
    """`id`: the `sub` of its ID tokens."""

    id: str
    client_id: str
    mailbox_address: str
    username: str
    name: str
    avatar_url: str | None
    is_active: bool
    email_verified: bool
    claims: dict[str, str]
    created_at: datetime
    updated_at: datetime
