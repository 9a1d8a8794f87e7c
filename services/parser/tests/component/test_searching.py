"""What searches find in mails as the parser stores them, on a real store: every term, and mails of earlier versions."""

from datetime import UTC, datetime, timedelta

import pytest

from mayfly.mail.folding import fold
from mayfly.records.inbox import Extent
from mayfly.records.message import Message
from mayfly.records.search import Contains, Field, Has, Received, Search, Sized, Tagged, Term
from mayfly.store.client import connect
from mayfly.store.message_search import MessageSearch
from mayfly.store.messages import Messages
from mayfly.testing.builders import NOON, make_inbox, make_message
from message_parser.domain.parse import parse

pytestmark = pytest.mark.component
BOTH = """\
From: Ann Müller <ann@a.example>
To: Bob <bob+tag1@b.example>, carol@c.example
Cc: "Dee, Dan" <dan@d.example>
Bcc: eve@e.example
Reply-To: Support <help@r.example>
Subject: Grüße (50%_off) "x" \\ * .
Message-ID: <Abc.1@Mail.a.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Shown words &
more.

Only in the text: gar\u00adden
lines
that wrap.
--b
Content-Type: text/html; charset=utf-8

<div style="display:none">preheader zephyr</div><p>Shown words &amp; more.</p><p>ver<b>ify</b> me</p>
<a href="https://l.example/p?q=1&amp;Token=AbC">link text</a>
--b--
"""
UPPER = """\
From: x@y.example
To: STRASSE <s@t.example>
Subject: Straße İstanbul \u212aelvin
X-Tags: Alpha, beta gamma, ÉCOLE
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

FULL ÉCOLE ﬁsh
--b
Content-Type: application/pdf; name="Invoice (2026).PDF"
Content-Disposition: attachment; filename="Invoice (2026).PDF"

xxxx
--b--
"""
HTML = """\
From: =?utf-8?q?B=C3=BCcher?= <shop@xn--bcher-kva.example>
To: q@q.example
Subject: -minus !bang is:read
MIME-Version: 1.0
Content-Type: multipart/related; boundary=b

--b
Content-Type: text/html; charset=utf-8

<p>Your code is <b>482193</b></p><img src="cid:logo@x"><p>日本語のメール。確認コード</p>
--b
Content-Type: image/png; name=logo.png
Content-ID: <logo@x>
Content-Disposition: inline; filename=logo.png

xxxx
--b--
"""
SENT = {"both": (BOTH, 0), "upper": (UPPER, 10_000), "html": (HTML, 20_000)}
INBOX = make_inbox(id="searched", created_at=datetime(2026, 11, 1, tzinfo=UTC))


def stored(name: str) -> Message:
    """The message of a mail, received some days after the one before it."""
    text, padding = SENT[name]
    octets = text.encode()
    parsed = parse(octets)
    fields = {field: getattr(parsed, field) for field in parsed.__struct_fields__ if field != "attachment_octets"}
    number = list(SENT).index(name)
    return make_message(
        INBOX,
        id=f"{number}",
        raw_size=len(octets) + padding,
        received_at=NOON + timedelta(days=number),
        is_read=name == "html",
        **fields,
    )


@pytest.fixture
async def found(mongo_uri, mongo_database):
    """Searches; gives the names of the mails found."""
    async with connect(mongo_uri, mongo_database, "test") as database:
        await Messages(database).insert_missing([stored(name) for name in SENT])
        await Messages(database).insert_missing([make_message(make_inbox(id="other"), subject="words", id="9")])
        search = MessageSearch(database)

        async def names(*conditions, negated=False, unfolded=False):
            if unfolded:  # as an earlier version stored them
                await database["messages"].update_many({}, {"$unset": {"folded": 1, "snippet": 1}})
            terms = tuple(Term(condition, negated) for condition in conditions)
            matching = await search.matching(Extent("searched"), Search(terms))
            assert [message.id for message in matching] == sorted((m.id for m in matching), reverse=True)
            return {list(SENT)[int(message.id)] for message in matching}

        yield names


def text(words: str, field: Field = "any") -> Contains:
    return Contains(field, fold(words))


