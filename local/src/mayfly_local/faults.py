"""Exceptions that end a run; `__main__` prints their lines to stderr and exits with their code.

Fault              the run has to end
+-- Refusal        exit 2: environment, ports or machine do not allow a start; nothing was started
+-- Breakdown      exit 1: a started process did not become ready; everything was stopped again
"""


class Fault(Exception):
    """Ends the run. `lines`: what to print."""

    exit_code = 1

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Refusal(Fault):
    """Environment, ports or machine do not allow a start; nothing was started."""

    exit_code = 2


class Breakdown(Fault):
    """A started process did not become ready."""
