"""Searches and tags by HTTP: what is found, refused, counted, marked and deleted."""

from datetime import UTC, datetime, timedelta

import pytest

from api_gateway import foundation, rooms
from api_gateway.edge.caller import Caller
from api_gateway.messages import parse_search
from api_gateway.refusals import BadInput, NotFound, Taken
from api_gateway.settings import Settings
from mayfly.failures import TransientFailure
from mayfly.records.inbox import Extent
from mayfly.records.search import Folded
from mayfly.store.client import connect
from mayfly.store.message_search import MessageSearch
from mayfly.store.message_tags import MessageTags
from mayfly.store.messages import Messages
from mayfly.testing.builders import make_inbox, make_message

ANYBODY = Caller(address="192.0.2.1", subject="ip:192.0.2.1")


@pytest.fixture
async def messages(mongo_uri, mongo_database, clean_nats, free_ports):
    """The handlers of messages, called as a dialect does."""
    settings = Settings(
        mongo_uri=mongo_uri, mongo_database=mongo_database, nats_url=clean_nats, http_port=free_ports.take()
    )
    async with foundation.connect(settings) as connected:
        yield rooms.build(connected)["messages"]


async def ids(gateway, inbox, **query):
    answer = await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/messages", params=query)
    assert (query, 200) == (query, answer.status_code), answer.text
    return [entry["id"] for entry in answer.json()]


async def test_words_are_all_required_and_may_stand_apart(gateway, deliver):
    inbox = await gateway.inbox()
    both = await deliver(inbox, subject="Your order", text="has been shipped to Ann")
    one = await deliver(inbox, subject="Your order", text="was received")
    for text, expected in (
        ("order", [one, both]),
        ("order shipped", [both]),
        ("shipped ORDER", [both]),
        ('"shipped to"', [both]),
        ('"order shipped"', []),
        ("order -shipped", [one]),
        ("subject:order !ann", [one]),
    ):
        assert (text, [message.id for message in expected]) == (text, await ids(gateway, inbox, q=text))


async def test_searches_go_with_other_filters_and_with_pages(gateway, deliver):
    inbox = await gateway.inbox()
    made = [await deliver(inbox, subject=f"order {number}", is_read=number % 2 == 0) for number in range(6)]
    await deliver(inbox, subject="other")
    assert [made[5].id, made[3].id, made[1].id] == await ids(gateway, inbox, q="order", unread="true")
    path, seen = f"/api/v1/inboxes/{inbox['address']}/messages?q=order&limit=4", []
    while path:
        answer = await gateway.http.get(path)
        seen += [entry["id"] for entry in answer.json()]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert [message.id for message in reversed(made)] == seen


async def test_dates_are_of_the_zone_that_is_named(gateway, deliver):
    inbox = await gateway.inbox()
    message = await deliver(inbox, received_at=datetime(2026, 11, 30, 8, 30, tzinfo=UTC))
    assert [] == await ids(gateway, inbox, q='after:"2026-11-30 09:00"')
    assert [message.id] == await ids(gateway, inbox, q='after:"2026-11-30 09:00"', tz="Europe/Berlin")
    assert [message.id] == await ids(gateway, inbox, q="after:2026-11-30T09:00+01:00", tz="Asia/Tokyo")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"q": "is:old"}, "q: `is:old`: known are read, unread, tagged"),
        ({"q": "a after:soon"}, "q: `after:soon`: needs a date such as 2026-11-30, 2026-11-30T09:00Z or 30 Nov 2026"),
        ({"q": "larger:big"}, "q: `larger:big`: needs a size such as 500, 20k or 1.5m"),
        ({"q": " "}, "q: nothing to search for"),
        ({"q": "a " * 31}, "q: more than 30 terms"),
        ({"q": "a", "tz": "Mars"}, "tz: not a known time zone; use a name such as Europe/Berlin"),
        ({"q": "a\0"}, "q: must not contain NUL"),
    ],
)
async def test_what_has_no_meaning_is_refused_by_name(gateway, query, message):
    inbox = await gateway.inbox()
    answer = await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/messages", params=query)
    assert (400, {"error": "bad_request", "message": message}) == (answer.status_code, answer.json())


