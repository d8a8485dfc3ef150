/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The messages `label` and `vxlan-network`. */
#include "request.h"

/* ---- Labels --------------------------------------------------------------------------------------------------------------- */

static enum vr_sent tell_label(struct vr_request *request, const struct vr_label *label, uint8_t operation)
{
    struct vrouter_label *told = &request->control->told.label;

    __builtin_memset(told, 0, sizeof(*told));
    told->present = VROUTER_LABEL_HAS_OPERATION | VROUTER_LABEL_HAS_GENERATION | VROUTER_LABEL_HAS_LABEL | VROUTER_LABEL_HAS_NEXT_HOP |
                    VROUTER_LABEL_HAS_FLAGS;
    told->operation = operation;
    told->generation = label->generation;
    told->label = label->label;
    told->next_hop = label->next_hop;
    told->flags = label->flags;
    return vr_send(request, &vrouter_label_layout, told);
}

static int set_label(struct vr_request *request, const struct vrouter_label *asked)
{
    struct vr_label label = {.label = asked->label};
    int error = 0;

    if (asked->label >= request->control->limits->labels)
        return vr_refuse(request, EINVAL, VROUTER_LABEL_ATTRIBUTE_LABEL, "the label is not below the table's limit");
    if (asked->operation == VROUTER_TABLE_OPERATION_CHANGE)
        error = vr_settle(request, vr_label_get(request->router, asked->label, &label), VROUTER_LABEL_ATTRIBUTE_LABEL);
    else
        error = vr_need(request, asked->present & VROUTER_LABEL_HAS_NEXT_HOP, VROUTER_LABEL_ATTRIBUTE_NEXT_HOP, "next-hop");
    if (error)
        return error;
    if (asked->present & VROUTER_LABEL_HAS_GENERATION)
        label.generation = asked->generation;
    if (asked->present & VROUTER_LABEL_HAS_NEXT_HOP)
        label.next_hop = asked->next_hop;
    if (asked->present & VROUTER_LABEL_HAS_FLAGS)
        label.flags = asked->flags;
    error = vr_need_next_hop(request, label.next_hop, VROUTER_LABEL_ATTRIBUTE_NEXT_HOP);
    if (error)
        return error;
    error = vr_label_set(request->router, &label);
    if (!error)
        vr_note_generation(request->control, label.generation);
    return vr_settle(request, error, VROUTER_LABEL_ATTRIBUTE_LABEL);
}

static int dump_labels(struct vr_request *request, const struct vrouter_label *asked)
{
    struct vr_label label;
    uint32_t number;
    int error = vr_read_index_cursor(request, asked->present & VROUTER_LABEL_HAS_CURSOR, asked->cursor, asked->cursor_length,
                                     VROUTER_LABEL_ATTRIBUTE_CURSOR, &number);

    for (; !error && vr_label_dump(request->router, number, &label) == 0; number = label.label + 1) {
        enum vr_sent sent = tell_label(request, &label, asked->operation);

        if (sent == VR_PART_FULL)
            vr_go_on(request, &label.label, sizeof(label.label));
        if (sent != VR_SENT)
            break;
    }
    return error;
}

static int sweep_labels(struct vr_request *request, uint32_t generation)
{
    struct vr_label label;

    for (uint32_t number = 0; vr_label_dump(request->router, number, &label) == 0; number = label.label + 1) {
        if (label.generation != generation && vr_label_delete(request->router, label.label) == 0)
            request->response.count++;
    }
    return 0;
}

int vr_handle_label(struct vr_request *request)
{
    const struct vrouter_label *asked = &request->control->asked.label;
    struct vr_label label;
    int error;

    switch (asked->operation) {
    case VROUTER_TABLE_OPERATION_DUMP:
        return dump_labels(request, asked);
    case VROUTER_TABLE_OPERATION_SWEEP:
        error = vr_need(request, asked->present & VROUTER_LABEL_HAS_GENERATION, VROUTER_LABEL_ATTRIBUTE_GENERATION, "generation");
        vr_note_generation(request->control, asked->generation);
        return error ? error : sweep_labels(request, asked->generation);
    case VROUTER_TABLE_OPERATION_RESET:
        return vr_refuse_operation(request, VROUTER_LABEL_ATTRIBUTE_OPERATION);
    default:
        break;
    }
    error = vr_need(request, asked->present & VROUTER_LABEL_HAS_LABEL, VROUTER_LABEL_ATTRIBUTE_LABEL, "label");
    if (error)
        return error;
    if (asked->operation == VROUTER_TABLE_OPERATION_DELETE)
        return vr_settle(request, vr_label_delete(request->router, asked->label), VROUTER_LABEL_ATTRIBUTE_LABEL);
    if (asked->operation != VROUTER_TABLE_OPERATION_GET)
        return set_label(request, asked);
    error = vr_label_get(request->router, asked->label, &label);
    if (!error)
        tell_label(request, &label, asked->operation);
    return vr_settle(request, error, VROUTER_LABEL_ATTRIBUTE_LABEL);
}

/* ---- Networks ------------------------------------------------------------------------------------------------------------- */

