/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from vrf.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Names of numbers, and the tables by which core/vrouter_attributes.c reads and writes messages.
 */
#include "vrouter_vrf.h"

const char *vrouter_vrf_flags_name(uint32_t bit)
{
    switch (bit) {
    case 0:
        return "bridge-only";
    case 1:
        return "mac-learn";
    default:
        return NULL;
    }
}

static const struct vrouter_attribute vrouter_vrf_attributes[] = {
    {
        .name = "operation", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_vrf, operation),
        .size = sizeof(((struct vrouter_vrf *)0)->operation), .high = 0xfeull,
    },
    {
        .name = "generation", .number = 2, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_vrf, generation), .size = sizeof(((struct vrouter_vrf *)0)->generation),
    },
    {
        .name = "index", .number = 3, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_vrf, index), .size = sizeof(((struct vrouter_vrf *)0)->index),
        .high = 65535u,
    },
    {
        .name = "name", .number = 4, .kind = VROUTER_KIND_STRING, .maximum_length = 255,
        .offset = offsetof(struct vrouter_vrf, name), .size = sizeof(((struct vrouter_vrf *)0)->name),
    },
    {
        .name = "flags", .number = 5, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MASK, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_vrf, flags), .size = sizeof(((struct vrouter_vrf *)0)->flags),
        .high = 0x3ull,
    },
    {
        .name = "ipv4-routes", .number = 6, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_vrf, ipv4_routes), .size = sizeof(((struct vrouter_vrf *)0)->ipv4_routes),
    },
    {
        .name = "ipv6-routes", .number = 7, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_vrf, ipv6_routes), .size = sizeof(((struct vrouter_vrf *)0)->ipv6_routes),
    },
    {
        .name = "bridge-entries", .number = 8, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_vrf, bridge_entries), .size = sizeof(((struct vrouter_vrf *)0)->bridge_entries),
    },
    {
        .name = "cursor", .number = 9, .kind = VROUTER_KIND_BYTES, .maximum_length = 40,
        .offset = offsetof(struct vrouter_vrf, cursor), .size = sizeof(((struct vrouter_vrf *)0)->cursor),
        .count_offset = offsetof(struct vrouter_vrf, cursor_length),
    },
};

const struct vrouter_layout vrouter_vrf_layout = {
    .name = "vrf",
    .attributes = vrouter_vrf_attributes,
    .attribute_count = 9,
    .size = sizeof(struct vrouter_vrf),
    .maximum_bytes = VROUTER_VRF_MAXIMUM_BYTES,
};

int vrouter_vrf_decode(struct vrouter_vrf *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_vrf_layout, message, bytes, length, &message->fault);
}

int vrouter_vrf_encode(const struct vrouter_vrf *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_vrf_layout, message, bytes, capacity);
}
