"""Benchmark: CPU time that SPF, DKIM and DMARC verdicts cost a mail, and whether they are the right ones.

`make bench-verdicts`. Computes the verdicts of the corpus (tests/corpus/signed_mails.py) and of mails as users send
them, with a DNS server on the loopback: cold is the first mail of a process, warm are those after it. Times are those
of the thread that computes, so the DNS server's own are not in them. Every verdict is compared with what the standards
say. Then a whole parser stores signed mails, with and without verdicts.

    python -m bench.verdicts [rounds=50] [mails=2000] [save=FILE] [against=FILE]

`save` writes the verdicts to a file, `against` lists the differences from such a file: the verdicts of another version.
`mails=0` leaves the parser out.
"""

import asyncio
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import msgspec

from bench import options
from bench.parser import Rig, rig, until
from bench.parser_mails import sign_up_mail
from bench.processes import children_of, cpu_of_servers, own_cpu, runs_module
from mayfly.events import codec, subjects
from mayfly.records.inbox import Inbox
from mayfly.service.clock import system_clock
from mayfly.testing.builders import make_mail
from message_parser.workers import verdict_child, verdicts
from message_parser.workers.resolver import Resolver
from message_parser.workers.verdict_dns import Client
from tests.corpus.name_server import name_server
from tests.corpus.signed_mails import Case, cases, request_of, zone
from tests.corpus.signing import Signature, signed

_FIELD = re.compile(rb"(?m)^DKIM-Signature:.*\r\n(?:[ \t].*\r\n)*")

Triple = tuple[str, str, str]


def main() -> None:
    given = options.read(rounds="50", mails="2000", save="", against="")
    with name_server(zone()) as server:
        found = judge(server.address)
        report(found, given)
        print("CPU time of the verdicts, us a mail:")
        for name, case in mails().items():
            cold, warm, asked = cost(server, case, int(given["rounds"]))
            print(f"  {name:<44} cold {cold:7.0f}   warm {warm:7.0f}   DNS questions {asked}")
        if count := int(given["mails"]):
            os.environ["MAYFLY_DNS_RESOLVER"] = server.address
            for authentication in ("true", "false"):
                print(f"a parser with MAYFLY_AUTHENTICATION={authentication}, {count} mails, us of CPU a mail:")
                for name, spent in asyncio.run(of_a_parser(count, authentication)).items():
                    print(f"  {name:<14} {1e6 * spent / count:7.0f}")


def mails() -> dict[str, Case]:
    """Mails as users send them, of 20 kB but for the last."""
    mail = _FIELD.sub(b"", sign_up_mail(1)).replace(b"From: ", b"X-From: ", 1)
    mail = b"From: Acme <no-reply@acme.example>\r\n" + mail
    keyless = Signature(domain="nobody.example")
    one = Signature(fields=("subject", "from", "to"))
    three = (Signature(domain="esp.example"), Signature(key="ed25519", selector="ed"), one)
    unknown = mail.replace(b"@acme.example", b"@nobody.example")
    bodies = {
        "no signature, no records": (unknown, "a@nobody.example"),
        "no signature, SPF by include, DMARC": (mail, "a@include.example"),
        "signature without a key, no records": (
            signed(unknown, keyless),
            "a@nobody.example",
        ),
        "RSA 2048, SPF, DMARC": (signed(mail, one), "a@sender.example"),
        "RSA 2048 twice and Ed25519, SPF, DMARC": (signed(mail, *three), "a@sender.example"),
        "RSA 2048, 25 MB": (signed(mail + (b"A" * 76 + b"\r\n") * 320_000, one), "a@sender.example"),
    }
    return {name: Case(name, ("", "", ""), octets, sender=sender) for name, (octets, sender) in bodies.items()}


def judge(address: str) -> dict[str, Triple]:
    resolver = Resolver(Client(address))
    found: dict[str, Triple] = {}
    for case in cases():
        verdict = verdicts.authenticate(request_of(case), resolver)
        found[case.name] = (verdict.spf, verdict.dkim, verdict.dmarc)
    return found


