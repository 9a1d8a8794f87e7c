"""Text, hidden text and links of HTML bodies."""

import pytest

from message_parser.domain.html import read_html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b", "a\nb"),
        ("<ul><li>one<li>two</ul>", "- one\n\n- two"),
        ("<table><tr><td>4</td><td>8</td></tr><tr><td>x</td></tr></table>", "4 8\n\nx"),
        ("4<span>8</span>2", "482"),
        ("<p>a   b\n c</p>", "a b c"),
        ("<pre>a\nb</pre>", "a\nb"),
        ("<style>p{}</style><script>x</script><p>a<!-- no --></p>", "a"),
        ('<img alt="logo">', "logo"),
        ("a &amp; b &lt;c&gt; &#8364;", "a & b <c> €"),
        ("", ""),
        ("<blockquote type=cite>old</blockquote><p>new</p>", "> old\n\nnew"),
    ],
)
def test_layout(html, expected):
    assert expected == read_html(html).text


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">x</div>',
        '<div style="DISPLAY : none !important">x</div>',
        '<span style="font-size:0px">x</span>',
        '<span style="font-size:1px;line-height:1px">x</span>',
        '<div style="max-height:0;overflow:hidden">x</div>',
        '<div style="opacity:0">x</div>',
        '<div style="visibility:hidden">x</div>',
        '<div style="mso-hide:all">x</div>',
        "<div hidden>x</div>",
        '<span style="color:#ffffff">x</span>',
        '<span style="color:white">x</span>',
        '<font color="#FFF">x</font>',
        '<div style="background:#123456"><b style="color:rgb(18,52,86)">x</b></div>',
        "<style>.pre{display:none}</style><div class='a pre'>x</div>",
        '<div style="height:0;width:0;overflow:hidden">x</div>',
    ],
)
def test_hidden_text_is_kept_apart(hidden):
    found = read_html(f"<p>seen</p>{hidden}")
    assert ("seen", "x") == (found.text, found.hidden)


@pytest.mark.parametrize(
    "visible",
    [
        '<a style="background:#0066ff;color:#ffffff">x</a>',
        '<table><tr><td bgcolor="#000"><b style="color:#fff">x</b></td></tr></table>',
        '<div style="background:url(a.png)"><b style="color:#fff">x</b></div>',
        "<style>@media print{.pre{display:none}}</style><div class=pre>x</div>",
        '<div style="font-size:10px">x</div>',
        '<div style="max-height:100px">x</div>',
        '<div style="opacity:0.5">x</div>',
    ],
)
def test_what_can_be_seen_stays_visible(visible):
    assert "x" == read_html(visible).text


def test_anchors_come_in_order_with_their_text_also_hidden_ones():
    html = '<a href="https://a.example/?x=1&amp;y=2">A <b>bold</b></a><div style="display:none"><a href="https://b.example">B</a></div>'
    assert [("https://a.example/?x=1&y=2", "A bold"), ("https://b.example", "B")] == [
        (anchor.url, anchor.text) for anchor in read_html(html).anchors
    ]
