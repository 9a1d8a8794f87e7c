"""What all connections of the process share: settings, handlers, limits, certificate."""

from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Protocol

from mayfly.mail.peers import is_within
from smtp_ingest import metrics
from smtp_ingest.domain import replies
from smtp_ingest.domain.limits import Occupancy, RatePerMinute
from smtp_ingest.domain.replies import Reply
from smtp_ingest.entrypoints.budget import OctetBudget
from smtp_ingest.entrypoints.inbound import Inbound
from smtp_ingest.entrypoints.patience import Patience
from smtp_ingest.entrypoints.tls import Certificate
from smtp_ingest.handlers.logins import Logins
from smtp_ingest.handlers.reception import Reception
from smtp_ingest.handlers.recipients import Recipients
from smtp_ingest.handlers.standing_faults import StandingFaults
from smtp_ingest.settings import Settings, networks

_EXEMPT_WRONG_LOGINS = 50


class OpenConnection(Protocol):
    """The part of a connection that the listener uses. `peer`: who its address counts as, "" before that is known."""

    peer: str
    inbound: Inbound
    patience: Patience

    def cut_off(self, reply: Reply, reason: str) -> None: ...
    def check_patience(self, now: float) -> None: ...
    def stop(self) -> None: ...
    def abort(self) -> None: ...


@dataclass
class Services:
    """Created once by `app`; the limits are derived from the settings."""

    settings: Settings
    recipients: Recipients
    reception: Reception
    logins: Logins
    faults: StandingFaults
    certificate: Certificate | None = None
    is_stopping: bool = False
    connections: set[OpenConnection] = field(default_factory=set)
    occupancy: Occupancy = field(init=False)
    rates: RatePerMinute = field(init=False)
    _wrong_logins: tuple[RatePerMinute, RatePerMinute] = field(init=False)
    budget: OctetBudget = field(init=False)

    def __post_init__(self) -> None:
        settings = self.settings
        self.occupancy = Occupancy(settings.smtp_connections_per_ip)
        self.rates = RatePerMinute(settings.smtp_mails_per_minute_per_ip)
        wrong = settings.smtp_wrong_logins_per_minute_per_ip
        self._wrong_logins = RatePerMinute(wrong), RatePerMinute(wrong * _EXEMPT_WRONG_LOGINS)
        self.budget = OctetBudget(settings.smtp_inflight_octets, settings.smtp_message_octets)
        metrics.IN_FLIGHT_OCTETS.set_function(lambda: self.budget.taken)
        metrics.OPEN_CONNECTIONS.set_function(lambda: len(self.connections))

    @property
    def is_full(self) -> bool:
        """Whether the connection that asks exceeds the limit of connections."""
        return len(self.connections) > self.settings.smtp_connections

    def make_room(self, peer: str) -> bool:
        """Close a connection of the peer that has most, if `peer` has fewer: the one whose time is over first.

        False when there is none that waits for its peer.
        """
        own = self.occupancy.of(peer)
        idle = [
            (self.occupancy.of(other.peer), -other.patience.deadline, other)
            for other in self.connections
            if other.inbound.is_waiting and self.occupancy.of(other.peer) > own
        ]
        if idle:
            max(idle, key=itemgetter(0, 1))[2].cut_off(replies.CROWDED, "crowd")
        return bool(idle)

    def is_trusted_proxy(self, address: str) -> bool:
        """Whether connections from this address begin with a PROXY header."""
        return _is_in(address, self.settings.smtp_proxy_cidrs)

    def wrong_logins(self, address: str) -> RatePerMinute:
        """The limit of wrong logins for this peer. Exempt ones have a high one: each costs a question to the store."""
        return self._wrong_logins[self.is_exempt(address)]

    def tidy(self) -> None:
        """Drop unused rate limits; called every 30 s."""
        for rates in (self.rates, *self._wrong_logins):
            rates.forget_full()
        self.recipients.tidy()

    def is_exempt(self, address: str) -> bool:
        """Whether limits per IP do not apply to this peer."""
        return _is_in(address, self.settings.smtp_exempt_cidrs)


@lru_cache(maxsize=4096)
def _is_in(address: str, cidrs: tuple[str, ...]) -> bool:
    return is_within(address, networks(cidrs))
