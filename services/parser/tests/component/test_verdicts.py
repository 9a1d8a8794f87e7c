"""SPF, DKIM and DMARC verdicts, with a DNS server that the tests control."""

import asyncio
from collections.abc import AsyncIterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from msgspec.structs import replace

from message_parser.workers.verdict_dns import Client
from tests.corpus.signing import Signature, public
from tests.corpus.signing import signed as sign

pytestmark = pytest.mark.component

PUBLIC = public()
PLAIN = b"From: Acme <no-reply@acme.example>\r\nTo: you@mayfly.test\r\nSubject: Hello\r\n\r\nYour code is 482193\r\n"


class Records(asyncio.DatagramProtocol):
    """Answers TXT queries from `texts` and A queries from `addresses`; other names do not exist."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.addresses: dict[str, str] = {}
        self.asked: set[str] = set()

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data, address) -> None:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.add(name)
        text = self.texts.get(name)
        if question.rdtype == dns.rdatatype.A and name in self.addresses:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", self.addresses[name]))
        elif text is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.TXT:
            strings = " ".join(f'"{text[start : start + 200]}"' for start in range(0, len(text), 200))
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "TXT", strings))
        self.transport.sendto(answer.to_wire(), address)


@pytest.fixture
async def records() -> AsyncIterator[tuple[Records, str]]:
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(Records, ("127.0.0.1", 0))
    host, port = transport.get_extra_info("sockname")
    yield protocol, f"{host}:{port}"
    transport.close()


def signed(octets: bytes) -> bytes:
    return sign(octets, Signature(fields=("from", "subject", "from"), canonical="relaxed/simple"))


async def verdicts(world, inbox):
    async with asyncio.timeout(20):
        while (found := (await world.message(inbox)).authentication) is None:
            await asyncio.sleep(0.02)
    return found.spf, found.dkim, found.dmarc


async def test_a_signed_mail_from_a_permitted_address_passes_all_three(world, start_parser, records):
    server, address = records
    server.texts = {
        "sender.example": "v=spf1 ip4:192.0.2.0/24 -all",
        "s1._domainkey.acme.example": f"v=DKIM1; k=rsa; p={PUBLIC}",
        "_dmarc.acme.example": "v=DMARC1; p=reject",
    }
    await start_parser(replace(world.settings, authentication=True, dns_resolver=address))
    inbox = await world.inbox()
    await world.receive(signed(PLAIN), [inbox])
    assert ("pass", "pass", "pass") == await verdicts(world, inbox)


async def test_a_changed_body_and_a_foreign_address_fail(world, start_parser, records):
    server, address = records
    server.texts = {
        "sender.example": "v=spf1 ip4:198.51.100.1 -all",
        "s1._domainkey.acme.example": f"v=DKIM1; k=rsa; p={PUBLIC}",
        "_dmarc.acme.example": "v=DMARC1; p=reject",
    }
    await start_parser(replace(world.settings, authentication=True, dns_resolver=address))
    inbox = await world.inbox()
    await world.receive(signed(PLAIN).replace(b"482193", b"482194"), [inbox])
    assert ("fail", "fail", "fail") == await verdicts(world, inbox)


async def test_a_passing_domain_that_is_not_the_authors_does_not_align(world, start_parser, records):
    server, address = records
    server.texts = {"sender.example": "v=spf1 ip4:192.0.2.10 -all", "_dmarc.acme.example": "v=DMARC1; p=none"}
    await start_parser(replace(world.settings, authentication=True, dns_resolver=address))
    inbox = await world.inbox()
    await world.receive(PLAIN, [inbox])
    assert ("pass", "none", "fail") == await verdicts(world, inbox)


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        (b"From: Boss <boss@acme.example>\r\n", "permerror"),
        (b"X-A: b\rFrom: Boss <boss@acme.example>\r\n", "permerror"),
        (b"From : Boss <boss@acme.example>\r\n", "permerror"),
        (b"From : Boss <boss@acme.example>\r\n" + b"X-A: b\r\n" * 1000, "fail"),  # the signed field is past the limit
    ],
    ids=["second field", "lone CR", "blank before the colon", "far above"],
)
async def test_a_from_field_put_above_the_signed_one_does_not_pass_dmarc(world, start_parser, records, above, expected):
    server, address = records
    server.texts = {
        "s1._domainkey.acme.example": f"v=DKIM1; k=rsa; p={PUBLIC}",
        "_dmarc.acme.example": "v=DMARC1; p=reject",
    }
    await start_parser(replace(world.settings, authentication=True, dns_resolver=address))
    inbox = await world.inbox()
    await world.receive(above + signed(PLAIN), [inbox])
    assert expected == (await verdicts(world, inbox))[2]


@pytest.mark.parametrize("name", ["redis.shop.svc.cluster.local", "printer.LAN.", "db.internal"])
async def test_a_senders_record_does_not_find_out_which_names_exist_inside(world, start_parser, records, name):
    server, address = records
    server.texts = {"sender.example": f"v=spf1 exists:{name} exists:public.example -all", name.lower(): "is there"}
    server.addresses = {name.rstrip(".").lower(): "10.0.0.7"}
    await start_parser(replace(world.settings, authentication=True, dns_resolver=address))
    inbox = await world.inbox()
    await world.receive(PLAIN, [inbox])
    assert "fail" == (await verdicts(world, inbox))[0]
    assert name.rstrip(".").lower() not in server.asked
    assert "public.example" in server.asked


async def test_mails_that_come_together_get_each_its_own_verdicts(world, start_parser, records):
    server, address = records
    server.texts = {
        "sender.example": "v=spf1 ip4:192.0.2.0/24 -all",
        "s1._domainkey.acme.example": f"v=DKIM1; k=rsa; p={PUBLIC}",
        "_dmarc.acme.example": "v=DMARC1; p=reject",
    }
    changed = signed(PLAIN).replace(b"482193", b"482194")
    expected = {"pass": signed(PLAIN), "none": PLAIN, "fail": changed}
    inboxes = {verdict: [await world.inbox(), await world.inbox()] for verdict in expected}
    for verdict, octets in expected.items():
        await world.receive(octets, inboxes[verdict])
    await start_parser(replace(world.settings, authentication=True, dns_resolver=address))
    for verdict, places in inboxes.items():
        for inbox in places:
            assert verdict == (await verdicts(world, inbox))[1]


async def test_a_message_says_why_it_has_no_verdicts(world, start_parser):
    await start_parser()
    inbox = await world.inbox()
    await world.receive(PLAIN, [inbox])
    message = await world.message(inbox)
    assert (None, "") == (message.authentication, message.authentication_reason)
    await world.messages.set_authentication_reason([message.id], "dropped")
    assert "dropped" == (await world.message(inbox)).authentication_reason


async def test_no_records_give_none(world, start_parser, records):
    await start_parser(replace(world.settings, authentication=True, dns_resolver=records[1]))
    inbox = await world.inbox()
    await world.receive(PLAIN, [inbox])
    assert ("none", "none", "none") == await verdicts(world, inbox)


async def test_without_dns_the_message_is_there_at_once_and_the_verdicts_are_none(world, start_parser):
    await start_parser(replace(world.settings, authentication=True, dns_resolver="127.0.0.1:9"))
    inbox = await world.inbox()
    await world.receive(PLAIN, [inbox])
    assert (await world.message(inbox, seconds=5)).authentication is None
    assert ("none", "none", "none") == await verdicts(world, inbox)


def test_a_machine_without_dns_servers_is_no_reason_not_to_start(tmp_path):
    (tmp_path / "resolv.conf").write_text("# no network\n")
    assert ["127.0.0.1"] == Client("", str(tmp_path / "resolv.conf")).servers
