"""The calls of Mailpit's API: keys, statuses, media types, and what they change."""

import hashlib

import pytest

from mayfly.events.facts import new_event_id
from mayfly.records.message import Attachment, StoredEnvelope

from .conftest import an_account

MESSAGES, SEARCH, MESSAGE, TAGS = "/api/v1/messages", "/api/v1/search", "/api/v1/message", "/api/v1/tags"
CHAOS = "/api/v1/chaos"
SUMMARY = ["ID", "MessageID", "Read", "From", "To", "Cc", "Bcc", "ReplyTo", "Subject", "Created", "Username", "Tags"]
SUMMARY += ["Size", "Attachments", "Snippet"]
WHOLE = ["ID", "MessageID", "From", "To", "Cc", "Bcc", "ReplyTo", "ReturnPath", "Subject", "ListUnsubscribe", "Date"]
WHOLE += ["Tags", "Username", "Text", "HTML", "Size", "Inline", "Attachments"]


class Mailpit:
    """Mailpit's API for the account's space."""

    def __init__(self, account):
        self.account = account

    async def __call__(self, method, path, **words):
        return await self.account.http.request(method, path, auth=self.account.basic, **words)

    async def list(self, **params):
        return (await self("GET", MESSAGES, params=params)).json()

    async def ids(self, **params):
        return [entry["ID"] for entry in (await self.list(**params))["messages"]]


@pytest.fixture
def mailpit(account):
    return Mailpit(account)


@pytest.fixture
def arrive(account, deliver):
    """A mail arrives in the space."""

    async def store(**fields):
        return await deliver(account.inbox, **fields)

    return store


def is_ok(answer):
    return (200, "text/plain", "ok") == (answer.status_code, answer.headers["content-type"], answer.text)


async def test_an_empty_space_has_lists_and_no_nulls(mailpit):
    answer = await mailpit("GET", MESSAGES)
    numbers = dict.fromkeys(("total", "unread", "count", "messages_count", "messages_unread", "start"), 0)
    assert {**numbers, "tags": [], "messages": []} == answer.json()


async def test_a_summary_has_mailpits_keys_in_their_order(mailpit, arrive):
    envelope = StoredEnvelope(reverse_path="s@x.test", forward_path="b@x.test", login="tester")
    mail = await arrive(
        from_name="Shop",
        to=["ann@x.test"],
        bcc=["b@x.test"],
        names=[("ann@x.test", "Ann")],
        tags=["b", "A"],
        envelope=envelope,
        snippet="One two " + "x" * 290,
        header_message_id="1@x.test",
    )
    (summary,) = (await mailpit.list())["messages"]
    assert SUMMARY == list(summary)
    assert {
        "ID": mail.id,
        "MessageID": "1@x.test",
        "Read": False,
        "From": {"Name": "Shop", "Address": "noreply@example.com"},
        "To": [{"Name": "Ann", "Address": "ann@x.test"}],
        "Cc": [],
        "Bcc": [{"Name": "", "Address": "b@x.test"}],
        "ReplyTo": [],
        "Username": "tester",
        "Tags": ["A", "b"],
        "Size": mail.raw_size,
        "Attachments": 1,
        "Snippet": "One two " + "x" * 192 + "...",
    }.items() <= summary.items()


async def test_start_and_limit_cut_the_list_and_nonsense_counts_as_left_out(mailpit, arrive):
    newest_first = [(await arrive()).id for _ in range(4)][::-1]
    assert newest_first[1:3] == await mailpit.ids(start=1, limit=2)
    assert newest_first == await mailpit.ids(limit=0, start=2)
    assert newest_first == await mailpit.ids(start="-1", limit="many")
    assert [] == await mailpit.ids(start=100)
    counts = await mailpit.list(start=100)
    assert (4, 4, 0, 100) == tuple(counts[name] for name in ("total", "messages_count", "count", "start"))
    assert [] == await mailpit.ids(before="2000-01-01")
    assert newest_first == await mailpit.ids(before="soon")


