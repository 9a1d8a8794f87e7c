"""The clock that waits are measured by."""

from __future__ import annotations

import time

_MONOTONIC = getattr(time, "CLOCK_MONOTONIC", None)


def monotonic() -> float:
    """Return seconds that go on, also in a test that has frozen the time: freezegun stops `time.monotonic`.

    Else a wait inside such a test would never end.
    """
    return time.monotonic() if _MONOTONIC is None else time.clock_gettime(_MONOTONIC)