def report(found: dict[str, Triple], given: dict[str, str]) -> None:
    expected = {case.name: case.expected for case in cases()}
    sources = {case.name: case.source for case in cases()}
    wrong = differences(expected, found)
    print(f"{len(found) - len(wrong)} of {len(found)} verdicts are right")
    for name, want, got in wrong:
        print(f"  {name}: {'/'.join(got)} instead of {'/'.join(want)} ({sources[name]})")
    if path := given["save"]:
        Path(path).write_bytes(msgspec.json.encode(found))
    if path := given["against"]:
        before = msgspec.json.decode(Path(path).read_bytes(), type=dict[str, Triple])
        changed = differences(before, found)
        print(f"{len(changed)} verdicts differ from {path}")
        for name, old, new in changed:
            print(f"  {name}: {'/'.join(old)} -> {'/'.join(new)}, right: {'/'.join(expected[name])}")


def differences(expected: dict[str, Triple], found: dict[str, Triple]) -> list[tuple[str, Triple, Triple]]:
    both = [name for name in found if name in expected]
    return [(name, expected[name], found[name]) for name in both if found[name] != expected[name]]


def cost(server: Any, case: Case, rounds: int) -> tuple[float, float, int]:
    """Microseconds of the first mail of a resolver without a cache, of one mail after it, and the questions asked."""
    request = request_of(case)
    rounds = rounds if len(case.octets) < 1_000_000 else 3
    resolver = Resolver(Client(server.address))
    before = len(server.asked)
    cold = timed(lambda: verdicts.authenticate(request, resolver), 1)
    asked = len(server.asked) - before
    return cold, timed(lambda: verdicts.authenticate(request, resolver), rounds), asked


async def of_a_parser(count: int, authentication: str) -> dict[str, float]:
    """CPU seconds by process, from the first mail that is fetched until all verdicts are written."""
    octets = mails()["RSA 2048, SPF, DMARC"].octets
    async with rig(authentication) as servers:
        for start in range(0, count, 200):
            inboxes = [servers.inboxes[number % len(servers.inboxes)] for number in range(start, start + 200)]
            await asyncio.gather(*(publish(servers, inbox, octets) for inbox in inboxes))
        with servers.parser() as parser:
            await until(servers.bus, lambda waiting: waiting < count)
            before = spent_by(parser.pid)
            await until(servers.bus, lambda waiting: waiting == 0)
            while authentication == "true" and judged(servers.probe_port) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            return {name: spent - before.get(name, 0) for name, spent in spent_by(parser.pid).items()}


async def publish(servers: Rig, inbox: Inbox, octets: bytes) -> None:
    sender = {"reverse_path": "bounce@sender.example", "helo": "mx.sender.example", "peer_address": "192.0.2.10"}
    event = make_mail(inbox, octets=octets, received_at=system_clock(), **sender)
    kind, payload = codec.encode(event)
    headers = {subjects.TYPE_HEADER: kind, "Nats-Msg-Id": event.event_id}
    await servers.bus.jetstream.publish(subjects.mail(event), payload, timeout=30, headers=headers)


def spent_by(parser: int) -> dict[str, float]:
    """CPU seconds so far of the parser, its kinds of children, and the servers."""
    spent = {"parser": own_cpu(parser), **cpu_of_servers()}
    for child in children_of(parser):
        kind = "verdict" if runs_module(child, verdict_child.__name__) else "parse"
        spent[kind] = spent.get(kind, 0) + own_cpu(child)
    return spent


def judged(probe_port: int) -> float:
    with urlopen(f"http://127.0.0.1:{probe_port}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("mayfly_parser_verdicts_total"))


def timed(work: Callable[[], object], rounds: int) -> float:
    began = time.thread_time()
    for _ in range(rounds):
        work()
    return 1e6 * (time.thread_time() - began) / rounds


if __name__ == "__main__":
    main()
