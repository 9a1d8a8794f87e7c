"""A batch of mails gives what each of its mails gives alone."""

from bench.parser_mails import sign_up_mail
from message_parser.domain.parse import parse, parse_batch

PLAIN = b"From: a@acme.example\r\nSubject: Code\r\n\r\nYour verification code is 482193\r\n"
NOT_OCTETS = 482193  # no stage can read it: stands for a fault of the parser


def test_the_results_of_a_batch_are_those_of_its_mails_in_their_order():
    batch = [sign_up_mail(1), PLAIN, b"", sign_up_mail(2)]
    assert [parse(octets) for octets in batch] == parse_batch(batch)


def test_an_empty_batch_gives_no_results():
    assert [] == parse_batch([])


def test_a_fault_in_one_mail_fails_it_and_no_other():
    before, faulty, after = parse_batch([PLAIN, NOT_OCTETS, PLAIN])
    assert ("failed", "parser fault: TypeError") == (faulty.parse_status, faulty.parse_reason)
    assert ["482193", "482193"] == [before.otp, after.otp]
