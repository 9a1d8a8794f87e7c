"""Removes comments (RFC 5322 section 3.2.2) from structured fields. Called by `parameters` and `dates`."""

import re

# A quoted pair outside of comments is matched too, so that its parenthesis begins none.
_COMMENT = re.compile(r"(\\.)|\((?:[^()\\]|\\.)*\)", re.DOTALL)
_MAX_LEVELS = 10


def without_comments(value: str) -> str:
    """A blank for each comment; nested ones are removed from the inside, ten levels deep."""
    for _ in range(_MAX_LEVELS):
        shorter = _COMMENT.sub(lambda match: match.group(1) or " ", value)
        if shorter == value:
            break
        value = shorter
    return value
