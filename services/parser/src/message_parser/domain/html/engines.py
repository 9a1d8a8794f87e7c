"""`read_html`, and which of two engines reads which markup. Called by domain.stages through the package.

| engine | reads | cost of 17 kB (ADR 0012) |
|---|---|---|
| `read_strict` | markup that is strictly nested, so that a browser has nothing to repair | 133 us |
| `read_repaired` | all other markup, once lexbor has parsed it like a browser and closed every element | 220 us |

Both give the same result wherever the first gives one; tests/unit/test_html_engines.py checks that.
"""

from message_parser.domain import limits
from message_parser.domain.html.bounds import truncate, without_options
from message_parser.domain.html.layout import HtmlText, lay_out
from message_parser.domain.html.markup import repaired_markup, strict_markup
from message_parser.domain.html.nesting import NeedsRepair, root_of
from message_parser.domain.html.reopened import truncate_reopened

# No tool for mail writes more, and markup that turns out to need repair has been read in vain.
_MAX_STRICT_CHARACTERS = 256 * 1024


def read_html(html: str) -> HtmlText:
    """The text and the links of `html` (its first 2 Mi characters), as a browser would understand it."""
    considered = html[: limits.MAX_BODY_CHARACTERS]
    try:
        return read_strict(considered)
    except NeedsRepair:
        considered = without_options(considered)
        bounded = truncate_reopened(truncate(considered))
        html_text = read_repaired(bounded)
    html_text.is_truncated = len(bounded) < len(considered)
    return html_text


def read_strict(html: str) -> HtmlText:
    """Read markup as it is written. Raises NeedsRepair where a browser would understand something else."""
    if len(html) > _MAX_STRICT_CHARACTERS:
        raise NeedsRepair
    markup = strict_markup(html)
    return lay_out(markup, root_of(markup.text))


def read_repaired(html: str) -> HtmlText:
    """Read markup as a browser repairs it."""
    return lay_out(repaired_markup(html), root=None)
