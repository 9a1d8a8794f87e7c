"""Fits the weights that choose what a link is for, and prints how often they are right.

`make fit`. Learns from the mails of tests/corpus that are not held back, and from mails made of the `[links]` pairs of
tests/corpus/templates in several layouts, with several kinds of URLs and subjects. Every third pair of a list is kept
back from the fit; accuracy on those is printed apart. `--mistakes` prints the links kept back that got another kind,
`--dry` writes nothing.
"""

import random
import string
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from bench.fit import Choice, fit
from message_parser.domain.evidence import Weights
from message_parser.domain.html import HtmlText, read_html
from message_parser.domain.links import find_signs
from message_parser.domain.links.features import NO_WORD, features
from message_parser.domain.links.kinds import FILE, choose
from message_parser.domain.links.signs import Signs, hits, mode_of
from tests.corpus.corpus import read_corpus

TEMPLATES = Path(__file__).parent.parent / "tests/corpus/templates"
KINDS = ("unsubscribe", "reset", "verify", "magic", "other")
ACTIONS = ("verify", "reset", "magic")
VARIANTS = 24
PENALTY = 2.0
CORPUS_WEIGHT = 3
LEAST_WEIGHT = 0.1
HEAD = """\
# Weights of the features that choose the kind of a link (signs.py says what each feature is).
# Made by `make fit` (bench/fit_links.py); do not edit.

[weights]
"""
TOKEN, WORD = "{token}", "{word}"
SHAPES = {
    "verify": [
        "/verify?token={token}",
        "/confirm/{token}",
        "/users/confirmation?confirmation_token={token}",
        "/account/activate/{word}/{token}",
        "/auth/v1/verify?token={token}&type=signup",
        "/email-verification?c={short}",
        "/subscribe/confirm?id={short}",
        "/i/{token}",
        "/v?t={short}",
        "/c/{short}",
        "/",
        "/u/{token}",
    ],
    "reset": [
        "/reset?x={short}",
        "/password/reset/{token}",
        "/users/password/edit?reset_password_token={token}",
        "/account/recover?key={token}",
        "/auth/v1/verify?token={token}&type=recovery",
        "/login/new-password?t={token}",
        "/auth/action?mode=resetPassword&oobCode={token}",
        "/p/{token}",
        "/r?u={short}",
        "/s/{short}",
        "/x",
        "/u/{token}",
    ],
    "magic": [
        "/magic/{token}",
        "/login?token={token}",
        "/auth/callback?type=magiclink&token={token}",
        "/signin/{token}",
        "/session/{word}?otp={token}",
        "/l/{token}",
        "/m?c={short}",
        "/magic/{short}",
        "/u/{token}",
    ],
    "unsubscribe": [
        "/unsubscribe?u={short}",
        "/email/preferences/{token}",
        "/settings/notifications",
        "/opt-out?id={token}",
        "/list/manage?subscriber={token}",
        "/u?i={short}",
        "/l/{short}",
        "/u/{token}",
    ],
    "other": [
        "/help/how-to-reset-your-password",
        "/support/articles/{short}-why-we-verify-every-account",
        "/blog/2026/verify-your-email-faster",
        "/blog/{word}-sign-in-without-a-password",
        "/docs/login",
        "/help",
        "/contact",
        "/privacy",
        "/app",
        "/view/{token}",
        "/{word}/{word}",
        "/{word}/{short}",
        "/r/{token}",
        "/",
    ],
}
LOGIN_PAGES = ["/login", "/account", "/account/security", "/", "/signin", "/settings/activity"]
WORDS = "go home start shop account north river garden cloud item page letter story".split()  # noqa: SIM905
APP_SCHEMES = ["acmeapp", "com.acme.mobile", "northway"]


@dataclass(slots=True)
class Item:
    """A link to be put into a mail. `is_held_back`: from a pair that is kept back."""

    kind: str
    sentence: str
    text: str
    url: str
    is_held_back: bool = False
    is_action: bool = False


@dataclass(slots=True)
class Example:
    """The signs of one link and its kind."""

    signs: Signs
    kind: str
    is_held_back: bool
    language: str
    what: str = field(default="", compare=False)

    @property
    def is_told(self) -> bool:
        """Whether any word speaks of the kind; a link of which none does is `other` for anyone who knows no more."""
        return self.kind == "other" or NO_WORD not in features(self.signs)[self.kind]


def examples_of_templates() -> Iterator[Example]:
    """Links of made mails, language by language."""
    for path in sorted(TEMPLATES.glob("*.toml")):
        lists = tomllib.loads(path.read_text(encoding="utf-8"))
        for kind in ACTIONS:
            for index in range(len(lists["links"][kind])):
                for variant in range(VARIANTS):
                    chance = random.Random(f"{path.stem} {kind} {index} {variant}")
                    yield from _mail(lists, path.stem, kind, index, chance)