async def test_a_long_list_comes_whole(mailpit, arrive):
    ids = {(await arrive()).id for _ in range(230)}
    page = await mailpit.list(limit=0)
    assert (230, 230) == (page["count"], len(page["messages"]))
    assert ids == {entry["ID"] for entry in page["messages"]}


async def test_reading_a_message_marks_it_and_head_does_not(mailpit, arrive):
    mail = await arrive(text="a\nb", text_crlf=True, html="<p>\n", bcc=[])
    await mailpit("HEAD", f"{MESSAGE}/{mail.id}")
    assert 1 == (await mailpit.list())["unread"]
    whole = (await mailpit("GET", f"{MESSAGE}/{mail.id}")).json()
    assert WHOLE == list(whole)
    assert ("a\r\nb", "<p>\n", "sender@example.com") == (whole["Text"], whole["HTML"], whole["ReturnPath"])
    assert {"Header": "", "Links": [], "Errors": "", "HeaderPost": ""} == whole["ListUnsubscribe"]
    page = await mailpit.list()
    assert (0, 0, True) == (page["unread"], page["messages_unread"], page["messages"][0]["Read"])


async def test_latest_is_the_newest_that_a_search_finds(mailpit, arrive):
    older, newer = await arrive(subject="older"), await arrive(subject="newer")
    assert newer.id == (await mailpit("GET", f"{MESSAGE}/latest")).json()["ID"]
    assert older.id == (await mailpit("GET", f"{MESSAGE}/latest", params={"query": "subject:older"})).json()["ID"]
    missing = await mailpit("GET", f"{MESSAGE}/latest/raw", params={"query": "subject:nothing"})
    assert (404, "text/plain; charset=utf-8", "Message not found") == (
        missing.status_code,
        missing.headers["content-type"],
        missing.text,
    )


@pytest.mark.parametrize("path", ["", "/headers", "/raw", "/part/1", "/html-check", "/link-check", "/sa-check"])
async def test_an_unknown_message_is_404_in_plain_text(mailpit, path):
    answer = await mailpit("GET", f"{MESSAGE}/unknown{path}")
    assert (404, "text/plain", "404 page not found") == (
        answer.status_code,
        answer.headers["content-type"],
        answer.text,
    )


async def test_headers_source_and_parts(mailpit, arrive):
    octets = b"x" * 3
    digests = {name: hashlib.new(name, octets).hexdigest() for name in ("md5", "sha1", "sha256")}
    attached = Attachment(index=0, filename="ü 1.csv", content_type="text/csv", size=3, part_id="2", **digests)
    page = Attachment(
        index=1, filename="p.html", content_type="text/html", size=3, sha256="", inline=True, part_id="1.2"
    )
    mail = await arrive(raw=b"From: a@x.test\r\nmime-version: 1.0\r\n\r\nx", attachments=[attached, page])
    headers = (await mailpit("GET", f"{MESSAGE}/{mail.id}/headers")).json()
    assert {
        "From": ["a@x.test"],
        "Mime-Version": ["1.0"],
        "Return-Path": ["<sender@example.com>"],
    }.items() <= headers.items()
    source = await mailpit("GET", f"{MESSAGE}/{mail.id}/raw", params={"dl": "1"})
    assert "text/plain; charset=utf-8" == source.headers["content-type"]
    assert f'attachment; filename="{mail.id}.eml"' == source.headers["content-disposition"]
    assert source.text.endswith("From: a@x.test\r\nmime-version: 1.0\r\n\r\nx")
    whole = (await mailpit("GET", f"{MESSAGE}/{mail.id}")).json()
    assert [
        {
            "PartID": "2",
            "FileName": "ü 1.csv",
            "ContentType": "text/csv",
            "ContentID": "",
            "Size": 3,
            "Checksums": {"MD5": digests["md5"], "SHA1": digests["sha1"], "SHA256": digests["sha256"]},
        }
    ] == whole["Attachments"]
    assert ["1.2"] == [inline["PartID"] for inline in whole["Inline"]]
    part = await mailpit("GET", f"{MESSAGE}/{mail.id}/part/2")
    assert (octets, "text/csv", 'inline; filename="%C3%BC%201.csv"') == (
        part.content,
        part.headers["content-type"],
        part.headers["content-disposition"],
    )
    saved = await mailpit("GET", f"{MESSAGE}/{mail.id}/part/1.2")
    assert ("application/octet-stream", 'attachment; filename="p.html"') == (
        saved.headers["content-type"],
        saved.headers["content-disposition"],
    )
    assert "sandbox" in saved.headers["content-security-policy"]
    assert 404 == (await mailpit("GET", f"{MESSAGE}/{mail.id}/part/3")).status_code


