"""How smtp-ingest says no.

Failure
└── PermanentFailure
    └── BadSyntax       a command or a header that the grammar does not allow

What the peer gets to hear is smtp_ingest.domain.replies.Rejected: a reply, and the reason it is counted under.
"""

from mayfly.failures import PermanentFailure


class BadSyntax(PermanentFailure):
    """Octets from the peer do not follow the grammar; the reason says which rule."""
