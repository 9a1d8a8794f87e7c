"""How long records are kept."""

from datetime import UTC, datetime, timedelta

from expiry_reaper.handlers.retention import Retention, Term


async def test_each_record_is_kept_for_its_own_time():
    now, asked = datetime(2026, 11, 21, tzinfo=UTC), {}

    def deleting(name: str):
        async def delete_before(moment: datetime) -> int:
            asked[name] = moment
            return 3

        return delete_before

    terms = {"a": Term(timedelta(days=7), deleting("a")), "b": Term(timedelta(), deleting("b"))}
    await Retention(terms, lambda: now)()
    assert {"a": now - timedelta(days=7), "b": now} == asked
