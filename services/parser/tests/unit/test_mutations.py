"""Damaged mails never fail, and none with readable text ends as an empty message.

`python -m tests.fuzz` does the same for any number of mutations.
"""

import pytest

from message_parser.domain.parse import parse
from tests.fuzz.mutations import mutate
from tests.fuzz.verdict import fault, known_mails

MAILS = known_mails()
MUTATIONS = 4_000


def test_no_damaged_mail_fails_or_ends_unseen():
    faults = []
    for seed in range(MUTATIONS):
        octets = mutate(MAILS[seed % len(MAILS)], seed)
        found = fault(octets, parse(octets))
        if found:
            faults.append((seed, found))
    assert [] == faults


@pytest.mark.parametrize("octets", [b"", b"\r\n", b"\r", b"\0", b"--", b":", b"From "])
def test_next_to_nothing_is_a_message_too(octets):
    assert "failed" != parse(octets).parse_status
