"""Mails with many links and long tables: what is left out to save time changes no answer."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.parser_mails import newsletter
from message_parser.domain import otp
from message_parser.domain.html import HtmlText, layout, read_html
from message_parser.domain.html.engines import read_repaired
from message_parser.domain.links import find_links, find_signs
from message_parser.domain.links.kinds import choose, weights
from message_parser.domain.otp.engine import Body, texts_of
from message_parser.domain.parse import parse

VALUES = ["x", "a&amp;b", "&copy;", "", "a > b", " class=", "/x?a=1&b=2", "&#1;", "\x07", "='"]
ATTRIBUTES = ["href", "alt", "src", "title", "HREF", "hidden"]
attribute = st.builds(
    lambda name, quote, value: f" {name}={quote}{value}{quote}",
    st.sampled_from(ATTRIBUTES),
    st.sampled_from(['"', '"', '"', "'"]),
    st.sampled_from(VALUES),
)
tag = st.builds(
    lambda name, attributes: f"<{name}{''.join(attributes)}>",
    st.sampled_from(["a", "img", "area", "td", "div", "base"]),
    st.lists(attribute, max_size=3),
)
markup = st.lists(st.one_of(tag, st.sampled_from(["</a>", "</td>", "words", " ", "\n", ' href="x"'])), max_size=12)
# A value in single quotes that looks like an attribute's: no value is taken out of such markup.
AS_WRITTEN = '<i title="=\'"></i>'


def shown(html_text: HtmlText) -> tuple[str, str, list[tuple[str, str]], str, list[str]]:
    anchors = [(anchor.url, anchor.text) for anchor in html_text.anchors]
    return html_text.visible, html_text.hidden, anchors, html_text.base, html_text.pieces


@settings(max_examples=150, deadline=None)
@given(markup)
@example(['<p title="foo href=" style="display:none">', "words"])
@example(['<img alt="a">', "words", '<img alt="b">', "words", '<a href="c">', "words", "</a>", '<img alt="d">'])
@example(['<a href="a" href="b">', '<img alt="c" alt="d">', '<img alt="e">', "</a>", '<a href="f">'])
def test_values_that_are_taken_out_of_runs_of_tags_come_back_where_they_were(pieces):
    html = "".join(pieces)
    assert shown(read_repaired(AS_WRITTEN + html)) == shown(read_repaired("<i title></i>" + html))


def test_the_rows_of_a_newsletter_leave_no_states_behind():
    for number in (2, 3):
        parse(newsletter(number))
    kept = layout._automaton._kept_octets
    for number in range(4, 10):
        parse(newsletter(number))
    assert 20_000 > layout._automaton._kept_octets - kept


def kinds(html: str, texts: list[str], subject: str = "") -> tuple[dict[str, str], dict[str, str]]:
    """The kind of each link as it is found, and as its signs say when each link is looked at."""
    html_text = read_html(html)
    found = {link.url: link.kind for link in find_links(html_text, texts, "", subject)}
    signs = find_signs(html_text, texts, subject)
    return found, {url: choose(one, weights()) for url, one in signs.items()}


SPECIAL = [
    '<td><a href="https://a.example/r?{n}">Reset your password</a></td>',
    '<td>To confirm your address, <a href="https://a.example/c?{n}">click here</a>.</td>',
    '<td>Sign in to your account</td></tr><tr><td><a href="https://a.example/m/{n}a8f3k2m9x7q1">Continue</a></td>',
    '<td><a href="https://a.example/{n}/reset-password">here</a></td>',
    '<td><a href="https://a.example/?{n}&to=%2F%72eset">here</a></td>',
    '<td><a href="https://a.example/{n}/not%69fications?t=1">here</a></td>',
    '<td><a href="https://a.example/{n}" style="background:#06f">Confirm &amp; go</a></td>',
    '<td><a href="https://a.example/{n}" style="display:none">Unsubscribe</a></td>',
    '<td>un<b>sub</b>scribe <a href="https://a.example/{n}">now</a></td>',
    '<td>{n} you no longer\n want these mails? <a href="https://a.example/{n}"><img alt="Unsubscribe"></a></td>',
]
PLAIN = '<td><a href="https://a.example/{n}/of?t=x8f3k2m9x7q1"><img alt="Shoes {n}"></a></td><td>new {n}</td>'


@pytest.mark.parametrize("special", SPECIAL)
@pytest.mark.parametrize("subject", ["", "Confirm your address"])
def test_a_link_with_a_word_is_found_among_many_without(special, subject):
    rows = [PLAIN.format(n=number) for number in range(30)]
    rows[15] = special.format(n=15)
    html = "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    found, expected = kinds(html, [], subject)
    assert len(rows) == len(found)
    assert expected == found


def test_a_link_of_the_header_alone_among_many_of_the_body():
    html_text = read_html("".join(PLAIN.format(n=number) for number in range(30)))
    *others, last = find_links(html_text, [], "<https://a.example/unsubscribe?u=1>")
    assert {"other"} == {link.kind for link in others}
    assert ("https://a.example/unsubscribe?u=1", "unsubscribe") == (last.url, last.kind)


@pytest.mark.parametrize("special", ["Reset your password:\n{}", "{} ends the newsletter", "[1] {}"])
def test_a_bare_url_with_a_word_is_found_among_many_without(special):
    lines = [f"{number}. Shoes {number}\nhttps://a.example/{number}\n" for number in range(30)]
    lines[15] = special.format("https://a.example/r?t=1") + "\n\n"
    found, expected = kinds("", ["Unsubscribe [1]\n\n" + "\n".join(lines)])
    assert 30 == len(found)
    assert expected == found
    assert "other" != found["https://a.example/r?t=1"]


TABLE = "".join(f"{number}. Shoes, item {4_100_000 + 7 * number}, 3 left\n" for number in range(80))


@pytest.mark.parametrize(
    ("text", "subject", "expected"),
    [
        (f"{TABLE}\nYour pickup code is 482193.", "Order 4711", "482193"),
        (f"Your code: 482193\n\n{TABLE}", "Order 4711", "482193"),
        (f"{TABLE}\n\n\n\n\n\n\n\n482193\n", "Your login code", "482193"),
        (TABLE, "Order 4711", None),
    ],
)
def test_codes_before_and_behind_long_tables(text, subject, expected):
    assert expected == otp.best(otp.find_codes(subject, Body(text), Body))


def test_numbers_of_a_table_that_are_left_out_count_as_rivals():
    rows = "".join([f"{n}. Shoes\n" for n in range(20)] + [f"Shoes {4_100_000 + 7 * n}\n" for n in range(80)])
    (alone,) = otp.find_codes("Order", Body("Please enter 482193 below."), Body)
    (beside,) = otp.find_codes("Order", Body(f"Please enter 482193 below.\n{rows}"), Body)
    assert alone.code == beside.code == "482193"
    assert alone.confidence / 2 > beside.confidence
    assert alone.confidence > 0.85
    assert beside.confidence < 0.6


def test_few_rows_of_a_long_table_are_looked_at():
    _, text = texts_of("Order 4711", Body(TABLE))
    assert 15 > len(text.candidates)
