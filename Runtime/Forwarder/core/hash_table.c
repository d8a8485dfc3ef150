/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Hash tables that one writer changes while many read: see hash_table.h. */
#include "hash_table.h"

/* A cursor: the bucket in the upper bits, below them how far its chain has been read, counted down from the largest serial number. */
enum { SERIAL_BITS = 40 };
#define SERIAL_MASK ((UINT64_C(1) << SERIAL_BITS) - 1)
#ifndef UINT64_C
#define UINT64_C(value) value##ULL
#endif

int vr_hash_table_make(struct vr_hash_table *table, uint32_t limit)
{
    uint32_t size = 16;

    while (size < limit && size < (1u << 23))
        size *= 2;
    table->buckets = vr_port_allocate(size * sizeof(*table->buckets));
    if (!table->buckets)
        return -ENOMEM;
    table->mask = size - 1;
    table->limit = limit;
    return 0;
}

void vr_hash_table_free(struct vr_hash_table *table)
{
    vr_port_free(table->buckets);
    table->buckets = NULL;
}

/* Where the pointer to the link is: in a bucket or in the link before. */
static struct vr_hash_link **place_of(struct vr_hash_table *table, const struct vr_hash_link *link)
{
    struct vr_hash_link **place = &table->buckets[link->hash & table->mask];

    while (*place && *place != link)
        place = &(*place)->next;
    return place;
}

int vr_hash_insert(struct vr_hash_table *table, struct vr_hash_link *link, uint32_t hash)
{
    struct vr_hash_link **place = &table->buckets[hash & table->mask];

    if (table->count >= table->limit)
        return -ENOSPC;
    table->count++;
    link->hash = hash;
    link->serial = ++table->last_serial & SERIAL_MASK;
    link->next = *place;
    vr_publish(place, link);
    return 0;
}

void vr_hash_replace(struct vr_hash_table *table, const struct vr_hash_link *old, struct vr_hash_link *link)
{
    link->hash = old->hash;
    link->serial = old->serial;
    link->next = old->next;
    vr_publish(place_of(table, old), link);
}

void vr_hash_remove(struct vr_hash_table *table, const struct vr_hash_link *link)
{
    vr_publish(place_of(table, link), link->next);
    table->count--;
}

struct vr_hash_link *vr_hash_dump(const struct vr_hash_table *table, uint64_t *cursor)
{
    for (uint64_t bucket = *cursor >> SERIAL_BITS; bucket <= table->mask; bucket++) {
        struct vr_hash_link *link = vr_load(&table->buckets[bucket]);

        for (; link; link = vr_hash_next(link)) {
            uint64_t at = (bucket << SERIAL_BITS) | (SERIAL_MASK - link->serial);

            if (at >= *cursor) {
                *cursor = at + 1;
                return link;
            }
        }
    }
    return NULL;
}
