"""Becomes another program that the kernel kills when its parent dies. Run as a script by `processes.Child`.

A supervisor killed by SIGKILL cannot stop its children, so the kernel does. This is a script between fork and exec,
because Python code in a forked child of a threaded parent (`preexec_fn`) can deadlock.

Usage: tether.py <pid of the parent> <nice value to add> <absolute path of the program> [argument ...]
"""

import ctypes
import os
import signal
import sys
import time

PR_SET_PDEATHSIG = 1  # linux/prctl.h
TRIES = 20
PAUSE_SECONDS = 0.05


def main() -> None:
    """Request the death signal, check that the parent has not died before, yield to others as asked, and exec."""
    parent, nice, *argv = sys.argv[1:]
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        sys.exit("prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != int(parent):
        sys.exit("The parent died before this process began")
    give_way(int(nice))
    # Python ignores this signal, and exec keeps ignored signals ignored.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execv(argv[0], argv)  # noqa: S606 - no shell is the point
    except OSError as error:
        sys.exit(f"{argv[0]}: {error.strerror}")


def give_way(nice: int) -> None:
    """Lower the priority of this process and, where the kernel shares processors among sessions, of its session.

    There (sched_autogroup_enabled, as on desktops), nice compares the processes of one session only (sched(7)).
    """
    if not nice:
        return
    os.nice(nice)
    for _ in range(TRIES):
        try:
            with open("/proc/self/autogroup", "w") as file:  # noqa: PTH123 - every start waits for this script's imports
                file.write(str(nice))
        except BlockingIOError:  # at most ten changes a second on the whole machine
            time.sleep(PAUSE_SECONDS)
        except OSError:
            return
        else:
            return


if __name__ == "__main__":
    main()
