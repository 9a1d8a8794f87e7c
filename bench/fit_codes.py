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
from tests.corpus.corpus import FREE, MAILS, TEMPTING, LabelledMail, read_corpus
from tests.corpus.generator import FITTED, generate
from tests.system.reports.cases import read_cases

WRITTEN = 6.0  # what a mail counts that was written as a whole
TEMPTED = 1.5  # one that was written to tempt: with more, codes elsewhere are given up for what these tempt to
PENALTY = 1.0
LEAST = 20
SURENESS = {"weights": 0.7, "unnamed": 0.6}
"""What fitted weights are multiplied by, of mails that name a code and of the others: they are too sure of mails that
they were not fitted on.

`--sureness` prints, on mails left out, surprise (mean negative logarithm of the right answer's confidence) and how many
of the confident answers are right. Named: 0.9 0.232, 96.9 %; 0.8 0.229, 97.0 %; 0.7 0.231, 97.9 %; 0.6 0.239, 98.3 %.
Unnamed: 0.8 0.185, 97.8 %; 0.7 0.185, 98.2 %; 0.6 0.190, 98.2 %; 0.5 0.204, 98.7 %. New senders differ more than those
left out, so less than what surprises least.
"""
_FOLDS = 5
FILE = Path(str(files("message_parser.domain.otp") / "weights.toml"))
_HEAD = "# What each feature of a code counts: fitted by `make fit`, not written by hand (docs/extraction.md).\n"
_UNNAMED = "unnamed: "


def prepared(octets: bytes) -> Mail:
    """A mail with all stages before the codes run."""
    mail = Mail(octets)
    for stage in STAGES[: STAGES.index(codes)]:
        stage(mail)
    return mail


def choice(mail: LabelledMail, weight: float) -> Choice | None:
    """The choice between the codes of a mail and none; None when its code is no candidate at all."""
    found = [(option.code, _doubled(frozenset(option.features))) for option in options_of(mail)]
    codes = [code for code, _ in found]
    if mail.code is not None and mail.code not in codes:
        return None
    right = 0 if mail.code is None else 1 + codes.index(mail.code)
    return Choice([frozenset(), *(features for _, features in found)], right, weight)


def _doubled(features: frozenset[str]) -> frozenset[str]:
    """The features of an option; in a mail that names no code each twice, since it may count there differently."""
    return features | {_UNNAMED + name for name in features} if "names-no-code" in features else features


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
    for mails, each in (
        (list(generate(FITTED)), 1.0),
        (_written(), WRITTEN),
        (list(_reported()), WRITTEN),
        (_tempting(), TEMPTED),
    ):
        yield from _choices(mails, each, missed)
    if missed:
        print("the code is no candidate:", dict(missed), file=sys.stderr)


def _written() -> list[LabelledMail]:
    return [mail for folder in (MAILS, FREE) for mail in read_corpus(folder) if not mail.held_back]


def _tempting() -> list[LabelledMail]:
    return [mail for mail in read_corpus(TEMPTING) if not mail.held_back]


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


def weights_file(tables: dict[str, dict[str, float]]) -> str:
    """The text of weights.toml."""
    lines = [_HEAD.rstrip()]
    for name, weights in tables.items():
        lines.append(f"\n[{name}]")
        for feature, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
            lines.append(f'"{feature}" = {weight:.2f}')
    return "\n".join((*lines, ""))


def fitted(known: Sequence[Choice] | None = None) -> dict[str, dict[str, float]]:
    """The weights that the fit gives, of mails that name a code and of the others. `known`: choices made already."""
    found = fit(known or list(choices()), PENALTY, LEAST)
    named = {name: weight for name, weight in found.items() if not name.startswith(_UNNAMED)}
    unnamed = {name: weight + found.get(_UNNAMED + name, 0.0) for name, weight in named.items()}
    tables = {"weights": named, "unnamed": unnamed}
    return {name: _calmed(table, SURENESS[name]) for name, table in tables.items()}


def _calmed(weights: dict[str, float], factor: float) -> dict[str, float]:
    return {feature: round(weight * factor, 2) for feature, weight in weights.items()}


def surprise() -> None:
    """Print what each factor of SURENESS gives on whole mails that the fit did not see: each fifth of them in turn."""
    made = [
        *_choices(list(generate(FITTED)), 1.0, Counter()),
        *_choices(list(_reported()), WRITTEN, Counter()),
    ]
    folds = [
        [
            *_choices(_written()[fold::_FOLDS], WRITTEN, Counter()),
            *_choices(_tempting()[fold::_FOLDS], TEMPTED, Counter()),
        ]
        for fold in range(_FOLDS)
    ]
    fits = [
        fit([*made, *(one for other in folds if other is not fold for one in other)], PENALTY, LEAST) for fold in folds
    ]
    for table in SURENESS:
        for factor in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5):
            right: list[float] = []
            for weights, fold in zip(fits, folds, strict=True):
                score = Weights(_calmed(weights, factor)).score
                some = [one for one in fold if _is_unnamed(one) == (table == "unnamed")]
                right += [probabilities([score(option) for option in one.options])[one.right] for one in some]
            sure = [share for share in right if share < 1 - CONFIDENT or share >= CONFIDENT]
            print(
                f"{table} {factor:.1f}   mean surprise {-sum(map(math.log, right)) / len(right):.4f}   "
                f"of the confident {sum(share >= CONFIDENT for share in sure) / len(sure):.2%} right"
            )


def _is_unnamed(one: Choice) -> bool:
    return any(name.startswith(_UNNAMED) for option in one.options for name in option)


def main() -> None:
    if "--sureness" in sys.argv:
        surprise()
        return
    known = list(choices())
    tables = fitted(known)
    seen = Counter(name for one in known for option in one.options for name in option)
    rare = {
        name: count for name, count in seen.items() if name not in tables["weights"] and not name.startswith(_UNNAMED)
    }
    print(f"too rare for a weight: {rare}")
    FILE.write_text(weights_file(tables), encoding="utf-8")
    print(f"{sum(map(len, tables.values()))} weights of codes in {FILE.name}")


if __name__ == "__main__":
    main()
