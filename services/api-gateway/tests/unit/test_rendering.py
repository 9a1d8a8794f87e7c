"""The HTML of mail as it is shown: what a browser would do with it, judged by another parser than the one that made it."""

import re
from collections.abc import Mapping

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from api_gateway.rendering import markup
from api_gateway.rendering.styles import Sheets
from tests.corpus.hostile_html import TRICKS

_ACTIVE = frozenset(
    [
        "script",
        "iframe",
        "frame",
        "object",
        "embed",
        "applet",
        "form",
        "input",
        "button",
        "meta",
        "base",
        "link",
        "svg",
        "math",
        "template",
        "noscript",
        "video",
        "audio",
        "source",
        "track",
        "picture",
        "portal",
        "slot",
        "textarea",
        "xmp",
        "title",
        "canvas",
    ]
)
_FETCHING = frozenset(
    "srcset ping background poster action formaction data code longdesc lowsrc dynsrc srcdoc download is".split()  # noqa: SIM905
)
_FETCH_IN_CSS = re.compile(
    r"(?i)\\|(?<!x-)(?:url\((?!\s*[\"']?data:image)|image-set\(|expression\()|@(?:import|font-face)"
)

_SHOP = "https://shop.example"


def safe_markup(html: str, images: Mapping[str, str]) -> str:
    return markup.safe_markup(html, images).html


def _elements(html: str) -> list[LexborNode]:
    root = LexborHTMLParser(f"<!doctype html><meta charset=utf-8><body>{html}</body>").body
    assert root is not None
    return [node for node in root.traverse(include_text=False) if node is not root]


def _outline(html: str) -> list[tuple[str, list[tuple[str, str | None]], str]]:
    return [(str(node.tag), sorted(node.attributes.items()), node.text(deep=False)) for node in _elements(html)]


def _complaints(html: str) -> list[str]:
    """What a browser would run, fetch or follow."""
    found: list[str] = []
    for node in _elements(html):
        attributes = {name: value or "" for name, value in node.attributes.items()}
        found += [f"<{node.tag}>"] if node.tag in _ACTIVE else []
        found += [f"{name}=" for name in attributes if name.startswith("on") or name in _FETCHING]
        found += (
            [f"src={attributes['src']}"]
            if not attributes.get("src", "data:image/png").startswith("data:image/")
            else []
        )
        found += (
            [f"href={attributes['href']}"]
            if not re.match(r"https?://|mailto:|tel:|#|$", attributes.get("href", ""))
            else []
        )
        css = attributes.get("style", "") + (node.text() if node.tag == "style" else "")
        found += [css] if _FETCH_IN_CSS.search(css) else []
        if node.tag == "a" and not attributes.get("href", "#").startswith("#"):
            found += [] if attributes.get("target") == "_blank" and "noopener" in attributes.get("rel", "") else ["a"]
    return found


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_leaves_anything_that_runs_or_fetches(trick: str) -> None:
    shown = safe_markup(TRICKS[trick], {})
    assert [] == _complaints(shown)
    assert "seen" in shown


@pytest.mark.parametrize("trick", TRICKS)
def test_what_was_made_safe_stays_the_same_when_it_is_read_again(trick: str) -> None:
    once = safe_markup(TRICKS[trick], {})
    assert _outline(once) == _outline(safe_markup(once, {}))


def test_the_judge_finds_what_it_is_looking_for() -> None:
    bad = [trick for trick, html in TRICKS.items() if _complaints(html)]
    assert len(bad) > 40


def test_layout_text_and_links_of_an_ordinary_mail_stay() -> None:
    mail = (
        "<html><head><style>.b{color:#333}@media(max-width:600px){.b{width:100%}}</style></head><body>"
        "<table width=600 cellpadding=0 bgcolor=#fff><tr><td class=b style='padding:8px;color:red' align=center>"
        "<font size=2 face=Arial>Grüße &amp; <b>482193</b></font></td></tr></table>"
        "<a href='https://shop.example/verify?t=a&amp;b=c' title=go>Verify</a> <a href='mailto:a@b.c'>mail</a></body></html>"
    )
    assert (
        "<style>.b{color:#333}@media(max-width:600px){.b{width:100%}}</style>"
        '<table width="600" cellpadding="0" bgcolor="#fff"><tbody><tr><td class="b" style="padding:8px;color:red" align="center">'
        '<font size="2" face="Arial">Grüße &amp; <b>482193</b></font></td></tr></tbody></table>'
        '<a href="https://shop.example/verify?t=a&amp;b=c" title="go" target="_blank" rel="noopener noreferrer nofollow">'
        'Verify</a> <a href="mailto:a@b.c" target="_blank" rel="noopener noreferrer nofollow">mail</a>'
    ) == safe_markup(mail, {})