def _mail(lists: dict, language: str, kind: str, index: int, chance: random.Random) -> Iterator[Example]:
    items = [_item(lists, kind, index, chance, is_action=True)]
    held = index % 3 == 2
    for further in ("other", "other", "unsubscribe"):
        if chance.random() < 0.6:
            pairs = [at for at in range(len(lists["links"][further])) if (at % 3 == 2) == held]
            items.append(_item(lists, further, chance.choice(pairs), chance))
    is_tracked = chance.random() < 0.25
    if not is_tracked and chance.random() < 0.15:
        pairs = [at for at in range(len(lists["links"]["magic"])) if (at % 3 == 2) == held]
        text = lists["links"]["magic"][chance.choice(pairs)][1]
        sentence = chance.choice(lists["unasked"])
        page = f"https://{_host(chance)}{chance.choice(LOGIN_PAGES)}"
        if hits(text) == ("magic",) and "reset" not in hits(sentence):
            items.insert(chance.randrange(2), Item("other", sentence, _fill(text, chance), page, held))
    if is_tracked:
        redirector = f"https://click.{_host(chance)}"
        for item in items:
            item.url = f"{redirector}/{chance.choice(['ls/click?upn=', 'c/', 'e/', 'track?d='])}{_token(chance)}"
    subject = _fill(_subject(lists, kind, index, chance), chance)
    html, text = _bodies(items, lists, chance)
    signs = find_signs(read_html(html) if html else HtmlText(), [text], subject)
    for item in items:
        if (known := signs.get(item.url)) is not None:
            what = f"{subject} | {item.sentence} [{item.text}] {item.url} ({'html' if html else 'text'})"
            yield Example(known, item.kind, item.is_held_back, language, what)


def _item(lists: dict, kind: str, index: int, chance: random.Random, *, is_action: bool = False) -> Item:
    sentence, text = (_fill(part, chance) for part in lists["links"][kind][index])
    generic = [
        written
        for pairs in lists["links"].values()
        for at, (_, written) in enumerate(pairs)
        if mode_of(written) == "generic" and (at % 3 == 2) == (index % 3 == 2)
    ]
    if generic and chance.random() < 0.25:
        text = chance.choice(generic)
    shape = chance.choice(SHAPES[kind])
    while WORD in shape:
        shape = shape.replace(WORD, chance.choice(WORDS), 1)
    shape = shape.replace(TOKEN, _token(chance)).replace("{short}", str(chance.randrange(1, 9999)))
    host = _host(chance, "help" if kind == "other" and chance.random() < 0.15 else "")
    scheme = chance.choice(APP_SCHEMES) if is_action and chance.random() < 0.05 else "https"
    return Item(kind, sentence, text, f"{scheme}://{host}{shape}", index % 3 == 2, is_action)


def _subject(lists: dict, kind: str, index: int, chance: random.Random) -> str:
    share = chance.random()
    if share < 0.6:
        same = [at for at in range(len(lists["links"][kind])) if (at % 3 == 2) == (index % 3 == 2)]
        return lists["links"][kind][chance.choice(same)][chance.randrange(2)]
    return chance.choice(lists["plain"] if share < 0.9 else lists["about"])


def _bodies(items: list[Item], lists: dict, chance: random.Random) -> tuple[str, str]:
    """HTML and text; one of them is empty."""
    greeting = _fill(chance.choice(lists["greeting"]), chance)
    closing = _fill(chance.choice(lists["closing"]), chance)
    layout = chance.choice(["text", "angle", "label", "inline", "button", "button", "table", "table"])
    if layout in ("text", "angle", "label"):
        blocks = [_text_block(item, layout, chance) for item in items]
        return "", "\n\n".join([greeting, *blocks, closing])
    action = [_html_block(item, layout, chance) for item in items if item.is_action]
    rest = [_html_block(item, "footer", chance) for item in items if not item.is_action]
    body = "".join([f"<p>{escape(greeting)}</p>", *action, f"<p>{escape(closing)}</p>", *rest])
    logo = f'<a href="https://{_host(chance)}"><img src="l.png" alt="Acme"></a>' if chance.random() < 0.3 else ""
    return f"<html><body>{logo}{body}</body></html>", ""


def _text_block(item: Item, layout: str, chance: random.Random) -> str:
    url = f"<{item.url}>" if layout == "angle" else item.url
    if layout == "label" or not item.is_action:
        return f"{item.sentence}\n{item.text}: {url}" if chance.random() < 0.7 else f"{item.text}: {url}"
    return f"{item.sentence}{chance.choice([chr(10), chr(10) * 2, ' '])}{url}"


