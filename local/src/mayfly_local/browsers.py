"""Finds the browser of this machine that tests, benches and screenshots look at pages with."""

import shutil

# The shell first: a new profile costs the whole browser 0.3 s of a processor, and each test has one.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Return the path of a Chromium; None if PATH has none of `PROGRAMS`."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)
