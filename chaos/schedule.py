"""The faults of a run, made from a seed alone: the same seed and shape make the same schedule, octet for octet.

A fault names the role of its target ("mongod:primary"), which `faults` turns into a process at the moment of the fault,
because who leads depends on what happened before. The ledger has both.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

SERVICES = ("smtp-ingest", "parser", "api-gateway", "webhook-dispatcher", "expiry-reaper")
LEADERS = ("mongod:leader", "nats:leader")
FOLLOWERS = ("mongod:follower", "nats:follower")
GAP_SECONDS = (1.0, 3.0)  # between the starts of two faults
REST_EVERY, REST_SECONDS = 16, 12.0  # a pause, so that users are seen to get over it, too

KINDS = ("stop", "kill", "pause", "network", "disk", "clock")
LONGEST_SECONDS = 12.0


@dataclass(frozen=True)
class Fault:
    """One fault: `at` seconds after the start, for `seconds`. `peer`: the other end of a network fault.

    `with_number`: number of the fault during which this one happens on purpose.
    """

    number: int
    at: float
    kind: str
    mode: str
    target: str
    seconds: float
    peer: str = ""
    with_number: int | None = None


@dataclass(frozen=True)
class Shape:
    """The cluster: servers of each store, processes of each service. `pace`: what times are multiplied by."""

    members: int = 3
    copies: int = 2
    pace: float = 1.0


SHORT = Shape(1, 1, 0.5)
"""For the short form: one process of each, half the time."""


def plan(seed: int, count: int, shape: Shape) -> list[Fault]:
    """Return `count` faults in the order of their start, each kind equally often; every sixth overlaps another."""
    chance = random.Random(seed)
    at = 2.0
    made: list[Fault] = []
    for number, kind in zip(range(count), _kinds(chance), strict=False):
        before = made[-1] if made else None
        if number % 6 == 5 and before is not None:
            inside = before.at + chance.uniform(0.1, 0.6) * before.seconds
            made.append(replace(_fault(chance, kind, shape, number, round(inside, 2)), with_number=before.number))
            continue
        at += chance.uniform(*GAP_SECONDS) * shape.pace + (REST_SECONDS if number % REST_EVERY == REST_EVERY - 1 else 0)
        made.append(_fault(chance, kind, shape, number, round(at, 2)))
    return sorted(made, key=lambda fault: (fault.at, fault.number))


def _kinds(chance: random.Random) -> Iterator[str]:
    while True:
        yield from chance.sample(KINDS, len(KINDS))


def _fault(chance: random.Random, kind: str, shape: Shape, number: int, at: float) -> Fault:
    mode, target, peer, seconds = _CHOICES[kind](chance, shape)
    return Fault(number, at, kind, mode, target, round(seconds * shape.pace, 2), peer)


Choice = tuple[str, str, str, float]


def _service(chance: random.Random, shape: Shape) -> str:
    name, copy = chance.choice(SERVICES), chance.randrange(shape.copies)
    return name if copy == 0 else f"{name}-{copy + 1}"


def _store(chance: random.Random, shape: Shape) -> str:
    return chance.choice((*LEADERS, *FOLLOWERS) if shape.members > 1 else LEADERS)


def _stop(chance: random.Random, shape: Shape) -> Choice:
    """SIGTERM, and not started again for the time. Mostly followers, at times both of a store, at times the leader."""
    if shape.members == 1:
        return "term", chance.choice((*LEADERS, _service(chance, shape))), "", chance.uniform(0.5, 2)
    target = chance.choices((*FOLLOWERS, "mongod:followers", *LEADERS), weights=(4, 3, 2, 1, 1))[0]
    return "term", target, "", chance.uniform(1, 6)


def _kill(chance: random.Random, shape: Shape) -> Choice:
    """SIGKILL; the supervisor starts it again as usual."""
    store = chance.random() < 0.4
    return "kill", _store(chance, shape) if store else _service(chance, shape), "", 0.5


def _pause(chance: random.Random, shape: Shape) -> Choice:
    """SIGSTOP, then SIGCONT: the process is there and does not answer, and finds itself in a later time."""
    target = _store(chance, shape) if chance.random() < 0.5 else _service(chance, shape)
    seconds = chance.choices((chance.uniform(0.3, 3), chance.uniform(6, 11)), weights=(3, 1))[0]
    return "pause", target, "", seconds


def _network(chance: random.Random, shape: Shape) -> Choice:
    """Between a service and a store, or between the members of a store."""
    mode = chance.choice(("cut", "half-open", "delay", "reset"))
    peer = chance.choice(("mongod:all", "nats:all", _store(chance, shape)))
    if shape.members > 1 and chance.random() < 0.3:
        target = chance.choice(LEADERS)
        # Long enough for an election on the other side.
        return mode, target, f"{target.split(':', maxsplit=1)[0]}:all", chance.uniform(2, LONGEST_SECONDS)
    return mode, _service(chance, shape), peer, chance.uniform(0.5, 8)


def _disk(chance: random.Random, shape: Shape) -> Choice:
    """The disk of one member is full, at times those of all members of a store."""
    everywhere = chance.random() < 0.2
    target = chance.choice(("mongod:all", "nats:all")) if everywhere else _store(chance, shape)
    return "full", target, "", chance.uniform(2, 7)


def _clock(chance: random.Random, shape: Shape) -> Choice:
    """One service's clock jumps by the number of seconds in `peer`, and back."""
    jump = chance.choice((-300, -30, -2, 2, 30, 300))
    return "jump", _service(chance, shape), str(jump), chance.uniform(2, 8)


_CHOICES = {"stop": _stop, "kill": _kill, "pause": _pause, "network": _network, "disk": _disk, "clock": _clock}
