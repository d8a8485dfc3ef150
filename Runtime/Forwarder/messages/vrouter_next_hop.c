/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from next-hop.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Names of numbers, and the tables by which core/vrouter_attributes.c reads and writes messages.
 */
#include "vrouter_next_hop.h"

const char *vrouter_next_hop_type_name(uint32_t value)
{
    switch (value) {
    case VROUTER_NEXT_HOP_TYPE_RECEIVE:
        return "receive";
    case VROUTER_NEXT_HOP_TYPE_ENCAPSULATE:
        return "encapsulate";
    case VROUTER_NEXT_HOP_TYPE_TUNNEL:
        return "tunnel";
    case VROUTER_NEXT_HOP_TYPE_RESOLVE:
        return "resolve";
    case VROUTER_NEXT_HOP_TYPE_DISCARD:
        return "discard";
    case VROUTER_NEXT_HOP_TYPE_COMPOSITE:
        return "composite";
    case VROUTER_NEXT_HOP_TYPE_VRF_TRANSLATE:
        return "vrf-translate";
    case VROUTER_NEXT_HOP_TYPE_BRIDGE_RECEIVE:
        return "bridge-receive";
    default:
        return NULL;
    }
}

const char *vrouter_tunnel_encapsulation_name(uint32_t value)
{
    switch (value) {
    case VROUTER_TUNNEL_ENCAPSULATION_MPLS_OVER_GRE:
        return "mpls-over-gre";
    case VROUTER_TUNNEL_ENCAPSULATION_MPLS_OVER_UDP:
        return "mpls-over-udp";
    case VROUTER_TUNNEL_ENCAPSULATION_VXLAN:
        return "vxlan";
    case VROUTER_TUNNEL_ENCAPSULATION_UDP:
        return "udp";
    default:
        return NULL;
    }
}

const char *vrouter_composite_kind_name(uint32_t value)
{
    switch (value) {
    case VROUTER_COMPOSITE_KIND_ECMP:
        return "ecmp";
    case VROUTER_COMPOSITE_KIND_MULTICAST:
        return "multicast";
    case VROUTER_COMPOSITE_KIND_LOCAL:
        return "local";
    case VROUTER_COMPOSITE_KIND_FABRIC:
        return "fabric";
    case VROUTER_COMPOSITE_KIND_EVPN:
        return "evpn";
    case VROUTER_COMPOSITE_KIND_SWITCH:
        return "switch";
    default:
        return NULL;
    }
}

const char *vrouter_next_hop_flags_name(uint32_t bit)
{
    switch (bit) {
    case 0:
        return "valid";
    case 1:
        return "policy";
    case 2:
        return "relaxed-policy";
    case 3:
        return "route-lookup";
    case 4:
        return "unknown-unicast-flood";
    case 5:
        return "flow-lookup";
    case 6:
        return "mac-learn";
    case 7:
        return "etree-root";
    case 8:
        return "control-word";
    case 9:
        return "vxlan-routing";
    case 10:
        return "validate-source";
    case 11:
        return "copy-source-address";
    default:
        return NULL;
    }
}

const char *vrouter_hash_fields_name(uint32_t bit)
{
    switch (bit) {
    case 0:
        return "protocol";
    case 1:
        return "source-address";
    case 2:
        return "source-port";
    case 3:
        return "destination-address";
    case 4:
        return "destination-port";
    default:
        return NULL;
    }
}

static const struct vrouter_attribute vrouter_next_hop_member_attributes[] = {
    {
        .name = "next-hop", .number = 1, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_next_hop_member, next_hop),
        .size = sizeof(((struct vrouter_next_hop_member *)0)->next_hop),
    },
    {
        .name = "label", .number = 2, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_next_hop_member, label),
        .size = sizeof(((struct vrouter_next_hop_member *)0)->label), .high = 16777215u,
    },
};

const struct vrouter_layout vrouter_next_hop_member_layout = {
    .name = "next-hop-member",
    .attributes = vrouter_next_hop_member_attributes,
    .attribute_count = 2,
    .size = sizeof(struct vrouter_next_hop_member),
    .maximum_bytes = 16,
};

