/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Flows as the agent sees them: see flow.h. */
#include "flow_lookup.h"
#include "walk.h"

static bool is_valid_key(const struct vr_flow_key *key)
{
    if (key->reserved != 0 || (key->family != VR_FAMILY_IPV4 && key->family != VR_FAMILY_IPV6))
        return false;
    if (key->family == VR_FAMILY_IPV6)
        return true;
    return !(key->source[1] | key->source[2] | key->source[3] | key->destination[1] | key->destination[2] | key->destination[3]);
}

static int check(const struct vr_router *router, const struct vr_flow *flow)
{
    if (!is_valid_key(&flow->key) || (flow->flags & ~(VR_FLOW_FLAGS | VR_FLOW_MODIFIED)) || flow->action > VR_FLOW_FORWARD ||
        (flow->ecmp_member != VR_FLOW_NO_MEMBER && flow->ecmp_member >= VR_MEMBERS) ||
        (flow->reverse_index != VR_NONE && flow->reverse_index >= router->flows.count))
        return -EINVAL;
    if ((flow->flags & VR_FLOW_VRF_TRANSLATE) && !vr_vrf_find(router, flow->destination_vrf))
        return -ENOENT;
    if (flow->source_next_hop != VR_NONE && !vr_next_hop_find(router, flow->source_next_hop))
        return -ENOENT;
    return 0;
}

static struct vr_flow_decision decision_of(const struct vr_flow *flow)
{
    return (struct vr_flow_decision){
        .action = flow->action,
        .drop_reason = flow->drop_reason,
        .ttl = flow->ttl,
        .flags = (uint16_t)((flow->flags & VR_FLOW_FLAGS) | VR_FLOW_MODIFIED),
        .reverse_index = flow->reverse_index,
        .source_next_hop = flow->source_next_hop,
        .vrf = flow->vrf,
        .destination_vrf = flow->destination_vrf,
    };
}

static struct vr_core *this_core(struct vr_router *router)
{
    struct vr_core *core = &router->cores[vr_port_core()];

    core->now_ms = vr_port_now_ms();
    return core;
}

static void fill_in(const struct vr_flow_entry *entry, struct vr_flow *flow)
{
    struct vr_flow_decision decision;

    vr_flow_decision_read(entry, &decision);
    *flow = (struct vr_flow){
        .index = entry->index,
        .incarnation = entry->incarnation,
        .action = decision.action,
        .drop_reason = decision.drop_reason,
        .ttl = decision.ttl,
        .flags = decision.flags,
        .ecmp_member = vr_peek(&entry->ecmp_member),
        .key = entry->key,
        .reverse_index = decision.reverse_index,
        .vrf = decision.vrf,
        .destination_vrf = decision.destination_vrf,
        .source_next_hop = decision.source_next_hop,
        .generation = entry->generation,
        .underlay_source_port = vr_peek(&entry->underlay_source_port),
        .held_packets = (uint16_t)vr_peek(&entry->held.count),
        .idle_ms = (uint32_t)vr_port_now_ms() - vr_peek(&entry->last_ms),
        .packets = vr_peek(&entry->packets),
        .bytes = vr_peek(&entry->bytes),
    };
}

/* The entry at an index that is in use; NULL: there is none. */
static struct vr_flow_entry *used_entry(const struct vr_router *router, uint32_t index)
{
    struct vr_flow_entry *entry = index < router->flows.count ? &router->flows.entries[index] : NULL;

    return entry && vr_load(&entry->state) == VR_FLOW_USED ? entry : NULL;
}

/* The entry that the agent means, the bucket's lock held; or why not. NULL without an error: it is to be made. */
static int find_meant(const struct vr_router *router, const struct vr_flow *flow, uint64_t hash, struct vr_flow_entry **entry)
{
    if (flow->index == VR_NONE) {
        *entry = vr_flow_lookup(router, &flow->key, hash);
        return 0;
    }
    *entry = used_entry(router, flow->index);
    if (!*entry)
        return -ENOENT;
    if (__builtin_memcmp(&(*entry)->key, &flow->key, sizeof(flow->key)) != 0)
        return -EEXIST;
    return (*entry)->incarnation == flow->incarnation ? 0 : -EBADF;
}

