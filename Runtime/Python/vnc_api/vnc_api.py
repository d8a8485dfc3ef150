"""Everything that a script needs: the client, a class for every object and every structured type, and the errors.

    from vnc_api import vnc_api

    vnc = vnc_api.VncApi(api_server_host="10.1.1.1", username="admin", password=..., tenant_name="admin", auth_host="10.1.1.2")
    project = vnc.project_read(fq_name=["default-domain", "admin"])
    network = vnc_api.VirtualNetwork("front", parent_obj=project)
    network.flood_unknown_unicast = True
    vnc.virtual_network_create(network)

:class:`VncApi` explains its arguments; :mod:`vnc_api.operations` what is done with objects; ``help()`` of a class its properties.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from requests.exceptions import ConnectionError

from . import exceptions
from .actions import AAA_MODE_VALID_VALUES
from .bulk import Bulk
from .client import Client
from .exceptions import *
from .gen import resource_client, resource_xsd
from .gen.resource_client import *
from .gen.resource_xsd import *
from .gen.vnc_api_client_gen import ResourceOperations, all_resource_type_tuples, all_resource_types
from .references import Reference
from .resource import Resource, get_object_class
from .settings import load
from .structure import StructuredType
from .utils import CamelCase, obj_type_to_vnc_class, str_to_class
from .watch import Watch, WatchEvent

__all__ = [
    "AAA_MODE_VALID_VALUES",
    "Bulk",
    "CamelCase",
    "ConnectionError",
    "Reference",
    "Resource",
    "StructuredType",
    "VncApi",
    "Watch",
    "WatchEvent",
    "all_resource_type_tuples",
    "all_resource_types",
    "get_object_class",
    "obj_type_to_vnc_class",
    "str_to_class",
]
__all__ += exceptions.__all__
__all__ += resource_client.__all__
__all__ += resource_xsd.__all__


class VncApi(Client, ResourceOperations):
    """A client of the configuration API.

    All arguments may be left out. What is not given is looked up in the ini file, and has a default otherwise:

    api_server_host: name or address of the server, or several; they take turns, and one that fails is left out. Default 127.0.0.1.
    api_server_port: 8082. api_server_use_ssl: False. api_server_url: a path before all others, or a whole URL.
    apicertfile, apikeyfile, apicafile: certificate and key to present to the server, and authority to check it with; apiinsecure: do
    not check it.

    auth_type: ``keystone`` or ``noauth``. Keystone is only asked when the server answers 401.
    username, password, tenant_name, domain_name: who calls, for which project. auth_token: a token instead. A token that is no longer
    good is replaced, where username and password say how.
    auth_host, auth_port, auth_protocol: where Keystone is; not needed for a server with users of its own; 127.0.0.1, 35357, http otherwise.
    auth_url: path of its tokens, when neither
    ``/v3/auth/tokens`` nor ``/v2.0/tokens``; auth_token_url: the whole URL.
    kscertfile, kskeyfile, kscafile, ksinsecure: as for the server.

    conf_file: ini file, or several of which the last one that has an option decides. Default /etc/contrail/vnc_api_lib.ini.
    wait_for_connect: wait for a server that is not there yet. api_health_check: ask each server first whether it is there.
    timeout, connection_timeout: in seconds; 120, 5. exclude_hrefs: ask for answers without URLs.
    user_info: accepted for scripts that give it, and not used.

    A client may be shared by threads, and used in a ``with`` statement, which closes its connections.
    """

    def __init__(
        self,
        username: str | None = None,
        password: str | None = None,
        tenant_name: str | None = None,
        api_server_host: None | str | Sequence[str] = None,
        api_server_port: None | int | str = None,
        api_server_url: str | None = None,
        conf_file: None | str | Sequence[str] = None,
        user_info: Any = None,
        auth_token: str | None = None,
        auth_host: str | None = None,
        auth_port: None | int | str = None,
        auth_protocol: str | None = None,
        auth_url: str | None = None,
        auth_type: str | None = None,
        wait_for_connect: bool = False,
        api_server_use_ssl: None | bool | str = None,
        domain_name: str | None = None,
        exclude_hrefs: bool | None = None,
        auth_token_url: str | None = None,
        apicertfile: str | None = None,
        apikeyfile: str | None = None,
        apicafile: str | None = None,
        kscertfile: str | None = None,
        kskeyfile: str | None = None,
        kscafile: str | None = None,
        apiinsecure: None | bool | str = None,
        ksinsecure: None | bool | str = None,
        timeout: float | None = None,
        connection_timeout: float | None = None,
        api_health_check: bool = False,
    ) -> None:
        arguments = {name: value for name, value in locals().items() if name != "self"}
        super().__init__(
            load(arguments, conf_file),
            token=auth_token,
            wait=wait_for_connect,
            exclude_hrefs=bool(exclude_hrefs),
            probe=api_health_check,
        )

    def bulk(self) -> Bulk:
        """A client whose writes wait for the end of a ``with`` statement, and then take effect together or not at all; see
        :mod:`vnc_api.bulk`."""
        return Bulk(self)
