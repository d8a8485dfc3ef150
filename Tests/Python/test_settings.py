"""Arguments, the ini file, defaults: which one decides."""

import configparser
import logging

import pytest
from vnc_api.settings import load

INI = """
[global]
WEB_SERVER = 10.1.1.1, 10.1.1.2
WEB_PORT = 9100
BASE_URL = /api
use_ssl = True
insecure = False
certfile = /c
keyfile = /k
cafile = /a
MAX_POOLS = 7
MAX_CONNS_PER_POOL = 8
TIMEOUT = 33
CONNECTION_TIMEOUT = 3
curl_log = False

[auth]
AUTHN_TYPE = keystone
AUTHN_PROTOCOL = https
AUTHN_SERVER = 10.1.1.3
AUTHN_PORT = 5000
AUTHN_URL = /v3/auth/tokens
AUTHN_USER = ada
AUTHN_PASSWORD = 100%secret
AUTHN_TENANT = admin
AUTHN_DOMAIN = home
insecure = True
"""


@pytest.fixture
def ini(tmp_path):
    path = tmp_path / "vnc_api_lib.ini"
    path.write_text(INI)
    return str(path)


def test_defaults():
    settings = load({}, [])
    assert (settings.hosts, settings.port, settings.scheme, settings.base_path) == (["127.0.0.1"], 8082, "http", "/")
    assert (settings.timeout, settings.connection_timeout, settings.uses_keystone) == (120, 5, True)
    assert (settings.keystone.host, settings.keystone.port, settings.keystone.tenant_name) == ("127.0.0.1", 35357, None)


def test_the_ini_file(ini):
    settings = load({}, ini)
    assert (settings.hosts, settings.port, settings.scheme, settings.base_path) == (["10.1.1.1", "10.1.1.2"], 9100, "https", "/api")
    assert (settings.tls.presented, settings.tls.trusted) == (("/c", "/k"), "/a")
    assert (settings.pools, settings.connections_per_pool, settings.timeout, settings.connection_timeout) == (7, 8, 33, 3)
    assert settings.request_log is None
    keystone = settings.keystone
    assert (keystone.protocol, keystone.host, keystone.port, keystone.path) == ("https", "10.1.1.3", 5000, "/v3/auth/tokens")
    assert (keystone.username, keystone.password, keystone.tenant_name, keystone.domain_name) == ("ada", "100%secret", "admin", "home")
    assert keystone.tls.trusted is False and settings.tls.insecure is False


def test_arguments_decide_before_the_ini_file(ini):
    settings = load({"api_server_host": "10.2.2.2", "api_server_port": "8082", "api_server_use_ssl": False, "username": "bob"}, ini)
    assert (settings.hosts, settings.port, settings.scheme) == (["10.2.2.2"], 8082, "http")
    assert (settings.keystone.username, settings.keystone.password) == ("bob", "100%secret")


def test_the_last_of_several_files_decides(ini, tmp_path):
    other = tmp_path / "other.ini"
    other.write_text("[global]\nWEB_PORT = 9200\n")
    settings = load({}, [ini, str(other)])
    assert (settings.port, settings.hosts) == (9200, ["10.1.1.1", "10.1.1.2"])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/", ("http", ["127.0.0.1"], 8082, "/")),
        ("api/v1/", ("http", ["127.0.0.1"], 8082, "/api/v1")),
        ("https://cloud.example/api", ("https", ["cloud.example"], 443, "/api")),
        ("http://[fd00::1]:9100", ("http", ["fd00::1"], 9100, "/")),
    ],
)
def test_urls(url, expected):
    settings = load({"api_server_url": url}, [])
    assert (settings.scheme, settings.hosts, settings.port, settings.base_path) == expected


def test_authentication_can_be_turned_off():
    assert load({"auth_type": "noauth"}, []).uses_keystone is False


def test_a_file_that_was_named_and_is_missing_is_warned_about(caplog):
    caplog.set_level(logging.WARNING, "vnc_api")
    load({}, "/nowhere/vnc_api_lib.ini")
    assert "none of the configuration files exists: /nowhere/vnc_api_lib.ini" in caplog.text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"api_server_port": "http"}, "api_server_port=: 'http' is not the number of a port, 1 to 65535"),
        ({"api_server_port": 65536}, "api_server_port=: 65536 is not the number of a port"),
        ({"api_server_host": "10.1.1.1:8082"}, "api_server_host=: '10.1.1.1:8082' is not the name or address of a host: its port goes into api_server_port="),
        ({"api_server_host": ["http://10.1.1.1"]}, "api_server_host=: 'http://10.1.1.1' is not the name or address of a host"),
        ({"auth_type": "kerberos"}, "auth_type=: auth_type is 'kerberos'; there are: keystone, noauth"),
        ({"api_server_host": []}, "no API server is named: give api_server_host="),
    ],
)
def test_mistakes_are_told(arguments, text):
    with pytest.raises(ValueError) as caught:
        load(arguments, [])
    assert str(caught.value).startswith(text)


def test_mistakes_in_the_ini_file_are_told(ini):
    with open(ini, "a") as file:
        file.write("[global]\n")
    with pytest.raises(configparser.Error, match="section 'global' already exists"):
        load({}, ini)


def test_wrong_options_of_the_ini_file_are_told(tmp_path):
    path = tmp_path / "vnc_api_lib.ini"
    path.write_text("[global]\nWEB_PORT = http\n")
    with pytest.raises(ValueError, match=r"WEB_PORT in \[global\] of .*vnc_api_lib.ini: 'http' is not the number of a port"):
        load({}, str(path))
