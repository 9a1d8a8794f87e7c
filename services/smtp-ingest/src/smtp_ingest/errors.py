"""Exceptions of smtp-ingest.

Failure
└── PermanentFailure
    └── BadSyntax       a command or a PROXY header breaks the grammar

smtp_ingest.domain.replies.Rejected holds the reply to the peer and the reason for the metric.
"""

from mayfly.failures import PermanentFailure


class BadSyntax(PermanentFailure):
    """Octets from the peer break the grammar; the reason says which rule."""
