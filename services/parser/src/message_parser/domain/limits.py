"""Every limit on what one mail may cost. Past a limit the rest is left out of the message with a warning.

Nothing is lost: the raw message is stored complete. The table in docs/extraction.md repeats these figures.
"""

KIB = 1024
MIB = 1024 * KIB

MAX_HEADER_OCTETS = 256 * KIB  # of the top header section
MAX_FIELDS = 1_000
MAX_FIELD_VALUE_CHARACTERS = 16 * KIB  # kept of one field; the longest real ones are ARC seals near 4 KiB
MAX_PART_FIELD_CHARACTERS = 4 * KIB  # Content-Type and similar; longer RFC 2045 parameters are an attack
MAX_PARAMETERS = 50
MAX_ADDRESSES = 500  # per field
MAX_PARTS = 1_000
MAX_DEPTH = 100
MAX_SEARCHED_OCTETS = 256 * MIB  # for delimiter lines, at all levels together; each level searches what is below it
MAX_STEPS = 1_000_000  # of a stage over one mail that Python takes one by one, each about 1 us (`effort`)
MAX_BODY_CHARACTERS = 2 * MIB  # of one body, decoded or laid out
MAX_BODY_OCTETS = 2 * MIB  # in UTF-8, of `text` and `html` each, as kept in the message document (MongoDB: 16 MiB)
MAX_SCANNED_CHARACTERS = 1 * MIB  # of a body, searched for links; for codes see otp.engine.MAX_CHARACTERS
MAX_ATTACHMENTS = 1_000
MAX_LINKS = 1_000
MAX_LINKS_CHARACTERS = 1 * MIB  # of all URLs and link texts together
MAX_URL_CHARACTERS = 8 * KIB
MAX_LINK_TEXT_CHARACTERS = 300
MAX_HIDDEN_CHARACTERS = 16 * KIB
MAX_FILENAME_CHARACTERS = 200
MAX_SEARCHED_CHARACTERS = 32 * KIB  # of a mail's bodies and links together, kept a second time for searches
MAX_SEARCHED_URL_CHARACTERS = 8 * KIB  # of that, of links
MAX_LINE_OCTETS = 998  # RFC 5322 section 2.1.1; a longer line is only warned of
MAX_WARNINGS = 50
PREVIEW_CHARACTERS = 140
SNIPPET_CHARACTERS = 300
