/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Ports for fragments. Only the first fragment of a datagram has them, and flows are found by ports; so the first leaves them here, for two
 * seconds, and the later ones take them. Fragments overtake each other: a later one that finds nothing waits until the first
 * has come, or until the two seconds are over.
 *
 * A table of fixed size, four entries to a bucket, each bucket guarded by a lock. A new datagram takes the place of one whose time is over.
 */
#ifndef VR_FRAGMENT_H
#define VR_FRAGMENT_H

#include "held.h"
#include "wire.h"

enum {
    VR_FRAGMENT_BUCKET = 4,
    VR_FRAGMENT_TIMEOUT_MS = 2000,
    /* Fragments that wait for one datagram's first. A 64 KB datagram has 44. */
    VR_FRAGMENT_HELD = 48,
};

/* What fragments of one datagram have in common. */
struct vr_fragment_key {
    uint32_t scope;
    uint32_t identification;
    uint32_t protocol;
    vr_be32 source[4];
    vr_be32 destination[4];
};

struct vr_fragment_entry {
    struct vr_fragment_key key;
    vr_be16 source_port;
    vr_be16 destination_port;
    bool used;
    /* The first fragment was seen. */
    bool known;
    uint64_t since_ms;
    struct vr_held_queue held;
};

struct vr_fragment_store {
    struct vr_fragment_entry *entries;
    uint32_t bucket_mask;
    /* Where vr_tick goes on. */
    uint32_t sweep;
};

enum vr_fragment_result {
    /* The ports are known; the walk's are set. */
    VR_FRAGMENT_PORTS,
    /* The packet waits. It is no longer the caller's. */
    VR_FRAGMENT_WAITS,
    /* No room: the packet is still the caller's. */
    VR_FRAGMENT_NO_ROOM,
};

struct vr_router;
struct vr_walk;

int vr_fragment_make(struct vr_router *router);
void vr_fragment_free(struct vr_router *router);
/* The walk's packet is a first fragment: remembers its ports, and lets those that wait go on after it. Without room it is not remembered. */
void vr_fragment_first(struct vr_walk *walk);
enum vr_fragment_result vr_fragment_later(struct vr_walk *walk);
/* Drops what has waited too long. */
void vr_fragment_expire(struct vr_router *router, struct vr_core *core);

#endif
