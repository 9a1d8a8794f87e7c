"""Sends what happened to those who asked, signed, and again until it is taken; retries live in the broker."""
