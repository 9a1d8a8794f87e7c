"""The features of a candidate: what can be said about a number, each by a name with a fitted weight. Used by `engine`.

FEATURES lists the functions that name those of one candidate. `case.Mail.features` names those that all candidates of
a mail share, and `engine` adds `in-subject-and-body`. A name is what `?explain=true` shows.
"""

from collections.abc import Callable

from message_parser.domain.otp import around, layout, look
from message_parser.domain.otp.case import Case

Feature = Callable[[Case], list[str]]
FEATURES: tuple[Feature, ...] = (
    around.of_label,
    around.of_other_label,
    around.of_sentence,
    around.of_surroundings,
    layout.of_lines,
    look.of_shape,
    look.of_line_mates,
    look.of_place,
    look.of_rivals,
)


def features(case: Case) -> list[str]:
    """All features of one candidate."""
    found = case.mail.features.copy()
    for feature in FEATURES:
        found += feature(case)
    return found
