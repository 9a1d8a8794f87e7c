"""Makes whole mails with known answers from the phrases in templates/ (templates/README.md): the same for the same seed.

Mails are made apart of phrases to fit on and of phrases kept back, so that no mail to judge by has a phrase of the fit.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from random import Random
from textwrap import wrap

from tests.corpus.corpus import LabelledMail

FOLDER = Path(__file__).parent / "templates"
FITTED, KEPT_BACK = frozenset((0, 1)), frozenset((2,))
"""The folds of phrases to fit on, and of phrases that no mail of the fit has."""
_UNSPACED = frozenset(("ja", "zh", "th"))
_APPS = ("Nimbus", "Kestrel", "Pocketbank", "Lumio", "Orbit", "Stitch", "Harbor", "Quill")
_COUPON_WORDS = ("APRIL", "MINT", "WELCOME", "SUMMER", "HELLO", "TREAT", "FRIENDS", "THANKS")
_STUB = "This message is written in HTML. Open it in another program to read it."
_LONGEST_CELL = 40
_NUMBER = re.compile(r"\b(?=\w*\d)[A-Z0-9]{4,12}\b")
_WIDTH = 72
_SENTENCE_ENDS = tuple(".,!?:;。！？：،؟।，")


@dataclass(frozen=True, slots=True)
class Part:
    """A block of a mail; `is_code`: it holds nothing but the code."""

    text: str
    is_code: bool = False


class Phrases:
    """The phrases of one language, of some folds: of each list the items whose index divided by three leaves these."""

    def __init__(self, language: str, table: dict, folds: frozenset[int], chance: Random) -> None:
        self.language = language
        self.folds = folds
        self._table = table
        self._chance = chance

    def all(self, name: str) -> list:
        return [item for index, item in enumerate(self._table[name]) if index % 3 in self.folds]

    def one(self, name: str) -> str:
        return self._chance.choice(self.all(name))

    def some(self, name: str, most: int) -> list[str]:
        items = self.all(name)
        return self._chance.sample(items, min(len(items), self._chance.randint(0, most)))


class Writer:
    """Fills placeholders and lays mails out. One for each language and side."""

    def __init__(self, phrases: Phrases, chance: Random) -> None:
        self.phrases = phrases
        self.chance = chance
        self.app = ""
        self.marks_numbers = False
        self.shown = self.code = ""

    def begin(self, shape: str = "any") -> None:
        """A new mail: another product, another code."""
        self.app = self.chance.choice(_APPS)
        if self.chance.random() < 0.15:
            self.app = self.app.upper()
        self.shown, self.code = _code(self.chance, shape)

    def fill(self, phrase: str) -> str:
        """A phrase with its placeholders filled; each number is another one."""
        chance = self.chance
        values: dict[str, Callable[[], str]] = {
            "{code}": lambda: self.shown,
            "{old}": lambda: _digits(chance, len(self.code) if self.code.isdigit() else 6),
            "{number}": lambda: _number(chance),
            "{phone}": lambda: _phone(chance),
            "{app}": lambda: self.app,
            "{minutes}": lambda: chance.choice(("5", "10", "15", "30", "60")),
            "{year}": lambda: str(chance.randint(1987, 2027)),
            "{date}": lambda: _date(chance),
            "{time}": lambda: f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}",
            "{price}": lambda: f"{chance.randint(3, 900)}.{chance.randint(0, 99):02} €",
            "{email}": lambda: "sam@mail.example",
        }
        for placeholder, value in values.items():
            while placeholder in phrase:
                phrase = phrase.replace(placeholder, value(), 1)
        return phrase

    def mail(
        self, number: int, kind: str, subject: str, core: list[Part], *, decoys: int, has_code: bool = True
    ) -> LabelledMail:
        """A mail of `kind` around its `core`."""
        one, some = self.phrases.one, self.phrases.some
        around = [Part(phrase) for phrase in some("decoy", decoys)]
        after = [
            *some("expiry", 1),
            *some("warning", 1),
            *some("unasked", 1),
            *(some("instruct", 1) if has_code else ()),
        ]
        self.chance.shuffle(after)
        before = [around.pop()] if around and self.chance.random() < 0.4 else []
        parts = [
            *([Part(one("greeting"))] if self.chance.random() < 0.8 else []),
            *before,
            *core,
            *(Part(phrase) for phrase in after),
            *around,
            *([Part(one("closing"))] if self.chance.random() < 0.7 else []),
        ]
        return self.laid_out(
            number,
            kind,
            self.fill(subject),
            [Part(self.fill(part.text), part.is_code) for part in parts],
            has_code=has_code,
        )

    def laid_out(self, number: int, kind: str, subject: str, parts: list[Part], *, has_code: bool) -> LabelledMail:
        mail = LabelledMail(
            f"{self.phrases.language}-{kind}-{number}",
            self.phrases.language,
            f"{self.app} <no-reply@{self.app.lower()}.example>",
            self.phrases.folds == KEPT_BACK,
            kind,
            subject,
            self.code if has_code else None,
            None,
        )
        self.marks_numbers = not has_code and self.chance.random() < 0.5
        layout = self.chance.choice(("text", "text", "compact", "wrapped", "html", "html", "both", "table"))
        if layout in ("text", "both"):
            mail.text = "\n\n".join(part.text for part in parts)
        elif layout == "compact":
            mail.text = self._compact(parts)
        elif layout == "wrapped":
            kept = self.shown.replace(" ", "\xa0").replace("-", "\x01")
            lines = [line for part in parts for line in part.text.replace(self.shown, kept).split("\n")]
            wrapped = "\n\n".join("\n".join(wrap(line, _WIDTH) or [""]) for line in lines)
            mail.text = wrapped.replace(kept, self.shown)
        if layout in ("html", "both"):
            mail.html = "".join(f"<p>{self._marked(part)}</p>\n" for part in parts)
        elif layout == "table":
            rows = "".join(f'<tr><td style="padding:8px 24px">{self._marked(part)}</td></tr>\n' for part in parts)
            mail.html = f'<html><body><table width="600"><tr><td><table>{rows}</table></td></tr></table></body></html>'
        return mail

    def _compact(self, parts: list[Part]) -> str:
        """Sentences one after the other; a code of its own line keeps it."""
        blank = "" if self.phrases.language in _UNSPACED else " "
        text = ""
        for part in parts:
            ends_sentence = text[-1:] in _SENTENCE_ENDS
            text += f"\n{part.text}\n" if part.is_code else (blank if ends_sentence else "\n" * bool(text)) + part.text
        return text

    def _marked(self, part: Part) -> str:
        text = escape(part.text, quote=False).replace("\n", "<br>")
        if part.is_code:
            return self.chance.choice(
                (
                    f'<span style="font-size:32px;letter-spacing:6px">{text}</span>',
                    f"<h2>{text}</h2>",
                    f"<b>{text}</b>",
                    text,
                    "".join(f"<td>{character}</td>" for character in text)
                    if text.isdigit()
                    else f"<strong>{text}</strong>",
                )
            )
        marks = self.chance.choice((("", ""), ("<b>", "</b>"), ('<span style="font-size:28px">', "</span>")))
        if self.shown in part.text:
            return text.replace(self.shown, self.shown.join(marks))
        return _NUMBER.sub(lambda number: number.group().join(marks), text) if self.marks_numbers else text


def generate(folds: frozenset[int], seed: int = 2026) -> Iterator[LabelledMail]:
    """Mails of every language and kind, of the phrases of some folds."""
    for path in sorted(FOLDER.glob("*.toml")):
        chance = Random(f"{path.stem} {sorted(folds)} {seed}")
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        writer = Writer(Phrases(path.stem, table, folds, chance), chance)
        for number, (kind, make) in enumerate(_plan(writer.phrases)):
            yield make(writer, number, kind)


Maker = Callable[[Writer, int, str], LabelledMail]


def _plan(phrases: Phrases) -> Iterator[tuple[str, Maker]]:
    """Each phrase in several mails."""
    for kind, times in (("labelled", 4), ("free", 4), ("purpose", 3), ("shared", 4), ("newer", 2)):
        for phrase in phrases.all(kind) * times:
            yield kind, _sentence(phrase)
    for phrase in [*phrases.all("labelled"), *phrases.all("lead")][:6]:
        yield "tie", _tie(phrase)
    for phrase in phrases.all("letters") * 2:
        yield "letters", _sentence(phrase, "letters")
    for kind, times in (("lead", 4), ("lead_free", 4)):
        for phrase in phrases.all(kind) * times:
            yield kind, _own_line(phrase)
    for phrase in phrases.all("trail") * 3:
        yield "trail", _below(phrase)
    for phrase in phrases.all("far") * 3:
        yield "far", _far(phrase)
    for phrase in phrases.all("about_code") * 3:
        yield "subject", _in_subject(phrase)
    for phrase in phrases.all("labelled")[:4]:
        yield "year", _sentence(phrase, "year")
        yield "shape", _sentence(phrase, "odd")
    for phrase in [phrase for phrase in phrases.all("lead") if len(phrase) <= _LONGEST_CELL] * 3:
        yield "cells", _cells(phrase)
    for phrase in phrases.all("labelled")[:3]:
        yield "stub", _stub(phrase)
        yield "image", _image(phrase)
        yield "reply", _reply(phrase)
        yield "forwarded", _forwarded(phrase)
    for phrase in phrases.all("decoy") * 2:
        yield "others", _others(phrase)
    for phrase in phrases.all("plain") * 4:
        yield "unknown-label", _unknown(phrase)
    for mail in phrases.all("none") * 3:
        yield mail["kind"], _none(mail)
    for phrase in phrases.all("far") * 3:
        yield "sent-elsewhere", _elsewhere(phrase)
    for phrase in phrases.all("coupon"):
        yield "coupon", _with_coupon(phrase)


def _subject(writer: Writer, about: float = 0.5) -> str:
    return writer.phrases.one("about" if writer.chance.random() < about else "plain")


def _sentence(phrase: str, shape: str = "any") -> Maker:
    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin("plain" if kind == "free" else shape)
        return writer.mail(number, kind, _subject(writer), [Part(phrase)], decoys=1 if kind == "free" else 3)

    return make


def _tie(phrase: str) -> Maker:
    """Two numbers of which neither is more likely: no single code."""

    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin("plain")
        pair = writer.chance.choice(
            ("{code} / {old}", "{code}, {old}", "{code} or {old}", "{code} oder {old}", "{code} / {old}")
        )
        core = (
            [Part(phrase.replace("{code}", pair))] if "{code}" in phrase else [Part(phrase), Part(pair, is_code=True)]
        )
        return writer.mail(number, kind, _subject(writer), core, decoys=1, has_code=False)

    return make


def _own_line(phrase: str) -> Maker:
    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin("plain" if kind == "lead_free" else "any")
        between = [Part(writer.phrases.one("warning"))] if writer.chance.random() < 0.15 else []
        return writer.mail(
            number, kind, _subject(writer), [Part(phrase), *between, Part(writer.shown, is_code=True)], decoys=3
        )

    return make


def _below(phrase: str) -> Maker:
    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin()
        return writer.mail(number, kind, _subject(writer), [Part(writer.shown, is_code=True), Part(phrase)], decoys=2)

    return make


def _far(phrase: str) -> Maker:
    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin("plain")
        one = writer.phrases.one
        between = [Part(one(writer.chance.choice(("instruct", "unasked", "expiry"))))]
        code = Part(one("free")) if writer.chance.random() < 0.4 else Part(writer.shown, is_code=True)
        return writer.mail(number, kind, _subject(writer), [Part(phrase), *between, code], decoys=1)

    return make


def _in_subject(phrase: str) -> Maker:
    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin()
        one = writer.phrases.one
        repeated = writer.chance.random() < 0.4
        core = [Part(one("lead")), Part(writer.shown, is_code=True)] if repeated else [Part(one("instruct"))]
        return writer.mail(number, kind, phrase, core, decoys=2)

    return make


def _cells(phrase: str) -> Maker:
    """A table of labels and values."""

    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin()
        one, chance = writer.phrases.one, writer.chance
        pairs = [
            writer.fill(line).split(": ", 1)
            for line in writer.phrases.all("decoy")
            if ": " in line and line.rstrip().endswith("}")
        ]
        rows = [*chance.sample(pairs, min(len(pairs), 2)), [phrase.rstrip(":： "), writer.shown]]
        chance.shuffle(rows)
        cells = "".join(f"<tr><td>{escape(label)}</td><td><b>{escape(value)}</b></td></tr>" for label, value in rows)
        mail = writer.laid_out(number, kind, writer.fill(_subject(writer)), [], has_code=True)
        mail.text, mail.html = "", writer.fill(f"<p>{one('greeting')}</p><table>{cells}</table><p>{one('closing')}</p>")
        return mail

    return make


def _stub(phrase: str) -> Maker:
    """The code in the HTML alone, beside a text part that holds nothing."""

    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        mail = _sentence(phrase)(writer, number, kind)
        mail.html = mail.html or "".join(f"<p>{escape(line)}</p>" for line in mail.text.split("\n"))
        mail.text = _STUB
        return mail

    return make


def _image(phrase: str) -> Maker:
    """The code in an image's alternative text."""

    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin("plain")
        one = writer.phrases.one
        mail = writer.laid_out(number, kind, writer.fill(_subject(writer)), [], has_code=True)
        image = f'<img src="https://img.example/1.png" alt="{escape(writer.fill(phrase))}">'
        mail.text, mail.html = "", writer.fill(f"<p>{one('greeting')}</p>{image}<p>{one('instruct')}</p>")
        return mail

    return make


