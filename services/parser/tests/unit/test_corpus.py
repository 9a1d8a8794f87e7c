"""The code finder and the link finder reach the goals of `make eval`."""

from bench.evaluate import CODES_GOAL, FALSE_GOAL, LINKS_GOAL, grouped
from message_parser.domain.parse import parse
from tests.corpus.corpus import read_corpus


def test_codes_and_links_are_found_as_often_as_promised():
    results = [(mail, parse(mail.octets())) for mail in read_corpus()]
    total = grouped(results, lambda _: "all")["all"]
    assert total.recall >= CODES_GOAL
    assert total.false_rate <= FALSE_GOAL
    assert total.links_f1 >= LINKS_GOAL


def test_the_corpus_is_as_wide_as_promised():
    mails = list(read_corpus())
    assert len(mails) >= 200
    assert len({mail.language for mail in mails}) >= 18
    senders = {mail.sender: mail.held_back for mail in mails}
    assert len(senders) / 3 <= sum(senders.values())
    assert len(mails) == len({mail.id for mail in mails})


def test_no_sender_is_both_tuned_on_and_held_back():
    mails = list(read_corpus())
    assert set() == {m.sender for m in mails if m.held_back} & {m.sender for m in mails if not m.held_back}
