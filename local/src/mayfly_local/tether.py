"""Becomes another program that the kernel kills when its parent dies. Run as a script by `processes.Child`.

A supervisor killed by SIGKILL cannot stop its children, so the kernel does. This is a script between fork and exec,
because Python code in a forked child of a threaded parent (`preexec_fn`) can deadlock.

Usage: tether.py <pid of the parent> <absolute path of the program> [argument ...]
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Request the death signal, check that the parent has not died before, and exec."""
    parent, *argv = sys.argv[1:]
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        sys.exit("prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != int(parent):
        sys.exit("The parent died before this process began")
    # Python ignores this signal, and exec keeps ignored signals ignored.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execv(argv[0], argv)  # noqa: S606 - no shell is the point
    except OSError as error:
        sys.exit(f"{argv[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
