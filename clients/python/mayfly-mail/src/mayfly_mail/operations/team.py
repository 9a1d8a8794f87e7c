"""Calls of team. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from mayfly_mail.models.team import InvitationsData, MembersData, NewInvitation
from mayfly_mail.operation import (
    Operation,
    json_body,
    nothing,
    one,
    target,
)


def list_invitations() -> Operation[InvitationsData]:
    """List the open invitations of your team."""
    return Operation(
        name="list_invitations",
        method="GET",
        target=target("/api/v1/team/invitations"),
        decode=one(InvitationsData),
    )


def invite(*, email: str) -> Operation[NewInvitation]:
    """Invite a person to your team. Hand over the id and the `code`; nothing changes until the person accepts."""
    return Operation(
        name="invite",
        method="POST",
        target=target("/api/v1/team/invitations"),
        decode=one(NewInvitation),
        body=json_body(email=email),
        content_type="application/json",
        takes_idempotency_key=True,
    )


def withdraw_invitation(invitation_id: str) -> Operation[None]:
    """Withdraw an invitation.

    Args:
        invitation_id: Id of the invitation.
    """
    return Operation(
        name="withdraw_invitation",
        method="DELETE",
        target=target("/api/v1/team/invitations/{}", invitation_id),
        decode=nothing,
    )


def accept_invitation(invitation_id: str, *, code: str) -> Operation[None]:
    """Accept an invitation with its code: your account shares the plan and the limits of the team's owner.

    The code is valid once, for 7 days. Your inboxes, keys and webhooks stay yours alone, and so does your own plan,
    which applies again when you leave.

    Args:
        invitation_id: Id of the invitation.
    """
    return Operation(
        name="accept_invitation",
        method="POST",
        target=target("/api/v1/team/invitations/{}/accept", invitation_id),
        decode=nothing,
        body=json_body(code=code),
        content_type="application/json",
    )


def leave_team() -> Operation[None]:
    """Leave the team whose plan your account shares; your own plan applies again."""
    return Operation(
        name="leave_team",
        method="POST",
        target=target("/api/v1/team/leave"),
        decode=nothing,
    )


def list_members() -> Operation[MembersData]:
    """List the members of your team."""
    return Operation(
        name="list_members",
        method="GET",
        target=target("/api/v1/team/members"),
        decode=one(MembersData),
    )


def remove_member(member_id: str) -> Operation[None]:
    """Remove a member from your team; the member's own plan applies again.

    Args:
        member_id: Id of the member.
    """
    return Operation(
        name="remove_member",
        method="DELETE",
        target=target("/api/v1/team/members/{}", member_id),
        decode=nothing,
    )
