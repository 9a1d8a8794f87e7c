"""Tests of the whole system look at it from outside: they import nothing of ours."""

from tests.architecture.repository import OURS, ROOT, files, imports, name

NOT_FOR_THEM = OURS | {"lib", "local", "services", "deploy", "bench", "chaos"}


def test_system_tests_import_nothing_of_ours():
    found = [
        f"{name(path)} imports {module}"
        for path in files("*.py")
        if ROOT / "tests" / "system" in path.parents
        for module in imports(path)
        if module.split(".")[0] in NOT_FOR_THEM
        or (module.split(".")[0] == "tests" and not module.startswith("tests.system"))
    ]
    assert [] == found
