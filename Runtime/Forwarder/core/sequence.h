/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A few words that are replaced as a whole under readers: flow decisions, records of dropped packets. The writer makes the sequence odd, writes,
 * makes it even; a reader whose two looks at the sequence differ, or are odd, reads again. Writers are kept apart by a lock or
 * because only one core writes.
 */
#ifndef VR_SEQUENCE_H
#define VR_SEQUENCE_H

#include "port.h"

static inline void vr_sequence_write(uint32_t *sequence, uint64_t *words, const void *from, size_t count)
{
    uint32_t before = vr_peek(sequence);

    vr_poke(sequence, before + 1);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    for (size_t at = 0; at < count; at++) {
        uint64_t word;

        __builtin_memcpy(&word, (const uint8_t *)from + at * sizeof(word), sizeof(word));
        vr_poke(&words[at], word);
    }
    vr_publish(sequence, before + 2);
}

/* Reads once. false: a writer was at it. */
static inline bool vr_sequence_try_read(const uint32_t *sequence, const uint64_t *words, void *to, size_t count)
{
    uint32_t before = vr_load(sequence);

    if (before & 1)
        return false;
    for (size_t at = 0; at < count; at++) {
        uint64_t word = vr_peek(&words[at]);

        __builtin_memcpy((uint8_t *)to + at * sizeof(word), &word, sizeof(word));
    }
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return vr_peek(sequence) == before;
}

#endif
