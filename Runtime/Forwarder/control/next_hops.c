/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The message `next-hop`. */
#include "request.h"

/* ---- Answers -------------------------------------------------------------------------------------------------------------- */

static void fill_in_members(const struct vr_next_hop *next_hop, struct vrouter_next_hop *told)
{
    told->present |= VROUTER_NEXT_HOP_HAS_COMPOSITE | VROUTER_NEXT_HOP_HAS_HASH_FIELDS | VROUTER_NEXT_HOP_HAS_MEMBERS;
    told->composite = next_hop->composite;
    told->hash_fields = next_hop->hash_fields;
    told->members_count = next_hop->member_count;
    for (uint32_t at = 0; at < next_hop->member_count; at++) {
        struct vrouter_next_hop_member *member = &told->members[at];

        *member = (struct vrouter_next_hop_member){.next_hop = next_hop->members[at].next_hop, .label = next_hop->members[at].label};
        if (member->next_hop != VR_NONE)
            member->present |= VROUTER_NEXT_HOP_MEMBER_HAS_NEXT_HOP;
        if (member->label != VR_NONE)
            member->present |= VROUTER_NEXT_HOP_MEMBER_HAS_LABEL;
    }
}

static void fill_in_tunnel(const struct vr_next_hop *next_hop, struct vrouter_next_hop *told)
{
    told->present |= VROUTER_NEXT_HOP_HAS_TUNNEL | VROUTER_NEXT_HOP_HAS_SOURCE_IPV4 | VROUTER_NEXT_HOP_HAS_DESTINATION_IPV4;
    told->tunnel = next_hop->tunnel;
    told->source_ipv4 = next_hop->source;
    told->destination_ipv4 = next_hop->destination;
    if (!vr_mac_is_zero(next_hop->rewrite_mac.bytes)) {
        told->present |= VROUTER_NEXT_HOP_HAS_REWRITE_MAC;
        __builtin_memcpy(told->rewrite_mac, next_hop->rewrite_mac.bytes, sizeof(told->rewrite_mac));
    }
}

static enum vr_sent tell(struct vr_request *request, const struct vr_next_hop *next_hop, uint8_t operation)
{
    struct vrouter_next_hop *told = &request->control->told.next_hop;

    /* All but the members, which are thousands of bytes and are written up to their count. */
    __builtin_memset(told, 0, offsetof(struct vrouter_next_hop, members));
    told->cursor_length = 0;
    told->present = VROUTER_NEXT_HOP_HAS_OPERATION | VROUTER_NEXT_HOP_HAS_GENERATION | VROUTER_NEXT_HOP_HAS_INDEX |
                    VROUTER_NEXT_HOP_HAS_TYPE | VROUTER_NEXT_HOP_HAS_FAMILY | VROUTER_NEXT_HOP_HAS_FLAGS | VROUTER_NEXT_HOP_HAS_VRF |
                    VROUTER_NEXT_HOP_HAS_REFERENCE_COUNT;
    told->operation = operation;
    told->generation = next_hop->generation;
    told->index = next_hop->index;
    told->type = next_hop->type;
    told->family = next_hop->family;
    told->flags = next_hop->flags;
    told->vrf = next_hop->vrf;
    told->reference_count = next_hop->users;
    if (next_hop->interface != VR_NONE) {
        told->present |= VROUTER_NEXT_HOP_HAS_INTERFACE;
        told->interface = next_hop->interface;
    }
    if (next_hop->encapsulation_bytes) {
        told->present |= VROUTER_NEXT_HOP_HAS_ENCAPSULATION;
        told->encapsulation_length = next_hop->encapsulation_bytes;
        __builtin_memcpy(told->encapsulation, next_hop->encapsulation, next_hop->encapsulation_bytes);
    }
    if (next_hop->type == VR_NEXT_HOP_TUNNEL)
        fill_in_tunnel(next_hop, told);
    if (next_hop->type == VR_NEXT_HOP_COMPOSITE)
        fill_in_members(next_hop, told);
    return vr_send(request, &vrouter_next_hop_layout, told);
}

