"""Ends what has expired, and everything it held."""
