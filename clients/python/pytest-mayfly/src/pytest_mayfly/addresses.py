"""Names the inbox of a test, so that its address says where it comes from and no other test has it."""

from __future__ import annotations

import hashlib
import os
import re
import secrets

LONGEST_NAME = 24
LONGEST_LABEL = 200
KEPT = "kept: "


def local_part(nodeid: str) -> str:
    """Return `<name of the test>-<worker>-<hash of the test>-<random>`; without a worker where there is none.

    The hash tells parameters and files apart, the random end repetitions and runs: a failed test keeps its inbox.
    """
    of_file = nodeid.partition("::")[2] or nodeid
    name = of_file.partition("[")[0].rpartition("::")[2].removeprefix("test_").lower()
    readable = re.sub(r"[^a-z0-9]+", "-", name)[:LONGEST_NAME].strip("-") or "test"
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    digest = hashlib.sha256(nodeid.encode(errors="surrogatepass")).hexdigest()[:6]
    return "-".join(part for part in (readable, worker, digest, secrets.token_hex(4)) if part)


def label(nodeid: str) -> str:
    """Return the label of a test's inbox: the test, shortened in front where it is too long."""
    text = nodeid.encode(errors="replace").decode()
    return text if len(text) <= LONGEST_LABEL else f"...{text[3 - LONGEST_LABEL :]}"


def kept(text: str) -> str:
    """Return the label of an inbox that is kept for a look, of the one that it had."""
    return f"{KEPT}{text}"[:LONGEST_LABEL]


def is_kept(text: str | None) -> bool:
    return text is not None and text.startswith(KEPT)
