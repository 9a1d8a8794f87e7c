"""The verdicts that the standards give to signed, damaged and forged mails (tests/corpus/signed_mails.py)."""

import pytest

from message_parser.workers.resolver import Resolver
from message_parser.workers.verdict_dns import Client
from message_parser.workers.verdicts import authenticate
from tests.corpus.name_server import name_server
from tests.corpus.signed_mails import cases, request_of, zone

pytestmark = pytest.mark.component


def test_mails_have_the_verdicts_that_the_standards_give_them():
    expected = {case.name: case.expected for case in cases()}
    found = {}
    with name_server(zone()) as server:
        resolver = Resolver(Client(server.address))
        for case in cases():
            verdicts = authenticate(request_of(case), resolver)
            found[case.name] = verdicts.spf, verdicts.dkim, verdicts.dmarc
    assert len(expected) > 200
    assert expected == found
