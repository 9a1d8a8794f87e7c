"""Chooses the kind of a link by its signs and fitted weights (weights.toml, made by `make fit`)."""

from functools import cache, lru_cache
from importlib.resources import files

from message_parser.domain.evidence import Weights
from message_parser.domain.links.features import NO_WORD, features
from message_parser.domain.links.signs import Around, MailSigns, Signs, UrlSigns, signs_of

FILE = files(__package__).joinpath("weights.toml")


@cache
def weights() -> Weights:
    """The fitted weights (`make fit`)."""
    return Weights.read(FILE)["weights"]


@cache
def only_words_make_kinds() -> bool:
    """Whether `other` wins wherever no word of a kind or a topic occurs, by its weights alone."""
    return weights().lowest("other: ") > weights().score([NO_WORD])


@lru_cache(maxsize=2048)
def kind_of(url: UrlSigns, places: tuple[Around, ...], mail: MailSigns) -> str:
    """The kind of a link. Cached, because senders use the same words and layout in all their mails."""
    return _kind(signs_of(url, places, mail))


@lru_cache(maxsize=2048)
def _kind(signs: Signs) -> str:
    """Cached apart, because other words around a link often have the same signs."""
    return choose(signs, weights())


def choose(signs: Signs, weights: Weights) -> str:
    """The kind with the highest score."""
    scores = {kind: weights.score(named) for kind, named in features(signs).items()}
    return max(scores, key=scores.__getitem__)