static int dump(struct vr_request *request, const struct vrouter_next_hop *asked)
{
    struct vr_next_hop next_hop;
    uint32_t index;
    int error = vr_read_index_cursor(request, asked->present & VROUTER_NEXT_HOP_HAS_CURSOR, asked->cursor, asked->cursor_length,
                                     VROUTER_NEXT_HOP_ATTRIBUTE_CURSOR, &index);

    /* Next hop 0 is no entry of the agent's; the message has no number for it. */
    if (index == 0)
        index = 1;
    for (; !error && vr_next_hop_dump(request->router, index, &next_hop) == 0; index = next_hop.index + 1) {
        enum vr_sent sent = tell(request, &next_hop, asked->operation);

        if (sent == VR_PART_FULL)
            vr_go_on(request, &next_hop.index, sizeof(next_hop.index));
        if (sent != VR_SENT)
            break;
    }
    return error;
}

/* ---- Setting -------------------------------------------------------------------------------------------------------------- */

static int overlay_members(struct vr_request *request, const struct vrouter_next_hop *asked, struct vr_next_hop *next_hop)
{
    struct vr_member *members = request->control->members;

    if (!(asked->present & VROUTER_NEXT_HOP_HAS_MEMBERS))
        return 0;
    for (uint32_t at = 0; at < asked->members_count; at++) {
        const struct vrouter_next_hop_member *member = &asked->members[at];

        members[at].next_hop = member->present & VROUTER_NEXT_HOP_MEMBER_HAS_NEXT_HOP ? member->next_hop : VR_NONE;
        members[at].label = member->present & VROUTER_NEXT_HOP_MEMBER_HAS_LABEL ? member->label : VR_NONE;
        if (members[at].next_hop == next_hop->index)
            return vr_refuse(request, EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_MEMBERS, "a composite cannot be a member of itself");
        if (members[at].next_hop != VR_NONE && vr_need_next_hop(request, members[at].next_hop, VROUTER_NEXT_HOP_ATTRIBUTE_MEMBERS))
            return vr_refuse(request, ENOENT, VROUTER_NEXT_HOP_ATTRIBUTE_MEMBERS, "a member does not exist");
    }
    next_hop->members = members;
    next_hop->member_count = asked->members_count;
    return 0;
}

static void overlay(const struct vrouter_next_hop *asked, struct vr_next_hop *next_hop)
{
    uint64_t present = asked->present;

    if (present & VROUTER_NEXT_HOP_HAS_GENERATION)
        next_hop->generation = asked->generation;
    if (present & VROUTER_NEXT_HOP_HAS_TYPE)
        next_hop->type = asked->type;
    if (present & VROUTER_NEXT_HOP_HAS_FAMILY)
        next_hop->family = asked->family == VROUTER_ADDRESS_FAMILY_BRIDGE ? VR_FAMILY_BRIDGE : VR_FAMILY_IPV4;
    if (present & VROUTER_NEXT_HOP_HAS_FLAGS)
        next_hop->flags = asked->flags;
    if (present & VROUTER_NEXT_HOP_HAS_VRF)
        next_hop->vrf = asked->vrf;
    if (present & VROUTER_NEXT_HOP_HAS_INTERFACE)
        next_hop->interface = asked->interface;
    if (present & VROUTER_NEXT_HOP_HAS_ENCAPSULATION) {
        next_hop->encapsulation_bytes = (uint8_t)asked->encapsulation_length;
        __builtin_memcpy(next_hop->encapsulation, asked->encapsulation, sizeof(next_hop->encapsulation));
    }
    if (present & VROUTER_NEXT_HOP_HAS_TUNNEL)
        next_hop->tunnel = asked->tunnel;
    if (present & VROUTER_NEXT_HOP_HAS_SOURCE_IPV4)
        next_hop->source = asked->source_ipv4;
    if (present & VROUTER_NEXT_HOP_HAS_DESTINATION_IPV4)
        next_hop->destination = asked->destination_ipv4;
    if (present & VROUTER_NEXT_HOP_HAS_COMPOSITE)
        next_hop->composite = asked->composite;
    if (present & VROUTER_NEXT_HOP_HAS_HASH_FIELDS)
        next_hop->hash_fields = asked->hash_fields;
    if (present & VROUTER_NEXT_HOP_HAS_REWRITE_MAC)
        __builtin_memcpy(next_hop->rewrite_mac.bytes, asked->rewrite_mac, sizeof(asked->rewrite_mac));
}