def _reply(phrase: str) -> Maker:
    """A new code above the quoted mail with the old one."""

    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin()
        one = writer.phrases.one
        quoted = writer.fill(one("labelled").replace("{code}", "{old}"))
        wrote = writer.fill(one("wrote"))
        mail = writer.laid_out(number, kind, "Re: " + writer.fill(_subject(writer)), [], has_code=True)
        mail.html = ""
        mail.text = f"{writer.fill(one('greeting'))}\n\n{writer.fill(phrase)}\n\n{wrote}\n> {quoted}\n"
        return mail

    return make


def _forwarded(phrase: str) -> Maker:
    """A forwarded mail with nothing above it."""

    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin()
        one = writer.phrases.one
        subject = writer.fill(_subject(writer))
        mail = writer.laid_out(number, kind, f"Fwd: {subject}", [], has_code=True)
        head = f"From: {writer.app} <no-reply@{writer.app.lower()}.example>\nDate: {_date(writer.chance)}\nSubject: {subject}\nTo: <sam@mail.example>"
        mail.html = ""
        mail.text = writer.fill(f"{one('forwarded')}\n{head}\n\n{one('greeting')}\n\n{phrase}\n\n{one('expiry')}\n")
        return mail

    return make


def _none(template: dict) -> Maker:
    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin()
        parts = [Part(writer.fill(block)) for block in template["body"].strip().split("\n\n")]
        return writer.laid_out(number, kind, writer.fill(template["subject"]), parts, has_code=False)

    return make


