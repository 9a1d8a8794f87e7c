"""Takes from the calling process what it does not need: files, network, other processes, privileges. Linux only.

Called by `loop` in a child process, before it reads the first octet of a stranger. Each protection stands alone: where
the kernel or the container refuses one, the others still hold, and the answer says which ones are in force. By ctypes,
because libseccomp is a system library that may be missing, and each protection is a few system calls.

| protection | what it prevents | how |
|---|---|---|
| no_new_privileges | gaining rights by executing a file | prctl(2), PR_SET_NO_NEW_PRIVS |
| not_dumpable | being read by other processes; core dumps | prctl(2), PR_SET_DUMPABLE |
| limits | writing files, many descriptors, more processes | setrlimit(2) |
| no_capabilities | the rights of root, where the service runs as root | capset(2) |
| files | reading anything but Python's own modules, writing anything | Landlock 1 |
| tcp | TCP to or from any port (but that of DNS, where it is needed) | Landlock 4 |
| signals | signals and abstract sockets to processes outside | Landlock 6 |
| system_calls | all system calls but those that computing needs | seccomp(2), a filter |

Under Landlock a process also cannot inspect (ptrace, /proc/<pid>/environ, /proc/<pid>/mem) any process outside.
"""

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from mayfly.children import system_calls

PROTECTIONS = (
    "no_new_privileges",
    "not_dumpable",
    "limits",
    "no_capabilities",
    "files",
    "tcp",
    "signals",
    "system_calls",
)
"""Names of all protections, in the order of the table above."""

_DESCRIPTORS = 64
# prctl(2)
_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_CAPABILITIES_VERSION_3 = 0x20080522
# The numbers of capset(2), by machine; those of Landlock are the same on all.
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_RULE_PATH, _RULE_PORT = 1, 2
# Rights on files: 13 in version 1 of Landlock, then REFER (2), TRUNCATE (3) and IOCTL_DEV (5).
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_BIND_TCP, _CONNECT_TCP = 1, 2
_SCOPES = 3  # abstract Unix sockets, signals
_TCP_SINCE, _SCOPES_SINCE = 4, 6

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def confine(dns_ports: Sequence[int] | None = None) -> list[str]:
    """Give up every right that is not needed from here on; the names of the protections that are in force.

    Python's modules (what is on sys.path) stay readable, since codecs are loaded when they are needed. `dns_ports`:
    sockets stay allowed, TCP to these ports only; None: no network. Nothing can undo it.
    """
    steps: list[tuple[tuple[str, ...], Callable[[], tuple[str, ...]]]] = [
        (("no_new_privileges",), lambda: _prctl(_PR_SET_NO_NEW_PRIVS, 1)),
        (("not_dumpable",), forbid_inspection),
        (("limits",), _limit),
        (("no_capabilities",), _drop_capabilities),
        (("files", "tcp", "signals"), lambda: _landlock(dns_ports or ())),
        (("system_calls",), lambda: _filter(network=dns_ports is not None)),
    ]
    in_force: list[str] = []
    for names, step in steps:
        with suppress(OSError, ValueError, KeyError):
            in_force += step() or names
    return in_force


def forbid_inspection() -> tuple[str, ...]:
    """Forbid processes of the same user to read this process's memory and environment. Raises OSError.

    A service with child processes does it too: it is what protects it where there is no Landlock.
    """
    return _prctl(_PR_SET_DUMPABLE, 0)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _prctl(option: int, value: int, pointer: object = 0) -> tuple[str, ...]:
    _checked(_libc.prctl(option, ctypes.c_ulong(value), pointer, 0, 0))
    return ()


def _limit() -> tuple[str, ...]:
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (value, value))
    return ()


def _drop_capabilities() -> tuple[str, ...]:
    head = struct.pack("Ii", _CAPABILITIES_VERSION_3, 0)
    _checked(_libc.syscall(_CAPSET[os.uname().machine], head, bytes(24)))
    return ()


def _landlock(tcp_ports: Sequence[int]) -> tuple[str, ...]:
    """Landlock (Documentation/userspace-api/landlock.rst of the kernel), as far as this kernel has it."""
    version = _checked(_libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION))
    rights = max((since, rights) for since, rights in _FILE_RIGHTS.items() if since <= version)[1]
    attributes = [rights]
    if version >= _TCP_SINCE:
        attributes.append(_BIND_TCP | _CONNECT_TCP)
    if version >= _SCOPES_SINCE:
        attributes.append(_SCOPES)
    packed = struct.pack(f"{len(attributes)}Q", *attributes)
    ruleset = _checked(_libc.syscall(_CREATE_RULESET, packed, len(packed), 0))
    try:
        for path in filter(os.path.isdir, sys.path):
            _allow_reading(ruleset, path)
        if version >= _TCP_SINCE:
            for port in tcp_ports:
                _checked(_libc.syscall(_ADD_RULE, ruleset, _RULE_PORT, struct.pack("QQ", _CONNECT_TCP, port), 0))
        _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return ("files", "tcp", "signals")[: len(attributes)]


def _allow_reading(ruleset: int, path: str) -> None:
    folder = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", _READ_FILE | _READ_FOLDER, folder)
        _checked(_libc.syscall(_ADD_RULE, ruleset, _RULE_PATH, rule, 0))
    finally:
        os.close(folder)


def _filter(*, network: bool) -> tuple[str, ...]:
    program = system_calls.program(os.uname().machine, network=network)
    octets = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // system_calls.INSTRUCTION_OCTETS, ctypes.addressof(octets))
    return _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, head)
