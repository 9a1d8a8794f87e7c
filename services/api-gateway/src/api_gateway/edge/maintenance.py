"""Maintenance mode: while it is on, every API call except the operator's gets a 503."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mayfly.store.switches import Switches


class Maintenance:
    """This replica's copy of the maintenance switch."""

    def __init__(self, switches: "Switches") -> None:
        self._switches = switches
        self.is_on = False

    async def refresh(self) -> None:
        """Read the switch from the store: at start, after a change, and after a reconnect to the broker."""
        self.is_on = await self._switches.maintenance()
