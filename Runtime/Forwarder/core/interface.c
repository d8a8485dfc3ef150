/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Interfaces: see interface.h. */
#include "state.h"

static uint32_t sub_interface_hash(const struct vr_router *router, uint32_t parent, uint16_t vlan)
{
    return (uint32_t)vr_hash_end(vr_hash_add(router->seed, ((uint64_t)parent << 16) | vlan));
}

struct vr_interface_entry *vr_sub_interface_find(const struct vr_router *router, uint32_t parent, uint16_t vlan)
{
    struct vr_hash_link *link = vr_hash_first(&router->sub_interfaces, sub_interface_hash(router, parent, vlan));

    for (; link; link = vr_hash_next(link)) {
        struct vr_interface_entry *entry = vr_container(link, struct vr_interface_entry, link);

        if (entry->interface.parent == parent && entry->interface.vlan == vlan)
            return entry;
    }
    return NULL;
}

static bool is_sub_interface(uint32_t type)
{
    return type == VR_INTERFACE_VIRTUAL_VLAN || type == VR_INTERFACE_VLAN;
}

static bool is_known_type(uint32_t type)
{
    return type <= VR_INTERFACE_VIRTUAL || type == VR_INTERFACE_GATEWAY || is_sub_interface(type);
}

/* What is wrong with the interface itself, whatever the tables hold. */
static int check_fields(const struct vr_router *router, const struct vr_interface *interface)
{
    if (interface->index >= router->limits.interfaces || !is_known_type(interface->type) ||
        (interface->mtu != 0 && (interface->mtu < 68 || interface->mtu > 65535)) ||
        interface->cross_connect_count > VR_CROSS_CONNECTS || vr_mac_is_multicast(interface->mac.bytes))
        return -EINVAL;
    for (uint32_t at = 0; at < interface->cross_connect_count; at++) {
        if (interface->cross_connects[at] >= router->limits.interfaces)
            return -EINVAL;
    }
    if (interface->flags & ~(uint32_t)VR_INTERFACE_FLAGS)
        return -EOPNOTSUPP;
    if (is_sub_interface(interface->type))
        return interface->vlan >= 1 && interface->vlan <= 4094 && interface->parent != interface->index ? 0 : -EINVAL;
    return interface->vlan == 0 && interface->parent == VR_NONE ? 0 : -EINVAL;
}

/* What the interface names, and what others already are. */
static int check_tables(const struct vr_router *router, const struct vr_interface *interface, const struct vr_interface_entry *old)
{
    if (old && (old->interface.type != interface->type || old->interface.parent != interface->parent || old->interface.vlan != interface->vlan))
        return -EINVAL;
    if (!vr_vrf_find(router, interface->vrf) || (interface->multicast_vrf != VR_NONE && !vr_vrf_find(router, interface->multicast_vrf)) ||
        (interface->next_hop != VR_NONE && !vr_next_hop_find(router, interface->next_hop)))
        return -ENOENT;
    if (interface->type == VR_INTERFACE_AGENT && !old && router->agent_interface != VR_NONE)
        return -EBUSY;
    if (is_sub_interface(interface->type)) {
        const struct vr_interface_entry *parent = vr_interface_find(router, interface->parent);

        if (!parent)
            return -ENOENT;
        if (is_sub_interface(parent->interface.type))
            return -EINVAL;
        if (!old && vr_sub_interface_find(router, interface->parent, interface->vlan))
            return -EBUSY;
    }
    return 0;
}

static void use(struct vr_router *router, const struct vr_interface *interface)
{
    vr_index_use(&router->vrfs, interface->vrf);
    vr_index_use(&router->vrfs, interface->multicast_vrf);
    vr_index_use(&router->next_hops, interface->next_hop);
    vr_index_use(&router->interfaces, interface->parent);
}

static void release(struct vr_router *router, const struct vr_interface *interface)
{
    vr_index_release(&router->vrfs, interface->vrf);
    vr_index_release(&router->vrfs, interface->multicast_vrf);
    vr_index_release(&router->next_hops, interface->next_hop);
    vr_index_release(&router->interfaces, interface->parent);
}

/* Replaced: the counters went to the new entry. */
static void free_entry(struct vr_deferred *deferred)
{
    vr_port_free(vr_container(deferred, struct vr_interface_entry, deferred));
}

