"""What mypy makes of the package and of scripts that use it."""

import pathlib
import re
import sys

import pytest

api = pytest.importorskip("mypy.api", reason="mypy is not installed")

SCRIPTS = pathlib.Path(__file__).parent / "typed"


def mypy(tmp_path_factory, *arguments):
    # The cache is kept between the tests of a run, so that the package is read once.
    cache = tmp_path_factory.getbasetemp() / "mypy"
    output, errors, _ = api.run(["--strict", "--python-executable", sys.executable, "--cache-dir", str(cache), "--no-error-summary", *arguments])
    return output + errors


def test_the_package_is_strictly_typed(tmp_path_factory):
    assert mypy(tmp_path_factory, "-p", "vnc_api", "-p", "cfgm_common") == ""


def test_a_typed_script_has_no_errors(tmp_path_factory):
    assert mypy(tmp_path_factory, str(SCRIPTS / "right.py")) == ""


def test_mistakes_are_found_before_the_script_runs(tmp_path_factory):
    lines = (SCRIPTS / "wrong.py").read_text().splitlines()
    expected = {number: line.split("# error: ")[1] for number, line in enumerate(lines, 1) if "# error: " in line}
    found = dict(re.findall(r"^[^:]*wrong\.py:(\d+): error: .*(\[[a-z-]+\])$", mypy(tmp_path_factory, str(SCRIPTS / "wrong.py")), re.M))
    assert {int(number): code for number, code in found.items()} == expected
