"""Proofs of domain ownership over the days: found, missing, unanswered, taken over, let go. Real DNS, store and bus."""

import asyncio
from datetime import timedelta

import dns.rcode
import dns.rdatatype
import pytest

from api_gateway.domains.dns import Resolver
from api_gateway.domains.proofs import Proofs
from api_gateway.edge.known_inboxes import InboxNews, KnownInboxes
from api_gateway.refusals import NotFound, Taken
from mayfly.bus.connection import connect as connect_bus
from mayfly.events.facts import new_event_id
from mayfly.failures import TransientFailure
from mayfly.records.domain import DomainOwnership
from mayfly.store import indexes
from mayfly.store.client import connect as connect_store
from mayfly.store.creations import Creations
from mayfly.store.domain_ownerships import DomainOwnerships
from mayfly.store.domains import Domains
from mayfly.store.inboxes import Inboxes
from mayfly.testing.builders import UNLIMITED, make_inbox
from mayfly.testing.clock import SettableClock

GRACE = timedelta(days=7)
DAY = 86_400


class World:
    """One domain of the test's own, and what a gateway knows of it."""

    def __init__(self, database, bus, names):
        self.names = names
        self.name = f"{new_event_id()}.example"
        self.clock = SettableClock()
        self.domains, self.ownerships, self.inboxes = Domains(database), DomainOwnerships(database), Inboxes(database)
        self._creations = Creations(database)
        self._collection = database["domain_claims"]
        parts = {"domains": self.domains, "ownerships": self.ownerships, "inboxes": self.inboxes}
        resolver = Resolver(names.address)
        self.proofs = Proofs(
            **parts,
            resolver=resolver,
            news=InboxNews(KnownInboxes(lambda: True), bus),
            grace=GRACE,
            clock=self.clock,
            chance=lambda: 0.5,
        )

    async def owner(self, account):
        """The account's attempt to prove the domain."""
        ownership = DomainOwnership(
            id=new_event_id(),
            account_id=account,
            name=self.name,
            txt_token=f"token-of-{account}",
            created_at=self.clock(),
        )
        await self.ownerships.create(ownership)
        return ownership

    async def prove(self, ownership):
        self.publish(ownership)
        await self.proofs.accept(await self.now(ownership), [ownership.txt_token])

    def publish(self, *ownerships):
        self.names.records[self.name, dns.rdatatype.TXT] = [f'"{ownership.txt_token}"' for ownership in ownerships]

    async def now(self, ownership):
        return await self.ownerships.get(ownership.id, ownership.account_id)

    async def status(self, ownership):
        return self.proofs.status(await self.now(ownership))

    async def takes_mail_for(self, account):
        domain = await self.domains.find(self.name)
        return domain is not None and domain.takes_mail_for(account)

    async def make(self, local, account, **fields):
        inbox = make_inbox(f"{local}@{self.name}", id=new_event_id(), account_id=account, expires_at=None, **fields)
        await self._creations.create(inbox, UNLIMITED, self.clock())
        return inbox

    async def pass_days(self, days):
        """Each day, every proof that is due is looked up."""
        for _ in range(days):
            self.clock.advance(DAY)
            await self.recheck()

    async def recheck(self):
        # Other tests' domains are not due: the database is shared.
        await self._collection.update_many(
            {"name": {"$ne": self.name}}, {"$set": {"check_at": self.clock() + 9 * GRACE}}
        )
        await self.proofs.recheck()


@pytest.fixture
async def world(mongo_uri, clean_nats, names):
    async with (
        connect_store(mongo_uri, "gateway_proofs", "test") as database,
        connect_bus(clean_nats, "test") as bus,
    ):
        await indexes.ensure(database)
        yield World(database, bus, names)


async def test_a_proof_is_looked_up_every_day_and_stays(world):
    owner = await world.owner("a")
    await world.prove(owner)
    asked = len(world.names.asked)
    await world.pass_days(10)
    assert 10 <= len(world.names.asked) - asked <= 11
    assert "verified" == await world.status(owner)


async def test_a_domain_without_its_proof_takes_mail_for_a_grace_time_and_then_none(world):
    owner = await world.owner("a")
    await world.prove(owner)
    inbox = await world.make("ceo", "a")
    world.publish()
    await world.pass_days(2)
    noticed = (await world.now(owner)).failing_since
    assert ("failing", True) == (await world.status(owner), await world.takes_mail_for("a"))
    assert noticed + GRACE == world.proofs.mail_until(await world.now(owner))
    await world.pass_days(5)
    assert "failing" == await world.status(owner)
    await world.pass_days(1)
    assert noticed + GRACE <= world.clock() < noticed + GRACE + timedelta(days=1)
    assert ("suspended", False) == (await world.status(owner), await world.takes_mail_for("a"))
    assert inbox == await world.inboxes.get(inbox.id, world.clock())  # it waits


async def test_a_suspended_domain_is_there_again_with_its_proof(world):
    owner = await world.owner("a")
    await world.prove(owner)
    world.publish()
    await world.pass_days(12)
    assert "suspended" == await world.status(owner)
    world.publish(owner)
    await world.pass_days(2)
    assert ("verified", True) == (await world.status(owner), await world.takes_mail_for("a"))


