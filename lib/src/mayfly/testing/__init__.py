"""For tests: fakes of the bus that pass the tests of the real one (lib/tests/component), a clock, and builders."""
