"""HTML bodies as text: what a person sees, what is hidden from them, and the links.

Callers use the names below; everything else in this package is private (an import contract says so).
"""

from message_parser.domain.html.engines import read_html
from message_parser.domain.html.layout import Anchor, HtmlText, Surroundings

__all__ = ["Anchor", "HtmlText", "Surroundings", "read_html"]
