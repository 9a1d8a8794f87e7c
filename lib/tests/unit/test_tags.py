from mayfly.mail.tags import MOST_TAGS, clean_tag, clean_tags, plus_tags


def test_a_tag_keeps_letters_digits_and_few_signs():
    assert "Ünit tests_1.2-b@x" == clean_tag("  Ünit\t tests_1.2-b@x!\x00<>")
    assert "bad char" == clean_tag("bad/char*")


def test_every_plus_of_a_local_part_begins_a_tag():
    assert ["b", "c"] == plus_tags("a+b+c")
    assert [] == plus_tags("a")


def test_what_leaves_nothing_is_no_tag():
    assert [] == clean_tags(["", " ", "!!", "\n"])


def test_equal_tags_are_kept_once_in_their_first_spelling():
    assert ["Smoke", "b"] == clean_tags(["Smoke", "b", "SMOKE", "smoke "])


def test_tags_are_bounded_in_number_and_length():
    assert [f"t{n}" for n in range(MOST_TAGS)] == clean_tags(f"t{n}" for n in range(1000))
    assert "x" * 100 == clean_tag("x" * 10_000)
