"""What a plan does not allow: many inboxes at a time, addresses of one's choice."""

from uuid import uuid4

import pytest

from mayfly_mail import Conflict, Mayfly, operations
from pytest_mayfly.opened import Caretaker


@pytest.fixture
def account(stack):
    """A function that makes an account on a plan, and returns its client and the variables for a user's run."""
    clients = []

    def make(plan):
        with Mayfly(stack.http_url, stack.admin_token) as operator:
            made = operator.call(operations.create_account(email=f"{uuid4().hex}@example.com", plan=plan))
        clients.append(Mayfly(stack.http_url, made.api_key))
        return clients[-1], {"MAYFLY_URL": stack.http_url, "MAYFLY_API_KEY": made.api_key}

    yield make
    for client in clients:
        client.close()


def test_inboxes_that_were_kept_make_room_for_those_of_new_tests(account, run_project):
    client, server = account("hobbyist")  # ten inboxes, three spaces
    for number in range(9):
        client.inbox(label=f"kept: test_shop.py::test_{number}")
    mine = client.inbox(label="mine")
    for number in range(3):  # three are the most
        client.space(f"kept: test_shop.py::test_{number}")
    run = run_project("limited", **server)
    labels = [handle.label for handle in (*client.inboxes(limit=None), *client.spaces(limit=None))]

    assert (1, 1) == (run.counted("passed"), run.counted("failed")), run.output
    assert 2 == labels.count("kept: test_limited.py::test_fails")
    assert mine.label in labels


def test_inboxes_of_tests_that_passed_are_kept_if_that_is_asked_for(account, run_project):
    client, server = account("hobbyist")
    run = run_project("limited", "-k", "passes", "--mayfly-keep", **server)

    assert 1 == run.counted("passed"), run.output
    assert ["kept: test_limited.py::test_passes"] == [inbox.label for inbox in client.inboxes()]


def test_an_inbox_that_was_kept_leaves_its_address_to_the_next_run_of_its_test(account):
    client, _ = account("hobbyist")
    caretaker = Caretaker()
    caretaker.use(client)
    kept, mine = client.inbox(label="kept: test_shop.py::test_1"), client.inbox(label="mine")
    made = caretaker.with_room(lambda: client.inbox(address=kept.address), kept.address)

    assert (kept.address, True) == (made.address, made.id != kept.id)
    with pytest.raises(Conflict):
        caretaker.with_room(lambda: client.inbox(address=mine.address), mine.address)


def test_where_nobody_may_choose_an_address_mayfly_does(account, run_project):
    _, server = account("free")
    run = run_project("limited", "-k", "passes", **server)

    assert 1 == run.counted("passed"), run.output


def test_a_wrong_key_is_said_once_and_in_words(run_project, stack):
    run = run_project("limited", MAYFLY_URL=stack.http_url, MAYFLY_API_KEY="mfy_wrong")

    assert 2 == run.counted("errors"), run.output
    assert f"{stack.http_url}: Unauthorized: " in run.output
    assert "fixtures.py" not in run.output


def test_a_file_of_the_key_that_is_not_there_is_said_in_words(run_project, stack):
    run = run_project("limited", "-k", "passes", MAYFLY_URL=stack.http_url, MAYFLY_API_KEY_FILE="/nowhere/api-key")

    assert 1 == run.counted("error"), run.output
    assert "MAYFLY_API_KEY_FILE names a file that cannot be read: No such file or directory" in run.output
    assert "fixtures.py" not in run.output
