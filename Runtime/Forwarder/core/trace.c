/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What each core counts and remembers of dropped packets, and the steps of a trace; trace_text.c has the words for them. */
#include "walk.h"

uint64_t vr_drop_count(const struct vr_router *router, unsigned int core, enum vr_drop_reason reason)
{
    uint64_t sum = 0;

    if ((unsigned int)reason >= VR_DROP_LIMIT)
        return 0;
    for (unsigned int at = 0; at < router->core_count; at++) {
        if (core == VR_ALL_CORES || core == at)
            sum += vr_peek(&router->cores[at].drops[reason]);
    }
    return sum;
}

_Static_assert(sizeof(struct vr_drop_record) % sizeof(uint64_t) == 0, "records are copied word by word");

int vr_drop_record_get(const struct vr_router *router, unsigned int core, uint32_t age, struct vr_drop_record *record)
{
    const struct vr_core *at;
    uint64_t count;
    uint32_t place;

    if (core >= router->core_count)
        return -ENOENT;
    at = &router->cores[core];
    count = vr_load(&at->drop_count);
    if (age >= count || age >= VR_DROP_RECORDS)
        return -ENOENT;
    place = (uint32_t)((count - 1 - age) % VR_DROP_RECORDS);
    if (!vr_sequence_try_read(&at->drop_sequences[place], at->drop_records[place], record, sizeof(*record) / sizeof(uint64_t)))
        return -ENOENT;
    return 0;
}

void vr_trace_add(struct vr_trace *trace, uint32_t step, uint32_t a, uint32_t b, uint32_t c)
{
    if (trace->count == VR_TRACE_RECORDS) {
        trace->lost++;
        return;
    }
    trace->records[trace->count++] = (struct vr_trace_record){step, {a, b, c}};
}
