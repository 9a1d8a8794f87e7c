"""Links, paths and commands in the documents lead somewhere, and nothing is said twice."""

import re
from collections import defaultdict

import pytest

from tests.architecture.repository import FOLDERS, ROOT, files, name, pages, without_code

FEWEST_WORDS = 12
EVERY_PAGE = files("*.md")
PUBLISHED = "https://github.com/mayfly/mayfly/blob/main/"  # of the READMEs that an index shows


def anchors(path):
    headings = re.findall(r"(?m)^#+ (.+)$", without_code(path.read_text()))
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def leads_somewhere(page, target):
    path, _, anchor = target.partition("#")
    folder = ROOT if path.startswith(PUBLISHED) else page.parent
    found = folder / path.removeprefix(PUBLISHED) if path else page
    return found.exists() and (not anchor or found.suffix != ".md" or anchor in anchors(found))


@pytest.mark.parametrize("page", EVERY_PAGE, ids=name)
def test_every_link_into_the_repository_leads_somewhere(page):
    targets = re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text()))
    assert [] == [
        target
        for target in targets
        if (target.startswith(PUBLISHED) or not re.match(r"[a-z]+:", target)) and not leads_somewhere(page, target)
    ]


def spelled_out(path):
    """`a/{b,c}` as `a/b` and `a/c`."""
    braces = re.search(r"\{([^{}]*)\}", path)
    if not braces:
        return [path]
    return [path[: braces.start()] + word + path[braces.end() :] for word in braces[1].split(",")]


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_path_in_backticks_exists(page):
    words = re.findall(r"`([^`\s]+)`", without_code(page.read_text()))
    # A test is named as pytest does, path::name; tests/architecture/test_promises.py looks for the name.
    paths = [word.split("::")[0].rstrip("/") for word in words if word.split("/")[0] in FOLDERS and "/" in word]
    paths = [path for word in paths if "<" not in word for path in spelled_out(word)]
    assert [] == [path for path in paths if not list(ROOT.glob(path))]


@pytest.mark.parametrize("page", EVERY_PAGE, ids=name)
def test_every_make_target_that_is_named_exists(page):
    targets = re.findall(r"(?m)^([a-z][\w%-]*):", (ROOT / "Makefile").read_text())
    known = re.compile("|".join(re.escape(target).replace("%", r"[\w-]+") for target in targets))
    asked = re.findall(r"(?m)(?:`|^ *|&& )make ([a-z][\w-]*)", page.read_text())
    assert [] == [target for target in asked if not known.fullmatch(target)]


def sentences(page):
    """Sentences, list items and table cells as plain lower-case words."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", without_code(page.read_text()))
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:[-*|#]|\d+\.))|\|", text):
        for sentence in re.split(r"(?<=[.!?:;])\s", " ".join(paragraph.split())):
            yield tuple(re.findall(r"[\w'-]+", sentence.lower()))


def test_no_sentence_stands_on_two_pages():
    found = defaultdict(set)
    for page in pages():
        for sentence in sentences(page):
            if len(sentence) >= FEWEST_WORDS:
                found[sentence].add(name(page))
    assert {} == {" ".join(words): sorted(where) for words, where in found.items() if len(where) > 1}
