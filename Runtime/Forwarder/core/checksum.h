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

/*
 * The ones' complement sum of an IPv4 header, 20 bytes and a multiple of four. 0xffff for one whose checksum field is right. The sum is made
 * of words as they stand in memory: in which order their bytes are does not matter until the end (RFC 1071, section 2).
 */
static inline uint32_t vr_checksum_sum(const uint8_t *header, uint32_t bytes)
{
    uint64_t sum = (uint64_t)vr_copy32(header) + vr_copy32(header + 4) + vr_copy32(header + 8) + vr_copy32(header + 12) + vr_copy32(header + 16);

    for (uint32_t at = VR_IPV4_BYTES; vr_unlikely(at < bytes); at += 4)
        sum += vr_copy32(header + at);
    return vr_from_be16((uint16_t)vr_checksum_fold((uint32_t)((sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32))));
}

/* What a checksum becomes when one word of what it covers changes: equation 3 of RFC 1624. */
static inline uint32_t vr_checksum_update(uint32_t checksum, uint32_t before, uint32_t after)
{
    return ~vr_checksum_fold((~checksum & 0xffff) + (~before & 0xffff) + after) & 0xffff;
}

#endif
