"""Keys take turns, whatever the others have."""

from webhook_dispatcher.domain.turns import Turns


def turns(**items: int) -> Turns[str]:
    made: Turns[str] = Turns()
    for key, count in items.items():
        for number in range(count):
            made.add(key, f"{key}{number}")
    return made


def test_one_item_of_each_key_is_taken_in_turn():
    made = turns(a=3, b=1, c=2)
    assert ["a0", "b0", "c0", "a1", "c1", "a2"] == made.take(10, 10)
    assert (0, []) == (len(made), made.take(10, 10))


def test_the_next_take_goes_on_where_the_last_one_ended():
    made = turns(a=9, b=9, c=9)
    assert ["a0", "b0"] == made.take(2, 10)
    assert ["c0", "a1"] == made.take(2, 10)


def test_a_key_that_is_held_loses_nothing_and_delays_nobody():
    made = turns(a=2, b=2)
    assert ["b0", "b1"] == made.take(10, 10, lambda key: key == "a")
    assert (2, ["a"]) == (made.waiting("a"), made.keys_in_turn())
    assert ["a0", "a1"] == made.take(10, 10)


def test_all_held_gives_nothing():
    assert [] == turns(a=2, b=2).take(10, 10, lambda _: True)


def test_a_key_can_be_held_from_its_second_item_on():
    made = turns(a=5, b=1)
    assert ["a0", "b0"] == made.take(10, 10, lambda key: key == "a" and made.waiting("a") < 5)


def test_no_more_of_one_key_than_its_limit():
    assert ["a0", "b0", "a1", "b1"] == turns(a=5, b=5).take(10, 2)


def test_a_key_without_items_is_forgotten():
    made = turns(a=1)
    assert "a0" == made.first("a") == made.pop("a")
    assert (0, 0, []) == (len(made), made.waiting("a"), made.keys_in_turn())
