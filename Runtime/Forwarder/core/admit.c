/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Policy on the packet path: the flow that a packet belongs to, and what was decided about it.
 */
#include "flow_lookup.h"
#include "walk.h"

enum {
    /* A flow that still waits is shown to the agent again after this time: what was shown before may have been lost. */
    SHOW_AGAIN_MS = 1000,
};

/* The packet's flow key. false: it was disposed of. */
static bool key_of(struct vr_walk *walk, struct vr_flow_key *key)
{
    struct vr_ip *ip = &walk->ip;

    if (vr_unlikely(ip->fragment == VR_FRAGMENT_FIRST))
        vr_fragment_first(walk);
    if (vr_unlikely(ip->fragment == VR_FRAGMENT_LATER)) {
        enum vr_fragment_result result = vr_fragment_later(walk);

        if (result == VR_FRAGMENT_NO_ROOM)
            vr_drop(walk, VR_DROP_FRAGMENT_QUEUE_FULL);
        if (result != VR_FRAGMENT_PORTS)
            return false;
    }
    key->next_hop = walk->flow_next_hop;
    key->reserved = 0;
    if (vr_unlikely(ip->icmp_error)) {
        const struct vr_packet *packet = walk->packet;
        uint32_t front = walk->network + ip->header_bytes, end = walk->network + ip->total_bytes;
        enum vr_drop_reason reason = VR_DROP_ICMP_ERROR;

        /* Padding behind the packet is not quoted. */
        if (end > packet->linear)
            end = packet->linear;
        if (front <= end)
            reason = vr_parse_quoted((struct vr_cursor){packet->data + front, end - front}, key);
        if (reason == VR_DROP_NONE && key->family == ip->family)
            return true;
        vr_drop(walk, VR_DROP_ICMP_ERROR);
        return false;
    }
    key->source_port = ip->source_port;
    key->destination_port = ip->destination_port;
    key->family = ip->family;
    key->protocol = ip->protocol;
    /* Word by word, as they were just written: a longer load would wait for the stores to end. */
    for (unsigned int word = 0; word < 4; word++) {
        key->source[word] = ip->source[word];
        key->destination[word] = ip->destination[word];
    }
    return true;
}

static void show(struct vr_walk *walk, struct vr_flow_entry *flow)
{
    uint32_t parameters[6] = {flow->index,
                              flow->key.next_hop,
                              (uint32_t)vr_peek(&flow->bytes),
                              (uint32_t)vr_peek(&flow->packets),
                              0,
                              flow->incarnation};

    vr_poke(&flow->shown_ms, (uint32_t)walk->core->now_ms);
    vr_trap_copy(walk, VR_TRAP_FLOW_MISS, parameters);
}

/*
 * Makes an entry for a packet that has none. NULL: the packet was dropped. Another core may have been faster: the entry is then its
 * own, and *mine is false.
 */
static struct vr_flow_entry *create(struct vr_walk *walk, const struct vr_flow_key *key, uint64_t hash, bool *mine)
{
    struct vr_router *router = walk->router;
    struct vr_flow_store *store = &router->flows;
    struct vr_flow_decision decision = {
        .action = VR_FLOW_HOLD,
        .reverse_index = VR_NONE,
        .source_next_hop = VR_NONE,
        .vrf = walk->vrf,
        .destination_vrf = walk->vrf,
    };
    struct vr_flow_entry *flow;

    if (walk->in->interface.flags & VR_INTERFACE_DROP_NEW_FLOWS) {
        vr_count_shared(&store->refused, 1);
        vr_drop(walk, VR_DROP_NEW_FLOW_REFUSED);
        return NULL;
    }
    if (__atomic_add_fetch(&store->held, 1, __ATOMIC_RELAXED) > router->limits.held_flows) {
        vr_count_shared(&store->held, -1u);
        vr_count_shared(&store->refused, 1);
        vr_drop(walk, VR_DROP_FLOW_UNUSABLE);
        return NULL;
    }
    vr_port_lock(vr_flow_lock_of(hash));
    flow = vr_flow_lookup(router, key, hash);
    *mine = !flow;
    if (!flow)
        flow = vr_flow_insert(router, key, hash, &decision);
    if (flow && *mine)
        vr_poke(&flow->last_ms, (uint32_t)walk->core->now_ms);
    vr_port_unlock(vr_flow_lock_of(hash));
    if (!flow || !*mine)
        vr_count_shared(&store->held, -1u);
    if (!flow) {
        vr_count_shared(&store->refused, 1);
        vr_drop(walk, VR_DROP_FLOW_TABLE_FULL);
        return NULL;
    }
    if (*mine) {
        vr_count_shared(&store->created_by_packets, 1);
        vr_walk_step(walk, VR_TRACE_FLOW_CREATED, flow->index, flow->incarnation, 0);
    }
    return flow;
}

/*
 * Lets the packet wait. true: the agent decided just now, so that it need not. Once the packet is in the queue it may be gone
 * before this returns: on another core the agent's decision releases it. So whatever is to be done with it comes first.
 */
