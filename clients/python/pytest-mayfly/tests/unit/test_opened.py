import pytest

from mayfly_mail import Unavailable
from pytest_mayfly.opened import Caretaker


class Away:
    """A client of a server that is away, or back."""

    def __init__(self):
        self.is_back = False

    def health(self):
        if not self.is_back:
            raise Unavailable("no answer")


def test_a_server_that_went_away_is_waited_for_once_and_not_in_each_test():
    caretaker, client, tries = Caretaker(), Away(), []
    caretaker.use(client)

    def make():
        tries.append(1)
        client.health()
        return "an inbox"

    for _ in range(3):
        with pytest.raises(Unavailable):
            caretaker.with_room(make)
    assert 1 == len(tries)

    client.is_back = True
    assert ["an inbox"] * 2 == [caretaker.with_room(make) for _ in range(2)]
