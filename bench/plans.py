"""A plan file without limits that a load could run into; the checks are made all the same."""

from pathlib import Path

_PLAN = "tier = 0\nrequests_per_minute = 1_000_000\nburst = 1_000_000\nlongest_ttl = 3_600\n"


def unlimited(folder: Path) -> Path:
    """Write it; for `MAYFLY_PLANS_FILE`."""
    path = folder / "plans.toml"
    path.write_text("\n".join(f"[{name}]\n{_PLAN}" for name in ("anonymous", "free", "pro")))
    return path
