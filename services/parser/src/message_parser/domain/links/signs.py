"""What is known of a link: the words of its text, of the sentence around it, of its URL and of the subject.

`features` turns the `Signs` of one link into features of each kind, `kinds` weighs them.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from string import ascii_letters
from typing import NamedTuple
from urllib.parse import unquote

from ahocorasick_rs import AhoCorasick, Implementation

from message_parser.domain.otp.words import BITS, Phrases, Table, phrases

KINDS = ("unsubscribe", "reset", "verify", "magic")
"""The kinds with words of their own; `other` is what is left. Where a phrase is in several lists the first counts."""
Hits = tuple[str, ...]
"""Kinds, in the order of their words in a text."""
TOPICS = {"password": "reset", "sign_up": "verify", "mailing": "unsubscribe", "account": "magic"}
"""Nouns that go with a kind whatever its verb is (words.toml)."""
_KIND_BITS = tuple((BITS[kind], kind) for kind in KINDS)
# Words of URLs, also glued to others (`passwordreset`).
_URL_WORDS = {
    "unsubscribe": re.compile(
        r"unsub|opt-?out|(?:^|\W)prefs|preferences|notification|subscriber|abmeld|desabonn|desinscri|desuscri|cancelar-?suscri"
        r"|afmeld|uitschrijv|odhlas|wypisz|avregistr|leiratkoz|dezabon|otpis"
    ),
    "reset": re.compile(
        r"reset|recover|forgot|lost-?pass|password|passwort|passwd|zuruecksetz|mot-?de-?passe|contrasena|nova-?senha"
        r"|haslo|heslo|parol|wachtwoord"
    ),
    "verify": re.compile(
        r"verif|confirm|activat|validat|bestaetig|aktivier|potwierdz|aktywuj|bevestig|conferma|double-?opt|invit"
    ),
    "magic": re.compile(r"magic|sign-?in|log-?in|one-?time|passwordless|(?:^|\W)(?:session|auth|sso|otl)(?:\W|$)"),
}
_ANY_URL_WORD = re.compile("|".join(words.pattern for words in _URL_WORDS.values()))
_NO_LETTERS = re.compile(r"\(\?:(?:\^\|)?\\W(?:\|\$)?\)|\(\?:|\)")  # of these patterns
_PAGE_NAMES = (
    r"help(?:-?cent(?:er|re))?|support|blog|docs?|documentation|faqs?|kb|knowledge(?:-?base)?|articles?|guides?|learn|news"
    r"|academy|community|forums?|hc|wiki|stories|posts?|press|legal|privacy|terms|polic(?:y|ies)|about|contact|status"
    r"|careers|jobs|downloads?|tips|tutorials?|developers?|resources|university|hilfe|aide|ayuda|aiuto|ajuda|pomoc"
    r"|hjelp|hjalp|tuki|ohje|yardim|bantuan|ajutor|sugo|impressum|datenschutz|magazin[eo]?|ratgeber"
)
_PAGE_PATH = re.compile(rf"/(?:{_PAGE_NAMES})(?:[/.?#_-]|$)")
_PAGE_HOST = re.compile(rf"(?:{_PAGE_NAMES})\.")
_PUBLIC_HOST = re.compile(
    r"(?:^|\.)(?:facebook|instagram|twitter|x|linkedin|youtube|tiktok|pinterest|apps\.apple|itunes\.apple|play\.google"
    r"|wikipedia|vk|weibo)\.(?:com|org)$|(?:^|\.)(?:t\.me|wa\.me|youtu\.be|discord\.gg)$"
)
_SLUG = re.compile(r"[a-z]{2,}(?:[-_][a-z0-9]+){3,}(?:[/.?#]|$)")
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|pdf|ics|css|ico)(?:[?#]|$)")
_RUN = re.compile(r"[A-Za-z0-9]{10,}(?:[_-]+[A-Za-z0-9_-]*)?")
_TOKEN_MARK = "\x00"  # noqa: S105
_NUMBERED = re.compile(r"/[A-Za-z_-]{0,20}[0-9][A-Za-z0-9_-]*/?$")
_NAMED_TOKEN = re.compile(r"(?:token|code|key|hash|sig|signature|ticket|jwt|secret)=[^&#]{6}", re.IGNORECASE)
_URL_LIKE = re.compile(r"(?:https?://|www\.)\S*|[\w.-]+\.[a-z]{2,12}(?:/\S*)?", re.IGNORECASE)
_QUESTION_MARKS = "?\uff1f\u061f;"
_MAX_URL_SEARCHED = 500
_MAX_GENERIC = 40
_ANNOUNCES, _NAMES_A_PAGE = "question or announcement", "names a page"
_ABOUT_PAGES = (_ANNOUNCES, _NAMES_A_PAGE)
_RANK = {"speaks": 0, "names": 1, "generic": 2}


class Around(NamedTuple):
    """One place where a link stands. `above`: the block above, when there are no words before it in its own block."""

    text: str
    before: str = ""
    after: str = ""
    above: str = ""
    is_button: bool = False
    is_late: bool = False
    is_first: bool = False


class Signs(NamedTuple):
    """What is known of one link. `mode`: whether its text speaks of a kind, is generic, or names something else.

    `topics`: kinds whose nouns occur in its text; `topics_around`: in the sentence around it.
    """

    mode: str
    text: Hits = ()
    before: Hits = ()
    above: Hits = ()
    after: Hits = ()
    path: Hits = ()
    query: Hits = ()
    subject: Hits = ()
    topics: Hits = ()
    topics_around: Hits = ()
    topics_subject: Hits = ()
    general: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class UrlSigns:
    """The signs of a URL. Compared by identity, which is cheap: `url_signs` remembers one object for each address."""

    path: Hits
    query: Hits
    general: tuple[str, ...]
    has_token: bool


class MailSigns(NamedTuple):
    """Facts of the mail. `subject`, `topics`: of its subject. `buttons`: how many links look like one, at most 2.

    `all_have_tokens`: as when every link is tracked.
    """

    subject: Hits = ()
    topics: Hits = ()
    buttons: int = 0
    all_have_tokens: bool = False


def signs_of(url: UrlSigns, places: Sequence[Around], mail: MailSigns) -> Signs:
    """The signs of a link that stands in `places`: the most telling place counts, the others add what is near them."""
    main = min(places, key=lambda place: _RANK[mode_of(place.text)])
    mode = mode_of(main.text)
    general = list(url.general)
    general += _text_signs(main.text)
    if mode == "generic":
        general += [f"{sign} before it" for sign in _text_signs(main.before or main.above) if sign in _ABOUT_PAGES]
    if url.has_token:
        general.append("token, as every link" if mail.all_have_tokens else "token")
    if any(place.is_button for place in places):
        general.append("the only button" if mail.buttons == 1 else "button")
    if len(places) > 1:
        general.append("repeated")
    if places[0].is_first:
        general.append("first")
    if main.is_late:
        general.append("late")
    before: Hits = ()
    for place in places:
        before = (*before, *hits_around(place.before)) if place is not main else before
    before += hits_around(main.before)
    return Signs(
        mode=mode,
        text=hits(main.text),
        before=before[-4:],
        above=hits_around(main.above)[-4:],
        after=hits_around(main.after)[:4],
        path=url.path,
        query=url.query,
        subject=mail.subject,
        topics=topics(main.text),
        topics_around=topics(main.before or main.above or main.after),
        topics_subject=mail.topics,
        general=tuple(general),
    )


@lru_cache(maxsize=4096)
def mode_of(text: str) -> str:
    """Whether a link's text `speaks` of a kind, is `generic` (click here), or `names` something else."""
    if hits(text):
        return "speaks"
    if not text or _URL_LIKE.fullmatch(text):
        return "generic"
    lowered = text.lower()
    is_generic = len(text) <= _MAX_GENERIC and _own("generic").occur_in(lowered) and not _own("page").occur_in(lowered)
    return "generic" if is_generic else "names"


