"""Accuracy of the parser on tests/corpus: codes and links, by language, form and half of the corpus.

`make eval`. Exits 1 below the targets: codes exact on 97 % of positives, at most 1 % false positives, links F1 0.98.
`--tune` excludes the held-out mails and prints every mistake; `--mistakes` prints the mistakes of all.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from message_parser.domain.parse import parse
from message_parser.domain.parsed import Parsed
from tests.corpus.corpus import LabelledMail, read_corpus

CODES_GOAL, FALSE_GOAL, LINKS_GOAL = 0.97, 0.01, 0.98


@dataclass(slots=True)
class Score:
    positives: int = 0
    exact: int = 0
    negatives: int = 0
    false_positives: int = 0
    links_right: int = 0
    links_missed: int = 0
    links_extra: int = 0
    kinds_right: int = 0

    def add(self, mail: LabelledMail, parsed: Parsed) -> None:
        if mail.code is not None:
            self.positives += 1
            self.exact += parsed.otp == mail.code
        else:
            self.negatives += 1
            self.false_positives += parsed.otp is not None
        wanted, got = {url: kind for kind, url in mail.links}, {link.url: link.kind for link in parsed.links}
        self.links_right += len(wanted.keys() & got.keys())
        self.links_missed += len(wanted.keys() - got.keys())
        self.links_extra += len(got.keys() - wanted.keys())
        self.kinds_right += sum(got.get(url) == kind for url, kind in wanted.items())

    @property
    def recall(self) -> float:
        return self.exact / self.positives if self.positives else 1.0

    @property
    def false_rate(self) -> float:
        return self.false_positives / self.negatives if self.negatives else 0.0

    @property
    def links_f1(self) -> float:
        wrong = self.links_missed + self.links_extra
        return 2 * self.links_right / (2 * self.links_right + wrong) if self.links_right + wrong else 1.0

    def row(self, name: str) -> str:
        kinds = f"{self.kinds_right}/{self.links_right + self.links_missed}"
        codes = f"{self.exact:>3}/{self.positives:<3} {self.recall:7.1%}"
        false = f"{self.false_positives:>2}/{self.negatives:<3} {self.false_rate:6.1%}"
        return f"{name:<18} codes {codes}   false {false}   links F1 {self.links_f1:.3f}   kinds {kinds}"


def grouped(results: Iterable[tuple[LabelledMail, Parsed]], key: Callable[[LabelledMail], str]) -> dict[str, Score]:
    """Scores, grouped by `key` of the mail."""
    scores: defaultdict[str, Score] = defaultdict(Score)
    for mail, parsed in results:
        scores[key(mail)].add(mail, parsed)
    return dict(sorted(scores.items()))


def mistake(mail: LabelledMail, parsed: Parsed) -> str | None:
    """What is wrong with the result for one mail; None when it is right."""
    wanted, got = [(kind, url) for kind, url in mail.links], [(link.kind, link.url) for link in parsed.links]
    if parsed.otp == mail.code and wanted == got:
        return None
    evidence = [(item.code, item.confidence, item.rule, item.source) for item in parsed.otp_candidates[:3]]
    return f"{mail.id} {mail.form}: code {mail.code} got {parsed.otp} {evidence}\n    links {wanted}\n      got {got}"


def main() -> None:
    tuning = "--tune" in sys.argv
    results = [(mail, parse(mail.octets())) for mail in read_corpus() if not (tuning and mail.held_back)]
    for title, key in (
        ("language", lambda mail: mail.language),
        ("form", lambda mail: mail.form),
        ("half", lambda mail: "held back" if mail.held_back else "tuned on"),
        ("all", lambda _: "all"),
    ):
        print(f"\nper {title}")
        for name, score in grouped(results, key).items():
            print("  " + score.row(name))
    if tuning or "--mistakes" in sys.argv:
        print("\nmistakes")
        for line in filter(None, (mistake(mail, parsed) for mail, parsed in results)):
            print("  " + line)
    total = grouped(results, lambda _: "all")["all"]
    missed = total.recall < CODES_GOAL or total.false_rate > FALSE_GOAL or total.links_f1 < LINKS_GOAL
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
