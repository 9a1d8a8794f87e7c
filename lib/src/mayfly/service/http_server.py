"""What every HTTP server of Mayfly sends alike; used by the API gateway and by the probe server of each process."""

NO_PRODUCT = (b"server", b"")
"""The header to add to every response. granian names itself where it is missing, and has no switch for that."""
