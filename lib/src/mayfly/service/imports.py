"""Keeps libraries from importing optional parts that no service uses. Each `__main__` imports this module first.

| importer | would import | for | cost of each process (measured) |
|---|---|---|---|
| structlog | rich, better_exceptions | coloured logs; ours are JSON | 80 ms of 450, 5 MB |
| pymongo | cryptography, OpenSSL | TLS by PyOpenSSL; the standard library's does it | 50 ms, 4 MB |
"""

import sys

_UNUSED = ("rich", "better_exceptions", "pymongo.pyopenssl_context")

for _name in _UNUSED:
    # None makes an import of it raise ModuleNotFoundError, as if it were not installed.
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]  # typeshed does not know this value
