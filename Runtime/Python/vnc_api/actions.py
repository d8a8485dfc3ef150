"""What the API can do beside creating, reading, updating, deleting and listing objects, one method each.

A method names an action of the server's home page, puts its arguments into the body that the action takes, and returns what is of use
in the answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .client import ObjectClient
from .connection import part
from .exceptions import HttpError
from .resource import Resource, resource_class, resource_types
from .structure import to_json

AAA_MODE_VALID_VALUES = ("no-auth", "cloud-admin", "rbac")


class ActionClient(ObjectClient):
    """A client with all actions."""

    # Elements of list and map properties

    def prop_list_add_element(self, obj_uuid: str, obj_field: str, value: Any, position: str | None = None) -> Any:
        """Adds an element to a list property, at the end unless a position is given."""
        return self._update_element(obj_uuid, obj_field, "add", value, position)

    def prop_list_modify_element(self, obj_uuid: str, obj_field: str, value: Any, position: str) -> Any:
        """Replaces the element of a list property at a position that :meth:`prop_list_get` told."""
        return self._update_element(obj_uuid, obj_field, "modify", value, position)

    def prop_list_delete_element(self, obj_uuid: str, obj_field: str, position: str) -> Any:
        """Deletes the element of a list property at a position that :meth:`prop_list_get` told."""
        return self._update_element(obj_uuid, obj_field, "delete", None, position)

    def prop_list_get(self, obj_uuid: str, obj_field: str, position: str | None = None) -> list[tuple[Any, str]]:
        """The elements of a list property, or the one at a position: pairs of value and position."""
        return self._elements(obj_uuid, obj_field, position)

    def prop_map_set_element(self, obj_uuid: str, obj_field: str, value: Any) -> Any:
        """Sets an element of a map property, in place of the one with the same key."""
        key = self._key_name(obj_uuid, obj_field)
        position = to_json(value).get(key)
        if position is None:
            raise ValueError(f"elements of {obj_field} are told apart by their {key}, which this one has not set")
        return self._update_element(obj_uuid, obj_field, "set", value, str(position))

    def prop_map_delete_element(self, obj_uuid: str, obj_field: str, position: str) -> Any:
        """Deletes the element of a map property whose key is ``position``."""
        return self._update_element(obj_uuid, obj_field, "delete", None, position)

    def prop_map_get(self, obj_uuid: str, obj_field: str, position: str | None = None) -> list[tuple[Any, str]]:
        """The elements of a map property, or the one of a key: pairs of value and key."""
        return self._elements(obj_uuid, obj_field, position)

    def _update_element(self, uuid: str, field: str, operation: str, value: Any, position: str | None) -> Any:
        update = {"field": field, "operation": operation, "value": to_json(value), "position": position}
        return self.call("prop-collection-update", body={"uuid": uuid, "updates": [update]})

    def _elements(self, uuid: str, field: str, position: str | None) -> list[tuple[Any, str]]:
        query = {"uuid": uuid, "fields": field}
        if position is not None:
            query["position"] = position
        elements = part(self.call("prop-collection-get", "GET", query=query), field, list, "prop-collection-get")
        return [(value, where) for value, where in elements]

    def _key_name(self, uuid: str, field: str) -> str:
        """The member by which elements of a map property are told apart. Mostly all types that have the property agree."""
        classes = [cls for cls in map(resource_class, resource_types()) if cls is not None]
        keys = {cls.prop_map_field_key_names[field] for cls in classes if field in cls.prop_map_fields}
        if len(keys) > 1:
            cls = resource_class(self.id_to_fq_name_type(uuid)[1])
            keys = {cls.prop_map_field_key_names[field]} if cls is not None and field in cls.prop_map_fields else set()
        if not keys:
            raise ValueError(f"no object type has a map property {field!r}")
        return keys.pop()

    # References

    def ref_relax_for_delete(self, obj_uuid: str, ref_uuid: str) -> str:
        """Lets the object ``ref_uuid`` be deleted although ``obj_uuid`` refers to it."""
        reply = self.call("ref-relax-for-delete", body={"uuid": obj_uuid, "ref-uuid": ref_uuid})
        return part(reply, "uuid", str, "ref-relax-for-delete")

    # Tags

    def set_tag(self, obj: Resource, type: str, value: str, is_global: bool = False) -> Any:
        """Gives an object the tag ``type=value`` in place of the one of this type that it has."""
        return self.set_tags(obj, {type: {"value": value, "is_global": is_global}})

    def unset_tag(self, obj: Resource, type: str) -> Any:
        """Takes the tag of a type away from an object."""
        return self.set_tags(obj, {type: None})

    def set_tags(self, obj: Resource, tags_dict: Mapping[str, Mapping[str, Any] | None]) -> Any:
        """Changes tags of several types at once.

        For each type: None to take it away, or a mapping of ``value``, ``add_values``, ``delete_values`` and ``is_global``.
        """
        return self.call("set-tag", body={"obj_type": obj.object_type, "obj_uuid": obj.uuid, **tags_dict})

    # Addresses of a virtual network

    def virtual_network_ip_alloc(
        self, vnobj: Resource, count: int = 1, subnet: str | None = None, family: str | None = None
    ) -> list[str]:
        """Takes addresses out of a network: from the subnet of a UUID, or from any of the family ``v4`` or ``v6``."""
        body = {"count": count, "subnet": subnet, "family": family}
        reply = self.call("virtual-network-ip-alloc", body=body, uuid=self._uuid(vnobj))
        return part(reply, "ip_addr", list, "virtual-network-ip-alloc")

    def virtual_network_ip_free(self, vnobj: Resource, ip_list: Sequence[str]) -> Any:
        """Gives addresses back that were taken with :meth:`virtual_network_ip_alloc`."""
        return self.call("virtual-network-ip-free", body={"ip_addr": list(ip_list)}, uuid=self._uuid(vnobj))

    def virtual_network_subnet_ip_count(self, vnobj: Resource, subnet_list: Sequence[str]) -> str:
        """How many addresses of each subnet, given as ``10.0.0.0/24``, are taken.

        The answer is JSON text, which scripts have always decoded themselves: ``json.loads(answer)["ip_count_list"]``.
        """
        body = {"subnet_list": list(subnet_list)}
        return json.dumps(self.call("virtual-network-subnet-ip-count", body=body, uuid=self._uuid(vnobj), repeatable=True))

    def _uuid(self, obj: Resource) -> str:
        return obj.uuid or self.obj_to_id(obj)

    # Permissions and identity

    def chown(self, obj_uuid: str, owner: str) -> Any:
        """Gives an object to the project with the UUID ``owner``."""
        return self.call("chown", body={"uuid": obj_uuid, "owner": owner})

    def chmod(
        self,
        obj_uuid: str,
        owner: str | None = None,
        owner_access: int | None = None,
        share: Sequence[tuple[str, int] | Mapping[str, Any]] | None = None,
        global_access: int | None = None,
    ) -> Any:
        """Changes who may do what with an object. What is None stays.

        An access is the sum of 4 (read), 2 (write) and 1 (refer to). ``share`` lists pairs of a project's or domain's UUID and its access.
        """
        body: dict[str, Any] = {"uuid": obj_uuid}
        if owner is not None:
            body["owner"] = owner
        if owner_access is not None:
            body["owner_access"] = owner_access
        if share is not None:
            body["share"] = [
                dict(entry) if isinstance(entry, Mapping) else {"tenant": entry[0], "tenant_access": entry[1]} for entry in share
            ]
        if global_access is not None:
            body["global_access"] = global_access
        return self.call("chmod", body=body)

    def obj_perms(self, token: str | None = None, obj_uuid: str | None = None) -> dict[str, Any]:
        """What the user of a token is, and may do with an object: ``token_info``, ``is_cloud_admin_role``, ``permissions``."""
        query = None if obj_uuid is None else {"uuid": obj_uuid}
        return dict(self.call("obj-perms", "GET", query=query, token=token))

    def is_cloud_admin_role(self) -> bool:
        """Has the caller the role that may do everything?"""
        return bool(self.obj_perms().get("is_cloud_admin_role"))

    def is_global_read_only_role(self) -> bool:
        """Has the caller the role that may read everything?"""
        return bool(self.obj_perms().get("is_global_read_only_role"))

    def get_aaa_mode(self) -> Any:
        """How the server decides who may do what: ``{"aaa-mode": ...}``."""
        return self.call("aaa-mode", "GET")

    def set_aaa_mode(self, mode: str) -> Any:
        """Changes how the server decides who may do what: one of ``AAA_MODE_VALID_VALUES``."""
        if mode not in AAA_MODE_VALID_VALUES:
            raise HttpError(400, f"Invalid AAA mode {mode!r}; there are: {', '.join(AAA_MODE_VALID_VALUES)}")
        return self.call("aaa-mode", "PUT", body={"aaa-mode": mode})

    def get_auth_token(self) -> str:
        """The token that requests carry; fetched from Keystone if there is none yet. AuthFailed: Keystone gives none."""
        return self._connection.token or self._connection.authenticate()

    def set_auth_token(self, token: str | None) -> None:
        """Sends this token from now on."""
        self._connection.set_token(token)

    def set_user_roles(self, roles: Sequence[str]) -> None:
        """Asks with these roles of the caller only, from now on."""
        self._connection.set_header("X-API-ROLE", ",".join(roles))

    def set_exclude_hrefs(self) -> None:
        """Asks the server, from now on, to leave URLs out of its answers."""
        self._exclude_hrefs = True

    # Values kept for user agents

    def kv_store(self, key: str, value: Any) -> None:
        """Keeps a value under a key."""
        self.call("useragent-keyvalue", body={"operation": "STORE", "key": key, "value": value}, repeatable=True)

    def kv_retrieve(self, key: None | str | Sequence[str] = None) -> Any:
        """The value of a key; those of several keys; or all pairs. NoIdError: there is no such key."""
        reply = self.call("useragent-keyvalue", body={"operation": "RETRIEVE", "key": key}, repeatable=True)
        return part(reply, "value", object, "useragent-keyvalue")

    def kv_delete(self, key: str) -> None:
        """Forgets a key."""
        self.call("useragent-keyvalue", body={"operation": "DELETE", "key": key})

    # Drafts of security policies

    def commit_security(self, scope: Resource) -> Any:
        """Makes the drafts of security objects valid, in a project or a policy management."""
        return self.call("security-policy-draft", body={"scope_uuid": self._uuid(scope), "action": "commit"})

    def discard_security(self, scope: Resource) -> Any:
        """Throws the drafts of security objects away, in a project or a policy management."""
        return self.call("security-policy-draft", body={"scope_uuid": self._uuid(scope), "action": "discard"})

    # Jobs and messages

    def execute_job(
        self,
        job_template_fq_name: Sequence[str] | None = None,
        job_template_id: str | None = None,
        job_input: Mapping[str, Any] | None = None,
        device_list: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """Starts a job from a template, named by name or UUID, on devices; returns ``{"job_execution_id": ...}``."""
        if not job_template_fq_name and not job_template_id:
            raise ValueError("which job? give job_template_fq_name= or job_template_id=")
        body: dict[str, Any] = {"input": dict(job_input or {})}
        if job_template_fq_name:
            body["job_template_fq_name"] = list(job_template_fq_name)
        else:
            body["job_template_id"] = job_template_id
        if device_list:
            body["params"] = {"device_list": list(device_list)}
        return dict(self.call("execute-job", body=body))

    def abort_job(self, job_execution_ids: Sequence[str] | None = None, abort_mode: str | None = None) -> Any:
        """Ends running jobs."""
        return self.call("abort-job", body={"input": {"job_execution_ids": job_execution_ids, "abort_mode": abort_mode}})

    def amqp_publish(
        self,
        exchange: str | None = None,
        exchange_type: str = "direct",
        routing_key: str | None = None,
        headers: Mapping[str, Any] | None = None,
        payload: Any = "",
    ) -> None:
        """Publishes a message on the server's message bus."""
        body = {"exchange": exchange, "exchange_type": exchange_type, "routing_key": routing_key, "payload": payload}
        self.call("amqp-publish", body={**body, "headers": headers} if headers else body)

    def amqp_request(
        self,
        exchange: str | None = None,
        exchange_type: str = "direct",
        routing_key: str | None = None,
        response_key: str | None = None,
        headers: Mapping[str, Any] | None = None,
        payload: Any = "",
    ) -> Any:
        """Publishes a message on the server's message bus, waits for the answer and returns it."""
        body = {
            "exchange": exchange,
            "exchange_type": exchange_type,
            "routing_key": routing_key,
            "response_key": response_key,
            "payload": payload,
        }
        return self.call("amqp-request", body={**body, "headers": headers} if headers else body)

    # Debugging

    def fetch_records(self) -> Any:
        """Records of the server's store that it could not make sense of."""
        return part(self.call("fetch-records", body={"fetch_records": None}), "results", object, "fetch-records")

    def restore_config(self, create: bool, resource: str, json_body: Mapping[str, Any]) -> Any:
        """Sends an object as it is given, from a stored export: to create it, or to update it."""
        body = json_body if resource in json_body else {resource: json_body}
        if create:
            return self._connection.request("POST", self._home.collection(resource), body=body)
        return self._connection.request("PUT", self._home.object(resource, str(body[resource]["uuid"])), body=body)

    # Conversion

    def obj_to_dict(self, obj: Resource) -> dict[str, Any]:
        """An object as JSON knows it."""
        return obj.to_json()

    def obj_to_json(self, obj: Resource) -> str:
        """An object as JSON text."""
        return json.dumps(obj.to_json())
