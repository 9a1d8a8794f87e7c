"""The short form of `make chaos`: a dozen faults on one process of each, under load, and nothing that was acknowledged is damaged."""

import json
import os
import subprocess
import sys
from collections import Counter
from uuid import uuid4

SEED = "15"
KINDS = {"stop", "kill", "pause", "network", "disk", "clock"}


def test_a_dozen_faults_damage_nothing_that_was_acknowledged(scratch, tmp_path):
    ledger = tmp_path / "ledger.jsonl"
    argv = [sys.executable, "-m", "chaos", "--short", "--seed", SEED, "--ledger", str(ledger)]
    argv += ["--folder", str(scratch / f"chaos-{uuid4().hex}")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
    run = subprocess.run(argv, capture_output=True, text=True, env=environment, timeout=180, check=False)
    entries = [json.loads(line) for line in ledger.read_text().splitlines()]
    counts = Counter(entry["what"] for entry in entries)
    assert 0 == run.returncode, run.stdout + run.stderr
    assert KINDS == {entry["kind"] for entry in entries if entry["what"] in {"fault", "left-out"}}
    assert 12 == counts["fault"] + counts["left-out"]
    for seen in ("mail", "deleted", "webhook", "sse", "read", "ended", "final", "announced", "stored"):
        assert counts[seen], seen