@lru_cache(maxsize=4096)
def _text_signs(text: str) -> tuple[str, ...]:
    """General signs of a link's text."""
    if not text:
        return ("no text",)
    lowered = text.lower()
    signs = []
    if _URL_LIKE.fullmatch(text):
        signs.append("text is a URL")
    if text.rstrip()[-1:] in _QUESTION_MARKS or _own("question").occur_in(lowered):
        signs.append(_ANNOUNCES)
    if _own("page").occur_in(lowered):
        signs.append(_NAMES_A_PAGE)
    if len(text) > _MAX_GENERIC:
        signs.append("long text")
    return tuple(signs)


@lru_cache(maxsize=4096)
def hits(text: str) -> Hits:
    """The kinds that a text speaks of, in order, neighbours of the same kind once. Senders repeat their sentences."""
    if not text:
        return ()
    kinds: list[str] = []
    for hit in kind_words().find(text.lower()):
        kind = next(kind for bit, kind in _KIND_BITS if hit.lists & bit)
        if kinds[-1:] != [kind]:
            kinds.append(kind)
    return tuple(kinds)


@lru_cache(maxsize=4096)
def hits_around(text: str) -> Hits:
    """The kinds that a sentence near a link speaks of. An order or a journey that is confirmed is no address."""
    found = hits(text)
    if "verify" in found and phrases("context").occur_in(text.lower()):
        return tuple(kind for kind in found if kind != "verify")
    return found


