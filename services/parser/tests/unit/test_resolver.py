"""The DNS cache and the limits of a verdict process, with a table instead of servers and a clock that the tests set."""

import pytest

from message_parser.workers import resolver as module
from message_parser.workers.resolver import Resolver
from message_parser.workers.verdict_dns import Answer, LookupFailed, ascii_name, is_asked_for

pytestmark = pytest.mark.unit


class Table:
    """Answers from `answers`; names that are missing do not exist, and `silent` ones do not answer in time."""

    def __init__(self, answers=None) -> None:
        self.answers = answers or {}
        self.now = 1000.0
        self.silent: set[str] = set()
        self.all_silent = False
        self.asked: list[str] = []

    def ask(self, name, kind, seconds):
        self.asked.append(name)
        if self.all_silent or name in self.silent:
            self.now += seconds
            raise LookupFailed
        return self.answers.get(name, Answer((), 60.0))

    def resolver(self) -> Resolver:
        resolver = Resolver(self, lambda: self.now)
        resolver.begin()
        return resolver


def fails(resolver, name) -> bool:
    try:
        resolver.lookup(name, "TXT")
    except LookupFailed:
        return True
    return False


def test_an_answer_is_asked_for_again_after_its_ttl():
    table = Table({"a.example": Answer([b"x"], 20.0)})
    resolver = table.resolver()
    for _ in range(3):
        assert [b"x"] == resolver.lookup("A.example.", "TXT")
    table.now += 21
    resolver.begin()
    resolver.lookup("a.example", "TXT")
    assert ["a.example"] * 2 == table.asked
    assert (2, 2) == (resolver.asked, resolver.cached)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [(Answer([b"x"], 86_400.0), module.MOST_SECONDS), (Answer((), 86_400.0), module.MOST_NEGATIVE_SECONDS)],
)
def test_a_long_ttl_is_cut_so_that_a_new_record_counts_soon(answer, seconds):
    table = Table({"a.example": answer})
    resolver = table.resolver()
    resolver.lookup("a.example", "TXT")
    table.now += seconds - 1
    resolver.lookup("a.example", "TXT")
    assert 1 == len(table.asked)
    table.now += 2
    resolver.begin()
    resolver.lookup("a.example", "TXT")
    assert 2 == len(table.asked)


def test_a_failure_is_shared_by_a_burst_and_then_forgotten():
    table = Table()
    table.silent = {"slow.example"}
    resolver = table.resolver()
    assert fails(resolver, "slow.example")
    assert fails(resolver, "slow.example")
    assert ["slow.example"] == table.asked
    table.silent.clear()
    table.now += module.FAILED_SECONDS
    resolver.begin()
    assert () == resolver.lookup("slow.example", "TXT")


def test_a_sender_whose_servers_are_silent_does_not_stop_the_lookups_of_others():
    table = Table()
    table.silent = {f"n{n}.evil.example" for n in range(9)}
    resolver = table.resolver()
    for n in range(9):
        resolver.begin()
        assert fails(resolver, f"n{n}.evil.example")
    resolver.begin()
    assert () == resolver.lookup("good.example", "TXT")
    assert not resolver.is_silent
    assert table.asked.count("") <= 2


def test_without_dns_a_thousand_mails_wait_for_a_few_seconds_once():
    table = Table()
    table.all_silent = True
    resolver = table.resolver()
    for n in range(1000):
        resolver.begin()
        assert fails(resolver, f"n{n}.example")
        assert resolver.is_unknown
    assert resolver.is_silent
    assert 6 > table.now - 1000
    table.all_silent = False
    table.now += module.SILENCE_SECONDS
    resolver.begin()
    assert () == resolver.lookup("n.example", "TXT")
    assert not resolver.is_silent


def test_one_mail_waits_for_dns_for_six_seconds_at_most():
    table = Table()
    table.silent = {f"n{n}.example" for n in range(100)}
    resolver = table.resolver()
    for n in range(100):
        assert fails(resolver, f"n{n}.example")
    assert module.MAIL_SECONDS + 1 > table.now - 1000
    assert not resolver.is_unknown  # the root answered, so DNS works


def test_a_mail_whose_lookups_all_failed_is_judged_when_dns_has_worked():
    table = Table()
    resolver = table.resolver()
    resolver.lookup("good.example", "TXT")
    table.silent = {"bad.example"}
    resolver.begin()
    assert fails(resolver, "bad.example")
    assert not resolver.is_unknown


def test_the_cache_is_bounded_in_octets_and_entries_and_keeps_what_is_used():
    table = Table({f"n{n}.example": Answer([b"x" * 60_000], 300.0) for n in range(200)})
    table.answers["kept.example"] = Answer([b"x"], 300.0)
    resolver = table.resolver()
    for n in range(200):
        resolver.lookup("kept.example", "TXT")
        resolver.lookup(f"n{n}.example", "TXT")
    assert module.MOST_OCTETS >= resolver._octets > module.MOST_OCTETS // 2
    assert 1 == table.asked.count("kept.example")
    resolver = Resolver(table, most_entries=100)
    resolver.begin()
    for n in range(150):
        resolver.lookup(f"m{n}.example", "TXT")
    assert 100 == len(resolver._cache)
    assert resolver._octets == sum(entry.octets for entry in resolver._cache.values())


@pytest.mark.parametrize(
    "name",
    ["", ".", "a..example", "x" * 64 + ".example", "a." * 130 + "example", "redis", "db.internal", "printer.LAN."],
)
def test_a_name_that_cannot_exist_outside_is_not_asked_for(name):
    table = Table()
    assert () == table.resolver().lookup(name, "A")
    assert [] == table.asked


def test_names_are_compared_as_a_labels():
    assert "_dmarc.xn--bcher-kva.example" == ascii_name("_DMARC.Bücher.example.")
    assert is_asked_for("a.example")
