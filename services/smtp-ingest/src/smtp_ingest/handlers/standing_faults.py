"""The commands MAIL and AUTH under a fault plan: fails them by chance where the session is known to send to one space.

Called by the session. RCPT and DATA, whose transactions are counted, are in `recipients`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from mayfly.records.fault_plan import Chance
from mayfly.records.inbox import Inbox
from smtp_ingest.domain.faults import fault_reply
from smtp_ingest.domain.replies import Rejected
from smtp_ingest.handlers.directory import Directory

_MILLISECONDS = 1000
Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class StandingFaults:
    directory: Directory
    chance: Chance

    async def check(
        self, command: Literal["auth", "mail"], space: Inbox | None, pause: Pause = asyncio.sleep, *, is_open: bool
    ) -> None:
        """Fail the command as the plan of `space` wants it, or as that of the default space on its port (`is_open`).

        `pause`: lets the peer wait that many seconds. Raises Rejected; TransientFailure when the store does not answer.
        """
        if space is None and is_open:
            space = await self.directory.default_space()
        if space is None or space.fault_plan is None:
            return
        step = space.fault_plan.standing(command, self.chance)
        if step is None:
            return
        await pause(step.delay_ms / _MILLISECONDS)
        if reply := fault_reply(step):
            raise Rejected(reply, "fault_plan")
