/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The messages `flow` and `flow-table`. */
#include "request.h"

/* ---- Answers -------------------------------------------------------------------------------------------------------------- */

static void fill_in_key(const struct vr_flow_key *key, struct vrouter_flow_key *told)
{
    told->present = VROUTER_FLOW_KEY_HAS_NEXT_HOP | VROUTER_FLOW_KEY_HAS_PROTOCOL | VROUTER_FLOW_KEY_HAS_SOURCE_PORT |
                    VROUTER_FLOW_KEY_HAS_DESTINATION_PORT;
    told->next_hop = key->next_hop;
    told->protocol = key->protocol;
    told->source_port = key->source_port;
    told->destination_port = key->destination_port;
    if (key->family == VR_FAMILY_IPV6) {
        told->present |= VROUTER_FLOW_KEY_HAS_SOURCE_IPV6 | VROUTER_FLOW_KEY_HAS_DESTINATION_IPV6;
        __builtin_memcpy(told->source_ipv6, key->source, sizeof(told->source_ipv6));
        __builtin_memcpy(told->destination_ipv6, key->destination, sizeof(told->destination_ipv6));
    } else {
        told->present |= VROUTER_FLOW_KEY_HAS_SOURCE_IPV4 | VROUTER_FLOW_KEY_HAS_DESTINATION_IPV4;
        told->source_ipv4 = key->source[0];
        told->destination_ipv4 = key->destination[0];
    }
}

static void fill_in_optional(const struct vr_flow *flow, struct vrouter_flow *told)
{
    if (flow->reverse_index != VR_NONE) {
        told->present |= VROUTER_FLOW_HAS_REVERSE_INDEX;
        told->reverse_index = flow->reverse_index;
    }
    if (flow->flags & VR_FLOW_VRF_TRANSLATE) {
        told->present |= VROUTER_FLOW_HAS_DESTINATION_VRF;
        told->destination_vrf = flow->destination_vrf;
    }
    if (flow->ecmp_member < VR_MEMBERS) {
        told->present |= VROUTER_FLOW_HAS_ECMP_MEMBER;
        told->ecmp_member = flow->ecmp_member;
    }
    if (flow->source_next_hop != VR_NONE) {
        told->present |= VROUTER_FLOW_HAS_SOURCE_NEXT_HOP;
        told->source_next_hop = flow->source_next_hop;
    }
    if (flow->ttl) {
        told->present |= VROUTER_FLOW_HAS_TTL;
        told->ttl = flow->ttl;
    }
    if (flow->underlay_source_port) {
        told->present |= VROUTER_FLOW_HAS_UNDERLAY_SOURCE_PORT;
        told->underlay_source_port = flow->underlay_source_port;
    }
    if (flow->action == VR_FLOW_DROP) {
        told->present |= VROUTER_FLOW_HAS_DROP_REASON;
        told->drop_reason = flow->drop_reason;
    }
}

static enum vr_sent tell(struct vr_request *request, const struct vr_flow *flow, uint8_t operation)
{
    struct vrouter_flow *told = &request->control->told.flow;

    __builtin_memset(told, 0, sizeof(*told));
    told->present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_GENERATION | VROUTER_FLOW_HAS_INDEX | VROUTER_FLOW_HAS_INCARNATION |
                    VROUTER_FLOW_HAS_KEY | VROUTER_FLOW_HAS_ACTION | VROUTER_FLOW_HAS_FLAGS | VROUTER_FLOW_HAS_VRF |
                    VROUTER_FLOW_HAS_STATISTICS | VROUTER_FLOW_HAS_IDLE;
    told->operation = operation;
    told->generation = flow->generation;
    told->index = flow->index;
    told->incarnation = flow->incarnation;
    fill_in_key(&flow->key, &told->key);
    told->action = flow->action;
    told->flags = flow->flags;
    told->vrf = flow->vrf & 0xffff;
    told->statistics = (struct vrouter_flow_statistics){
        .present = VROUTER_FLOW_STATISTICS_HAS_PACKETS | VROUTER_FLOW_STATISTICS_HAS_BYTES, .packets = flow->packets, .bytes = flow->bytes};
    told->idle = flow->idle_ms;
    fill_in_optional(flow, told);
    return vr_send(request, &vrouter_flow_layout, told);
}

