"""Which links are found, how they are written, and what kind each is."""

import tomllib
from html import escape

import pytest

from message_parser.domain.html import HtmlText, read_html
from message_parser.domain.links import find_links
from message_parser.domain.links.features import NO_WORD
from message_parser.domain.links.kinds import FILE


def in_text(text: str, subject: str = "") -> list[tuple[str, str]]:
    """Kind and URL of each link of a text part."""
    return [(link.kind, link.url) for link in find_links(HtmlText(), [text], "", subject)]


def in_html(html: str, subject: str = "") -> list[tuple[str, str]]:
    """Kind and URL of each link of an HTML part."""
    return [(link.kind, link.url) for link in find_links(read_html(html), [], "", subject)]


def urls(text: str) -> list[str]:
    return [url for _, url in in_text(text)]


def anchor(url: str, text: str) -> str:
    return f'<a href="{escape(url)}">{escape(text)}</a>'


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
    assert expected == urls(text)


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
    assert [expected] == urls(text)


def test_a_wrapped_url_and_its_neighbours_keep_their_order_and_kind():
    text = "Docs: https://a.example/1 and verify your mail\n<https://a.example/2\nx> or <https://a.example/3>"
    expected = [("other", "https://a.example/1"), ("verify", "https://a.example/2x"), ("other", "https://a.example/3")]
    assert expected == in_text(text)


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
    assert [] == in_html(anchor(href, "x"))


@pytest.mark.parametrize(
    ("text", "url", "kind"),
    [
        ("Verify your email", "https://a.example/x", "verify"),
        ("Click here", "https://a.example/verify?t=1", "verify"),
        ("E-Mail bestätigen", "https://a.example/x", "verify"),
        ("Reset password", "https://a.example/x", "reset"),
        ("パスワードを再設定する", "https://a.example/x", "reset"),
        ("Sign in to Acme", "https://a.example/x?t=8f3a2c91b7d4e6f0", "magic"),
        ("", "https://a.example/magic/1", "magic"),
        ("Se désabonner", "https://a.example/x", "unsubscribe"),
        ("Confirm that you want to unsubscribe", "https://a.example/x", "unsubscribe"),
        ("Our blog", "https://a.example/blog", "other"),
    ],
)
def test_kinds(text, url, kind):
    assert [(kind, url)] == in_html(anchor(url, text))


def test_the_list_unsubscribe_field_is_read():
    field = "<mailto:u@a.example>, <https://a.example/u?id=1>"
    assert [("https://a.example/u?id=1", "unsubscribe")] == [
        (link.url, link.kind) for link in find_links(HtmlText(), [], field)
    ]


def test_a_url_shown_as_the_text_of_an_anchor_is_no_second_link():
    html = anchor("https://click.example/r?x", "https://a.example/verify")
    found = find_links(read_html(html), ["https://a.example/verify"], "")
    assert ["https://click.example/r?x"] == [link.url for link in found]


@pytest.mark.parametrize(
    ("sentence", "text", "url", "kind"),
    [
        ("You can sign in again after that.", "Reset your password", "https://a.example/reset?x=1", "reset"),
        ("Trouble signing in?", "How to reset your password", "https://a.example/x", "other"),
        ("", "Need help signing in?", "https://a.example/help/sign-in", "other"),
        ("Having trouble?", "Read the guide", "https://a.example/help/how-to-reset-your-password", "other"),
        ("New on the blog.", "Why we verify", "https://blog.a.example/2026/verify-your-account-today", "other"),
        ("Please confirm your subscription.", "Confirm your subscription", "https://a.example/s?id=7", "verify"),
        ("", "Manage subscription", "https://a.example/s?id=7", "unsubscribe"),
        ("", "Confirm unsubscribe", "https://a.example/confirm?id=7", "unsubscribe"),
        ("We noticed a new sign-in.", "Sign in to review activity", "https://a.example/account/security", "other"),
        ("To reset your password, click", "here", "https://click.a.example/ls/click?upn=u001.Jx8f2Kq91bZ", "reset"),
        ("Please verify your address:", "Continue", "https://click.a.example/c/eJx8f2Kq91bZ", "verify"),
        ("", "Log in", "https://a.example/login", "other"),
        ("Here is your magic link.", "Log in now", "https://a.example/auth/magic?token=8f3a2c91b7d4e6f0", "magic"),
        ("", "Privacy policy", "https://a.example/privacy", "other"),
        ("Setze dein Passwort hier zurück.", "Weiter", "https://a.example/u/8f3a2c91b7d4e6f0", "reset"),
        ("", "Réinitialiser le mot de passe", "https://a.example/s?t=7712", "reset"),
        ("パスワードを再設定するには", "こちら", "https://a.example/u/8f3a2c91b7d4e6f0", "reset"),
        ("메일 주소를 인증해 주세요.", "계속", "https://a.example/u/8f3a2c91b7d4e6f0", "verify"),
    ],
)
def test_the_kind_follows_from_text_sentence_and_url(sentence, text, url, kind):
    assert [(kind, url)] == in_html(f"<p>{sentence} {anchor(url, text)}</p>")


