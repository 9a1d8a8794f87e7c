"""Makes mails with links whose kind is known, from the phrases in tests/corpus/templates. Used by bench.fit_links."""

import random
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from message_parser.domain.html import HtmlText, read_html
from message_parser.domain.links import find_signs
from message_parser.domain.links.features import NO_WORD, features
from message_parser.domain.links.signs import Signs, hits, mode_of

TEMPLATES = Path(__file__).parent.parent / "tests/corpus/templates"
ACTIONS = ("verify", "reset", "magic")
VARIANTS = 24
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
        "/{word}",
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
        "/{word}/{word}",
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
        "/{word}",
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
NOTICE_PAGES = ["/orders/{token}", "/o/{short}", "/invoices/{token}", "/m/{token}", "/t/{short}", *LOGIN_PAGES]
NOTICES = frozenset(
    "receipt shipping booking invoice security-notice support newsletter promotion account statement event talk".split()  # noqa: SIM905
)
# Texts with a word of `verify` that are of another kind; the sentences of that kind stand before them.
CONFIRMATIONS = {
    "magic": {
        "de": ["Anmeldung bestätigen", "Login bestätigen"],
        "en": ["Confirm sign-in", "Verify login", "Confirm log in"],
        "es": ["Confirmar inicio de sesión"],
        "fr": ["Confirmer la connexion", "Valider ma connexion"],
        "it": ["Conferma accesso", "Conferma il login"],
        "ja": ["ログインを確認する", "ログインを承認"],
        "ko": ["로그인 확인", "로그인 인증하기"],
        "nl": ["Inloggen bevestigen"],
        "pl": ["Potwierdź logowanie"],
        "pt": ["Confirmar login"],
        "ru": ["Подтвердить вход"],
        "tr": ["Giri\u015fi onayla"],
        "zh": ["确认登录", "驗證登入"],
    },
    "unsubscribe": {
        "de": ["Abmeldung vom Newsletter bestätigen", "Abbestellen bestätigen"],
        "en": ["Confirm unsubscribe", "Yes, confirm my opt-out", "Confirm that you want to unsubscribe"],
        "es": ["Confirmar la baja", "Confirmar que quiero cancelar la suscripción"],
        "fr": ["Confirmer la désinscription", "Confirmer mon désabonnement"],
        "it": ["Conferma la cancellazione dell'iscrizione"],
        "ja": ["配信停止を確認する"],
        "ko": ["수신거부 확인"],
        "nl": ["Bevestig uitschrijven"],
        "pl": ["Potwierdź rezygnację z subskrypcji"],
        "pt": ["Confirmar cancelamento da subscrição"],
        "ru": ["Подтвердить отписку"],
        "tr": ["Abonelikten \u00e7\u0131kmay\u0131 onayla"],
        "zh": ["确认退订"],
    },
}
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
    def has_word(self) -> bool:
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
        for index, notice in enumerate(lists["none"]):
            if notice["kind"] in NOTICES:
                for variant in range(VARIANTS // 2):
                    yield from _notice(lists, path.stem, index, random.Random(f"{path.stem} none {index} {variant}"))


def _mail(lists: dict, language: str, kind: str, index: int, chance: random.Random) -> Iterator[Example]:
    items = [_item(lists, language, kind, index, chance, is_action=True)]
    held = _is_held_back(index)
    for further in ("other", "other", "unsubscribe"):
        if chance.random() < 0.6:
            pairs = _indexes(lists, further, is_held_back=held)
            items.append(_item(lists, language, further, chance.choice(pairs), chance))
    is_tracked = chance.random() < 0.25
    if not is_tracked and chance.random() < 0.15:
        pair = chance.choice(_indexes(lists, "magic", is_held_back=held))
        text = lists["links"]["magic"][pair][1]
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


def _notice(lists: dict, language: str, index: int, chance: random.Random) -> Iterator[Example]:
    """A link to look at something, in a mail that asks for nothing."""
    notice, held = lists["none"][index], _is_held_back(index)
    lines = [_fill(line, chance) for line in notice["body"].strip().splitlines()]
    generic = _generic_texts(lists, is_held_back=held)
    text = chance.choice(generic) if generic and chance.random() < 0.3 else f"Northway {chance.randrange(9999)}"
    url = f"https://{_host(chance)}{_shaped(chance.choice(NOTICE_PAGES), chance)}"
    sign_in = lists["links"]["magic"][chance.choice(_indexes(lists, "magic", is_held_back=held))][1]
    if notice["kind"] in ("security-notice", "statement") and hits(sign_in) == ("magic",) and chance.random() < 0.4:
        text, url = _fill(sign_in, chance), f"https://{_host(chance)}{chance.choice(LOGIN_PAGES)}"
    item = Item("other", chance.choice(lines), text, url, held, is_action=True)
    items = [item]
    if chance.random() < 0.5:
        pair = chance.choice(_indexes(lists, "unsubscribe", is_held_back=held))
        items.append(_item(lists, language, "unsubscribe", pair, chance))
    html, plain = _bodies(items, lists, chance)
    subject = _fill(notice["subject"], chance)
    known = find_signs(read_html(html) if html else HtmlText(), [plain], subject).get(url)
    if known is not None:
        yield Example(known, "other", held, language, f"{subject} | {item.sentence} [{text}] {url}")


def _is_held_back(index: int) -> bool:
    """Whether the item with that index of a list is kept back from the fit."""
    return index % 3 == 2


def _indexes(lists: dict, kind: str, *, is_held_back: bool) -> list[int]:
    """The pairs of a kind that are kept back, or those that are not."""
    return [index for index in range(len(lists["links"][kind])) if _is_held_back(index) == is_held_back]


def _generic_texts(lists: dict, *, is_held_back: bool) -> list[str]:
    return [
        written
        for pairs in lists["links"].values()
        for at, (_, written) in enumerate(pairs)
        if mode_of(written) == "generic" and _is_held_back(at) == is_held_back
    ]


def _shaped(shape: str, chance: random.Random) -> str:
    while WORD in shape:
        shape = shape.replace(WORD, chance.choice(WORDS), 1)
    return shape.replace(TOKEN, _token(chance)).replace("{short}", str(chance.randrange(1, 9999)))


def _item(lists: dict, language: str, kind: str, index: int, chance: random.Random, *, is_action: bool = False) -> Item:
    sentence, text = (_fill(part, chance) for part in lists["links"][kind][index])
    generic = _generic_texts(lists, is_held_back=_is_held_back(index))
    if generic and chance.random() < (0.06 if kind == "other" else 0.25):
        text = chance.choice(generic)
    elif language in CONFIRMATIONS.get(kind, {}) and chance.random() < 0.25:
        confirmation = chance.choice(CONFIRMATIONS[kind][language])
        text = confirmation if kind in hits(confirmation) else text
    shape = _shaped(chance.choice(SHAPES[kind]), chance)
    host = _host(chance, "help" if kind == "other" and chance.random() < 0.15 else "")
    scheme = chance.choice(APP_SCHEMES) if is_action and chance.random() < 0.05 else "https"
    return Item(kind, sentence, text, f"{scheme}://{host}{shape}", _is_held_back(index), is_action)


def _subject(lists: dict, kind: str, index: int, chance: random.Random) -> str:
    share = chance.random()
    if share < 0.6:
        pair = chance.choice(_indexes(lists, kind, is_held_back=_is_held_back(index)))
        return lists["links"][kind][pair][chance.randrange(2)]
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
        is_led = chance.random() < 0.7 or mode_of(item.text) == "generic"
        return f"{item.sentence}\n{item.text}: {url}" if is_led else f"{item.text}: {url}"
    return f"{item.sentence}{chance.choice([chr(10), chr(10) * 2, ' '])}{url}"


def _html_block(item: Item, layout: str, chance: random.Random) -> str:
    url, text, sentence = escape(item.url), escape(item.text), escape(item.sentence)
    if layout == "footer":
        lead = f"{sentence} " if chance.random() < 0.6 or mode_of(item.text) == "generic" else ""
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
