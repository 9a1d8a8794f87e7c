"""deploy/k8s: every overlay is valid Kubernetes, hardened, and speaks of settings, ports and streams that exist."""

import json
import shutil
import subprocess
from functools import cache
from importlib import import_module
from ipaddress import ip_network
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from msgspec.structs import fields

from api_gateway.settings import LARGEST_BODY, MIB
from api_gateway.settings import Settings as GatewaySettings
from mayfly.bus import topology
from mayfly.service import probes
from mayfly.service.settings import load
from mayfly.webhooks import destinations

from . import kustomize

ROOT = Path(__file__).parents[2]
K8S = ROOT / "deploy" / "k8s"
OVERLAYS = sorted(path.name for path in (K8S / "overlays").iterdir())
KUBERNETES = ("1.33", "1.35", "1.37")
CUSTOM = {"ScaledObject", "PodMonitor", "PrometheusRule"}
SERVICES = {"smtp_ingest", "message_parser", "api_gateway", "webhook_dispatcher", "expiry_reaper"}

every_overlay = pytest.mark.parametrize("overlay", OVERLAYS)


@cache
def built(overlay):
    return kustomize.finished(K8S / "overlays" / overlay)


def of_kind(overlay, *kinds):
    return [document for document in built(overlay) if document["kind"] in kinds]


def workloads(overlay):
    return of_kind(overlay, "Deployment", "StatefulSet")


def services(overlay):
    """Deployment name to its one container."""
    return {
        d["metadata"]["name"]: d["spec"]["template"]["spec"]["containers"][0] for d in of_kind(overlay, "Deployment")
    }


def settings_of(container):
    return import_module(f"{container['args'][0]}.settings").Settings


def environment(overlay, container):
    """What the process will read: the ConfigMap, then its own variables."""
    maps = {d["metadata"]["name"]: d["data"] for d in of_kind(overlay, "ConfigMap")}
    found = {}
    for source in container.get("envFrom", ()):
        found |= maps[source["configMapRef"]["name"]]
    return found | {entry["name"]: entry["value"] for entry in container.get("env", ())}


@every_overlay
def test_it_builds_as_the_real_kustomize_builds_it(overlay):
    program = shutil.which("kustomize")
    if program is None:
        pytest.skip("no kustomize here; the other tests build without it")
    output = subprocess.run([program, "build", K8S / "overlays" / overlay], capture_output=True, text=True, check=True)
    theirs = {identity(document): normal(document) for document in yaml.safe_load_all(output.stdout)}
    assert {identity(document): normal(document) for document in built(overlay)} == theirs


def identity(document):
    return document["kind"], document["metadata"]["name"]


def normal(value, key=""):
    """Lists that merge by a key have no order of their own."""
    if isinstance(value, dict):
        return {name: normal(item, name) for name, item in value.items()}
    if isinstance(value, list):
        items = [normal(item) for item in value]
        by = kustomize.MERGE_KEYS.get(key)
        return sorted(items, key=lambda item: str(item.get(by))) if by and isinstance(items[0], dict) else items
    return value


@every_overlay
@pytest.mark.parametrize("version", KUBERNETES)
def test_every_document_is_valid_and_has_no_unknown_field(overlay, version):
    for document in built(overlay):
        if document["kind"] not in CUSTOM:
            kubernetes_validate.validate(document, version, strict=True)


@every_overlay
def test_no_name_is_taken_twice_and_every_named_configuration_exists(overlay):
    names = [identity(document) for document in built(overlay)]
    assert len(set(names)) == len(names)
    made_by_the_operator = {("Secret", name) for name in ("mayfly-gateway", "mayfly-connections", "mayfly-smtp-tls")}
    for document in built(overlay):
        for reference, kind, key in kustomize.references(document):
            assert (kind, reference[key]) in {*names, *made_by_the_operator}


@every_overlay
def test_all_five_services_run(overlay):
    assert {container["args"][0] for container in services(overlay).values()} == SERVICES


@every_overlay
def test_pods_meet_the_restricted_standard(overlay):
    assert workloads(overlay)
    for document in workloads(overlay):
        pod = document["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
        assert {kind for volume in pod.get("volumes", ()) for kind in volume} <= {
            "name",
            "secret",
            "configMap",
            "emptyDir",
        }
        for container in kustomize.containers(document):
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["readOnlyRootFilesystem"] is True
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert "privileged" not in context


@every_overlay
def test_containers_have_probes_resources_and_a_pinned_image(overlay):
    for document in workloads(overlay):
        for container in kustomize.containers(document):
            assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)
            assert {"cpu", "memory"} <= set(container["resources"]["requests"])
            assert "memory" in container["resources"]["limits"]
            assert container["image"].rpartition(":")[2] not in {"", "latest"}


