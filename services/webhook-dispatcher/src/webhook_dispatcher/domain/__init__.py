"""The rules of webhooks, without a socket: formats, verdicts, lanes."""
