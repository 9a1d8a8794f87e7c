"""A DNS server on the loopback that answers from a zone, for tests and benchmarks of SPF, DKIM and DMARC.

A zone maps (name, type) to records in the form of a zone file, or to one of the faults below. A name without any entry
does not exist (NXDOMAIN, with a SOA record, as authoritative servers answer).
"""

import socket
import socketserver
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

SERVFAIL, REFUSED, SILENT, SLOW, SPOOFED, LOOP = "SERVFAIL", "REFUSED", "SILENT", "SLOW", "SPOOFED", "LOOP"
_FAULTS = {SERVFAIL: dns.rcode.SERVFAIL, REFUSED: dns.rcode.REFUSED}
_UDP_OCTETS = 1232
_SLOW_SECONDS = 0.3

Zone = Mapping[tuple[str, str], Sequence[str] | str]


def texts(*records: str | bytes) -> list[str]:
    """TXT records, cut into strings of 200 octets as zone files do with long ones."""
    return [_quoted(record if isinstance(record, bytes) else record.encode()) for record in records]


def _quoted(text: bytes) -> str:
    pieces = [text[start : start + 200] for start in range(0, len(text), 200)] or [b""]
    return " ".join('"' + "".join(_escaped(octet) for octet in piece) + '"' for piece in pieces)


def _escaped(octet: int) -> str:
    return chr(octet) if 32 <= octet < 127 and octet not in b'"\\' else f"\\{octet:03d}"


def _on_one_port(
    over_udp: type[socketserver.BaseRequestHandler], over_tcp: type[socketserver.BaseRequestHandler]
) -> list[socketserver.BaseServer]:
    """A server for each; another port is tried when somebody has this one's other half."""
    while True:
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), over_udp)
        try:
            tcp = socketserver.ThreadingTCPServer(udp.server_address[:2], over_tcp)
        except OSError:
            udp.server_close()
            continue
        udp.daemon_threads = tcp.daemon_threads = True
        return [udp, tcp]


class NameServer:
    """Answers by UDP and TCP on one port. `asked`: every question so far, as (name, type)."""

    def __init__(self, zone: Zone, ttl: int = 300) -> None:
        self.zone = zone
        self.ttl = ttl
        self.asked: list[tuple[str, str]] = []
        self.is_silent = False

    def __enter__(self) -> Self:
        outer = self

        class OverUdp(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                data, transport = self.request
                for answer in outer.answers(data, _UDP_OCTETS):
                    transport.sendto(answer, self.client_address)

        class OverTcp(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                (length,) = struct.unpack("!H", self.request.recv(2, socket.MSG_WAITALL))
                for answer in outer.answers(self.request.recv(length, socket.MSG_WAITALL), 65_535):
                    self.request.sendall(struct.pack("!H", len(answer)) + answer)

        self._servers = _on_one_port(OverUdp, OverTcp)
        self.address = f"127.0.0.1:{self._servers[0].server_address[1]}"
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def answers(self, data: bytes, size: int) -> Iterator[bytes]:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        found = self.zone.get((name, kind), self.zone.get((name, "*")))
        if self.is_silent or found == SILENT:
            return
        if found == SLOW:
            time.sleep(_SLOW_SECONDS)
            found = None
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if found == SPOOFED:
            # Of another question, and with records that nobody asked for beside it: both are to be ignored.
            forged = dns.message.make_response(dns.message.make_query("other.example.", kind))
            forged.id = query.id
            forged.answer.append(dns.rrset.from_text("other.example.", 60, "IN", "TXT", '"v=spf1 +all"'))
            yield forged.to_wire()
            answer.additional.append(dns.rrset.from_text("trusted.example.", 60, "IN", "TXT", '"v=spf1 +all"'))
            answer.authority.append(dns.rrset.from_text("trusted.example.", 60, "IN", "TXT", '"v=spf1 +all"'))
            found = self.zone.get((name, "spoofed"), [])
        self._fill(answer, name, kind, found)
        wire = answer.to_wire(max_size=65_535)
        if len(wire) > size:
            short = dns.message.make_response(query)
            short.flags |= dns.flags.TC
            wire = short.to_wire()
        yield wire

    def _fill(self, answer: dns.message.Message, name: str, kind: str, found: Sequence[str] | str | None) -> None:
        if isinstance(found, str) and found in _FAULTS:
            answer.set_rcode(_FAULTS[found])
            return
        if found == LOOP:
            answer.answer.append(dns.rrset.from_text(f"{name}.", self.ttl, "IN", "CNAME", f"loop.{name}."))
            answer.answer.append(dns.rrset.from_text(f"loop.{name}.", self.ttl, "IN", "CNAME", f"{name}."))
            return
        owner = name
        for _ in range(20):
            if found is not None or not (alias := self.zone.get((owner, "CNAME"))):
                break
            answer.answer.append(dns.rrset.from_text(f"{owner}.", self.ttl, "IN", "CNAME", *alias))
            owner = alias[0].rstrip(".").lower()
            found = self.zone.get((owner, kind))
        if found:
            answer.answer.append(dns.rrset.from_text(f"{owner}.", self.ttl, "IN", kind, *found))
            return
        if not any(known == owner for known, _ in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        soa = f"ns.example. root.example. 1 3600 600 86400 {self.ttl}"
        answer.authority.append(dns.rrset.from_text(".", self.ttl, "IN", "SOA", soa))


@contextmanager
def name_server(zone: Zone, ttl: int = 300) -> Iterator[NameServer]:
    with NameServer(zone, ttl) as server:
        yield server
