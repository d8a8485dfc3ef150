"""Client of the Tungsten configuration API.

    from vnc_api import vnc_api

    vnc = vnc_api.VncApi(api_server_host="10.1.1.1", username="admin", password=..., tenant_name="admin", auth_host="10.1.1.2")
    project = vnc.project_read(fq_name=["default-domain", "admin"])
    network = vnc_api.VirtualNetwork("front", parent_obj=project)
    vnc.virtual_network_create(network)

``vnc_api.vnc_api`` has everything a script needs: the client, a class for every object and structured type, and the errors.
The modules below ``vnc_api.gen`` are made from the schema; all others are written by hand and know no type of it.
"""

__version__ = "1.0.0"
