"""Every collection and stream has a row in docs/architecture.md that says when it ends and who removes it."""

import re

import pytest

from mayfly.bus.topology import CLAIMS_BUCKET, STREAMS
from tests.architecture.repository import ROOT

pytestmark = pytest.mark.unit


def rows() -> set[str]:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    table = page.partition("## Who removes what")[2].partition("\n## ")[0]
    return {name for row in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE) for name in re.findall(r"\b\w+\b", row)}


def test_every_collection_and_stream_has_an_end():
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "lib/src/mayfly/store").glob("*.py"))
    collections = set(re.findall(r'database\["(\w+)"\]', source))
    assert "messages" in collections
    assert set() == {*collections, *(stream.name for stream in STREAMS), CLAIMS_BUCKET} - rows()
