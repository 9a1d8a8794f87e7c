"""What smtp-ingest asks of the real store."""

import asyncio

import pytest

from mayfly.records.fault_plan import FaultPlan, FaultStep
from mayfly.store import client
from mayfly.store.creations import Creations
from mayfly.store.domains import Domains
from mayfly.store.fault_plans import FaultPlans
from mayfly.store.inboxes import Inboxes
from mayfly.testing.builders import NOON as NOW
from mayfly.testing.builders import UNLIMITED, make_inbox

pytestmark = pytest.mark.xdist_group("smtp")


@pytest.fixture
async def database(mongo_uri, mongo_database):
    async with client.connect(mongo_uri, mongo_database, "test") as database:
        yield database


@pytest.fixture
async def make(database):
    async def make(name, **fields):
        inbox = make_inbox(f"{name}@a.test", **fields)
        await Creations(database).create(inbox, UNLIMITED, NOW)
        return inbox

    return make


async def test_live_inboxes_are_found_together(database, make):
    live = await make("live")
    await make("late", expires_at=NOW)
    await make("kept", status="archived")
    addresses = [f"{name}@a.test" for name in ("live", "late", "kept", "none")]
    assert {live.address: live} == await Inboxes(database).find_among(addresses, NOW)


async def test_domains_are_found_together(database):
    await Domains(database).ensure_public(["a.test", "b.test"])
    assert {"a.test"} == set(await Domains(database).find_among(["a.test", "c.test"]))


async def test_a_public_domain_taken_off_the_list_takes_no_mail_and_comes_back_as_it_was(database):
    domains = Domains(database)
    await domains.ensure_public(["a.test", "b.test"])
    await domains.set_tier("b.test", 2)
    await domains.ensure_public(["a.test"])
    gone = (await domains.find_among(["b.test"]))["b.test"]
    assert (False, ["a.test"]) == (gone.takes_mail, [domain.name for domain in await domains.public()])
    await domains.ensure_public(["b.test", "a.test"])
    back = (await domains.find_among(["b.test"]))["b.test"]
    assert (True, 2, "b.test") == (back.takes_mail_for(None), back.tier_required, (await domains.public())[0].name)


async def test_a_plan_is_kept_counted_and_cleared(database, make):
    inbox, plans = await make("planned"), FaultPlans(database)
    assert await plans.get(inbox.id) is None
    assert await plans.take(inbox.id) is None
    steps = (FaultStep(times=2, code=451), FaultStep(times=1, at="rcpt", code=550))
    await plans.put(inbox.id, FaultPlan(steps=steps, seen=7))
    assert [*steps[:1], *steps, None] == [await plans.take(inbox.id) for _ in range(4)]
    assert FaultPlan(steps=steps, seen=4) == await plans.get(inbox.id)
    assert (
        FaultPlan(steps=steps, seen=4)
        == (await Inboxes(database).find_among([inbox.address], NOW))[inbox.address].fault_plan
    )
    await plans.clear(inbox.id)
    assert await plans.get(inbox.id) is None
    assert await plans.take(inbox.id) is None


async def test_every_number_is_given_out_once(database, make):
    inbox, plans = await make("planned"), FaultPlans(database)
    await plans.put(inbox.id, FaultPlan(steps=(FaultStep(times=15, code=451),)))
    steps = await asyncio.gather(*(plans.take(inbox.id) for _ in range(40)))
    assert 15 == sum(step is not None for step in steps)
