"""The work that hostile text and markup cause, counted in calls, characters and elements instead of seconds."""

import ast
import base64
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import pytest

from message_parser.domain import limits, links, otp, transfer
from message_parser.domain.html import HtmlText, automaton, read_html, reopened
from message_parser.domain.html.bounds import truncate, without_options
from message_parser.domain.html.markup import repaired_markup
from message_parser.domain.html.reopened import truncate_reopened
from message_parser.domain.html.visibility import hidden_classes
from message_parser.domain.links import find_links, urls
from message_parser.domain.links import signs as link_signs
from message_parser.domain.otp.prepare import SEARCHED
from message_parser.domain.otp.words import phrases
from message_parser.domain.wrapped_urls import find_wrapped_urls
from tests.corpus.corpus import read_corpus


def calls(work: Callable[[], object]) -> Counter[str]:
    """How often each function is called, by its name; those written in C, too."""
    counted: Counter[str] = Counter()

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            counted[frame.f_code.co_name] += 1
        elif event == "c_call":
            counted[argument.__name__] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def numbered(markup: str, count: int = 400) -> str:
    """The markup again and again, with a number for each `#`."""
    return "".join(markup.replace("#", str(number)) for number in range(count))


UNCLOSED = numbered("<b id=#>")
PARAGRAPHS = "<p>x</p>" * 3_000


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{UNCLOSED}</p>",
        f"<P>{UNCLOSED.upper()}</P>",
        numbered("<strike id=#></stri\u212ae>") + "</p>",
        numbered("<b id=#></b\u00a0>") + "</p>",
        numbered("<select><nobr id=#></p>"),
        f"<p>{UNCLOSED}<table>{'</b>' * 400}</table></p>",
        f"<p>{UNCLOSED}<!-- > {'</b>' * 400}--></p>",
        f"<p>{UNCLOSED}<textarea>{'</b>' * 400}</textarea></p>",
        f"<p title='>'>{UNCLOSED}<p title='>{'</b>' * 400}'></p>",
        f"<table>{numbered('<b id=#><td></b></td>')}</table>",
        numbered("<i id=#><b id=#>", 250) + "</i>x" * 2_500,
        "<p>" + numbered("<font face=#" + 1_000 * "a" + ">", 50) + "</p>",
        "<p><a href=x><marquee><p><a href=" + "a" * 100_000 + "></p>",
    ],
)
def test_formatting_that_is_never_closed_is_not_repeated_without_end(html):
    written = html + PARAGRAPHS
    assert 2 * reopened._MAX_CHARACTERS > len(repaired_markup(truncate_reopened(written)).text)
    assert read_html(written).is_truncated


@pytest.mark.parametrize(
    "html",
    [
        "<p><font color=red>a <b>b</b> <i>c</i></font> <a href=https://a.example/>d</a>" * 4_000,
        numbered("<p><b id=#>a</b><br>", 4_000),
        "<p><b>a" * 400 + "</b></p>" * 400 + PARAGRAPHS,
        f"<p>{UNCLOSED[:400]}</p>{PARAGRAPHS}",
        "<ul><li><b>a</b><li><!-- b --><i>c</i></ul><P><FONT COLOR=red>d</FONT></P>" * 1_000,
    ],
)
def test_formatting_that_is_closed_or_repeats_itself_is_read_whole(html):
    assert html == truncate_reopened(html)


def test_end_tags_of_what_is_not_open_do_not_make_markup_less_deep():
    html = "<div></x>" * 3_000
    assert truncate(html) == html[: html.index("<div>", 512 * 9)]
    assert truncate("<div></div>" * 3_000) == "<div></div>" * 3_000


@pytest.mark.parametrize("content", ["ab&amp;<i>cd</i> ", "&nbsp;<i> </i>"])
def test_nested_links_read_only_the_beginning_of_what_is_in_them(content):
    nested = numbered('<a href="https://a.example/#"><marquee>', 100)
    html = nested + content * (40_000 // len(content))
    counted = calls(lambda: read_html(html).text)
    assert 250_000 > counted["resolve_references"] + counted["unescape"]


def test_the_text_of_a_link_is_whole_up_to_its_limit():
    content = "<span>\n          &#1050;&nbsp;<b>b</b> </span>" * 90
    shown = " ".join(["К b"] * 90)
    assert shown[: limits.MAX_LINK_TEXT_CHARACTERS] == read_html(f"<a href=x>{content}</a>").anchors[0].text


@pytest.mark.parametrize(
    ("sheet", "hidden"),
    [
        (".a{display:none}.b{color:red}p.c,.d > p,.e{display : none}", {"a", "c", "e"}),
        (f"/*{'x' * 90_000}*/.a{{display:none}}", set()),
        (f"{'a ' * 40_000},.a{{display:none}}", {"a"}),
        (f".b{{background:url(data:image/png;base64,{'A' * 60_000})}}.a{{display:none}}", {"a"}),
        (f".b{{display:none;background:url({'A' * 6_000})}}", set()),
        (".b{.a{display:none}", {"a"}),
        (".a{display:none", set()),
        ("}}.a{display:none}}{{}", {"a"}),
        ("@media print{.b{display:none}}@import x;.a{display:none}", {"a"}),
        ("none" + "@;" * 40_000 + ".a{display:none}", {"a"}),
        ("none" + "a{b" * 30_000, set()),
    ],
)
def test_a_style_sheet_is_read_rule_by_rule(sheet, hidden):
    assert hidden == hidden_classes(sheet)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (")" * 8_000, ""),
        ("(a)" + ")]." * 2_000, "(a)"),
        ("[(" + ")]" * 3_000, "[()]"),
        ("x" + "**)" * 2_000, "x"),
    ],
)
def test_brackets_behind_a_url_are_counted_once(written, url):
    text = f"https://a.example/{written}"
    assert [f"https://a.example/{url}"] == [link.url for link in find_links(HtmlText(), [text], "")]
    assert 20 > calls(lambda: find_links(HtmlText(), [text], ""))["count"]


