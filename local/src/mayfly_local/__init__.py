"""The embedded stack: mongod, nats-server and the five services on one machine.

`make run` enters at `__main__`; the test suite enters at `pytest_plugin`. Both start the same servers from `servers`.
"""
