"""Bug reports of other projects, tried on Mayfly: right today, but for the rows that are known to be wrong."""

from tests.system.reports.cases import read_cases
from tests.system.reports.trying import ENVIRONMENT, printed, try_all


def test_every_row_is_right_but_for_the_known_ones(make_stack):
    table = read_cases()
    with make_stack(env=ENVIRONMENT) as stack:
        rows = try_all(stack, table)
    unexpected = [row for row in rows if row.right == (row.nr in table.known_wrong)]
    assert [] == unexpected, f"newly wrong, or right although known_wrong lists them:\n{printed(unexpected)}"
    assert table.known_wrong <= {row.nr for row in rows}