async def test_read_status_of_ids_of_a_search_and_of_all(mailpit, arrive):
    first, second = await arrive(subject="first"), await arrive(subject="second")

    async def unread():
        return [entry["Subject"] for entry in (await mailpit.list())["messages"] if not entry["Read"]]

    assert is_ok(await mailpit("PUT", MESSAGES, json={"IDs": [first.id, "unknown"], "Read": True}))
    assert ["second"] == await unread()
    assert is_ok(await mailpit("PUT", MESSAGES, json={"search": "subject:second", "read": True}))
    assert [] == await unread()
    assert is_ok(await mailpit("PUT", MESSAGES, json={}))
    assert ["second", "first"] == await unread()
    assert is_ok(await mailpit("PUT", MESSAGES, json={"IDs": [], "Read": True}))
    assert [] == await unread()
    assert second.id in await mailpit.ids()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "EOF"),
        (b'{"IDs":["a"],"Search":"b"}', "You may specify either IDs or a search query, not both"),
        (b'{"IDs":"a"}', "Expected `array`, got `str` - at `$.ids`"),
        (b"[]", "Expected `object`, got `array`"),
    ],
)
async def test_a_read_status_that_makes_no_sense(mailpit, body, reason):
    answer = await mailpit("PUT", MESSAGES, content=body)
    assert (400, "text/plain", reason) == (answer.status_code, answer.headers["content-type"], answer.text)


async def test_known_ids_are_deleted_and_unknown_ones_ignored(mailpit, arrive):
    first, second = await arrive(), await arrive()
    assert is_ok(await mailpit("DELETE", MESSAGES, json={"IDs": [first.id, "unknown", new_event_id()]}))
    assert [second.id] == await mailpit.ids()
    assert is_ok(await mailpit("DELETE", MESSAGES, json={"IDs": ["unknown"]}))
    assert [second.id] == await mailpit.ids()


@pytest.mark.parametrize("body", [b"", b"{}", b'{"IDs":[]}', b'{"IDs":null}', b"null"])
async def test_without_ids_all_messages_are_deleted(mailpit, arrive, body):
    await arrive()
    assert is_ok(await mailpit("DELETE", MESSAGES, content=body))
    assert [] == await mailpit.ids()


@pytest.mark.parametrize("body", [b"IDs=1", b'{"IDs":["1"', b'{"IDs":"1"}', b"[]", b'{"IDs":[1]}'])
async def test_a_body_that_cannot_be_read_deletes_nothing(mailpit, arrive, body):
    mail = await arrive()
    answer = await mailpit("DELETE", MESSAGES, content=body)
    assert (400, "text/plain") == (answer.status_code, answer.headers["content-type"])
    assert [mail.id] == await mailpit.ids()


async def test_searches_count_what_they_find_beside_all(mailpit, arrive):
    red, blue = await arrive(subject="red", tags=["x"]), await arrive(subject="blue")
    await mailpit("GET", f"{MESSAGE}/{red.id}")
    found = (await mailpit("GET", SEARCH, params={"query": "subject:red"})).json()
    assert ([red.id], 2, 1, 1, 0, 1, ["x"]) == (
        [entry["ID"] for entry in found["messages"]],
        *(found[name] for name in ("total", "unread", "messages_count", "messages_unread", "count", "tags")),
    )
    none = (await mailpit("GET", SEARCH, params={"query": "-subject:red", "limit": 0, "tz": "Mars/Olympus"})).json()
    assert (1, []) == (none["messages_count"], none["messages"])
    assert is_ok(await mailpit("DELETE", SEARCH, params={"query": "tag:X"}))
    assert [blue.id] == await mailpit.ids()
    for method in ("GET", "DELETE"):
        blank = await mailpit(method, SEARCH, params={"query": " "})
        assert (400, "Error: no search query") == (blank.status_code, blank.text)


