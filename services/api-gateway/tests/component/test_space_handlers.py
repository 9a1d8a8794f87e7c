"""Handlers of spaces without HTTP: spaces that nobody owns, and domains that are lost while a space is written."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api_gateway import rooms
from api_gateway.edge.caller import Caller
from api_gateway.foundation import connect
from api_gateway.inboxes import InboxWish
from api_gateway.refusals import BadInput, Forbidden, NotFound, QuotaExceeded, Unauthorized
from api_gateway.settings import Settings
from api_gateway.spaces import SpaceWish
from api_gateway.spaces.change import SpaceChange
from mayfly.events.facts import new_event_id
from mayfly.records.domain import DomainOwnership
from mayfly.store.domains import Domains
from mayfly.store.inboxes import Inboxes
from mayfly.store.smtp_logins import SmtpLogins

OWNER = Caller("192.0.2.1", "account:owner", account_id="owner", team_id="owner", plan="pro")


@asynccontextmanager
async def built(mongo_uri, mongo_database, nats_url, **changes):
    settings = Settings(mongo_uri=mongo_uri, mongo_database=mongo_database, nats_url=nats_url, **changes)
    async with connect(settings) as foundation:
        yield foundation, rooms.build(foundation)


@pytest.fixture
async def scene(mongo_uri, clean_nats):
    async with built(mongo_uri, f"spaces_{new_event_id()}"[:38], clean_nats) as (foundation, handlers):
        yield foundation, handlers
        await foundation.database.client.drop_database(foundation.database.name)


async def verified(foundation, name):
    claim = DomainOwnership(
        id=new_event_id(), account_id="owner", name=name, txt_token="t", created_at=datetime.now(UTC)
    )
    await Domains(foundation.database).give(claim, instead_of=None)


async def test_a_space_that_nobody_owns_is_read_by_its_token_alone(scene):
    foundation, handlers = scene
    guest = Caller("192.0.2.7", "ip:192.0.2.7")
    made = await handlers["spaces"].create.anonymous(guest)
    space = made.space
    assert (None, "ip:192.0.2.7", "space") == (space.account_id, space.creator, space.kind)
    assert timedelta(hours=23) < space.expires_at - datetime.now(UTC) <= timedelta(days=1)
    (login,) = await SmtpLogins(foundation.database).of_space(space.id)
    assert login.has_password(made.password)
    holder = replace(guest, inbox_id=space.id)
    assert space.id == (await handlers["inboxes"].read.get(holder, space.id))[0].id
    for name in (space.id, space.address):
        with pytest.raises(NotFound):
            await handlers["inboxes"].read.get(guest, name)
    assert made.token not in repr(made)
    assert made.password not in repr(made)


async def test_an_address_has_as_many_spaces_as_inboxes_and_both_apart(scene):
    _, handlers = scene
    guest, other = Caller("192.0.2.8", "ip:192.0.2.8"), Caller("192.0.2.9", "ip:192.0.2.9")
    create = handlers["spaces"].create.anonymous
    for _ in range(20):
        await create(guest)
    with pytest.raises(QuotaExceeded):
        await create(guest)
    await create(other)
    await handlers["inboxes"].create(guest, InboxWish())


async def test_a_space_that_nobody_owns_has_limits_and_can_be_switched_off(scene, mongo_uri, clean_nats):
    foundation, handlers = scene
    with pytest.raises(Forbidden):
        await handlers["spaces"].create.anonymous(Caller("192.0.2.7", "ip:192.0.2.7"), 86_401)
    with pytest.raises(Unauthorized):
        await handlers["spaces"].create.anonymous(OWNER)
    with pytest.raises(QuotaExceeded):
        await handlers["spaces"].create(Caller("192.0.2.7", "ip:192.0.2.7"), SpaceWish())
    changes = {"anonymous_access": "off"}
    async with built(mongo_uri, foundation.database.name, clean_nats, **changes) as (_, closed):
        with pytest.raises(Unauthorized):
            await closed["spaces"].create.anonymous(Caller("192.0.2.7", "ip:192.0.2.7"))


@pytest.mark.parametrize("how", ["released", "suspended", "public"])
async def test_a_domain_that_is_lost_while_a_space_is_created_does_not_lead_to_it(scene, how):
    foundation, handlers = scene
    create = handlers["spaces"].create
    await verified(foundation, "qa.example.org")

    async def place(caller, plan, inbox):
        await lose(foundation, how)
        await create.place(caller, plan, inbox)

    with pytest.raises(BadInput, match=r"domains: qa\.example\.org: no longer available"):
        await replace(create, place=place)(OWNER, SpaceWish(domains=["qa.example.org"]))
    assert [] == list((await handlers["spaces"].read.mine(OWNER, limit=10, cursor=None)).entries)


@pytest.mark.parametrize("how", ["released", "suspended", "public"])
async def test_a_domain_that_is_lost_while_a_space_is_changed_does_not_lead_to_it(scene, how):
    foundation, handlers = scene
    change, names = handlers["spaces"].change, ["qa.example.org", "kept.example.org"]
    for name in names:
        await verified(foundation, name)
    space = (await handlers["spaces"].create(OWNER, SpaceWish())).space

    class Losing:
        async def change(self, *arguments):
            await lose(foundation, how)
            return await change.spaces.change(*arguments)

    with pytest.raises(BadInput, match=r"domains: qa\.example\.org: no longer available"):
        await replace(change, spaces=Losing())(OWNER, space.id, SpaceChange(domains=names))
    assert ["kept.example.org"] == (await Inboxes(foundation.database).get(space.id, datetime.now(UTC))).domains


async def lose(foundation, how):
    domains = Domains(foundation.database)
    match how:
        case "released":
            await domains.remove("qa.example.org", "owner")
        case "suspended":
            await domains.suspend("qa.example.org", "owner")
        case "public":
            await domains.ensure_public(["mayfly.test", "qa.example.org"])


async def test_the_next_owner_of_a_domain_takes_it_from_the_spaces_of_the_former_one(scene):
    foundation, handlers = scene
    await verified(foundation, "qa.example.org")
    space = (await handlers["spaces"].create(OWNER, SpaceWish(domains=["qa.example.org"]))).space
    inboxes = Inboxes(foundation.database)
    await inboxes.end_on_domain("qa.example.org", but_of="owner")
    assert ["qa.example.org"] == (await inboxes.get(space.id, datetime.now(UTC))).domains
    await inboxes.end_on_domain("qa.example.org", but_of="another")
    assert [] == (await inboxes.get(space.id, datetime.now(UTC))).domains
    assert {} == await inboxes.spaces_on(["qa.example.org"], datetime.now(UTC))
