"""docs/search.md, run as it is written: its mails are sent by SMTP, its searches made by HTTP."""

import re
from pathlib import Path

import pytest

from tests.system.conversation import Caller, send, until

PAGE = (Path(__file__).parents[3] / "docs" / "search.md").read_text()
MAILS = dict(re.findall(r"^```eml (\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
EXAMPLES = {
    search: {name for name in found.split(", ") if name}
    for search, found in re.findall(r"^\| `([^`]*)` \|(?: ([a-z, ]*[a-z]))? \|$", PAGE.partition("## Examples")[2], re.MULTILINE)
}  # fmt: skip


@pytest.fixture(scope="module")
def box(stack):
    """An inbox with the mails of the page; gives the client, the path of its messages and their names by id."""
    with Caller(stack, stack.api_key) as caller:
        inbox = caller.inbox()
        path = f"/api/v1/inboxes/{inbox['address']}/messages"
        names = {}
        for name, text in MAILS.items():
            send(stack, text.replace("\n", "\r\n").encode(), inbox["address"])
            new = until(lambda: [entry["id"] for entry in caller.get(path) if entry["id"] not in names])
            names[new[0]] = name
        yield caller, path, names


def found(box, search, **words):
    caller, path, names = box
    return {names[entry["id"]] for entry in caller.get(path, params={"q": search, **words})}


def test_the_page_has_examples_of_every_term():
    assert {"receipt", "invoice", "code"} == set(MAILS)
    assert len(EXAMPLES) > 30
    terms = re.findall(r"^\| (`[a-z-]+:.*?) \|", PAGE.partition("## Examples")[0], re.MULTILINE)
    for term in re.findall(r"`([a-z-]+:)", " ".join(terms)):
        assert any(term in search for search in EXAMPLES), term


def test_each_example_finds_what_the_page_says(box):
    address = box[1].split("/")[4]
    for search, expected in EXAMPLES.items():
        assert (search, expected) == (search, found(box, search.replace("box@mayfly.test", address)))


def test_a_negated_term_finds_the_others(box):
    for search in ("order", "has:code", "tag:smoke", 'subject:"your code"', "larger:1"):
        assert set(MAILS) - found(box, search) == found(box, f"-{search}")
