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
        '<div style="font-size:0px"><span style="font-size:2em">x</span></div>',
        '<div style="font-size:0"><b style="font-size:100%">x</b></div>',
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
        '<table><tr><td style="font-size:0px;padding:20px 0"><div style="font-size:14px">x</div></td></tr></table>',
        '<div style="font-size:0"><b style="font-size:medium">x</b></div>',
        '<div style="font-size:.9em">x</div>',
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


@pytest.mark.parametrize(
    ("html", "emphasised"),
    [
        ("<p>Your code</p><p><b>48 21</b></p>", ["48 21"]),
        ("<h1>A</h1><h2>B</h2><h3>C</h3><h4>D</h4>", ["A", "B", "C"]),
        ('<p style="font-size:20px">a</p><p style="font-size:19px">b</p>', ["a"]),
        (
            '<p style="font-size:15pt">a</p><p style="font-size:1.5em">b</p><font size=6>c</font> <big>d</big>',
            ["a", "b", "c", "d"],
        ),
        ('<p style="letter-spacing:4px">a</p><p style="letter-spacing:1px">b</p>', ["a"]),
        ('<p style="font-weight:700">a</p><p style="font-weight:600">b</p><strong>c</strong>', ["a", "c"]),
        ("<code>a</code> <tt>b</tt> <kbd>c</kbd> <p style='font-family:Courier,monospace'>d</p>", ["a", "b", "c", "d"]),
        ('<h1>a <span style="font-size:12px">b</span> c</h1>', ["a", "c"]),
        ("<b>4</b><b>8</b>2", ["48"]),
        (
            "<table><tr><td style='background:#f4f4f4'>a</td><td style='border:1px solid #000'>b</td></tr></table>",
            ["a", "b"],
        ),
        ("<div style='background:#eee'>a<p>b</p></div><p style='border:none'>c</p>", []),
        ("<b>a <span style='display:none'>b</span> c</b>", ["a c"]),
        ("<pre>a <b>b\nc</b></pre>", ["b", "c"]),
        ("<blockquote type=cite><b>x</b></blockquote>", ["x"]),
        ("<p>a</p><p><b> </b></p>", []),
    ],
)
def test_what_stands_out_is_known(html, emphasised):
    found = read_html(html)
    assert emphasised == [found.text[start:end] for start, end in found.emphasised]


def test_marks_leave_no_trace_in_text_and_anchors():
    found = read_html('<p>a</p><p><b></b></p><p>b <b> c </b> d<a href="x" class="btn"><b>e</b> f</a></p>')
    assert "a\n\nb c d e f".replace("d e", "de") == found.text
    assert ["e f"] == [anchor.text for anchor in found.anchors]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('a <input value="482 193"> b', "a 482 193 b"),
        ('<input type="text" value="1"><input type="number" value="2"><input type="TEL" value="3">', "1 2 3"),
        ('<input type=email value="a@b.example" readonly><input type=email value="c@d.example">', "a@b.example"),
        (
            "".join(f"<input type={kind} value=x>" for kind in ("hidden", "submit", "checkbox", "password", "button")),
            "",
        ),
        ('<input value="a&amp;lt;b">', "a&lt;b"),
    ],
)
def test_values_of_input_fields_are_text(html, text):
    assert text == read_html(html).text


@pytest.mark.parametrize(
    ("html", "is_button"),
    [
        ('<a href=x style="background:#0066ff;padding:8px">a</a>', True),
        ('<a href=x style="border:2px solid #0066ff">a</a>', True),
        ("<table><tr><td bgcolor='#0066ff'><a href=x><b>a</b></a></td></tr></table>", True),
        ("<table class='button'><tr><td><a href=x>a</a></td></tr></table>", True),
        ("<a href=x><button>a</button></a>", True),
        ("<a href=x class='btn btn-primary'>a</a>", True),
        ("<a href=x class='subtnails'>a</a>", False),
        ("<table><tr><td bgcolor='#0066ff'>Or <a href=x>a</a></td></tr></table>", False),
        ("<table><tr><td bgcolor='#ffffff'><a href=x>a</a></td></tr></table>", False),
        ("<p><a href=x>a</a></p>", False),
    ],
)
def test_links_that_look_like_buttons(html, is_button):
    assert is_button is read_html(html).around(0).is_button


def test_the_words_around_a_link_are_those_of_its_block():
    html = "<p>Far</p><p>To reset it <a href=x>click</a> now, or <a href=y>call</a>.</p><p>Above</p><div><a href=z>Go</a></div>"
    found = read_html(html)
    assert [("To reset it", "now, or", ""), ("now, or", ".", ""), ("", "", "Above")] == [
        (around.before, around.after, around.above) for around in map(found.around, range(3))
    ]