static int dump(struct vr_request *request, const struct vrouter_flow *asked)
{
    struct vr_flow flow;
    uint32_t index;
    int error = vr_read_index_cursor(request, asked->present & VROUTER_FLOW_HAS_CURSOR, asked->cursor, asked->cursor_length,
                                     VROUTER_FLOW_ATTRIBUTE_CURSOR, &index);

    for (; !error && vr_flow_dump(request->router, index, &flow) == 0; index = flow.index + 1) {
        enum vr_sent sent = tell(request, &flow, asked->operation);

        if (sent == VR_PART_FULL)
            vr_go_on(request, &flow.index, sizeof(flow.index));
        if (sent != VR_SENT)
            break;
    }
    return error;
}

/* ---- Which flow ----------------------------------------------------------------------------------------------------------- */

static int read_key(struct vr_request *request, const struct vrouter_flow_key *asked, struct vr_flow_key *key)
{
    bool source4 = asked->present & VROUTER_FLOW_KEY_HAS_SOURCE_IPV4, destination4 = asked->present & VROUTER_FLOW_KEY_HAS_DESTINATION_IPV4;
    bool source6 = asked->present & VROUTER_FLOW_KEY_HAS_SOURCE_IPV6, destination6 = asked->present & VROUTER_FLOW_KEY_HAS_DESTINATION_IPV6;

    *key = (struct vr_flow_key){.next_hop = asked->next_hop,
                                .protocol = asked->protocol,
                                .source_port = asked->source_port,
                                .destination_port = asked->destination_port};
    if (source4 != destination4 || source6 != destination6 || source4 == source6)
        return vr_refuse(request, EINVAL, VROUTER_FLOW_ATTRIBUTE_KEY, "a key has two IPv4 addresses or two IPv6 addresses");
    if (source6) {
        key->family = VR_FAMILY_IPV6;
        __builtin_memcpy(key->source, asked->source_ipv6, sizeof(key->source));
        __builtin_memcpy(key->destination, asked->destination_ipv6, sizeof(key->destination));
    } else {
        key->family = VR_FAMILY_IPV4;
        key->source[0] = asked->source_ipv4;
        key->destination[0] = asked->destination_ipv4;
    }
    return 0;
}

/*
 * The entry that a request means: by index, and checked against key and incarnation where it has them; else by key. 0, or refuses one
 * that does not exist or is another.
 */
static int find(struct vr_request *request, const struct vrouter_flow *asked, struct vr_flow *flow)
{
    struct vr_flow_key key;
    int error = asked->present & VROUTER_FLOW_HAS_KEY ? read_key(request, &asked->key, &key) : 0;

    if (error)
        return error;
    if (asked->present & VROUTER_FLOW_HAS_INDEX) {
        error = vr_flow_get(request->router, asked->index, flow);
        if (error)
            return vr_settle(request, error, VROUTER_FLOW_ATTRIBUTE_INDEX);
        if ((asked->present & VROUTER_FLOW_HAS_KEY) && __builtin_memcmp(&key, &flow->key, sizeof(key)) != 0)
            return vr_settle(request, -EEXIST, VROUTER_FLOW_ATTRIBUTE_KEY);
    } else {
        error = vr_need(request, asked->present & VROUTER_FLOW_HAS_KEY, VROUTER_FLOW_ATTRIBUTE_KEY, "key");
        if (error)
            return error;
        error = vr_flow_find(request->router, &key, flow);
        if (error)
            return vr_settle(request, error, VROUTER_FLOW_ATTRIBUTE_KEY);
    }
    if ((asked->present & VROUTER_FLOW_HAS_INCARNATION) && asked->incarnation != flow->incarnation)
        return vr_settle(request, -EBADF, VROUTER_FLOW_ATTRIBUTE_INCARNATION);
    return 0;
}

/* ---- Setting -------------------------------------------------------------------------------------------------------------- */

