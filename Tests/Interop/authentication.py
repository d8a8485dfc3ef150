"""Authentication and permissions, seen by the published client of the older platform (contrail-api-client): the same story once with users of
the server's own and once with a real Keystone. Beside it the command `tungsten` and the roles, which log in to the same servers.

    authentication.py TUNGSTEN     TUNGSTEN: the built executable
"""

import contextlib
import json
import os
import pathlib
import re
import secrets
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

from vnc_api import vnc_api

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from keystone import Keystone  # noqa: E402

checks = 0


def expect(condition, what):
    global checks
    checks += 1
    if not condition:
        raise SystemExit(f"authentication: not so: {what}")


def expect_refused(error, what, call, *arguments, **named):
    global checks
    checks += 1
    try:
        call(*arguments, **named)
    except error:
        return
    raise SystemExit(f"authentication: not refused: {what}")


@contextlib.contextmanager
def server(tungsten, folder, *options):
    """A running server; gives its port."""
    log = folder / "api.log"
    with open(log, "wb") as file:
        process = subprocess.Popen(
            [tungsten, "api", "--listen", "127.0.0.1:0", "--data-dir", folder / "data", *options], stdout=file, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 60
        while not (found := re.search(rb"serves https?://127\.0\.0\.1:(\d+)", log.read_bytes())):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the server does not start:\n" + log.read_text(errors="replace")[-2000:])
            time.sleep(0.02)
        yield int(found[1])
    finally:
        process.terminate()
        process.wait(timeout=30)
    text = log.read_text(errors="replace")
    for password in passwords.values():
        expect(password not in text, "no password in the log")


def command(tungsten, folder, *arguments, status=0, text=None, **variables):
    """Runs `tungsten` as somebody whose home is the folder and whose environment has `variables`; returns what it said."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **{f"TUNGSTEN_{name}": str(value) for name, value in variables.items()}}
    done = subprocess.run([tungsten, *map(str, arguments)], input=text or "", capture_output=True, text=True, timeout=60, env=environment)
    said = done.stdout + done.stderr
    expect(done.returncode == status, f"tungsten {arguments} ends with {status}, not {done.returncode}: {said}")
    expect(not any(password in said for password in passwords.values()), "no password is shown")
    return said


@contextlib.contextmanager
def platform(tungsten, folder, *options, **variables):
    """`tungsten up`, without the hosts; gives the server's address and that of the control node."""
    log, data = folder / "up.log", folder / "platform"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **{f"TUNGSTEN_{name}": str(value) for name, value in variables.items()}}
    with open(log, "wb") as file:
        process = subprocess.Popen(
            [tungsten, "up", "--no-demonstration", "--listen", "127.0.0.1:0", "--introspection", "127.0.0.1:0", "--data-dir", data, *options],
            stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, env=environment)
    try:
        wait(lambda: b"Ctrl-C stops everything" in log.read_bytes() or process.poll() is not None, "the platform starts", log)
        expect(process.poll() is None, "the platform runs: " + log.read_text(errors="replace")[-3000:])
        found = re.search(r"configuration server +(\S+)\n +control node +http://(\S+)", log.read_text())
        yield found[1], found[2]
    finally:
        process.terminate()
        process.wait(timeout=60)
    text = "".join(path.read_text(errors="replace") for path in [log, *(data / "log").iterdir()])
    expect(not any(password in text for password in passwords.values()), "no password in what the platform logs")
    if (kept := data / "platform.password").exists():
        expect(kept.stat().st_mode & 0o777 == 0o600, "the password of the roles is for their user alone")
        expect(kept.read_text().strip() not in text, "nor is that of the roles in a log")


def wait(condition, what, log=None, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"authentication: not so after {seconds} s: {what}\n" + (log.read_text(errors="replace")[-3000:] if log else ""))
        time.sleep(0.05)


def chain(tungsten, folder, control, name, **variables):
    """A network that is made goes through the transformer, which writes, to the control node, which reads."""
    command(tungsten, folder, "create", "virtual-network", name, "--below", "default-project", **variables)
    wait(lambda: f"{name}:{name}" in command(tungsten, folder, "control", "show", "instances", "--introspection", control),
         f"the control node has the instance of {name}", folder / "platform/log/transformer.log")


