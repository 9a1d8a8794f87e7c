"""Lets keys take turns: each has a queue of its own, and one item of each is taken in turn.

So ten thousand items of one account are no longer way for the one item of another. Used by handlers.fan_out.
"""

from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Items by key, in the order they were added for each key. `len` counts items."""

    def __init__(self) -> None:
        self._queues: OrderedDict[str, deque[T]] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def waiting(self, key: str) -> int:
        """Items of one key."""
        return len(self._queues.get(key, ()))

    def first(self, key: str) -> T:
        """The item that `pop` would take. Raises KeyError when there is none."""
        return self._queues[key][0]

    def keys_in_turn(self) -> list[str]:
        """Keys with items, the one whose turn is next first."""
        return list(self._queues)

    def add(self, key: str, item: T) -> None:
        self._queues.setdefault(key, deque()).append(item)
        self._count += 1

    def take(self, limit: int, each: int, is_held: Callable[[str], bool] = lambda _: False) -> list[T]:
        """Up to `limit` items, one of each key in turn; at most `each` of one key, and none of keys that are held."""
        taken: list[T] = []
        of_key: Counter[str] = Counter()
        skipped = 0
        while len(taken) < limit and skipped < len(self._queues):
            key = next(iter(self._queues))
            if of_key[key] >= each or is_held(key):
                skipped += 1
                self._queues.move_to_end(key)
                continue
            skipped = 0
            of_key[key] += 1
            taken.append(self.pop(key))
        return taken

    def pop(self, key: str) -> T:
        """The first item of the key, whose next turn is after that of all others. Raises KeyError when it has none."""
        queue = self._queues[key]
        item = queue.popleft()
        self._count -= 1
        if queue:
            self._queues.move_to_end(key)
        else:
            del self._queues[key]
        return item
