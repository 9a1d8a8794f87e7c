"""What each plan allows (docs: operators edit them in a TOML file; these are the presets)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

_Count = Annotated[int, Meta(ge=0)]


class Plan(Struct, frozen=True, kw_only=True):
    """A number that is None is without limit. `longest_ttl` in seconds; anonymous limits hold per IP address.

    `domain_choice`: which domains an inbox may be made on: the default one only, the public ones, one's own too.
    """

    name: str
    tier: _Count
    longest_ttl: Annotated[int, Meta(ge=1)]
    custom_local_part: bool = False
    domain_choice: Literal["none", "public", "any"] = "none"
    webhooks: bool = False
    persistent: bool = False


_HOUR = 3600
_DAY = 24 * _HOUR

PRESETS = {
    plan.name: plan
    for plan in (
        Plan(name="anonymous", tier=0, longest_ttl=_HOUR, custom_local_part=True, domain_choice="public"),
        Plan(name="free", tier=0, longest_ttl=_HOUR),
        Plan(name="hobbyist", tier=1, longest_ttl=_DAY, custom_local_part=True, webhooks=True),
        Plan(name="premium", tier=2, longest_ttl=_DAY, custom_local_part=True, domain_choice="any", webhooks=True),
        Plan(
            name="pro",
            tier=3,
            longest_ttl=7 * _DAY,
            custom_local_part=True,
            domain_choice="any",
            webhooks=True,
            persistent=True,
        ),
        Plan(
            name="team",
            tier=4,
            longest_ttl=30 * _DAY,
            custom_local_part=True,
            domain_choice="any",
            webhooks=True,
            persistent=True,
        ),
    )
}
