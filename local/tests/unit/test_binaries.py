"""Finding server programs; stand-ins are shell scripts."""

import pytest

from mayfly_local import binaries
from mayfly_local.binaries import Binary, explain, find, why_not
from mayfly_local.faults import Refusal

SERVER = Binary("some-server", "no-such-wheel", (2, 12), "MAYFLY_SOME_URL")


@pytest.fixture
def script(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    def write(text):
        path = tmp_path / SERVER.name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    return write


def test_a_program_on_path_that_is_new_enough_is_taken(script):
    path = script("echo some-server: v2.12.0")
    assert find(SERVER) == {SERVER: path}


def test_an_old_program_is_refused_with_the_version_that_is_needed(script):
    assert "needs some-server 2.12 or newer" in (why_not(SERVER, script("echo some-server: v2.9.25")) or "")


def test_where_there_is_none_the_variable_is_named(script):
    with pytest.raises(Refusal, match=r"some-server is not on PATH.*set MAYFLY_SOME_URL"):
        find(SERVER)


def test_all_missing_programs_are_told_at_once(script):
    other = Binary("other-server", "no-such-wheel", (1, 0), "MAYFLY_OTHER_URL")
    with pytest.raises(Refusal) as refusal:
        find(SERVER, other)
    assert len(refusal.value.lines) == 2


def test_a_program_for_another_platform_is_explained(tmp_path):
    path = tmp_path / "some-server"
    path.write_bytes(b"\x7fELF nonsense")
    path.chmod(0o755)
    assert "does not run on this platform" in (why_not(SERVER, path) or "")


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libcurl.so.4", "libcurl4"),
        ("liblzma.so.5", "liblzma5"),
        ("libssl.so.3", "libssl3"),
        ("libcrypto.so.3", "libssl3"),
    ],
)
def test_a_missing_library_names_its_package(tmp_path, library, package):
    stderr = f"mongod: error while loading shared libraries: {library}: cannot open shared object file: No such file"
    assert explain(tmp_path, 127, stderr).endswith(f"apt install {package}).")


def test_an_old_libc_and_an_old_processor_are_explained(tmp_path):
    assert "glibc 2.35" in explain(tmp_path, 1, "/lib/libc.so.6: version `GLIBC_2.34' not found")
    assert "AVX" in explain(tmp_path, -4, "")


def test_the_wheels_of_this_package_bring_both_servers():
    for binary in (binaries.MONGOD, binaries.NATS_SERVER):
        assert any(path.is_file() for path in binaries.candidates(binary))
