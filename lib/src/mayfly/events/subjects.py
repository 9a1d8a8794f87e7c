"""Every subject and header name that Mayfly uses on the bus (docs/wire-format.md).

A token taken from data (an inbox id, a delivery id) is a UUID, so it never holds `.`, `*`, `>` or white space.
"""

from mayfly.events import facts

TYPE_HEADER = "Mayfly-Event-Type"
DEAD_REASON_HEADER = "Mayfly-Dead-Reason"
DEAD_SUBJECT_HEADER = "Mayfly-Dead-Subject"
DEAD_CONSUMER_HEADER = "Mayfly-Dead-Consumer"
DEAD_DELIVERIES_HEADER = "Mayfly-Dead-Deliveries"
HEADERS = {
    TYPE_HEADER: "full protobuf type name of the event; on every event",
    DEAD_REASON_HEADER: "why the event became a dead letter",
    DEAD_SUBJECT_HEADER: "subject that the event was published on",
    DEAD_CONSUMER_HEADER: "consumer that gave it up",
    DEAD_DELIVERIES_HEADER: "how often it was delivered",
}
"""Every header with its meaning, for docs/wire-format.md."""

MAIL = "mayfly.mail.>"
EVENTS = "mayfly.event.>"
LIVE = "live.>"
DELIVERIES = "mayfly.delivery.>"
DELIVERY_ATTEMPTS = "mayfly.delivery.attempt.>"
NO_INBOX = "account"
"""In the place of an inbox id, for deliveries that concern the account."""
DEAD = "mayfly.dead.>"

CONTROL_KEY_REVOKED = "mayfly.control.key.revoked"
CONTROL_INBOX_CHANGED = "mayfly.control.inbox.changed"
CONTROL_FAULT_PLAN_CHANGED = "mayfly.control.inbox.fault_plan"
CONTROL_DOMAIN_CHANGED = "mayfly.control.domain.changed"
CONTROL_INBOX_NEWS = "mayfly.control.inbox.news"
# On the wire it has the name from when only spaces told it: an update runs old and new replicas beside each other.
CONTROL_MESSAGES_CHANGED = "mayfly.control.space.changed"
CONTROL_CLOCK = "mayfly.control.clock"
CONTROL_MAINTENANCE = "mayfly.control.maintenance"
CONTROLS = {
    CONTROL_KEY_REVOKED: "a key, session, account or team changed; payload: key prefix, or the id",
    CONTROL_INBOX_CHANGED: "an inbox, its label, expiry or fault plan changed, or it has ended; payload: its address",
    CONTROL_FAULT_PLAN_CHANGED: "smtp-ingest is to read an inbox's fault plan anew, and replies; payload: its address",
    CONTROL_DOMAIN_CHANGED: "a custom domain was proven, suspended, taken over or let go; payload: its name",
    CONTROL_INBOX_NEWS: "an account's inbox was made, changed or deleted; JSON (inbox_id, account_id, address, what)",
    CONTROL_MESSAGES_CHANGED: "messages of an inbox were marked, tagged or deleted; JSON (space: id, what, ids, tags)",
    CONTROL_CLOCK: "the clock of a test installation was advanced; no payload",
    CONTROL_MAINTENANCE: "maintenance mode was switched; no payload",
}
"""Every control subject with its meaning, for docs/wire-format.md."""


def mail(event: facts.MailReceived) -> str:
    """Claimed mail has its event id in the subject, so that the reaper can look up whether a claim is still needed."""
    if isinstance(event.octets, facts.ClaimCheck):
        return mail_claimed(event.event_id)
    return "mayfly.mail.inline"


def mail_claimed(event_id: str) -> str:
    return f"mayfly.mail.claimed.{event_id}"


def inbox_events(inbox_id: str) -> str:
    """Everything that happened in one inbox."""
    return f"mayfly.event.inbox.{inbox_id}.>"


def delivery_attempt(inbox_id: str, delivery_id: str) -> str:
    """Where a due attempt arrives; the inbox comes first, so that one purge removes an inbox's attempts."""
    return f"mayfly.delivery.attempt.{inbox_id or NO_INBOX}.{delivery_id}"


def delivery_schedule(inbox_id: str, delivery_id: str) -> str:
    """Where the broker keeps a delivery's next attempt until it is due."""
    return f"mayfly.delivery.schedule.{inbox_id or NO_INBOX}.{delivery_id}"


def inbox_messages(inbox_id: str) -> str:
    """The events about one inbox's messages, which are removed when the inbox has ended."""
    return f"mayfly.event.inbox.{inbox_id}.message"


def inbox_deliveries(inbox_id: str) -> str:
    """Every attempt of one inbox, due or scheduled."""
    return f"mayfly.delivery.*.{inbox_id}.>"


def dead_letter(stream: str, event_id: str) -> str:
    return f"mayfly.dead.{stream.lower()}.{event_id}"


def of(fact: facts.Fact) -> str:  # noqa: PLR0911 - one line for each event
    """The subject a fact is published on."""
    match fact:
        case facts.MailReceived():
            return mail(fact)
        case facts.MessageStored():
            return inbox_messages(fact.inbox_id)
        case facts.InboxExpired():
            return f"mayfly.event.inbox.{fact.inbox_id}.expired"
        case facts.InboxDeleted():
            return f"mayfly.event.inbox.{fact.inbox_id}.deleted"
        case facts.AttemptScheduled():
            return delivery_attempt(fact.inbox_id, fact.delivery_id)
        case facts.EndpointDisabled():
            return f"mayfly.event.account.{fact.account_id}.endpoint-disabled"
        case facts.EndpointTestRequested():
            return f"mayfly.event.account.{fact.account_id}.endpoint-test"
        case facts.RedeliveryRequested():
            return f"mayfly.event.account.{fact.account_id}.redelivery"


def deduplication_id(fact: facts.Fact) -> str:
    """`Nats-Msg-Id`: the same fact published twice inside the stream's duplicate window is stored once."""
    match fact:
        case facts.MessageStored():
            return f"{fact.message_id}.stored"
        case facts.InboxExpired():
            return f"{fact.inbox_id}.expired"
        case facts.InboxDeleted():
            return f"{fact.inbox_id}.deleted"
        case facts.AttemptScheduled():
            return f"{fact.delivery_id}.{fact.attempt}"
        case _:
            return fact.event_id
