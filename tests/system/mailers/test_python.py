"""Mails that programs in Python write and send, read back over the API."""

import pytest

from tests.system.mailers.letters import LETTERS, addressed, inboxes, meant, shown
from tests.system.mailers.python_mailers import MAILERS


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("mailer", MAILERS)
def test_a_letter_is_read_back_equal_from_every_inbox(stack, caller, mailer, name):
    addresses = inboxes(caller, name)
    letter = addressed(name, addresses)
    written = mailer(letter, stack.smtp_port)
    for address in addresses.values():
        assert meant(written) == shown(caller, address, letter)