static bool hold(struct vr_walk *walk, struct vr_flow_entry *flow, uint64_t hash, bool first)
{
    uint32_t now = (uint32_t)walk->core->now_ms, waiting;
    struct vr_flow_decision decision;
    bool held = false;

    if (first || now - vr_peek(&flow->shown_ms) >= SHOW_AGAIN_MS)
        show(walk, flow);
    vr_port_lock(vr_flow_lock_of(hash));
    vr_flow_decision_read(flow, &decision);
    if (decision.action != VR_FLOW_HOLD || flow->state != VR_FLOW_USED) {
        vr_port_unlock(vr_flow_lock_of(hash));
        return true;
    }
    waiting = flow->held.count;
    if (waiting < VR_FLOW_HELD_PACKETS)
        held = vr_held_add(walk, &flow->held);
    vr_port_unlock(vr_flow_lock_of(hash));
    if (held)
        vr_walk_step(walk, VR_TRACE_HELD, flow->index, waiting, 0);
    else
        vr_drop(walk, VR_DROP_FLOW_QUEUE_FULL);
    return false;
}

/* Whether the packet came the way that the next hop, which leads to its source, goes. */
static bool came_from(const struct vr_walk *walk, uint32_t index)
{
    const struct vr_next_hop_entry *entry = vr_next_hop_find(walk->router, index);
    const struct vr_next_hop *next_hop;

    if (!entry)
        return false;
    next_hop = &entry->next_hop;
    switch (next_hop->type) {
    case VR_NEXT_HOP_TUNNEL:
        return walk->tunnelled && next_hop->destination == walk->outer_source;
    case VR_NEXT_HOP_COMPOSITE:
        for (uint32_t at = 0; at < next_hop->member_count; at++) {
            const struct vr_next_hop_entry *member = vr_next_hop_find(walk->router, entry->members[at].next_hop);

            /* Composites in composites are nobody's routes. */
            if (member && member->next_hop.type != VR_NEXT_HOP_COMPOSITE && came_from(walk, entry->members[at].next_hop))
                return true;
        }
        return false;
    default:
        return !walk->tunnelled && next_hop->interface == walk->interface;
    }
}

/* The packet is somebody's who took the address, or the workload has moved: the agent is shown one such packet a second. */
static void refuse_source(struct vr_walk *walk, struct vr_flow_entry *flow, uint32_t expected)
{
    uint32_t now = (uint32_t)walk->core->now_ms;

    if (now - vr_peek(&flow->shown_ms) >= SHOW_AGAIN_MS) {
        uint32_t parameters[6] = {flow->index, expected};

        vr_poke(&flow->shown_ms, now);
        vr_trap_copy(walk, VR_TRAP_SOURCE_MISMATCH, parameters);
    }
    vr_drop(walk, VR_DROP_INVALID_SOURCE);
}

static bool act(struct vr_walk *walk, struct vr_flow_entry *flow, const struct vr_flow_decision *decision)
{
    if (vr_unlikely(decision->action != VR_FLOW_FORWARD)) {
        vr_drop(walk, decision->action == VR_FLOW_DROP ? VR_DROP_FLOW_ACTION_DROP : VR_DROP_FLOW_ACTION_INVALID);
        return false;
    }
    if (decision->source_next_hop != VR_NONE && vr_unlikely(!came_from(walk, decision->source_next_hop))) {
        refuse_source(walk, flow, decision->source_next_hop);
        return false;
    }
    if (decision->flags & VR_FLOW_VRF_TRANSLATE) {
        walk->vrf = decision->destination_vrf;
        vr_walk_step(walk, VR_TRACE_VRF, walk->vrf, 0, 0);
    }
    walk->ttl = decision->ttl;
    walk->flow = flow;
    walk->admitted = true;
    return true;
}

bool vr_flow_admit(struct vr_walk *walk, bool relaxed)
{
    struct vr_flow_decision decision;
    struct vr_flow_entry *flow;
    struct vr_flow_key key;
    uint64_t hash;
    bool first = false;

    if (walk->admitted)
        return true;
    if (!key_of(walk, &key))
        return false;
    hash = vr_flow_hash(walk->router, &key);
    flow = vr_flow_lookup(walk->router, &key, hash);
    if (vr_unlikely(!flow)) {
        if (relaxed) {
            vr_walk_step(walk, VR_TRACE_FLOW_PASSED, 0, 0, 0);
            walk->admitted = true;
            return true;
        }
        flow = create(walk, &key, hash, &first);
        if (!flow)
            return false;
    }
    vr_count_shared(&flow->packets, 1);
    vr_count_shared(&flow->bytes, walk->ip.total_bytes);
    vr_poke(&flow->last_ms, (uint32_t)walk->core->now_ms);
    vr_flow_decision_read(flow, &decision);
    vr_walk_step(walk, VR_TRACE_FLOW, flow->index, decision.action, 0);
    if (vr_unlikely(decision.action == VR_FLOW_HOLD)) {
        if (!hold(walk, flow, hash, first))
            return false;
        vr_flow_decision_read(flow, &decision);
        if (decision.action == VR_FLOW_HOLD) {
            /* Deleted while the packet was on its way to wait. */
            vr_drop(walk, VR_DROP_FLOW_DELETED);
            return false;
        }
    }
    return act(walk, flow, &decision);
}
