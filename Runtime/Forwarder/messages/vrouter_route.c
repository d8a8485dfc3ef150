/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from route.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Names of numbers, and the tables by which core/vrouter_attributes.c reads and writes messages.
 */
#include "vrouter_route.h"

const char *vrouter_route_flags_name(uint32_t bit)
{
    switch (bit) {
    case 0:
        return "arp-proxy";
    case 1:
        return "arp-trap";
    case 2:
        return "arp-flood";
    case 3:
        return "learnt";
    default:
        return NULL;
    }
}

const char *vrouter_bridge_flags_name(uint32_t bit)
{
    switch (bit) {
    case 0:
        return "flood-dhcp";
    case 1:
        return "moved";
    case 2:
        return "control-word";
    case 3:
        return "unconfirmed";
    default:
        return NULL;
    }
}

static const struct vrouter_attribute vrouter_route_attributes[] = {
    {
        .name = "operation", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_route, operation),
        .size = sizeof(((struct vrouter_route *)0)->operation), .high = 0xfeull,
    },
    {
        .name = "generation", .number = 2, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_route, generation), .size = sizeof(((struct vrouter_route *)0)->generation),
    },
    {
        .name = "vrf", .number = 3, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_route, vrf), .size = sizeof(((struct vrouter_route *)0)->vrf),
        .high = 65535u,
    },
    {
        .name = "family", .number = 4, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_route, family),
        .size = sizeof(((struct vrouter_route *)0)->family), .high = 0x484ull,
    },
    {
        .name = "ipv4-prefix", .number = 5, .kind = VROUTER_KIND_FIXED, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_route, ipv4_prefix), .size = sizeof(((struct vrouter_route *)0)->ipv4_prefix),
    },
    {
        .name = "ipv6-prefix", .number = 6, .kind = VROUTER_KIND_FIXED, .minimum_length = 16, .maximum_length = 16,
        .offset = offsetof(struct vrouter_route, ipv6_prefix), .size = sizeof(((struct vrouter_route *)0)->ipv6_prefix),
    },
    {
        .name = "prefix-length", .number = 7, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_route, prefix_length),
        .size = sizeof(((struct vrouter_route *)0)->prefix_length), .high = 128u,
    },
    {
        .name = "mac-address", .number = 8, .kind = VROUTER_KIND_FIXED, .minimum_length = 6, .maximum_length = 6,
        .offset = offsetof(struct vrouter_route, mac_address), .size = sizeof(((struct vrouter_route *)0)->mac_address),
    },
    {
        .name = "next-hop", .number = 9, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_route, next_hop), .size = sizeof(((struct vrouter_route *)0)->next_hop),
    },
    {
        .name = "label", .number = 10, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_route, label),
        .size = sizeof(((struct vrouter_route *)0)->label), .high = 16777215u,
    },
    {
        .name = "stitched-mac", .number = 11, .kind = VROUTER_KIND_FIXED, .minimum_length = 6, .maximum_length = 6,
        .offset = offsetof(struct vrouter_route, stitched_mac), .size = sizeof(((struct vrouter_route *)0)->stitched_mac),
    },
    {
        .name = "route-flags", .number = 12, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MASK, .minimum_length = 2,
        .maximum_length = 2, .offset = offsetof(struct vrouter_route, route_flags),
        .size = sizeof(((struct vrouter_route *)0)->route_flags), .high = 0xfull,
    },
    {
        .name = "bridge-flags", .number = 13, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MASK, .minimum_length = 2,
        .maximum_length = 2, .offset = offsetof(struct vrouter_route, bridge_flags),
        .size = sizeof(((struct vrouter_route *)0)->bridge_flags), .high = 0xfull,
    },
    {
        .name = "packets", .number = 14, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_route, packets), .size = sizeof(((struct vrouter_route *)0)->packets),
    },
    {
        .name = "cursor", .number = 15, .kind = VROUTER_KIND_BYTES, .maximum_length = 40,
        .offset = offsetof(struct vrouter_route, cursor), .size = sizeof(((struct vrouter_route *)0)->cursor),
        .count_offset = offsetof(struct vrouter_route, cursor_length),
    },
};

const struct vrouter_layout vrouter_route_layout = {
    .name = "route",
    .attributes = vrouter_route_attributes,
    .attribute_count = 15,
    .size = sizeof(struct vrouter_route),
    .maximum_bytes = VROUTER_ROUTE_MAXIMUM_BYTES,
};

int vrouter_route_decode(struct vrouter_route *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_route_layout, message, bytes, length, &message->fault);
}

int vrouter_route_encode(const struct vrouter_route *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_route_layout, message, bytes, capacity);
}