class Searched(str):
    """A text that adds up how many characters `rfind` may look at."""

    __slots__ = ("looked_at",)

    def __init__(self, _: str) -> None:
        self.looked_at = 0

    def rfind(self, part: str, start: int = 0, end: int | None = None) -> int:
        self.looked_at += (len(self) if end is None else end) - start if part == "\n" else 0
        return super().rfind(part, start, end)


def test_many_wrapped_urls_in_one_line_do_not_search_it_again_and_again():
    text = Searched("<https://a.example/ b1/> " * 4_000)
    assert 4_000 == len(list(find_wrapped_urls(text)))
    assert 4_000 * 2_000 >= text.looked_at


def test_a_quoted_line_of_usual_length_may_hold_a_wrapped_url():
    text = f"> {'word ' * 300}<https://a.example/v?t=aaa\n> bbb>"
    assert ["https://a.example/v?t=aaabbb"] == [found.url for found in find_wrapped_urls(text)]


def test_a_link_that_is_too_long_is_not_joined_with_its_base():
    base = "https://a.example/b/"
    assert "https://a.example/b/x" == urls.absolute("x", base)
    kept = urlsplit.cache_info().misses
    assert "" == urls.absolute("x" * (limits.MAX_URL_CHARACTERS + 1), base)
    assert kept == urlsplit.cache_info().misses
    assert "" == urls.absolute("x" * limits.MAX_URL_CHARACTERS, base)


def test_short_tags_fill_the_memory_of_states_as_long_ones_do():
    kept = automaton.Automaton()
    state = start = kept.start(None, frozenset())
    for number in range(20_000):
        state = kept.follow(state if number % 300 else start, f"<{chr(97 + number % 26)}>").state
    states = 0
    remaining = [start]
    while remaining:
        state = remaining.pop()
        states += 1
        remaining += state.children.values()
    assert 1_000 < states < automaton._MAX_KEPT_OCTETS // 1_000
    assert not kept.start(None, frozenset()).children


def test_hidden_classes_fill_it_too():
    kept = automaton.Automaton()
    for number in range(200):
        kept.start(None, frozenset(f"{number}-{name}" for name in range(1_000)))
    assert 100 > len(kept._starts)


def test_a_list_to_choose_from_of_any_length_is_read_in_time():
    shown = read_html(f"<p>before</p><select>{'<option value=1>one</option>' * 50_000}</select><p>behind</p>")
    assert "before\n\nbehind" == shown.text
    assert not shown.is_truncated
    few = "<select><option>a<OPTION>b</select>"
    assert few == without_options(few)
    assert "<select>ab</select>" * 600 == without_options(few * 600)


def test_base64_is_not_searched_for_words_that_it_cannot_have():
    octets = base64.encodebytes(b"<p>some text</p>" * 1_000)
    assert 0 == calls(lambda: transfer.decode(octets, b"base64", [], is_text=True))["search"]


def test_every_search_is_built_before_the_first_mail():
    called = set()
    for file in Path(otp.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "phrases":
                names = [name.value for name in node.args if isinstance(name, ast.Constant)]
                if len(names) == len(node.args):
                    called.add(tuple(names))
    assert called
    assert called <= set(SEARCHED)


def test_no_mail_builds_a_search():
    otp.prepare()
    links.prepare()
    built = phrases.cache_info().misses, link_signs._own.cache_info().misses
    for mail in read_corpus():
        shown = read_html(mail.html)
        otp.find_codes(mail.subject, otp.Body(mail.text), lambda shown=shown: otp.Body(shown.text))
        links.find_links(shown, [mail.text], "", mail.subject)
    assert built == (phrases.cache_info().misses, link_signs._own.cache_info().misses)


def test_long_tags_of_wide_characters_count_as_what_they_take():
    kept = automaton.Automaton()
    start = kept.start(None, frozenset())
    for number in range(100):
        kept.follow(start, f'<p title="{number}{chr(0x1F600) * 100_000}">')
    taken = sum(sys.getsizeof(key) for key in (*start.children, *start.transitions))
    assert automaton._MAX_KEPT_OCTETS // 4 < taken < automaton._MAX_KEPT_OCTETS
