"""The tables of docs/webhooks.md name the fields that are sent, in their order."""

import pytest

from mayfly.webhooks import bodies
from tests.architecture.repository import ROOT
from webhook_dispatcher.domain.formats import EphemaskBody, VaultMailBody

TABLES = {body.__struct_defaults__[0]: body.__annotations__["data"] for body in bodies.STANDARD}
TABLES |= {"vaultmail": VaultMailBody, "ephemask": EphemaskBody}


@pytest.mark.parametrize(("heading", "struct"), TABLES.items(), ids=TABLES.keys())
def test_the_page_of_webhooks_has_a_row_with_the_fields_of_every_body(heading, struct):
    row = f"| `{heading}` | `{' '.join(struct.__struct_encode_fields__)}` |"
    assert row in (ROOT / "docs" / "webhooks.md").read_text().splitlines()
