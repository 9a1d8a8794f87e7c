"""The system calls that a confined child process may make, as a program for seccomp(2). Pure; used by `confinement`.

What is not listed fails with ENOSYS, as on a kernel that does not have it, so that the C library takes another way. A
list of what is allowed, because new calls of future kernels are then refused too. No call that starts a process or a
program, or that touches another process, is on it.
"""

import struct

INSTRUCTION_OCTETS = 8

# (x86_64, aarch64); None: this machine does not have it.
_COMPUTING: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "open": (2, None),
    "openat": (257, 56),
    "close": (3, 57),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "lseek": (8, 62),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
    "dup": (32, 23),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "futex": (202, 98),
    "membarrier": (324, 283),
    "rseq": (334, 293),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "restart_syscall": (219, 128),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "setitimer": (38, 103),
    "getitimer": (36, 102),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getrusage": (98, 165),
    "times": (100, 153),
    "sysinfo": (99, 179),
    "uname": (63, 160),
    "getrandom": (318, 278),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
}
_DNS: dict[str, tuple[int | None, int | None]] = {
    "connect": (42, 203),
    "bind": (49, 200),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "sendmsg": (46, 211),
    "recvmsg": (47, 212),
    "shutdown": (48, 210),
    "getsockname": (51, 204),
    "getpeername": (52, 205),
    "setsockopt": (54, 208),
    "getsockopt": (55, 209),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22),
}
# Its first argument is checked: IPv4 and IPv6 only, so that no Unix socket and no netlink is reached.
_SOCKET = (41, 198)
_FAMILIES = (2, 10)

# linux/audit.h: the calling convention that the numbers belong to.
_CONVENTIONS = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# linux/seccomp.h and linux/bpf_common.h
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_NUMBER_AT, _CONVENTION_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_ALLOW, _KILL, _NO_SUCH_CALL = 0x7FFF0000, 0x80000000, 0x00050000 | 38


def program(machine: str, *, network: bool) -> bytes:
    """The filter for this machine (as uname(2) names it), with or without sockets. Raises KeyError for other machines.

    On x86-64 the numbers of the x32 convention are not listed, and so refused.
    """
    convention = _CONVENTIONS[machine]
    column = list(_CONVENTIONS).index(machine)
    listed = {**_COMPUTING, **_DNS} if network else _COMPUTING
    numbers = [numbers[column] for numbers in listed.values() if numbers[column] is not None]
    steps = [_step(_LOAD, _CONVENTION_AT), _step(_IF_EQUAL, convention, 1, 0), _step(_RETURN, _KILL)]
    steps.append(_step(_LOAD, _NUMBER_AT))
    steps += [step for number in numbers for step in _allowed_if(number or 0)]
    if network:
        families = [step for family in _FAMILIES for step in _allowed_if(family)]
        steps += [_step(_IF_EQUAL, _SOCKET[column], 0, 1 + len(families)), _step(_LOAD, _FIRST_ARGUMENT_AT), *families]
    steps.append(_step(_RETURN, _NO_SUCH_CALL))
    return b"".join(steps)


def _allowed_if(value: int) -> list[bytes]:
    """Allow the call if what was loaded last equals `value`; else go on."""
    return [_step(_IF_EQUAL, value, 0, 1), _step(_RETURN, _ALLOW)]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
