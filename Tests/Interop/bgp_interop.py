#!/usr/bin/env python3
"""Our control node beside GoBGP and FRR, in network namespaces that this script makes. It runs in a network and mount namespace of its own
(Tests/Suites/bgp-interop sees to that), so that all of it is gone when it ends.

    10.99.0.1 control node, AS 64512     10.99.0.2 GoBGP, AS 64512, with route target constraint
    10.99.0.3 FRR, AS 4200000001         10.99.0.4 a speaker that makes mistakes, AS 64512
"""

import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import traceback

import bgp_speaker as speaker

TUNGSTEN = os.environ["TUNGSTEN"]
WORK = tempfile.mkdtemp(prefix="bgp-interop-")
# The session with GoBGP is signed because both ends say so; that with FRR as well, and there one end changes its mind.
PASSWORD = "a-signed-session"
PLACES = {"control": "10.99.0.1", "gobgp": "10.99.0.2", "frr": "10.99.0.3", "wrong": "10.99.0.4"}
processes = {}


def run(*command, check=True):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout


def inside(place, *command, check=True):
    return run("ip", "netns", "exec", place, *command, check=check)


def start(name, place, *command):
    log = open(f"{WORK}/{name}.log", "a")
    processes[name] = subprocess.Popen(["ip", "netns", "exec", place, *command], stdout=log, stderr=log)


def stop(name, how=signal.SIGTERM):
    process = processes.pop(name)
    process.send_signal(how)
    process.wait(timeout=20)


def until(condition, what, deadline=40.0):
    """Waits for a condition; its value when it is true."""
    end = time.monotonic() + deadline
    problem = None
    while time.monotonic() < end:
        try:
            value = condition()
            if value:
                return value
            problem = None
        except (RuntimeError, ValueError, KeyError) as error:
            problem = error
        time.sleep(0.2)
    raise AssertionError(f"waited {deadline:.0f} s for: {what}" + (f" ({problem})" if problem else ""))


