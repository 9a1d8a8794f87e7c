"""Sizes and names: what one person can read at once, and names that say what is inside."""

import ast

from tests.architecture.repository import calls, imports, modules, name, source, suite, tree

MOST_LINES_OF_A_FUNCTION = 60
MOST_LINES_OF_A_MODULE = 400
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
MOST_PATCHES = 5


def test_no_function_is_longer_than_a_screen():
    found = [
        f"{name(path)}: {node.name} has {length} lines"
        for path in source()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    ]
    assert [] == found


def test_no_module_is_longer_than_it_can_be_read_in_one_go():
    lines = {name(path): path.read_text().count("\n") for path in source()}
    assert {} == {path: count for path, count in lines.items() if count > MOST_LINES_OF_A_MODULE}


def test_names_of_modules_and_folders_say_what_is_inside():
    said = {path: {part.removesuffix(".py") for part in name(path).split("/")} for path in modules()}
    assert [] == [name(path) for path, parts in said.items() if parts & NAMES_THAT_SAY_NOTHING]


def test_tests_use_no_mocks():
    assert [] == [name(path) for path in suite() for module in imports(path) if "mock" in module.split(".")]


def test_tests_patch_no_more_than_the_few_constants_they_patch_today():
    found = [name(path) for path in suite() for called, _ in calls(path) if called == "monkeypatch.setattr"]
    assert len(found) <= MOST_PATCHES, found
