"""A name that does not resolve is the receiver's fault; DNS servers that are away are not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import dns.asyncresolver
import dns.message
import dns.rcode
import pytest

from mayfly.failures import TransientFailure
from webhook_dispatcher.adapters.connections import Resolver, of_the_machine

Answer = Callable[[dns.message.Message], dns.message.Message | None]


class Server(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def connection_made(self, transport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address) -> None:
        answer = self._answer(dns.message.from_wire(data))
        if answer is not None:
            self._transport.sendto(answer.to_wire(), address)


@asynccontextmanager
async def resolving(answer: Answer) -> AsyncIterator[Resolver]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Server(answer), local_addr=("127.0.0.1", 0))
    servers = dns.asyncresolver.Resolver(configure=False)
    servers.nameservers, servers.port = ["127.0.0.1"], transport.get_extra_info("sockname")[1]
    resolver = Resolver(lambda: servers)
    servers.lifetime = servers.timeout = 0.2
    try:
        yield resolver
    finally:
        transport.close()


def coded(question: dns.message.Message, code: dns.rcode.Rcode) -> dns.message.Message:
    answer = dns.message.make_response(question)
    answer.set_rcode(code)
    return answer


def is_probe(question: dns.message.Message) -> bool:
    return question.question[0].name == dns.name.root


@pytest.mark.parametrize("probe", [dns.rcode.NOERROR, dns.rcode.REFUSED])
@pytest.mark.parametrize("code", [dns.rcode.NXDOMAIN, dns.rcode.SERVFAIL, dns.rcode.NOERROR, None])
async def test_a_name_that_does_not_resolve_is_the_receivers_fault_while_dns_works(code, probe):
    def answer(question):
        if is_probe(question):
            return coded(question, probe)
        return None if code is None else coded(question, code)

    async with resolving(answer) as resolver:
        assert [] == await resolver.addresses("receiver.example")


async def test_servers_that_fail_for_every_name_are_an_outage():
    async with resolving(lambda question: coded(question, dns.rcode.SERVFAIL)) as resolver:
        with pytest.raises(TransientFailure):
            await resolver.addresses("receiver.example")


async def test_servers_that_are_not_there_are_an_outage():
    async with resolving(lambda question: None) as resolver:
        pass
    with pytest.raises(TransientFailure):
        await resolver.addresses("receiver.example")


async def test_servers_that_the_machine_gets_later_are_asked_without_a_restart():
    def is_there(question):
        return coded(question, dns.rcode.NXDOMAIN)

    async with resolving(lambda question: None) as away, resolving(is_there) as there:
        clients = [away._dns, there._dns]
        resolver = Resolver(lambda: clients.pop(0))
        away._dns.lifetime = away._dns.timeout = 0.2
        with pytest.raises(TransientFailure):
            await resolver.addresses("receiver.example")
        assert [] == await resolver.addresses("receiver.example")


async def test_a_machine_without_dns_servers_is_an_outage_and_no_reason_not_to_start(tmp_path):
    (tmp_path / "resolv.conf").write_text("# no network\n")
    assert ["127.0.0.1"] == of_the_machine(str(tmp_path / "resolv.conf")).nameservers
