"""Where Mayfly's answers differ from Mailpit's and MailHog's on purpose, and why."""

from collections.abc import Callable
from typing import Any

from tests.system.mailpit.facts import ABSENT, Difference

_TAGS = "a tag keeps the spelling of each message, here `Alpha`; Mailpit gives all the first one's"
_LETTERS = "letters of all scripts stay in tags; Mailpit drops those beyond ASCII"
_NAMELESS = "attachments without a name get one and are listed; Mailpit counts them, but lists none"
_CALENDAR = "an invitation counts as an attachment, so that tests can get it"
_LAID_OUT = "text made from HTML is laid out as in the native API, with the texts of pictures"
_SNIPPET = "snippets are made from the text, and have 200 characters, not octets"
_SIZE = "the stored mail stays as received, and so does its size; the fields that Mailpit adds are made when it is read"
_JSON = "the texts of Go's errors in JSON say nothing that clients could use"
_LEFT_OUT = "left out: spam checks and thumbnails, on paths that answer as unknown ones"

_INVITATION = "<calendar>"


def _same_but_case(theirs: Any, ours: Any) -> bool:
    """The same tags, perhaps after a read flag."""
    return _folded(theirs) == _folded(ours)


def _same_but_letters(theirs: Any, ours: Any) -> bool:
    return _folded(theirs) == sorted(tag.removeprefix("ü") for tag in _folded(ours))


def _folded(value: Any) -> list[str]:
    tags = value[1] if isinstance(value[0], bool) else value
    return sorted(str(tag).lower() for tag in tags)


def _one_more(theirs: Any, ours: Any) -> bool:
    """The messages that a search found, and the invitation."""
    return _named(ours) - _named(theirs) == {_INVITATION} and _named(theirs) <= _named(ours)


def _one_less(theirs: Any, ours: Any) -> bool:
    return _one_more(ours, theirs)


def _named(found: str) -> set[str]:
    return {word for word in found.split() if word.startswith("<")}


def _page(_: str, ours: str) -> bool:
    """A page that has neither a script nor anything to load."""
    return ours.startswith("<!doctype html>") and "<script" not in ours and 'src="/' not in ours


def _files(*names: str) -> Callable[[Any, Any], bool]:
    return lambda _, ours: [file["FileName"] for file in ours] == list(names)


def _part(_: Any, ours: Any) -> bool:
    return (200, "inline") == (ours["status"], ours["Content-Disposition"].partition(";")[0])


def _of_the_received(_: Any, ours: Any) -> bool:
    """A size in octets; that of the source has a name."""
    return isinstance(ours, int) and ours > 0


def _words(_: str, ours: str) -> bool:
    return ours.startswith(("body: not valid JSON: ", "Expected `"))


def _longer(theirs: str, ours: str) -> bool:
    return len(ours.removesuffix("...")) == 200 and ours.startswith(theirs.removesuffix("..."))