def _html_block(item: Item, layout: str, chance: random.Random) -> str:
    url, text, sentence = escape(item.url), escape(item.text), escape(item.sentence)
    if layout == "footer":
        lead = f"{sentence} " if chance.random() < 0.6 else ""
        return f'<p style="font-size:12px">{lead}<a href="{url}">{text}</a></p>'
    if layout == "inline" and mode_of(item.text) == "generic" and chance.random() < 0.4:
        return f'<p><a href="{url}">{text}</a> {sentence}</p>'
    if layout == "inline":
        return f'<p>{sentence} <a href="{url}">{text}</a></p>'
    if layout == "button":
        style = "background:#0a58ca;color:#fff;padding:12px 20px;border-radius:4px"
        block = f'<p>{sentence}</p><p><a href="{url}" style="{style}">{text}</a></p>'
    else:
        block = (
            f'<table><tr><td>{sentence}</td></tr><tr><td><table><tr><td bgcolor="#2ea44f"><a href="{url}" '
            f'style="color:#ffffff">{text}</a></td></tr></table></td></tr></table>'
        )
    if chance.random() < 0.3:
        block += f'<p><a href="{url}">{url}</a></p>'
    return block


def _fill(text: str, chance: random.Random) -> str:
    for name, value in (
        ("app", chance.choice(["Acme", "Northway", "Teatime"])),
        ("email", "sam@mail.test"),
        ("minutes", "30"),
        ("date", "12.03.2026"),
        ("time", "14:05"),
        ("year", "2026"),
        ("phone", "+1 555 0134"),
        ("price", "12.50"),
        ("number", "4821"),
    ):
        text = text.replace("{" + name + "}", value)
    return text


def _token(chance: random.Random) -> str:
    length = chance.choice([16, 24, 32, 43, 64])
    alphabet = "0123456789abcdef" if chance.random() < 0.5 else string.ascii_letters + string.digits
    return "".join(chance.choices(alphabet, k=length))


def _host(chance: random.Random, label: str = "") -> str:
    label = label or chance.choice(["app", "www", "accounts", "mail", "my"])
    return f"{label}.{chance.choice(['acme', 'northway', 'teatime'])}.example"


def examples_of_corpus() -> Iterator[Example]:
    """Links of the mails of tests/corpus."""
    for mail in read_corpus():
        html_text = read_html(mail.html) if mail.html else HtmlText()
        texts = [mail.text, html_text.text if "://" in html_text.visible else ""]
        signs = find_signs(html_text, texts, mail.subject)
        for kind, url in mail.links:
            if (known := signs.get(url)) is not None:
                yield Example(known, kind, mail.held_back, mail.language, f"{mail.id} {mail.subject} {url}")


def choices(examples: list[Example], weight: float) -> Iterator[Choice]:
    """Equal examples as one choice."""
    counts = Counter(
        (example.signs, example.kind) for example in examples if not example.is_held_back and example.is_told
    )
    for (signs, kind), count in counts.items():
        named = features(signs)
        yield Choice([frozenset(named[option]) for option in KINDS], KINDS.index(kind), count * weight)


def report(title: str, examples: list[Example], weights: Weights) -> None:
    """How often the right kind is chosen, apart for what the weights were fitted on and what was kept back."""
    for name, is_held_back in (("fitted on", False), ("kept back", True)):
        part = [example for example in examples if example.is_held_back == is_held_back]
        wrong = [example for example in part if choose(example.signs, weights) != example.kind]
        told = [example for example in part if example.is_told]
        missed = sum(example.is_told for example in wrong)
        print(f"{title}, {name}: {_share(part, len(wrong))}; with a word of their kind {_share(told, missed)}")
        pairs = Counter(f"{example.kind} as {choose(example.signs, weights)}" for example in wrong)
        print("  " + ", ".join(f"{pair}: {count}" for pair, count in pairs.most_common(8)))
        if is_held_back and "--mistakes" in sys.argv:
            for example in wrong:
                print(f"  {example.language} {example.kind} as {choose(example.signs, weights)}: {example.what}")
                print(f"      {example.signs}")


def _share(examples: list[Example], wrong: int) -> str:
    right = len(examples) - wrong
    return f"{right} of {len(examples)} right ({right / max(1, len(examples)):.2%})"


def main() -> None:
    made, corpus = list(examples_of_templates()), list(examples_of_corpus())
    learnt = [*choices(made, 1.0), *choices(corpus, CORPUS_WEIGHT)]
    fitted = fit(learnt, PENALTY)
    table = {feature: weight for feature, weight in sorted(fitted.items()) if abs(weight) >= LEAST_WEIGHT}
    if "--dry" not in sys.argv:
        lines = "".join(f'"{feature}" = {weight}\n' for feature, weight in table.items())
        Path(str(FILE)).write_text(HEAD + lines, encoding="utf-8")
    print(f"{len(table)} weights from {len(made)} links of made mails and {len(corpus)} of the corpus")
    weights = Weights(table)
    report("made", made, weights)
    report("corpus", corpus, weights)


if __name__ == "__main__":
    main()
