/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from family.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Names of numbers, and the tables by which core/vrouter_attributes.c reads and writes messages.
 */
#include "vrouter_family.h"
#include "vrouter_flow.h"
#include "vrouter_interface.h"
#include "vrouter_label.h"
#include "vrouter_next_hop.h"
#include "vrouter_route.h"
#include "vrouter_statistics.h"
#include "vrouter_trace.h"
#include "vrouter_vrf.h"

const char *vrouter_table_operation_name(uint32_t value)
{
    switch (value) {
    case VROUTER_TABLE_OPERATION_ADD:
        return "add";
    case VROUTER_TABLE_OPERATION_CHANGE:
        return "change";
    case VROUTER_TABLE_OPERATION_DELETE:
        return "delete";
    case VROUTER_TABLE_OPERATION_GET:
        return "get";
    case VROUTER_TABLE_OPERATION_DUMP:
        return "dump";
    case VROUTER_TABLE_OPERATION_SWEEP:
        return "sweep";
    case VROUTER_TABLE_OPERATION_RESET:
        return "reset";
    default:
        return NULL;
    }
}

const char *vrouter_address_family_name(uint32_t value)
{
    switch (value) {
    case VROUTER_ADDRESS_FAMILY_INET:
        return "inet";
    case VROUTER_ADDRESS_FAMILY_BRIDGE:
        return "bridge";
    case VROUTER_ADDRESS_FAMILY_INET6:
        return "inet6";
    default:
        return NULL;
    }
}

const char *vrouter_party_name(uint32_t value)
{
    switch (value) {
    case VROUTER_PARTY_AGENT:
        return "agent";
    case VROUTER_PARTY_FORWARDER:
        return "forwarder";
    default:
        return NULL;
    }
}

const char *vrouter_forwarder_port_name(uint32_t value)
{
    switch (value) {
    case VROUTER_FORWARDER_PORT_KERNEL:
        return "kernel";
    case VROUTER_FORWARDER_PORT_USER:
        return "user";
    case VROUTER_FORWARDER_PORT_DPDK:
        return "dpdk";
    default:
        return NULL;
    }
}

const char *vrouter_capabilities_name(uint32_t bit)
{
    switch (bit) {
    case 0:
        return "mpls-over-gre";
    case 1:
        return "mpls-over-udp";
    case 2:
        return "vxlan";
    case 3:
        return "ipv6-underlay";
    case 4:
        return "local-policy";
    case 5:
        return "mirroring";
    case 6:
        return "inner-fragmentation";
    default:
        return NULL;
    }
}

static const struct vrouter_attribute vrouter_table_limits_attributes[] = {
    {
        .name = "interfaces", .number = 1, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_table_limits, interfaces),
        .size = sizeof(((struct vrouter_table_limits *)0)->interfaces),
    },
    {
        .name = "vrfs", .number = 2, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_table_limits, vrfs), .size = sizeof(((struct vrouter_table_limits *)0)->vrfs),
    },
    {
        .name = "next-hops", .number = 3, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_table_limits, next_hops),
        .size = sizeof(((struct vrouter_table_limits *)0)->next_hops),
    },
    {
        .name = "labels", .number = 4, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_table_limits, labels), .size = sizeof(((struct vrouter_table_limits *)0)->labels),
    },
    {
        .name = "vxlan-networks", .number = 5, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_table_limits, vxlan_networks),
        .size = sizeof(((struct vrouter_table_limits *)0)->vxlan_networks),
    },
    {
        .name = "bridge-entries", .number = 6, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_table_limits, bridge_entries),
        .size = sizeof(((struct vrouter_table_limits *)0)->bridge_entries),
    },
    {
        .name = "flows", .number = 7, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_table_limits, flows), .size = sizeof(((struct vrouter_table_limits *)0)->flows),
    },
    {
        .name = "overflow-flows", .number = 8, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_table_limits, overflow_flows),
        .size = sizeof(((struct vrouter_table_limits *)0)->overflow_flows),
    },
    {
        .name = "held-flows", .number = 9, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_table_limits, held_flows),
        .size = sizeof(((struct vrouter_table_limits *)0)->held_flows),
    },
};

const struct vrouter_layout vrouter_table_limits_layout = {
    .name = "table-limits",
    .attributes = vrouter_table_limits_attributes,
    .attribute_count = 9,
    .size = sizeof(struct vrouter_table_limits),
    .maximum_bytes = 72,
};

