/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Tables whose entries have numbers: see index_table.h. */
#include "index_table.h"

int vr_index_table_make(struct vr_index_table *table, uint32_t limit)
{
    table->slots = vr_port_allocate(limit * sizeof(*table->slots));
    table->users = vr_port_allocate(limit * sizeof(*table->users));
    if (!table->slots || !table->users) {
        vr_index_table_free(table);
        return -ENOMEM;
    }
    table->limit = limit;
    return 0;
}

void vr_index_table_free(struct vr_index_table *table)
{
    vr_port_free(table->slots);
    vr_port_free(table->users);
    table->slots = NULL;
    table->users = NULL;
    table->limit = 0;
}

void *vr_index_next(const struct vr_index_table *table, uint32_t *index)
{
    for (uint32_t at = *index; at < table->limit; at++) {
        void *entry = vr_load(&table->slots[at]);

        if (entry) {
            *index = at;
            return entry;
        }
    }
    return NULL;
}

void vr_index_use(struct vr_index_table *table, uint32_t index)
{
    if (index < table->limit)
        table->users[index]++;
}

void vr_index_release(struct vr_index_table *table, uint32_t index)
{
    if (index < table->limit && table->users[index] > 0)
        table->users[index]--;
}
