"""The two engines that read HTML give one result, wherever the strict one gives any."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from message_parser.domain.html import HtmlText
from message_parser.domain.html.engines import read_repaired, read_strict
from message_parser.domain.html.nesting import NeedsRepair

NAMES = [
    "html",
    "head",
    "body",
    "title",
    "style",
    "p",
    "div",
    "span",
    "a",
    "b",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "blockquote",
    "br",
    "img",
    "center",
    "font",
    "pre",
    "script",
    "select",
    "option",
    "svg",
    "template",
    "form",
    "button",
    "input",
    "base",
    "h3",
    "o:p",
    "dd",
    "plaintext",
]
ATTRIBUTES = [
    "",
    ' style="display:none"',
    " style='color:#fff'",
    " bgcolor=white",
    ' bgcolor="#000"',
    " hidden",
    ' class="x y"',
    " class=gmail_quote",
    ' href="https://a.example/?b=1&copy=2&amp;c"',
    " href=https://b.example/ href=https://c.example",
    ' alt="a > b"',
    ' alt="&lt;&euro;&amp"',
    ' x"y=1',
    " STYLE=display:none",
    " style=font-weight:bold",
    ' style="font-size:14px;font-weight:normal"',
    ' style="border:1px solid #000"',
    " value=7",
    " type=hidden",
    ' type="cite"',
]
TEXTS = [
    "a",
    "b c",
    " ",
    "\n",
    "&nbsp;",
    "&amp;lt;",
    "&am",
    "p;",
    "1 < 2",
    "x > y",
    "é",
    "\xa0",
    "&#8364",
    "&copy",
    "\t.",
]
OTHERS = [
    "<!doctype html>",
    "<!-- a > b -->",
    "<!--[if mso]><p>x</p><![endif]-->",
    "<!-->",
    "<![if x]>",
    "<!-- a --!>",
    "<?x?>",
]

start = st.builds(
    lambda name, attribute, end: f"<{name}{attribute}{end}>",
    st.sampled_from(NAMES),
    st.sampled_from(ATTRIBUTES),
    st.sampled_from(["", "", "", "/", " "]),
)
end = st.builds("</{}>".format, st.sampled_from(NAMES))
element = st.recursive(
    st.sampled_from(TEXTS),
    lambda inner: st.builds(
        lambda name, attribute, content: f"<{name}{attribute}>{''.join(content)}</{name}>",
        st.sampled_from(NAMES[:24]),
        st.sampled_from(ATTRIBUTES),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)
soup = st.lists(st.one_of(element, start, end, st.sampled_from(TEXTS), st.sampled_from(OTHERS)), max_size=12).map(
    "".join
)


def rows(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


TEMPLATE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "xhtml1-strict.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml">'
    '<head><meta charset="utf-8" /><title>Hi</title><style type="text/css">.pre{display:none}</style></head>\n'
    "<body bgcolor=white style='margin:0'><!--[if mso]><table><tr><td><![endif]-->\n"
    '<div class="pre">soon&nbsp;&zwnj;</div><table width=600 cellpadding=0><tbody>' + rows("4", "8", "<b>2</b>")
    + '<tr><th><a href="https://a.example/?x=1&amp;y=2&copy=3"><img src=x alt="&quot;Go&quot;"/></a></th></tr>'
    "</tbody></table><ul><li>one</li><li>two<br/>three</li></ul><h1>A&amp;B</h1><p>x &lt; y &euro;</p>"
    '<blockquote type="cite"><p>old</p></blockquote></body></html>\n'
)  # fmt: skip


def shown(html_text: HtmlText) -> tuple:
    links = [(anchor.url, anchor.text, *html_text.around(index)[:4]) for index, anchor in enumerate(html_text.anchors)]
    return html_text.text, html_text.hidden, html_text.emphasised, html_text.base, links


def test_what_a_tool_for_mail_produces_is_read_strictly():
    assert shown(read_repaired(TEMPLATE)) == shown(read_strict(TEMPLATE))
    assert '"Go"' == read_strict(TEMPLATE).anchors[0].text
    assert "soon" in read_strict(TEMPLATE).hidden


@pytest.mark.parametrize(
    "html",
    [
        "<p>a<p>b",
        "<p style=display:none><div>seen</div></p>",
        "<table><tr>text</tr></table>",
        "<table><div>a</div></table>",
        "<table><tr><td>a</table>",
        "<ul><li>a<li>b</ul>",
        "<b>a<p>b</b>c</p>",
        "<a href=x>a<a href=y>b</a></a>",
        "a < b",
        "<P>a</P>",
        '<a title="a > b">c</a>',
        "<script>x</script>",
        "<!-->a-->",
        "<!-- a --!>b-->",
        "<![if !mso]>a<![endif]>",
        "<html><body>a</body><body bgcolor=black>b</body></html>",
        "<html>a</html>",
        "<body>a</body>",
        "<h1>a<h2>b</h2></h1>",
        "a</p>b",
        "<textarea>\na</textarea>",
        "<style>a</style >b</style>",
    ],
)
def test_what_a_browser_would_repair_is_refused(html):
    with pytest.raises(NeedsRepair):
        read_strict(html)


@settings(max_examples=600, deadline=None)
@given(soup)
@example('<p style="border:1px solid #000">a')
@example("<div><b>a")
@example("<a href=https://a.example/><q>a")
@example('<div>a<table style="display:none">\xa0</table>a</div>')
@example("<table><tr>\x0b<td>a</td></tr></table>")
@example("<p>a<b>\u3000</b>b</p>")
def test_markup_read_strictly_is_read_as_a_browser_reads_it(html):
    try:
        strict = read_strict(html)
    except NeedsRepair:
        return
    assert shown(read_repaired(html)) == shown(strict)


@settings(max_examples=300, deadline=None)
@given(st.lists(element, max_size=5).map(lambda inner: f"<html><head></head><body>{''.join(inner)}</body></html>"))
def test_whole_documents_too(html):
    test_markup_read_strictly_is_read_as_a_browser_reads_it.hypothesis.inner_test(html)
