"""Rules for what callers may write into messages, and for their ids, pure."""

from collections.abc import Sequence
from uuid import UUID

from api_gateway.edge.paging import is_id
from api_gateway.refusals import BadInput
from mayfly.mail.tags import MOST_TAGS, clean_tag, clean_tags

_RECENT_SECONDS = 60.0
# How far the clocks of smtp-ingest and gateway may differ.
_CLOCK_SLACK_SECONDS = 10.0


def require_tags(tags: Sequence[str]) -> list[str]:
    """The tags, each once; tags are compared without case. Raises BadInput for what would not be kept as written."""
    if len(tags) > MOST_TAGS:
        raise BadInput(f"at most {MOST_TAGS}", field="tags")
    if any(clean_tag(tag) != tag for tag in tags):
        raise BadInput("a tag has 1 to 100 letters, digits, `_ . @ -` and single blanks inside", field="tags")
    return clean_tags(tags)


def is_recent(message_id: str, now: float) -> bool:
    """Whether the mail of that message was received in the minute before `now` (seconds since 1970): ids say when."""
    if not is_id(message_id):
        return False
    age = now - (UUID(message_id).int >> 80) / 1000
    return -_CLOCK_SLACK_SECONDS < age < _RECENT_SECONDS
