"""Routes that create take an Idempotency-Key; the layer that stores their responses looks at POST alone."""

from api_gateway.describe import describe
from api_gateway.edge.openapi_document import operations


def test_only_post_takes_an_idempotency_key():
    taking = [
        method
        for _, method, operation in operations(describe())
        for parameter in operation.get("parameters", ())
        if parameter["name"] == "Idempotency-Key"
    ]
    assert len(taking) > 10
    assert {"post"} == set(taking)
