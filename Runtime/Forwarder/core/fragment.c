/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Ports for fragments: see fragment.h. */
#include "walk.h"

int vr_fragment_make(struct vr_router *router)
{
    uint32_t count = router->limits.fragments;

    router->fragments.entries = vr_port_allocate(count * sizeof(*router->fragments.entries));
    router->fragments.bucket_mask = count / VR_FRAGMENT_BUCKET - 1;
    return router->fragments.entries ? 0 : -ENOMEM;
}

void vr_fragment_free(struct vr_router *router)
{
    vr_port_free(router->fragments.entries);
}

static uint32_t bucket_of(const struct vr_walk *walk, struct vr_fragment_key *key)
{
    const struct vr_ip *ip = &walk->ip;
    uint64_t hash;

    key->scope = walk->flow_next_hop;
    key->identification = ip->identification;
    key->protocol = ip->protocol;
    __builtin_memcpy(key->source, ip->source, sizeof(key->source));
    __builtin_memcpy(key->destination, ip->destination, sizeof(key->destination));
    hash = vr_hash_add(walk->router->seed, ((uint64_t)key->scope << 32) | key->identification);
    for (unsigned int word = 0; word < 4; word++)
        hash = vr_hash_add(hash, ((uint64_t)key->source[word] << 32) | key->destination[word]);
    return (uint32_t)vr_hash_end(hash) & walk->router->fragments.bucket_mask;
}

static bool expired(const struct vr_fragment_entry *entry, uint64_t now)
{
    return now - entry->since_ms >= VR_FRAGMENT_TIMEOUT_MS;
}

/* The datagram's entry, made if there is none: in a free place or in that of a datagram whose time is over. NULL: there is no place. */
static struct vr_fragment_entry *entry_of(struct vr_walk *walk, uint32_t bucket, const struct vr_fragment_key *key)
{
    struct vr_fragment_entry *entries = &walk->router->fragments.entries[bucket * VR_FRAGMENT_BUCKET], *room = NULL;

    for (uint32_t place = 0; place < VR_FRAGMENT_BUCKET; place++) {
        struct vr_fragment_entry *entry = &entries[place];

        if (entry->used && !expired(entry, walk->core->now_ms) && __builtin_memcmp(&entry->key, key, sizeof(*key)) == 0)
            return entry;
        if (!room && (!entry->used || expired(entry, walk->core->now_ms)))
            room = entry;
    }
    if (!room)
        return NULL;
    if (room->used)
        vr_held_release(walk->router, walk->core, &room->held, VR_DROP_NO_FRAGMENT_ENTRY);
    room->key = *key;
    room->used = true;
    room->known = false;
    room->since_ms = walk->core->now_ms;
    return room;
}

void vr_fragment_first(struct vr_walk *walk)
{
    struct vr_fragment_key key;
    uint32_t bucket = bucket_of(walk, &key);
    struct vr_fragment_entry *entry;

    vr_port_lock(bucket % VR_PORT_LOCKS);
    entry = entry_of(walk, bucket, &key);
    if (entry) {
        entry->source_port = walk->ip.source_port;
        entry->destination_port = walk->ip.destination_port;
        entry->known = true;
        vr_held_release(walk->router, walk->core, &entry->held, VR_DROP_NONE);
    }
    vr_port_unlock(bucket % VR_PORT_LOCKS);
}

enum vr_fragment_result vr_fragment_later(struct vr_walk *walk)
{
    enum vr_fragment_result result = VR_FRAGMENT_NO_ROOM;
    struct vr_fragment_key key;
    uint32_t bucket = bucket_of(walk, &key), waiting = 0;
    struct vr_fragment_entry *entry;

    vr_port_lock(bucket % VR_PORT_LOCKS);
    entry = entry_of(walk, bucket, &key);
    if (entry && entry->known) {
        walk->ip.source_port = entry->source_port;
        walk->ip.destination_port = entry->destination_port;
        result = VR_FRAGMENT_PORTS;
    } else if (entry && entry->held.count < VR_FRAGMENT_HELD) {
        waiting = entry->held.count;
        if (vr_held_add(walk, &entry->held))
            result = VR_FRAGMENT_WAITS;
    }
    vr_port_unlock(bucket % VR_PORT_LOCKS);
    if (result == VR_FRAGMENT_PORTS)
        vr_walk_step(walk, VR_TRACE_FRAGMENT, key.identification, vr_from_be16(walk->ip.source_port),
                     vr_from_be16(walk->ip.destination_port));
    else if (result == VR_FRAGMENT_WAITS)
        vr_walk_step(walk, VR_TRACE_FRAGMENT_HELD, key.identification, waiting, 0);
    return result;
}

void vr_fragment_expire(struct vr_router *router, struct vr_core *core)
{
    struct vr_fragment_store *store = &router->fragments;
    uint32_t buckets = store->bucket_mask + 1;
    /* The whole table in a second, if called ten times in one. */
    uint32_t count = buckets / 8 ? buckets / 8 : 1;

    for (uint32_t done = 0; done < count; done++) {
        uint32_t bucket = store->sweep++ & store->bucket_mask;

        vr_port_lock(bucket % VR_PORT_LOCKS);
        for (uint32_t place = 0; place < VR_FRAGMENT_BUCKET; place++) {
            struct vr_fragment_entry *entry = &store->entries[bucket * VR_FRAGMENT_BUCKET + place];

            if (!entry->used || !expired(entry, core->now_ms))
                continue;
            vr_held_release(router, core, &entry->held, VR_DROP_NO_FRAGMENT_ENTRY);
            entry->used = false;
        }
        vr_port_unlock(bucket % VR_PORT_LOCKS);
    }
}
