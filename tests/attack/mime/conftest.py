"""The parser's own fixtures: a real parser on real servers."""

from services.parser.tests.conftest import start_parser, world

__all__ = ["start_parser", "world"]
