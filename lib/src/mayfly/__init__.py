"""What Mayfly's five services share. See docs/architecture.md for the layers inside."""

__version__ = "0.1.0"
"""The version of every package, the API document and the image. docs/releasing.md says what changes with it."""
