"""Prints a verdict: a row for each kind of fault, then what was damaged and by what."""

from collections import Counter
from collections.abc import Sequence

from chaos.audit import WORDS, Damage, Verdict
from chaos.ledger import Entry
from chaos.outages import newest_fault

MOST_SHOWN = 25
SETTLED_WITHIN = 2.0  # a fault that begins this long after the reply may still have damaged the mail
WAYS = ("smtp", "api", "stream")
HEAD = ("kind", "faults", "acked", *WORDS, *WAYS)
FORM = "{:<14}{:>7}{:>8}{:>6}{:>9}{:>13}{:>13}{:>9}{:>9}{:>9}"


def table(verdict: Verdict) -> str:
    """One row a kind: faults, mails acknowledged while one of it was the newest, damage, longest outage by way."""
    kinds = sorted({f"{fault['kind']} {fault['mode']}" for fault in verdict.faults})
    rows = [FORM.format(*HEAD), *(_row(verdict, kind) for kind in kinds), _row(verdict, None)]
    overlapping = sum(1 for fault in verdict.faults if fault["with_number"] is not None)
    rows += ["", f"overlapping on purpose: {overlapping} faults"]
    if verdict.left_out:
        rows.append(f"left out (the ledger says why): {verdict.left_out} faults")
    rows.append(f"longest that the harness itself was late: {verdict.lag:.1f} s")
    rows.append(f"webhooks still to be tried again: {verdict.waiting}")
    rows.append("entries: " + ", ".join(f"{what} {count}" for what, count in sorted(verdict.counts.items())))
    rows += [f"  crashed: {each['name']}: {each['how']}" for each in verdict.crashed]
    reasons = Counter(f"{each['subject'].rsplit('.', 1)[0]}: {each['reason']}" for each in verdict.buried)
    rows += [f"  given up, {count} times: {reason}" for reason, count in reasons.most_common(MOST_SHOWN)]
    rows += [_line(verdict.faults, damage) for damage in verdict.damage[:MOST_SHOWN]]
    if len(verdict.damage) > MOST_SHOWN:
        rows.append(f"... and {len(verdict.damage) - MOST_SHOWN} more")
    return "\n".join(rows)


def _row(verdict: Verdict, kind: str | None) -> str:
    """The row of a kind; of all, if None."""
    mine = {fault["number"] for fault in verdict.faults if kind in {None, f"{fault['kind']} {fault['mode']}"}}
    begins = _begins(verdict.faults)

    def caused(at: float) -> bool:
        return kind is None or newest_fault(begins, at) in mine

    acked = sum(1 for mail in verdict.acknowledged if caused(mail["at"]))
    damage = [sum(1 for each in verdict.of(word) if caused(each.at + SETTLED_WITHIN)) for word in WORDS]
    outages = [each for each in verdict.outages if kind is None or each.fault in mine]
    longest = [max((each.seconds for each in outages if each.way == way), default=0) for way in WAYS]
    return FORM.format(kind or "all", len(mine), acked, *damage, *(f"{seconds:.1f} s" for seconds in longest))


def _line(faults: Sequence[Entry], damage: Damage) -> str:
    number = newest_fault(_begins(faults), damage.at + SETTLED_WITHIN)
    fault = next((each for each in faults if each["number"] == number), None)
    after = f"fault {number} ({fault['kind']} {fault['mode']} {', '.join(fault['hit'])})" if fault else "no fault"
    return f"  {damage.what}: {damage.name} {damage.how}; after {after}"


def _begins(faults: Sequence[Entry]) -> list[tuple[float, int]]:
    return sorted((fault["at"], fault["number"]) for fault in faults)