static int check_features(struct vr_request *request, const struct vrouter_next_hop *asked)
{
    if ((asked->present & VROUTER_NEXT_HOP_HAS_TUNNEL) && asked->tunnel == VROUTER_TUNNEL_ENCAPSULATION_UDP)
        return vr_refuse(request, EOPNOTSUPP, VROUTER_NEXT_HOP_ATTRIBUTE_TUNNEL, "this forwarder does not mirror");
    if (asked->present & (VROUTER_NEXT_HOP_HAS_SOURCE_IPV6 | VROUTER_NEXT_HOP_HAS_DESTINATION_IPV6))
        return vr_refuse(request, EOPNOTSUPP,
                         asked->present & VROUTER_NEXT_HOP_HAS_SOURCE_IPV6 ? VROUTER_NEXT_HOP_ATTRIBUTE_SOURCE_IPV6
                                                                           : VROUTER_NEXT_HOP_ATTRIBUTE_DESTINATION_IPV6,
                         "tunnels have IPv4 addresses here");
    return vr_need_flags(request, asked->flags, VR_NEXT_HOP_FLAGS, VROUTER_NEXT_HOP_ATTRIBUTE_FLAGS, vrouter_next_hop_flags_name);
}

static bool has_interface(uint8_t type)
{
    return type == VR_NEXT_HOP_RECEIVE || type == VR_NEXT_HOP_ENCAPSULATE || type == VR_NEXT_HOP_TUNNEL || type == VR_NEXT_HOP_RESOLVE;
}

/* Whether its parts go together: everything that the core would refuse, by attribute. */
static int check(struct vr_request *request, const struct vr_next_hop *next_hop)
{
    int error = vr_need_vrf(request, next_hop->vrf, VROUTER_NEXT_HOP_ATTRIBUTE_VRF);

    if (error)
        return error;
    if (next_hop->encapsulation_bytes > VR_ENCAPSULATION_BYTES ||
        (next_hop->encapsulation_bytes && next_hop->encapsulation_bytes < VR_ETHERNET_BYTES))
        return vr_refuse(request, EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_ENCAPSULATION, "an Ethernet header has 14 to 32 bytes");
    if (!has_interface(next_hop->type) && next_hop->interface != VR_NONE)
        return vr_refuse(request, EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_INTERFACE, "this type of next hop has no interface");
    if (has_interface(next_hop->type)) {
        error = vr_need(request, next_hop->interface != VR_NONE, VROUTER_NEXT_HOP_ATTRIBUTE_INTERFACE, "interface");
        error = error ? error : vr_need_interface(request, next_hop->interface, VROUTER_NEXT_HOP_ATTRIBUTE_INTERFACE);
    }
    if (!error && next_hop->type == VR_NEXT_HOP_TUNNEL) {
        error = vr_need(request, next_hop->tunnel != 0, VROUTER_NEXT_HOP_ATTRIBUTE_TUNNEL, "tunnel");
        error = error ? error
                      : vr_need(request, next_hop->encapsulation_bytes != 0, VROUTER_NEXT_HOP_ATTRIBUTE_ENCAPSULATION, "encapsulation");
    }
    if (!error && next_hop->type == VR_NEXT_HOP_COMPOSITE)
        error = vr_need(request, next_hop->composite != 0, VROUTER_NEXT_HOP_ATTRIBUTE_COMPOSITE, "composite");
    if (!error && next_hop->type != VR_NEXT_HOP_COMPOSITE && next_hop->member_count)
        error = vr_refuse(request, EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_MEMBERS, "only a composite has members");
    return error;
}

