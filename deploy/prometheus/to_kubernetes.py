"""Wraps rules.yaml into the PrometheusRule that the Prometheus operator reads.

python deploy/prometheus/to_kubernetes.py           writes deploy/k8s/base/monitoring/prometheus-rule.yaml
python deploy/prometheus/to_kubernetes.py --check   exit 1 when that file is not what this would write
"""

import sys
from pathlib import Path

RULES = Path(__file__).with_name("rules.yaml")
MANIFEST = Path(__file__).parents[1] / "k8s" / "base" / "monitoring" / "prometheus-rule.yaml"
HEAD = """\
# Made from deploy/prometheus/rules.yaml by `make dashboards`; change that file.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: mayfly
spec:
"""


def manifest() -> str:
    """The PrometheusRule: the rules, two spaces further in, without their comments at the head."""
    lines = RULES.read_text().splitlines()
    body = lines[lines.index("groups:") :]
    return HEAD + "".join(f"  {line}".rstrip() + "\n" for line in body)


def main() -> int:
    """Write the file, or with --check only compare it."""
    fresh = MANIFEST.exists() and MANIFEST.read_text() == manifest()
    if "--check" in sys.argv:
        print("" if fresh else f"{MANIFEST} is stale: run 'make dashboards'", file=sys.stderr)
        return not fresh
    MANIFEST.write_text(manifest())
    return 0


if __name__ == "__main__":
    sys.exit(main())