MESSAGES = (
    Difference(
        r"messages > .* > summary > (To|Cc|Bcc)", "lists without entries are [] here, as in Mailpit's events", []
    ),
    Difference(
        r"messages > .* > html > body", "HTML is made safe, in a page that holds its pictures and loads nothing", _page
    ),
    Difference(r"messages > (bcc|bcc-header|no-id-no-date|no-to) > (message|summary) > Size", _SIZE, _of_the_received),
    Difference(r"messages > x-tags > (message|summary) > Tags", _TAGS, ["Alpha", "bad char", "New Customer", "Urgent"]),
    Difference(r"messages > no-text > message > Attachments", _NAMELESS, _files("attachment-0.pdf")),
    Difference(r"messages > forwarded > message > Attachments", _NAMELESS, _files("attachment-0.eml")),
    Difference(r"messages > (no-text|forwarded) > parts > attachment-0\.(pdf|eml)", _NAMELESS, _part),
    Difference(r"messages > calendar > message > Attachments", _CALENDAR, _files("attachment-0.ics")),
    Difference(r"messages > calendar > parts > attachment-0\.ics", _CALENDAR, _part),
    Difference(r"messages > calendar > summary > Attachments", _CALENDAR, 1),
    Difference(
        r"messages > html-only > (message > Text|text > body)",
        _LAID_OUT,
        "Welcome\n\nDear Ann, <confirm> your address.\n\n- one\n\n- two\n\nleft\n\nright\nbelow\n\nPrice 12 €",
    ),
    Difference(r"messages > inline > (message > Text|text > body)", _LAID_OUT, "Look: logo and"),
    Difference(r"messages > (html-long|text-long) > summary > Snippet", _SNIPPET, _longer),
    Difference(r"messages > inline > summary > Snippet", _SNIPPET, "Look: logo and"),
    Difference(
        r"messages > html-only > summary > Snippet",
        _SNIPPET,
        "Welcome Dear Ann, <confirm> your address. - one - two left right below Price 12 €",
    ),
    Difference(
        r"messages > no-text > (message > Text|text > body)",
        "a mail of nothing but a file that is readable as text shows that; this test's PDF is such a one",
        "%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n",
    ),
    Difference(
        r"messages > no-text > summary > Snippet",
        "as its text: what a file without any other text says",
        "%PDF-1.4 1 0 obj << /Type /Catalog >> endobj %%EOF",
    ),
    Difference(
        r"messages > null-sender > headers > body > Return-Path",
        "the null reverse-path is written as RFC 5321, section 4.4 has it",
        ["<>"],
    ),
    Difference(
        r"messages > null-sender > source > added",
        "the null reverse-path is written as RFC 5321, section 4.4 has it",
        ["Return-Path: <>", "Received: <trace>"],
    ),
    Difference(r"messages > quoted > message > Bcc", "a recipient with quotes that To names is no blind copy", []),
    Difference(
        r"messages > quoted > headers > body > Bcc", "a recipient with quotes that To names is no blind copy", ABSENT
    ),
    Difference(
        r"messages > quoted > source > added",
        "a recipient with quotes that To names is no blind copy",
        ["Return-Path: <shop@shop.example>", "Received: <trace>"],
    ),
    Difference(
        r"messages > api-small > headers > body > Content-Transfer-Encoding",
        "texts that are sent over HTTP are in Base64, so that they arrive to the letter",
        ["base64"],
    ),
    Difference(
        r"messages > api-small > source > fields",
        "texts that are sent over HTTP are in Base64, so that they arrive to the letter",
        lambda theirs, ours: sorted([*theirs, "Content-Transfer-Encoding"]) == ours,
    ),
    Difference(
        r"messages > api-full > headers > body > Content-Type",
        "made boundaries differ in form",
        lambda _, ours: len(ours) == 1 and ours[0].startswith('multipart/mixed; boundary="=_'),
    ),
    Difference(
        r"messages > api-full > headers > body > Subject",
        "encoded words are the shorter of Q and B",
        ["=?utf-8?q?Sent_over_HTTP_=E2=9C=93?="],
    ),
)

TAGS = (
    Difference(r"after reading > info > body > Tags > Alpha", _TAGS, 2),
    Difference(r"after reading > info > body > Tags > alpha", _TAGS, ABSENT),
    Difference(r"(after reading > tags|lists > all) > body( > tags)?", _TAGS, _same_but_case),
    Difference(
        r"changes > (one|all|a search|tags of|tags replaced|tags removed).* > tags",
        _TAGS,
        _same_but_case,
    ),
    Difference(r"changes > .* > changed > x-tags", _TAGS, _same_but_case),
    Difference(r"changes > tags replaced > changed > plain", _TAGS, [True, ["a b", "ALPHA", "spaced out"]]),
    Difference(r"changes > a long tag > changed > dots", _LETTERS, [True, ["user@host.example", "x" * 100, "ümlaut"]]),
    Difference(r"changes > (a long tag|tag |chaos ).* > tags", _LETTERS, _same_but_letters),
    Difference(r"ends > delete (unknown|two and an unknown one|a search.*) > tags", _LETTERS, _same_but_letters),
    Difference(
        r"mistakes > rename a tag to nothing > body", "the refused name is told as it was given", "invalid tag name: *"
    ),
)

SEARCHES = (
    Difference(
        r"searches > -",
        "a text to search for",
        "<forwarded> <calendar> <no-text> <html-only> (4, unread 4)",
    ),
    Difference(r"searches > --", "without this text", lambda _, ours: ours.endswith("<plain> (28, unread 28)")),
    Difference(r"searches > (-larger:1MB )?has:attachment", _CALENDAR, _one_more),
    Difference(r"searches > HAS:attachments", _CALENDAR, _one_more),
    Difference(r"searches > -has:attachments", _CALENDAR, _one_less),
    Difference(
        r"searches > (GRÜSSE|grüsse)",
        "case is folded by Unicode, so `ss` finds `ß`",
        "<words> <html-long> (2, unread 2)",
    ),
    Difference(
        r'searches > cc:"lee, dan"', "a comma in quotes is part of what is searched for", "<several> (1, unread 1)"
    ),
    Difference(r"searches > logo\.png", "names of pictures within the HTML are found, too", "<inline> (1, unread 1)"),
    Difference(r"ends > delete a search > changed > calendar", _CALENDAR, None),
    Difference(r"ends > delete all > changed > calendar", _CALENDAR, ABSENT),
)

