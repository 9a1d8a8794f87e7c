"""What a child process that was taken over could do: nothing but compute. Each test tries it in a real child."""

import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from mayfly.children.confinement import PROTECTIONS
from mayfly.children.pool import ChildTimedOut, Pool
from mayfly.failures import TransientFailure

pytestmark = pytest.mark.component

# Runs each expression that it gets; answers with its value, or with the name of the exception.
CHILD = """
import ctypes, os, resource, signal, socket, sys
import msgspec
from mayfly.children.loop import serve

libc = ctypes.CDLL(None, use_errno=True)

def system_call(*arguments):
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")

def answer(frame):
    try:
        return msgspec.msgpack.encode(repr(eval(msgspec.msgpack.decode(frame))))
    except Exception as error:
        return msgspec.msgpack.encode(type(error).__name__)

serve(answer, 5, 256, wall_seconds=5, dns_ports=[int(port) for port in sys.argv[1:]] or None)
"""
REFUSED = {"OSError", "PermissionError", "BlockingIOError"}


class Child:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __call__(self, expression: str) -> str:
        return msgspec.msgpack.decode(await self._pool.exchange(msgspec.msgpack.encode(expression), 10), type=str)

    async def refuses(self, expression: str, protection: str) -> bool:
        if protection not in (self._pool._protections or []):
            pytest.skip(f"this kernel refuses the protection {protection}")
        return await self(expression) in REFUSED


@pytest.fixture
def program(tmp_path) -> str:
    (tmp_path / "curious_child.py").write_text(CHILD)
    return str(tmp_path / "curious_child.py")


@pytest.fixture
async def child(program, monkeypatch) -> AsyncIterator[Child]:
    monkeypatch.setenv("MAYFLY_MONGO_URI", "mongodb://mayfly:secret@store")
    async with Pool("curious", [program], count=1) as pool:
        yield Child(pool)


async def test_its_environment_is_empty(child):
    assert "0" == await child("sum(not name.startswith('LC_') for name in os.environ)")
    assert "None" == await child("os.environ.get('MAYFLY_MONGO_URI')")


async def test_it_has_no_descriptors_but_its_pipes(child):
    listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    with listener:
        opened = "[n for n in range(60) if libc.fcntl(n, 1) >= 0]"
        assert "[0, 1, 2, 3]" == await child(opened)


@pytest.mark.parametrize(
    "expression",
    [
        "open({secret!r}).read()",
        "os.listdir({folder!r})",
        "open('/etc/passwd').read()",
        "open('/proc/{parent}/environ', 'rb').read()",
        "open('/proc/{parent}/mem', 'rb').read(1)",
        "os.listdir('/proc/{parent}/fd')",
        "open({folder!r} + '/made', 'w')",
        "open('/dev/shm/made', 'w')",
        "os.listdir('/')",
    ],
)
async def test_it_reads_and_writes_no_file(child, tmp_path, expression):
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    asked = expression.format(secret=str(secret), folder=str(tmp_path), parent=os.getpid())
    assert await child.refuses(asked, "files")


async def test_it_can_still_load_modules_of_python(child):
    assert "'a'" == await child("__import__('encodings.cp1140') and 'a'")


@pytest.mark.parametrize(
    "expression",
    [
        "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socketpair()",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "system_call(425, 8, bytes(120))",  # io_uring_setup
    ],
)
async def test_it_opens_no_socket(child, expression):
    assert await child.refuses(expression, "system_calls")


@pytest.mark.parametrize(
    "expression",
    [
        "os.kill({parent}, 0)",
        "os.kill({parent}, signal.SIGCONT)",
        "system_call(101, 16, {parent}, 0, 0)",  # ptrace, PTRACE_ATTACH
        "system_call(310, {parent}, 0, 0, 0, 0, 0)",  # process_vm_readv
        "system_call(434, {parent}, 0)",  # pidfd_open
        "resource.prlimit({parent}, resource.RLIMIT_NOFILE)",
    ],
)
async def test_it_reaches_no_other_process(child, expression):
    assert await child.refuses(expression.format(parent=os.getpid()), "system_calls")


@pytest.mark.parametrize(
    "expression", ["os.fork()", "os.execv('/bin/true', ['true'])", "os.system('true') == 0 or 1/0"]
)
async def test_it_starts_no_process(child, expression):
    assert await child(expression) in {*REFUSED, "ZeroDivisionError"}


async def test_it_has_no_privileges(child):
    status = _status(next(iter(child._pool._living))._running.get_pid())
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    assert "1" == fields["NoNewPrivs"]
    assert 0 == int(fields["CapEff"], 16) == int(fields["CapPrm"], 16)


def _status(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text()


async def test_a_child_that_looks_names_up_reaches_nothing_but_dns(program):
    with socket.create_server(("127.0.0.1", 0)) as dns, socket.create_server(("127.0.0.1", 0)) as store:
        async with Pool("curious", [program, str(dns.getsockname()[1])], count=1) as pool:
            child = Child(pool)
            assert "None" == await child(f"socket.socket().connect({dns.getsockname()!r})")
            assert await child.refuses(f"socket.socket().connect({store.getsockname()!r})", "tcp")
            assert await child.refuses("socket.socket(socket.AF_UNIX)", "system_calls")
            assert await child.refuses("open('/etc/passwd')", "files")


async def test_all_protections_are_in_force_where_the_kernel_has_them(child):
    assert set(child._pool._protections) <= set(PROTECTIONS)
    assert {"no_new_privileges", "not_dumpable", "limits"} <= set(child._pool._protections)


async def test_a_child_that_cannot_start_is_an_error_of_the_pool(tmp_path):
    (tmp_path / "broken.py").write_text("raise SystemExit(1)")
    with pytest.raises(TransientFailure, match="broken does not start"):
        async with Pool("broken", [str(tmp_path / "broken.py")], count=1):
            pass


async def test_a_late_answer_is_a_timeout_and_the_next_one_is_answered(program):
    async with Pool("curious", [program], count=1) as pool:
        with pytest.raises(ChildTimedOut):
            await pool.exchange(msgspec.msgpack.encode("__import__('time').sleep(60)"), 0.2)
        assert "2" == await Child(pool)("1 + 1")