def make_places():
    run("ip", "link", "add", "fabric", "type", "bridge")
    run("ip", "link", "set", "fabric", "up")
    for name, address in PLACES.items():
        run("ip", "netns", "add", name)
        run("ip", "link", "add", f"to-{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "link", "set", f"to-{name}", "master", "fabric", "up")
        inside(name, "ip", "link", "set", "lo", "up")
        inside(name, "ip", "address", "add", f"{address}/24", "dev", "eth0")
        inside(name, "ip", "link", "set", "eth0", "up")


# Programs

def start_control():
    key = f"{WORK}/password"
    with open(key, "w") as file:
        file.write(PASSWORD + "\n")
    start(
        "control", "control", TUNGSTEN, "control", "--as", "64512", "--router-id", "10.99.0.1", "--listen-bgp", "10.99.0.1:179",
        "--peer", f"10.99.0.2,families=inet-vpn+e-vpn+route-target,hold=9,password-file={key}",
        "--peer", f"10.99.0.3,as=4200000001,families=inet-vpn+e-vpn,hold=9,password-file={key}",
        "--peer", "10.99.0.4,families=inet-vpn,passive",
        "--instance", "blue,target=target:64512:1,network=5", "--instance", "green,target=target:64512:2,network=6",
        "--route", "blue,10.1.0.0/24,next-hop=192.0.2.1,label=17,encapsulation=mpls-over-gre+mpls-over-udp",
        "--route", "green,10.2.0.0/24,next-hop=192.0.2.1,label=18,encapsulation=mpls-over-udp",
        "--route", "blue,mac=02:00:00:00:00:01,ip=10.1.0.5,next-hop=192.0.2.1,label=5001,encapsulation=vxlan",
        "--route", "blue,multicast=192.0.2.1,next-hop=192.0.2.1,encapsulation=vxlan",
        "--route", "blue,evpn=10.5.0.0/16,next-hop=192.0.2.1,label=6001,encapsulation=vxlan")


def start_gobgp():
    families = "".join(f"{{config: {{afi-safi-name: {name}}}}}, " for name in ["l3vpn-ipv4-unicast", "l2vpn-evpn", "rtc"])
    with open(f"{WORK}/gobgp.yaml", "w") as file:
        file.write(
            "global: {config: {as: 64512, router-id: 10.99.0.2, port: 179}}\n"
            "neighbors: [{config: {neighbor-address: 10.99.0.1, peer-as: 64512, auth-password: " + PASSWORD + "}, timers: {config: {connect-retry: 2, hold-time: 9,"
            f" keepalive-interval: 3}}}}, afi-safis: [{families}]}}]\n")
    start("gobgp", "gobgp", "gobgpd", "-f", f"{WORK}/gobgp.yaml", "-t", "yaml", "--api-hosts", "127.0.0.1:50051", "--pprof-disable")
    until(lambda: gobgp("global") or True, "GoBGP answers")
    gobgp("vrf", "add", "blue", "rd", "64512:9", "rt", "both", "64512:1")


def gobgp(*arguments):
    return inside("gobgp", "gobgp", *arguments)


def start_frr():
    with open(f"{WORK}/frr.conf", "w") as file:
        file.write(
            "router bgp 4200000001\n bgp router-id 10.99.0.3\n no bgp default ipv4-unicast\n no bgp ebgp-requires-policy\n"
            " no bgp network import-check\n neighbor 10.99.0.1 remote-as 64512\n neighbor 10.99.0.1 timers 3 9\n"
            f" neighbor 10.99.0.1 timers connect 2\n neighbor 10.99.0.1 password {PASSWORD}\n"
            " address-family ipv4 unicast\n  network 10.3.0.0/24\n  rd vpn export 64512:3\n  label vpn export 33\n"
            "  rt vpn export 64512:1\n  export vpn\n exit-address-family\n"
            " address-family ipv4 vpn\n  neighbor 10.99.0.1 activate\n exit-address-family\n"
            " address-family l2vpn evpn\n  neighbor 10.99.0.1 activate\n exit-address-family\nexit\n")
    os.makedirs(f"{WORK}/frr", exist_ok=True)
    start(
        "frr", "frr", "/usr/lib/frr/bgpd", "-n", "-S", "-u", "root", "-g", "root", "-f", f"{WORK}/frr.conf", "--vty_socket", f"{WORK}/frr",
        "-i", f"{WORK}/frr/pid", "-z", f"{WORK}/frr/zserv", "-P", "0", "-l", "10.99.0.3")


def frr(*commands):
    return inside("frr", "vtysh", "--vty_socket", f"{WORK}/frr", *(part for command in commands for part in ["-c", command]))


# Views

def show(*arguments):
    return json.loads(inside("control", TUNGSTEN, "control", "show", *arguments, "-o", "json"))


def neighbor(name):
    return next(each for each in show("neighbors")["neighbors"] if each["address"] == PLACES[name])


def route(instance, family, prefix):
    """The paths of a route of an instance, as our node shows them."""
    arguments = ["routes", "--family", family, *(["--instance", instance] if instance else [])]
    return [each for each in show(*arguments)["routes"] if each["prefix"].endswith(prefix)]


def gobgp_routes(family):
    """GoBGP's routes by their text."""
    found = json.loads(gobgp("global", "rib", "-a", family, "-j") or "{}") or {}
    return {key: json.dumps(paths) for key, paths in found.items()}


def gobgp_text(family):
    return gobgp("global", "rib", "-a", family)


# Tests

def test_sessions_are_established():
    for name in ["gobgp", "frr"]:
        state = until(lambda: neighbor(name)["state"] == "Established" and neighbor(name), f"{name} is established")
        assert state["hold_time"] == 9, state
    assert neighbor("frr")["as"] == 4200000001
    assert neighbor("gobgp")["families"] == ["inet-vpn", "route-target", "e-vpn"], neighbor("gobgp")


def test_gobgp_learns_vpn_routes_that_it_asked_for():
    text = until(lambda: "10.1.0.0/24" in gobgp_text("vpnv4") and gobgp_text("vpnv4"), "GoBGP has 10.1.0.0/24")
    line = next(line for line in text.splitlines() if "10.1.0.0/24" in line)
    for part in ["10.99.0.1:1:10.1.0.0/24", "192.0.2.1", "17", "64512:1"]:
        assert part in line, (part, line)
    paths = json.dumps(json.loads(gobgp("global", "rib", "-a", "vpnv4", "-j")))
    assert "10.2.0.0" not in paths, "GoBGP did not ask for the targets of green"
    gobgp("vrf", "add", "green", "rd", "64512:10", "rt", "both", "64512:2")
    until(lambda: "10.2.0.0/24" in gobgp_text("vpnv4"), "GoBGP has 10.2.0.0/24 after asking for its target")
    gobgp("vrf", "del", "green")
    until(lambda: "10.2.0.0/24" not in gobgp_text("vpnv4"), "it is taken back when nobody asks any more")


def test_gobgp_learns_evpn_routes():
    text = until(
        lambda: all(part in gobgp_text("evpn") for part in ["type:macadv", "type:multicast", "type:Prefix"]) and gobgp_text("evpn"),
        "GoBGP has routes of types 2, 3 and 5")
    for part in ["02:00:00:00:00:01", "10.1.0.5", "10.5.0.0/16", "5001", "6001"]:
        assert part in text, (part, text)
    assert "VXLAN" in text.upper(), text


def test_frr_learns_vpn_and_evpn_routes():
    found = until(lambda: "10.1.0.0/24" in frr("show bgp ipv4 vpn") and frr("show bgp ipv4 vpn 10.1.0.0/24"), "FRR has 10.1.0.0/24")
    for part in ["64512", "192.0.2.1", "RT:64512:1", "label: 17"]:
        assert part in found, (part, found)
    evpn = until(lambda: "10.5.0.0" in frr("show bgp l2vpn evpn") and frr("show bgp l2vpn evpn"), "FRR has EVPN routes")
    for part in ["[2]:[0]:[48]:[02:00:00:00:00:01]:[32]:[10.1.0.5]", "[3]:[0]:[32]:[192.0.2.1]", "[5]:[0]:[16]:[10.5.0.0]", "ET:8"]:
        assert part in evpn, (part, evpn)


def test_we_learn_from_gobgp():
    gobgp("global", "rib", "add", "-a", "vpnv4", "10.7.0.0/24", "label", "100", "rd", "64512:7", "rt", "64512:1", "nexthop", "10.99.0.2")
    gobgp("global", "rib", "add", "-a", "evpn", "macadv", "02:00:00:00:00:09", "10.1.0.9", "etag", "0", "label", "5001", "rd", "10.99.0.2:1",
          "rt", "64512:1", "encap", "vxlan")
    gobgp("global", "rib", "add", "-a", "evpn", "multicast", "10.99.0.2", "etag", "0", "rd", "10.99.0.2:1", "rt", "64512:1", "encap", "vxlan")
    gobgp("global", "rib", "add", "-a", "evpn", "prefix", "10.8.0.0/24", "gw", "0.0.0.0", "etag", "0", "label", "6001", "rd", "10.99.0.2:2",
          "rt", "64512:1", "encap", "vxlan")
    paths = until(lambda: route("blue", "inet", "10.7.0.0/24"), "10.7.0.0/24 is imported into blue")
    assert paths[0]["label"] == 100 and paths[0]["next_hop"] == "10.99.0.2" and paths[0]["best"] == "best", paths
    assert "target:64512:1" in paths[0]["communities"] and "imported" in paths[0]["flags"], paths
    assert not route("green", "inet", "10.7.0.0/24"), "green does not import it"
    mac = until(lambda: route("blue", "e-vpn", "2-0-02:00:00:00:00:09,10.1.0.9"), "the MAC address is imported")
    assert mac[0]["encapsulations"] == ["vxlan"] and mac[0]["label"] == 5001, mac
    until(lambda: route("blue", "e-vpn", "3-0-10.99.0.2"), "the multicast membership is imported")
    until(lambda: route("blue", "e-vpn", "5-0-10.8.0.0/24"), "the IP prefix is imported")


def test_we_learn_from_frr_over_a_four_byte_as():
    paths = until(lambda: route("blue", "inet", "10.3.0.0/24"), "10.3.0.0/24 is imported into blue")
    assert paths[0]["label"] == 33 and paths[0]["as_path"] == "4200000001", paths


def test_what_one_says_the_other_hears():
    text = until(lambda: "10.3.0.0/24" in gobgp_text("vpnv4") and gobgp_text("vpnv4"), "GoBGP has FRR's route")
    assert "4200000001" in text, text
    found = until(lambda: "10.7.0.0/24" in frr("show bgp ipv4 vpn") and frr("show bgp ipv4 vpn 10.7.0.0/24"), "FRR has GoBGP's route")
    assert "label: 100" in found, found


def test_withdrawn_routes_are_gone_everywhere():
    gobgp("global", "rib", "del", "-a", "vpnv4", "10.7.0.0/24", "label", "100", "rd", "64512:7", "rt", "64512:1", "nexthop", "10.99.0.2")
    until(lambda: not route("blue", "inet", "10.7.0.0/24"), "10.7.0.0/24 has left blue")
    until(lambda: "10.7.0.0/24" not in frr("show bgp ipv4 vpn"), "10.7.0.0/24 has left FRR")


def test_a_reset_session_comes_back_with_its_routes():
    before = neighbor("gobgp")["established_count"]
    # GoBGP rests for half a minute and closes our connections meanwhile; then it connects to us.
    gobgp("neighbor", "10.99.0.1", "reset")
    until(lambda: neighbor("gobgp")["established_count"] > before, "the session is established again", 100)
    until(lambda: route("blue", "e-vpn", "2-0-02:00:00:00:00:09,10.1.0.9"), "GoBGP's routes are back")
    until(lambda: "10.1.0.0/24" in gobgp_text("vpnv4"), "ours are back")


def refused_signatures():
    """How many segments the control node's system has dropped for what they are signed with."""
    lines = inside("control", "cat", "/proc/net/netstat").splitlines()
    names, values = next((lines[i].split(), lines[i + 1].split()) for i in range(0, len(lines), 2) if lines[i].startswith("TcpExt"))
    return sum(int(value) for name, value in zip(names, values) if name in ["TCPMD5Failure", "TCPMD5Unexpected", "TCPMD5NotFound"])


def test_a_session_needs_the_same_password_at_both_ends():
    def password(text):
        frr("configure terminal", "router bgp 4200000001", text)

    before = refused_signatures()
    password("neighbor 10.99.0.1 password another")
    until(lambda: neighbor("frr")["state"] != "Established", "the session ends")
    until(lambda: refused_signatures() > before, "segments with another signature are dropped")
    assert neighbor("frr")["state"] != "Established"
    before = refused_signatures()
    password("no neighbor 10.99.0.1 password")
    until(lambda: refused_signatures() > before, "segments without a signature are dropped")
    assert neighbor("frr")["state"] != "Established"
    password(f"neighbor 10.99.0.1 password {PASSWORD}")
    until(lambda: neighbor("frr")["state"] == "Established", "the session is back", deadline=90)
    until(lambda: route("blue", "inet", "10.3.0.0/24"), "and its routes")


def test_a_speaker_that_dies_takes_its_routes_along():
    stop("frr", signal.SIGKILL)
    until(lambda: not route("blue", "inet", "10.3.0.0/24"), "FRR's routes have left")
    start_frr()
    until(lambda: route("blue", "inet", "10.3.0.0/24"), "FRR's routes are back")


def speak():
    """A session of the speaker that makes mistakes."""
    # The socket belongs to the place that it was made in.
    with open("/run/netns/wrong") as place, open("/proc/self/ns/net") as home:
        os.setns(place.fileno(), os.CLONE_NEWNET) if hasattr(os, "setns") else setns(place.fileno())
        try:
            return speaker.Speaker("10.99.0.4", "10.99.0.1", 64512)
        finally:
            os.setns(home.fileno(), os.CLONE_NEWNET) if hasattr(os, "setns") else setns(home.fileno())


def setns(descriptor):
    """Python 3.11 has no os.setns."""
    import ctypes
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, 0x40000000) != 0:
        raise OSError(ctypes.get_errno(), "setns")


