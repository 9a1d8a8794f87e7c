"""Becomes another program that the kernel kills when its parent dies. Run as a script by `processes.Child`.

A supervisor killed by SIGKILL cannot stop its children, so the kernel does. This is a script between fork and exec,
because Python code in a forked child of a threaded parent (`preexec_fn`) can deadlock.

Usage: tether.py <pid of the parent> <nice value to add> <slice in microseconds> <absolute path of the program> ...
"""

import ctypes
import os
import signal
import struct
import sys
import time

PR_SET_PDEATHSIG = 1  # linux/prctl.h
SYS_SCHED_SETATTR = 314  # x86-64
TRIES = 20
PAUSE_SECONDS = 0.05


def main() -> None:
    """Request the death signal, check that the parent has not died before, yield to others as asked, and exec."""
    parent, nice, microseconds, *argv = sys.argv[1:]
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        sys.exit("prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != int(parent):
        sys.exit("The parent died before this process began")
    give_way(int(nice))
    take_short_turns(int(microseconds))
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


def take_short_turns(microseconds: int) -> None:
    """Ask for shorter slices of the processor, which Linux 6.12 and newer give sooner; 0 and older kernels: no change.

    What waits for somebody else at every step waits for a slice of others each time where processors are short.
    """
    if not microseconds or sys.platform != "linux" or os.uname().machine != "x86_64":
        return
    # struct sched_attr of sched_setattr(2): size, policy SCHED_OTHER, flags, nice, priority, runtime, deadline, period.
    attributes = struct.pack("IIQiIQQQ", 48, 0, 0, os.getpriority(os.PRIO_PROCESS, 0), 0, microseconds * 1000, 0, 0)
    ctypes.CDLL(None).syscall(SYS_SCHED_SETATTR, 0, attributes, 0)


if __name__ == "__main__":
    main()
