"""/view/... and /search: pages of hostile mail that run nothing and load nothing, by every door."""

from time import process_time

import pytest
from msgspec import structs
from selectolax.lexbor import LexborHTMLParser

from mayfly.records.message import Attachment
from tests.corpus.hostile_html import BOMBS, TRICKS

from .conftest import DEFAULT_SPACE

_LOGO = Attachment(
    index=1, filename="logo.png", content_type="image/png", size=3, sha256="0", content_id="logo@shop", inline=True
)
_HTML = '<p onclick=alert(1)>Hi</p><img src="cid:logo@shop"><img src="https://tracker.invalid/x.png"><script>x</script>'


async def test_the_html_of_a_message_is_safe_and_has_its_own_images(doors, deliver):
    message = await deliver(DEFAULT_SPACE, html=_HTML, subject="</title><script>alert(1)</script>", attachments=[_LOGO])
    answer = await doors.open.get(f"/view/{message.id}.html", params={"embed": "1"})
    assert (200, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert '<body><p>Hi</p><img src="data:image/png;base64,eHh4"><img></body>' in answer.text
    assert "<script" not in answer.text


async def test_an_image_is_written_into_as_many_places_as_there_is_room_for(doors, deliver):
    photo = structs.replace(_LOGO, size=3 * 1024 * 1024)
    message = await deliver(DEFAULT_SPACE, html='<img src="cid:logo@shop">' * 1_000, attachments=[photo])
    shown = (await doors.open.get(f"/view/{message.id}.html")).text
    assert [2, 998] == [shown.count('<img src="data:image/png;base64,eHh4'), shown.count('<img src="">')]


async def test_names_of_many_images_hold_nobody_up(doors, deliver):
    images = [structs.replace(_LOGO, index=n, content_id="a" * 400 + f"b{n}" + "a" * 400) for n in range(1, 1_001)]
    message = await deliver(DEFAULT_SPACE, html="a" * 2_000_000 + '<img src="cid:none">', attachments=images)
    begun = process_time()
    shown = (await doors.open.get(f"/view/{message.id}.html")).text
    assert process_time() - begun < 5
    assert shown.endswith("a<img></body></html>")


async def test_a_browser_is_told_to_run_nothing_and_load_nothing(doors, deliver):
    message = await deliver(DEFAULT_SPACE, html=_HTML)
    for kind in (".html", ".txt", ""):
        headers = (await doors.open.get(f"/view/{message.id}{kind}")).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script" not in policy
        assert "http" not in policy
        assert ["nosniff", "no-referrer"] == [headers["x-content-type-options"], headers["referrer-policy"]]
    html = await doors.open.get(f"/view/{message.id}.html")
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in html.headers["content-security-policy"]
    assert "allow-scripts" not in html.headers["content-security-policy"]
    assert "SAMEORIGIN" == html.headers["x-frame-options"]


async def test_other_answers_are_never_shown_in_a_frame(doors):
    assert ["DENY"] == (await doors.open.get("/api/v1/messages")).headers.get_list("x-frame-options")


async def test_tricks_in_a_message_leave_nothing_but_their_text(doors, deliver):
    message = await deliver(DEFAULT_SPACE, html="".join(TRICKS.values()))
    page = LexborHTMLParser((await doors.open.get(f"/view/{message.id}.html")).text)
    assert [] == page.css(
        "script, iframe, object, embed, form, input, base, link, svg, math, meta[http-equiv], [onload]"
    )


async def test_html_that_costs_too_much_is_shown_as_text(doors, deliver):
    bomb = BOMBS["formatting begun again in every paragraph"]()
    message = await deliver(DEFAULT_SPACE, html=bomb, text="<b>Use 482193.")
    answer = await doors.open.get(f"/view/{message.id}.html")
    assert (200, True) == (answer.status_code, "<pre>&lt;b&gt;Use 482193.</pre>" in answer.text)


async def test_the_text_alone_the_newest_and_what_does_not_exist(doors, deliver):
    message = await deliver(DEFAULT_SPACE, html="", text="Grüße & <b>482193</b>")
    answer = await doors.open.get("/view/latest.txt")
    assert ("Grüße & <b>482193</b>", "text/plain; charset=utf-8") == (answer.text, answer.headers["content-type"])
    newest = await doors.open.get("/view/latest")
    assert (302, message.id) == (newest.status_code, newest.headers["location"])
    older = await deliver(DEFAULT_SPACE, subject="Older")
    await deliver(DEFAULT_SPACE, subject="Newer")
    found = await doors.open.get("/view/latest", params={"query": "subject:older"})
    assert older.id == found.headers["location"]
    nothing = await doors.open.get("/view/latest", params={"query": "subject:nothing"})
    assert (302, "../search") == (nothing.status_code, nothing.headers["location"])
    assert 404 == (await doors.open.get("/view/latest.html", params={"query": "subject:nothing"})).status_code
    for name, text in (
        (f"{message.id}.html", "This message does not contain a HTML part"),
        ("019e2f3a-5b77-7c41-9d08-3f2a6c1b7e55.html", "Message not found"),
        ("x.txt", "Message not found"),
        (f"{message.id}.pdf", "Message not found"),
    ):
        answer = await doors.open.get(f"/view/{name}")
        assert (404, text) == (answer.status_code, answer.text)


async def test_looking_marks_a_message_as_read(doors, deliver):
    message = await deliver(DEFAULT_SPACE)
    await doors.open.get(f"/view/{message.id}.txt")
    listed = (await doors.open.get("/api/v1/messages", params={"limit": 1})).json()["messages"][0]
    assert (message.id, True) == (listed["ID"], listed["Read"])


async def test_a_page_shows_fields_as_text_and_the_html_in_a_frame(account, deliver):
    message = await deliver(
        account.inbox, html="<p>hi", subject="<script>1</script>", from_name='"><script>', to=["<img>@a.example"]
    )
    answer = await account.http.get(f"/mailpit/{account.space.id}/view/{message.id}", headers=account.headers)
    page = LexborHTMLParser(answer.text)
    assert [] == page.css("script, img")
    assert "<script>1</script>" == page.css_first("h1").text()
    frame = page.css_first("iframe")
    assert (f"{message.id}.html", "allow-popups allow-popups-to-escape-sandbox") == (
        frame.attributes["src"],
        frame.attributes["sandbox"],
    )


async def test_a_search_links_to_what_it_finds(account, deliver):
    message = await deliver(account.inbox, subject="<b>needle</b>")
    await deliver(account.inbox, subject="hay")
    answer = await account.http.get(
        f"/mailpit/{account.space.id}/search", params={"q": "needle"}, headers=account.headers
    )
    links = LexborHTMLParser(answer.text).css("li a")
    assert [(f"view/{message.id}", "<b>needle</b>")] == [(link.attributes["href"], link.text()) for link in links]
    everything = await account.http.get(f"/mailpit/{account.space.id}/search", headers=account.headers)
    assert 2 == len(LexborHTMLParser(everything.text).css("li"))


async def test_the_view_of_another_space_does_not_exist(doors, account, deliver):
    message = await deliver(DEFAULT_SPACE, html="<p>private")
    for kind in ("", ".html", ".txt"):
        answer = await account.http.get(f"/mailpit/{account.space.id}/view/{message.id}{kind}", headers=account.headers)
        assert 404 == answer.status_code
    assert 401 == (await account.http.get(f"/mailpit/{account.space.id}/view/{message.id}")).status_code


@pytest.mark.parametrize("path", ["//view/{}.html", "/view//{}.html"])
async def test_a_doubled_slash_is_one(doors, deliver, path):
    message = await deliver(DEFAULT_SPACE, html="<p>hi")
    assert (
        200
        == (await doors.open.get(f"http://{doors.open.base_url.netloc.decode()}{path.format(message.id)}")).status_code
    )


async def test_a_browser_that_opens_the_port_is_led_to_the_mail(doors, deliver):
    message = await deliver(DEFAULT_SPACE)
    answer = await doors.open.get("/", headers={"accept": "text/html"})
    assert (302, "search") == (answer.status_code, answer.headers["location"])
    assert f'href="view/{message.id}"' in (await doors.open.get("/search")).text
