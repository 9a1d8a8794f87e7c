"""The code finder and the link finder are right as often as the README says, on mails that nobody tuned to."""

import pytest

from bench.evaluate import grouped, reliability
from message_parser.domain.parse import parse
from tests.corpus.corpus import FREE, TEMPTING, read_corpus
from tests.corpus.generator import FITTED, KEPT_BACK, generate

pytestmark = pytest.mark.xdist_group("corpus")  # it is parsed once


@pytest.fixture(scope="module")
def kept_back():
    return [(mail, parse(mail.octets())) for mail in read_corpus() if mail.held_back]


def test_codes_of_mails_kept_back_are_found_as_often_as_promised(kept_back):
    total = grouped(kept_back, lambda _: "all")["all"]
    assert total.recall >= 0.94
    assert total.false_rate <= 0.035


def test_links_of_mails_kept_back_are_found_as_often_as_promised(kept_back):
    total = grouped(kept_back, lambda _: "all")["all"]
    assert total.links_f1 >= 0.99
    assert total.kind_rate >= 0.97


def test_a_confidence_of_nine_tenths_is_kept(kept_back):
    sure = reliability(kept_back)[9]
    assert sure.answers > 200
    assert sure.rate >= 0.98


@pytest.mark.parametrize(
    ("folder", "writers", "mails", "bounds"),
    [
        (FREE, "q", (192, 192), (0.93, 0.055, 0.96)),
        (FREE, "ce", (203, 158), (0.90, 0.04, 0.97)),
        (TEMPTING, "d", (57, 121), (0.82, 0.17, 0.85)),
    ],
)
def test_codes_of_strangers_are_found_no_less_often_than_said(folder, writers, mails, bounds):
    least_exact, most_false, least_sure = bounds
    held = [mail for mail in read_corpus(folder) if mail.held_back and mail.id.split("-")[1][0] in writers]
    results = [(mail, parse(mail.octets())) for mail in held]
    total, sure = grouped(results, lambda _: "all")["all"], reliability(results)[9]
    assert (total.positives, total.negatives) == mails
    assert total.recall >= least_exact
    assert total.false_rate <= most_false
    assert sure.rate >= least_sure


def test_the_corpus_is_as_wide_as_promised():
    mails = list(read_corpus())
    assert len(mails) >= 900
    assert len({mail.language for mail in mails}) >= 29
    senders = {mail.sender: mail.held_back for mail in mails}
    assert len(senders) / 3 <= sum(senders.values())
    assert len(mails) == len({mail.id for mail in mails})


def test_no_sender_is_both_tuned_on_and_held_back():
    mails = list(read_corpus())
    assert set() == {m.sender for m in mails if m.held_back} & {m.sender for m in mails if not m.held_back}


def test_generated_mails_are_the_same_each_time_and_keep_phrases_back():
    first, second = (
        [(mail.id, mail.code, mail.octets()) for _, mail in zip(range(300), generate(KEPT_BACK), strict=False)]
        for _ in range(2)
    )
    assert first == second
    assert not FITTED & KEPT_BACK
