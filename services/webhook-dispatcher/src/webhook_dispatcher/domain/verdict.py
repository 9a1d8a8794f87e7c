"""Decides from a response: delivered, retry after a delay, or given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

_MAX_RETRY_AFTER_SECONDS = 24 * 3600.0
_JITTER = 0.1
_ASKS_FOR_TIME = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Response:
    """The result of one attempt. `status` None: no response, for the reason in `error`. Times in seconds.

    `refused`: Mayfly itself does not call this destination.
    """

    duration: float
    status: int | None = None
    error: str | None = None
    retry_after: float | None = None
    excerpt: str = ""
    refused: bool = False

    @property
    def is_success(self) -> bool:
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_gone(self) -> bool:
        return self.status == HTTPStatus.GONE


def next_delay(response: Response, retries: Sequence[float], step: int, chance: float) -> float | None:
    """Seconds until the next attempt, None when there is none. `step` counts from 1 within the schedule.

    `chance` in [0, 1) adds up to 10 % of jitter. A `Retry-After` on 429 and 503 (RFC 9110 section 10.2.3) postpones the
    attempt further, by at most a day.
    """
    if response.is_success or response.is_gone or response.refused or step > len(retries):
        return None
    delay = retries[step - 1] * (1 + _JITTER * chance)
    if response.status in _ASKS_FOR_TIME and response.retry_after is not None:
        delay = max(delay, min(response.retry_after, _MAX_RETRY_AFTER_SECONDS))
    return delay
