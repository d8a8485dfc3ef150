"""The scripts that the README files print, run as they are printed, in their order, against a real configuration server."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest
from api_server import ADDRESS, ARGUMENTS
from vnc_api import vnc_api

ROOT = pathlib.Path(__file__).resolve().parents[2]


class AtTheTestServer(vnc_api.VncApi):
    """What the scripts are printed for, a server on the standard port, is elsewhere in a test."""

    def __init__(self, **arguments):
        assert arguments == {"api_server_host": "127.0.0.1"}
        super().__init__(**ARGUMENTS)


def scripts(readme):
    return re.findall(r"^```python\n(.*?)^```$", (ROOT / readme).read_text(), re.M | re.S)


@pytest.mark.parametrize(
    ("readme", "output"),
    [
        ("README.md", []),
        (
            "Runtime/Python/README.md",
            [
                r"10\.1\.0\.\d+ \['02:[0-9a-f:]+'\]",
                r"[0-9a-f-]{36} front project",
                r"10\.1\.0\.254",
                r"\['default-domain', 'default-project', 'web'\] 0",
                r"\[.*\['default-domain', 'default-project', 'front'\].*\]",
                r"\[\['default-domain', 'default-project', 'front'\]\]",
                r".*front 9000",
                r"\[\(\{'key': 'owner', 'value': 'grace'\}, 'owner'\)\]",
                r"Unknown id: .*missing.* 404",
                r"Delete when resource still referred: .*",
                r".*mtu: 100000 is outside 0…9216; the greatest value is 9216",
                r"\[.*'front'.*\]",
            ],
        ),
    ],
)
def test_scripts_run_as_printed(readme, output, monkeypatch, capsys):
    monkeypatch.setattr(vnc_api, "VncApi", AtTheTestServer)
    blocks = scripts(readme)
    assert blocks
    names = {}
    for block in blocks:
        exec(compile(block, readme, "exec"), names)
    printed = capsys.readouterr().out
    names["vnc"].close()
    assert re.fullmatch(r"\n".join(output) + r"\n?", printed, re.S), printed


def test_shell_blocks_run_as_printed(tmp_path):
    tungsten = ROOT / ".build/debug/tungsten"
    if not tungsten.exists() or not shutil.which("curl"):
        pytest.skip("neither tungsten nor curl, or one of them only")
    (tmp_path / "tungsten").symlink_to(tungsten)
    surroundings = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path), "TUNGSTEN_SERVER": ADDRESS}
    command, curl = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)

    def run(block):
        script = "set -eo pipefail\n" + block.replace("127.0.0.1:8082", ADDRESS)
        done = subprocess.run(["bash", "-c", script], env=surroundings, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and not done.stderr, done.stderr
        return done.stdout

    printed = run(command)
    assert re.search(r"^address1 +10\.9\.0\.\d+ ", printed, re.M) and re.search(r"^address2 +10\.9\.0\.\d+ ", printed, re.M), printed
    assert "virtual-network default-domain:default-project:front unchanged" in printed and "forwarding_mode" in printed
    assert len(re.findall(r'"instance_ip_address":"10\.8\.0\.\d+"', run(curl))) == 2
    # Other tests use these names as well.
    run("""
        tungsten delete instance-ip address1 address2 back-address1 back-address2
        tungsten delete vmi port1 port2 back-port1 back-port2
        tungsten delete vn front back
    """)
