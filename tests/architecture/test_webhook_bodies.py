"""What docs/webhooks.md shows of a webhook's body is what is sent."""

from mayfly.webhooks import bodies
from tests.architecture.repository import ROOT
from webhook_dispatcher.domain.formats import EphemaskBody, VaultMailBody


def test_the_page_of_webhooks_names_every_field_of_every_body():
    page = (ROOT / "docs" / "webhooks.md").read_text()
    structs = [*bodies.STANDARD, *(body.__annotations__["data"] for body in bodies.STANDARD)]
    structs += [VaultMailBody, EphemaskBody]
    missing = {name for struct in structs for name in struct.__struct_encode_fields__ if name not in page}
    assert set() == missing
