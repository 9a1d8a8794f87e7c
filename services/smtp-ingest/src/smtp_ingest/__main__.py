"""The smtp-ingest process: `python -m smtp_ingest`."""

from mayfly.service.run import run
from smtp_ingest.app import build
from smtp_ingest.settings import Settings

if __name__ == "__main__":
    run("smtp-ingest", build, Settings)