async def test_tags_are_set_listed_renamed_and_removed(mailpit, arrive):
    first, second = await arrive(), await arrive(tags=["old"])
    assert is_ok(
        await mailpit("PUT", TAGS, json={"IDs": [first.id, "unknown"], "Tags": ["beta", "Alpha", "ALPHA", "a/b"]})
    )
    assert ["a b", "Alpha", "beta", "old"] == (await mailpit("GET", TAGS)).json()
    assert is_ok(await mailpit("PUT", f"{TAGS}/ALPHA", json={"Name": "Gamma ray"}))
    assert is_ok(await mailpit("DELETE", f"{TAGS}/old"))
    page = await mailpit.list()
    assert ["a b", "beta", "Gamma ray"] == page["tags"]
    assert [[], ["a b", "beta", "Gamma ray"]] == [entry["Tags"] for entry in page["messages"]]
    assert second.id == page["messages"][0]["ID"]
    for method, tag, body, reason in (
        ("PUT", "none", {"Name": "x"}, "tag not found: none"),
        ("PUT", "beta", {"Name": "gamma RAY"}, "tag already exists: gamma RAY"),
        ("PUT", "beta", {"Name": "*"}, "invalid tag name: *"),
        ("DELETE", "none", None, "tag not found: none"),
    ):
        answer = await mailpit(method, f"{TAGS}/{tag}", **({"json": body} if body else {}))
        assert (400, reason) == (answer.status_code, answer.text)


async def test_info_and_settings_of_the_web_page(mailpit, arrive):
    await arrive(tags=["b", "a"])
    info = (await mailpit("GET", "/api/v1/info")).json()
    assert info["Version"].startswith("v1.")
    assert (1, 1, {"a": 1, "b": 1}) == (info["Messages"], info["Unread"], info["Tags"])
    assert [
        "Uptime",
        "Memory",
        "MessagesDeleted",
        "SMTPAccepted",
        "SMTPAcceptedSize",
        "SMTPRejected",
        "SMTPIgnored",
    ] == list(info["RuntimeStats"])
    web = (await mailpit("GET", "/api/v1/webui")).json()
    assert (False, False, False) == (web["ChaosEnabled"], web["SpamAssassin"], web["MessageRelay"]["Enabled"])
    assert "PreserveMessageIDs" in web["MessageRelay"]


async def test_the_document_names_the_calls(mailpit):
    document = (await mailpit("GET", "/api/v1/swagger.json")).json()
    assert {MESSAGES, SEARCH, "/api/v1/send", "/api/v1/message/{message_id}"} <= document["paths"].keys()


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("html-check", None, "message does not contain HTML"),
        ("link-check", None, "Link check is not available: links in mail are not opened"),
        ("release", {"To": ["a@x.test"]}, "Message relaying is not available: Mayfly sends no mail"),
        ("release", {"To": ["nonsense"]}, "Invalid email address: nonsense"),
        ("release", {"To": []}, "No valid addresses found"),
    ],
)
async def test_what_is_not_offered_is_refused_in_words(mailpit, arrive, path, body, reason):
    mail = await arrive()
    words = {"json": body} if body else {}
    answer = await mailpit("POST" if body else "GET", f"{MESSAGE}/{mail.id}/{path}", **words)
    assert (400, "text/plain", reason) == (answer.status_code, answer.headers["content-type"], answer.text)


async def test_chaos_is_off_unless_the_operator_wants_it(mailpit):
    for method in ("GET", "PUT"):
        answer = await mailpit(method, CHAOS, **({"json": {}} if method == "PUT" else {}))
        assert (400, "Chaos is not enabled") == (answer.status_code, answer.text)


