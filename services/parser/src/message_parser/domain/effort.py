"""Bounds the slow steps of a stage over one mail, in all parts of the mail together.

A step is what costs about a microsecond because Python does it, not a codec: a line, a block, an escape sequence. Real
mail needs few of them; a mail of a thousand parts could otherwise ask for a limit's worth in each part. `parse` renews
the steps before each stage. The state is global: a process runs one stage over one mail at a time.
"""

from message_parser.domain import limits


class _Effort:
    left = limits.MAX_STEPS


_effort = _Effort()


def renew() -> None:
    """Begin a stage over a mail."""
    _effort.left = limits.MAX_STEPS


def spend(steps: int) -> bool:
    """Whether that many steps may be taken; all or none."""
    if steps > _effort.left:
        return False
    _effort.left -= steps
    return True


def take(steps: int) -> int:
    """How many of the steps may be taken."""
    taken = min(steps, _effort.left)
    _effort.left -= taken
    return taken