static int check_features(struct vr_request *request, const struct vrouter_flow *asked)
{
    if ((asked->present & VROUTER_FLOW_HAS_ACTION) && asked->action == VROUTER_FLOW_ACTION_TRANSLATE)
        return vr_refuse(request, EOPNOTSUPP, VROUTER_FLOW_ATTRIBUTE_ACTION, "this forwarder does not translate addresses");
    if (asked->present & VROUTER_FLOW_HAS_REVERSE_KEY)
        return vr_refuse(request, EOPNOTSUPP, VROUTER_FLOW_ATTRIBUTE_REVERSE_KEY, "this forwarder does not translate addresses");
    if (asked->present & (VROUTER_FLOW_HAS_MIRROR | VROUTER_FLOW_HAS_SECOND_MIRROR))
        return vr_refuse(request, EOPNOTSUPP,
                         asked->present & VROUTER_FLOW_HAS_MIRROR ? VROUTER_FLOW_ATTRIBUTE_MIRROR : VROUTER_FLOW_ATTRIBUTE_SECOND_MIRROR,
                         "this forwarder does not mirror");
    if (asked->present & VROUTER_FLOW_HAS_QOS_MAP)
        return vr_refuse(request, EOPNOTSUPP, VROUTER_FLOW_ATTRIBUTE_QOS_MAP, "this forwarder has no maps of code points");
    return vr_need_flags(request, asked->flags, VR_FLOW_FLAGS | VR_FLOW_MODIFIED, VROUTER_FLOW_ATTRIBUTE_FLAGS, vrouter_flow_flags_name);
}

static void overlay(const struct vrouter_flow *asked, struct vr_flow *flow)
{
    uint64_t present = asked->present;

    if (present & VROUTER_FLOW_HAS_GENERATION)
        flow->generation = asked->generation;
    if (present & VROUTER_FLOW_HAS_ACTION)
        flow->action = asked->action;
    if (present & VROUTER_FLOW_HAS_FLAGS)
        flow->flags = asked->flags;
    if (present & VROUTER_FLOW_HAS_REVERSE_INDEX)
        flow->reverse_index = asked->reverse_index;
    if (present & VROUTER_FLOW_HAS_VRF)
        flow->vrf = asked->vrf;
    if (present & VROUTER_FLOW_HAS_DESTINATION_VRF)
        flow->destination_vrf = asked->destination_vrf;
    if (present & VROUTER_FLOW_HAS_DROP_REASON)
        flow->drop_reason = asked->drop_reason;
    if (present & VROUTER_FLOW_HAS_ECMP_MEMBER)
        flow->ecmp_member = asked->ecmp_member;
    if (present & VROUTER_FLOW_HAS_SOURCE_NEXT_HOP)
        flow->source_next_hop = asked->source_next_hop;
    if (present & VROUTER_FLOW_HAS_TTL)
        flow->ttl = asked->ttl;
}

static int check(struct vr_request *request, const struct vr_flow *flow)
{
    const struct vr_limits *limits = request->control->limits;
    int error = 0;

    if (flow->reverse_index != VR_NONE && flow->reverse_index >= limits->flows + limits->overflow_flows)
        return vr_refuse(request, EINVAL, VROUTER_FLOW_ATTRIBUTE_REVERSE_INDEX, "the index is not below the table's limit");
    if (flow->flags & VR_FLOW_VRF_TRANSLATE)
        error = vr_need_vrf(request, flow->destination_vrf, VROUTER_FLOW_ATTRIBUTE_DESTINATION_VRF);
    if (!error && flow->source_next_hop != VR_NONE)
        error = vr_need_next_hop(request, flow->source_next_hop, VROUTER_FLOW_ATTRIBUTE_SOURCE_NEXT_HOP);
    return error;
}