@every_overlay
def test_service_probes_are_paths_the_probe_server_answers_and_liveness_asks_no_dependency(overlay):
    for container in services(overlay).values():
        paths = {
            name: container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")
        }
        assert paths == {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
        assert {container[name]["httpGet"]["port"] for name in paths} == {"probe"}


async def test_liveness_answers_while_every_dependency_is_gone():
    readiness = probes.Readiness()
    sent = []

    async def send(message):
        sent.append(message)

    application = probes._application(readiness)
    for path in ("/livez", "/readyz"):
        await application({"type": "http", "path": path}, None, send)
    assert [200, 503] == [message["status"] for message in sent if "status" in message]


@every_overlay
def test_every_variable_is_a_setting_and_the_services_accept_them(overlay, tmp_path):
    for container in services(overlay).values():
        given = environment(overlay, container)
        own = {entry["name"] for entry in container.get("env", ())}
        assert own <= known(settings_of(container))
        files = {name: str(tmp_path / name) for name in given if name.endswith("_FILE")}
        for path in files.values():
            Path(path).write_text("x" * 64)
        load(settings_of(container), given | files)


def known(settings):
    names = {f"MAYFLY_{field.upper()}" for field in settings.__struct_fields__}
    return names | {f"{name}_FILE" for name in names}


@every_overlay
def test_every_shared_variable_is_a_setting_of_some_service(overlay):
    everything = set().union(*(known(settings_of(container)) for container in services(overlay).values()))
    for container in services(overlay).values():
        assert set(environment(overlay, container)) <= everything


@every_overlay
def test_ports_are_those_the_settings_say(overlay):
    for container in services(overlay).values():
        given = environment(overlay, container)
        fields = settings_of(container).__struct_fields__
        wanted = {
            name: int(given[f"MAYFLY_{name.upper()}_PORT"])
            for name in ("probe", "http", "admin", "smtp")
            if f"{name}_port" in fields
        }
        assert wanted == {port["name"]: port["containerPort"] for port in container["ports"]}


@every_overlay
def test_services_budgets_and_policies_select_pods_and_ports_that_exist(overlay):
    pods = [document["spec"]["template"] for document in workloads(overlay)]
    for document in of_kind(overlay, "Service"):
        [pod] = [pod for pod in pods if document["spec"]["selector"].items() <= pod["metadata"]["labels"].items()]
        names = {port["name"] for container in pod["spec"]["containers"] for port in container["ports"]}
        assert {port["targetPort"] for port in document["spec"]["ports"]} <= names
    for document in of_kind(overlay, "PodDisruptionBudget"):
        labels = document["spec"]["selector"]["matchLabels"]
        assert [pod for pod in pods if labels.items() <= pod["metadata"]["labels"].items()]


@every_overlay
def test_nothing_opens_the_port_of_the_operators_api(overlay):
    opened = [port["targetPort"] for d in of_kind(overlay, "Service") for port in d["spec"]["ports"]]
    policies = [d["spec"] for d in of_kind(overlay, "NetworkPolicy")]
    rules = [rule for policy in policies for rule in policy.get("ingress", ()) if rule is not None]
    assert all("ports" in rule for rule in rules)
    opened += [port["port"] for rule in rules for port in rule["ports"]]
    assert opened
    assert not {"admin", 8082} & set(opened)


@every_overlay
def test_secrets_come_by_file(overlay):
    for container in services(overlay).values():
        for name, value in environment(overlay, container).items():
            assert not any(word in name for word in ("SECRET", "TOKEN", "URI", "NATS_URL")) or name.endswith("_FILE")
            if name.endswith("_FILE"):
                assert any(value.startswith(mount["mountPath"] + "/") for mount in container["volumeMounts"])


@every_overlay
def test_a_pod_has_time_for_prestop_drain_and_close(overlay):
    for document in of_kind(overlay, "Deployment"):
        pod = document["spec"]["template"]["spec"]
        container = pod["containers"][0]
        grace = float(environment(overlay, container)["MAYFLY_GRACE_SECONDS"])
        pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert pod["terminationGracePeriodSeconds"] >= pause + grace + 5


@every_overlay
def test_the_parser_has_room_for_all_that_its_settings_allow(overlay, tmp_path):
    container = services(overlay)["parser"]
    given = environment(overlay, container)
    files = {name: str(tmp_path / name) for name in given if name.endswith("_FILE")}
    for path in files.values():
        Path(path).write_text("x" * 64)
    settings = load(settings_of(container), given | files)
    assert int(container["resources"]["limits"]["memory"].removesuffix("Mi")) >= settings.most_memory_mib


@every_overlay
def test_the_memory_of_smtp_ingest_covers_the_octets_it_may_hold(overlay):
    container = services(overlay)["smtp-ingest"]
    default = {field.name: field.default for field in fields(settings_of(container))}["smtp_inflight_octets"]
    held = int(environment(overlay, container).get("MAYFLY_SMTP_INFLIGHT_OCTETS", default))
    # A mail is in memory up to four times while it is published (docs/performance.md); 96 MiB for everything else.
    most = 4 * held / 1024**2 + 96
    assert int(container["resources"]["limits"]["memory"].removesuffix("Mi")) >= most


@every_overlay
def test_the_gateway_has_room_for_its_bodies_and_its_search_processes(overlay):
    container = services(overlay)["api-gateway"]
    settings, given = GatewaySettings(), environment(overlay, container)
    bodies = int(given.get("MAYFLY_BODY_OCTETS", settings.body_octets)) // MIB
    searching = int(given.get("MAYFLY_SEARCH_PROCESSES", settings.search_processes))
    # Measured: 100 MiB at rest; a body is in memory twice, and one at a time is composed (four times); 100 for a search.
    needed = 128 + 2 * bodies + 4 * LARGEST_BODY // MIB + 100 * searching
    assert int(container["resources"]["limits"]["memory"].removesuffix("Mi")) >= needed


@every_overlay
def test_every_pod_is_denied_everything_but_the_arrows_that_exist(overlay):
    policies = {d["metadata"]["name"]: d["spec"] for d in of_kind(overlay, "NetworkPolicy")}
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    everywhere = {name for name, spec in policies.items() if spec["podSelector"] == {}}
    assert everywhere == {"default-deny", "dns"}
    open_to_all = {name for name, spec in policies.items() for rule in spec.get("ingress", ()) if "from" not in rule}
    assert open_to_all == {"smtp-ingest"}
    to_the_internet = {
        name
        for name, spec in policies.items()
        for rule in spec.get("egress", ())
        if "to" not in rule or any("ipBlock" in peer for peer in rule["to"])
    }
    assert to_the_internet == {"webhook-dispatcher"}


@every_overlay
def test_the_dispatcher_reaches_the_public_internet_and_no_more(overlay):
    [policy] = [d for d in of_kind(overlay, "NetworkPolicy") if d["metadata"]["name"] == "webhook-dispatcher"]
    blocks = [peer["ipBlock"] for peer in policy["spec"]["egress"][0]["to"]]
    shut = {ip_network(block) for peer in blocks for block in peer["except"]}
    assert {ip_network(peer["cidr"]) for peer in blocks} == {ip_network("0.0.0.0/0"), destinations._GLOBAL_UNICAST_V6}
    assert shut == {*destinations._NOT_PUBLIC_V4, *destinations._NOT_PUBLIC_V6}
    for address in ("169.254.169.254/32", "10.0.0.1/32", "172.20.0.1/32", "192.168.1.1/32", "100.100.100.200/32"):
        assert any(ip_network(address).subnet_of(block) for block in shut if block.version == 4)


def test_mail_keeps_its_peers_address():
    [service] = [d for d in of_kind("production", "Service") if d["metadata"]["name"] == "smtp"]
    assert (service["spec"]["type"], service["spec"]["externalTrafficPolicy"]) == ("LoadBalancer", "Local")


def test_production_has_three_gateways_and_three_copies():
    least = {d["metadata"]["name"]: d["spec"]["minReplicas"] for d in of_kind("production", "HorizontalPodAutoscaler")}
    assert least == {"api-gateway": 3, "smtp-ingest": 3}
    container = services("production")["parser"]
    assert environment("production", container)["MAYFLY_NATS_REPLICAS"] == "3"


def test_what_scales_by_backlog_names_consumers_that_exist():
    real = {(consumer.stream, consumer.name) for consumer in topology.CONSUMERS}
    found = {}
    for document in of_kind("production", "ScaledObject"):
        assert document["spec"]["scaleTargetRef"]["name"] in services("production")
        for trigger in document["spec"]["triggers"]:
            assert trigger["type"] == "nats-jetstream"
            found[trigger["metadata"]["stream"], trigger["metadata"]["consumer"]] = trigger["metadata"]["lagThreshold"]
    assert set(found) == real
    assert all(isinstance(threshold, str) and int(threshold) > 0 for threshold in found.values())


def test_nothing_is_scaled_by_two_hands():
    scaled = [
        d["spec"]["scaleTargetRef"]["name"] for d in of_kind("production", "HorizontalPodAutoscaler", "ScaledObject")
    ]
    fixed = [d["metadata"]["name"] for d in of_kind("production", "Deployment") if "replicas" in d["spec"]]
    assert len(set(scaled + fixed)) == len(scaled + fixed) == len(services("production"))


def test_the_operator_scrapes_the_port_that_serves_metrics():
    [monitor] = of_kind("production", "PodMonitor")
    [endpoint] = monitor["spec"]["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("probe", "/metrics")
    [expression] = monitor["spec"]["selector"]["matchExpressions"]
    assert set(expression["values"]) == set(services("production"))


def test_grafana_gets_every_dashboard():
    [dashboards] = [d for d in of_kind("production", "ConfigMap") if d["metadata"]["name"] == "mayfly-dashboards"]
    assert set(dashboards["data"]) == {path.name for path in (ROOT / "deploy" / "grafana").glob("*.json")}
    assert all(json.loads(text) for text in dashboards["data"].values())


def test_the_streams_fit_on_the_disk_of_nats():
    config = (K8S / "base" / "nats" / "nats.conf").read_text()
    assert "sync_interval: always" in config
    assert "max_payload: 1MB" in config
    limited = sum(stream.max_bytes for stream in topology.STREAMS if stream.max_bytes > 0)
    # What has no limit of its own, DELIVERIES and octets of large mails, needs room beside.
    assert limited + 8 * 1024**3 <= 28 * 1024**3
    assert "max_file_store: 28GB" in config
