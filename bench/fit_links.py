"""Fits the weights that choose what a link is for, and prints how often they are right.

`make fit`. Learns from the mails of tests/corpus that are not held back, and from mails made of the `[links]` pairs of
tests/corpus/templates in several layouts, with several kinds of URLs and subjects. Every third pair of a list is kept
back from the fit; accuracy on those is printed apart. `--mistakes` prints the links fitted on that got another kind,
`--dry` writes nothing.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.fit import Choice, fit
from bench.link_mails import Example, examples_of_templates
from message_parser.domain.evidence import Weights
from message_parser.domain.html import HtmlText, read_html
from message_parser.domain.links import find_signs
from message_parser.domain.links.features import features
from message_parser.domain.links.kinds import FILE as WEIGHTS
from message_parser.domain.links.kinds import choose
from message_parser.domain.links.signs import KINDS as KINDS_WITH_WORDS
from tests.corpus.corpus import read_corpus

KINDS = (*KINDS_WITH_WORDS, "other")
PENALTY = 2.0
FILE = Path(str(WEIGHTS))
CORPUS_WEIGHT = 3  # what a link counts of a mail that was written as a whole
LEAST_WEIGHT = 0.1  # smaller ones are left out of the file
HEAD = """\
# Weights of the features that choose the kind of a link (features.py names them).
# Made by `make fit` (bench/fit_links.py); do not edit.

[weights]
"""


def examples_of_corpus() -> Iterator[Example]:
    """Links of the mails of tests/corpus."""
    for mail in read_corpus():
        html_text = read_html(mail.html) if mail.html else HtmlText()
        texts = [mail.text, html_text.text if html_text.shows_url else ""]
        signs = find_signs(html_text, texts, mail.subject)
        for kind, url in mail.links or ():
            if (known := signs.get(url)) is not None:
                yield Example(known, kind, mail.held_back, mail.language, f"{mail.id} {mail.subject} {url}")


def choices(examples: list[Example], weight: float) -> Iterator[Choice]:
    """Equal examples as one choice."""
    counts = Counter(
        (example.signs, example.kind) for example in examples if not example.is_held_back and example.has_word
    )
    for (signs, kind), count in counts.items():
        named = features(signs)
        yield Choice([frozenset(named[option]) for option in KINDS], KINDS.index(kind), count * weight)


def report(title: str, examples: list[Example], weights: Weights) -> None:
    """How often the right kind is chosen, apart for what the weights were fitted on and what was kept back."""
    for name, is_held_back in (("fitted on", False), ("kept back", True)):
        part = [example for example in examples if example.is_held_back == is_held_back]
        wrong = [example for example in part if choose(example.signs, weights) != example.kind]
        named = [example for example in part if example.has_word]
        missed = sum(example.has_word for example in wrong)
        print(f"{title}, {name}: {_share(part, len(wrong))}; with a word of their kind {_share(named, missed)}")
        pairs = Counter(f"{example.kind} as {choose(example.signs, weights)}" for example in wrong)
        print("  " + ", ".join(f"{pair}: {count}" for pair, count in pairs.most_common(8)))
        if not is_held_back and "--mistakes" in sys.argv:
            for example in wrong:
                print(f"  {example.language} {example.kind} as {choose(example.signs, weights)}: {example.what}")
                print(f"      {example.signs}")


def _share(examples: list[Example], wrong: int) -> str:
    right = len(examples) - wrong
    return f"{right} of {len(examples)} right ({right / max(1, len(examples)):.2%})"


def fitted() -> dict[str, dict[str, float]]:
    """The weights that the fit gives, as the tables of the file."""
    learnt = [*choices(list(examples_of_templates()), 1.0), *choices(list(examples_of_corpus()), CORPUS_WEIGHT)]
    return {"weights": fit(learnt, PENALTY)}


def main() -> None:
    table = fitted()["weights"]
    if "--dry" not in sys.argv:
        lines = "".join(f'"{feature}" = {weight}\n' for feature, weight in table.items())
        FILE.write_text(HEAD + lines, encoding="utf-8")
    print(f"{len(table)} weights of links in {FILE.name}")
    weights = Weights(table)
    report("made", list(examples_of_templates()), weights)
    report("corpus", list(examples_of_corpus()), weights)


if __name__ == "__main__":
    main()
