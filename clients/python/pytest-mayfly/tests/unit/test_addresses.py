import re

import pytest

from pytest_mayfly.addresses import label, local_part

LOCAL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


def test_an_address_says_which_test_and_worker_it_is_of(monkeypatch):
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw3")

    assert re.fullmatch(r"sign-up-gw3-[0-9a-f]{6}-[0-9a-f]{8}", local_part("tests/test_shop.py::test_sign_up[de]"))


def test_no_parameter_is_taken_for_the_name_of_a_test(monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)

    assert local_part("test_shop.py::test_sign_up[a::b]").startswith("sign-up-")


def test_without_workers_an_address_names_none(monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)

    assert re.fullmatch(r"sign-up-[0-9a-f]{6}-[0-9a-f]{8}", local_part("test_shop.py::TestAll::test_sign_up"))


def test_parameters_and_files_of_one_name_have_hashes_of_their_own():
    names = ["a.py::test_x[1]", "a.py::test_x[2]", "b.py::test_x[1]"]

    assert 3 == len({local_part(name).split("-")[-2] for name in names})


def test_two_inboxes_of_a_test_have_different_addresses():
    assert local_part("a.py::test_x") != local_part("a.py::test_x")


@pytest.mark.parametrize(
    "nodeid",
    ["", "::", "a.py::test_", "a.py::test_größe[☃]", "a.py::test_" + "long_" * 100, "a b/c.py::test_x[\udc80]"],
)
def test_any_name_of_a_test_makes_an_address_that_smtp_takes(nodeid):
    made = local_part(nodeid)

    assert LOCAL.fullmatch(made)
    assert len(made) <= 64


def test_a_label_is_the_end_of_a_name_that_is_too_long():
    assert "tests/test_shop.py::test_a" == label("tests/test_shop.py::test_a")
    assert 200 == len(label("x" * 500))
    assert label("x" * 500 + "::test_end").endswith("::test_end")


def test_a_label_can_be_sent_as_text_whatever_the_name_of_the_test_holds():
    assert "test[?]" == label("test[\udc80]")