static int set(struct vr_request *request, const struct vrouter_next_hop *asked)
{
    struct vr_next_hop next_hop = {.family = VR_FAMILY_IPV4, .interface = VR_NONE};
    bool is_add = asked->operation == VROUTER_TABLE_OPERATION_ADD;
    int error = is_add ? vr_need(request, asked->present & VROUTER_NEXT_HOP_HAS_TYPE, VROUTER_NEXT_HOP_ATTRIBUTE_TYPE, "type") : 0;

    if (error)
        return error;
    if (asked->index >= request->control->limits->next_hops)
        return vr_refuse(request, EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_INDEX, "the index is not below the table's limit");
    if (!is_add && vr_next_hop_get(request->router, asked->index, &next_hop) != 0)
        return vr_settle(request, -ENOENT, VROUTER_NEXT_HOP_ATTRIBUTE_INDEX);
    next_hop.index = asked->index;
    if (!is_add && (asked->present & VROUTER_NEXT_HOP_HAS_TYPE) && asked->type != next_hop.type) {
        /* What belonged to the old type goes with it. */
        if (!has_interface(asked->type))
            next_hop.interface = VR_NONE;
        next_hop.member_count = 0;
    }
    overlay(asked, &next_hop);
    error = check_features(request, asked);
    error = error ? error : overlay_members(request, asked, &next_hop);
    error = error ? error : check(request, &next_hop);
    if (error)
        return error;
    error = vr_next_hop_set(request->router, &next_hop);
    if (!error)
        vr_note_generation(request->control, next_hop.generation);
    return vr_settle(request, error, VROUTER_NEXT_HOP_ATTRIBUTE_INDEX);
}

/* ---- Sweeping ------------------------------------------------------------------------------------------------------------- */

/* Composites go before their members: as long as a pass removes something, another may. */
static int sweep(struct vr_request *request, uint32_t generation)
{
    struct vr_next_hop next_hop;
    uint32_t kept, removed;

    vr_interfaces_release_next_hops(request->control, generation);
    do {
        kept = 0;
        removed = 0;
        for (uint32_t index = 1; vr_next_hop_dump(request->router, index, &next_hop) == 0; index = next_hop.index + 1) {
            if (next_hop.generation == generation)
                continue;
            if (vr_next_hop_delete(request->router, next_hop.index) == 0)
                removed++;
            else
                kept++;
        }
        request->response.count += removed;
    } while (kept && removed);
    return vr_end_sweep(request, kept);
}

int vr_handle_next_hop(struct vr_request *request)
{
    const struct vrouter_next_hop *asked = &request->control->asked.next_hop;
    struct vr_next_hop next_hop;
    int error;

    switch (asked->operation) {
    case VROUTER_TABLE_OPERATION_DUMP:
        return dump(request, asked);
    case VROUTER_TABLE_OPERATION_SWEEP:
        error = vr_need(request, asked->present & VROUTER_NEXT_HOP_HAS_GENERATION, VROUTER_NEXT_HOP_ATTRIBUTE_GENERATION, "generation");
        vr_note_generation(request->control, asked->generation);
        return error ? error : sweep(request, asked->generation);
    case VROUTER_TABLE_OPERATION_RESET:
        return vr_refuse_operation(request, VROUTER_NEXT_HOP_ATTRIBUTE_OPERATION);
    default:
        break;
    }
    error = vr_need(request, asked->present & VROUTER_NEXT_HOP_HAS_INDEX, VROUTER_NEXT_HOP_ATTRIBUTE_INDEX, "index");
    if (error)
        return error;
    if (asked->operation == VROUTER_TABLE_OPERATION_DELETE)
        return vr_settle(request, vr_next_hop_delete(request->router, asked->index), VROUTER_NEXT_HOP_ATTRIBUTE_INDEX);
    if (asked->operation != VROUTER_TABLE_OPERATION_GET)
        return set(request, asked);
    error = vr_next_hop_get(request->router, asked->index, &next_hop);
    if (!error)
        tell(request, &next_hop, asked->operation);
    return vr_settle(request, error, VROUTER_NEXT_HOP_ATTRIBUTE_INDEX);
}