async def test_tags_are_set_listed_searched_and_shown(gateway, deliver):
    inbox = await gateway.inbox()
    one, two = await deliver(inbox, tags=["old"]), await deliver(inbox)
    changed = await gateway.http.patch(f"/api/v1/messages/{one.id}", json={"tags": ["Smoke", "smoke", "été 1"]})
    assert (200, ["Smoke", "été 1"], False) == (
        changed.status_code,
        changed.json()["tags"],
        changed.json()["is_read"],
    )
    both = await gateway.http.patch(f"/api/v1/messages/{two.id}", json={"tags": ["SMOKE"], "is_read": True})
    assert (["SMOKE"], True) == (both.json()["tags"], both.json()["is_read"])
    assert [two.id, one.id] == await ids(gateway, inbox, q="tag:smoke")
    assert [two.id] == await ids(gateway, inbox, q="-tag:ÉTÉ is:tagged".replace("-tag:ÉTÉ", '-tag:"ÉTÉ 1"'))
    listed = (await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/messages")).json()
    assert [["SMOKE"], ["Smoke", "été 1"]] == [entry["tags"] for entry in listed]
    tags = await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/tags")
    assert [{"tag": "SMOKE", "count": 2}, {"tag": "été 1", "count": 1}] == tags.json()
    assert [] == (await gateway.http.patch(f"/api/v1/messages/{one.id}", json={"tags": []})).json()["tags"]


@pytest.mark.parametrize(
    "body", [{}, {"tags": [""]}, {"tags": ["a,b"]}, {"tags": [" a"]}, {"tags": ["x" * 101]}, {"tags": "a"}, {"tags": [f"t{n}" for n in range(51)]}]
)  # fmt: skip
async def test_what_is_no_tag_changes_nothing(gateway, deliver, body):
    inbox = await gateway.inbox()
    message = await deliver(inbox, tags=["kept"])
    assert 400 == (await gateway.http.patch(f"/api/v1/messages/{message.id}", json=body)).status_code
    assert ["kept"] == (await gateway.http.get(f"/api/v1/messages/{message.id}")).json()["tags"]


async def test_tags_of_another_account_are_not_found(gateway, deliver):
    account = await gateway.account()
    inbox = (await gateway.http.post("/api/v1/inboxes", json={}, headers=account)).json()
    message = await deliver(inbox, tags=["secret"])
    for answer in (
        await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/tags"),
        await gateway.http.patch(f"/api/v1/messages/{message.id}", json={"tags": ["mine"]}),
        await gateway.http.get(f"/api/v1/inboxes/{inbox['address']}/messages", params={"q": "tag:secret"}),
    ):
        assert 404 == answer.status_code


async def test_what_is_found_is_counted_paged_marked_and_deleted(gateway, deliver, messages):
    inbox = await gateway.inbox()
    made = [
        await deliver(inbox, subject=f"order {n}", from_name="Shop", tags=["t"], snippet="Hi", is_read=n == 0)
        for n in range(5)
    ]
    kept = await deliver(inbox, subject="other")
    found_in, found = await messages.search.matching(ANYBODY, inbox["id"], parse_search("order"))
    assert (5, 4, inbox["id"]) == (len(found), sum(not message.is_read for message in found), found_in.id)
    first, second = await messages.search.overviews(found[1:3])
    assert [made[3].id, made[2].id] == [first.id, second.id]
    assert ("Shop", ["t"], "Hi", 1, 1) == (
        first.from_name,
        first.tags,
        first.snippet,
        first.attachment_count,
        first.link_count,
    )
    _, everything = await messages.search.matching(ANYBODY, inbox["id"], parse_search('"', lenient=True))
    assert [kept.id, *(message.id for message in reversed(made))] == [message.id for message in everything]
    assert [] == await messages.search.overviews(everything[:0])
    assert {message.id for message in made[1:]} == set(
        await messages.search.mark(ANYBODY, inbox["id"], parse_search("order"), is_read=True)
    )
    assert [kept.id] == await ids(gateway, inbox, unread="true")
    deleted = await messages.search.delete(ANYBODY, inbox["id"], parse_search("order"))
    assert {message.id for message in made} == set(deleted)
    assert [] == await messages.search.delete(ANYBODY, inbox["id"], parse_search("order"))
    assert [kept.id] == await ids(gateway, inbox)


async def test_tags_are_renamed_and_removed_in_one_inbox(gateway, deliver, messages):
    inbox, other = await gateway.inbox(), await gateway.inbox()
    one = await deliver(inbox, tags=["Old", "b"])
    two = await deliver(inbox, tags=["old", "New"])
    elsewhere = await deliver(other, tags=["old"])
    for wrong, tag, new in ((NotFound, "missing", "x"), (Taken, "OLD", "new"), (BadInput, "old", ",")):
        with pytest.raises(wrong):
            await messages.tags.rename(ANYBODY, inbox["id"], tag, new)
    assert [two.id, one.id] == await messages.tags.rename(ANYBODY, inbox["id"], "OLD", "third")
    assert [["third", "New"], ["third", "b"]] == [
        (await gateway.http.get(f"/api/v1/messages/{message.id}")).json()["tags"] for message in (two, one)
    ]
    assert [two.id, one.id] == await messages.tags.rename(ANYBODY, inbox["id"], "third", "THIRD")
    assert [one.id] == await messages.tags.delete(ANYBODY, inbox["id"], "B")
    with pytest.raises(NotFound):
        await messages.tags.delete(ANYBODY, inbox["id"], "b")
    assert ["z", "Y"] == await messages.tags.replace_among(
        ANYBODY, inbox["id"], [one.id, elsewhere.id, "unknown"], ["z", ",", "Y", "Z"]
    )
    assert [("New", 1), ("THIRD", 1), ("Y", 1), ("z", 1)] == [
        (count.tag, count.count) for count in await messages.tags.counts(ANYBODY, inbox["id"])
    ]
    assert ["old"] == (await gateway.http.get(f"/api/v1/messages/{elsewhere.id}")).json()["tags"]


class OvertakenTags(MessageTags):
    """Another caller sets the tags after they were read."""

    async def _tagged(self, extent):
        tagged = await super()._tagged(extent)
        await self.replace(extent, list(tagged), ["c"])
        return tagged


async def test_a_renamed_tag_does_not_undo_a_change_made_meanwhile(mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        message = make_message(make_inbox(), tags=["a", "b"])
        await Messages(database).insert_missing([message])
        await OvertakenTags(database).rename(Extent(message.inbox_id), "a", "x")
        assert ["c"] == (await Messages(database).get(message.id)).tags


async def test_a_space_of_5000_messages_is_searched_within_its_time(mongo_uri, mongo_database):
    async with connect(mongo_uri, mongo_database, "test") as database:
        inbox, noon = make_inbox(), datetime(2026, 11, 30, 12, tzinfo=UTC)
        made = [
            make_message(
                inbox,
                received_at=noon + timedelta(seconds=n),
                is_read=n % 10 == 0,
                folded=Folded(sender=f"app {n % 50} app{n % 50}@a.example", subject=f"order {n}", body="words " * 300),
            )
            for n in range(5_000)
        ]
        await Messages(database).insert_missing(made)
        search = MessageSearch(database)
        for text, expected in (
            ("order", 5_000),
            ("nothing", 0),
            ("-nothing", 5_000),
            ("subject:4999", 1),
            ("from:app7@ is:unread", 100),
            ('after:"2026-11-30 13:00" order', 1_400),
            (" ".join(f"-nothing{n}" for n in range(30)), 5_000),
        ):
            found = await search.matching(Extent(inbox.id), parse_search(text))
            assert (text, expected) == (text, len(found))
        later = Extent(inbox.id, made[4_000].id)
        assert 1_000 == len(await search.matching(later, parse_search("order")))
        assert made[-1].id == (await search.matching(Extent(inbox.id), parse_search("order")))[0].id
        with pytest.raises(TransientFailure, match="takes too long"):
            await MessageSearch(database, milliseconds=1).matching(
                Extent(inbox.id), parse_search("nothing words -order0")
            )