DISTINGUISHER = struct.pack("!HHI", 0, 64512, 4)


def test_mistakes_in_attributes_withdraw_the_routes_and_keep_the_session():
    session = speak()
    routes = speaker.reachable("192.0.2.4", speaker.vpn_prefix("10.4.0.0", 24, 44, DISTINGUISHER))
    session.send(speaker.update(routes + speaker.common([], [(64512, 1)], 100)))
    until(lambda: route("blue", "inet", "10.4.0.0/24"), "a correct UPDATE is taken")
    session.send(speaker.update(routes + speaker.attribute(0x40, 1, b"\x09") + speaker.common([], [(64512, 1)], 100)))
    until(lambda: not route("blue", "inet", "10.4.0.0/24"), "the routes of an UPDATE with a wrong origin are withdrawn")
    state = neighbor("wrong")
    assert state["state"] == "Established" and state["problems"] > 0, state
    session.send(speaker.update(routes + speaker.common([], [(64512, 1)], 100) + speaker.attribute(0x40, 6, b"\x01")))
    until(lambda: route("blue", "inet", "10.4.0.0/24"), "a wrong atomic aggregate is ignored")
    assert neighbor("wrong")["state"] == "Established"
    session.close()
    until(lambda: not route("blue", "inet", "10.4.0.0/24"), "the routes of a lost session are forgotten")


