"""`python -m expiry_reaper`: one reaper process. Several share the work."""

from expiry_reaper.app import build
from expiry_reaper.settings import Settings
from mayfly.service.run import run

if __name__ == "__main__":
    run("expiry-reaper", build, Settings)
