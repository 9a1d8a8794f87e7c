"""The container recipe and compose.yaml: neither can be built here, so what they run is run, and what they name exists."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from mayfly.service.settings import load

pytestmark = pytest.mark.xdist_group("image")  # the build stage runs once

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "deploy" / "containers" / "Containerfile"
WHOLE = "MAYFLY_WHOLE_IMAGE" in os.environ
SERVICES = {"smtp_ingest", "message_parser", "api_gateway", "webhook_dispatcher", "expiry_reaper"}


def instructions():
    """(word, rest) for each instruction, with continued lines joined and comments left out."""
    text = re.sub(r"(?m)^#.*\n", "", RECIPE.read_text()).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]


def stages():
    found = []
    for word, rest in instructions():
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found


def stage(name):
    [found] = [steps for steps in stages() if steps[0][1].endswith(f" AS {name}")]
    return found


COMPOSE, IN_THE_PLACE_OF_MAILPIT = "compose.yaml", "compose.mailpit.yaml"
both_files = pytest.mark.parametrize("file", [COMPOSE, IN_THE_PLACE_OF_MAILPIT])


def compose(file=COMPOSE):
    return yaml.safe_load((ROOT / file).read_text())


def own_services(file=COMPOSE):
    services = compose(file)["services"]
    return {name: service for name, service in services.items() if service["image"].startswith("mayfly:")}


def test_the_recipe_is_pinned_and_two_stages_have_the_same_python():
    build, web, last = [rest.split()[0] for word, rest in instructions() if word == "FROM"]
    assert build == last
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+\.\d+-slim-\w+", last)
    assert re.fullmatch(r"docker\.io/library/node:24\.\d+\.\d+-\w+-slim", web)


def test_every_install_from_the_index_is_checked_by_hash():
    installs = [rest for word, rest in instructions() if word == "RUN" and " install " in rest]
    assert installs
    assert all("--require-hashes" in rest or "--no-index" in rest for rest in installs)
    assert not [word for word, _ in instructions() if word == "ADD"]


def test_every_package_of_the_web_page_is_checked_by_hash_and_runs_nothing_when_it_is_installed():
    installs = [rest for word, rest in stage("web") if word == "RUN" and "npm" in rest and "run build" not in rest]
    assert ["npm ci --prefix clients/web --omit=dev"] == installs
    packages = json.loads((ROOT / "clients/web/package-lock.json").read_text())["packages"]
    assert [] == [name for name, package in packages.items() if name and "integrity" not in package]
    assert "ignore-scripts=true" in (ROOT / "clients/web/.npmrc").read_text().splitlines()


def test_the_last_stage_only_copies_and_runs_as_nobody():
    last = stages()[-1]
    assert {word for word, _ in last} == {"FROM", "LABEL", "COPY", "ENV", "WORKDIR", "USER", "EXPOSE", "ENTRYPOINT"}
    [user] = [rest for word, rest in last if word == "USER"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_what_is_copied_exists_and_passes_the_ignore_file():
    allowed = [line[1:] for line in (ROOT / ".containerignore").read_text().splitlines() if line.startswith("!")]
    for word, rest in (*stage("build"), *stage("web")):
        if word == "COPY":
            *sources, _ = rest.split()
            for source in sources:
                assert (ROOT / source).exists()
                assert any(Path(source).is_relative_to(path) for path in allowed)


def test_the_gateway_serves_the_page_that_the_recipe_builds():
    [copied] = [rest for word, rest in stages()[-1] if word == "COPY" and rest.startswith("--from=web")]
    _, source, target = copied.split()
    assert "/src/clients/web/dist" == source
    gateway = yaml.safe_load((ROOT / "deploy/k8s/base/api-gateway/deployment.yaml").read_text())
    [container] = gateway["spec"]["template"]["spec"]["containers"]
    told = {entry["name"]: entry.get("value") for entry in container["env"]}
    assert target == told["MAYFLY_WEB_DIR"] == compose()["services"]["api-gateway"]["environment"]["MAYFLY_WEB_DIR"]


def test_the_web_page_is_built_by_the_recipes_own_commands(tmp_path):
    """Its locked packages are lent by `make web`, which installs the same ones; `make containers` installs them too."""
    modules = ROOT / "clients" / "web" / "node_modules"
    if not (shutil.which("npm") and (WHOLE or (modules / "vite").exists())):
        pytest.skip("needs npm, and the packages that `make web` installs")
    copy_sources(stage("web"), tmp_path)
    for word, rest in stage("web"):
        if word == "RUN" and (WHOLE or "npm ci" not in rest):
            if not WHOLE:
                (tmp_path / "clients/web/node_modules").symlink_to(modules)
            run(rest, tmp_path)
    built = tmp_path / "clients" / "web" / "dist"
    assert (built / "index.html").exists()
    assert list((built / "assets").glob("*.js.br"))


def test_every_package_is_built():
    [wheel] = [rest for word, rest in instructions() if word == "RUN" and " wheel " in rest]
    packages = {ROOT / part for part in shlex.split(wheel) if part.startswith("./")}
    assert packages == {ROOT / "lib", *(path.parent for path in (ROOT / "services").glob("*/pyproject.toml"))}


@pytest.fixture(scope="session")
def image(tmp_path_factory):
    """What the build stage makes, by its own RUN lines, with /opt and the working folder moved into a temporary one.

    The locked dependencies are lent by this environment, which has the same ones; `make containers` installs them too.
    """
    root = tmp_path_factory.mktemp("image")
    source = root / "src"
    copy_sources(stage("build"), source)
    for word, rest in stage("build"):
        if word == "RUN" and (WHOLE or "--require-hashes" not in rest):
            run(rest.replace("/opt/", f"{root}/opt/"), source)
            if not WHOLE and rest.startswith("python -m venv"):
                lend(root / rest.split()[-1].removeprefix("/"))
    return root


def copy_sources(steps, source):
    for word, rest in steps:
        if word == "COPY":
            *names, target = rest.split()
            for name in names:
                copy(ROOT / name, source / target / Path(name).name if target.endswith("/") else source / target)


def run(command, folder):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "MAYFLY_"))
    }
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    done = subprocess.run(
        ["sh", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stderr[-2000:]}"


def lend(venv):
    """Put this environment's packages behind those of the new one; our own are editable here, so they are not lent."""
    [site] = venv.glob("lib/python3*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        left_out = shutil.ignore_patterns("tests", "__pycache__", "*.egg-info", "dist", "node_modules")
        shutil.copytree(source, target, ignore=left_out, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


@pytest.mark.parametrize("module", sorted(SERVICES))
def test_the_start_command_runs_what_the_build_installed(image, module):
    """With settings that cannot work it says why and exits 2, so all of its imports were there."""
    [entrypoint] = [rest for word, rest in stages()[-1] if word == "ENTRYPOINT"]
    argv = [part.replace("/opt/", f"{image}/opt/") for part in yaml.safe_load(entrypoint)]
    done = subprocess.run(
        [*argv, module],
        cwd=image,
        env={"MAYFLY_NATS_REPLICAS": "many"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (2, True) == (done.returncode, "MAYFLY_NATS_REPLICAS" in done.stderr), done.stderr[-2000:]


def test_every_file_of_the_packages_is_in_the_image(image):
    site = next((image / "opt" / "mayfly" / "lib").glob("python3*/site-packages"))
    for source in (ROOT / "lib" / "src", *(ROOT / "services").glob("*/src")):
        files = {
            path.relative_to(source) for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        }
        assert {path for path in files if not (site / path).exists()} == set()


def test_the_image_has_no_pip_and_nothing_of_the_repository_but_the_packages(image):
    site = next((image / "opt" / "mayfly" / "lib").glob("python3*/site-packages"))
    assert not (site / "pip").exists()
    assert SERVICES | {"mayfly"} <= {path.name for path in site.iterdir()}
    assert not {"mayfly_local", "hatchling", "pytest"} & {path.name for path in site.iterdir()}


def test_compose_runs_the_five_services():
    assert {service["command"][0] for service in own_services().values()} == SERVICES


def test_in_the_place_of_a_mailpit_all_run_but_webhooks_which_need_an_account():
    running = {service["command"][0] for service in own_services(IN_THE_PLACE_OF_MAILPIT).values()}
    assert running == SERVICES - {"webhook_dispatcher"}


@both_files
def test_compose_hardens_our_services(file):
    for service in own_services(file).values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["mem_limit"]


@both_files
def test_compose_speaks_of_settings_that_exist_and_that_the_services_accept(file, tmp_path):
    for service in own_services(file).values():
        settings = import_module(f"{service['command'][0]}.settings").Settings
        given = {name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value) for name, value in service["environment"].items()}
        for name in [name for name in given if name.endswith("_FILE")]:
            assert given[name].removeprefix("/run/secrets/") in service["secrets"]
            (tmp_path / name).write_text("x" * 64)
            given[name] = str(tmp_path / name)
        load(settings, given)


@both_files
def test_compose_exposes_nothing_beyond_this_machine_and_pins_every_image(file):
    for service in compose(file)["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
        assert service["image"].rpartition(":")[2] not in {"", "latest"}
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in compose(file)["volumes"]


def test_one_name_has_the_ports_of_a_mailpit_and_nothing_else_of_mayfly_is_published():
    services = compose(IN_THE_PLACE_OF_MAILPIT)["services"]
    api = services["mailpit-api"]
    assert api["ports"] == ["127.0.0.1:1025:1025", "127.0.0.1:8025:8025"]
    assert "mailpit" in api["networks"]["default"]["aliases"]
    assert services["mailpit"]["network_mode"] == "service:mailpit-api"
    assert [name for name, service in services.items() if "ports" in service] == ["mailpit-api"]
    # Two services behind one address: each listens on ports of its own.
    listened = [
        port
        for name, kinds in {"mailpit": ("SMTP", "MAILPIT_SMTP"), "mailpit-api": ("HTTP", "MAILPIT_HTTP")}.items()
        for kind in (*kinds, "PROBE")
        if (port := services[name]["environment"][f"MAYFLY_{kind}_PORT"])
    ]
    assert len(set(listened)) == len(listened) == 6


def test_both_compose_files_run_the_same_servers():
    for name in ("nats", "mongodb"):
        here, there = compose()["services"][name], compose(IN_THE_PLACE_OF_MAILPIT)["services"][f"mailpit-{name}"]
        assert (here["image"], here["command"]) == (there["image"], there["command"])


def test_who_depends_on_the_mailpit_starts_all_of_it_and_no_other_name_may_be_a_service_of_the_project():
    services = compose(IN_THE_PLACE_OF_MAILPIT)["services"]
    assert services["mailpit"]["depends_on"].keys() == services.keys() - {"mailpit"}
    assert all(name.startswith("mailpit") for name in [*services, *compose(IN_THE_PLACE_OF_MAILPIT)["volumes"]])


def test_compose_and_the_cluster_run_the_same_servers():
    pinned = {}
    for name in ("nats", "mongodb"):
        [entry] = yaml.safe_load((ROOT / "deploy" / "k8s" / "base" / name / "kustomization.yaml").read_text())["images"]
        pinned[name] = f"docker.io/library/{entry['name']}:{entry['newTag']}"
    assert pinned == {name: compose()["services"][name]["image"] for name in pinned}


def test_prometheus_scrapes_each_service_under_its_own_name():
    config = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yaml").read_text())
    jobs = {job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]}
    assert jobs == {name: [f"{name}:8081"] for name in own_services()}
