"""The tests of this tree by the names under which the table of promises knows them. Read from the sources: no build is needed."""

import ast
import os
import re
from pathlib import Path

TESTS = Path(os.environ.get("VISIONOPS_SOURCE", Path(__file__).parents[2])) / "tests"
GOOGLE_TEST = re.compile(r"^[ \t]*(?:TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P)\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)
# add_test(NAME x ...), visionops_tests(x ...), and functions of a folder that end in either
CTEST = re.compile(r"^[ \t]*\w+\((?:NAME )?(\w+_(?:tests?|campaign))\b", re.MULTILINE)
CUT = re.compile(r"^#if 0.*?^#endif", re.MULTILINE | re.DOTALL)


def google_tests(text):
    """Names of the tests that run, as Suite.Name."""
    text = CUT.sub("", text)
    found = list(GOOGLE_TEST.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    for match, end in zip(found, ends):
        suite, name = match.groups()
        if not name.startswith("DISABLED_") and not suite.startswith("DISABLED_") and "GTEST_SKIP" not in text[match.start():end]:
            yield f"{suite}.{name}"


def skips(node):
    return any("skip" in ast.unparse(decorator).lower() for decorator in node.decorator_list)


def python_tests(text):
    """Names of the tests that run, as Class.test_name."""
    for suite in ast.parse(text).body:
        if isinstance(suite, ast.ClassDef) and not skips(suite):
            for test in suite.body:
                if isinstance(test, ast.FunctionDef) and test.name.startswith("test") and not skips(test):
                    if "skipTest" not in ast.unparse(test):
                        yield f"{suite.name}.{test.name}"


def known_tests():
    """All names that a line of the table may use."""
    names = set()
    for file in TESTS.rglob("*_test.*"):
        inside = file.relative_to(TESTS)
        if inside.parts[0] == "growth":  # toys of the recipes
            continue
        if file.suffix == ".cpp":
            names.update(google_tests(file.read_text()))
        elif file.suffix == ".py":
            names.update(f"{inside}::{name}" for name in python_tests(file.read_text()))
    for case in TESTS.glob("golden/*/cases/*"):
        if any(case.iterdir()):
            names.add(f"golden:{case.parts[-3]}/{case.name}")
    for file in TESTS.rglob("CMakeLists.txt"):
        names.update(f"ctest:{name}" for name in CTEST.findall(file.read_text()))
    return names
