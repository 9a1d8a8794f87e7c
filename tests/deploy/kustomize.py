"""Builds a kustomization in plain Python: the part of kustomize that deploy/k8s uses, and a refusal of all else.

The checks have to run where no kustomize is; where there is one, a test holds this against it.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]

KNOWN = {
    "apiVersion", "kind", "namespace", "labels", "resources", "configMapGenerator", "secretGenerator", "generatorOptions",
    "images", "patches", "replicas",
}  # fmt: skip
# Kubernetes' patchMergeKey of the lists that our patches touch; any other list is replaced whole.
MERGE_KEYS = {
    "containers": "name", "volumes": "name", "env": "name", "volumeMounts": "mountPath", "ports": "containerPort",
    "topologySpreadConstraints": "topologyKey",
}  # fmt: skip
CLUSTER_WIDE = {"Namespace"}
POD_TEMPLATES = {"Deployment", "StatefulSet", "Job"}


def build(folder: Path) -> list[Document]:
    """Every document of the kustomization in `folder`, as `kustomize build` would print it."""
    [kustomization] = documents(folder / "kustomization.yaml")
    unknown = set(kustomization) - KNOWN
    assert not unknown, f"{folder}: tests/deploy/kustomize.py does not know {unknown}"
    found = [document for name in kustomization.get("resources", ()) for document in _resource(folder / name)]
    _generate(folder, kustomization, found)
    for patch in kustomization.get("patches", ()):
        _patch(folder, patch, found)
    for document in found:
        _transform(document, kustomization)
    return found


def finished(folder: Path) -> list[Document]:
    """`build`, with generated names bearing the hash of their content wherever they stand."""
    found = build(folder)
    renamed = {}
    for document in found:
        if document["metadata"].pop("_hashed", False):
            name = document["metadata"]["name"]
            document["metadata"]["name"] = renamed[document["kind"], name] = f"{name}-{content_hash(document)}"
    for document in found:
        for reference, kind, key in references(document):
            reference[key] = renamed.get((kind, reference[key]), reference[key])
    return found


def references(document: Document) -> Iterator[tuple[Document, str, str]]:
    """Each mention of a ConfigMap or Secret: the mapping, the kind, and the key that holds the name."""
    for mapping in _mappings(document):
        for field, kind, key in (
            ("configMapRef", "ConfigMap", "name"),
            ("configMap", "ConfigMap", "name"),
            ("secret", "Secret", "secretName"),
            ("secretRef", "Secret", "name"),
        ):
            if isinstance(mapping.get(field), dict) and key in mapping[field]:
                yield mapping[field], kind, key


def documents(path: Path) -> list[Document]:
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def content_hash(document: Document) -> str:
    """kustomize's suffix: SHA-256 of the content as JSON, ten characters, digits and vowels that spell words replaced."""
    content: Document = {"data": document.get("data", ""), "kind": document["kind"], "name": ""}
    if document["kind"] == "Secret":
        content["type"] = document.get("type", "")
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character, escaped in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(character, escaped)
    return hashlib.sha256(text.encode()).hexdigest()[:10].translate(str.maketrans("013ae", "ghkmt"))


def _resource(path: Path) -> list[Document]:
    return build(path) if path.is_dir() else documents(path)


def _generate(folder: Path, kustomization: Document, found: list[Document]) -> None:
    for field, kind, encode in (("configMapGenerator", "ConfigMap", str), ("secretGenerator", "Secret", _base64)):
        for entry in kustomization.get(field, ()):
            data = {key: encode(value) for key, value in _data(folder, entry)}
            if entry.get("behavior") == "merge":
                [document] = [d for d in found if (d["kind"], d["metadata"]["name"]) == (kind, entry["name"])]
                document["data"].update(data)
                continue
            options = kustomization.get("generatorOptions", {}) | entry.get("options", {})
            metadata = {"name": entry["name"], "_hashed": not options.get("disableNameSuffixHash", False)}
            if "labels" in options:
                metadata["labels"] = dict(options["labels"])
            document = {"apiVersion": "v1", "kind": kind, "metadata": metadata, "data": data}
            found.append(document | ({"type": "Opaque"} if kind == "Secret" else {}))


def _data(folder: Path, entry: Document) -> Iterator[tuple[str, str]]:
    for literal in entry.get("literals", ()):
        key, _, value = literal.partition("=")
        yield key, value
    for name in entry.get("files", ()):
        yield Path(name).name, (folder / name).read_text()


