"""Which inboxes a tool may touch."""

import pytest
from mcp.server.mcpserver.exceptions import ToolError

from mayfly_mcp.inboxes import Inboxes
from mayfly_mcp.scrubbing import Scrubber

TOKEN = "mfi_0123456789abcdef"


class Inbox:
    def __init__(self, name):
        self.address, self.id, self.token = f"{name}@mayfly.test", f"id-{name}", TOKEN


class Client:
    """A client that notes what was asked of it."""

    def __init__(self):
        self.asked = []

    async def inbox(self, **options):
        self.asked.append(("inbox", options))
        return Inbox("own")

    async def anonymous_inbox(self, **options):
        self.asked.append(("anonymous_inbox", options))
        return Inbox("own")

    async def open(self, address):
        self.asked.append(("open", address))
        return Inbox("other")


@pytest.fixture
def client():
    return Client()


def inboxes(client, *, has_key=True, any_inbox=False):
    return Inboxes(client, Scrubber(), has_key=has_key, any_inbox=any_inbox)


async def create(these, **options):
    return await these.create(**{"name": None, "domain": None, "label": None, "ttl": None, **options})


async def test_an_inbox_of_this_server_is_known_by_address_and_by_id_without_asking(client):
    these = inboxes(client)
    own = await create(these)
    for name in ("own@mayfly.test", " OWN@Mayfly.Test\n", "id-own"):
        assert own is await these.to_read(name)
        assert own is await these.to_change(name)
    assert 1 == len(client.asked)


async def test_another_inbox_is_read_and_changed_only_if_the_settings_say_so(client):
    strict, lenient = inboxes(client), inboxes(client, any_inbox=True)
    assert "id-other" == (await strict.to_read("other@mayfly.test")).id
    with pytest.raises(ToolError, match="MAYFLY_MCP_ANY_INBOX=true"):
        await strict.to_change("other@mayfly.test")
    assert "id-other" == (await lenient.to_change("other@mayfly.test")).id


async def test_a_deleted_inbox_is_no_longer_its_own(client):
    these = inboxes(client)
    own = await create(these)
    these.forget(own)
    assert these.is_deleted("own@mayfly.test")
    with pytest.raises(ToolError, match="did not make"):
        await these.to_change("id-own")
    await create(these)
    assert not these.is_deleted("own@mayfly.test")


async def test_a_token_is_replaced_in_every_text_from_its_birth_on(client):
    scrubber = Scrubber()
    await create(Inboxes(client, scrubber, has_key=False))
    assert "[secret]" == scrubber.text(TOKEN)


@pytest.mark.parametrize("options", [{"label": "x"}, {"ttl": 900}])
async def test_without_a_key_options_that_need_one_are_refused(client, options):
    with pytest.raises(ToolError, match="need an API key"):
        await create(inboxes(client, has_key=False), **options)
    assert [] == client.asked


async def test_name_and_domain_make_an_address(client):
    await create(inboxes(client), name="ann", domain="mayfly.test")
    assert "ann@mayfly.test" == client.asked[0][1]["address"]


@pytest.mark.parametrize("address", ["", " ", ".", "..", "a b", "a\x00b", "a\u202eb"])
async def test_what_cannot_be_an_address_is_asked_of_nobody(client, address):
    with pytest.raises(ToolError, match="address: no id or address"):
        await inboxes(client).to_read(address)
    assert [] == client.asked
