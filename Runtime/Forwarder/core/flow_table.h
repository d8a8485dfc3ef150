/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The flow table in memory: found by any core without a lock, extended by packets under the lock of one bucket.
 *
 *   buckets:  | 4 tags, overflow |     A tag is a piece of the key's hash, 0 for no entry, so that a look at one cache line says which
 *             | 4 tags, overflow |     of the four entries can be the one. Entry 4b+i belongs to tag i of bucket b.
 *             |        …         |
 *   entries:  | flows … | overflow flows … |      Keys whose four places are taken chain overflow entries, at most
 *                                                 VR_FLOW_CHAIN of them, from their bucket.
 *
 * An entry's life: FREE; USED from the moment its tag is published; RETIRED once its tag is withdrawn, until no reader can hold it;
 * FREE. Its key never changes while it is USED or RETIRED. What the agent decided is replaced as a whole (sequence.h).
 */
#ifndef VR_FLOW_TABLE_H
#define VR_FLOW_TABLE_H

#include "flow.h"
#include "held.h"
#include "sequence.h"

enum {
    VR_FLOW_BUCKET = 4,
    VR_FLOW_CHAIN = 16,

    VR_FLOW_FREE = 0,
    VR_FLOW_USED = 1,
    VR_FLOW_RETIRED = 2,
};

/* What readers of a flow act on: three words. */
struct vr_flow_decision {
    uint8_t action;
    uint8_t drop_reason;
    uint8_t ttl;
    uint8_t unused;
    uint16_t flags;
    uint16_t also_unused;
    uint32_t reverse_index;
    uint32_t source_next_hop;
    uint32_t vrf;
    uint32_t destination_vrf;
};

enum { VR_FLOW_DECISION_WORDS = sizeof(struct vr_flow_decision) / sizeof(uint64_t) };

struct vr_flow_entry {
    /* The first cache line: what a lookup compares. */
    struct vr_flow_key key;
    uint32_t tag;
    /* Of an overflow entry: 1 + the index of the next in its chain. */
    uint32_t next;
    uint32_t index;
    uint8_t state;
    uint8_t incarnation;
    uint16_t ecmp_member;
    /* The second: what a hit reads and counts. */
    uint64_t decision[VR_FLOW_DECISION_WORDS];
    uint64_t packets;
    uint64_t bytes;
    uint32_t sequence;
    uint32_t last_ms;
    vr_be16 underlay_source_port;
    /* The third: what waits, and what only writers want. */
    struct vr_held_queue held;
    uint32_t shown_ms;
    uint32_t generation;
    struct vr_router *router;
    struct vr_deferred deferred;
} __attribute__((aligned(64)));

struct vr_flow_bucket {
    uint32_t tags[VR_FLOW_BUCKET];
    /* 1 + the index of the first entry of the chain. */
    uint32_t overflow;
    uint32_t unused[3];
};

struct vr_flow_store {
    struct vr_flow_bucket *buckets;
    struct vr_flow_entry *entries;
    uint32_t bucket_mask;
    /* All entries, overflow included. */
    uint32_t count;
    struct vr_pool overflow;
    uint32_t used;
    uint32_t held;
    uint64_t created_by_packets;
    uint64_t added;
    uint64_t changed;
    uint64_t deleted;
    uint64_t refused;
};

int vr_flow_store_make(struct vr_router *router);
void vr_flow_store_free(struct vr_router *router);

/* The lock that guards the bucket of a hash, and all entries in it. */
static inline unsigned int vr_flow_lock_of(uint64_t hash)
{
    return (unsigned int)hash % VR_PORT_LOCKS;
}

/*
 * Makes an entry for a key that has none. The bucket's lock is held. NULL: there is no room. The entry is published with the
 * decision.
 */
struct vr_flow_entry *vr_flow_insert(struct vr_router *router, const struct vr_flow_key *key, uint64_t hash,
                                     const struct vr_flow_decision *decision);
/* Withdraws an entry. The bucket's lock is held. */
void vr_flow_withdraw(struct vr_router *router, struct vr_flow_entry *entry, uint64_t hash);

static inline void vr_flow_decide(struct vr_flow_entry *entry, const struct vr_flow_decision *decision)
{
    vr_sequence_write(&entry->sequence, entry->decision, decision, VR_FLOW_DECISION_WORDS);
}

/* Writers are short and do not sleep, so that trying again is never for long. */
static inline void vr_flow_decision_read(const struct vr_flow_entry *entry, struct vr_flow_decision *decision)
{
    while (!vr_sequence_try_read(&entry->sequence, entry->decision, decision, VR_FLOW_DECISION_WORDS))
        ;
}

#endif