def _others(phrase: str) -> Maker:
    """Nothing but other numbers, each on its line or below its label."""

    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin()
        phrases, chance = writer.phrases, writer.chance
        parts = [Part(phrases.one("greeting"))] if chance.random() < 0.5 else []
        for line in {phrase: None, **dict.fromkeys(phrases.some("decoy", 3))}:
            label, colon, value = line.partition(": ")
            if colon and value.startswith("{number}") and chance.random() < 0.6:
                parts += [Part(label + ":"), Part(value, is_code=True)]
            else:
                parts.append(Part(line))
        filled = [Part(writer.fill(part.text), part.is_code) for part in parts]
        return writer.laid_out(number, kind, writer.fill(phrases.one("plain")), filled, has_code=False)

    return make


def _unknown(subject: str) -> Maker:
    """Numbers whose labels are no words that anybody knows, or that have none."""

    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin()
        phrases, chance = writer.phrases, writer.chance
        parts = [Part(phrases.one("greeting")), *(Part(line) for line in phrases.some("decoy", 2))]
        for _ in range(chance.randint(1, 3)):
            name = chance.choice(_APPS)
            parts += chance.choice(
                (
                    [Part(f"{name}: {{number}}")],
                    [Part(f"{name} {{number}}")],
                    [Part(f"{name}:"), Part("{number}", is_code=True)],
                    [Part(name), Part("{number}", is_code=True)],
                    [Part("{number}", is_code=True)],
                )
            )
        parts += [Part(phrases.one("closing"))]
        filled = [Part(writer.fill(part.text), part.is_code) for part in parts]
        return writer.laid_out(number, kind, writer.fill(subject), filled, has_code=False)

    return make