ALL = {"both", "upper", "html"}
TEXTS: list[tuple[Contains, set[str]]] = [
    (text("words"), {"both"}),
    (text("shown words & more"), {"both"}),
    (text("verify me"), {"both"}),
    (text("only in the text: garden lines that wrap"), {"both"}),
    (text("zephyr"), {"both"}),
    (text("l.example/p?q=1&token=abc"), {"both"}),
    (text("LINK text"), {"both"}),
    (text("grüße"), {"both"}),
    (text("GRÜSSE"), {"both"}),
    (text("(50%_off)"), {"both"}),
    (text(r"\ * ."), {"both"}),
    (text("Ann Müller <ann@a.example>"), {"both"}),
    (text("bob+TAG1@"), {"both"}),
    (text("dee dan dan@d"), {"both"}),
    (text("help@r"), {"both"}),
    (text("sender@example.com"), set()),  # the envelope is added by the handler
    (text("strasse"), {"upper"}),
    (text("STRASSE ISTANBUL kelvin"), {"upper"}),
    (text("école FISH"), {"upper"}),
    (text("invoice (2026).pdf"), {"upper"}),
    (text("482193"), {"html"}),
    (text("確認コード"), {"html"}),
    (text("bücher"), {"html"}),
    (text("shop@bücher.example"), {"html"}),
    (text("is:read"), {"html"}),
    (text("words link"), set()),  # not across what is not side by side
    (text("example"), ALL),
    (Contains("any", ""), ALL),
    (text("müller", "from"), {"both"}),
    (text("bob", "from"), set()),
    (text("shop@bücher.example", "from"), {"html"}),
    (text("bob", "to"), {"both"}),
    (text("strasse s@t", "to"), {"upper"}),
    (text("dan", "to"), set()),
    (text("DEE", "cc"), {"both"}),
    (text("eve", "bcc"), {"both"}),
    (text("eve", "to"), set()),
    (text("support", "reply-to"), {"both"}),
    (text("eve", "addressed"), {"both"}),
    (text("support", "addressed"), {"both"}),
    (text("example", "addressed"), ALL),
    (text("grüße", "addressed"), set()),
    (text("50%", "subject"), {"both"}),
    (text(".", "subject"), {"both"}),
    (text("strasse", "subject"), {"upper"}),
    (text("words", "subject"), set()),
    (text("<abc.1@mail.A.example>", "message-id"), {"both"}),
    (text("abc", "message-id"), {"both"}),
    (text("zzz", "message-id"), set()),
]


@pytest.mark.parametrize("name", SENT)
def test_the_folded_texts_of_a_mail_are_folded(name):
    folded = stored(name).folded
    assert folded is not None
    for field in folded.__struct_fields__:
        for piece in getattr(folded, field).split("\n"):
            assert fold(piece) == piece


async def test_text_is_found_where_it_is(found):
    for condition, expected in TEXTS:
        assert (condition, expected) == (condition, await found(condition))
        assert (condition, ALL - expected) == (condition, await found(condition, negated=True))


async def test_mails_of_earlier_versions_are_found_by_the_fields_that_they_have(found):
    """Without what is only folded: words of the HTML beside a text part, links, display names of recipients, `ß`."""
    for words in ("shown words & more", "(50%_off)", "482193", "müller", "bob+tag1@", "zephyr", "invoice (2026).pdf"):
        expected = next(names for condition, names in TEXTS if condition == text(words) or words == condition.text)
        assert (words, expected) == (words, await found(text(words), unfolded=True))
    for field, words in (("from", "ann@"), ("to", "carol"), ("cc", "dan@"), ("bcc", "eve"), ("addressed", "help@")):
        assert (field, {"both"}) == (field, await found(text(words, field)))
    assert {"both"} == await found(text("lines that wrap"))
    assert set() == await found(text("straße", "subject"))
    assert ALL - {"html"} == await found(text("482193"), negated=True)


async def test_properties_are_found(found):
    for condition, expected in (
        (Has("read"), {"html"}),
        (Has("unread"), {"both", "upper"}),
        (Has("tagged"), {"both", "upper"}),
        (Has("attachment"), {"upper"}),
        (Has("inline"), {"html"}),
        (Has("code"), {"html"}),
        (Has("link"), {"both"}),
        (Tagged("tag1"), {"both"}),
        (Tagged("alpha"), {"upper"}),
        (Tagged("ALPHA"), {"upper"}),
        (Tagged("alph"), set()),
        (Tagged("école"), {"upper"}),
        (Tagged("Beta Gamma"), {"upper"}),
        (Tagged(".*"), set()),
        (Received(since=NOON + timedelta(days=1)), {"upper", "html"}),
        (Received(before=NOON + timedelta(days=1)), {"both"}),
        (Sized(least=stored("upper").raw_size), {"upper", "html"}),
        (Sized(below=stored("upper").raw_size), {"both"}),
    ):
        assert (condition, expected) == (condition, await found(condition))
        assert (condition, ALL - expected) == (condition, await found(condition, negated=True))


async def test_all_terms_must_hold(found):
    assert {"upper"} == await found(text("example"), Has("unread"), Has("attachment"))
    assert set() == await found(text("482193"), Has("unread"))
    assert ALL == await found()


@pytest.mark.attack
async def test_no_text_is_a_pattern(found):
    hostile = (
        *(
            ".*",
            "a|b",
            "[a-z]",
            "^",
            "$",
            "(?i)words",
            "w.rds",
            "words?",
            "\\w",
            "\\",
            "$where",
            "$folded.subject",
            "$$ROOT",
            "{$ne: 1}",
            "%",
            "_",
        ),
        *("(a+)+$", "a" * 1_000, "\ud7ff\ue000", "🜁", "\u0307", "' or 1=1 --"),
    )
    present = {"\\", "%", "_"}
    for words in hostile:
        for field in ("any", "subject", "from", "addressed", "message-id"):
            expected = {"both"} if words in present and field in {"any", "subject"} else set()
            assert (words, field, expected) == (words, field, await found(text(words, field)))
    for words in hostile:
        expected = {"both"} if words in present else set()
        assert (words, expected) == (words, await found(text(words), unfolded=True))
    assert set() == await found(Tagged("(a+)+$"))
