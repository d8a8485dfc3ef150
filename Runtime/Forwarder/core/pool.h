/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A fixed number of places, taken and given back by packets on any core without a lock: held packets, overflow flows.
 *
 * A stack of numbers. Its top is one word: the number on top, and above it a count of changes, without which a core that was
 * interrupted between reading and swapping could put back a number that somebody else has taken.
 */
#ifndef VR_POOL_H
#define VR_POOL_H

#include "port.h"

struct vr_pool {
    /* Low half: 1 + the number on top, 0 when empty. High half: the count of changes. */
    uint64_t top;
    /* By number: 1 + the number below it. */
    uint32_t *below;
    uint32_t size;
    uint32_t taken;
};

static inline int vr_pool_make(struct vr_pool *pool, uint32_t size)
{
    pool->below = vr_port_allocate((size ? size : 1) * sizeof(*pool->below));
    if (!pool->below)
        return -ENOMEM;
    for (uint32_t number = 0; number < size; number++)
        pool->below[number] = number;
    pool->top = size;
    pool->size = size;
    return 0;
}

static inline void vr_pool_free(struct vr_pool *pool)
{
    vr_port_free(pool->below);
    pool->below = NULL;
}

/* false: none is left. */
static inline bool vr_pool_take(struct vr_pool *pool, uint32_t *number)
{
    uint64_t top = vr_load(&pool->top), next;

    do {
        if ((uint32_t)top == 0)
            return false;
        *number = (uint32_t)top - 1;
        next = (((top >> 32) + 1) << 32) | vr_peek(&pool->below[*number]);
    } while (!__atomic_compare_exchange_n(&pool->top, &top, next, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    vr_count_shared(&pool->taken, 1);
    return true;
}

static inline void vr_pool_give(struct vr_pool *pool, uint32_t number)
{
    uint64_t top = vr_load(&pool->top), next;

    do {
        vr_poke(&pool->below[number], (uint32_t)top);
        next = (((top >> 32) + 1) << 32) | (number + 1u);
    } while (!__atomic_compare_exchange_n(&pool->top, &top, next, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    vr_count_shared(&pool->taken, -1u);
}

#endif
