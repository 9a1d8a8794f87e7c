"""In-memory fakes of the bus and the store, proven by the same suites as the real ones (lib/tests/contract)."""