def test_a_link_within_the_mail_stays_in_its_page() -> None:
    mail = "<a href=' #terms' title='x\" target=\"_blank\"'>Terms</a><a href='https://shop.example/#a'>Shop</a><p id=terms>1</p>"
    assert (
        '<a href="#terms" title="x&quot; target=&quot;_blank&quot;" rel="noopener noreferrer nofollow">Terms</a>'
        '<a href="https://shop.example/#a" target="_blank" rel="noopener noreferrer nofollow">Shop</a><p id="terms">1</p>'
    ) == safe_markup(mail, {})


def test_an_image_of_the_mail_itself_is_put_in_its_place() -> None:
    images = {"logo@shop": "data:image/png;base64,AAAA", "a b": "data:image/gif;base64,BBBB"}
    html = "<img src='cid:logo@shop' alt=Shop><img src='CID:a%20b'><img src='cid:other' alt=gone>"
    assert (
        '<img src="data:image/png;base64,AAAA" alt="Shop"><img src="data:image/gif;base64,BBBB"><img alt="gone">'
    ) == safe_markup(html, images)


def test_an_image_written_into_the_mail_stays() -> None:
    html = '<img src="data:image/png;base64,iVBORw0KGgo=">'
    assert html == safe_markup(html, {})


@pytest.mark.parametrize(
    ("css", "still"),
    [
        ("color:red;background:#fff", "color:red;background:#fff"),
        ("background:url(http://a)", "background:x-url(http://a)"),
        ("background:URL ( a )", "background:URL ( a )"),  # no function: a browser ignores it
        ("background:url(data:image/png;base64,AA)", "background:url(data:image/png;base64,AA)"),
        ("background:url('data:image/svg+xml,<svg>')", "background:x-url('data:image/svg+xml,<svg>')"),
        ("background:u\\rl(x)", "background:x-url(x)"),
        ("width:10px\\9", "width:10px9"),
        ("@import 'x';", "@x-import 'x';"),
        ("@media print{a{color:red}}", "@media print{a{color:red}}"),
        ("-webkit-image-set('x' 1x)", "-webkit-x-image-set('x' 1x)"),
    ],
)
def test_css_keeps_its_looks_and_loses_its_requests(css: str, still: str) -> None:
    assert still == Sheets().still(css)


def test_only_style_sheets_are_read_as_css() -> None:
    html = '<p>call url(x)</p><style media="print">p{background:url(x)}</style><p>url(y)</p>'
    assert '<p>call url(x)</p><style media="print">p{background:x-url(x)}</style><p>url(y)</p>' == Sheets().still_in(
        html
    )


@pytest.mark.parametrize("trick", TRICKS)
def test_of_a_trick_nothing_but_images_of_the_web_stays_for_who_asks_for_them(trick: str) -> None:
    shown = markup.safe_markup(TRICKS[trick], {}, remote_images=True)
    web = r"(?:https?:)?//"
    without = re.sub(
        rf"(?i)src=\"{web}[^\"]*\"|background=\"{web}[^\"]*\"|(?<!-)url\(\s*(?:&quot;|['\"])?{web}", "", shown.html
    )
    assert [] == _complaints(without)
    assert 0 == shown.blocked


_NEWSLETTER = f"""<style>@import url('{_SHOP}/fonts.css');@font-face{{font-family:a;src:url({_SHOP}/a.woff2)}}
.hero{{background-image:url("{_SHOP}/hero.jpg")}}</style><table background="{_SHOP}/back.png"><tr>
<td background='//shop.example/cell.png' style="background:url({_SHOP}/s.png)">
<img src="{_SHOP}/logo.png" alt=Shop><img src="http://shop.example/open.gif" width=1 height=1>
<img src="cid:gone"><img src="data:image/png;base64,AA=="></td></tr></table>"""


def test_blocked_images_of_the_web_are_counted_once_for_each_place() -> None:
    shown = markup.safe_markup(_NEWSLETTER, {})
    assert 6 == shown.blocked
    assert "shop.example/" not in re.sub(r"x-url\([^)]*\)|@x-import[^;]*", "", shown.html)


def test_images_of_the_web_stay_for_who_asks_for_them() -> None:
    shown = markup.safe_markup(_NEWSLETTER, {}, remote_images=True)
    assert 0 == shown.blocked
    for kept in (
        f'url("{_SHOP}/hero.jpg")',
        f'background="{_SHOP}/back.png"',
        'background="https://shop.example/cell.png"',
        f"background:url({_SHOP}/s.png)",
        f'src="{_SHOP}/logo.png"',
        'src="http://shop.example/open.gif"',
    ):
        assert kept in shown.html
    assert "@x-import" in shown.html
    assert "@x-font-face" in shown.html


@pytest.mark.parametrize(
    "source", ["file:///etc/passwd", "/api/v1/account", "ftp://a/b", "blob:x", "ws://a/b", "https:x"]
)
def test_what_is_no_image_of_the_web_stays_for_nobody(source: str) -> None:
    html = f"<img src='{source}'><table background='{source}'></table><p style='background:url({source})'>x</p>"
    shown = markup.safe_markup(html, {}, remote_images=True).html
    assert source not in shown.replace(f"x-url({source})", "")
