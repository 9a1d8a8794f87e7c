"""Domains that receive mail, and proofs of domain ownership."""

from datetime import datetime

from mayfly.records.record import Record


class Domain(Record, frozen=True, kw_only=True):
    """A domain that receives mail.

    `name`: lower-case A-labels. `tier_required`: lowest plan tier that may create inboxes on it. `account_id`: the
    account that proved ownership, None for the operator's domains. `allow_subdomains`: mail for `local@any.sub.name`
    goes to the inbox `local@name`.
    """

    name: str
    is_public: bool = True
    tier_required: int = 0
    account_id: str | None = None
    allow_subdomains: bool = False


class DomainOwnership(Record, frozen=True, kw_only=True):
    """An account's proof that it owns a domain, complete or not.

    `txt_token`: value of the TXT record that the account publishes as proof. `verified_at`: when that record and the MX
    record were found, None before. Several accounts may try for one name; the first to prove it gets the domain.
    """

    account_id: str
    name: str
    txt_token: str
    created_at: datetime
    verified_at: datetime | None = None
