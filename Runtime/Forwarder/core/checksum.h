/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The Internet checksum: RFC 1071, and its incremental update, RFC 1624.
 */
#ifndef VR_CHECKSUM_H
#define VR_CHECKSUM_H

#include "wire.h"

static inline uint32_t vr_checksum_fold(uint32_t sum)
{
    sum = (sum & 0xffff) + (sum >> 16);
    return (sum & 0xffff) + (sum >> 16);
}

/* The ones' complement sum of a header, whose length is even. 0xffff for one whose checksum field is right. */
static inline uint32_t vr_checksum_sum(const uint8_t *header, uint32_t bytes)
{
    uint32_t sum = 0;

    for (uint32_t at = 0; at + 1 < bytes; at += 2)
        sum += vr_read16(header + at);
    return vr_checksum_fold(sum);
}

/* What a checksum becomes when one word of what it covers changes: equation 3 of RFC 1624. */
static inline uint32_t vr_checksum_update(uint32_t checksum, uint32_t before, uint32_t after)
{
    return ~vr_checksum_fold((~checksum & 0xffff) + (~before & 0xffff) + after) & 0xffff;
}

#endif
