/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Hash tables that one writer changes while many read: bridge entries, VXLAN networks, sub-interfaces. Chains of immutable entries;
 * a reader that walks a chain while an entry is put in, replaced or taken out sees the chain before or after.
 *
 * An entry has a struct vr_hash_link inside. Chains are ordered by serial number, newest first, and an entry that replaces another
 * takes over its number and place: so a dump can stop after any entry and go on later.
 */
#ifndef VR_HASH_TABLE_H
#define VR_HASH_TABLE_H

#include "port.h"

struct vr_hash_link {
    struct vr_hash_link *next;
    uint64_t serial;
    uint32_t hash;
};

struct vr_hash_table {
    struct vr_hash_link **buckets;
    uint32_t mask;
    uint32_t count;
    uint32_t limit;
    uint64_t last_serial;
};

int vr_hash_table_make(struct vr_hash_table *table, uint32_t limit);
void vr_hash_table_free(struct vr_hash_table *table);

static inline struct vr_hash_link *vr_hash_first(const struct vr_hash_table *table, uint32_t hash)
{
    return vr_load(&table->buckets[hash & table->mask]);
}

static inline struct vr_hash_link *vr_hash_next(const struct vr_hash_link *link)
{
    return vr_load(&link->next);
}

/* -ENOSPC: as many entries are there as may be. */
int vr_hash_insert(struct vr_hash_table *table, struct vr_hash_link *link, uint32_t hash);
void vr_hash_replace(struct vr_hash_table *table, const struct vr_hash_link *old, struct vr_hash_link *link);
void vr_hash_remove(struct vr_hash_table *table, const struct vr_hash_link *link);

/* The first entry at or after *cursor, which begins at 0 and is moved beyond the entry; NULL after the last. */
struct vr_hash_link *vr_hash_dump(const struct vr_hash_table *table, uint64_t *cursor);

#endif
