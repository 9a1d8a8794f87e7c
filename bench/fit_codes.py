"""Fits the weights of the code finder (`make fit`) on generated mails and the corpus's tuned half."""

import sys
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from bench.fit import Choice, fit
from message_parser.domain.otp import engine
from message_parser.domain.stages import STAGES, Mail, code_bodies, codes, sender
from tests.corpus.corpus import LabelledMail, read_corpus
from tests.corpus.generator import FITTED, generate

WRITTEN = 6.0  # what a mail counts that was written as a whole
PENALTY = 1.0
LEAST = 20
FILE = Path(str(files("message_parser.domain.otp") / "weights.toml"))
_HEAD = "# What each feature of a code counts: fitted by `make fit`, not written by hand (docs/extraction.md).\n"


def prepared(octets: bytes) -> Mail:
    """A mail with all stages before the codes run."""
    mail = Mail(octets)
    for stage in STAGES[: STAGES.index(codes)]:
        stage(mail)
    return mail


def choice(mail: LabelledMail, weight: float) -> Choice | None:
    """The choice between the codes of a mail and none; None when its code is no candidate at all."""
    found = [(option.code, frozenset(option.features)) for option in options_of(mail)]
    codes = [code for code, _ in found]
    if mail.code is not None and mail.code not in codes:
        return None
    right = 0 if mail.code is None else 1 + codes.index(mail.code)
    return Choice([frozenset(), *(features for _, features in found)], right, weight)


def options_of(mail: LabelledMail) -> list[engine.Option]:
    """The options of a mail, with those of the HTML when the text lacks the code.

    The finder asks for the HTML when its weights are not sure of the text; the fit has no weights yet.
    """
    read = prepared(mail.octets())
    body, shown = code_bodies(read)
    html = None if mail.code and mail.code in read.text else shown()
    named = sender(read)
    return engine.options(engine.texts_of(read.parsed.subject, body, html, named), named)


def choices() -> Iterator[Choice]:
    """The choices to fit on. Each language counts the same, whatever the number of its mails."""
    generated, written = list(generate(FITTED)), [mail for mail in read_corpus() if not mail.held_back]
    missed: Counter[str] = Counter()
    for mails, each in ((generated, 1.0), (written, WRITTEN)):
        counts = Counter(mail.language for mail in mails)
        for mail in mails:
            found = choice(mail, each * len(mails) / len(counts) / counts[mail.language])
            if found is None:
                missed[mail.form] += 1
            elif len(found.options) > 1:
                yield found
    if missed:
        print("the code is no candidate:", dict(missed), file=sys.stderr)


def weights_file(weights: dict[str, float]) -> str:
    """The text of weights.toml."""
    lines = [
        f'"{feature}" = {weight:.2f}'
        for feature, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    ]
    return "\n".join((_HEAD + "[weights]", *lines, ""))


def fitted() -> dict[str, float]:
    """The weights that the fit gives."""
    return fit(list(choices()), PENALTY, LEAST)


def main() -> None:
    weights = fitted()
    seen = Counter(name for one in choices() for option in one.options for name in option)
    rare = {name: count for name, count in seen.items() if name not in weights}
    print(f"too rare for a weight: {rare}")
    FILE.write_text(weights_file(weights), encoding="utf-8")
    print(f"{len(weights)} weights of codes in {FILE.name}")


if __name__ == "__main__":
    main()
