"""Maintenance mode: while it is on, every API call except the operator's answers 503."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mayfly.store.switches import Switches


class Maintenance:
    """Whether the API is closed for maintenance, as this replica knows it."""

    def __init__(self, switches: "Switches") -> None:
        self._switches = switches
        self.is_on = False

    async def refresh(self) -> None:
        """Read the switch from the store: at start, after a change, and after messages may have been missed."""
        self.is_on = await self._switches.maintenance()
