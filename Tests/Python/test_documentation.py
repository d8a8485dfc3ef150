"""``help()`` of everything public says something, and of the generated classes what the schema says."""

import inspect
import pydoc

import pytest
from vnc_api import vnc_api
from vnc_api.aio import AsyncVncApi
from vnc_api.fields import Field
from vnc_api.gen import resource_client, resource_xsd
from vnc_api.operations import Operation
from vnc_api.resource import Resource

OBJECTS = [getattr(resource_client, name) for name in resource_client.__all__]
STRUCTURES = [cls for cls in (getattr(resource_xsd, name) for name in resource_xsd.__all__) if isinstance(cls, type)]


def help_of(thing):
    return pydoc.plain(pydoc.render_doc(thing))


def undocumented(cls):
    """Public methods and fields of a class of this package that have no text of their own."""
    for name, value in inspect.getmembers(cls):
        home = next((base for base in cls.__mro__ if name in vars(base)), cls)
        if name.startswith("_") or not home.__module__.startswith("vnc_api"):
            continue
        if (callable(value) or inspect.isdatadescriptor(value)) and not inspect.getdoc(value):
            yield f"{home.__name__}.{name}"


@pytest.mark.parametrize("cls", [*OBJECTS, *STRUCTURES], ids=lambda cls: cls.__name__)
def test_generated_classes_explain_themselves(cls):
    assert inspect.getdoc(cls) and not [name for name, value in vars(cls).items() if isinstance(value, Field) and not inspect.getdoc(value)]
    fields = cls._properties() if issubclass(cls, Resource) else cls._by_name
    declared_here = [name for name in fields if name in vars(cls) or not issubclass(cls, Resource)]
    text = inspect.getdoc(cls)
    assert [name for name in declared_here if f"\n    {name}: " not in text] == []


@pytest.mark.parametrize("name", sorted(set(vnc_api.__all__) - set(resource_client.__all__) - set(resource_xsd.__all__)))
def test_everything_that_scripts_import_explains_itself(name):
    value = getattr(vnc_api, name)
    if isinstance(value, type):
        assert inspect.getdoc(value) and list(undocumented(value)) == []
    elif callable(value):
        assert inspect.getdoc(value)


def test_described_methods_say_what_they_return():
    assert inspect.signature(vnc_api.VncApi.id_to_fq_name).return_annotation == "list[str]"
    assert "chown(self, obj_uuid: 'str', owner: 'str') -> 'Any'" in help_of(vnc_api.VncApi)
    assert "Conversation" not in help_of(vnc_api.VncApi) + help_of(AsyncVncApi)


def test_operations_of_types_explain_themselves():
    operations = [value for _, value in inspect.getmembers(vnc_api.VncApi) if isinstance(value, Operation)]
    assert len(operations) > 6 * len(OBJECTS)
    assert all(operation.resource.resource_type in inspect.getdoc(operation) for operation in operations)


def test_help_of_an_object_type():
    text = help_of(vnc_api.VirtualNetwork)
    assert "Closed group of ports that reach each other at layer 2" in text
    assert "Lives below a ``project``. REST: ``/virtual-network/<uuid>``, ``/virtual-networks``." in text
    for line in (
        "mtu",
        "    Largest IP packet, in bytes, that ports of the network are told to send. Absent, the network prescribes none.",
        "    Type: ``integer``; 0 to 9216.",
        "    Type: ``string``; one of 'infra', 'tenant', 'internal', 'routed'; 'tenant' unless set.",
        "    Type: ``VirtualNetworkType``.",
        "    References to ``network-ipam`` objects, each with a ``VnSubnetsType`` in its ``attr``.",
        "floating_ip_pools",
        "    The ``floating-ip-pool`` objects that live below it, read when they are first looked at.",
        "    The ``instance-ip`` objects that refer to it, read when they are first looked at.",
    ):
        assert f"\n |  {line}\n" in text, line


def test_help_hides_what_is_not_for_scripts():
    for cls in (vnc_api.VirtualNetwork, vnc_api.SubnetType, vnc_api.VncApi):
        private = [line for line in help_of(cls).splitlines() if line.startswith(" |  _") and not line.startswith(" |  __")]
        assert private == []


def test_help_of_a_structured_type():
    text = help_of(vnc_api.SubnetType)
    assert "SubnetType(ip_prefix=None, ip_prefix_len=None)" in text and "    ip_prefix_len: " in text
