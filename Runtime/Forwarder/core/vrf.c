/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* VRFs: see vrf.h. */
#include "state.h"

static void fill_in(const struct vr_vrf_entry *entry, struct vr_vrf *vrf)
{
    *vrf = entry->vrf;
    vrf->ipv4_routes = entry->routes[vr_trie_of(VR_FAMILY_IPV4)].count;
    vrf->ipv6_routes = entry->routes[vr_trie_of(VR_FAMILY_IPV6)].count;
    vrf->bridge_entries = entry->bridge_entries;
}

static void free_entry(struct vr_deferred *deferred)
{
    struct vr_vrf_entry *entry = vr_container(deferred, struct vr_vrf_entry, deferred);

    vr_port_free(entry->counters);
    vr_port_free(entry);
}

int vr_vrf_set(struct vr_router *router, const struct vr_vrf *vrf)
{
    struct vr_vrf_entry *entry;

    if (vrf->index >= router->limits.vrfs)
        return -EINVAL;
    if (vrf->flags & ~(uint32_t)VR_VRF_FLAGS)
        return -EOPNOTSUPP;
    entry = vr_vrf_find(router, vrf->index);
    if (entry) {
        /* The tables hang off the entry, so that it stays; its flags are one word. */
        vr_poke(&entry->vrf.flags, vrf->flags);
        entry->vrf.generation = vrf->generation;
        return 0;
    }
    entry = vr_port_allocate(sizeof(*entry));
    if (!entry)
        return -ENOMEM;
    entry->counters = vr_port_allocate(router->core_count * sizeof(*entry->counters));
    if (!entry->counters) {
        vr_port_free(entry);
        return -ENOMEM;
    }
    entry->vrf.index = vrf->index;
    entry->vrf.flags = vrf->flags;
    entry->vrf.generation = vrf->generation;
    vr_index_put(&router->vrfs, vrf->index, entry);
    return 0;
}

int vr_vrf_get(const struct vr_router *router, uint32_t index, struct vr_vrf *vrf)
{
    const struct vr_vrf_entry *entry = vr_vrf_find(router, index);

    if (!entry)
        return -ENOENT;
    fill_in(entry, vrf);
    return 0;
}

int vr_vrf_delete(struct vr_router *router, uint32_t index)
{
    struct vr_vrf_entry *entry = vr_vrf_find(router, index);

    if (!entry)
        return -ENOENT;
    if (index == 0 || router->vrfs.users[index])
        return -EBUSY;
    vr_routes_clear(router, entry);
    vr_bridge_clear(router, index);
    vr_index_put(&router->vrfs, index, NULL);
    vr_port_defer(&entry->deferred, free_entry);
    return 0;
}

int vr_vrf_dump(const struct vr_router *router, uint32_t from, struct vr_vrf *vrf)
{
    const struct vr_vrf_entry *entry = vr_index_next(&router->vrfs, &from);

    if (!entry)
        return -ENOENT;
    fill_in(entry, vrf);
    return 0;
}

int vr_vrf_counters_get(const struct vr_router *router, uint32_t index, unsigned int core, struct vr_vrf_counters *counters)
{
    const struct vr_vrf_entry *entry = vr_vrf_find(router, index);

    if (!entry)
        return -ENOENT;
    if (core != VR_ALL_CORES && core >= router->core_count)
        return -EINVAL;
    __builtin_memset(counters, 0, sizeof(*counters));
    for (unsigned int at = 0; at < router->core_count; at++) {
        if (core != VR_ALL_CORES && core != at)
            continue;
#define SUM(name, sentence) counters->name += vr_peek(&entry->counters[at].name);
        VR_VRF_COUNTERS(SUM)
#undef SUM
    }
    return 0;
}

void vr_vrfs_free(struct vr_router *router)
{
    uint32_t index = 0;

    for (struct vr_vrf_entry *entry; (entry = vr_index_next(&router->vrfs, &index)) != NULL; index++) {
        vr_routes_clear(router, entry);
        free_entry(&entry->deferred);
    }
    vr_index_table_free(&router->vrfs);
}
