/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from interface.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Names of numbers, and the tables by which core/vrouter_attributes.c reads and writes messages.
 */
#include "vrouter_interface.h"

const char *vrouter_interface_type_name(uint32_t value)
{
    switch (value) {
    case VROUTER_INTERFACE_TYPE_HOST:
        return "host";
    case VROUTER_INTERFACE_TYPE_AGENT:
        return "agent";
    case VROUTER_INTERFACE_TYPE_PHYSICAL:
        return "physical";
    case VROUTER_INTERFACE_TYPE_VIRTUAL:
        return "virtual";
    case VROUTER_INTERFACE_TYPE_GATEWAY:
        return "gateway";
    case VROUTER_INTERFACE_TYPE_VIRTUAL_VLAN:
        return "virtual-vlan";
    case VROUTER_INTERFACE_TYPE_VLAN:
        return "vlan";
    case VROUTER_INTERFACE_TYPE_MONITORING:
        return "monitoring";
    default:
        return NULL;
    }
}

const char *vrouter_interface_transport_name(uint32_t value)
{
    switch (value) {
    case VROUTER_INTERFACE_TRANSPORT_VIRTUAL:
        return "virtual";
    case VROUTER_INTERFACE_TRANSPORT_ETHERNET:
        return "ethernet";
    case VROUTER_INTERFACE_TRANSPORT_POLLED:
        return "polled";
    case VROUTER_INTERFACE_TRANSPORT_SOCKET:
        return "socket";
    default:
        return NULL;
    }
}

const char *vrouter_interface_flags_name(uint32_t bit)
{
    switch (bit) {
    case 0:
        return "policy";
    case 1:
        return "cross-connect";
    case 2:
        return "service";
    case 3:
        return "mirror-receive";
    case 4:
        return "mirror-transmit";
    case 5:
        return "transmit-checksum";
    case 6:
        return "layer-3";
    case 7:
        return "layer-2";
    case 8:
        return "dhcp";
    case 9:
        return "host-physical";
    case 10:
        return "promiscuous";
    case 11:
        return "native-vlan-tag";
    case 12:
        return "no-arp-proxy";
    case 15:
        return "monitored";
    case 16:
        return "unknown-unicast-flood";
    case 17:
        return "vlan-offload";
    case 18:
        return "drop-new-flows";
    case 19:
        return "mac-learn";
    case 20:
        return "mac-proxy";
    case 21:
        return "etree-root";
    case 24:
        return "mirror-without-tag";
    case 25:
        return "igmp";
    case 30:
        return "mac-ip-learning";
    default:
        return NULL;
    }
}

static const struct vrouter_attribute vrouter_interface_counters_attributes[] = {
    {
        .name = "received-packets", .number = 1, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 8,
        .maximum_length = 8, .offset = offsetof(struct vrouter_interface_counters, received_packets),
        .size = sizeof(((struct vrouter_interface_counters *)0)->received_packets),
    },
    {
        .name = "received-bytes", .number = 2, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 8,
        .maximum_length = 8, .offset = offsetof(struct vrouter_interface_counters, received_bytes),
        .size = sizeof(((struct vrouter_interface_counters *)0)->received_bytes),
    },
    {
        .name = "received-errors", .number = 3, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 8,
        .maximum_length = 8, .offset = offsetof(struct vrouter_interface_counters, received_errors),
        .size = sizeof(((struct vrouter_interface_counters *)0)->received_errors),
    },
    {
        .name = "transmitted-packets", .number = 4, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 8,
        .maximum_length = 8, .offset = offsetof(struct vrouter_interface_counters, transmitted_packets),
        .size = sizeof(((struct vrouter_interface_counters *)0)->transmitted_packets),
    },
    {
        .name = "transmitted-bytes", .number = 5, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 8,
        .maximum_length = 8, .offset = offsetof(struct vrouter_interface_counters, transmitted_bytes),
        .size = sizeof(((struct vrouter_interface_counters *)0)->transmitted_bytes),
    },
    {
        .name = "transmitted-errors", .number = 6, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 8,
        .maximum_length = 8, .offset = offsetof(struct vrouter_interface_counters, transmitted_errors),
        .size = sizeof(((struct vrouter_interface_counters *)0)->transmitted_errors),
    },
    {
        .name = "dropped-packets", .number = 7, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 8,
        .maximum_length = 8, .offset = offsetof(struct vrouter_interface_counters, dropped_packets),
        .size = sizeof(((struct vrouter_interface_counters *)0)->dropped_packets),
    },
};

const struct vrouter_layout vrouter_interface_counters_layout = {
    .name = "interface-counters",
    .attributes = vrouter_interface_counters_attributes,
    .attribute_count = 7,
    .size = sizeof(struct vrouter_interface_counters),
    .maximum_bytes = 84,
};

