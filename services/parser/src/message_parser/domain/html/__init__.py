"""HTML mail as text: what is seen, what is hidden, and the links."""

from message_parser.domain.html.layout import Anchor, HtmlText, read_html

__all__ = ["Anchor", "HtmlText", "read_html"]
