/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from label.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Names of numbers, and the tables by which core/vrouter_attributes.c reads and writes messages.
 */
#include "vrouter_label.h"

const char *vrouter_label_flags_name(uint32_t bit)
{
    switch (bit) {
    case 0:
        return "tree";
    default:
        return NULL;
    }
}

static const struct vrouter_attribute vrouter_label_attributes[] = {
    {
        .name = "operation", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_label, operation),
        .size = sizeof(((struct vrouter_label *)0)->operation), .high = 0xfeull,
    },
    {
        .name = "generation", .number = 2, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_label, generation), .size = sizeof(((struct vrouter_label *)0)->generation),
    },
    {
        .name = "label", .number = 3, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_label, label),
        .size = sizeof(((struct vrouter_label *)0)->label), .low = 16u, .high = 1048575u,
    },
    {
        .name = "next-hop", .number = 4, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_label, next_hop), .size = sizeof(((struct vrouter_label *)0)->next_hop),
    },
    {
        .name = "cursor", .number = 5, .kind = VROUTER_KIND_BYTES, .maximum_length = 40,
        .offset = offsetof(struct vrouter_label, cursor), .size = sizeof(((struct vrouter_label *)0)->cursor),
        .count_offset = offsetof(struct vrouter_label, cursor_length),
    },
    {
        .name = "flags", .number = 6, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MASK, .must_understand = true,
        .minimum_length = 4, .maximum_length = 4, .offset = offsetof(struct vrouter_label, flags),
        .size = sizeof(((struct vrouter_label *)0)->flags), .high = 0x1ull,
    },
};

const struct vrouter_layout vrouter_label_layout = {
    .name = "label",
    .attributes = vrouter_label_attributes,
    .attribute_count = 6,
    .size = sizeof(struct vrouter_label),
    .maximum_bytes = VROUTER_LABEL_MAXIMUM_BYTES,
};

int vrouter_label_decode(struct vrouter_label *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_label_layout, message, bytes, length, &message->fault);
}

int vrouter_label_encode(const struct vrouter_label *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_label_layout, message, bytes, capacity);
}

static const struct vrouter_attribute vrouter_vxlan_network_attributes[] = {
    {
        .name = "operation", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_vxlan_network, operation),
        .size = sizeof(((struct vrouter_vxlan_network *)0)->operation), .high = 0xfeull,
    },
    {
        .name = "generation", .number = 2, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_vxlan_network, generation),
        .size = sizeof(((struct vrouter_vxlan_network *)0)->generation),
    },
    {
        .name = "identifier", .number = 3, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_vxlan_network, identifier),
        .size = sizeof(((struct vrouter_vxlan_network *)0)->identifier), .low = 1u, .high = 16777215u,
    },
    {
        .name = "next-hop", .number = 4, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_vxlan_network, next_hop),
        .size = sizeof(((struct vrouter_vxlan_network *)0)->next_hop),
    },
    {
        .name = "cursor", .number = 5, .kind = VROUTER_KIND_BYTES, .maximum_length = 40,
        .offset = offsetof(struct vrouter_vxlan_network, cursor), .size = sizeof(((struct vrouter_vxlan_network *)0)->cursor),
        .count_offset = offsetof(struct vrouter_vxlan_network, cursor_length),
    },
};

const struct vrouter_layout vrouter_vxlan_network_layout = {
    .name = "vxlan-network",
    .attributes = vrouter_vxlan_network_attributes,
    .attribute_count = 5,
    .size = sizeof(struct vrouter_vxlan_network),
    .maximum_bytes = VROUTER_VXLAN_NETWORK_MAXIMUM_BYTES,
};

int vrouter_vxlan_network_decode(struct vrouter_vxlan_network *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_vxlan_network_layout, message, bytes, length, &message->fault);
}

int vrouter_vxlan_network_encode(const struct vrouter_vxlan_network *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_vxlan_network_layout, message, bytes, capacity);
}