/* Deleted: the counters go too. */
static void free_all(struct vr_deferred *deferred)
{
    struct vr_interface_entry *entry = vr_container(deferred, struct vr_interface_entry, deferred);

    vr_port_free(entry->counters);
    vr_port_free(entry);
}

int vr_interface_set(struct vr_router *router, const struct vr_interface *interface)
{
    struct vr_interface_entry *old, *entry;
    int error = check_fields(router, interface);

    if (error)
        return error;
    old = vr_interface_find(router, interface->index);
    error = check_tables(router, interface, old);
    if (error)
        return error;
    entry = vr_port_allocate(sizeof(*entry));
    if (!entry)
        return -ENOMEM;
    entry->interface = *interface;
    entry->counters = old ? old->counters : vr_port_allocate(router->core_count * sizeof(*entry->counters));
    if (!entry->counters) {
        vr_port_free(entry);
        return -ENOMEM;
    }
    if (is_sub_interface(interface->type)) {
        uint32_t hash = sub_interface_hash(router, interface->parent, interface->vlan);

        if (old) {
            vr_hash_replace(&router->sub_interfaces, &old->link, &entry->link);
        } else {
            /* The table has room for as many as there can be interfaces. */
            vr_hash_insert(&router->sub_interfaces, &entry->link, hash);
        }
    }
    use(router, interface);
    vr_index_put(&router->interfaces, interface->index, entry);
    if (interface->type == VR_INTERFACE_AGENT)
        vr_poke(&router->agent_interface, interface->index);
    if (old) {
        release(router, &old->interface);
        vr_port_defer(&old->deferred, free_entry);
    }
    return 0;
}

int vr_interface_get(const struct vr_router *router, uint32_t index, struct vr_interface *interface)
{
    const struct vr_interface_entry *entry = vr_interface_find(router, index);

    if (!entry)
        return -ENOENT;
    *interface = entry->interface;
    interface->users = router->interfaces.users[index];
    return 0;
}

int vr_interface_delete(struct vr_router *router, uint32_t index)
{
    struct vr_interface_entry *entry = vr_interface_find(router, index);

    if (!entry)
        return -ENOENT;
    if (router->interfaces.users[index])
        return -EBUSY;
    vr_index_put(&router->interfaces, index, NULL);
    if (is_sub_interface(entry->interface.type))
        vr_hash_remove(&router->sub_interfaces, &entry->link);
    if (router->agent_interface == index)
        vr_poke(&router->agent_interface, VR_NONE);
    release(router, &entry->interface);
    vr_port_defer(&entry->deferred, free_all);
    return 0;
}

int vr_interface_dump(const struct vr_router *router, uint32_t from, struct vr_interface *interface)
{
    return vr_index_next(&router->interfaces, &from) ? vr_interface_get(router, from, interface) : -ENOENT;
}

int vr_interface_counters_get(const struct vr_router *router, uint32_t index, unsigned int core, struct vr_interface_counters *counters)
{
    const struct vr_interface_entry *entry = vr_interface_find(router, index);

    if (!entry)
        return -ENOENT;
    if (core != VR_ALL_CORES && core >= router->core_count)
        return -EINVAL;
    __builtin_memset(counters, 0, sizeof(*counters));
    for (unsigned int at = 0; at < router->core_count; at++) {
        const struct vr_interface_counters *from = &entry->counters[at];

        if (core != VR_ALL_CORES && core != at)
            continue;
        counters->received_packets += vr_peek(&from->received_packets);
        counters->received_bytes += vr_peek(&from->received_bytes);
        counters->transmitted_packets += vr_peek(&from->transmitted_packets);
        counters->transmitted_bytes += vr_peek(&from->transmitted_bytes);
        counters->transmit_errors += vr_peek(&from->transmit_errors);
        counters->dropped_packets += vr_peek(&from->dropped_packets);
        for (unsigned int reason = 0; reason < VR_DROP_LIMIT; reason++)
            counters->drops[reason] += vr_peek(&from->drops[reason]);
    }
    return 0;
}

void vr_interfaces_free(struct vr_router *router)
{
    uint32_t index = 0;

    for (struct vr_interface_entry *entry; (entry = vr_index_next(&router->interfaces, &index)) != NULL; index++)
        free_all(&entry->deferred);
    vr_index_table_free(&router->interfaces);
    vr_hash_table_free(&router->sub_interfaces);
}