static int set(struct vr_request *request, const struct vrouter_flow *asked)
{
    struct vr_flow flow = {.index = VR_NONE,
                           .ecmp_member = VR_FLOW_NO_MEMBER,
                           .reverse_index = VR_NONE,
                           .source_next_hop = VR_NONE};
    bool is_add = asked->operation == VROUTER_TABLE_OPERATION_ADD, has_index = (asked->present & VROUTER_FLOW_HAS_INDEX) != 0;
    int error = vr_need(request, asked->present & VROUTER_FLOW_HAS_KEY, VROUTER_FLOW_ATTRIBUTE_KEY, "key");

    if (!error && is_add)
        error = vr_need(request, asked->present & VROUTER_FLOW_HAS_ACTION, VROUTER_FLOW_ATTRIBUTE_ACTION, "action");
    if (!error && has_index)
        error = vr_need(request, asked->present & VROUTER_FLOW_HAS_INCARNATION, VROUTER_FLOW_ATTRIBUTE_INCARNATION, "incarnation");
    error = error ? error : check_features(request, asked);
    if (error)
        return error;
    if (is_add) {
        error = read_key(request, &asked->key, &flow.key);
        if (has_index) {
            flow.index = asked->index;
            flow.incarnation = asked->incarnation;
        }
    } else {
        error = find(request, asked, &flow);
        flow.flags &= VR_FLOW_FLAGS;
    }
    if (error)
        return error;
    overlay(asked, &flow);
    error = check(request, &flow);
    if (error)
        return error;
    error = vr_flow_set(request->router, &flow);
    if (error)
        return vr_settle(request, error, error == -EBADF ? VROUTER_FLOW_ATTRIBUTE_INCARNATION
                                         : error == -EEXIST ? VROUTER_FLOW_ATTRIBUTE_KEY : VROUTER_FLOW_ATTRIBUTE_INDEX);
    vr_note_generation(request->control, flow.generation);
    /* Where the forwarder chose the place, it tells it. */
    if (!has_index && vr_flow_get(request->router, flow.index, &flow) == 0)
        tell(request, &flow, asked->operation);
    return 0;
}

static int sweep(struct vr_request *request, uint32_t generation)
{
    struct vr_flow flow;

    for (uint32_t index = 0; vr_flow_dump(request->router, index, &flow) == 0; index = flow.index + 1) {
        if (flow.generation != generation && vr_flow_delete(request->router, flow.index, flow.incarnation, NULL) == 0)
            request->response.count++;
    }
    return 0;
}

static int delete(struct vr_request *request, const struct vrouter_flow *asked)
{
    struct vr_flow flow;
    int error = vr_need(request, asked->present & VROUTER_FLOW_HAS_KEY, VROUTER_FLOW_ATTRIBUTE_KEY, "key");

    error = error ? error : find(request, asked, &flow);
    if (error)
        return error;
    error = vr_flow_delete(request->router, flow.index, flow.incarnation, &flow);
    if (!error)
        tell(request, &flow, asked->operation);
    return vr_settle(request, error, VROUTER_FLOW_ATTRIBUTE_INDEX);
}

int vr_handle_flow(struct vr_request *request)
{
    const struct vrouter_flow *asked = &request->control->asked.flow;
    struct vr_flow flow;
    int error;

    switch (asked->operation) {
    case VROUTER_TABLE_OPERATION_DUMP:
        return dump(request, asked);
    case VROUTER_TABLE_OPERATION_SWEEP:
        error = vr_need(request, asked->present & VROUTER_FLOW_HAS_GENERATION, VROUTER_FLOW_ATTRIBUTE_GENERATION, "generation");
        vr_note_generation(request->control, asked->generation);
        return error ? error : sweep(request, asked->generation);
    case VROUTER_TABLE_OPERATION_GET:
        error = find(request, asked, &flow);
        if (!error)
            tell(request, &flow, asked->operation);
        return error;
    case VROUTER_TABLE_OPERATION_DELETE:
        return delete(request, asked);
    case VROUTER_TABLE_OPERATION_RESET:
        return vr_refuse_operation(request, VROUTER_FLOW_ATTRIBUTE_OPERATION);
    default:
        return set(request, asked);
    }
}

int vr_handle_flow_table(struct vr_request *request)
{
    const struct vrouter_flow_table *asked = &request->control->asked.flow_table;
    struct vrouter_flow_table *told = &request->control->told.flow_table;
    struct vr_flow_table table;

    if (asked->operation != VROUTER_TABLE_OPERATION_GET)
        return vr_refuse_operation(request, VROUTER_FLOW_TABLE_ATTRIBUTE_OPERATION);
    vr_flow_table_get(request->router, &table);
    __builtin_memset(told, 0, sizeof(*told));
    /* All attributes but the shared memory, which there is none of. */
    told->present = VROUTER_FLOW_TABLE_HAS_SHARED_MEMORY - 1;
    told->operation = asked->operation;
    told->entries = table.entries;
    told->overflow_entries = table.overflow_entries;
    told->used = table.used;
    told->overflow_used = table.overflow_used;
    told->held = table.held;
    told->created = table.created_by_packets;
    told->added = table.added;
    told->changed = table.changed;
    told->deleted = table.deleted;
    told->refused = table.refused;
    vr_send(request, &vrouter_flow_table_layout, told);
    return 0;
}
