"""Prepares what searches look into: the texts of a mail, folded. Called by the stage `search_text`.

The store compares these octet by octet with what somebody searches for (mayfly.store.search_queries), so the work of
folding is done once, here.
"""

from mayfly.mail.folding import fold
from mayfly.records.search import Folded
from message_parser.domain import limits
from message_parser.domain.parsed import Parsed

_PARAGRAPHS = 200
_MISSES = 10  # after which the text is another one; each costs a look at all that is shown
# Characters to look at: the first figure nearly always suffices, the second is for much white space.
_SNIPPET_LENGTHS = (2 * limits.SNIPPET_CHARACTERS, 10 * limits.SNIPPET_CHARACTERS)
_APART = "\n"  # is in no folded text, so that nothing is found across two texts


def fold_texts(parsed: Parsed, shown: str, text: str) -> Folded:
    """The mail's own texts, without the envelope. `shown`: what the HTML shows; `text`: the text parts."""
    names = dict(parsed.names)
    return Folded(
        sender=fold(f"{parsed.from_name} {parsed.from_address}"),
        to=_mailboxes(parsed.to, names),
        cc=_mailboxes(parsed.cc, names),
        bcc=_mailboxes(parsed.bcc, names),
        reply_to=_mailboxes(parsed.reply_to, names),
        subject=fold(parsed.subject),
        body=_body(parsed, shown[: limits.MAX_SEARCHED_CHARACTERS], text[: limits.MAX_SEARCHED_CHARACTERS]),
    )


def make_snippet(shown: str, text: str) -> str:
    """How the mail begins, on one line: at most 300 characters of what the HTML shows, else of the text."""
    for source in (shown, text):
        for length in _SNIPPET_LENGTHS:
            words = " ".join(source[:length].split())
            if len(words) >= limits.SNIPPET_CHARACTERS or len(source) <= length:
                break
        if words:
            return words[: limits.SNIPPET_CHARACTERS]
    return ""


def _mailboxes(addresses: list[str], names: dict[str, str]) -> str:
    return fold(" ".join(f"{names.get(address, '')} {address}" for address in addresses)) if addresses else ""


def _body(parsed: Parsed, shown: str, text: str) -> str:
    pieces = [fold(shown)]
    pieces.append(_not_in(pieces[0], text) if pieces[0] else fold(text))
    pieces.append(fold(parsed.hidden_text))
    urls = list(dict.fromkeys(link.url for link in parsed.links))
    pieces.append(fold(" ".join(urls)[: limits.MAX_SEARCHED_URL_CHARACTERS]))
    return _APART.join(filter(None, pieces))[: limits.MAX_SEARCHED_CHARACTERS]


def _not_in(shown: str, text: str) -> str:
    """The paragraphs of the text that are not in `shown`: most mails say the same in both."""
    kept: list[str] = []
    paragraphs = text.split("\n\n", _PARAGRAPHS)
    for number, paragraph in enumerate(paragraphs):
        if len(kept) == _MISSES:
            kept.append(fold("\n\n".join(paragraphs[number:])))
            break
        if (folded := fold(paragraph)) not in shown:
            kept.append(folded)
    return " ".join(kept)
