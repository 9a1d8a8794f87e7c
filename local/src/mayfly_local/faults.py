"""What ends a run early, as exceptions that `__main__` turns into lines on stderr and an exit code.

Fault              a reason to end, told line by line
+-- Refusal        exit 2: what the person gave (environment, ports, machine) cannot work; nothing was started
+-- Breakdown      exit 1: something that was started did not come up; everything was stopped again
"""


class Fault(Exception):
    """A reason to end the run: the lines to print and the exit code."""

    exit_code = 1

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Refusal(Fault):
    """Nothing was started: the environment, a port or this machine does not allow it."""

    exit_code = 2


class Breakdown(Fault):
    """Something that was started did not come up."""
