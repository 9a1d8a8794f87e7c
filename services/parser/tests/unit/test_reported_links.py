"""Links as users of other projects reported them: inputs of our own in the manner of each report, and what is right."""

import pytest

from message_parser.domain.parse import parse

TEXT, HTML = "text/plain", "text/html"
LONG = "https://vault.example/#/accept?org=4984a04d-e7e0-484a-92a7-1316fa4b50df&token=" + "eyJhbGciOiJSUzI1NiJ9" * 60

CASES = [
    ("axllent/mailpit#532", HTML, '<a href="acmeapp://verify?token=8d1f&tenant=a">Verify</a>',
     ["acmeapp://verify?token=8d1f&tenant=a"]),
    ("axllent/mailpit#532, as text", TEXT, "Verify here: acmeapp://verify?token=8d1f\n", ["acmeapp://verify?token=8d1f"]),
    ("axllent/mailpit#125", TEXT, "Confirm: https://a.example/c?t=1&u=2\n", ["https://a.example/c?t=1&u=2"]),
    ("axllent/mailpit#535", TEXT, "<https://a.example/path?param=abcdefghijklmnop qrstuvwxyz0123456789 end=1>\n",
     ["https://a.example/path?param=abcdefghijklmnopqrstuvwxyz0123456789end=1"]),
    ("owncloud-archive/mail#1643", TEXT, "see https://a.example/x?a=1&b=2&c=3 for more",
     ["https://a.example/x?a=1&b=2&c=3"]),
    ("nextcloud/mail#923, Automattic/wp-calypso#86573", TEXT, "Confirm https://a.example/b?stat=x&amp;key=1&amp;user=2",
     ["https://a.example/b?stat=x&key=1&user=2"]),
    ("pyepye/django-magiclink#34", HTML, '<a href="https://a.example/login/verify/?token=w1&amp;email=k%40b.example">x</a>',
     ["https://a.example/login/verify/?token=w1&email=k%40b.example"]),
    ("postalserver/postal#115", TEXT, "Guide: http://a.example/TD-W9970(EU)_V2_Guide_14.pdf",
     ["http://a.example/TD-W9970(EU)_V2_Guide_14.pdf"]),
    ("nfrasser/linkifyjs#81", TEXT, "(https://a.example/watch?v=4KbSRXP0wik)", ["https://a.example/watch?v=4KbSRXP0wik"]),
    ("flowdock/markdown-it-flowdock#4", TEXT, "https://a.example/wiki/Terminator_(franchise)",
     ["https://a.example/wiki/Terminator_(franchise)"]),
    ("mozilla/bleach#49", TEXT, "(http://a.example/).", ["http://a.example/"]),
    ("mozilla/bleach#190", TEXT, "(see  http://a.example/)", ["http://a.example/"]),
    ("sftwrdotdev/Markpad#290", TEXT, "Awards (https://a.example/united/)for more", ["https://a.example/united/"]),
    ("github/cmark-gfm#153", TEXT, "[https://a.example/]0 {https://b.example/}0 (https://c.example/)0",
     ["https://a.example/", "https://b.example/", "https://c.example/"]),
    ("nfrasser/linkifyjs#82", TEXT, "甲《乙》http://a.example/RUy3《丙》http://a.example/RUyQ",
     ["http://a.example/RUy3", "http://a.example/RUyQ"]),
    ("openchamber/openchamber#3039", TEXT, "访问 https://a.example/docs（中文）了解 https://b.example/guide，详见",
     ["https://a.example/docs", "https://b.example/guide"]),
    ("gregjacobs/Autolinker.js#394", TEXT, "こちら→https://a.example/x 链接:https://b.example/y",
     ["https://a.example/x", "https://b.example/y"]),
    ("markdown-it/linkify-it#46", TEXT, "詳細｜https://a.example/x｜問合せ", ["https://a.example/x"]),
    ("markdown-it/linkify-it#46, in ASCII", TEXT, "Help|https://a.example/x|https://b.example/y|end",
     ["https://a.example/x", "https://b.example/y"]),
    ("markdown-it/markdown-it#38", TEXT, "http://a.example/31c3_-_6373_-_en_-_olia.html_",
     ["http://a.example/31c3_-_6373_-_en_-_olia.html_"]),
    ("markdown-it/linkify-it#116", TEXT, "Use “https://a.example/x” or 'https://b.example/y' or »https://c.example/z«",
     ["https://a.example/x", "https://b.example/y", "https://c.example/z"]),
    ("a token that ends with an underscore", TEXT, "https://a.example/v?t=Zm9vYmFy_\n", ["https://a.example/v?t=Zm9vYmFy_"]),
    ("text of a mail in bold", TEXT, "*https://a.example/x* _https://b.example/y_", ["https://a.example/x", "https://b.example/y"]),
    ("nylas/nylas-mail#3532", HTML, ('<html><head><base href="https://a.example/forums/"></head><body>'
     '<a href="index.php?t=rview&amp;goto=17#msg_17">View</a></body></html>'), ["https://a.example/forums/index.php?t=rview&goto=17#msg_17"]),
    ("thunderbird/thunderbird-android#6587", HTML, '<head><base href="https://a.example/"></head><a href="/2022/x">Link</a>',
     ["https://a.example/2022/x"]),
    ("maildev/maildev#97", HTML, ('<base href="https://a.example/"/><a href="//b.example/x">1</a><a href="#top">2</a>'
     '<a href="mailto:x@a.example">3</a>'), ["https://b.example/x"]),
    ("dani-garcia/vaultwarden#7401", HTML, f'<a href="{LONG}">Join</a>', [LONG]),
    ("dani-garcia/vaultwarden#7401, as text", TEXT, f"Join: {LONG}\n", [LONG]),
    ("TeamFlos/phira#146", TEXT, "Please visit https://a.example/activate?code=a68736bc-9887-406b-b5e3-122b61965772 to activate",
     ["https://a.example/activate?code=a68736bc-9887-406b-b5e3-122b61965772"]),
    ("orbiting/backends#298", TEXT, "wissen?\n<https://a.example/dialog?id=57e2e394-f269&a=\nmp=1>»\nteilgenommen",
     ["https://a.example/dialog?id=57e2e394-f269&a=mp=1"]),
    ("an escaped bracket", TEXT, "Acme &lt;https://a.example/x&gt; and", ["https://a.example/x"]),
    ("lists without blanks", TEXT, "https://a.example/1,https://b.example/2;https://c.example/3",
     ["https://a.example/1", "https://b.example/2", "https://c.example/3"]),
    ("zero-width space", TEXT, "https://a.example/x\u200bnext", ["https://a.example/x"]),
    ("Thai without blanks", TEXT, "กดhttps://a.example/v?t=1เพื่อยืนยัน", ["https://a.example/v?t=1"]),
    ("a Turkish suffix", TEXT, "https://a.example/x'e tıklayın", ["https://a.example/x"]),
    ("an archived page", TEXT, "https://web.a.example/2026/https://b.example/x", ["https://web.a.example/2026/https://b.example/x"]),
    ("a fallback within a deep link", HTML,
     '<a href="intent://scan/#Intent;scheme=acme;S.browser_fallback_url=https%3A%2F%2Fa.example;end">Open</a>',
     ["intent://scan/#Intent;scheme=acme;S.browser_fallback_url=https%3A%2F%2Fa.example;end"]),
    ("addresses of machines", TEXT, "postgres://u:p@db.example/x ssh://git@a.example file:///etc/x javascript://%0aalert(1)", []),
    ("nfrasser/linkifyjs#235", TEXT, "http://письмо.рф/путь, и", ["http://письмо.рф/путь"]),
    ("a longer URL than is kept", TEXT, "https://a.example/" + "a" * 9000 + " https://b.example/x", ["https://b.example/x"]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "kind", "body", "expected"), CASES, ids=[case[0] for case in CASES])
def test_reported_links(source, kind, body, expected):
    mail = (
        f"Subject: x\nMIME-Version: 1.0\nContent-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}"
    )
    assert expected == [link.url for link in parse(mail.replace("\n", "\r\n").encode()).links]
