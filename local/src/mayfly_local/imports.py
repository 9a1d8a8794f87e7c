"""Keeps libraries from importing optional parts that `make run` does not use. `__main__` imports this module first.

httpx would import its command line (rich, click, pygments), pymongo a second TLS library (cryptography): 80 ms of 300,
11 MB, measured. The services do the same for theirs (`mayfly.service.imports`).
"""

import sys

for _name in ("rich", "pymongo.pyopenssl_context"):
    # None makes an import of it raise ModuleNotFoundError, as if it were not installed.
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]  # typeshed does not know this value
