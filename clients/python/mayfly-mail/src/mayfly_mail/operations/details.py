"""Calls of details. Generated from docs/openapi.json by `make clients`."""

from __future__ import annotations

from typing import Literal

from mayfly_mail.models.details import PageTicketData, TimelineData
from mayfly_mail.operation import (
    UNSET,
    Operation,
    json_body,
    octets,
    one,
    target,
)


def get_html(
    message_id: str,
    *,
    ticket: str | None = None,
    remote_images: bool | None = None,
    theme: Literal["light", "dark"] | None = None,
) -> Operation[bytes]:
    """Show the HTML of a message as a page that runs nothing and, without `remote_images`, loads nothing.

    Images that the mail brings along are in it. `X-Blocked-Images`: how many of the web are not. Of a message
    without HTML, its text. Does not mark the message as read.

    Args:
        message_id: Id of the message.
        ticket: A ticket of `html-ticket`, instead of credentials in a header.
        remote_images: Let the browser load images of the web. With a ticket, the ticket says so.
        theme: Colours of the browser where the mail sets none; absent: light.
    """
    return Operation(
        name="get_html",
        method="GET",
        target=target("/api/v1/messages/{}/html", message_id, ticket=ticket, remote_images=remote_images, theme=theme),
        decode=octets,
        accept="text/html",
    )


def create_html_ticket(message_id: str, *, remote_images: bool | None = None) -> Operation[PageTicketData]:
    """Create a ticket that opens the page of a message's HTML without headers, for a browser's frame.

    It opens that page alone, for 60 s, as often as it is asked for. Limits and revocation apply to the page as to
    the credentials of this call.

    Args:
        message_id: Id of the message.
    """
    return Operation(
        name="create_html_ticket",
        method="POST",
        target=target("/api/v1/messages/{}/html-ticket", message_id),
        decode=one(PageTicketData),
        body=json_body(remote_images=UNSET if remote_images is None else remote_images),
        content_type="application/json",
    )


def get_timeline(message_id: str) -> Operation[TimelineData]:
    """Show what happened to a message and when: received, stored, announced, and each request to a webhook.

    The broker keeps events for a day, so `visible` and `announced` are missing after that.

    Args:
        message_id: Id of the message.
    """
    return Operation(
        name="get_timeline",
        method="GET",
        target=target("/api/v1/messages/{}/timeline", message_id),
        decode=one(TimelineData),
    )
