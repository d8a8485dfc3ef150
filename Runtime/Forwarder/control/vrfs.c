/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The messages `vrf` and `vrf-statistics`. */
#include "request.h"

void vr_vrf_record_free(struct vr_control *control, uint32_t index)
{
    struct vr_vrf_record *record = control->vrfs[index];

    if (record)
        vr_port_free(record->baseline);
    vr_port_free(record);
    control->vrfs[index] = NULL;
}

/* The record of a VRF that exists, made if it has none; NULL: no memory. */
static struct vr_vrf_record *record_of(struct vr_control *control, uint32_t index)
{
    if (!control->vrfs[index])
        control->vrfs[index] = vr_port_allocate(sizeof(struct vr_vrf_record));
    return control->vrfs[index];
}

/* ---- Entries -------------------------------------------------------------------------------------------------------------- */

static enum vr_sent tell(struct vr_request *request, const struct vr_vrf *vrf, uint8_t operation)
{
    struct vr_control *control = request->control;
    struct vrouter_vrf *told = &control->told.vrf;
    const struct vr_vrf_record *record = control->vrfs[vrf->index];

    __builtin_memset(told, 0, sizeof(*told));
    told->present = VROUTER_VRF_HAS_OPERATION | VROUTER_VRF_HAS_GENERATION | VROUTER_VRF_HAS_INDEX | VROUTER_VRF_HAS_FLAGS |
                    VROUTER_VRF_HAS_IPV4_ROUTES | VROUTER_VRF_HAS_IPV6_ROUTES | VROUTER_VRF_HAS_BRIDGE_ENTRIES;
    told->operation = operation;
    told->generation = vrf->generation;
    told->index = vrf->index;
    told->flags = vrf->flags;
    told->ipv4_routes = vrf->ipv4_routes;
    told->ipv6_routes = vrf->ipv6_routes;
    told->bridge_entries = vrf->bridge_entries;
    if (record && record->name[0]) {
        told->present |= VROUTER_VRF_HAS_NAME;
        vr_copy_text(told->name, sizeof(told->name), record->name);
    }
    return vr_send(request, &vrouter_vrf_layout, told);
}

static int set(struct vr_request *request, const struct vrouter_vrf *asked)
{
    struct vr_control *control = request->control;
    bool is_add = asked->operation == VROUTER_TABLE_OPERATION_ADD, named = (asked->present & VROUTER_VRF_HAS_NAME) != 0;
    struct vr_vrf vrf = {.index = asked->index};
    struct vr_vrf_record *record;
    int error;

    if (asked->index >= control->limits->vrfs)
        return vr_refuse(request, EINVAL, VROUTER_VRF_ATTRIBUTE_INDEX, "the index is not below the table's limit");
    if (!is_add && vr_vrf_get(request->router, asked->index, &vrf) != 0)
        return vr_settle(request, -ENOENT, VROUTER_VRF_ATTRIBUTE_INDEX);
    if (asked->present & VROUTER_VRF_HAS_FLAGS)
        vrf.flags = asked->flags;
    if (asked->present & VROUTER_VRF_HAS_GENERATION)
        vrf.generation = asked->generation;
    error = vr_need_flags(request, vrf.flags, VR_VRF_FLAGS, VROUTER_VRF_ATTRIBUTE_FLAGS, vrouter_vrf_flags_name);
    if (error)
        return error;
    record = record_of(control, asked->index);
    if (!record)
        return vr_settle(request, -ENOMEM, 0);
    error = vr_vrf_set(request->router, &vrf);
    if (error) {
        if (vr_vrf_get(request->router, asked->index, &vrf) != 0)
            vr_vrf_record_free(control, asked->index);
        return vr_settle(request, error, VROUTER_VRF_ATTRIBUTE_INDEX);
    }
    if (is_add || named)
        vr_copy_text(record->name, sizeof(record->name), named ? asked->name : "");
    vr_note_generation(control, vrf.generation);
    return 0;
}

static int dump(struct vr_request *request, const struct vrouter_vrf *asked)
{
    struct vr_vrf vrf;
    uint32_t index;
    int error = vr_read_index_cursor(request, asked->present & VROUTER_VRF_HAS_CURSOR, asked->cursor, asked->cursor_length,
                                     VROUTER_VRF_ATTRIBUTE_CURSOR, &index);

    for (; !error && vr_vrf_dump(request->router, index, &vrf) == 0; index = vrf.index + 1) {
        enum vr_sent sent = tell(request, &vrf, asked->operation);

        if (sent == VR_PART_FULL)
            vr_go_on(request, &vrf.index, sizeof(vrf.index));
        if (sent != VR_SENT)
            break;
    }
    return error;
}

static int delete(struct vr_request *request, uint32_t index)
{
    int error = vr_vrf_delete(request->router, index);

    if (error)
        return vr_settle(request, error, VROUTER_VRF_ATTRIBUTE_INDEX);
    vr_vrf_record_free(request->control, index);
    return 0;
}

static int sweep(struct vr_request *request, uint32_t generation)
{
    struct vr_vrf vrf;
    uint32_t kept = 0;

    for (uint32_t index = 1; vr_vrf_dump(request->router, index, &vrf) == 0; index = vrf.index + 1) {
        if (vrf.generation == generation)
            continue;
        if (vr_vrf_delete(request->router, vrf.index) != 0) {
            kept++;
            continue;
        }
        vr_vrf_record_free(request->control, vrf.index);
        request->response.count++;
    }
    return vr_end_sweep(request, kept);
}

