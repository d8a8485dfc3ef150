/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Finding a flow by its key, without a lock: what every packet that meets policy does, and so a part of the function that does it.
 */
#ifndef VR_FLOW_LOOKUP_H
#define VR_FLOW_LOOKUP_H

#include "state.h"

static inline uint64_t vr_flow_hash(const struct vr_router *router, const struct vr_flow_key *key)
{
    uint64_t hash = vr_hash_add(router->seed, ((uint64_t)key->next_hop << 32) | ((uint32_t)key->source_port << 16) | key->destination_port);
    unsigned int words = key->family == VR_FAMILY_IPV6 ? 4 : 1;

    hash = vr_hash_add(hash, ((uint64_t)key->source[0] << 32) | key->destination[0]);
    for (unsigned int word = 1; word < words; word++)
        hash = vr_hash_add(hash, ((uint64_t)key->source[word] << 32) | key->destination[word]);
    return vr_hash_end(hash ^ ((uint64_t)key->protocol << 8 | key->family));
}

static inline uint32_t vr_flow_tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1;
}

static inline struct vr_flow_bucket *vr_flow_bucket_of(const struct vr_flow_store *store, uint64_t hash)
{
    return &store->buckets[(uint32_t)hash & store->bucket_mask];
}

/* Keys of IPv4 have the words of IPv6 zero, so that this compares all that a hash does and more. */
static inline bool vr_flow_same_key(const struct vr_flow_key *a, const struct vr_flow_key *b)
{
    if (a->next_hop != b->next_hop || a->source_port != b->source_port || a->destination_port != b->destination_port ||
        a->family != b->family || a->protocol != b->protocol || a->source[0] != b->source[0] || a->destination[0] != b->destination[0])
        return false;
    return vr_likely(a->family == VR_FAMILY_IPV4) || __builtin_memcmp(a->source, b->source, 2 * sizeof(a->source)) == 0;
}

/* NULL: no packet or agent has made an entry for the key. */
static inline struct vr_flow_entry *vr_flow_lookup(const struct vr_router *router, const struct vr_flow_key *key, uint64_t hash)
{
    const struct vr_flow_store *store = &router->flows;
    const struct vr_flow_bucket *bucket = vr_flow_bucket_of(store, hash);
    uint32_t tag = vr_flow_tag_of(hash), number = (uint32_t)(bucket - store->buckets) * VR_FLOW_BUCKET;

    for (uint32_t place = 0; place < VR_FLOW_BUCKET; place++) {
        if (vr_load(&bucket->tags[place]) == tag && vr_likely(vr_flow_same_key(&store->entries[number + place].key, key)))
            return &store->entries[number + place];
    }
    for (uint32_t next = vr_load(&bucket->overflow); vr_unlikely(next != 0); next = vr_load(&store->entries[next - 1].next)) {
        if (store->entries[next - 1].tag == tag && vr_flow_same_key(&store->entries[next - 1].key, key))
            return &store->entries[next - 1];
    }
    return NULL;
}

#endif
