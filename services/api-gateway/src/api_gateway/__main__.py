"""`python -m api_gateway`: runs one gateway process."""

import mayfly.service.imports  # noqa: F401 - before what it keeps out

# isort: split
from api_gateway.app import build
from api_gateway.settings import Settings
from mayfly.service.run import run

if __name__ == "__main__":
    run("api-gateway", build, Settings)
