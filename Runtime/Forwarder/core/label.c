/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Incoming MPLS labels and VXLAN networks: see route.h. */
#include "state.h"

/* ---- Labels --------------------------------------------------------------------------------------------------------------- */

static void free_label(struct vr_deferred *deferred)
{
    vr_port_free(vr_container(deferred, struct vr_label_entry, deferred));
}

int vr_label_set(struct vr_router *router, const struct vr_label *label)
{
    struct vr_label_entry *old, *entry;

    if (label->label < VR_MPLS_FIRST_LABEL || label->label >= router->limits.labels || (label->flags & ~(uint32_t)VR_LABEL_FLAGS))
        return -EINVAL;
    if (!vr_next_hop_find(router, label->next_hop))
        return -ENOENT;
    entry = vr_port_allocate(sizeof(*entry));
    if (!entry)
        return -ENOMEM;
    entry->label = *label;
    old = vr_index_find(&router->labels, label->label);
    vr_index_use(&router->next_hops, label->next_hop);
    vr_index_put(&router->labels, label->label, entry);
    if (old) {
        vr_index_release(&router->next_hops, old->label.next_hop);
        vr_port_defer(&old->deferred, free_label);
    }
    return 0;
}

int vr_label_get(const struct vr_router *router, uint32_t number, struct vr_label *label)
{
    const struct vr_label_entry *entry = vr_index_find(&router->labels, number);

    if (!entry)
        return -ENOENT;
    *label = entry->label;
    return 0;
}

int vr_label_delete(struct vr_router *router, uint32_t number)
{
    struct vr_label_entry *entry = vr_index_find(&router->labels, number);

    if (!entry)
        return -ENOENT;
    vr_index_put(&router->labels, number, NULL);
    vr_index_release(&router->next_hops, entry->label.next_hop);
    vr_port_defer(&entry->deferred, free_label);
    return 0;
}

int vr_label_dump(const struct vr_router *router, uint32_t from, struct vr_label *label)
{
    return vr_index_next(&router->labels, &from) ? vr_label_get(router, from, label) : -ENOENT;
}

/* ---- Networks ------------------------------------------------------------------------------------------------------------- */

static uint32_t network_hash(const struct vr_router *router, uint32_t identifier)
{
    return (uint32_t)vr_hash_end(vr_hash_add(router->seed, identifier));
}

struct vr_vxlan_entry *vr_vxlan_find(const struct vr_router *router, uint32_t identifier)
{
    struct vr_hash_link *link = vr_hash_first(&router->vxlan_networks, network_hash(router, identifier));

    for (; link; link = vr_hash_next(link)) {
        struct vr_vxlan_entry *entry = vr_container(link, struct vr_vxlan_entry, link);

        if (entry->network.identifier == identifier)
            return entry;
    }
    return NULL;
}

static void free_network(struct vr_deferred *deferred)
{
    vr_port_free(vr_container(deferred, struct vr_vxlan_entry, deferred));
}

int vr_vxlan_network_set(struct vr_router *router, const struct vr_vxlan_network *network)
{
    struct vr_vxlan_entry *old, *entry;
    int error;

    if (network->identifier == 0 || network->identifier >= VR_VXLAN_NETWORKS)
        return -EINVAL;
    if (!vr_next_hop_find(router, network->next_hop))
        return -ENOENT;
    entry = vr_port_allocate(sizeof(*entry));
    if (!entry)
        return -ENOMEM;
    entry->network = *network;
    old = vr_vxlan_find(router, network->identifier);
    if (old) {
        vr_hash_replace(&router->vxlan_networks, &old->link, &entry->link);
        vr_index_release(&router->next_hops, old->network.next_hop);
        vr_port_defer(&old->deferred, free_network);
    } else {
        error = vr_hash_insert(&router->vxlan_networks, &entry->link, network_hash(router, network->identifier));
        if (error) {
            vr_port_free(entry);
            return error;
        }
    }
    vr_index_use(&router->next_hops, network->next_hop);
    return 0;
}

int vr_vxlan_network_get(const struct vr_router *router, uint32_t identifier, struct vr_vxlan_network *network)
{
    const struct vr_vxlan_entry *entry = vr_vxlan_find(router, identifier);

    if (!entry)
        return -ENOENT;
    *network = entry->network;
    return 0;
}

int vr_vxlan_network_delete(struct vr_router *router, uint32_t identifier)
{
    struct vr_vxlan_entry *entry = vr_vxlan_find(router, identifier);

    if (!entry)
        return -ENOENT;
    vr_hash_remove(&router->vxlan_networks, &entry->link);
    vr_index_release(&router->next_hops, entry->network.next_hop);
    vr_port_defer(&entry->deferred, free_network);
    return 0;
}

int vr_vxlan_network_dump(const struct vr_router *router, uint64_t *cursor, struct vr_vxlan_network *network)
{
    struct vr_hash_link *link = vr_hash_dump(&router->vxlan_networks, cursor);

    if (!link)
        return -ENOENT;
    *network = vr_container(link, struct vr_vxlan_entry, link)->network;
    return 0;
}

void vr_labels_free(struct vr_router *router)
{
    struct vr_hash_link *link;
    uint64_t cursor = 0;
    uint32_t index = 0;

    for (struct vr_label_entry *entry; (entry = vr_index_next(&router->labels, &index)) != NULL; index++)
        free_label(&entry->deferred);
    vr_index_table_free(&router->labels);
    while (router->vxlan_networks.buckets && (link = vr_hash_dump(&router->vxlan_networks, &cursor)) != NULL) {
        struct vr_vxlan_entry *entry = vr_container(link, struct vr_vxlan_entry, link);

        vr_hash_remove(&router->vxlan_networks, link);
        free_network(&entry->deferred);
    }
    vr_hash_table_free(&router->vxlan_networks);
}