int vr_handle_vrf(struct vr_request *request)
{
    const struct vrouter_vrf *asked = &request->control->asked.vrf;
    bool has_index = (asked->present & VROUTER_VRF_HAS_INDEX) != 0;
    struct vr_vrf vrf;
    int error = 0;

    switch (asked->operation) {
    case VROUTER_TABLE_OPERATION_DUMP:
        return dump(request, asked);
    case VROUTER_TABLE_OPERATION_SWEEP:
        error = vr_need(request, asked->present & VROUTER_VRF_HAS_GENERATION, VROUTER_VRF_ATTRIBUTE_GENERATION, "generation");
        vr_note_generation(request->control, asked->generation);
        return error ? error : sweep(request, asked->generation);
    case VROUTER_TABLE_OPERATION_RESET:
        return vr_refuse_operation(request, VROUTER_VRF_ATTRIBUTE_OPERATION);
    default:
        break;
    }
    error = vr_need(request, has_index, VROUTER_VRF_ATTRIBUTE_INDEX, "index");
    if (error)
        return error;
    if (asked->operation == VROUTER_TABLE_OPERATION_DELETE)
        return delete(request, asked->index);
    if (asked->operation != VROUTER_TABLE_OPERATION_GET)
        return set(request, asked);
    error = vr_vrf_get(request->router, asked->index, &vrf);
    if (error)
        return vr_settle(request, error, VROUTER_VRF_ATTRIBUTE_INDEX);
    tell(request, &vrf, asked->operation);
    return 0;
}

/* ---- Counters ------------------------------------------------------------------------------------------------------------- */

/* Of one core or all, since the last reset. */
static void counters_of(struct vr_control *control, uint32_t index, unsigned int core, struct vr_vrf_counters *counters)
{
    const struct vr_vrf_record *record = control->vrfs[index];

    vr_vrf_counters_get(control->router, index, core, counters);
    for (unsigned int at = 0; record && record->baseline && at < vr_port_cores(); at++) {
        if (core != VR_ALL_CORES && core != at)
            continue;
#define SUBTRACT(name, sentence) counters->name -= record->baseline[at].name;
        VR_VRF_COUNTERS(SUBTRACT)
#undef SUBTRACT
    }
}

/* Takes what the counters are as zero. They belong to the cores that count, and no one else may write them. */
static int reset(struct vr_control *control, uint32_t index, unsigned int core)
{
    struct vr_vrf_record *record = record_of(control, index);

    if (record && !record->baseline)
        record->baseline = vr_port_allocate(vr_port_cores() * sizeof(*record->baseline));
    if (!record || !record->baseline)
        return -ENOMEM;
    for (unsigned int at = 0; at < vr_port_cores(); at++) {
        if (core == VR_ALL_CORES || core == at)
            vr_vrf_counters_get(control->router, index, at, &record->baseline[at]);
    }
    return 0;
}

static enum vr_sent tell_counters(struct vr_request *request, uint32_t index, unsigned int core, uint8_t operation)
{
    struct vr_control *control = request->control;
    struct vrouter_vrf_statistics *told = &control->told.vrf_statistics;
    struct vr_vrf_counters counters;

    counters_of(control, index, core, &counters);
    __builtin_memset(told, 0, sizeof(*told));
    /* All attributes but core and cursor. */
    told->present = VROUTER_VRF_STATISTICS_HAS_CURSOR - 1;
    told->operation = operation;
    told->vrf = index;
    told->core = (uint16_t)core;
    if (core == VR_ALL_CORES)
        told->present &= ~VROUTER_VRF_STATISTICS_HAS_CORE;
#define COPY(name, sentence) told->name = counters.name;
    VR_VRF_COUNTERS(COPY)
#undef COPY
    return vr_send(request, &vrouter_vrf_statistics_layout, told);
}

static int dump_counters(struct vr_request *request, const struct vrouter_vrf_statistics *asked, unsigned int core)
{
    struct vr_vrf vrf;
    uint32_t index;
    int error = vr_read_index_cursor(request, asked->present & VROUTER_VRF_STATISTICS_HAS_CURSOR, asked->cursor, asked->cursor_length,
                                     VROUTER_VRF_STATISTICS_ATTRIBUTE_CURSOR, &index);

    for (; !error && vr_vrf_dump(request->router, index, &vrf) == 0; index = vrf.index + 1) {
        enum vr_sent sent = tell_counters(request, vrf.index, core, asked->operation);

        if (sent == VR_PART_FULL)
            vr_go_on(request, &vrf.index, sizeof(vrf.index));
        if (sent != VR_SENT)
            break;
    }
    return error;
}

int vr_handle_vrf_statistics(struct vr_request *request)
{
    const struct vrouter_vrf_statistics *asked = &request->control->asked.vrf_statistics;
    unsigned int core;
    int error = vr_need_core(request, asked->present & VROUTER_VRF_STATISTICS_HAS_CORE, asked->core,
                             VROUTER_VRF_STATISTICS_ATTRIBUTE_CORE, &core);

    if (error)
        return error;
    if (asked->operation == VROUTER_TABLE_OPERATION_DUMP)
        return dump_counters(request, asked, core);
    if (asked->operation != VROUTER_TABLE_OPERATION_GET && asked->operation != VROUTER_TABLE_OPERATION_RESET)
        return vr_refuse_operation(request, VROUTER_VRF_STATISTICS_ATTRIBUTE_OPERATION);
    error = vr_need(request, asked->present & VROUTER_VRF_STATISTICS_HAS_VRF, VROUTER_VRF_STATISTICS_ATTRIBUTE_VRF, "vrf");
    error = error ? error : vr_need_vrf(request, asked->vrf, VROUTER_VRF_STATISTICS_ATTRIBUTE_VRF);
    if (error)
        return error;
    if (tell_counters(request, asked->vrf, core, asked->operation) != VR_SENT || asked->operation == VROUTER_TABLE_OPERATION_GET)
        return 0;
    return vr_settle(request, reset(request->control, asked->vrf, core), 0);
}
