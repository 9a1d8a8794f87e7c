"""Everything around the routes: HTTP server, admission, limits, errors, paging, idempotency, OpenAPI."""
