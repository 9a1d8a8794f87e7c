"""All that entrypoints can call, as one table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from api_gateway.handlers.accounts import AccountCalls
from api_gateway.handlers.api_keys import KeyCalls
from api_gateway.handlers.credentials import Credentials
from api_gateway.handlers.inboxes import InboxCalls
from api_gateway.handlers.live import LiveCalls
from api_gateway.handlers.messages import MessageCalls
from api_gateway.ports import DomainStore


@dataclass(frozen=True, slots=True)
class Calls:
    """`check_ready` raises a Failure while something that the API needs is out of reach."""

    credentials: Credentials
    accounts: AccountCalls
    keys: KeyCalls
    domains: DomainStore
    inboxes: InboxCalls
    messages: MessageCalls
    live: LiveCalls
    check_ready: Callable[[], Awaitable[None]]
