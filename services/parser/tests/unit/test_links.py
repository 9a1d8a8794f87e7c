"""Which links are found, how they are written, and what kind each is."""

import pytest

from message_parser.domain.html import Anchor
from message_parser.domain.links import find_links


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://a.example/x.", ["https://a.example/x"]),
        ("(https://a.example/x)", ["https://a.example/x"]),
        ("https://a.example/x(y)", ["https://a.example/x(y)"]),
        ("<https://a.example/x>", ["https://a.example/x"]),
        ('"https://a.example/x",', ["https://a.example/x"]),
        ("https://a.example/x?a=b&c=d#e!", ["https://a.example/x?a=b&c=d#e"]),
        ("https://a.example/xをクリック。", ["https://a.example/x"]),
        ("HTTPS://A.example", ["HTTPS://A.example"]),
        ("https:// https://? ftp://a.example mailto:a@b.example", []),
        ("https://a.example/1 https://a.example/1", ["https://a.example/1"]),
    ],
)
def test_bare_urls(text, expected):
    assert expected == [link.url for link in find_links([], [text], "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<https://a.example/v?t=aaa\nbbb> now", "https://a.example/v?t=aaabbb"),
        ("<https://a.example/v?t=aaa\r\nbbb> now", "https://a.example/v?t=aaabbb"),
        ("<https://a.example/v?t=aaa bbb> now", "https://a.example/v?t=aaabbb"),
        ("<https://a.example/v?t=aaa\n  bbb-\n  ccc&d=1\n>", "https://a.example/v?t=aaabbb-ccc&d=1"),
        ("<\n https://a.example/v?t=aaa\n bbb\n>", "https://a.example/v?t=aaabbb"),
        ("<URL:https://a.example/v?\nt=aaa>", "https://a.example/v?t=aaa"),
        ("> see <https://a.example/v?t=aaa\n> bbb> now", "https://a.example/v?t=aaabbb"),
        ("> > see <https://a.example/v?t=aaa\n> > bbb\n>> ccc>", "https://a.example/v?t=aaabbbccc"),
        ("&lt;https://a.example/v?t=aaa\nbbb&gt; now", "https://a.example/v?t=aaabbb"),
        ("<HTTPS://a.example/\nx>", "HTTPS://a.example/x"),
        ("<https://a.example is our site>", "https://a.example"),
        ("<https://a.example/1\n\na new paragraph> b", "https://a.example/1"),
        ("a <https://a.example/1\nand b", "https://a.example/1"),
        ("Acme <https://a.example/1\n> quoted by somebody else>", "https://a.example/1"),
    ],
)
def test_white_space_between_angle_brackets_is_no_part_of_a_url(text, expected):
    assert [expected] == [link.url for link in find_links([], [text], "")]


def test_a_wrapped_url_and_its_neighbours_keep_their_order_and_kind():
    text = "Docs: https://a.example/1 and verify your mail\n<https://a.example/2\nx> or <https://a.example/3>"
    assert [("https://a.example/1", "other"), ("https://a.example/2x", "verify"), ("https://a.example/3", "other")] == [
        (link.url, link.kind) for link in find_links([], [text], "")
    ]


@pytest.mark.parametrize(
    "href",
    [
        "mailto:a@b.example",
        "tel:+1",
        "cid:x",
        "data:text/html,x",
        "javascript:alert(1)",
        "#top",
        "/relative",
        "",
        "https://",
    ],
)
def test_what_is_no_web_address_is_left_out(href):
    assert [] == find_links([Anchor(href, "x")], [], "")


@pytest.mark.parametrize(
    ("text", "url", "kind"),
    [
        ("Verify your email", "https://a.example/x", "verify"),
        ("Click here", "https://a.example/verify?t=1", "verify"),
        ("E-Mail bestätigen", "https://a.example/x", "verify"),
        ("Reset password", "https://a.example/x", "reset"),
        ("パスワードを再設定する", "https://a.example/x", "reset"),
        ("Sign in to Acme", "https://a.example/x", "magic"),
        ("", "https://a.example/magic/1", "magic"),
        ("Se désabonner", "https://a.example/x", "unsubscribe"),
        ("Confirm that you want to unsubscribe", "https://a.example/x", "unsubscribe"),
        ("Our blog", "https://a.example/blog", "other"),
    ],
)
def test_kinds(text, url, kind):
    assert [kind] == [link.kind for link in find_links([Anchor(url, text)], [], "")]


def test_the_list_unsubscribe_field_is_read():
    field = "<mailto:u@a.example>, <https://a.example/u?id=1>"
    assert [("https://a.example/u?id=1", "unsubscribe")] == [
        (link.url, link.kind) for link in find_links([], [], field)
    ]


def test_a_url_shown_as_the_text_of_an_anchor_is_no_second_link():
    anchor = Anchor("https://click.example/r?x", "https://a.example/verify")
    assert ["https://click.example/r?x"] == [
        link.url for link in find_links([anchor], ["https://a.example/verify"], "")
    ]
