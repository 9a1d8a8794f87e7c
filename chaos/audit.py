"""Judges a ledger: what was acknowledged and is lost, doubled, resurrected, or in the wrong hands.

Pure: entries in, verdict out.

`python -m chaos.audit LEDGER` judges a ledger of before again. docs/chaos.md says what each word means.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from chaos import ledger, outages
from chaos.ledger import Entry
from chaos.outages import Outage

EMPTIED_WITHIN = 120.0
"""Seconds after the end of an inbox until nothing of it is in the store: late mail is looked for after 90."""
YES = range(200, 300)
OK = 200


@dataclass(frozen=True)
class Damage:
    """One thing that went wrong: what (`lost`, ...), which mail or inbox, since when (epoch seconds), how it shows."""

    what: str
    name: str
    at: float
    how: str


WORDS = ("lost", "doubled", "resurrected", "wrong owner")


@dataclass
class Verdict:
    """What a ledger shows."""

    faults: list[Entry]
    acknowledged: list[Entry]
    damage: list[Damage]
    outages: list[Outage]
    crashed: list[Entry]
    """Services that an exception has ended."""
    buried: list[Entry]
    """Events that were given up; a mail among them is lost as well."""
    waiting: int = 0
    """Webhooks that are not delivered yet and will be tried again."""
    lag: float = 0.0
    """Longest time (s) for which the harness itself was late: outages up to it may be its own."""
    left_out: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Nothing was damaged, no service crashed, and there was something to lose."""
        return not self.damage and not self.crashed and bool(self.acknowledged)

    def of(self, what: str) -> list[Damage]:
        return [damage for damage in self.damage if damage.what == what]


def judge(entries: Iterable[Entry]) -> Verdict:
    """Judge the entries of one run."""
    seen = _Seen(entries)
    damage = [*_lost(seen), *_doubled(seen), *_resurrected(seen), *_wrong_owner(seen)]
    return Verdict(
        faults=seen.of("fault"),
        acknowledged=seen.accepted,
        damage=sorted(damage, key=lambda each: each.at),
        outages=outages.find(seen.entries),
        crashed=seen.of("crashed"),
        buried=seen.of("dead-letter"),
        waiting=sum(1 for _ in _unheard(seen, pending=True)),
        lag=max((entry["seconds"] for entry in seen.of("lag")), default=0.0),
        left_out=len(seen.of("left-out")),
        counts={what: len(found) for what, found in seen.by_what.items()},
    )


