"""Every warning that a message can carry, in one place: what was wrong with the mail and what was done about it.

The stages add them to `Mail.warnings`; a message with any of them has the status `partial`. docs/reading-mail.md
explains each one for users (a test holds the page to this list). Texts say nothing of the mail's content.
"""

from message_parser.domain import limits

# Header section
HEADER_CUT = f"header section over {limits.MAX_HEADER_OCTETS} octets: the rest of it was left out"
FIELDS_CUT = f"more than {limits.MAX_FIELDS} header fields: the rest was left out"
HEADER_UNENDED = "no blank line after the header: the body begins at the first line that is no header field"
HEADER_RESUMED = "blank lines before the first header field were skipped"
BARE_CR = "lone CR in the header: read as a line end where a header field or a blank line follows"

LONG_LINE = f"long line: other servers may refuse or break one over {limits.MAX_LINE_OCTETS} octets"

# Structure
PARTS_CUT = f"more than {limits.MAX_PARTS} parts: the rest was left out"
TOO_DEEP = f"nested deeper than {limits.MAX_DEPTH}: the rest was left out"
BOUNDARY_INFERRED = "the declared boundary was not found: parts were told apart by the delimiter lines in the body"
PART_UNDELIMITED = "a part had no delimiter line before it"
PART_AFTER_CLOSE = "parts after the closing delimiter were read too"
MULTIPART_ENCODED = "a multipart had a transfer encoding: decoded"
NO_PARTS = "a multipart in which no part was found is shown as it stands"
TYPE_IS_MULTIPART = "declared as a single part, but the body has delimiter lines: read as a multipart"
TYPE_UNREADABLE = "Content-Type cannot be read: taken as text"
HTML_UNDECLARED = "HTML without a readable Content-Type: shown as HTML"
SHOWN_RAW = "no readable part was found: the body is shown as it stands"
SHOWN_OTHER = "no text part: a part of another type is shown as the body"
SHOWN_ENCLOSED = "no text part: the enclosed message is shown as the body"

# Transfer encodings
ENCODING_UNKNOWN = "unknown transfer encoding: shown as it stands"
ENCODING_CONTRADICTED = "the content is not in the declared transfer encoding: shown as it stands"
BASE64_DAMAGED = "damaged base64: decoded as far as it goes"
BASE64_TRAILER = "plain text after the base64: shown as it stands"
UUENCODE_DAMAGED = "damaged uuencoding: decoded as far as it goes"

# Charsets
CHARSET_UNDECLARED = "no charset declared: guessed"
CHARSET_UNDECLARED_UTF8 = "no charset declared: read as UTF-8"
CHARSET_UNKNOWN = "unknown charset: guessed"
CHARSET_UTF8 = "not in the declared charset: read as UTF-8"
CHARSET_OVERRULED = "not in the declared charset: guessed"
CHARSET_DAMAGED = "octets outside the declared charset were replaced"

# What is kept
TEXT_CUT = f"text cut at {limits.MAX_BODY_OCTETS} octets"
HTML_CUT = f"html cut at {limits.MAX_BODY_OCTETS} octets"
HTML_TRUNCATED = "HTML nested too deep or with too many names: the rest was left out of the text"
ATTACHMENTS_CUT = f"more than {limits.MAX_ATTACHMENTS} attachments: the rest was left out"


def malformed_lines(count: int) -> str:
    """`count` lines of the header section are neither a field nor the continuation of one."""
    return f"{count} malformed header lines were left out"
