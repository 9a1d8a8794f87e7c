"""What every request passes before and after its room: the server, admission, limits, errors, OpenAPI."""
