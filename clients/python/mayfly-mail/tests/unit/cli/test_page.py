"""The page of a mail: nothing in it runs, loads or leaves its frame."""

import stat
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mayfly_mail import Message
from mayfly_mail.cli.page import page, picture, save

Make = Callable[..., Message]


class Elements(HTMLParser):
    """Reads a page as a browser does, as far as these tests ask."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: dict[str, list[dict[str, str | None]]] = {}
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.setdefault(tag, []).append(dict(attrs))


def policy(source: str) -> str:
    return next(
        each["content"] or ""
        for each in Elements(source).tags["meta"]
        if each.get("http-equiv") == "Content-Security-Policy"
    )


def test_html_stands_in_a_frame_that_may_run_nothing(mail: Make) -> None:
    source = page(
        mail(body_html='<p onclick="x()">Hi</p><script>alert(1)</script></iframe><script>alert(2)</script>'), {}
    )
    tags = Elements(source).tags
    assert "script" not in tags
    (frame,) = tags["iframe"]
    assert "allow-popups allow-popups-to-escape-sandbox" == frame["sandbox"]
    assert "<script>alert(2)</script>" in (frame["srcdoc"] or "")


def test_nothing_is_loaded_from_the_network_unless_pictures_are_asked_for(mail: Make) -> None:
    html = '<img src="https://tracker.example/1.gif">'
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:" == policy(
        page(mail(body_html=html), {})
    )
    assert "img-src data: https: http:;" in policy(page(mail(body_html=html), {}, remote=True))


def test_what_a_mail_says_of_itself_is_text(mail: Make) -> None:
    hostile = '"><script>alert(1)</script>'
    source = page(mail(subject=hostile, from_address=hostile, recipients=[hostile]), {})
    assert "script" not in Elements(source).tags
    assert 5 == source.count("&lt;script&gt;alert(1)&lt;/script&gt;") + 1


def test_a_mail_without_html_is_shown_as_text(mail: Make) -> None:
    assert "<pre>1 &lt; 2 \\x1b[2J</pre>" in page(mail(body_text="1 < 2 \x1b[2J"), {})


def test_pictures_that_the_mail_carries_are_put_in_and_others_are_left_empty(mail: Make) -> None:
    source = page(
        mail(body_html="""<img src="cid:logo@x"><img src='cid:gone'>"""), {"logo@x": "data:image/png;base64,AA=="}
    )
    (frame,) = Elements(source).tags["iframe"]
    assert ["data:image/png;base64,AA==", ""] == [each["src"] for each in Elements(frame["srcdoc"] or "").tags["img"]]


@pytest.mark.parametrize(
    ("content_type", "url"),
    [
        ("image/png", "data:image/png;base64,AQ=="),
        ("IMAGE/PNG; name=x", "data:image/png;base64,AQ=="),
        ("image/svg+xml", None),
        ("text/html", None),
        ('image/png"><script>', None),
        ("", None),
    ],
)
def test_only_what_browsers_just_draw_becomes_a_picture(content_type: str, url: str | None) -> None:
    assert url == picture(content_type, b"\x01")


def test_the_file_is_for_this_user_alone_and_has_a_harmless_name() -> None:
    path = save("<p>\ud800</p>", "../../etc/pass wd")
    try:
        assert "______etc_pass_wd.html" == path.name
        assert 0o700 == stat.S_IMODE(path.parent.stat().st_mode)
        assert "<p>?</p>" == path.read_text()
    finally:
        path.unlink()
        Path(path.parent).rmdir()
