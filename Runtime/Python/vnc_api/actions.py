"""What the API can do beside creating, reading, updating, deleting and listing objects, one method each.

A method names an action of the server's home page, puts its arguments into the body that the action takes, and returns what is of use
in the answer. As all described methods (:mod:`vnc_api.conversation`), they are awaited where the client is one for asyncio.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .conversation import Conversation, Request, Together, ask, described, part, to_action, to_collection, to_object
from .exceptions import HttpError
from .operations import Filters, ListObjects, Texts, name_and_type, reference_update, uuid_named, uuid_of
from .resource import Resource, get_object_class, resource_class, resource_types
from .structure import to_json

AAA_MODE_VALID_VALUES = ("no-auth", "cloud-admin", "rbac")


class SingleChanges:
    """Changes of single elements and references of an object. In a bulk they wait, as what changes whole objects does."""

    # Elements of list and map properties

    @described
    def prop_list_add_element(self, obj_uuid: str, obj_field: str, value: Any, position: str | None = None) -> Conversation[Any]:
        """Adds an element to a list property, at the end unless a position is given."""
        return (yield from _change_element(obj_uuid, obj_field, "add", value, position))

    @described
    def prop_list_modify_element(self, obj_uuid: str, obj_field: str, value: Any, position: str) -> Conversation[Any]:
        """Replaces the element of a list property at a position that :meth:`prop_list_get` told."""
        return (yield from _change_element(obj_uuid, obj_field, "modify", value, position))

    @described
    def prop_list_delete_element(self, obj_uuid: str, obj_field: str, position: str) -> Conversation[Any]:
        """Deletes the element of a list property at a position that :meth:`prop_list_get` told."""
        return (yield from _change_element(obj_uuid, obj_field, "delete", None, position))

    @described
    def prop_list_get(self, obj_uuid: str, obj_field: str, position: str | None = None) -> Conversation[list[tuple[Any, str]]]:
        """The elements of a list property, or the one at a position: pairs of value and position."""
        return (yield from _elements(obj_uuid, obj_field, position))

    @described
    def prop_map_set_element(self, obj_uuid: str, obj_field: str, value: Any) -> Conversation[Any]:
        """Sets an element of a map property, in place of the one with the same key."""
        key = yield from _key_name(obj_uuid, obj_field)
        position = to_json(value).get(key)
        if position is None:
            raise ValueError(f"elements of {obj_field} are told apart by their {key}, which this one has not set")
        return (yield from _change_element(obj_uuid, obj_field, "set", value, str(position)))

    @described
    def prop_map_delete_element(self, obj_uuid: str, obj_field: str, position: str) -> Conversation[Any]:
        """Deletes the element of a map property whose key is ``position``."""
        return (yield from _change_element(obj_uuid, obj_field, "delete", None, position))

    @described
    def prop_map_get(self, obj_uuid: str, obj_field: str, position: str | None = None) -> Conversation[list[tuple[Any, str]]]:
        """The elements of a map property, or the one of a key: pairs of value and key."""
        return (yield from _elements(obj_uuid, obj_field, position))

    # References

    @described
    def ref_update(
        self,
        obj_type: str,
        obj_uuid: str,
        ref_type: str,
        ref_uuid: str | None,
        ref_fq_name: Sequence[str] | None,
        operation: str,
        attr: Any = None,
    ) -> Conversation[str]:
        """Adds (``operation="ADD"``) or deletes (``"DELETE"``) a reference of an object to another, named by UUID or name.

        ADD replaces the data of a reference that exists. Returns the UUID of the object.
        """
        request = reference_update(obj_type, obj_uuid, ref_type, ref_uuid, ref_fq_name, operation, attr)
        (reply,) = yield Together([request], obj_uuid)
        return part(reply, "uuid", str, request)


class Actions(SingleChanges):
    """The methods of a client that are not about one type of objects."""

    @described
    def call(
        self,
        action: str,
        method: str = "POST",
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        token: str | None = None,
        uuid: str | None = None,
        repeatable: bool = False,
    ) -> Conversation[Any]:
        """Calls an action by the name under which the home page lists it. ``uuid`` goes into the path of actions on one object."""
        return (yield Request(method, "action", action, uuid, body, query, token, repeatable))

    # Names and UUIDs

    @described
    def fq_name_to_id(self, obj_type: str, fq_name: Sequence[str]) -> Conversation[str]:
        """The UUID of the object of a type and fully qualified name. NoIdError: there is none."""
        return (yield from uuid_named(obj_type, fq_name))

    @described
    def id_to_fq_name(self, id: str) -> Conversation[list[str]]:
        """The fully qualified name of the object of a UUID. NoIdError: there is none."""
        return (yield from name_and_type(id))[0]

    @described
    def id_to_fq_name_type(self, id: str) -> Conversation[tuple[list[str], str]]:
        """The fully qualified name and the type of the object of a UUID. NoIdError: there is none."""
        return (yield from name_and_type(id))

    @described
    def obj_to_id(self, obj: Resource) -> Conversation[str]:
        """The UUID of an object on the server, found by its name. NoIdError: it is not there."""
        return (yield from uuid_named(obj.resource_type, obj.fq_name))

    # Lists

    def resource_list(
        self,
        obj_type: str,
        parent_id: Texts | None = None,
        parent_fq_name: Sequence[str] | None = None,
        back_ref_id: Texts | None = None,
        obj_uuids: Sequence[str] | None = None,
        fields: Sequence[str] | None = None,
        detail: bool = False,
        count: bool = False,
        filters: Filters | None = None,
        shared: bool = False,
        token: str | None = None,
        fq_names: Sequence[Sequence[str]] | None = None,
    ) -> Any:
        """As ``<type>s_list``, with the type as an argument."""
        listed = ListObjects(get_object_class(obj_type))._on(self)
        return listed(parent_id, parent_fq_name, obj_uuids, back_ref_id, fields, detail, count, filters, shared, fq_names, token)

    # Deletion

    @described
    def ref_relax_for_delete(self, obj_uuid: str, ref_uuid: str) -> Conversation[str]:
        """Lets the object ``ref_uuid`` be deleted although ``obj_uuid`` refers to it."""
        return (yield from ask(to_action("ref-relax-for-delete", {"uuid": obj_uuid, "ref-uuid": ref_uuid}), "uuid", str))

    # Tags

    @described
    def set_tag(self, obj: Resource, type: str, value: str, is_global: bool = False) -> Conversation[Any]:
        """Gives an object the tag ``type=value`` in place of the one of this type that it has."""
        return (yield _tags(obj, {type: {"value": value, "is_global": is_global}}))

    @described
    def unset_tag(self, obj: Resource, type: str) -> Conversation[Any]:
        """Takes the tag of a type away from an object."""
        return (yield _tags(obj, {type: None}))

    @described
    def set_tags(self, obj: Resource, tags_dict: Mapping[str, Mapping[str, Any] | None]) -> Conversation[Any]:
        """Changes tags of several types at once.

        For each type: None to take it away, or a mapping of ``value``, ``add_values``, ``delete_values`` and ``is_global``.
        """
        return (yield _tags(obj, tags_dict))

    # Addresses of a virtual network

    @described
    def virtual_network_ip_alloc(
        self, vnobj: Resource, count: int = 1, subnet: str | None = None, family: str | None = None
    ) -> Conversation[list[str]]:
        """Takes addresses out of a network: from the subnet of a UUID, or from any of the family ``v4`` or ``v6``."""
        body = {"count": count, "subnet": subnet, "family": family}
        request = to_action("virtual-network-ip-alloc", body, uuid=(yield from uuid_of(vnobj)))
        return (yield from ask(request, "ip_addr", list))

    @described
    def virtual_network_ip_free(self, vnobj: Resource, ip_list: Sequence[str]) -> Conversation[Any]:
        """Gives addresses back that were taken with :meth:`virtual_network_ip_alloc`."""
        uuid = yield from uuid_of(vnobj)
        return (yield to_action("virtual-network-ip-free", {"ip_addr": list(ip_list)}, uuid=uuid))

    @described
    def virtual_network_subnet_ip_count(self, vnobj: Resource, subnet_list: Sequence[str]) -> Conversation[str]:
        """How many addresses of each subnet, given as ``10.0.0.0/24``, are taken.

        The answer is JSON text, which scripts have always decoded themselves: ``json.loads(answer)["ip_count_list"]``.
        """
        uuid, body = (yield from uuid_of(vnobj)), {"subnet_list": list(subnet_list)}
        return json.dumps((yield to_action("virtual-network-subnet-ip-count", body, uuid=uuid, repeatable=True)))

    # Permissions

    @described
    def chown(self, obj_uuid: str, owner: str) -> Conversation[Any]:
        """Gives an object to the project with the UUID ``owner``."""
        return (yield to_action("chown", {"uuid": obj_uuid, "owner": owner}))

    @described
    def chmod(
        self,
        obj_uuid: str,
        owner: str | None = None,
        owner_access: int | None = None,
        share: Sequence[tuple[str, int] | Mapping[str, Any]] | None = None,
        global_access: int | None = None,
    ) -> Conversation[Any]:
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
        return (yield to_action("chmod", body))

    @described
    def obj_perms(self, token: str | None = None, obj_uuid: str | None = None) -> Conversation[dict[str, Any]]:
        """What the user of a token is, and may do with an object: ``token_info``, ``is_cloud_admin_role``, ``permissions``."""
        return (yield from _permissions(token, obj_uuid))

    @described
    def is_cloud_admin_role(self) -> Conversation[bool]:
        """Has the caller the role that may do everything?"""
        return bool((yield from _permissions()).get("is_cloud_admin_role"))

    @described
    def is_global_read_only_role(self) -> Conversation[bool]:
        """Has the caller the role that may read everything?"""
        return bool((yield from _permissions()).get("is_global_read_only_role"))

    @described
    def get_aaa_mode(self) -> Conversation[Any]:
        """How the server decides who may do what: ``{"aaa-mode": ...}``."""
        return (yield to_action("aaa-mode", method="GET"))

    @described
    def set_aaa_mode(self, mode: str) -> Conversation[Any]:
        """Changes how the server decides who may do what: one of ``AAA_MODE_VALID_VALUES``."""
        if mode not in AAA_MODE_VALID_VALUES:
            raise HttpError(400, f"Invalid AAA mode {mode!r}; there are: {', '.join(AAA_MODE_VALID_VALUES)}")
        return (yield to_action("aaa-mode", {"aaa-mode": mode}, "PUT"))

    # Values kept for user agents

    @described
    def kv_store(self, key: str, value: Any) -> Conversation[None]:
        """Keeps a value under a key."""
        yield to_action("useragent-keyvalue", {"operation": "STORE", "key": key, "value": value}, repeatable=True)

    @described
    def kv_retrieve(self, key: None | str | Sequence[str] = None) -> Conversation[Any]:
        """The value of a key; those of several keys; or all pairs. NoIdError: there is no such key."""
        request = to_action("useragent-keyvalue", {"operation": "RETRIEVE", "key": key}, repeatable=True)
        return (yield from ask(request, "value", object))

    @described
    def kv_delete(self, key: str) -> Conversation[None]:
        """Forgets a key."""
        yield to_action("useragent-keyvalue", {"operation": "DELETE", "key": key})

    # Drafts of security policies

    @described
    def commit_security(self, scope: Resource) -> Conversation[Any]:
        """Makes the drafts of security objects valid, in a project or a policy management."""
        return (yield from _end_draft(scope, "commit"))

    @described
    def discard_security(self, scope: Resource) -> Conversation[Any]:
        """Throws the drafts of security objects away, in a project or a policy management."""
        return (yield from _end_draft(scope, "discard"))

    # Jobs and messages

    @described
    def execute_job(
        self,
        job_template_fq_name: Sequence[str] | None = None,
        job_template_id: str | None = None,
        job_input: Mapping[str, Any] | None = None,
        device_list: Sequence[str] | None = None,
    ) -> Conversation[dict[str, Any]]:
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
        return dict((yield to_action("execute-job", body)))

    @described
    def abort_job(self, job_execution_ids: Sequence[str] | None = None, abort_mode: str | None = None) -> Conversation[Any]:
        """Ends running jobs."""
        return (yield to_action("abort-job", {"input": {"job_execution_ids": job_execution_ids, "abort_mode": abort_mode}}))

    @described
    def amqp_publish(
        self,
        exchange: str | None = None,
        exchange_type: str = "direct",
        routing_key: str | None = None,
        headers: Mapping[str, Any] | None = None,
        payload: Any = "",
    ) -> Conversation[None]:
        """Publishes a message on the server's message bus."""
        body = {"exchange": exchange, "exchange_type": exchange_type, "routing_key": routing_key, "payload": payload}
        yield to_action("amqp-publish", {**body, "headers": headers} if headers else body)

    @described
    def amqp_request(
        self,
        exchange: str | None = None,
        exchange_type: str = "direct",
        routing_key: str | None = None,
        response_key: str | None = None,
        headers: Mapping[str, Any] | None = None,
        payload: Any = "",
    ) -> Conversation[Any]:
        """Publishes a message on the server's message bus, waits for the answer and returns it."""
        body = {
            "exchange": exchange,
            "exchange_type": exchange_type,
            "routing_key": routing_key,
            "response_key": response_key,
            "payload": payload,
        }
        return (yield to_action("amqp-request", {**body, "headers": headers} if headers else body))

    # Debugging

    @described
    def fetch_records(self) -> Conversation[Any]:
        """Records of the server's store that it could not make sense of."""
        return (yield from ask(to_action("fetch-records", {"fetch_records": None}), "results", object))

    @described
    def restore_config(self, create: bool, resource: str, json_body: Mapping[str, Any]) -> Conversation[Any]:
        """Sends an object as it is given, from a stored export: to create it, or to update it."""
        body = json_body if resource in json_body else {resource: json_body}
        if create:
            return (yield to_collection(resource, "POST", body=body))
        return (yield to_object(resource, str(body[resource]["uuid"]), "PUT", body=body))


