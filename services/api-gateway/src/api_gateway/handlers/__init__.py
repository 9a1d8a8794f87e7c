"""What the gateway does, free of HTTP: every dialect calls these."""
