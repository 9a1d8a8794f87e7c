"""The words of all languages, as parsing processes load them."""

import random

import pytest

from message_parser.domain.otp.words import BITS, LABEL_KINDS, Phrases, Table, phrases
from message_parser.domain.otp.words.compile import compiled
from message_parser.domain.otp.words.lists import COMPILED

STEMS = ["code", "code*", "codes of", "coder", "co", "код", "コード", "a", "zz*"]


def test_the_compiled_file_is_what_the_languages_say():
    assert compiled() == COMPILED.read_text(encoding="utf-8")


def test_stems_are_found_by_their_beginning():
    table = Table.of(STEMS)
    stems = sorted({stem.rstrip("*") for stem in STEMS})
    chance = random.Random(1)
    texts = [
        *stems,
        *(stem + tail for stem in stems for tail in ("x", " of it", "рус", "\udcff")),
        "",
        "\uffff",
        "\udc80",
    ]
    texts += ["".join(chance.choices("cdeo r", k=6)) for _ in range(50)]
    for text in texts:
        assert (stems.index(text) if text in stems else -1) == table.place(text)
        expected = sorted((stem for stem in stems if text.startswith(stem)), key=len, reverse=True)
        assert expected == [table[place] for place in table.beginnings(text)]


@pytest.mark.parametrize(
    "text", ["codes of it", "the coder", "codec", "xcode", "код", "кодекс", "zzz a", "zzzzzzzzzzzzzz"]
)
def test_where_wanted_phrases_begin_is_where_they_are_found(text):
    search = Phrases(Table.of(STEMS))
    assert [hit.start for hit in search.find(text)] == search.starts(text, 1)


def test_where_wanted_phrases_of_all_languages_begin():
    search = phrases(*LABEL_KINDS)
    text = "your verification code, the order number, ubar code, passcodes: код подтверждения, 認証コード, kontrollkod"
    for wanted in (BITS["strong"], BITS["weak"], BITS["negative"]):
        assert [hit.start for hit in search.find(text) if hit.lists & wanted] == search.starts(text, wanted)