def _change_element(uuid: str, field: str, operation: str, value: Any, position: str | None) -> Conversation[Any]:
    update = {"field": field, "operation": operation, "value": to_json(value), "position": position}
    (reply,) = yield Together([to_action("prop-collection-update", {"uuid": uuid, "updates": [update]})])
    return reply


def _elements(uuid: str, field: str, position: str | None) -> Conversation[list[tuple[Any, str]]]:
    query = {"uuid": uuid, "fields": field}
    if position is not None:
        query["position"] = position
    elements = yield from ask(to_action("prop-collection-get", method="GET", query=query), field, list)
    return [(value, where) for value, where in elements]


def _key_name(uuid: str, field: str) -> Conversation[str]:
    """The member by which elements of a map property are told apart. Mostly all types that have the property agree."""
    classes = [cls for cls in map(resource_class, resource_types()) if cls is not None]
    keys = {cls.prop_map_field_key_names[field] for cls in classes if field in cls.prop_map_fields}
    if len(keys) > 1:
        _, resource_type = yield from name_and_type(uuid)
        cls = resource_class(resource_type)
        keys = {cls.prop_map_field_key_names[field]} if cls is not None and field in cls.prop_map_fields else set()
    if not keys:
        raise ValueError(f"no object type has a map property {field!r}")
    return keys.pop()


def _tags(obj: Resource, tags: Mapping[str, Mapping[str, Any] | None]) -> Request:
    return to_action("set-tag", {"obj_type": obj.object_type, "obj_uuid": obj.uuid, **tags})


def _permissions(token: str | None = None, uuid: str | None = None) -> Conversation[dict[str, Any]]:
    query = None if uuid is None else {"uuid": uuid}
    return dict((yield to_action("obj-perms", method="GET", query=query, token=token)))


def _end_draft(scope: Resource, end: str) -> Conversation[Any]:
    return (yield to_action("security-policy-draft", {"scope_uuid": (yield from uuid_of(scope)), "action": end}))
