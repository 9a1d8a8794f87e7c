"""Domains that receive mail, and proofs of domain ownership."""

from datetime import datetime

from mayfly.records.record import Record


class Domain(Record, frozen=True, kw_only=True):
    """A domain that receives mail: a public one of the operator's, or one whose ownership an account proved.

    `name`: lower-case A-labels. `tier_required`: lowest plan tier that may create inboxes on it. `account_id`: the
    account that proved ownership, None for the operator's domains. `allow_subdomains`: mail for `local@any.sub.name`
    goes to the inbox `local@name`. `suspended`: the proof has been missing for longer than the grace time.

    Neither public nor an account's: the operator took it off the list. Its inboxes wait, unreachable for mail.
    """

    name: str
    is_public: bool = True
    tier_required: int = 0
    account_id: str | None = None
    allow_subdomains: bool = False
    suspended: bool = False

    @property
    def takes_mail(self) -> bool:
        """Whether anybody may receive mail on it now."""
        return self.is_public or (self.account_id is not None and not self.suspended)

    def takes_mail_for(self, account_id: str | None) -> bool:
        """Whether an inbox of this account (None: of nobody) may receive mail on it now."""
        return self.takes_mail and (self.is_public or account_id == self.account_id)

    def takes_all_for(self, account_id: str | None) -> bool:
        """Whether a space of this account may take all mail for it now: never for a public domain."""
        return not self.is_public and account_id is not None and self.takes_mail_for(account_id)


class DomainOwnership(Record, frozen=True, kw_only=True):
    """An account's proof that it owns a domain, complete or not.

    `txt_token`: value of the TXT record that the account publishes as proof. `verified_at`: when that record and the MX
    record were found, None before, and again None when another account has taken the domain over. Several accounts
    may try for one name. `failing_since`: when DNS first answered without the TXT record, None while it is there.
    `check_at`: when the proof is looked up next.
    """

    account_id: str
    name: str
    txt_token: str
    created_at: datetime
    verified_at: datetime | None = None
    failing_since: datetime | None = None
    check_at: datetime | None = None
