"""Objects of team. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from mayfly_mail.model import Model, many, moment


class InvitationData(Model):
    """Part of `InvitationsData`."""

    created_at: datetime
    email: str
    expires_at: datetime | None = None
    id: str

    _readers = {"created_at": moment, "expires_at": moment}


class InvitationsData(Model):
    """Answer of `list_invitations`."""

    invitations: list[InvitationData] = field(default_factory=list)

    _readers = {"invitations": many(InvitationData.from_json)}


class NewInvitation(Model):
    """Answer of `invite`."""

    code: str = field(repr=False)
    created_at: datetime
    email: str
    expires_at: datetime | None = None
    id: str

    _readers = {"created_at": moment, "expires_at": moment}


class MemberData(Model):
    """Part of `MembersData`."""

    accepted_at: datetime | None = None
    account_id: str | None = None
    created_at: datetime
    email: str
    id: str
    name: str | None = None

    _readers = {"accepted_at": moment, "created_at": moment}


class MembersData(Model):
    """Answer of `list_members`."""

    members: list[MemberData] = field(default_factory=list)

    _readers = {"members": many(MemberData.from_json)}
