"""Small disks of the stores: one tmpfs for each member, filled to the last octet by a file and emptied again.

`enter` puts the whole run into a mount namespace of its own (and, without root, a user namespace), so the machine never
sees the mounts, and they end with the run. An fsync costs nothing on a tmpfs: a loss of power is not what this tests.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

INSIDE = "CHAOS_DISKS"
SIZES = {"mongod": "768m", "nats": "256m"}
FILLER = "filler"
MNT_DETACH = 2


def enter(module: str, arguments: Sequence[str]) -> bool:
    """Run this program again inside of a namespace that may mount; returns whether it may, once it is there."""
    if INSIDE in os.environ:
        return os.environ[INSIDE] == "1"
    unshare = shutil.which("unshare")
    ways = [["--mount"], ["--mount", "--map-root-user"]]
    for way in ways if unshare else []:
        trial = f'"{shutil.which("mount")}" -t tmpfs -o size=1m tmpfs /mnt || exit 1'
        if subprocess.run([str(unshare), *way, "sh", "-c", trial], capture_output=True, check=False).returncode == 0:
            os.environ[INSIDE] = "1"
            os.execv(str(unshare), [str(unshare), *way, sys.executable, "-m", module, *arguments])
    os.environ[INSIDE] = "0"
    return False


class Disks:
    """The mounted disks, by name of the member."""

    def __init__(self, folder: Path, members: Sequence[str]) -> None:
        self._places = {name: folder / name for name in members}

    def mount(self) -> None:
        """Raises OSError when the kernel refuses."""
        libc = ctypes.CDLL(None, use_errno=True)
        for name, place in self._places.items():
            place.mkdir(parents=True, exist_ok=True)
            size = SIZES[name.split("-", maxsplit=1)[0]]
            if libc.mount(b"tmpfs", str(place).encode(), b"tmpfs", 0, f"size={size}".encode()):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(place))

    def unmount(self) -> None:
        """For a folder that is deleted while the namespace lives on."""
        libc = ctypes.CDLL(None)
        for place in self._places.values():
            libc.umount2(str(place).encode(), MNT_DETACH)

    def fill(self, name: str) -> None:
        """Take all space that is left."""
        place = self._places[name]
        with (place / FILLER).open("ab") as file, suppress(OSError):
            while free := _free(place):
                os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), min(free, 64 * 1024 * 1024))

    def empty(self, name: str) -> None:
        (self._places[name] / FILLER).unlink(missing_ok=True)


def _free(place: Path) -> int:
    room = os.statvfs(place)
    return room.f_bavail * room.f_bsize