def _elsewhere(phrase: str) -> Maker:
    """A mail about a code that does not carry it, with other numbers."""

    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin()
        return writer.mail(number, kind, _subject(writer), [Part(phrase)], decoys=4, has_code=False)

    return make


def _with_coupon(phrase: str) -> Maker:
    """A mail with the code of a coupon, ticket or licence, in its sentence or alone on the line below; no warnings."""

    def make(writer: Writer, number: int, kind: str) -> LabelledMail:
        writer.begin()
        writer.shown = writer.code = _coupon(writer.chance)
        phrases, chance = writer.phrases, writer.chance
        parts = [Part(phrases.one("greeting"))] if chance.random() < 0.8 else []
        parts += [Part(phrase)] if "{code}" in phrase else [Part(phrase), Part(writer.shown, is_code=True)]
        parts += [Part(line) for line in phrases.some("decoy", 2)]
        parts += [Part(phrases.one("closing"))] if chance.random() < 0.7 else []
        filled = [Part(writer.fill(part.text), part.is_code) for part in parts]
        return writer.laid_out(number, kind, writer.fill(phrases.one("plain")), filled, has_code=False)

    return make


def _code(chance: Random, shape: str) -> tuple[str, str]:
    """A code as the mail writes it, and as a user types it. `shape`: any, plain (digits), year, letters or odd."""
    if shape == "any":
        shape = chance.choices(("plain", "odd", "mixed"), (80, 14, 6))[0]
    if shape == "plain":
        code = _digits(chance, chance.choices((6, 4, 5, 7, 8, 9, 10), (60, 16, 6, 5, 10, 2, 1))[0])
        return code, code
    if shape == "year":
        code = chance.choice(
            (
                str(chance.randint(1950, 2030)),
                f"20{chance.randint(10, 30)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}",
            )
        )
        return code, code
    if shape == "letters":
        code = "".join(chance.choices("ABCDEFGHKMNPRSTVWXZ", k=chance.choice((4, 5, 6, 8))))
        return code, code
    if shape == "mixed":
        code = "".join(chance.choices("ABCDEFGHJKMNPQRSTUVWXYZ23456789", k=chance.choice((5, 6, 8))))
        code = code[:-1] + chance.choice("23456789") if code.isalpha() else code
        return (code, code) if not code.isdigit() else ("K" + code, "K" + code)
    digits = _digits(chance, 6)
    return chance.choice(
        (
            (f"{digits[:3]} {digits[3:]}", digits),
            (f"{digits[:3]}-{digits[3:]}", digits),
            (f"{digits[:2]} {digits[2:4]} {digits[4:]}", digits),
            (" ".join(digits), digits),
            (".".join(digits), digits),
            (f"G-{digits}", digits),
            (f"X7{digits[:2]}-M{digits[2:4]}P", f"X7{digits[:2]}-M{digits[2:4]}P"),
            (f"k{digits[:2]}q{digits[2:4]}", f"k{digits[:2]}q{digits[2:4]}"),
        )
    )