REFUSALS = (
    Difference(r"mistakes > delete with (a form|broken JSON) > body", _JSON, _words),
    Difference(r"mistakes > read status of a wrong type > body", _JSON, _words),
    Difference(r"mistakes > send (a list|an address that is no object|no JSON) > body > Error", _JSON, _words),
    Difference(r"mistakes > (no SpamAssassin|unknown part's thumb) > body", _LEFT_OUT, "404 page not found"),
    Difference(r"mistakes > no SpamAssassin > type", _LEFT_OUT, "text/plain"),
    Difference(r"mistakes > unknown part's thumb > status", _LEFT_OUT, 404),
    Difference(
        r"mistakes > unknown path > body", "an unknown path is told as an unknown message", "404 page not found"
    ),
    Difference(r"mistakes > unknown path > type", "an unknown path is told as an unknown message", "text/plain"),
    Difference(r"on an empty server > webui > body > Label", "the space has a name", "Default space"),
)

MAILPIT = MESSAGES + TAGS + SEARCHES + REFUSALS

_PROBES = "probes answer as those of all of Mayfly's programs, with a few words of JSON"
_RELATIVE = "redirects are relative, so that they hold below /mailpit/<space>, too"

MANNERS = (
    Difference(r"GET /(livez|readyz)( Origin: .*)? > Content-Type", _PROBES, "application/json"),
    Difference(
        r"GET / > Content-Type", "there is no web application, but a list of what the API has", "application/json"
    ),
    Difference(r"GET //view/{html-only}\.html > Location", "doubled slashes are read as one", ABSENT),
    Difference(r"GET //view/{html-only}\.html > status", "doubled slashes are read as one", 200),
    Difference(r"GET /api/v1/messages/ > Content-Type", "a slash at the end changes nothing", "application/json"),
    Difference(r"GET /api/v1/messages/ > status", "a slash at the end changes nothing", 200),
    Difference(
        r"GET /api/v1/messages Origin: OWN > Access-Control-Allow-Origin",
        "pages of the same origin need no permission (Fetch standard, section 3.2)",
        ABSENT,
    ),
    Difference(r"GET /view/latest(\?query=subject:meeting)? > Location", _RELATIVE, "<calendar>"),
    Difference(r"GET /view/latest\?query=nothing-has-this > Location", _RELATIVE, "../search"),
    Difference(
        r"OPTIONS /api/v1/messages Origin: http://evil\.example > status",
        "a preflight of another origin is answered without a permission, which is a refusal",
        200,
    ),
    Difference(
        r"OPTIONS /api/v1/messages Origin: http://evil\.example > Content-Type",
        "a preflight of another origin is answered without a permission, which is a refusal",
        "text/plain",
    ),
)


def _marked(theirs: Any, ours: Any) -> bool:
    return theirs == ABSENT and ours.keys() == {"ID", "Read"}


EVENTS = (
    Difference(
        r"all read > update <(plain|several|x-tags)>", "up to 200 messages that are marked are named, too", _marked
    ),
    Difference(r"unread > update <(several|x-tags)>", "every message of the call is named, changed or not", _marked),
    Difference(
        r"sent x-tags > new <x-tags> > Tags",
        "tags are in the order of lists, without regard to case",
        ["Alpha", "bad char", "New Customer", "Urgent"],
    ),
    Difference(r"sent x-tags > update <x-tags>", "the tags that a mail brings are told once, by `new`", ABSENT),
)

_BY_CONTENT = "what the mail says is searched, as it is decoded, and not the source"

MAILHOG = (
    Difference(r"GET /api/v2/jim > answer > type", "answers without a body name a type, too", "application/json"),
    Difference(r"searches > (other x|to ) > type", "answers without a body name a type, too", "application/json"),
    Difference(r"parts > 0 > type", "no charset, because nobody checked it", "text/plain"),
    Difference(r"parts > 2 > type", "no charset, because nobody checked it", "text/csv"),
    Difference(r"searches > containing HTML version > body > (count|total)", _BY_CONTENT, 1),
    Difference(r"searches > containing HTML version > body > items", _BY_CONTENT, ["<alternative>"]),
    Difference(r"searches > containing text/plain > body > (count|total)", _BY_CONTENT, 0),
    Difference(r"searches > containing text/plain > body > items", _BY_CONTENT, []),
)
