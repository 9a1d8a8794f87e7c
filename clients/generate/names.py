"""What the OpenAPI document does not say: which model is called what, what is secret, which module a model is in."""

from __future__ import annotations

import re

# A model that several tags use belongs to the first of these.
GROUPS = (
    "inboxes",
    "messages",
    "details",
    "live",
    "spaces",
    "webhooks",
    "accounts",
    "keys",
    "domains",
    "team",
    "usage",
    "status",
    "operator",
)

# A view is data to a client, and the handles of a client (Inbox, Message, WaitTimeout) have the short names.
MODELS = {
    "KeyView": "ApiKeyData",
    "MailCame": "MailCameData",
    "NearMiss": "NearMissData",
    "OtpView": "CodeData",
    "StoredEnvelope": "EnvelopeData",
    "WaitTimeout": "WaitTimeoutData",
}

SECRET = re.compile(r"(^|_)(password|secret|token|key|ticket)$")
SECRET_TOO = {"NewInvitation.code", "NewKey.plaintext", "PageTicketData.url"}
NOT_SECRET = {"txt_token"}  # published in DNS

# By its method a PUT may be sent again when no answer came. The time that this one adds would count twice.
CUMULATIVE = {"advance_clock"}


def model_name(title: str) -> str:
    """Return what clients call a schema."""
    return MODELS.get(title) or re.sub(r"View$", "Data", title)


def is_secret(model: str, field: str) -> bool:
    """Whether a field opens something, so that it must not show in a log."""
    return f"{model}.{field}" in SECRET_TOO or (field not in NOT_SECRET and SECRET.search(field) is not None)
