/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Hashing of keys that senders of packets choose. Seeded, so that nobody outside can aim at one place; what is kept is bounded anyway.
 *
 * Each step multiplies by an odd constant, which carries every bit upwards, and folds the upper half down again.
 */
#ifndef VR_HASH_H
#define VR_HASH_H

#include "port.h"

static inline uint64_t vr_hash_add(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 32);
}

/* Spreads what the last words changed over all bits. */
static inline uint64_t vr_hash_end(uint64_t hash)
{
    hash *= 0xd6e8feb86659fd93u;
    return hash ^ (hash >> 32);
}

/* Scales a hash to 0 … count - 1, with its upper bits. */
static inline uint32_t vr_hash_pick(uint64_t hash, uint32_t count)
{
    return (uint32_t)(((hash >> 32) * count) >> 32);
}

#endif