static enum vr_sent tell_network(struct vr_request *request, const struct vr_vxlan_network *network, uint8_t operation)
{
    struct vrouter_vxlan_network *told = &request->control->told.vxlan_network;

    __builtin_memset(told, 0, sizeof(*told));
    told->present = VROUTER_VXLAN_NETWORK_HAS_OPERATION | VROUTER_VXLAN_NETWORK_HAS_GENERATION | VROUTER_VXLAN_NETWORK_HAS_IDENTIFIER |
                    VROUTER_VXLAN_NETWORK_HAS_NEXT_HOP;
    told->operation = operation;
    told->generation = network->generation;
    told->identifier = network->identifier;
    told->next_hop = network->next_hop;
    return vr_send(request, &vrouter_vxlan_network_layout, told);
}

static int set_network(struct vr_request *request, const struct vrouter_vxlan_network *asked)
{
    struct vr_vxlan_network network = {.identifier = asked->identifier};
    int error;

    if (asked->operation == VROUTER_TABLE_OPERATION_CHANGE)
        error = vr_settle(request, vr_vxlan_network_get(request->router, asked->identifier, &network),
                          VROUTER_VXLAN_NETWORK_ATTRIBUTE_IDENTIFIER);
    else
        error = vr_need(request, asked->present & VROUTER_VXLAN_NETWORK_HAS_NEXT_HOP, VROUTER_VXLAN_NETWORK_ATTRIBUTE_NEXT_HOP, "next-hop");
    if (error)
        return error;
    if (asked->present & VROUTER_VXLAN_NETWORK_HAS_GENERATION)
        network.generation = asked->generation;
    if (asked->present & VROUTER_VXLAN_NETWORK_HAS_NEXT_HOP)
        network.next_hop = asked->next_hop;
    error = vr_need_next_hop(request, network.next_hop, VROUTER_VXLAN_NETWORK_ATTRIBUTE_NEXT_HOP);
    if (error)
        return error;
    error = vr_vxlan_network_set(request->router, &network);
    if (!error)
        vr_note_generation(request->control, network.generation);
    return vr_settle(request, error, VROUTER_VXLAN_NETWORK_ATTRIBUTE_IDENTIFIER);
}

static int dump_networks(struct vr_request *request, const struct vrouter_vxlan_network *asked)
{
    struct vr_vxlan_network network;
    uint64_t cursor = 0, before;
    int error = vr_read_cursor(request, asked->present & VROUTER_VXLAN_NETWORK_HAS_CURSOR, asked->cursor, asked->cursor_length,
                               VROUTER_VXLAN_NETWORK_ATTRIBUTE_CURSOR, &cursor, sizeof(cursor));

    for (before = cursor; !error && vr_vxlan_network_dump(request->router, &cursor, &network) == 0; before = cursor) {
        enum vr_sent sent = tell_network(request, &network, asked->operation);

        if (sent == VR_PART_FULL)
            vr_go_on(request, &before, sizeof(before));
        if (sent != VR_SENT)
            break;
    }
    return error;
}

static int sweep_networks(struct vr_request *request, uint32_t generation)
{
    struct vr_vxlan_network network;
    uint64_t cursor = 0;

    while (vr_vxlan_network_dump(request->router, &cursor, &network) == 0) {
        if (network.generation != generation && vr_vxlan_network_delete(request->router, network.identifier) == 0)
            request->response.count++;
    }
    return 0;
}

int vr_handle_vxlan_network(struct vr_request *request)
{
    const struct vrouter_vxlan_network *asked = &request->control->asked.vxlan_network;
    struct vr_vxlan_network network;
    int error;

    switch (asked->operation) {
    case VROUTER_TABLE_OPERATION_DUMP:
        return dump_networks(request, asked);
    case VROUTER_TABLE_OPERATION_SWEEP:
        error = vr_need(request, asked->present & VROUTER_VXLAN_NETWORK_HAS_GENERATION, VROUTER_VXLAN_NETWORK_ATTRIBUTE_GENERATION,
                        "generation");
        vr_note_generation(request->control, asked->generation);
        return error ? error : sweep_networks(request, asked->generation);
    case VROUTER_TABLE_OPERATION_RESET:
        return vr_refuse_operation(request, VROUTER_VXLAN_NETWORK_ATTRIBUTE_OPERATION);
    default:
        break;
    }
    error = vr_need(request, asked->present & VROUTER_VXLAN_NETWORK_HAS_IDENTIFIER, VROUTER_VXLAN_NETWORK_ATTRIBUTE_IDENTIFIER,
                    "identifier");
    if (error)
        return error;
    if (asked->operation == VROUTER_TABLE_OPERATION_DELETE)
        return vr_settle(request, vr_vxlan_network_delete(request->router, asked->identifier), VROUTER_VXLAN_NETWORK_ATTRIBUTE_IDENTIFIER);
    if (asked->operation != VROUTER_TABLE_OPERATION_GET)
        return set_network(request, asked);
    error = vr_vxlan_network_get(request->router, asked->identifier, &network);
    if (!error)
        tell_network(request, &network, asked->operation);
    return vr_settle(request, error, VROUTER_VXLAN_NETWORK_ATTRIBUTE_IDENTIFIER);
}
