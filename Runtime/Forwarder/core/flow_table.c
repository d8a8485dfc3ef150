/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The flow table in memory: see flow_table.h. */
#include "flow_lookup.h"

_Static_assert(sizeof(struct vr_flow_key) == 44, "the hash and the comparison go over the key word by word");
_Static_assert(sizeof(struct vr_flow_decision) % sizeof(uint64_t) == 0, "decisions are replaced word by word");
_Static_assert(offsetof(struct vr_flow_entry, decision) == 64, "a lookup reads one cache line of an entry");

int vr_flow_store_make(struct vr_router *router)
{
    struct vr_flow_store *store = &router->flows;
    uint32_t buckets = router->limits.flows / VR_FLOW_BUCKET;

    store->count = router->limits.flows + router->limits.overflow_flows;
    store->bucket_mask = buckets - 1;
    store->buckets = vr_port_allocate(buckets * sizeof(*store->buckets));
    store->entries = vr_port_allocate(store->count * sizeof(*store->entries));
    if (!store->buckets || !store->entries)
        return -ENOMEM;
    for (uint32_t index = 0; index < store->count; index++) {
        store->entries[index].index = index;
        store->entries[index].router = router;
    }
    return vr_pool_make(&store->overflow, router->limits.overflow_flows);
}

void vr_flow_store_free(struct vr_router *router)
{
    vr_port_free(router->flows.buckets);
    vr_port_free(router->flows.entries);
    vr_pool_free(&router->flows.overflow);
}

/* A free entry of the bucket, or one for its chain; NULL: neither. */
static struct vr_flow_entry *find_room(struct vr_flow_store *store, const struct vr_flow_bucket *bucket, uint32_t *place)
{
    uint32_t number = (uint32_t)(bucket - store->buckets) * VR_FLOW_BUCKET, length = 0;

    for (*place = 0; *place < VR_FLOW_BUCKET; (*place)++) {
        if (vr_load(&store->entries[number + *place].state) == VR_FLOW_FREE)
            return &store->entries[number + *place];
    }
    for (uint32_t next = bucket->overflow; next; next = store->entries[next - 1].next)
        length++;
    if (length >= VR_FLOW_CHAIN || !vr_pool_take(&store->overflow, &number))
        return NULL;
    return &store->entries[store->count - store->overflow.size + number];
}

struct vr_flow_entry *vr_flow_insert(struct vr_router *router, const struct vr_flow_key *key, uint64_t hash,
                                     const struct vr_flow_decision *decision)
{
    struct vr_flow_store *store = &router->flows;
    struct vr_flow_bucket *bucket = vr_flow_bucket_of(store, hash);
    uint32_t place;
    struct vr_flow_entry *entry = find_room(store, bucket, &place);

    if (!entry)
        return NULL;
    entry->key = *key;
    entry->tag = vr_flow_tag_of(hash);
    entry->incarnation++;
    entry->packets = 0;
    entry->bytes = 0;
    entry->ecmp_member = VR_FLOW_NO_MEMBER;
    entry->underlay_source_port = 0;
    entry->held = (struct vr_held_queue){0, 0, 0};
    entry->shown_ms = 0;
    entry->generation = 0;
    vr_flow_decide(entry, decision);
    vr_publish(&entry->state, VR_FLOW_USED);
    vr_count_shared(&store->used, 1);
    if (place < VR_FLOW_BUCKET) {
        vr_publish(&bucket->tags[place], entry->tag);
    } else {
        entry->next = bucket->overflow;
        vr_publish(&bucket->overflow, entry->index + 1);
    }
    return entry;
}

/* No reader holds the entry any more. */
static void make_free(struct vr_deferred *deferred)
{
    struct vr_flow_entry *entry = vr_container(deferred, struct vr_flow_entry, deferred);
    struct vr_flow_store *store = &entry->router->flows;
    uint32_t direct = store->count - store->overflow.size;

    vr_publish(&entry->state, VR_FLOW_FREE);
    if (entry->index >= direct)
        vr_pool_give(&store->overflow, entry->index - direct);
}

void vr_flow_withdraw(struct vr_router *router, struct vr_flow_entry *entry, uint64_t hash)
{
    struct vr_flow_store *store = &router->flows;
    struct vr_flow_bucket *bucket = vr_flow_bucket_of(store, hash);

    if (entry->index < store->count - store->overflow.size) {
        vr_publish(&bucket->tags[entry->index % VR_FLOW_BUCKET], 0);
    } else {
        uint32_t *place = &bucket->overflow;

        while (*place && *place != entry->index + 1)
            place = &store->entries[*place - 1].next;
        /* A reader that stands on the entry finds the rest of the chain behind it still. */
        vr_publish(place, entry->next);
    }
    vr_publish(&entry->state, VR_FLOW_RETIRED);
    vr_count_shared(&store->used, -1u);
    vr_port_defer(&entry->deferred, make_free);
}
