"""The configuration server that Tests/Interop/with-api-server starts beside the tests. A module that imports this is skipped without one."""

import os

import pytest

if not os.environ.get("API_PORT"):
    pytest.skip("no configuration server: run this through Tests/Interop/with-api-server", allow_module_level=True)

ADDRESS = f"{os.environ['API_HOST']}:{os.environ['API_PORT']}"
# Those of a client.
ARGUMENTS = {"api_server_host": os.environ["API_HOST"], "api_server_port": os.environ["API_PORT"], "conf_file": []}
