"""Rules about inboxes, pure: who may use one, how long it lives, which local parts callers may choose."""

from collections.abc import Callable
from datetime import datetime, timedelta

from api_gateway.edge import secrets
from api_gateway.edge.caller import Caller
from api_gateway.edge.plans import Plan, Plans
from api_gateway.refusals import BadInput, Forbidden, InvalidState, ReservedName, rejecting
from mayfly.mail.address import normalise_local_part
from mayfly.mail.reserved import ReservedNames
from mayfly.records.domain import Domain
from mayfly.records.inbox import DEFAULT_SPACE_ID, AnonymousAccess, Inbox

DEFAULT_TTL_SECONDS = 3600


def may_use(caller: Caller, inbox: Inbox, anonymous_access: AnonymousAccess) -> bool:
    """Whether the caller may use the inbox: by its account, by the inbox's token, or by address if it has no owner.

    Not a space by address: its id is the user name that its applications send in the clear. The default space without
    credentials, where the operator has opened it.
    """
    if caller.inbox_id == inbox.id or (caller.opens_default_space and inbox.id == DEFAULT_SPACE_ID):
        return True
    if inbox.account_id is not None:
        return caller.account_id == inbox.account_id
    return anonymous_access == "address" and inbox.kind != "space"


def require_not_default(inbox: Inbox) -> None:
    """Raise InvalidState for the default space, which exists as long as the operator has it."""
    if inbox.id == DEFAULT_SPACE_ID:
        raise InvalidState("the default space is set up by the operator; its domains and its end cannot be changed")


def is_own_domain(caller: Caller, plan: Plan, domain: Domain) -> bool:
    """Whether the caller proved ownership of the domain and has a plan that includes such domains."""
    return plan.domain_choice == "any" and not domain.is_public and domain.takes_mail_for(caller.account_id)


def require_ttl(plans: Plans, plan: Plan, ttl_seconds: int | None) -> None:
    """Check a time to live against the plan; None: persistent. Raises Forbidden."""
    if ttl_seconds is None:
        plans.require(plan, "persistent", "persistent inboxes")
    elif ttl_seconds > plan.longest_ttl:
        raise Forbidden(f"plan {plan.name} allows at most {plan.longest_ttl} seconds", field="ttl_seconds")


def expiry(now: datetime, ttl_seconds: int | None) -> datetime | None:
    """When an inbox with this time to live expires; None: never."""
    return None if ttl_seconds is None else now + timedelta(seconds=ttl_seconds)


def parse_local_part(text: str) -> str:
    """The normalised local part. Raises BadInput."""
    if "+" in text:
        raise BadInput("must not contain +, which separates a tag from the address", field="local_part")
    with rejecting("local_part"):
        return normalise_local_part(text)


def random_local_part(reserved: ReservedNames, new: Callable[[], str] = secrets.new_local_part) -> str:
    """A local part that cannot be guessed and that nobody takes for a reserved one."""
    while (local_part := new()) in reserved:
        pass
    return local_part


def require_unreserved(reserved: ReservedNames, local_part: str, domain: Domain) -> None:
    """Check a chosen local part; on a domain of its own an account may use every one. Raises ReservedName."""
    if domain.is_public and local_part in reserved:
        raise ReservedName("reserved on this domain: choose another, or use a domain of your own", field="local_part")