def _coupon(chance: Random) -> str:
    """A code as shops print it: words and digits, or like a one-time code."""
    word, amount = chance.choice(_COUPON_WORDS), chance.choice((5, 10, 15, 20, 25, 30, 50))
    letters = "".join(chance.choices("ABCDEFGHJKMNPQRSTUVWXYZ23456789", k=8))
    return chance.choice(
        (
            f"{word}{amount}",
            f"{word}{amount}",
            f"{word}-{amount}",
            f"{word.capitalize()}{amount}",
            word + "SALE",
            _digits(chance, 6),
            _digits(chance, chance.choice((4, 5, 8))),
            f"{letters[:4]}-{letters[4:]}",
            letters,
        )
    )


def _digits(chance: Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def _number(chance: Random) -> str:
    """Another number of a mail; half of them look like codes."""
    length = chance.choices((4, 5, 6, 7, 8, 10), (25, 15, 30, 10, 15, 5))[0]
    number = str(chance.randint(1, 9)) + _digits(chance, length - 1)
    return chance.choices((number, f"{chance.choice('ABKRT')}{number[1:]}"), (9, 1))[0]


def _phone(chance: Random) -> str:
    return chance.choice(
        (
            f"+{chance.randint(1, 99)} {_digits(chance, 3)} {_digits(chance, 3)} {_digits(chance, 4)}",
            f"0{_digits(chance, 3)} {_digits(chance, 6)}",
            f"0800 {_digits(chance, 3)} {_digits(chance, 4)}",
            f"{_digits(chance, 3)}-{_digits(chance, 4)}",
            _digits(chance, 5),
        )
    )


def _date(chance: Random) -> str:
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(2024, 2027)
    return chance.choice(
        (f"{day:02}.{month:02}.{year}", f"{year}-{month:02}-{day:02}", f"{day}/{month}/{year}", f"{month}/{day}/{year}")
    )