@pytest.mark.parametrize(
    ("kind", "subject", "sentence", "text", "path"),
    [
        (
            "other",
            "Your order confirmation",
            "Thank you, your order is confirmed.",
            "Track order",
            "/o/1?t=8f3a2c91b7d4e6f0",
        ),
        ("other", "Your password was changed", "The password was changed.", "Secure your account", "/security"),
        (
            "other",
            "New sign-in to your account",
            "We noticed a new sign-in.",
            "Check activity",
            "/activity?e=8f3a2c91b7d4e6f0",
        ),
        ("other", "Your invoice is ready", "Log in to see your invoice.", "View invoice", "/invoices/8f3a2c91b7d4e6f0"),
        ("other", "Neue Anmeldung", "Wir haben eine neue Anmeldung bemerkt.", "Aktivitäten prüfen", "/konto"),
        (
            "verify",
            "Anna invites you",
            "Anna has invited you to the workspace.",
            "Accept invitation",
            "/invite/8f3a2c91b7d4e6f0",
        ),
        ("verify", "Confirm your subscription", "Please confirm it.", "Yes, subscribe me", "/s?id=8f3a2c91b7d4e6f0"),
        ("reset", "Reset your password", "Click the button below.", "Continue", "/r/8f3a2c91b7d4e6f0"),
        ("magic", "Sign in to Acme", "The link works for 10 minutes.", "Sign in", "/l?token=8f3a2c91b7d4e6f0"),
        ("magic", "Confirm sign-in", "Was this you?", "Confirm sign-in", "/l?token=8f3a2c91b7d4e6f0"),
    ],
)
def test_the_one_button_of_a_mail(kind, subject, sentence, text, path):
    url, unsubscribe = f"https://a.example{path}", "https://a.example/u?x=8f3a2c91b7d4e6f0"
    button = f'<a href="{url}" style="background:#0066ff;color:#fff;padding:10px">{text}</a>'
    html = f"<p>{sentence}</p><p>{button}</p><p>{anchor('https://a.example/help', 'Help')} {anchor(unsubscribe, 'Unsubscribe')}</p>"
    expected = [(kind, url), ("other", "https://a.example/help"), ("unsubscribe", unsubscribe)]
    assert expected == in_html(html, subject)


def test_the_words_after_a_generic_text_count_too():
    url = "https://a.example/u/8f3a2c91b7d4e6f0"
    assert [("reset", url)] == in_html(f"<p>Click {anchor(url, 'here')} to reset your password.</p>")


def test_words_next_to_another_link_do_not_count():
    reset, privacy = "https://a.example/u/8f3a2c91b7d4e6f0", "https://a.example/p"
    html = f"<p>To reset your password {anchor(reset, 'click here')}. {anchor(privacy, 'Prices')}</p>"
    assert [("reset", reset), ("other", privacy)] == in_html(html)


def test_a_label_and_a_footnote_of_a_text_part_say_what_a_url_is_for():
    text = "Reset your password [1]\nPrivacy: https://a.example/p\n\n[1] https://a.example/u/8f3a2c91b7d4e6f0\n"
    assert [("other", "https://a.example/p"), ("reset", "https://a.example/u/8f3a2c91b7d4e6f0")] == in_text(text)


@pytest.mark.parametrize("url", ["acmeapp://verify?t=1", "intent://v#Intent;end", "ms-acme://x", "com.a.app:///v"])
def test_deep_links_are_listed_and_flagged(url):
    for html, text in ((anchor(url, "Verify"), ""), ("", f"Verify: {url}")):
        assert [(url, "verify", ["scheme"])] == [
            (link.url, link.kind, link.flags) for link in find_links(read_html(html), [text], "")
        ]


@pytest.mark.parametrize(
    "scheme", ["javascript", "data", "vbscript", "file", "blob", "mailto", "tel", "sms", "cid", "ftp"]
)
def test_other_schemes_are_never_listed(scheme):
    url = f"{scheme}://verify/1"
    assert [] == in_html(anchor(url, "Verify")) == in_text(f"Verify: {url}")


@pytest.mark.parametrize(
    ("base", "href", "expected"),
    [
        ("https://a.example/x/y", "z?q=1", "https://a.example/x/z?q=1"),
        ("https://a.example/x/y", "../z", "https://a.example/z"),
        ("https://a.example/x/y", "?q=1", "https://a.example/x/y?q=1"),
        ("http://a.example", "//b.example/z", "http://b.example/z"),
        ("//a.example/x/", "z", "https://a.example/x/z"),
        ("https://a.example/", "https://b.example/z", "https://b.example/z"),
        ("javascript:x", "z", None),
        ("/x/", "z", None),
        ("https://a.example/", "mailto:b@a.example", None),
        ("https://a.example/", "#top", None),
    ],
)
def test_relative_links_count_from_the_base(base, href, expected):
    html = f'<base href="{base}"><base href="https://second.example/">{anchor(href, "x")}'
    assert ([expected] if expected else []) == [url for _, url in in_html(html)]


def test_the_weights_can_be_read_and_compared():
    text = FILE.read_text(encoding="utf-8")
    table = tomllib.loads(text)["weights"]
    assert "make fit" in text.split("[weights]")[0]
    assert sorted(table) == list(table)
    assert {"unsubscribe", "reset", "verify", "magic", "other", NO_WORD} == {name.partition(":")[0] for name in table}
