"""Mail addresses and message ids. Pure."""