def _base64(text: str) -> str:
    import base64

    return base64.b64encode(text.encode()).decode()


def _patch(folder: Path, patch: Document, found: list[Document]) -> None:
    for change in documents(folder / patch["path"]):
        hit = [document for document in found if _is_target(document, patch.get("target"), change)]
        assert hit, f"{folder / patch['path']} changes nothing"
        for document in hit:
            name = document["metadata"]["name"]
            _merge(document, change)
            document["metadata"]["name"] = name


def _is_target(document: Document, target: Document | None, change: Document) -> bool:
    if target:
        assert set(target) <= {"kind", "name"}
        return all(
            re.fullmatch(target.get(key, ".*"), value)
            for key, value in (("kind", document["kind"]), ("name", document["metadata"]["name"]))
        )
    return (document["kind"], document["metadata"]["name"]) == (change["kind"], change["metadata"]["name"])


def _merge(into: Document, change: Document) -> None:
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        elif isinstance(value, list) and isinstance(into.get(key), list) and key in MERGE_KEYS:
            into[key] = _merged_list(into[key], value, MERGE_KEYS[key])
        else:
            into[key] = deepcopy(value)


def _merged_list(old: list[Any], new: list[Any], key: str) -> list[Any]:
    if not all(isinstance(item, dict) and key in item for item in (*old, *new)):
        return deepcopy(new)
    merged = {item[key]: item for item in old}
    for item in new:
        if item[key] in merged:
            _merge(merged[item[key]], item)
        else:
            merged[item[key]] = deepcopy(item)
    return list(merged.values())


def _transform(document: Document, kustomization: Document) -> None:
    if "namespace" in kustomization and document["kind"] not in CLUSTER_WIDE:
        document["metadata"]["namespace"] = kustomization["namespace"]
    if "namespace" in kustomization and document["kind"] in CLUSTER_WIDE:
        document["metadata"]["name"] = kustomization["namespace"]
    for entry in kustomization.get("labels", ()):
        _label(document, entry)
    for entry in kustomization.get("replicas", ()):
        if document["kind"] in POD_TEMPLATES and document["metadata"]["name"] == entry["name"]:
            document["spec"]["replicas"] = entry["count"]
    for entry in kustomization.get("images", ()):
        for container in containers(document):
            if container.get("image", "").split(":")[0] == entry["name"]:
                container["image"] = f"{entry.get('newName', entry['name'])}:{entry['newTag']}"


def _label(document: Document, entry: Document) -> None:
    pairs = entry["pairs"]
    document["metadata"].setdefault("labels", {}).update(pairs)
    selecting, spec = entry.get("includeSelectors", False), document.get("spec", {})
    if document["kind"] in POD_TEMPLATES and (selecting or entry.get("includeTemplates")):
        for template in (spec["template"], *spec.get("volumeClaimTemplates", ())):
            template.setdefault("metadata", {}).setdefault("labels", {}).update(pairs)
    if selecting:
        for selector in _selectors(document):
            selector.update(pairs)


def _selectors(document: Document) -> Iterable[Document]:
    """What `includeSelectors` reaches. kustomize makes a workload's selector, but not those of policies and budgets."""
    spec, kind = document.get("spec", {}), document["kind"]
    if kind in POD_TEMPLATES:
        yield spec.setdefault("selector", {}).setdefault("matchLabels", {})
    elif kind == "Service":
        yield spec.setdefault("selector", {})
    elif kind in {"PodDisruptionBudget", "NetworkPolicy"}:
        fields = [
            mapping[field] for mapping in _mappings(spec) for field in ("podSelector", "selector") if field in mapping
        ]
        yield from (selector["matchLabels"] for selector in fields if "matchLabels" in selector)


def containers(document: Document) -> list[Document]:
    """Every container of a workload."""
    if document["kind"] not in POD_TEMPLATES:
        return []
    pod = document["spec"]["template"]["spec"]
    return [*pod.get("initContainers", ()), *pod["containers"]]


def _mappings(value: Any) -> Iterator[Document]:
    children: Callable[[], Iterable[Any]]
    if isinstance(value, dict):
        yield value
        children = value.values
    elif isinstance(value, list):
        children = value.__iter__
    else:
        return
    for child in children():
        yield from _mappings(child)
