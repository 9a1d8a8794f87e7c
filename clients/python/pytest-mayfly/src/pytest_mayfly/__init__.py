"""A pytest plugin that gives each test an inbox of its own on a Mayfly."""

__version__ = "0.1.0"
