"""The features of each kind of link, named so that they can be read as evidence: `reset: text begins`.

`kinds` sums up their weights; `bench.fit_links` fits them. The features of a kind are about its own words; those of
`other` speak for or against all other kinds (a token, a button, the path of a help page).
"""

from message_parser.domain.links.signs import KINDS, Signs

NO_WORD = "no word of the kind"


def features(signs: Signs) -> dict[str, list[str]]:
    """The features of each kind, by kind."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    _add_text(signs, found)
    _add_surroundings(signs, found)
    _add_topics(signs, found)
    for kind, named in found.items():
        if not named:
            named.append(NO_WORD)
        elif kind in ("unsubscribe", "magic"):
            named += [f"{kind}: {sign}" for sign in signs.general]
    found["other"] = [f"other: {sign}" for sign in signs.general]
    found["other"].append(f"other: text {signs.mode}")
    if not signs.text and not signs.path and not signs.query:
        found["other"].append("other: no word in text and URL")
    return found


def _add_text(signs: Signs, found: dict[str, list[str]]) -> None:
    for kind in dict.fromkeys(signs.text):
        found[kind].append(f"{kind}: text")
    if "verify" in signs.text:
        for kind in ("magic", "unsubscribe"):
            if kind in signs.text:
                found[kind].append(f"{kind}: text, with a word of verify")
    if signs.text:
        found[signs.text[0]].append(f"{signs.text[0]}: text begins")
        found[signs.text[-1]].append(f"{signs.text[-1]}: text ends")


def _add_surroundings(signs: Signs, found: dict[str, list[str]]) -> None:
    for name, kinds in (
        ("before", signs.before),
        ("above", signs.above),
        ("after", signs.after),
        ("path", signs.path),
        ("query", signs.query),
        ("subject", signs.subject),
    ):
        for kind in dict.fromkeys(kinds):
            found[kind].append(f"{kind}: {name}, text {_mode(signs, kind)}")
    for name, nearest in (("before", signs.before[-1:]), ("above", signs.above[-1:]), ("after", signs.after[:1])):
        for kind in nearest:
            found[kind].append(f"{kind}: nearest {name}, text {_mode(signs, kind)}")


def _mode(signs: Signs, kind: str) -> str:
    """What the text is to a kind. One that names its topic leaves the rest to the sentence, as a generic one."""
    if signs.text:
        return "speaks of it" if kind in signs.text else "speaks of another"
    return "generic" if kind in signs.topics else signs.mode


def _add_topics(signs: Signs, found: dict[str, list[str]]) -> None:
    for name, kinds in (("text", signs.topics), ("sentence", signs.topics_around), ("subject", signs.topics_subject)):
        for kind in kinds:
            found[kind].append(f"{kind}: topic of the {name}, text {_mode(signs, kind)}")
    for kind in signs.topics:
        if kind in signs.before + signs.above + signs.after + signs.subject:
            found[kind].append(f"{kind}: topic of the text, word in sentence or subject")
    around = {*signs.before, *signs.above, *signs.topics_around}
    if len(around) == 1:
        (alone,) = around
        found[alone].append(f"{alone}: alone in the sentence")
    if "reset" in signs.topics_around and "magic" in signs.before + signs.above:
        found["reset"].append("reset: password, in a sentence about signing in")
