"""All that entrypoints can call, as one table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from api_gateway.domain.plans import Plans
from api_gateway.handlers.account_webhook import AccountWebhookCalls
from api_gateway.handlers.accounts import AccountCalls
from api_gateway.handlers.api_keys import KeyCalls
from api_gateway.handlers.archive import ArchiveCalls
from api_gateway.handlers.attachments import AttachmentCalls
from api_gateway.handlers.bulk import BulkCalls
from api_gateway.handlers.clock import ClockCalls
from api_gateway.handlers.credentials import Credentials
from api_gateway.handlers.domains import DomainCalls
from api_gateway.handlers.fault_plans import FaultPlanCalls
from api_gateway.handlers.inboxes import InboxCalls
from api_gateway.handlers.injection import InjectionCalls
from api_gateway.handlers.limits import Limits
from api_gateway.handlers.live import LiveCalls
from api_gateway.handlers.messages import MessageCalls
from api_gateway.handlers.operator import OperatorCalls
from api_gateway.handlers.receipts import ReceiptCalls
from api_gateway.handlers.repeats import Repeats
from api_gateway.handlers.teams import TeamCalls
from api_gateway.handlers.usage import UsageCalls
from api_gateway.handlers.waiting import WaitCalls
from api_gateway.handlers.webhooks import WebhookCalls


@dataclass(frozen=True, slots=True)
class Calls:
    """`check_ready` raises a Failure while something that the API needs is out of reach."""

    credentials: Credentials
    limits: Limits
    repeats: Repeats
    accounts: AccountCalls
    teams: TeamCalls
    keys: KeyCalls
    domains: DomainCalls
    plans: Plans
    inboxes: InboxCalls
    bulk: BulkCalls
    archive: ArchiveCalls
    fault_plans: FaultPlanCalls
    messages: MessageCalls
    attachments: AttachmentCalls
    injection: InjectionCalls
    live: LiveCalls
    waiting: WaitCalls
    clock: ClockCalls
    webhooks: WebhookCalls
    account_webhook: AccountWebhookCalls
    receipts: ReceiptCalls
    usage: UsageCalls
    operator: OperatorCalls
    check_ready: Callable[[], Awaitable[None]]