async def test_no_answer_from_dns_is_no_missing_proof(world):
    owner = await world.owner("a")
    await world.prove(owner)
    world.names.rcode = dns.rcode.SERVFAIL
    for _ in range(20):
        world.clock.advance(DAY)
        with pytest.raises(TransientFailure):
            await world.recheck()
    assert ("verified", True) == (await world.status(owner), await world.takes_mail_for("a"))
    world.names.rcode = dns.rcode.NOERROR
    world.clock.advance(3700)
    asked = len(world.names.asked)
    await world.recheck()
    assert asked < len(world.names.asked)  # sooner than a day later


async def test_of_many_replicas_one_looks_a_proof_up(world):
    owner = await world.owner("a")
    await world.prove(owner)
    world.clock.advance(2 * DAY)
    asked = len(world.names.asked)
    await asyncio.gather(*(world.recheck() for _ in range(5)))
    assert 1 == len(world.names.asked) - asked


async def test_who_proves_a_domain_takes_it_over_and_the_former_owners_inboxes_end(world):
    first, second = await world.owner("a"), await world.owner("b")
    await world.prove(first)
    mine = await world.make("ceo", "a")
    kept = await world.make("cfo", "a", status="archived", recoverable=True)
    await world.prove(second)
    assert (False, True) == (await world.takes_mail_for("a"), await world.takes_mail_for("b"))
    assert (None, "pending") == (await world.inboxes.get(mine.id, world.clock()), await world.status(first))
    assert None is await world.inboxes.find_archived("a", kept.id, world.clock())
    theirs = await world.make("ceo", "b")
    await world.pass_days(9)
    assert theirs == await world.inboxes.get(theirs.id, world.clock())


async def test_a_domain_is_not_taken_over_while_the_holders_record_is_there(world):
    first, second = await world.owner("a"), await world.owner("b")
    await world.prove(first)
    mine = await world.make("ceo", "a")
    with pytest.raises(Taken, match="still in DNS"):
        await world.proofs.accept(second, [second.txt_token, first.txt_token])
    assert (True, "verified") == (await world.takes_mail_for("a"), await world.status(first))
    assert mine == await world.inboxes.get(mine.id, world.clock())


async def test_of_two_that_prove_a_free_domain_at_once_one_gets_it(world):
    first, second = await world.owner("a"), await world.owner("b")
    both = [first.txt_token, second.txt_token]
    outcomes = await asyncio.gather(
        *(world.proofs.accept(owner, both) for owner in (first, second)), return_exceptions=True
    )
    assert 1 == sum(isinstance(outcome, Taken) for outcome in outcomes)
    assert 1 == sum([await world.takes_mail_for(account) for account in "ab"])


async def test_a_take_over_that_was_cut_off_is_completed_by_the_next_verify(world):
    first, second = await world.owner("a"), await world.owner("b")
    await world.prove(first)
    left = await world.make("ceo", "a")
    await world.domains.give(second, instead_of="a")  # and then the process died
    assert not await world.takes_mail_for("a")
    await world.prove(second)
    assert None is await world.inboxes.get(left.id, world.clock())


async def test_a_domain_let_go_ends_its_inboxes_and_frees_their_addresses(world):
    owner = await world.owner("a")
    await world.prove(owner)
    inbox = await world.make("ceo", "a")
    await world.proofs.release(owner)
    assert (None, None) == (await world.inboxes.get(inbox.id, world.clock()), await world.domains.find(world.name))
    again = await world.owner("b")
    await world.prove(again)
    await world.make("ceo", "b")


async def test_a_domain_let_go_while_its_proof_is_looked_up_stays_let_go(world):
    for was_proven in (False, True):
        owner = await world.owner("a")
        if was_proven:
            await world.prove(owner)
        looked_up = await world.now(owner)  # `verify` asks DNS meanwhile, for as long as its servers like
        await world.proofs.release(owner)
        with pytest.raises(NotFound):
            await world.proofs.accept(looked_up, [owner.txt_token])
        assert None is await world.domains.find(world.name)


async def test_a_former_owner_who_lets_go_does_not_touch_the_domain_of_the_next(world):
    first, second = await world.owner("a"), await world.owner("b")
    await world.prove(first)
    await world.prove(second)
    theirs = await world.make("ceo", "b")
    await world.proofs.release(first)
    assert await world.takes_mail_for("b")
    assert theirs == await world.inboxes.get(theirs.id, world.clock())


async def test_a_public_domain_is_nobodys_until_it_is_off_the_list(world):
    owner = await world.owner("a")
    await world.domains.ensure_public([world.name])
    with pytest.raises(Taken):
        await world.prove(owner)
    left = await world.make("ceo", None)
    await world.domains.ensure_public(["other.test"])
    assert left == await world.inboxes.get(left.id, world.clock())
    await world.prove(owner)
    assert (True, None) == (await world.takes_mail_for("a"), await world.inboxes.get(left.id, world.clock()))
    await world.domains.ensure_public([world.name])
    assert await world.takes_mail_for(None)


def test_a_machine_without_dns_servers_is_no_reason_not_to_start(tmp_path):
    (tmp_path / "resolv.conf").write_text("# no network\n")
    assert ["127.0.0.1"] == Resolver(resolv_conf=str(tmp_path / "resolv.conf"))._resolver.nameservers
