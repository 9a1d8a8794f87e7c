"""`mayfly version`: which version this is, and on which Python it runs."""

from __future__ import annotations

import platform

from cyclopts import App

import mayfly_mail
from mayfly_mail.cli.invocation import NONE, Options, Session, told

app = App(name="version", help_epilogue=told("mayfly version", codes="0"))


@app.default
def version(*, common: Options = NONE) -> None:
    """Print the version of this command."""
    with Session(common) as session:
        facts = {"version": mayfly_mail.__version__, "python": platform.python_version(), "system": platform.system()}
        session.out.result(facts, f"mayfly {facts['version']} (Python {facts['python']}, {facts['system']})")