@lru_cache(maxsize=4096)
def topics(text: str) -> Hits:
    """The kinds whose nouns occur in a text."""
    lowered = text.lower()
    return tuple(kind for name, kind in TOPICS.items() if text and _own(name).occur_in(lowered))


def url_signs(url: str) -> UrlSigns:
    """The signs of a URL; its scheme counts for nothing, the host only when it names a page."""
    return _signs_of_address(_RUN.sub(_marked, url.partition("://")[2][:_MAX_URL_SEARCHED]))


def has_token(url: str) -> bool:
    """Whether the URL has a token, as `url_signs` says, which takes longer."""
    begin = url.find("://") + 3
    path = url.find("/", begin)
    if path > 0 and "?" not in url[begin:path]:
        for run in _RUN.finditer(url, path, begin + _MAX_URL_SEARCHED):
            if _marked(run) == _TOKEN_MARK:
                return True
    return url_signs(url).has_token


def _marked(run: re.Match[str]) -> str:
    """_TOKEN_MARK for a run of letters and digits that has both; other runs are words or numbers and stay."""
    text = run.group()
    first = text.partition("-")[0].partition("_")[0]
    return text if first.isalpha() or first.isdecimal() else _TOKEN_MARK


@lru_cache(maxsize=4096)
def _signs_of_address(address: str) -> UrlSigns:
    """Of a URL without its scheme, with marks instead of tokens; cached, because only tokens are new in a new mail."""
    host, path, query = _split(address)
    general: list[str] = []
    words = _words_of(path)
    if len(path) <= 1:
        general.append("home page")
    if _PAGE_PATH.search(words):
        general.append("path of a page")
    if _PAGE_HOST.match(host) or _PUBLIC_HOST.search(host):
        general.append("host of a page")
    if _SLUG.search(words):
        general.append("path is a sentence")
    if _FILE.search(words):
        general.append("file")
    has_token = _TOKEN_MARK in path or _TOKEN_MARK in query or _NAMED_TOKEN.search(query) is not None
    if not has_token:
        general.append("short token" if "=" in query or _NUMBERED.search(path) else "no token")
    return UrlSigns(_url_hits(words), _url_hits(_words_of(query)), tuple(general), has_token)


def _split(rest: str) -> tuple[str, str, str]:
    """Host, path and query (with the fragment, where apps of one page keep their paths)."""
    at = min((found for mark in "/?#" if (found := rest.find(mark)) >= 0), default=len(rest))
    host, tail = rest[:at].lower(), rest[at:]
    at = tail.find("?")
    fragment = tail.find("#/")
    path, query = (tail, "") if at < 0 else (tail[:at], tail[at:])
    if at >= 0 and fragment > at:
        path, query = path + tail[fragment + 1 :], tail[at:fragment]
    return host, path, query


def _words_of(part: str) -> str:
    return (unquote(part) if "%" in part else part).lower().replace(_TOKEN_MARK, "")


def _url_hits(words: str) -> Hits:
    if not _ANY_URL_WORD.search(words):
        return ()
    return tuple(kind for kind in KINDS if _URL_WORDS[kind].search(words))


def kind_words() -> Phrases:
    """The words of all kinds."""
    return phrases(*KINDS)


@cache
def any_topic() -> Phrases:
    """The nouns of all topics."""
    return _own(*TOPICS)


@cache
def any_url_word() -> AhoCorasick:
    """The letters of all words of URLs, wherever they stand, and every escape for a letter or a dash."""
    written = "|".join(_NO_LETTERS.sub("", words.pattern) for words in _URL_WORDS.values())
    dashed = (word.split("-?") for word in written.split("|"))
    words = {"".join(parts) for word in dashed for parts in _joined(word)}
    escapes = {f"%{ord(character):02x}" for character in ascii_letters + "-"}
    return AhoCorasick(sorted(words | escapes), implementation=Implementation.DFA)


def _joined(parts: list[str]) -> list[list[str]]:
    """The parts of a word with and without each of the dashes between them."""
    if len(parts) == 1:
        return [parts]
    return [[parts[0], dash, *rest] for dash in ("", "-") for rest in _joined(parts[1:])]


def build_searches() -> None:
    """Build every search."""
    kind_words()
    phrases("context")
    any_topic()
    any_url_word()
    for name in ("generic", "page", "question", *TOPICS):
        _own(name)


@cache
def _own(*names: str) -> Phrases:
    lists = _own_lists()
    return Phrases(Table.of(phrase.lower() for name in names for phrase in lists[name]))


@cache
def _own_lists() -> dict[str, list[str]]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
