"""The SMTP replies of fault plans (mayfly.records.fault_plan)."""

from mayfly.records.fault_plan import FaultStep
from smtp_ingest.domain.replies import Reply

_CLOSES = 421
_MEANINGS = {
    421: ("4.3.2", "Service not available, closing"),
    450: ("4.2.1", "Inbox not available now"),
    451: ("4.3.0", "Local error, try again later"),
    452: ("4.2.2", "Inbox over quota"),
    535: ("5.7.8", "Authentication failed"),
    550: ("5.1.1", "No such inbox here"),
    552: ("5.2.2", "Inbox over quota"),
    554: ("5.6.0", "Message refused"),
}


def fault_reply(step: FaultStep) -> Reply | None:
    """The reply that the step simulates; None when the step only delays."""
    if step.code is None:
        return None
    enhanced, text = _MEANINGS.get(step.code, (f"{step.code // 100}.0.0", "Refused by the fault plan"))
    return Reply(step.code, enhanced if step.is_enhanced else "", step.text or text, closes=step.code == _CLOSES)