def test_what_cannot_be_read_ends_the_session_with_the_right_words():
    session = speak()
    session.send(speaker.update(speaker.attribute(0x80, 14, struct.pack("!HBB8s4sB", 1, 128, 12, b"", b"\xc0\0\2\4", 0) + b"\x58\0")))
    while True:
        kind, body = session.receive()
        if kind == speaker.NOTIFICATION:
            break
    assert body[:2] == b"\x03\x09", body.hex()
    session.close()
    until(lambda: neighbor("wrong")["last_error"] != "", "the reason is kept")


def test_the_text_views_are_for_people():
    text = inside("control", TUNGSTEN, "control", "show", "neighbors")
    assert text.splitlines()[0].startswith("ADDRESS") and "10.99.0.2" in text, text
    wrong = subprocess.run(
        ["ip", "netns", "exec", "control", TUNGSTEN, "control", "show", "routes", "--instance", "red"], capture_output=True, text=True)
    assert wrong.returncode != 0 and "there is no routing instance 'red'" in wrong.stderr, wrong


def test_stopping_tells_the_peers():
    stop("control")
    until(lambda: "Establ" not in gobgp("neighbor"), "GoBGP knows that the session is down")
    start_control()
    until(lambda: neighbor("gobgp")["state"] == "Established", "it is established again")


def main():
    make_places()
    tests = [(name, value) for name, value in globals().items() if name.startswith("test_")]
    failed = 0
    try:
        start_control()
        start_gobgp()
        start_frr()
        for name, test in tests:
            began = time.monotonic()
            try:
                test()
                print(f"ok      {name[5:].replace('_', ' ')} ({time.monotonic() - began:.1f} s)", flush=True)
            except Exception:
                failed += 1
                print(f"FAILED  {name[5:].replace('_', ' ')}\n{traceback.format_exc()}", flush=True)
    finally:
        for name in list(processes):
            stop(name, signal.SIGKILL)
    if failed:
        for name in ["control", "gobgp", "frr"]:
            with open(f"{WORK}/{name}.log") as log:
                print(f"--- {name}, last lines\n" + "".join(log.readlines()[-30:]))
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
