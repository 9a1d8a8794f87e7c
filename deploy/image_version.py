"""Writes the version (`mayfly.__version__`) where the container image is named: recipe, compose, Kubernetes, operations.md.

python deploy/image_version.py           writes the files
python deploy/image_version.py --check   exit 1 when a file is not what this would write
"""

import re
import sys
from pathlib import Path

from mayfly import __version__

ROOT = Path(__file__).parents[1]
FILES = (
    "deploy/containers/Containerfile",
    "deploy/k8s/base/kustomization.yaml",
    "compose.yaml",
    "compose.mailpit.yaml",
    "docs/operations.md",
)
# The image's tag as compose and the commands write it, as kustomize writes it, and the image's label.
NAMED = re.compile(
    r"(?P<before>\bmayfly:|newName: \S*/mayfly\n\s+newTag: |org\.opencontainers\.image\.version=)(?P<version>\d[\w.]*\w)"
)


def written(text: str, version: str) -> str:
    """The text with `version` wherever it names the image."""
    return NAMED.sub(lambda found: found["before"] + version, text)


def main() -> int:
    """Write the files, or with --check only compare them. Exit code 1: one is stale, or names no image."""
    texts = {name: (ROOT / name).read_text() for name in FILES}
    faults = [f"{name} names no image" for name, text in texts.items() if not NAMED.search(text)]
    stale = [name for name, text in texts.items() if text != written(text, __version__)]
    if "--check" in sys.argv:
        faults += [f"{name} names another version: run 'make dashboards'" for name in stale]
    else:
        for name in stale:
            (ROOT / name).write_text(written(texts[name], __version__))
    print(*faults, sep="\n", file=sys.stderr)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
