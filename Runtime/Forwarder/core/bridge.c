/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Bridge entries: see route.h. */
#include "state.h"

struct vr_bridge_entry_state *vr_bridge_find(const struct vr_router *router, uint32_t vrf, const uint8_t *mac)
{
    struct vr_hash_link *link = vr_hash_first(&router->bridge, vr_bridge_hash(router, vrf, mac));

    for (; link; link = vr_hash_next(link)) {
        struct vr_bridge_entry_state *found = vr_container(link, struct vr_bridge_entry_state, link);

        if (found->entry.vrf == vrf && vr_mac_equal(found->entry.mac.bytes, mac))
            return found;
    }
    return NULL;
}

static void free_entry(struct vr_deferred *deferred)
{
    vr_port_free(vr_container(deferred, struct vr_bridge_entry_state, deferred));
}

static void fill_in(const struct vr_bridge_entry_state *found, struct vr_bridge_entry *entry)
{
    *entry = found->entry;
    entry->packets = vr_peek(&found->entry.packets);
}

int vr_bridge_set(struct vr_router *router, const struct vr_bridge_entry *entry)
{
    struct vr_vrf_entry *vrf = vr_vrf_find(router, entry->vrf);
    struct vr_bridge_entry_state *old, *made;

    if ((entry->flags & ~VR_BRIDGE_FLAGS) || (entry->label != VR_NONE && entry->label >= VR_VXLAN_NETWORKS))
        return -EINVAL;
    if (!vrf || !vr_next_hop_find(router, entry->next_hop))
        return -ENOENT;
    made = vr_port_allocate(sizeof(*made));
    if (!made)
        return -ENOMEM;
    made->entry = *entry;
    made->entry.packets = 0;
    old = vr_bridge_find(router, entry->vrf, entry->mac.bytes);
    if (old) {
        /* Packets counted on the old one from now on are lost to the count. */
        made->entry.packets = vr_peek(&old->entry.packets);
        vr_hash_replace(&router->bridge, &old->link, &made->link);
        vr_index_release(&router->next_hops, old->entry.next_hop);
        vr_port_defer(&old->deferred, free_entry);
    } else {
        int error = vr_hash_insert(&router->bridge, &made->link, vr_bridge_hash(router, entry->vrf, entry->mac.bytes));

        if (error) {
            vr_port_free(made);
            return error;
        }
        vrf->bridge_entries++;
    }
    vr_index_use(&router->next_hops, entry->next_hop);
    return 0;
}

int vr_bridge_get(const struct vr_router *router, struct vr_bridge_entry *entry)
{
    const struct vr_bridge_entry_state *found = vr_bridge_find(router, entry->vrf, entry->mac.bytes);

    if (!found)
        return -ENOENT;
    fill_in(found, entry);
    return 0;
}

static void remove_entry(struct vr_router *router, struct vr_bridge_entry_state *found)
{
    struct vr_vrf_entry *vrf = vr_vrf_find(router, found->entry.vrf);

    vr_hash_remove(&router->bridge, &found->link);
    if (vrf)
        vrf->bridge_entries--;
    vr_index_release(&router->next_hops, found->entry.next_hop);
    vr_port_defer(&found->deferred, free_entry);
}

int vr_bridge_delete(struct vr_router *router, const struct vr_bridge_entry *entry)
{
    struct vr_bridge_entry_state *found = vr_bridge_find(router, entry->vrf, entry->mac.bytes);

    if (!found)
        return -ENOENT;
    remove_entry(router, found);
    return 0;
}

int vr_bridge_dump(const struct vr_router *router, uint64_t *cursor, struct vr_bridge_entry *entry)
{
    struct vr_hash_link *link = vr_hash_dump(&router->bridge, cursor);

    if (!link)
        return -ENOENT;
    fill_in(vr_container(link, struct vr_bridge_entry_state, link), entry);
    return 0;
}

void vr_bridge_clear(struct vr_router *router, uint32_t vrf)
{
    const struct vr_vrf_entry *owner = vr_vrf_find(router, vrf);
    struct vr_hash_link *link;
    uint64_t cursor = 0;

    /* The cursor of a removed entry stays good: it goes by serial numbers. */
    while (owner && owner->bridge_entries && (link = vr_hash_dump(&router->bridge, &cursor)) != NULL) {
        struct vr_bridge_entry_state *found = vr_container(link, struct vr_bridge_entry_state, link);

        if (found->entry.vrf == vrf)
            remove_entry(router, found);
    }
}