static const struct vrouter_attribute vrouter_interface_attributes[] = {
    {
        .name = "operation", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_interface, operation),
        .size = sizeof(((struct vrouter_interface *)0)->operation), .high = 0xfeull,
    },
    {
        .name = "generation", .number = 2, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_interface, generation), .size = sizeof(((struct vrouter_interface *)0)->generation),
    },
    {
        .name = "index", .number = 3, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_interface, index),
        .size = sizeof(((struct vrouter_interface *)0)->index), .high = 65535u,
    },
    {
        .name = "type", .number = 4, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_interface, type),
        .size = sizeof(((struct vrouter_interface *)0)->type), .high = 0x36full,
    },
    {
        .name = "transport", .number = 5, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_interface, transport),
        .size = sizeof(((struct vrouter_interface *)0)->transport), .high = 0xfull,
    },
    {
        .name = "flags", .number = 6, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MASK, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_interface, flags),
        .size = sizeof(((struct vrouter_interface *)0)->flags), .high = 0x433f9fffull,
    },
    {
        .name = "name", .number = 7, .kind = VROUTER_KIND_STRING, .maximum_length = 63,
        .offset = offsetof(struct vrouter_interface, name), .size = sizeof(((struct vrouter_interface *)0)->name),
    },
    {
        .name = "system-index", .number = 8, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_interface, system_index),
        .size = sizeof(((struct vrouter_interface *)0)->system_index),
    },
    {
        .name = "vrf", .number = 9, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_interface, vrf),
        .size = sizeof(((struct vrouter_interface *)0)->vrf), .high = 65535u,
    },
    {
        .name = "multicast-vrf", .number = 10, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_interface, multicast_vrf),
        .size = sizeof(((struct vrouter_interface *)0)->multicast_vrf), .high = 65535u,
    },
    {
        .name = "next-hop", .number = 11, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_interface, next_hop), .size = sizeof(((struct vrouter_interface *)0)->next_hop),
    },
    {
        .name = "mac", .number = 12, .kind = VROUTER_KIND_FIXED, .minimum_length = 6, .maximum_length = 6,
        .offset = offsetof(struct vrouter_interface, mac), .size = sizeof(((struct vrouter_interface *)0)->mac),
    },
    {
        .name = "mtu", .number = 13, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_interface, mtu),
        .size = sizeof(((struct vrouter_interface *)0)->mtu), .low = 68u, .high = 65535u,
    },
    {
        .name = "ipv4-address", .number = 14, .kind = VROUTER_KIND_FIXED, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_interface, ipv4_address),
        .size = sizeof(((struct vrouter_interface *)0)->ipv4_address),
    },
    {
        .name = "ipv6-address", .number = 15, .kind = VROUTER_KIND_FIXED, .minimum_length = 16, .maximum_length = 16,
        .offset = offsetof(struct vrouter_interface, ipv6_address),
        .size = sizeof(((struct vrouter_interface *)0)->ipv6_address),
    },
    {
        .name = "parent", .number = 16, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_interface, parent),
        .size = sizeof(((struct vrouter_interface *)0)->parent), .high = 65535u,
    },
    {
        .name = "vlan", .number = 17, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .must_understand = true,
        .minimum_length = 2, .maximum_length = 2, .offset = offsetof(struct vrouter_interface, vlan),
        .size = sizeof(((struct vrouter_interface *)0)->vlan), .low = 1u, .high = 4094u,
    },
    {
        .name = "outer-vlan", .number = 18, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .must_understand = true,
        .minimum_length = 2, .maximum_length = 2, .offset = offsetof(struct vrouter_interface, outer_vlan),
        .size = sizeof(((struct vrouter_interface *)0)->outer_vlan), .low = 1u, .high = 4094u,
    },
    {
        .name = "cross-connects", .number = 19, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .maximum_count = VROUTER_INTERFACE_MAXIMUM_CROSS_CONNECTS,
        .offset = offsetof(struct vrouter_interface, cross_connects),
        .size = sizeof(((struct vrouter_interface *)0)->cross_connects[0]),
        .count_offset = offsetof(struct vrouter_interface, cross_connects_count), .high = 65535u,
    },
    {
        .name = "mirror", .number = 20, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_interface, mirror),
        .size = sizeof(((struct vrouter_interface *)0)->mirror), .high = 254u,
    },
    {
        .name = "qos-map", .number = 21, .kind = VROUTER_KIND_NUMBER, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_interface, qos_map), .size = sizeof(((struct vrouter_interface *)0)->qos_map),
    },
    {
        .name = "core", .number = 22, .kind = VROUTER_KIND_NUMBER, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_interface, core), .size = sizeof(((struct vrouter_interface *)0)->core),
    },
    {
        .name = "counters", .number = 23, .kind = VROUTER_KIND_STRUCTURE,
        .offset = offsetof(struct vrouter_interface, counters), .size = sizeof(((struct vrouter_interface *)0)->counters),
        .structure = &vrouter_interface_counters_layout,
    },
    {
        .name = "link-up", .number = 24, .kind = VROUTER_KIND_FLAG,
    },
    {
        .name = "speed", .number = 25, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_interface, speed), .size = sizeof(((struct vrouter_interface *)0)->speed),
    },
    {
        .name = "reference-count", .number = 26, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_interface, reference_count),
        .size = sizeof(((struct vrouter_interface *)0)->reference_count),
    },
    {
        .name = "cursor", .number = 27, .kind = VROUTER_KIND_BYTES, .maximum_length = 40,
        .offset = offsetof(struct vrouter_interface, cursor), .size = sizeof(((struct vrouter_interface *)0)->cursor),
        .count_offset = offsetof(struct vrouter_interface, cursor_length),
    },
};

const struct vrouter_layout vrouter_interface_layout = {
    .name = "interface",
    .attributes = vrouter_interface_attributes,
    .attribute_count = 27,
    .size = sizeof(struct vrouter_interface),
    .maximum_bytes = VROUTER_INTERFACE_MAXIMUM_BYTES,
};

int vrouter_interface_decode(struct vrouter_interface *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_interface_layout, message, bytes, length, &message->fault);
}

int vrouter_interface_encode(const struct vrouter_interface *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_interface_layout, message, bytes, capacity);
}
