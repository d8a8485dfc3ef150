"""The Python scripts of Examples/, as a newcomer runs them, against a real configuration server."""

import os
import pathlib
import subprocess
import sys

import pytest

if not os.environ.get("API_PORT"):
    pytest.skip("no configuration server: run this through Tests/Interop/with-api-server", allow_module_level=True)

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "Examples"


def test_two_ports_have_addresses_and_the_script_may_run_again():
    server = f"{os.environ['API_HOST']}:{os.environ['API_PORT']}"
    for _ in range(2):
        command = [sys.executable, EXAMPLES / "TwoPorts" / "two-ports.py", server]
        run = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert run.returncode == 0, run.stderr
        assert sorted(run.stdout.splitlines()) == ["two-ports-a 10.7.0.252", "two-ports-b 10.7.0.251"]
