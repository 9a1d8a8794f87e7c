"""`python -m webhook_dispatcher`: one dispatcher process."""

import mayfly.service.imports  # noqa: F401 - before what it keeps out

# isort: split
from mayfly.service.run import run
from webhook_dispatcher.app import build
from webhook_dispatcher.settings import Settings

if __name__ == "__main__":
    run("webhook-dispatcher", build, Settings)
