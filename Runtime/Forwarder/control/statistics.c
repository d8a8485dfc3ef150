/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The messages `drop-statistics`, `drop-record` and `trace`. */
#include "request.h"

/* ---- Counters of drops ---------------------------------------------------------------------------------------------------- */

/* Of all interfaces, since the last reset. */
static uint64_t count_of(const struct vr_control *control, unsigned int core, unsigned int reason)
{
    uint64_t count = vr_drop_count(control->router, core, (enum vr_drop_reason)reason);

    for (unsigned int at = 0; control->drop_baseline && at < vr_port_cores(); at++) {
        if (core == VR_ALL_CORES || core == at)
            count -= control->drop_baseline[at * VR_DROP_LIMIT + reason];
    }
    return count;
}

static int reset_all(struct vr_control *control, unsigned int core)
{
    if (!control->drop_baseline)
        control->drop_baseline = vr_port_allocate(vr_port_cores() * VR_DROP_LIMIT * sizeof(uint64_t));
    if (!control->drop_baseline)
        return -ENOMEM;
    for (unsigned int at = 0; at < vr_port_cores(); at++) {
        for (unsigned int reason = 0; (core == VR_ALL_CORES || core == at) && reason < VR_DROP_LIMIT; reason++)
            control->drop_baseline[at * VR_DROP_LIMIT + reason] = vr_drop_count(control->router, at, (enum vr_drop_reason)reason);
    }
    return 0;
}

/* The baseline of one interface's counters; NULL: no memory. */
static struct vr_interface_counters *baseline_of(struct vr_control *control, uint32_t interface)
{
    struct vr_interface_record *record = control->interfaces[interface];

    if (!record->baseline)
        record->baseline = vr_port_allocate(vr_port_cores() * sizeof(*record->baseline));
    return record->baseline;
}

static int reset_one(struct vr_control *control, uint32_t interface, unsigned int core)
{
    struct vr_interface_counters *baseline = baseline_of(control, interface);

    if (!baseline)
        return -ENOMEM;
    for (unsigned int at = 0; at < vr_port_cores(); at++) {
        if (core != VR_ALL_CORES && core != at)
            continue;
        vr_interface_counters_get(control->router, interface, at, &control->counters);
        __builtin_memcpy(baseline[at].drops, control->counters.drops, sizeof(baseline[at].drops));
    }
    return 0;
}

static void read_counts(struct vr_control *control, const struct vrouter_drop_statistics *asked, unsigned int core,
                        struct vrouter_drop_statistics *told)
{
    bool of_one = (asked->present & VROUTER_DROP_STATISTICS_HAS_INTERFACE) != 0;
    const struct vr_interface_record *record = of_one ? control->interfaces[asked->interface] : NULL;

    if (of_one)
        vr_interface_counters_get(control->router, asked->interface, core, &control->counters);
    for (unsigned int reason = 1; reason < VR_DROP_LIMIT; reason++) {
        uint64_t count = of_one ? control->counters.drops[reason] : count_of(control, core, reason);

        for (unsigned int at = 0; record && record->baseline && at < vr_port_cores(); at++) {
            if (core == VR_ALL_CORES || core == at)
                count -= record->baseline[at].drops[reason];
        }
        if (count == 0)
            continue;
        told->counts[told->counts_count++] = (struct vrouter_drop_count){
            .present = VROUTER_DROP_COUNT_HAS_REASON | VROUTER_DROP_COUNT_HAS_PACKETS, .reason = (uint16_t)reason, .packets = count};
    }
}

int vr_handle_drop_statistics(struct vr_request *request)
{
    struct vr_control *control = request->control;
    const struct vrouter_drop_statistics *asked = &control->asked.drop_statistics;
    struct vrouter_drop_statistics *told = &control->told.drop_statistics;
    bool of_one = (asked->present & VROUTER_DROP_STATISTICS_HAS_INTERFACE) != 0;
    unsigned int core;
    int error = 0;

    if (asked->operation != VROUTER_TABLE_OPERATION_GET && asked->operation != VROUTER_TABLE_OPERATION_RESET)
        return vr_refuse_operation(request, VROUTER_DROP_STATISTICS_ATTRIBUTE_OPERATION);
    if (of_one)
        error = vr_need_interface(request, asked->interface, VROUTER_DROP_STATISTICS_ATTRIBUTE_INTERFACE);
    error = error ? error
                  : vr_need_core(request, asked->present & VROUTER_DROP_STATISTICS_HAS_CORE, asked->core,
                                 VROUTER_DROP_STATISTICS_ATTRIBUTE_CORE, &core);
    if (error)
        return error;
    __builtin_memset(told, 0, sizeof(*told));
    told->present = VROUTER_DROP_STATISTICS_HAS_COUNTS |
                    (asked->present & (VROUTER_DROP_STATISTICS_HAS_OPERATION | VROUTER_DROP_STATISTICS_HAS_INTERFACE |
                                       VROUTER_DROP_STATISTICS_HAS_CORE));
    told->operation = asked->operation;
    told->interface = asked->interface;
    told->core = asked->core;
    read_counts(control, asked, core, told);
    if (vr_send(request, &vrouter_drop_statistics_layout, told) != VR_SENT || asked->operation == VROUTER_TABLE_OPERATION_GET)
        return 0;
    return vr_settle(request, of_one ? reset_one(control, asked->interface, core) : reset_all(control, core), 0);
}

/* ---- The last packets dropped ---------------------------------------------------------------------------------------------- */