class _Seen:
    """The entries, by what the rules look for."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self.by_what: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            self.by_what[entry["what"]].append(entry)

    def of(self, *whats: str) -> list[Entry]:
        return [entry for what in whats for entry in self.by_what.get(what, ())]

    @cached_property
    def accepted(self) -> list[Entry]:
        return [mail for mail in self.of("mail") if mail["result"] == "accepted"]

    @cached_property
    def inboxes(self) -> dict[str, Entry]:
        return {inbox["id"]: inbox for inbox in self.of("inbox")}

    @cached_property
    def by_address(self) -> dict[str, Entry]:
        return {inbox["address"]: inbox for inbox in self.of("inbox")}

    @cached_property
    def mails(self) -> dict[str, Entry]:
        return {mail["token"]: mail for mail in self.of("mail")}

    @cached_property
    def final(self) -> dict[str, Entry]:
        """Messages that the API has at the end, by id."""
        return {entry["message"]: entry for entry in self.of("final")}

    @cached_property
    def deletions(self) -> dict[str, float]:
        """Messages whose deletion was answered with yes, and when."""
        return {entry["message"]: entry["at"] for entry in self.of("deleted") if entry["status"] in YES}

    @cached_property
    def asked_to_go(self) -> set[tuple[str, str]]:
        """Token and inbox of each message that somebody tried to delete, whatever the answer was."""
        return {(entry["token"], entry["inbox"]) for entry in self.of("deleted")}

    def copies(self) -> Iterator[tuple[Entry, str]]:
        """Each acknowledged mail with each lasting inbox that it was accepted for."""
        for mail in self.accepted:
            for address in mail["to"]:
                inbox = self.by_address[address]
                if inbox["lasting"]:
                    yield mail, inbox["id"]


def _lost(seen: _Seen) -> Iterator[Damage]:
    """An acknowledged mail that nobody deleted is in its inbox with its octets, was announced, its webhook came."""
    there = {(entry["token"], entry["inbox"]) for entry in seen.final.values()}
    announced = {entry["message"] for entry in seen.of("announced")}
    unread = {entry["inbox"] for entry in seen.of("replay-failed")}
    bare = {entry["message"] for entry in seen.of("stored") if not entry["octets"]}
    for mail, inbox in seen.copies():
        if (mail["token"], inbox) not in there and (mail["token"], inbox) not in seen.asked_to_go:
            yield Damage("lost", mail["token"], mail["at"], "acknowledged, and not in its inbox")
    for message, entry in seen.final.items():
        at = seen.mails.get(entry["token"], entry)["at"]
        if message not in announced and entry["inbox"] not in unread:
            yield Damage("lost", entry["token"], at, "stored, and its announcement is missing")
        if message in bare and (entry["token"], entry["inbox"]) not in seen.asked_to_go:
            yield Damage("lost", entry["token"], at, "stored, and its octets are missing")
    for entry in seen.of("replay-failed"):
        yield Damage("lost", entry["inbox"], entry["at"], "its announcements cannot be read back")
    for token, at in _unheard(seen, pending=False):
        yield Damage("lost", token, at, "its webhook never came and is not tried again")


def _unheard(seen: _Seen, *, pending: bool) -> Iterator[tuple[str, float]]:
    """Messages without a webhook: those that are still tried, or those that are not."""
    heard = {entry["message"] for entry in seen.of("webhook")}
    waiting = {entry["message"] for entry in seen.of("pending")}
    for message, entry in seen.final.items():
        if message not in heard and (message in waiting) is pending:
            yield entry["token"], seen.mails.get(entry["token"], entry)["at"]


def _doubled(seen: _Seen) -> Iterator[Damage]:
    """One message for each mail and inbox, one announcement and one delivery id for each message, each event once."""
    yield from _several(
        seen, ("final", "sse", "announced", "stored"), ("token", "inbox"), "message", "stored as {} messages"
    )
    yield from _several(seen, ("announced",), ("token", "message"), "cursor", "announced {} times")
    yield from _several(seen, ("webhook",), ("token", "message"), "delivery", "has {} deliveries to one endpoint")
    yield from _several(seen, ("webhook",), ("token", "delivery"), "body", "a repeated webhook has {} bodies")
    heard: set[tuple[str, str]] = set()
    for event in seen.of("sse"):
        if (event["inbox"], event["cursor"]) in heard:
            yield Damage("doubled", event["token"], event["at"], "sent twice on one resumed stream")
        heard.add((event["inbox"], event["cursor"]))


def _several(seen: _Seen, whats: Sequence[str], key: Sequence[str], distinct: str, how: str) -> Iterator[Damage]:
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    times: dict[tuple[str, ...], float] = {}
    for entry in seen.of(*whats):
        if entry.get("token") is not None:
            name = tuple(entry[part] for part in key)
            found[name].add(entry[distinct])
            times.setdefault(name, seen.mails.get(entry["token"], entry)["at"])
    for name, values in found.items():
        if len(values) > 1:
            yield Damage("doubled", name[0], times[name], how.format(len(values)))


def _resurrected(seen: _Seen) -> Iterator[Damage]:
    """What was deleted with a yes is gone for good: messages from lists, inboxes from the API and the store."""
    came_back: dict[str, str] = {}
    for entry in seen.of("read"):
        for message in entry["messages"]:
            if seen.deletions.get(message, float("inf")) < entry["begun"]:
                came_back.setdefault(message, "deleted, and in a later list")
    for message in seen.final.keys() & seen.deletions.keys():
        came_back[message] = "deleted, and in its inbox at the end"
    tokens = {entry["message"]: entry["token"] for entry in seen.of("deleted")}
    for message, how in came_back.items():
        yield Damage("resurrected", tokens[message], seen.deletions[message], how)
    ends = {entry["inbox"]: entry["at"] for entry in seen.of("ended") if entry["status"] in YES}
    for entry in seen.of("final-inbox"):
        if entry["status"] == OK and entry["inbox"] in ends:
            yield Damage("resurrected", entry["inbox"], ends[entry["inbox"]], "an inbox that was ended answers")
    for entry in seen.of("stored"):
        if entry["at"] - ends.get(entry["inbox"], float("inf")) > EMPTIED_WITHIN:
            yield Damage("resurrected", entry["token"], ends[entry["inbox"]], "in the store, and its inbox has ended")


def _wrong_owner(seen: _Seen) -> Iterator[Damage]:
    """Whatever is seen of a mail is seen by those it was sent to, and strangers see nothing."""
    for entry in seen.of("sse", "announced", "final", "webhook"):
        if entry.get("token") is None:
            continue
        mail = seen.mails.get(entry["token"])
        meant = {seen.by_address[address]["id"] for address in mail["to"]} if mail else set()
        if entry["inbox"] not in meant:
            yield Damage(
                "wrong owner", entry["token"], entry["at"], f"seen by {entry['what']} in an inbox it was not sent to"
            )
    for entry in seen.of("webhook"):
        if entry["inbox"] in seen.inboxes and seen.inboxes[entry["inbox"]]["account"] != entry["account"]:
            yield Damage("wrong owner", str(entry["token"]), entry["at"], "its webhook went to another account")
    for entry in seen.of("stranger"):
        if entry["status"] == OK:
            yield Damage("wrong owner", entry["inbox"], entry["at"], "read with the key of another account")


def main() -> None:
    from chaos import summary

    verdict = judge(ledger.read(Path(sys.argv[1])))
    print(summary.table(verdict))
    sys.exit(0 if verdict.good else 1)


if __name__ == "__main__":
    main()
