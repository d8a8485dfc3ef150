/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Making and ending the forwarder, and its clock: see router.h. */
#include "walk.h"

const struct vr_limits vr_default_limits = {
    .interfaces = 4352,
    .vrfs = 4096,
    .next_hops = 524288,
    .labels = 131072,
    .vxlan_networks = 10000,
    .bridge_entries = 262144,
    .flows = 524288,
    .overflow_flows = 105472,
    .held_flows = 8192,
    .fragments = 32768,
};

/* Places for fragments that wait for their first, beside those of flows. */
enum { FRAGMENT_PLACES = 1024 };

static bool is_power_of_two(uint32_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

static bool is_within(uint32_t number, uint32_t low, uint32_t high)
{
    return number >= low && number <= high;
}

static bool are_possible(const struct vr_limits *limits)
{
    return is_within(limits->interfaces, 1, 65536) && is_within(limits->vrfs, 1, 65536) && is_within(limits->next_hops, 1, 1048576) &&
           is_within(limits->labels, VR_MPLS_FIRST_LABEL, VR_MPLS_LABELS) && is_within(limits->vxlan_networks, 1, VR_VXLAN_NETWORKS) &&
           is_within(limits->bridge_entries, 1, 1u << 24) && is_within(limits->flows, 16, 1u << 26) && is_power_of_two(limits->flows) &&
           limits->overflow_flows <= 1u << 26 && is_within(limits->held_flows, 1, 65536) && is_within(limits->fragments, 16, 1u << 20) &&
           is_power_of_two(limits->fragments);
}

static int make_tables(struct vr_router *router)
{
    const struct vr_limits *limits = &router->limits;
    int error = vr_index_table_make(&router->interfaces, limits->interfaces);

    error = error ? error : vr_hash_table_make(&router->sub_interfaces, limits->interfaces);
    error = error ? error : vr_index_table_make(&router->vrfs, limits->vrfs);
    error = error ? error : vr_index_table_make(&router->next_hops, limits->next_hops);
    error = error ? error : vr_index_table_make(&router->labels, limits->labels);
    error = error ? error : vr_hash_table_make(&router->vxlan_networks, limits->vxlan_networks);
    error = error ? error : vr_hash_table_make(&router->bridge, limits->bridge_entries);
    error = error ? error : vr_held_make(router, limits->held_flows * VR_FLOW_HELD_PACKETS + FRAGMENT_PLACES);
    error = error ? error : vr_flow_store_make(router);
    error = error ? error : vr_fragment_make(router);
    error = error ? error : vr_vrf_set(router, &(struct vr_vrf){.index = 0});
    return error ? error : vr_next_hop_make_discard(router);
}

int vr_router_create(const struct vr_limits *limits, struct vr_router **made)
{
    struct vr_router *router;
    int error;

    if (!are_possible(limits))
        return -EINVAL;
    router = vr_port_allocate(sizeof(*router));
    if (!router)
        return -ENOMEM;
    router->limits = *limits;
    router->agent_interface = VR_NONE;
    router->core_count = vr_port_cores();
    router->seed = ((uint64_t)vr_port_random() << 32) | vr_port_random();
    router->cores = vr_port_allocate(router->core_count * sizeof(*router->cores));
    error = router->cores ? make_tables(router) : -ENOMEM;
    if (error) {
        vr_router_destroy(router);
        return error;
    }
    *made = router;
    return 0;
}

const struct vr_limits *vr_router_limits(const struct vr_router *router)
{
    return &router->limits;
}

/* Whatever waits is dropped, with a reason like everything else. */
static void drop_held(struct vr_router *router)
{
    struct vr_core *core = &router->cores[vr_port_core()];

    for (uint32_t index = 0; router->flows.entries && index < router->flows.count; index++)
        vr_held_release(router, core, &router->flows.entries[index].held, VR_DROP_ROUTER_STOPPED);
    for (uint32_t index = 0; router->fragments.entries && index < router->limits.fragments; index++)
        vr_held_release(router, core, &router->fragments.entries[index].held, VR_DROP_ROUTER_STOPPED);
    vr_held_go_on(router, core);
}

void vr_router_destroy(struct vr_router *router)
{
    if (!router)
        return;
    if (router->cores && router->held.places)
        drop_held(router);
    if (router->bridge.buckets) {
        for (uint32_t index = 0; index < router->limits.vrfs; index++)
            vr_bridge_clear(router, index);
    }
    vr_hash_table_free(&router->bridge);
    vr_vrfs_free(router);
    vr_port_drain();
    vr_labels_free(router);
    vr_next_hops_free(router);
    vr_interfaces_free(router);
    vr_flow_store_free(router);
    vr_fragment_free(router);
    vr_held_free(router);
    vr_port_free(router->cores);
    vr_port_free(router);
}

void vr_tick(struct vr_router *router)
{
    struct vr_core *core = &router->cores[vr_port_core()];

    core->now_ms = vr_port_now_ms();
    vr_fragment_expire(router, core);
    vr_held_go_on(router, core);
}