static enum vr_sent tell_record(struct vr_request *request, unsigned int core, const struct vr_drop_record *record)
{
    struct vrouter_drop_record *told = &request->control->told.drop_record;

    __builtin_memset(told, 0, sizeof(*told));
    told->present = VROUTER_DROP_RECORD_HAS_OPERATION | VROUTER_DROP_RECORD_HAS_CORE | VROUTER_DROP_RECORD_HAS_AGE |
                    VROUTER_DROP_RECORD_HAS_REASON | VROUTER_DROP_RECORD_HAS_LENGTH | VROUTER_DROP_RECORD_HAS_PACKET;
    told->operation = VROUTER_TABLE_OPERATION_DUMP;
    told->core = (uint16_t)core;
    told->age = vr_port_now_ms() - record->time_ms;
    told->reason = (uint16_t)record->reason;
    told->interface = record->interface;
    told->vrf = record->vrf;
    told->next_hop = record->next_hop;
    if (record->interface != VR_NONE)
        told->present |= VROUTER_DROP_RECORD_HAS_INTERFACE;
    if (record->vrf != VR_NONE)
        told->present |= VROUTER_DROP_RECORD_HAS_VRF;
    if (record->next_hop != VR_NONE)
        told->present |= VROUTER_DROP_RECORD_HAS_NEXT_HOP;
    told->length = record->length;
    told->packet_length = (uint16_t)record->captured;
    __builtin_memcpy(told->packet, record->bytes, record->captured);
    return vr_send(request, &vrouter_drop_record_layout, told);
}

/*
 * A core in each part, whatever the part's size: while a dump goes on new records push others down, and by age alone nobody could say
 * which have been sent.
 */
int vr_handle_drop_record(struct vr_request *request)
{
    struct vr_control *control = request->control;
    const struct vrouter_drop_record *asked = &control->asked.drop_record;
    const struct vr_control_answer *answer = request->answer;
    struct vr_control_answer unlimited = *answer;
    struct vr_drop_record record;
    unsigned int meant;
    uint32_t core;
    int error;

    if (asked->operation != VROUTER_TABLE_OPERATION_DUMP)
        return vr_refuse_operation(request, VROUTER_DROP_RECORD_ATTRIBUTE_OPERATION);
    error = vr_need_core(request, asked->present & VROUTER_DROP_RECORD_HAS_CORE, asked->core, VROUTER_DROP_RECORD_ATTRIBUTE_CORE, &meant);
    error = error ? error
                  : vr_read_index_cursor(request, asked->present & VROUTER_DROP_RECORD_HAS_CURSOR, asked->cursor, asked->cursor_length,
                                         VROUTER_DROP_RECORD_ATTRIBUTE_CURSOR, &core);
    if (error)
        return error;
    if (meant != VR_ALL_CORES)
        core = meant;
    unlimited.part_bytes = (size_t)-1;
    request->answer = &unlimited;
    for (uint32_t age = 0; age < VR_DROP_RECORDS; age++) {
        /* One that is being overwritten at this moment is the oldest, and goes. */
        if (vr_drop_record_get(control->router, core, age, &record) == 0 && tell_record(request, core, &record) != VR_SENT)
            break;
    }
    request->answer = answer;
    core++;
    if (meant == VR_ALL_CORES && core < vr_port_cores())
        vr_go_on(request, &core, sizeof(core));
    return 0;
}

/* ---- One packet's way ------------------------------------------------------------------------------------------------------ */

static void read_step(const struct vr_trace_record *record, struct vrouter_trace_step *step)
{
    step->present = VROUTER_TRACE_STEP_HAS_STEP | VROUTER_TRACE_STEP_HAS_SENTENCE | VROUTER_TRACE_STEP_HAS_VALUES;
    vr_copy_text(step->step, sizeof(step->step), vr_trace_word(record->step));
    vr_trace_text(record, step->sentence, sizeof(step->sentence));
    step->values_count = 3;
    __builtin_memcpy(step->values, record->values, sizeof(record->values));
}

int vr_handle_trace(struct vr_request *request)
{
    struct vr_control *control = request->control;
    const struct vrouter_trace *asked = &control->asked.trace;
    struct vrouter_trace *told = &control->told.trace;
    struct vr_packet packet;
    int error = vr_need_interface(request, asked->interface, VROUTER_TRACE_ATTRIBUTE_INTERFACE);

    error = error ? error : vr_need(request, asked->present & VROUTER_TRACE_HAS_FRAME, VROUTER_TRACE_ATTRIBUTE_FRAME, "frame");
    if (error)
        return error;
    if (asked->frame_length < VR_ETHERNET_BYTES)
        return vr_refuse(request, EINVAL, VROUTER_TRACE_ATTRIBUTE_FRAME, "a frame has an Ethernet header of 14 bytes at least");
    if (!vr_port_packet_make(&packet, asked->frame, asked->frame_length))
        return vr_settle(request, -ENOMEM, 0);
    vr_receive(control->router, asked->interface, &packet, &control->trace);
    __builtin_memset(told, 0, sizeof(*told));
    told->present = VROUTER_TRACE_HAS_INTERFACE | VROUTER_TRACE_HAS_STEPS | VROUTER_TRACE_HAS_LOST;
    told->interface = asked->interface;
    told->lost = control->trace.lost;
    for (uint32_t at = 0; at < control->trace.count && at < VROUTER_TRACE_MAXIMUM_STEPS; at++)
        read_step(&control->trace.records[at], &told->steps[told->steps_count++]);
    vr_send(request, &vrouter_trace_layout, told);
    return 0;
}
