"""The smtp-ingest process: `python -m smtp_ingest`."""

import mayfly.service.imports  # noqa: F401 - before what it keeps out

# isort: split
from mayfly.service.run import run
from smtp_ingest.app import build
from smtp_ingest.settings import Settings

if __name__ == "__main__":
    run("smtp-ingest", build, Settings)
