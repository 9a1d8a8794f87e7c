"""Who a peer is stands in one place, so that no limit counts addresses in a way of its own."""

import ast

from tests.architecture.repository import ROOT, source, tree

_HOME = ROOT / "lib/src/mayfly/mail/peers.py"
_CUTS = {"ipv4_mapped", "sixtofour", "teredo", "scope_id"}


def test_only_the_module_of_peers_takes_addresses_apart():
    found = {
        (str(path.relative_to(ROOT)), node.attr)
        for path in source()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in _CUTS and path != _HOME
    }
    # Rules for destinations refuse every address with a zone; they count nothing.
    assert {("lib/src/mayfly/webhooks/destinations.py", "scope_id")} == found