async def test_chaos_is_the_fault_plan_of_the_space(make_doors, make_space):
    doors = await make_doors(mailpit_chaos=True)
    account = await an_account(doors, make_space)
    mailpit = Mailpit(account)
    usual = {name: {"ErrorCode": 451, "Probability": 0} for name in ("Sender", "Recipient")}
    usual["Authentication"] = {"ErrorCode": 535, "Probability": 0}
    assert usual == (await mailpit("GET", CHAOS)).json()
    wish = {"Recipient": {"ErrorCode": 550, "Probability": 30}}
    assert {**usual, **wish} == (await mailpit("PUT", CHAOS, json=wish)).json()
    assert {**usual, **wish} == (await mailpit("GET", CHAOS)).json()
    plan = await account.http.get(f"/api/v1/inboxes/{account.space.id}/fault-plan", headers=account.headers)
    assert {"at": "rcpt", "code": 550, "probability": 30, "text": "Chaos recipient error"}.items() <= plan.json()[
        "steps"
    ][1].items()
    for body, reason in (
        ({"Sender": {"ErrorCode": 250}}, "error code must be between 400 and 599"),
        ({"Sender": {"Probability": 101}}, "probability must be between 0 and 100"),
    ):
        answer = await mailpit("PUT", CHAOS, json=body)
        assert (400, reason) == (answer.status_code, answer.text)
    assert usual == (await mailpit("PUT", CHAOS, json={})).json()
    ended = await account.http.get(f"/api/v1/inboxes/{account.space.id}/fault-plan", headers=account.headers)
    assert 404 == ended.status_code


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 400, "EOF"),
        (b'{"To":[{"Email":"nobody"}]}', 400, "invalid To address: nobody"),
        (b'{"To":[{"Email":"a@b.test"}],"Headers":{"to":"x"}}', 400, 'cannot overwrite header: "to"'),
        (b'{"To":["a@b.test"]}', 400, "Expected `object`, got `str` - at `$.to[0]`"),
        (b"x" * (27 * 1024 * 1024), 413, "the request body is too large"),
    ],
)
async def test_send_errs_in_json(mailpit, body, status, reason):
    answer = await mailpit("POST", "/api/v1/send", content=body)
    assert (status, {"Error": reason}) == (answer.status_code, answer.json())


async def test_scopes_count_at_the_doors(account):
    reader = await account.http.post(
        "/api/v1/api-keys", json={"label": "r", "scopes": ["mailboxes:read"]}, headers=account.headers
    )
    key = reader.json()["plaintext"]
    assert 200 == (await account.http.get(MESSAGES, auth=(account.space.id, key))).status_code
    refused = await account.http.delete(MESSAGES, auth=(account.space.id, key))
    assert (403, "text/plain; charset=utf-8") == (refused.status_code, refused.headers["content-type"])


async def test_of_another_space_no_message_can_be_seen_or_changed(mailpit, arrive, doors, make_space):
    mail, other = await arrive(), Mailpit(await an_account(doors, make_space))
    for path in ("", "/raw", "/headers", "/part/1", "/html-check"):
        assert 404 == (await other("GET", f"{MESSAGE}/{mail.id}{path}")).status_code
    assert is_ok(await other("PUT", MESSAGES, json={"IDs": [mail.id], "Read": True}))
    assert is_ok(await other("PUT", TAGS, json={"IDs": [mail.id], "Tags": ["stolen"]}))
    assert is_ok(await other("DELETE", MESSAGES, json={"IDs": [mail.id]}))
    assert is_ok(await other("DELETE", MESSAGES))
    page = await mailpit.list()
    assert ([mail.id], 1, []) == ([entry["ID"] for entry in page["messages"]], page["unread"], page["tags"])


async def test_calls_count_against_the_space_and_no_daily_quota(make_doors, make_space):
    doors = await make_doors()
    account = await an_account(doors, make_space, plan="free")
    answers = [await Mailpit(account)("GET", MESSAGES) for _ in range(150)]
    assert {200} == {answer.status_code for answer in answers}
    assert {"200"} == {answer.headers["x-ratelimit-limit"] for answer in answers}
