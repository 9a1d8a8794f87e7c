"""Recipients, directory, fullness and reception on fakes, with a clock that stands still."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest

from mayfly.events.facts import ClaimCheck, Envelope, Recipient
from mayfly.failures import StorageFull, TransientFailure
from mayfly.records.domain import Domain
from mayfly.records.fault_plan import FaultPlan, FaultStep
from mayfly.records.inbox import DEFAULT_SPACE_ID, OPERATOR_INBOX_ID
from mayfly.service.fullness import Fullness
from mayfly.service.plans import PlanTable, load_plans
from mayfly.testing.builders import NOON, make_inbox
from mayfly.testing.bus import MemoryClaims, MemoryPublisher
from mayfly.testing.clock import SettableClock
from smtp_ingest.domain.destination import read_destination
from smtp_ingest.domain.replies import Rejected
from smtp_ingest.domain.transaction import Transaction
from smtp_ingest.handlers.directory import Directory
from smtp_ingest.handlers.reception import Reception
from smtp_ingest.handlers.recipients import Recipients
from smtp_ingest.settings import Settings


class Store:
    """Inboxes, domains, message counts and fault plans in dictionaries; remembers what it was asked."""

    def __init__(self, clock):
        self.clock = clock
        self.inboxes, self.domains, self.counts, self.steps = {}, {}, {}, []
        self.asked = []
        self.failure = None
        self.hangs = False

    def add_space(self, space_id, **fields):
        fields = {"kind": "space", **fields}
        self.inboxes[space_id] = make_inbox(f"*@{space_id}.mayfly.test", id=space_id, **fields)

    def add(self, address, **fields):
        self.inboxes[address] = make_inbox(address, id=address, **fields)

    async def find_among(self, keys, now=None):
        self.asked.append(list(keys))
        if self.hangs:
            await asyncio.Event().wait()
        if self.failure:
            raise self.failure
        if now is None:
            return {key: self.domains[key] for key in keys if key in self.domains}
        return {key: self.inboxes[key] for key in keys if key in self.inboxes and self.inboxes[key].is_live(now)}

    async def live_among(self, keys, now):
        self.asked.append(list(keys))
        return {key: self.inboxes[key] for key in keys if key in self.inboxes and self.inboxes[key].is_live(now)}

    async def spaces_on(self, domains, now):
        self.asked.append(list(domains))
        spaces = [inbox for inbox in self.inboxes.values() if inbox.is_live(now)]
        return {name: space for name in domains for space in spaces if name in space.domains}

    async def holdings_of_inboxes(self, keys):
        self.asked.append(list(keys))
        return {key: (self.counts[key], 0) for key in keys if key in self.counts}

    async def get(self, key, _now=None):
        """An inbox; there are no accounts."""
        return self.inboxes.get(key)

    async def ids_held_by(self, holder, now):
        return []

    async def take(self, inbox_id):
        return self.steps.pop(0) if self.steps else None


@pytest.fixture
def world():
    clock, ticks = SettableClock(NOON), SimpleNamespace(now=0.0)
    store = Store(clock)
    store.domains["mayfly.test"] = Domain(id="d", name="mayfly.test")
    settings = Settings(max_messages_per_inbox=4, smtp_mails_per_minute_per_inbox=100)
    directory = Directory(
        store,
        store,
        clock,
        remember=0.5,
        patience=0.5,
        hostname="mx.example",
        ticks=lambda: ticks.now,
    )
    fullness = Fullness(
        accounts=store, inboxes=store, messages=store, plans=PlanTable(load_plans("")), most_messages=4, clock=clock
    )
    free = SimpleNamespace(is_low=False)
    recipients = Recipients(settings, directory, fullness, free, store)
    return SimpleNamespace(clock=clock, ticks=ticks, store=store, directory=directory, free=free, recipients=recipients)


async def reason(world, path, transaction=None):
    try:
        await world.recipients.admit(transaction or Transaction(""), path)
    except Rejected as rejected:
        return rejected.reason
    return "admitted"


async def test_an_inbox_is_remembered_for_less_than_a_second(world):
    world.store.add("a@mayfly.test")
    for moment in (0, 0.49, 0.5, 0.9):
        world.ticks.now = moment
        await world.directory.find(read_destination("a@mayfly.test", ""))
    assert 2 == world.store.asked.count(["a@mayfly.test"])


async def test_a_remembered_inbox_ends_at_its_expiry(world):
    world.store.add("a@mayfly.test", expires_at=world.clock() + timedelta(seconds=1))
    assert "admitted" == await reason(world, "a@mayfly.test")
    world.clock.advance(1)
    assert "unknown_inbox" == await reason(world, "a@mayfly.test")


# Whether mail for an address of account a is taken, by what its domain is.
RIGHTS = [
    ({"account_id": "a"}, "admitted"),
    ({"account_id": "b"}, "unknown_inbox"),
    ({"account_id": "a", "suspended": True}, "foreign_domain"),
    ({"account_id": None}, "foreign_domain"),
]


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        *RIGHTS,
        ({"account_id": None, "is_public": True}, "admitted"),
        ({"account_id": "a", "allow_subdomains": True}, "admitted"),
        (None, "foreign_domain"),
    ],
)
async def test_an_inbox_takes_mail_only_while_its_account_has_the_right_to_the_domain(world, domain, expected):
    world.store.add("ceo@corp.example", account_id="a")
    if domain is not None:
        fields = {"is_public": False, **domain}
        world.store.domains["corp.example"] = Domain(id="c", name="corp.example", **fields)
    assert expected == await reason(world, "ceo@corp.example")
    assert (expected if domain and domain.get("allow_subdomains") else "foreign_domain") == await reason(
        world, "ceo@sub.corp.example"
    )


async def test_an_inbox_below_a_domain_that_another_account_proved_itself_is_that_ones(world):
    world.store.domains["corp.example"] = Domain(
        id="c", name="corp.example", is_public=False, account_id="a", allow_subdomains=True
    )
    world.store.domains["sub.corp.example"] = Domain(id="s", name="sub.corp.example", is_public=False, account_id="b")
    world.store.add("ceo@corp.example", account_id="a")
    assert "unknown_inbox" == await reason(world, "ceo@sub.corp.example")
    world.store.add("ceo@sub.corp.example", account_id="b")
    assert "admitted" == await reason(world, "ceo@sub.corp.example")


async def test_a_domain_that_is_let_go_takes_no_mail_from_the_moment_it_is_told(world):
    world.store.domains["corp.example"] = Domain(id="c", name="corp.example", is_public=False, account_id="a")
    world.store.add("ceo@corp.example", account_id="a")
    assert "admitted" == await reason(world, "ceo@corp.example")
    del world.store.domains["corp.example"]
    assert "admitted" == await reason(world, "ceo@corp.example")  # remembered, for half a second at most
    world.directory.forget()
    assert "foreign_domain" == await reason(world, "ceo@corp.example")


async def test_an_inbox_made_anew_under_the_address_of_one_that_expired_is_found_at_once(world):
    world.store.add("a@mayfly.test", expires_at=world.clock() + timedelta(seconds=1))
    assert "admitted" == await reason(world, "a@mayfly.test")
    world.clock.advance(1)
    world.store.add("a@mayfly.test", expires_at=world.clock() + timedelta(seconds=9))
    assert "admitted" == await reason(world, "a@mayfly.test")


async def test_an_inbox_below_a_domain_made_anew_is_found_at_once(world):
    world.store.domains["corp.example"] = Domain(
        id="c", name="corp.example", is_public=False, account_id="a", allow_subdomains=True
    )
    for _ in range(2):
        world.store.add("ceo@corp.example", account_id="a", expires_at=world.clock() + timedelta(seconds=1))
        assert "admitted" == await reason(world, "ceo@sub.corp.example")
        world.clock.advance(1)
        assert "unknown_inbox" == await reason(world, "ceo@sub.corp.example")


async def test_a_domain_and_an_archived_inbox_are_taken_from_the_moment_they_exist(world):
    assert "foreign_domain" == await reason(world, "a@corp.example")
    world.store.domains["corp.example"] = Domain(id="c", name="corp.example", is_public=False, account_id="a")
    world.store.add("a@corp.example", account_id="a", status="archived")
    assert "unknown_inbox" == await reason(world, "a@corp.example")
    world.store.add("a@corp.example", account_id="a")
    assert "admitted" == await reason(world, "a@corp.example")


async def test_a_full_inbox_takes_mail_from_the_moment_it_has_room(world):
    world.store.add("a@mayfly.test")
    world.store.counts["a@mayfly.test"] = 4
    assert "inbox_full" == await reason(world, "a@mayfly.test")
    world.store.counts["a@mayfly.test"] = 3
    assert "admitted" == await reason(world, "a@mayfly.test")


@pytest.mark.parametrize("known_first", [True, False])
async def test_no_refusal_is_given_without_the_store(world, known_first):
    """A permanent refusal makes the sender give up: with the store away, it is transient whatever is remembered."""
    world.store.add("a@mayfly.test", expires_at=world.clock() + timedelta(seconds=1))
    if known_first:
        assert "admitted" == await reason(world, "a@mayfly.test")
    world.clock.advance(1)
    world.store.failure = TransientFailure("away")
    for path in ("a@mayfly.test", "b@mayfly.test", "a@elsewhere.test"):
        with pytest.raises(TransientFailure):
            await reason(world, path)


async def test_what_does_not_exist_is_never_remembered(world):
    assert "unknown_inbox" == await reason(world, "a@mayfly.test")
    world.store.add("a@mayfly.test")
    assert "admitted" == await reason(world, "a@mayfly.test")


async def test_a_change_is_seen_at_once_when_it_is_told(world):
    world.store.add("a@mayfly.test")
    assert "admitted" == await reason(world, "a@mayfly.test")
    world.store.inboxes.clear()
    world.directory.forget()
    assert "unknown_inbox" == await reason(world, "a@mayfly.test")


async def test_an_answer_from_before_a_change_is_not_remembered(world):
    world.store.add("a@mayfly.test")
    asking = asyncio.create_task(reason(world, "a@mayfly.test"))
    while not world.store.asked:
        await asyncio.sleep(0)
    world.directory.forget()
    world.store.inboxes.clear()
    assert "admitted" == await asking
    assert "unknown_inbox" == await reason(world, "a@mayfly.test")


async def test_a_store_that_hangs_is_a_transient_failure(world):
    world.store.hangs = True
    with pytest.raises(TransientFailure):
        await reason(world, "a@mayfly.test")


async def test_a_failure_of_the_store_reaches_everybody_who_asked(world):
    world.store.failure = TransientFailure("away")
    outcomes = await asyncio.gather(*(reason(world, f"{name}@mayfly.test") for name in "aabc"), return_exceptions=True)
    assert [TransientFailure] * 4 == [type(outcome) for outcome in outcomes]


async def test_recipients_asked_about_together_are_one_query(world):
    for name in "abc":
        world.store.add(f"{name}@mayfly.test")
    assert ["admitted"] * 4 == await asyncio.gather(*(reason(world, f"{name}@mayfly.test") for name in "abca"))
    assert [["a@mayfly.test", "b@mayfly.test", "c@mayfly.test"], ["mayfly.test", "test"]] == [
        sorted(asked) for asked in world.store.asked[:2]
    ]


async def test_while_little_disk_is_free_mail_for_inboxes_without_an_account_waits(world):
    world.store.add("a@mayfly.test")
    world.free.is_low = True
    assert "low_disk" == await reason(world, "a@mayfly.test")


async def test_every_path_to_an_inbox_is_remembered_and_counts_once_for_it(world):
    world.store.add("a@mayfly.test")
    transaction = Transaction("")
    for path in ("a@mayfly.test", "A+tag@mayfly.test", '"a+odd tag"@mayfly.test'):
        assert "admitted" == await reason(world, path, transaction)
    assert [
        Recipient("a@mayfly.test", "a@mayfly.test"),
        Recipient("A+tag@mayfly.test", "a@mayfly.test", "tag"),
        Recipient('"a+odd tag"@mayfly.test', "a@mayfly.test", "odd tag"),
    ] == transaction.recipients
    assert 2 == world.store.asked.count(["a@mayfly.test"])  # the address once, and the inbox's messages once


async def test_recipients_are_bounded_also_when_all_are_the_same(world):
    world.store.add("a@mayfly.test")
    transaction = Transaction("")
    reasons = [await reason(world, "a@mayfly.test", transaction) for _ in range(101)]
    assert ["admitted"] * 100 + ["too_many"] == reasons


@pytest.mark.parametrize(
    "path",
    ["postmaster", "Postmaster@mayfly.test", "abuse+spam@mayfly.test", "abuse@mx.example", '"abuse"@mayfly.test'],
)
async def test_the_operators_inbox_gets_mail_for_the_roles(world, path):
    with pytest.raises(TransientFailure):  # until a gateway has made it
        await reason(world, path)
    world.store.add("postmaster@mayfly.test")  # a stranger's, from before it was reserved
    world.store.add("abuse@mayfly.test")
    world.store.inboxes[OPERATOR_INBOX_ID] = make_inbox("postmaster@mayfly.test", id=OPERATOR_INBOX_ID)
    transaction = Transaction("")
    assert "admitted" == await reason(world, path, transaction)
    assert [OPERATOR_INBOX_ID] == [recipient.inbox_id for recipient in transaction.recipients]


async def test_a_reserved_name_takes_mail_only_on_a_domain_of_ones_own(world):
    world.store.domains["corp.example"] = Domain(id="c", name="corp.example", is_public=False, account_id="a")
    for name in ("admin", "web-master", "postmaster"):
        world.store.add(f"{name}@mayfly.test", account_id="a")
        world.store.add(f"{name}@corp.example", account_id="a")
        assert "admitted" == await reason(world, f"{name}@corp.example")
    assert ["unknown_inbox"] * 2 == [await reason(world, f"{name}@mayfly.test") for name in ("admin", "web-master")]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ('"odd user"@mayfly.test', "unknown_inbox"),
        ('"a@b"@mayfly.test', "unknown_inbox"),
        ("a@[192.0.2.1]", "foreign_domain"),
        ("a..b@mayfly.test", "malformed"),
        ("o'neil@mayfly.test", "unknown_inbox"),
        ("gr\u00fcn@mayfly.test", "unknown_inbox"),
        ("\u0430dmin@mayfly.test", "unknown_inbox"),
    ],
)
async def test_what_no_inbox_can_be_called(world, path, expected):
    assert expected == await reason(world, path)


async def test_a_step_at_rcpt_counts_and_refuses(world):
    world.store.add("a@mayfly.test", fault_plan=FaultPlan(steps=(FaultStep(at="rcpt", code=550),)))
    world.store.steps = [FaultStep(at="rcpt", code=550), None]
    assert ["fault_plan", "admitted"] == [await reason(world, "a@mayfly.test") for _ in range(2)]


async def test_a_plan_that_is_used_up_is_not_counted(world):
    used_up = FaultPlan(steps=(FaultStep(times=1, code=451),), seen=1)
    world.store.add("a@mayfly.test", fault_plan=used_up)
    world.store.steps = [FaultStep(code=451)]
    assert "admitted" == await reason(world, "a@mayfly.test")
    assert 1 == len(world.store.steps)


class Broker:
    def __init__(self):
        self.publisher, self.claims, self.clock = MemoryPublisher(), MemoryClaims(), SettableClock()
        self.added = []
        fullness = SimpleNamespace(add=lambda inbox_id, octets: self.added.append((inbox_id, octets)))
        self.reception = Reception(self.publisher, self.claims, fullness, self.clock, "mx.test", inline_octets=524_288)

    async def accept(self, content):
        recipients = (Recipient("a@b.c", "i1"), Recipient("a+x@b.c", "i1", "x"))
        return await self.reception.accept(Envelope("", recipients), content, "ESMTP")


async def test_a_mail_becomes_one_event_with_its_trace():
    broker = Broker()
    accepted = await broker.accept(b"Subject: x\r\n")
    (mail,) = broker.publisher.facts
    assert (accepted.event_id, accepted.octets) == (mail.event_id, len(mail.octets))
    assert mail.octets.startswith(b"Return-Path: <>\r\nReceived: ")
    assert mail.octets.endswith(b"\r\nSubject: x\r\n")
    assert [("i1", accepted.octets)] == broker.added


async def test_large_octets_are_claimed_before_the_event():
    broker = Broker()
    await broker.accept(b"x" * 600_000)
    (mail,) = broker.publisher.facts
    assert ClaimCheck(mail.event_id, len(broker.claims.objects[mail.event_id])) == mail.octets


@pytest.mark.parametrize(("failure", "claims_left"), [(StorageFull("full"), 0), (TransientFailure("no ack"), 1)])
async def test_a_claim_goes_back_only_when_its_event_surely_did_not_get_through(failure, claims_left):
    broker = Broker()
    broker.publisher.failure = failure
    with pytest.raises(type(failure)):
        await broker.accept(b"x" * 600_000)
    assert claims_left == len(broker.claims.objects)
    assert [] == broker.added


@pytest.mark.parametrize(
    "path",
    [
        "ann@abcd1234.mayfly.test",
        "Ann+tag@ABCD1234.Mayfly.Test",
        "o'neil!x@abcd1234.mayfly.test",
        '"a b"@abcd1234.mayfly.test',
        "postmaster@abcd1234.mayfly.test",
        "-odd-@abcd1234.mayfly.test",
    ],
)
async def test_a_space_takes_every_address_of_its_name_on_a_public_domain(world, path):
    world.store.add_space("abcd1234")
    transaction = Transaction("")
    assert "admitted" == await reason(world, path, transaction)
    assert [Recipient(path, "abcd1234", "tag" if "+tag" in path else "")] == transaction.recipients


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("ann@zzzz1234.mayfly.test", "unknown_inbox"),
        ("ann@x.abcd1234.mayfly.test", "foreign_domain"),
        ("ann@abcd1234.other.test", "foreign_domain"),
        ("ann@abcd12345.mayfly.test", "foreign_domain"),
        ("ann@mayfly.test", "unknown_inbox"),
        ("ann!@mayfly.test", "unknown_inbox"),
        ("ann@abcd1234", "foreign_domain"),
        ("ann@[abcd1234.mayfly.test]", "foreign_domain"),
    ],
)
async def test_a_space_takes_nothing_else(world, path, expected):
    world.store.add_space("abcd1234")
    assert expected == await reason(world, path)


async def test_a_space_named_in_the_domain_is_asked_for_once_for_all_its_addresses(world):
    world.store.add_space("abcd1234")
    for number in range(5):
        assert "admitted" == await reason(world, f"user{number}@abcd1234.mayfly.test")
    names = ["abcd1234.mayfly.test", "mayfly.test", "test"]
    assert 1 == world.store.asked.count(names)
    world.directory.forget()
    assert "admitted" == await reason(world, "user0@abcd1234.mayfly.test")
    assert 2 == world.store.asked.count(names)


async def test_a_space_that_has_ended_takes_nothing_from_that_moment(world):
    world.store.add_space("abcd1234", expires_at=world.clock() + timedelta(seconds=1))
    assert "admitted" == await reason(world, "ann@abcd1234.mayfly.test")
    world.clock.advance(1)
    assert "unknown_inbox" == await reason(world, "ann@abcd1234.mayfly.test")


@pytest.mark.parametrize(("domain", "expected"), RIGHTS)
async def test_a_space_takes_a_verified_domain_only_while_it_is_its_accounts(world, domain, expected):
    world.store.add_space("abcd1234", account_id="a", domains=["corp.example"])
    world.store.domains["corp.example"] = Domain(id="c", name="corp.example", is_public=False, **domain)
    assert expected == await reason(world, "any!one@corp.example")


async def test_an_inbox_of_exactly_that_address_comes_before_the_space_of_its_domain(world):
    world.store.add_space("abcd1234", account_id="a", domains=["corp.example"])
    world.store.domains["corp.example"] = Domain(id="c", name="corp.example", is_public=False, account_id="a")
    world.store.add("ceo@corp.example", account_id="a")
    transaction = Transaction("")
    for path in ("any@corp.example", "ceo@corp.example", "other@corp.example"):
        assert "admitted" == await reason(world, path, transaction)
    assert ["abcd1234", "ceo@corp.example", "abcd1234"] == [found.inbox_id for found in transaction.recipients]
    assert ["abcd1234", "ceo@corp.example"] == [inbox.id for inbox in transaction.inboxes]


@pytest.mark.parametrize("path", ["ann@example.com", "no-such@mayfly.test", '"a b"@x.example', "root@[127.0.0.1]"])
async def test_on_the_open_port_the_default_space_takes_what_no_inbox_does(world, path):
    world.store.add_space(DEFAULT_SPACE_ID)
    world.store.add("known@mayfly.test")
    assert "admitted" != await reason(world, path)
    transaction = Transaction("", is_open=True)
    assert "admitted" == await reason(world, path, transaction)
    assert "admitted" == await reason(world, "known@mayfly.test", transaction)
    assert [DEFAULT_SPACE_ID, "known@mayfly.test"] == [found.inbox_id for found in transaction.recipients]


async def test_the_default_space_is_waited_for_until_a_gateway_has_made_it(world):
    with pytest.raises(TransientFailure):
        await world.recipients.admit(Transaction("", is_open=True), "ann@example.com")


async def test_a_space_has_a_rate_of_its_own_and_is_never_full_of_messages(world):
    world.store.add_space("abcd1234")
    world.store.counts["abcd1234"] = 1000
    paths = [f"user{number}@abcd1234.mayfly.test" for number in range(120)]
    assert {"admitted"} == {await reason(world, path) for path in paths}
