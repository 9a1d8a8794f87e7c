"""What is read of a message for a list of many."""

from mayfly.records.message import MessageSummary
from mayfly.store.message_queries import SUMMARY_FIELDS


def test_a_summary_reads_the_fields_it_shows_and_nothing_else():
    assert set(MessageSummary.__struct_fields__) - {"id"} == set(SUMMARY_FIELDS)
