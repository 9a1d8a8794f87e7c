"""Tells open live channels that the credentials they were opened with may have been taken away.

edge.credentials announces each change that this process hears of, its own and those of other replicas;
api_gateway.live follows.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

# After a reconnection all channels look at once; each look may ask the store.
_LOOKS_AT_ONCE = 32


class CredentialChanges:
    """Followers by the names that their credentials depend on. `looks`: limits how many look again at once."""

    def __init__(self) -> None:
        self._followers: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)
        self.looks = asyncio.Semaphore(_LOOKS_AT_ONCE)

    @contextmanager
    def follow(self, names: Collection[str], on_change: Callable[[], None]) -> Iterator[None]:
        """Call `on_change` whenever something changes that one of these names stands for, while the context lasts."""
        for name in names:
            self._followers[name].add(on_change)
        try:
            yield
        finally:
            for name in names:
                self._followers[name].discard(on_change)
                if not self._followers[name]:
                    del self._followers[name]

    def announce(self, name: str) -> None:
        for on_change in list(self._followers.get(name, ())):
            on_change()

    def announce_all(self) -> None:
        for on_change in {each for followers in self._followers.values() for each in followers}:
            on_change()
