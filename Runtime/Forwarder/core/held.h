/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Packets that wait: for the agent's decision about their flow, or for the fragment that has their ports. Each waits in one of a fixed number of
 * places, together with the walk (walk.h) that it was on, and goes on from the step at which it stopped.
 *
 * Places are linked by number into queues. A queue belongs to a flow or fragment entry and is guarded by that entry's lock.
 */
#ifndef VR_HELD_H
#define VR_HELD_H

#include "pool.h"

struct vr_router;
struct vr_walk;
struct vr_held;
struct vr_core;

struct vr_held_store {
    struct vr_pool pool;
    struct vr_held *places;
};

/* The places of packets that wait together, first come first. */
struct vr_held_queue {
    /* 1 + number; 0: none. */
    uint32_t first;
    uint32_t last;
    uint32_t count;
};

int vr_held_make(struct vr_router *router, uint32_t places);
/* Drops every packet in a place. */
void vr_held_free(struct vr_router *router);

/* Puts the walk's packet into a place, at the end of the queue. false: no place is left, and the packet is still the caller's. */
bool vr_held_add(struct vr_walk *walk, struct vr_held_queue *queue);
/*
 * Takes all packets of a queue, which becomes empty, out of its entry's hands. They go on when the core has finished the packet in
 * hand (vr_held_go_on), with `reason` VR_DROP_NONE, or are dropped then. `step` and `value` are what a trace says about it.
 */
void vr_held_release(struct vr_router *router, struct vr_core *core, struct vr_held_queue *queue, uint32_t reason);
/* Lets what was released on this core go on. No lock is held. */
void vr_held_go_on(struct vr_router *router, struct vr_core *core);

#endif