int vr_flow_set(struct vr_router *router, struct vr_flow *flow)
{
    struct vr_flow_store *store = &router->flows;
    struct vr_core *core = this_core(router);
    struct vr_flow_decision decision = decision_of(flow), before = {.action = VR_FLOW_DROP};
    struct vr_flow_entry *entry = NULL;
    uint64_t hash = vr_flow_hash(router, &flow->key);
    int error = check(router, flow);
    bool is_new;

    if (error)
        return error;
    vr_port_lock(vr_flow_lock_of(hash));
    error = find_meant(router, flow, hash, &entry);
    is_new = !error && !entry;
    if (is_new) {
        entry = vr_flow_insert(router, &flow->key, hash, &decision);
        error = entry ? 0 : -ENOSPC;
    } else if (!error) {
        vr_flow_decision_read(entry, &before);
        vr_flow_decide(entry, &decision);
    }
    if (!error) {
        vr_poke(&entry->ecmp_member, flow->ecmp_member);
        entry->generation = flow->generation;
        if (is_new)
            vr_poke(&entry->last_ms, (uint32_t)core->now_ms);
        if (decision.action != VR_FLOW_HOLD)
            vr_held_release(router, core, &entry->held, VR_DROP_NONE);
    }
    vr_port_unlock(vr_flow_lock_of(hash));
    if (error)
        return error;
    vr_count_shared(is_new ? &store->added : &store->changed, 1);
    if (!is_new && before.action == VR_FLOW_HOLD)
        vr_count_shared(&store->held, -1u);
    if (decision.action == VR_FLOW_HOLD)
        vr_count_shared(&store->held, 1);
    flow->index = entry->index;
    flow->incarnation = entry->incarnation;
    vr_held_go_on(router, core);
    return 0;
}

int vr_flow_get(const struct vr_router *router, uint32_t index, struct vr_flow *flow)
{
    const struct vr_flow_entry *entry = used_entry(router, index);

    if (!entry)
        return -ENOENT;
    fill_in(entry, flow);
    return 0;
}

int vr_flow_find(const struct vr_router *router, const struct vr_flow_key *key, struct vr_flow *flow)
{
    const struct vr_flow_entry *entry;

    if (!is_valid_key(key))
        return -EINVAL;
    entry = vr_flow_lookup(router, key, vr_flow_hash(router, key));
    if (!entry)
        return -ENOENT;
    fill_in(entry, flow);
    return 0;
}

/* The other direction shall not name an index that another flow may take. */
static void forget_reverse(struct vr_router *router, uint32_t reverse, uint32_t index)
{
    struct vr_flow_entry *entry = used_entry(router, reverse);
    struct vr_flow_decision decision;
    uint64_t hash;

    if (!entry)
        return;
    hash = vr_flow_hash(router, &entry->key);
    vr_port_lock(vr_flow_lock_of(hash));
    vr_flow_decision_read(entry, &decision);
    if (decision.reverse_index == index) {
        decision.reverse_index = VR_NONE;
        vr_flow_decide(entry, &decision);
    }
    vr_port_unlock(vr_flow_lock_of(hash));
}

int vr_flow_delete(struct vr_router *router, uint32_t index, uint8_t incarnation, struct vr_flow *last)
{
    struct vr_flow_entry *entry = used_entry(router, index);
    struct vr_core *core = this_core(router);
    struct vr_flow_decision decision;
    uint64_t hash;

    if (!entry)
        return -ENOENT;
    if (entry->incarnation != incarnation)
        return -EBADF;
    hash = vr_flow_hash(router, &entry->key);
    vr_port_lock(vr_flow_lock_of(hash));
    if (last)
        fill_in(entry, last);
    vr_flow_decision_read(entry, &decision);
    vr_flow_withdraw(router, entry, hash);
    vr_held_release(router, core, &entry->held, VR_DROP_FLOW_DELETED);
    vr_port_unlock(vr_flow_lock_of(hash));
    if (decision.action == VR_FLOW_HOLD)
        vr_count_shared(&router->flows.held, -1u);
    vr_count_shared(&router->flows.deleted, 1);
    if (decision.reverse_index != VR_NONE)
        forget_reverse(router, decision.reverse_index, index);
    vr_held_go_on(router, core);
    return 0;
}

int vr_flow_dump(const struct vr_router *router, uint32_t from, struct vr_flow *flow)
{
    for (uint32_t index = from; index < router->flows.count; index++) {
        if (vr_flow_get(router, index, flow) == 0)
            return 0;
    }
    return -ENOENT;
}

void vr_flow_table_get(const struct vr_router *router, struct vr_flow_table *table)
{
    const struct vr_flow_store *store = &router->flows;

    *table = (struct vr_flow_table){
        .entries = router->limits.flows,
        .overflow_entries = router->limits.overflow_flows,
        .used = vr_peek(&store->used),
        .overflow_used = vr_peek(&store->overflow.taken),
        .held = vr_peek(&store->held),
        .created_by_packets = vr_peek(&store->created_by_packets),
        .added = vr_peek(&store->added),
        .changed = vr_peek(&store->changed),
        .deleted = vr_peek(&store->deleted),
        .refused = vr_peek(&store->refused),
    };
}
