"""The library shared by Mayfly's five services. See docs/architecture.md for its layers."""

__version__ = "0.1.0"
"""The version of every package, the API document and the image. docs/releasing.md says what changes with it."""