static const struct vrouter_attribute vrouter_next_hop_attributes[] = {
    {
        .name = "operation", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_next_hop, operation),
        .size = sizeof(((struct vrouter_next_hop *)0)->operation), .high = 0xfeull,
    },
    {
        .name = "generation", .number = 2, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_next_hop, generation), .size = sizeof(((struct vrouter_next_hop *)0)->generation),
    },
    {
        .name = "index", .number = 3, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_next_hop, index),
        .size = sizeof(((struct vrouter_next_hop *)0)->index), .low = 1u, .high = 4294967295u,
    },
    {
        .name = "type", .number = 4, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_next_hop, type),
        .size = sizeof(((struct vrouter_next_hop *)0)->type), .high = 0x1feull,
    },
    {
        .name = "family", .number = 5, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_next_hop, family),
        .size = sizeof(((struct vrouter_next_hop *)0)->family), .high = 0x484ull,
    },
    {
        .name = "flags", .number = 6, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MASK, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_next_hop, flags),
        .size = sizeof(((struct vrouter_next_hop *)0)->flags), .high = 0xfffull,
    },
    {
        .name = "vrf", .number = 7, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_next_hop, vrf),
        .size = sizeof(((struct vrouter_next_hop *)0)->vrf), .high = 65535u,
    },
    {
        .name = "interface", .number = 8, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_next_hop, interface),
        .size = sizeof(((struct vrouter_next_hop *)0)->interface), .high = 65535u,
    },
    {
        .name = "encapsulation", .number = 9, .kind = VROUTER_KIND_BYTES, .maximum_length = 64,
        .offset = offsetof(struct vrouter_next_hop, encapsulation),
        .size = sizeof(((struct vrouter_next_hop *)0)->encapsulation),
        .count_offset = offsetof(struct vrouter_next_hop, encapsulation_length),
    },
    {
        .name = "tunnel", .number = 10, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_next_hop, tunnel),
        .size = sizeof(((struct vrouter_next_hop *)0)->tunnel), .high = 0x1eull,
    },
    {
        .name = "source-ipv4", .number = 11, .kind = VROUTER_KIND_FIXED, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_next_hop, source_ipv4), .size = sizeof(((struct vrouter_next_hop *)0)->source_ipv4),
    },
    {
        .name = "destination-ipv4", .number = 12, .kind = VROUTER_KIND_FIXED, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_next_hop, destination_ipv4),
        .size = sizeof(((struct vrouter_next_hop *)0)->destination_ipv4),
    },
    {
        .name = "source-ipv6", .number = 13, .kind = VROUTER_KIND_FIXED, .minimum_length = 16, .maximum_length = 16,
        .offset = offsetof(struct vrouter_next_hop, source_ipv6), .size = sizeof(((struct vrouter_next_hop *)0)->source_ipv6),
    },
    {
        .name = "destination-ipv6", .number = 14, .kind = VROUTER_KIND_FIXED, .minimum_length = 16, .maximum_length = 16,
        .offset = offsetof(struct vrouter_next_hop, destination_ipv6),
        .size = sizeof(((struct vrouter_next_hop *)0)->destination_ipv6),
    },
    {
        .name = "source-port", .number = 15, .kind = VROUTER_KIND_BIG_ENDIAN, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_next_hop, source_port), .size = sizeof(((struct vrouter_next_hop *)0)->source_port),
    },
    {
        .name = "destination-port", .number = 16, .kind = VROUTER_KIND_BIG_ENDIAN, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_next_hop, destination_port),
        .size = sizeof(((struct vrouter_next_hop *)0)->destination_port),
    },
    {
        .name = "composite", .number = 17, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_next_hop, composite),
        .size = sizeof(((struct vrouter_next_hop *)0)->composite), .high = 0x7eull,
    },
    {
        .name = "hash-fields", .number = 18, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MASK, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_next_hop, hash_fields),
        .size = sizeof(((struct vrouter_next_hop *)0)->hash_fields), .high = 0x1full,
    },
    {
        .name = "members", .number = 19, .kind = VROUTER_KIND_STRUCTURE, .maximum_count = VROUTER_NEXT_HOP_MAXIMUM_MEMBERS,
        .offset = offsetof(struct vrouter_next_hop, members), .size = sizeof(((struct vrouter_next_hop *)0)->members[0]),
        .count_offset = offsetof(struct vrouter_next_hop, members_count), .structure = &vrouter_next_hop_member_layout,
    },
    {
        .name = "rewrite-mac", .number = 20, .kind = VROUTER_KIND_FIXED, .must_understand = true, .minimum_length = 6,
        .maximum_length = 6, .offset = offsetof(struct vrouter_next_hop, rewrite_mac),
        .size = sizeof(((struct vrouter_next_hop *)0)->rewrite_mac),
    },
    {
        .name = "reference-count", .number = 21, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_next_hop, reference_count),
        .size = sizeof(((struct vrouter_next_hop *)0)->reference_count),
    },
    {
        .name = "cursor", .number = 22, .kind = VROUTER_KIND_BYTES, .maximum_length = 40,
        .offset = offsetof(struct vrouter_next_hop, cursor), .size = sizeof(((struct vrouter_next_hop *)0)->cursor),
        .count_offset = offsetof(struct vrouter_next_hop, cursor_length),
    },
};

const struct vrouter_layout vrouter_next_hop_layout = {
    .name = "next-hop",
    .attributes = vrouter_next_hop_attributes,
    .attribute_count = 22,
    .size = sizeof(struct vrouter_next_hop),
    .maximum_bytes = VROUTER_NEXT_HOP_MAXIMUM_BYTES,
};

int vrouter_next_hop_decode(struct vrouter_next_hop *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_next_hop_layout, message, bytes, length, &message->fault);
}

int vrouter_next_hop_encode(const struct vrouter_next_hop *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_next_hop_layout, message, bytes, capacity);
}
