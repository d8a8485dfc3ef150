/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* IP routes: see route.h, and trie.h for how they are found. */
#include "state.h"

static bool words_of(const struct vr_route *route, uint32_t *words, bool whole)
{
    unsigned int limit = route->family == VR_FAMILY_IPV6 ? 128 : 32;

    if (route->family != VR_FAMILY_IPV4 && route->family != VR_FAMILY_IPV6)
        return false;
    if (!whole && route->length > limit)
        return false;
    for (unsigned int word = 0; word < VR_TRIE_WORDS; word++)
        words[word] = word * 32 < limit ? vr_read32(route->prefix + 4 * word) : 0;
    if (!whole)
        vr_trie_mask(words, route->length);
    return true;
}

static void fill_in(const struct vr_route_entry *entry, struct vr_route *route)
{
    for (unsigned int word = 0; word < VR_TRIE_WORDS; word++)
        vr_write32(route->prefix + 4 * word, entry->prefix[word]);
    route->length = entry->length;
    route->flags = entry->flags;
    route->next_hop = entry->next_hop;
    route->label = entry->label;
    route->stitched_mac = entry->stitched_mac;
    route->generation = entry->generation;
}

static void free_entry(struct vr_deferred *deferred)
{
    vr_port_free(vr_container(deferred, struct vr_route_entry, deferred));
}

const struct vr_route_entry *vr_route_lookup(const struct vr_router *router, uint32_t vrf, uint8_t family, const uint32_t *key)
{
    const struct vr_vrf_entry *entry = vr_vrf_find(router, vrf);

    if (!entry)
        return NULL;
    if (vr_likely(family == VR_FAMILY_IPV4))
        return vr_trie_lookup(&entry->routes[0], key, 1);
    return vr_trie_lookup(&entry->routes[1], key, VR_TRIE_WORDS);
}

int vr_route_set(struct vr_router *router, const struct vr_route *route)
{
    struct vr_vrf_entry *vrf = vr_vrf_find(router, route->vrf);
    struct vr_route_entry *entry, *old;
    uint32_t words[VR_TRIE_WORDS];
    int error;

    if (!words_of(route, words, false) || (route->flags & ~VR_ROUTE_FLAGS) ||
        (route->label != VR_NONE && route->label >= VR_VXLAN_NETWORKS) || vr_mac_is_multicast(route->stitched_mac.bytes))
        return -EINVAL;
    if (!vrf || !vr_next_hop_find(router, route->next_hop))
        return -ENOENT;
    entry = vr_port_allocate(sizeof(*entry));
    if (!entry)
        return -ENOMEM;
    entry->next_hop = route->next_hop;
    entry->label = route->label;
    entry->flags = route->flags;
    entry->length = route->length;
    entry->stitched_mac = route->stitched_mac;
    entry->has_stitched_mac = !vr_mac_is_zero(route->stitched_mac.bytes);
    entry->generation = route->generation;
    __builtin_memcpy(entry->prefix, words, sizeof(words));
    error = vr_trie_set(&vrf->routes[vr_trie_of(route->family)], entry, &old);
    if (error) {
        vr_port_free(entry);
        return error;
    }
    vr_index_use(&router->next_hops, route->next_hop);
    if (old) {
        vr_index_release(&router->next_hops, old->next_hop);
        vr_port_defer(&old->deferred, free_entry);
    }
    return 0;
}

int vr_route_find(const struct vr_router *router, struct vr_route *route)
{
    const struct vr_route_entry *entry;
    uint32_t words[VR_TRIE_WORDS];

    if (!words_of(route, words, true))
        return -EINVAL;
    entry = vr_route_lookup(router, route->vrf, route->family, words);
    if (!entry)
        return -ENOENT;
    fill_in(entry, route);
    return 0;
}

static int find_exactly(const struct vr_router *router, const struct vr_route *route, struct vr_vrf_entry **vrf, struct vr_route_entry **entry)
{
    uint32_t words[VR_TRIE_WORDS];

    if (!words_of(route, words, false))
        return -EINVAL;
    *vrf = vr_vrf_find(router, route->vrf);
    *entry = *vrf ? vr_trie_get(&(*vrf)->routes[vr_trie_of(route->family)], words, route->length) : NULL;
    return *entry ? 0 : -ENOENT;
}

int vr_route_get(const struct vr_router *router, struct vr_route *route)
{
    struct vr_route_entry *entry;
    struct vr_vrf_entry *vrf;
    int error = find_exactly(router, route, &vrf, &entry);

    if (!error)
        fill_in(entry, route);
    return error;
}

static void remove_entry(struct vr_router *router, struct vr_trie *trie, struct vr_route_entry *entry)
{
    vr_trie_remove(trie, entry);
    vr_index_release(&router->next_hops, entry->next_hop);
    vr_port_defer(&entry->deferred, free_entry);
}

int vr_route_delete(struct vr_router *router, const struct vr_route *route)
{
    struct vr_route_entry *entry;
    struct vr_vrf_entry *vrf;
    int error = find_exactly(router, route, &vrf, &entry);

    if (!error)
        remove_entry(router, &vrf->routes[vr_trie_of(route->family)], entry);
    return error;
}

int vr_route_dump(const struct vr_router *router, struct vr_route *route, bool first)
{
    const struct vr_vrf_entry *vrf = vr_vrf_find(router, route->vrf);
    const struct vr_route_entry *entry;
    uint32_t words[VR_TRIE_WORDS];

    if (!words_of(route, words, false))
        return -EINVAL;
    entry = vrf ? vr_trie_next(&vrf->routes[vr_trie_of(route->family)], words, route->length, first) : NULL;
    if (!entry)
        return -ENOENT;
    fill_in(entry, route);
    return 0;
}

void vr_routes_clear(struct vr_router *router, struct vr_vrf_entry *vrf)
{
    for (unsigned int at = 0; at < 2; at++) {
        struct vr_route_entry *entry;

        while ((entry = vr_trie_next(&vrf->routes[at], NULL, 0, true)) != NULL)
            remove_entry(router, &vrf->routes[at], entry);
    }
}
