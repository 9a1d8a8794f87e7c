"""Fits the weights of the code finder (`make fit`) on generated mails and the corpus's tuned mails."""

import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from bench.evaluate import CONFIDENT
from bench.fit import Choice, fit
from message_parser.domain.evidence import Weights, probabilities
from message_parser.domain.otp import engine
from message_parser.domain.stages import STAGES, Mail, code_bodies, codes, sender
from tests.corpus.corpus import FREE, MAILS, LabelledMail, read_corpus
from tests.corpus.generator import FITTED, generate
from tests.system.reports.cases import read_cases

WRITTEN = 6.0  # what a mail counts that was written as a whole
PENALTY = 1.0
LEAST = 20
SURENESS = 0.7
"""What fitted weights are multiplied by: they are too sure of mails that they were not fitted on.

On mails left out, 0.8 has the least surprise (mean negative logarithm of the right answer's confidence); 0.7 has
2 % more, but new senders differ more than those left out, so 0.7. `--sureness` prints surprise and how many of the
confident answers are right: 1.0 0.160, 98.0 %; 0.9 0.158, 98.4 %; 0.8 0.157, 98.9 %; 0.7 0.161, 98.8 %; 0.6 0.169,
99.0 %.
"""
_FOLDS = 5
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
    missed: Counter[str] = Counter()
    for mails, each in ((list(generate(FITTED)), 1.0), (_written(), WRITTEN), (list(_reported()), WRITTEN)):
        yield from _choices(mails, each, missed)
    if missed:
        print("the code is no candidate:", dict(missed), file=sys.stderr)


def _written() -> list[LabelledMail]:
    return [mail for folder in (MAILS, FREE) for mail in read_corpus(folder) if not mail.held_back]


def _reported() -> Iterator[LabelledMail]:
    """The mails of tests/reports whose code is known: most of them as terse as the text messages they were made of.

    All of them count as one language.
    """
    cases = read_cases()
    for case in cases.cases:
        if "otp_detected" in case.expect:
            code = case.expect["otp_detected"]
            for name in case.mails:
                mail = LabelledMail(name, "reports", "", held_back=False, form="reports", raw=cases.octets(name))
                mail.code = code if isinstance(code, str) else None
                yield mail


def _choices(mails: Sequence[LabelledMail], each: float, missed: Counter[str]) -> Iterator[Choice]:
    counts = Counter(mail.language for mail in mails)
    for mail in mails:
        found = choice(mail, each * len(mails) / len(counts) / counts[mail.language])
        if found is None:
            missed[mail.form] += 1
        elif len(found.options) > 1:
            yield found


def weights_file(weights: dict[str, float]) -> str:
    """The text of weights.toml."""
    lines = [
        f'"{feature}" = {weight:.2f}'
        for feature, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    ]
    return "\n".join((_HEAD + "[weights]", *lines, ""))


def fitted(known: Sequence[Choice] | None = None) -> dict[str, float]:
    """The weights that the fit gives. `known`: the choices, where they are made already."""
    return _calmed(fit(known or list(choices()), PENALTY, LEAST), SURENESS)


def _calmed(weights: dict[str, float], factor: float) -> dict[str, float]:
    return {feature: round(weight * factor, 2) for feature, weight in weights.items()}


def surprise() -> None:
    """Print what each factor of SURENESS gives on whole mails that the fit did not see: each fifth of them in turn."""
    made = [
        *_choices(list(generate(FITTED)), 1.0, Counter()),
        *_choices(list(_reported()), WRITTEN, Counter()),
    ]
    folds = [list(_choices(_written()[fold::_FOLDS], WRITTEN, Counter())) for fold in range(_FOLDS)]
    fits = [
        fit([*made, *(one for other in folds if other is not fold for one in other)], PENALTY, LEAST) for fold in folds
    ]
    for factor in (1.0, 0.9, 0.8, 0.7, 0.6):
        right: list[float] = []
        for weights, fold in zip(fits, folds, strict=True):
            score = Weights(_calmed(weights, factor)).score
            right += [probabilities([score(option) for option in one.options])[one.right] for one in fold]
        sure = [share for share in right if share < 1 - CONFIDENT or share >= CONFIDENT]
        print(
            f"{factor:.1f}   mean surprise {-sum(map(math.log, right)) / len(right):.4f}   "
            f"of the confident {sum(share >= CONFIDENT for share in sure) / len(sure):.2%} right"
        )


def main() -> None:
    if "--sureness" in sys.argv:
        surprise()
        return
    known = list(choices())
    weights = fitted(known)
    seen = Counter(name for one in known for option in one.options for name in option)
    rare = {name: count for name, count in seen.items() if name not in weights}
    print(f"too rare for a weight: {rare}")
    FILE.write_text(weights_file(weights), encoding="utf-8")
    print(f"{len(weights)} weights of codes in {FILE.name}")


if __name__ == "__main__":
    main()
