"""The embedded stack: mongod, nats-server and the five services on one machine.

`make run` starts at `__main__`, the test suite at `pytest_plugin`. Both use the same servers (see `servers`).
"""