def client(port, user, project, authentication_port):
    return vnc_api.VncApi(
        username=user, password=passwords[user], tenant_name=project, api_server_host="127.0.0.1", api_server_port=port,
        auth_host="127.0.0.1", auth_port=authentication_port, auth_protocol="http", domain_name="Default")


def status(port, path, headers={}, method="GET", body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", None if body is None else json.dumps(body).encode(), headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


passwords = {name: secrets.token_hex(8) for name in ("admin", "red", "blue", "watcher")}


def allow_members(admin):
    rule = vnc_api.RbacRuleType(
        rule_object="*", rule_field="", rule_perms=[vnc_api.RbacPermType(role_name="member", role_crud="CRUD")])
    system = admin.global_system_config_read(fq_name=["default-global-system-config"])
    lists = vnc_api.ApiAccessList("members", system, api_access_list_entries=vnc_api.RbacRuleEntriesType([rule]))
    admin.api_access_list_create(lists)


def names(client):
    """The networks that somebody sees."""
    return {":".join(network["fq_name"][1:]) for network in client.virtual_networks_list()["virtual-networks"]}


def story(port, log_in, admins_project, red_id, blue_id):
    """Two projects of one cloud: what is whose, what is shared, and what an administrator sees. Returns red's and blue's clients."""
    admin = log_in("admin", admins_project)
    expect(status(port, "/virtual-networks")[0] == 401, "no token, no list")
    expect(status(port, "/virtual-networks", {"X-Auth-Token": "gAAAAAB0"})[0] == 401, "a token that nobody gave")
    expect(status(port, "/")[0] == 200 and status(port, "/healthz")[0] == 200, "the home page and probes are for all")
    for name, identifier in (("red", red_id), ("blue", blue_id)):
        project = vnc_api.Project(name, admin.domain_read(fq_name=["default-domain"]))
        project.uuid = str(uuid.UUID(identifier))
        admin.project_create(project)
    red, blue = log_in("red", "red"), log_in("blue", "blue")
    expect_refused(vnc_api.PermissionDenied, "members without an access list", red.virtual_networks_list)
    allow_members(admin)

    network = vnc_api.VirtualNetwork("secret", red.project_read(fq_name=["default-domain", "red"]))
    red.virtual_network_create(network)
    expect(red.virtual_network_read(id=network.uuid).get_perms2().owner.replace("-", "") == red_id, "red owns what red makes")
    expect(names(red) == {"red:default-virtual-network", "red:secret"}, "red sees red's networks")
    expect(names(blue) == {"blue:default-virtual-network"}, "blue sees blue's")
    expect(len(admin.virtual_networks_list()["virtual-networks"]) > 1, "the administrator sees all")
    expect_refused(vnc_api.PermissionDenied, "blue reads red's network", blue.virtual_network_read, id=network.uuid)
    expect_refused(vnc_api.PermissionDenied, "blue makes a network in red",
                   blue.virtual_network_create, vnc_api.VirtualNetwork("x", admin.project_read(fq_name=["default-domain", "red"])))
    expect_refused(vnc_api.PermissionDenied, "blue deletes red's network", blue.virtual_network_delete, id=network.uuid)

    port_of_blue = vnc_api.VirtualMachineInterface("p", blue.project_read(fq_name=["default-domain", "blue"]))
    port_of_blue.add_virtual_network(network)
    expect_refused(vnc_api.PermissionDenied, "blue plugs into red's network", blue.virtual_machine_interface_create, port_of_blue)
    red.chmod(network.uuid, share=[(blue_id, 5)])
    expect(blue.virtual_network_read(id=network.uuid).name == "secret", "shared, blue reads it")
    blue.virtual_machine_interface_create(port_of_blue)
    seen = blue.virtual_network_read(id=network.uuid, fields=["virtual_machine_interface_back_refs"])
    expect(len(seen.get_virtual_machine_interface_back_refs() or []) == 1, "blue sees blue's port on it")
    seen = red.virtual_network_read(id=network.uuid, fields=["virtual_machine_interface_back_refs"])
    expect(not seen.get_virtual_machine_interface_back_refs(), "red does not see blue's port")
    network.display_name = "renamed"
    expect_refused(vnc_api.PermissionDenied, "blue renames what it may only read", blue.virtual_network_update, network)
    red.virtual_network_update(network)

    expect(red.obj_perms(red.get_auth_token(), network.uuid)["permissions"] == "RWX", "obj-perms of red")
    mine = admin.obj_perms(blue.get_auth_token(), network.uuid)
    expect(mine["permissions"] == "RX" and not mine["is_cloud_admin_role"], "the administrator asks about blue")
    expect(admin.is_cloud_admin_role() and not red.is_cloud_admin_role(), "who is an administrator")

    expect(admin.get_aaa_mode()["aaa-mode"] == "rbac", "the mode")
    expect_refused(vnc_api.PermissionDenied, "red changes the mode", red.set_aaa_mode, "no-auth")
    admin.set_aaa_mode("cloud-admin")
    expect_refused(vnc_api.PermissionDenied, "members where only administrators are let in", red.virtual_networks_list)
    admin.set_aaa_mode("rbac")
    blue.virtual_machine_interface_delete(id=port_of_blue.uuid)
    red.virtual_network_delete(id=network.uuid)
    return red, blue


def own_users(tungsten, folder):
    def user(command, name, *arguments, password=None, status=0):
        done = subprocess.run(
            [tungsten, "user", command, *([name] if name else []), *arguments, "--data-dir", folder / "data"],
            input=password and password + "\n", capture_output=True, text=True, timeout=60)
        expect(done.returncode == status, f"tungsten user {command}: {done.stdout}{done.stderr}")
        expect(not password or password not in done.stdout + done.stderr, "the password is not shown")
        return done.stdout + done.stderr

    refused = subprocess.run(
        [tungsten, "api", "--listen", "127.0.0.1:0", "--data-dir", folder / "data", "--auth", "users"],
        capture_output=True, text=True, timeout=60)
    expect(refused.returncode != 0 and "tungsten user add" in refused.stderr, "without users the server says how to make one")
    user("add", "admin", "--role", "admin", password=passwords["admin"])
    user("add", "red", "--role", "member", "--project", "default-domain:red", password=passwords["red"])
    user("add", "blue", "--role", "guest", password=passwords["blue"])
    user("grant", "blue", "--role", "member", "--project", "default-domain:blue")
    user("revoke", "blue", "--role", "guest")
    expect("there is a user red already" in user("add", "red", "--role", "x", password=passwords["blue"], status=1), "a name is used once")
    expect("red    member in default-domain:red" in user("list", None), "the list of users")
    user("add", "watcher", "--role", "reader", password=passwords["watcher"])
    with server(tungsten, folder, "--auth", "users", "--aaa-mode", "rbac", "--reader-role", "reader") as port:
        _, blue = story(port, lambda *who: client(port, *who, port), "default-project", uuid.uuid4().hex, uuid.uuid4().hex)
        token = blue.get_auth_token()
        expect(status(port, "/virtual-networks", {"X-Auth-Token": token})[0] == 200, "blue's token is good")
        user("remove", "blue")
        # The server looks at the file again once what it remembers of the token is a few seconds old.
        deadline = time.monotonic() + 30
        while status(port, "/virtual-networks", {"X-Auth-Token": token})[0] != 401:
            expect(time.monotonic() < deadline, "the token of a user who is gone stops being good")
            time.sleep(0.2)
        commands_log_in(tungsten, folder, port, token)
    with platform(tungsten, folder, "--auth", "users", SERVER="nowhere:1", USER="nobody", PASSWORD="x") as (url, control):
        command(tungsten, folder, "get", "projects", "--server", url, status=5)
        as_roles = {"SERVER": url, "USER": "platform", "PASSWORD_FILE": folder / "platform/platform.password"}
        chain(tungsten, folder, control, "first", **as_roles)
    with platform(tungsten, folder, "--auth", "users") as (url, control):
        chain(tungsten, folder, control, "second", **{**as_roles, "SERVER": url})


def commands_log_in(tungsten, folder, port, void_token):
    url = f"http://127.0.0.1:{port}"
    admin = {"SERVER": url, "USER": "admin", "PASSWORD": passwords["admin"]}
    said = command(tungsten, folder, "get", "projects", SERVER=url, status=5)
    expect("Log in" in said, "who does not say who they are is told how to")
    expect("red" in command(tungsten, folder, "get", "projects", **admin), "an administrator")
    said = command(tungsten, folder, "get", "projects", SERVER=url, USER="admin", PASSWORD="wrong", status=5)
    expect("does not accept the name or the password of admin" in said, "a wrong password")
    said = command(tungsten, folder, "get", "projects", SERVER=url, USER="admin", status=5)
    expect("TUNGSTEN_PASSWORD" in said, "no password")
    command(tungsten, folder, "get", "projects", SERVER=url, TOKEN=void_token, status=5)
    token = client(port, "admin", "default-project", port).get_auth_token()
    command(tungsten, folder, "get", "projects", SERVER=url, TOKEN=token)
    # A context, and a password in a file.
    (folder / "password").write_text(passwords["watcher"] + "\n")
    command(tungsten, folder, "context", "add", "here", "--server", url, "--user", "watcher", "--password-file", folder / "password")
    expect("red" in command(tungsten, folder, "get", "projects"), "a reader reads, by the context")
    command(tungsten, folder, "create", "virtual-network", "x", "--below", "default-project", status=5)
    expect("nothing" not in command(tungsten, folder, "status", "--control", "127.0.0.1:1", status=1), "the state, by the context")
    command(tungsten, folder, "create", "virtual-network", "x", "--below", "default-project", **admin)
    command(tungsten, folder, "delete", "virtual-network", "x", **admin)
    command(tungsten, folder, "context", "delete", "here")
    for role in (["transformer"], ["names", "--listen", "127.0.0.1:0"]):
        said = command(tungsten, folder, *role, "--server", url, "--user", "admin", PASSWORD="wrong", status=1)
        expect("does not accept the name or the password of admin" in said, f"{role[0]} says why it ends")


def with_keystone(tungsten, folder):
    keystone = Keystone(folder)
    try:
        red_id = keystone.add("red", "red", passwords["red"], "member")
        blue_id = keystone.add("blue", "blue", passwords["blue"], "member")
        passwords["admin"] = keystone.password
        with server(tungsten, folder, "--auth", "keystone", "--keystone", keystone.url, "--aaa-mode", "rbac") as port:
            red, _ = story(port, lambda *who: client(port, *who, keystone.port), "admin", red_id, blue_id)
            known, fresh = red.get_auth_token(), keystone.log_in("red", passwords["red"], "red")
            expect(status(port, "/virtual-networks", {"X-Auth-Token": known})[0] == 200, "red's token is good")
            as_admin = {"USER": "admin", "PASSWORD": passwords["admin"], "PROJECT": "admin", "IDENTITY_URL": keystone.url}
            expect("red" in command(tungsten, folder, "get", "projects", "--server", f"127.0.0.1:{port}", **as_admin), "the command")
            with platform(tungsten, folder, "--auth", "keystone", "--keystone", keystone.url, "--user", "admin", "--project", "admin",
                          PASSWORD=passwords["admin"]) as (url, control):
                chain(tungsten, folder, control, "first", SERVER=url, **as_admin)
            keystone.stop()
            expect(status(port, "/virtual-networks", {"X-Auth-Token": known})[0] == 200, "what is known is known while Keystone is away")
            code, text = status(port, "/virtual-networks", {"X-Auth-Token": fresh})
            expect(code == 503 and "Keystone" in text, "what is not known is not let in while Keystone is away")
            keystone.start()
            expect(status(port, "/virtual-networks", {"X-Auth-Token": fresh})[0] == 200, "and is when it is back")
    finally:
        keystone.stop()


def with_certificates(tungsten, folder):
    """TLS 1.3, and clients who must show a certificate."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=authority")
    for name, extension in (("server", "subjectAltName=IP:127.0.0.1,DNS:localhost"), ("client", "extendedKeyUsage=clientAuth")):
        openssl("req", *new_key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (folder / f"{name}.ext").write_text(extension)
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-out", f"{name}.pem", "-extfile", f"{name}.ext")
    (folder / "server.key").chmod(0o604)
    refused = subprocess.run(
        [tungsten, "api", "--listen", "127.0.0.1:0", "--data-dir", folder / "data", "--tls-certificate", folder / "server.pem",
         "--tls-key", folder / "server.key"], capture_output=True, text=True, timeout=60)
    expect(refused.returncode != 0 and "chmod o=" in refused.stderr, "a key that everybody can read")
    (folder / "server.key").chmod(0o600)
    options = ("--tls-certificate", folder / "server.pem", "--tls-key", folder / "server.key")
    with server(tungsten, folder, *options) as port:
        trusting = ssl.create_default_context(cafile=folder / "ca.pem")
        home = json.load(urllib.request.urlopen(f"https://127.0.0.1:{port}/", context=trusting, timeout=30))
        expect(home["href"] == f"https://127.0.0.1:{port}", "addresses in replies are https")
        expect_refused(urllib.error.URLError, "who does not know the authority",
                       urllib.request.urlopen, f"https://127.0.0.1:{port}/", context=ssl.create_default_context(), timeout=30)
        old = ssl.create_default_context(cafile=folder / "ca.pem")
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        expect_refused(urllib.error.URLError, "TLS 1.2",
                       urllib.request.urlopen, f"https://127.0.0.1:{port}/", context=old, timeout=30)
        published = vnc_api.VncApi(
            api_server_host="127.0.0.1", api_server_port=port, api_server_use_ssl=True, auth_type="noauth", apicafile=str(folder / "ca.pem"),
            apicertfile=str(folder / "client.pem"), apikeyfile=str(folder / "client.key"))
        expect(published.projects_list()["projects"], "the published client over TLS")
        expect_refused((urllib.error.URLError, ConnectionError), "no TLS",
                       urllib.request.urlopen, f"http://127.0.0.1:{port}/", timeout=30)
    with server(tungsten, folder, *options, "--tls-client-authorities", folder / "ca.pem") as port:
        # The published client looks at the server's certificate but shows none of its own; that is tried without it.
        known = ssl.create_default_context(cafile=folder / "ca.pem")
        known.load_cert_chain(folder / "client.pem", folder / "client.key")
        with urllib.request.urlopen(f"https://127.0.0.1:{port}/projects", context=known, timeout=30) as reply:
            expect(json.load(reply)["projects"], "a client with a certificate")
        # TLS 1.3 tells a client that it is not let in when it reads, so that is a connection that breaks.
        trusting = ssl.create_default_context(cafile=folder / "ca.pem")
        expect_refused((urllib.error.URLError, OSError), "a client without a certificate",
                       urllib.request.urlopen, f"https://127.0.0.1:{port}/", context=trusting, timeout=30)
        command(tungsten, folder, "get", "projects", SERVER=f"https://127.0.0.1:{port}", TLS_AUTHORITIES=folder / "ca.pem", status=6)
        shown = {"TLS_AUTHORITIES": folder / "ca.pem", "TLS_CERTIFICATE": folder / "client.pem", "TLS_KEY": folder / "client.key"}
        expect("default-project" in command(tungsten, folder, "get", "projects", SERVER=f"https://127.0.0.1:{port}", **shown),
               "the command with a certificate")
        said = command(tungsten, folder, "get", "projects", SERVER=f"127.0.0.1:{port}", **shown, status=1)
        expect("write https://" in said, "certificates without TLS")
        command(tungsten, folder, "get", "projects", SERVER=f"https://127.0.0.1:{port}", status=6)
    with platform(tungsten, folder, "--auth", "users", *options, "--tls-client-authorities", folder / "ca.pem",
                  "--tls-authorities", folder / "ca.pem") as (url, control):
        expect(url.startswith("https://"), "the platform's server speaks TLS")
        chain(tungsten, folder, control, "first", SERVER=url, USER="platform", PASSWORD_FILE=folder / "platform/platform.password", **shown)


def main():
    tungsten = sys.argv[1]
    for name, part in (("users of its own", own_users), ("certificates", with_certificates), ("Keystone", with_keystone)):
        with tempfile.TemporaryDirectory() as folder:
            before, start = checks, time.monotonic()
            part(tungsten, pathlib.Path(folder))
            print(f"authentication: {name}: {checks - before} checks, {time.monotonic() - start:.0f} s", flush=True)


main()
