/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Tables whose entries have numbers: interfaces, VRFs, next hops, labels. An array of pointers, made once.
 *
 * Entries are never changed in place: a writer makes a new one, swaps the pointer, and defers the freeing of the old. A reader that
 * loads the pointer sees all of the old entry or all of the new.
 *
 * `users` counts the entries of other tables that name this one by number. Only writers look at it.
 */
#ifndef VR_INDEX_TABLE_H
#define VR_INDEX_TABLE_H

#include "port.h"

struct vr_index_table {
    void **slots;
    uint32_t *users;
    uint32_t limit;
};

int vr_index_table_make(struct vr_index_table *table, uint32_t limit);
void vr_index_table_free(struct vr_index_table *table);

/* For readers. NULL: there is no such entry. */
static inline void *vr_index_find(const struct vr_index_table *table, uint32_t index)
{
    return vr_likely(index < table->limit) ? vr_load(&table->slots[index]) : NULL;
}

/* The first entry whose number is not below *index, which is set to it; NULL after the last. */
void *vr_index_next(const struct vr_index_table *table, uint32_t *index);

/* `index` is below the limit. */
static inline void vr_index_put(struct vr_index_table *table, uint32_t index, void *entry)
{
    vr_publish(&table->slots[index], entry);
}

/* Counts a user of an entry that exists; VR_NONE has no users. */
void vr_index_use(struct vr_index_table *table, uint32_t index);
void vr_index_release(struct vr_index_table *table, uint32_t index);

#endif