static const struct vrouter_attribute vrouter_hello_attributes[] = {
    {
        .name = "sender", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_hello, sender),
        .size = sizeof(((struct vrouter_hello *)0)->sender), .high = 0x6ull,
    },
    {
        .name = "build", .number = 2, .kind = VROUTER_KIND_STRING, .maximum_length = 128,
        .offset = offsetof(struct vrouter_hello, build), .size = sizeof(((struct vrouter_hello *)0)->build),
    },
    {
        .name = "port", .number = 3, .kind = VROUTER_KIND_NUMBER, .minimum_length = 1, .maximum_length = 1,
        .offset = offsetof(struct vrouter_hello, port), .size = sizeof(((struct vrouter_hello *)0)->port),
    },
    {
        .name = "capabilities", .number = 4, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_hello, capabilities), .size = sizeof(((struct vrouter_hello *)0)->capabilities),
    },
    {
        .name = "limits", .number = 5, .kind = VROUTER_KIND_STRUCTURE, .offset = offsetof(struct vrouter_hello, limits),
        .size = sizeof(((struct vrouter_hello *)0)->limits), .structure = &vrouter_table_limits_layout,
    },
    {
        .name = "instance", .number = 6, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_hello, instance), .size = sizeof(((struct vrouter_hello *)0)->instance),
    },
    {
        .name = "generation", .number = 7, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_hello, generation), .size = sizeof(((struct vrouter_hello *)0)->generation),
    },
    {
        .name = "cores", .number = 8, .kind = VROUTER_KIND_NUMBER, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_hello, cores), .size = sizeof(((struct vrouter_hello *)0)->cores),
    },
};

const struct vrouter_layout vrouter_hello_layout = {
    .name = "hello",
    .attributes = vrouter_hello_attributes,
    .attribute_count = 8,
    .size = sizeof(struct vrouter_hello),
    .maximum_bytes = VROUTER_HELLO_MAXIMUM_BYTES,
};

int vrouter_hello_decode(struct vrouter_hello *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_hello_layout, message, bytes, length, &message->fault);
}

int vrouter_hello_encode(const struct vrouter_hello *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_hello_layout, message, bytes, capacity);
}

static const struct vrouter_attribute vrouter_response_attributes[] = {
    {
        .name = "error", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .required = true,
        .minimum_length = 4, .maximum_length = 4, .offset = offsetof(struct vrouter_response, error),
        .size = sizeof(((struct vrouter_response *)0)->error), .high = 4095u,
    },
    {
        .name = "attribute", .number = 2, .kind = VROUTER_KIND_NUMBER, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_response, attribute), .size = sizeof(((struct vrouter_response *)0)->attribute),
    },
    {
        .name = "offset", .number = 3, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_response, offset), .size = sizeof(((struct vrouter_response *)0)->offset),
    },
    {
        .name = "explanation", .number = 4, .kind = VROUTER_KIND_STRING, .maximum_length = 192,
        .offset = offsetof(struct vrouter_response, explanation), .size = sizeof(((struct vrouter_response *)0)->explanation),
    },
    {
        .name = "cursor", .number = 5, .kind = VROUTER_KIND_BYTES, .maximum_length = 40,
        .offset = offsetof(struct vrouter_response, cursor), .size = sizeof(((struct vrouter_response *)0)->cursor),
        .count_offset = offsetof(struct vrouter_response, cursor_length),
    },
    {
        .name = "count", .number = 6, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_response, count), .size = sizeof(((struct vrouter_response *)0)->count),
    },
};

const struct vrouter_layout vrouter_response_layout = {
    .name = "response",
    .attributes = vrouter_response_attributes,
    .attribute_count = 6,
    .size = sizeof(struct vrouter_response),
    .maximum_bytes = VROUTER_RESPONSE_MAXIMUM_BYTES,
};

int vrouter_response_decode(struct vrouter_response *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_response_layout, message, bytes, length, &message->fault);
}

int vrouter_response_encode(const struct vrouter_response *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_response_layout, message, bytes, capacity);
}

const struct vrouter_layout *vrouter_layout_of(uint8_t command)
{
    switch (command) {
    case VROUTER_COMMAND_HELLO:
        return &vrouter_hello_layout;
    case VROUTER_COMMAND_RESPONSE:
        return &vrouter_response_layout;
    case VROUTER_COMMAND_INTERFACE:
        return &vrouter_interface_layout;
    case VROUTER_COMMAND_NEXT_HOP:
        return &vrouter_next_hop_layout;
    case VROUTER_COMMAND_ROUTE:
        return &vrouter_route_layout;
    case VROUTER_COMMAND_LABEL:
        return &vrouter_label_layout;
    case VROUTER_COMMAND_VXLAN_NETWORK:
        return &vrouter_vxlan_network_layout;
    case VROUTER_COMMAND_FLOW:
        return &vrouter_flow_layout;
    case VROUTER_COMMAND_FLOW_TABLE:
        return &vrouter_flow_table_layout;
    case VROUTER_COMMAND_VRF:
        return &vrouter_vrf_layout;
    case VROUTER_COMMAND_VRF_STATISTICS:
        return &vrouter_vrf_statistics_layout;
    case VROUTER_COMMAND_DROP_STATISTICS:
        return &vrouter_drop_statistics_layout;
    case VROUTER_COMMAND_DROP_RECORD:
        return &vrouter_drop_record_layout;
    case VROUTER_COMMAND_TRACE:
        return &vrouter_trace_layout;
    default:
        return NULL;
    }
}
