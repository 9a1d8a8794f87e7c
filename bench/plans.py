"""A plan file with limits that no load reaches; the checks are still made."""

from pathlib import Path

_PLAN = "tier = 0\nrequests_per_minute = 1_000_000\nburst = 1_000_000\nlongest_ttl = 3_600\nwebhooks = true\n"


def unlimited(folder: Path) -> Path:
    """Write the file; returns its path for `MAYFLY_PLANS_FILE`."""
    path = folder / "plans.toml"
    path.write_text("\n".join(f"[{name}]\n{_PLAN}" for name in ("anonymous", "free", "pro")))
    return path
