/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Next hops: see next_hop.h. */
#include "checksum.h"
#include "state.h"

static bool has_interface(uint8_t type)
{
    return type == VR_NEXT_HOP_RECEIVE || type == VR_NEXT_HOP_ENCAPSULATE || type == VR_NEXT_HOP_TUNNEL || type == VR_NEXT_HOP_RESOLVE;
}

static int check_composite(const struct vr_router *router, const struct vr_next_hop *next_hop)
{
    if (next_hop->composite < VR_COMPOSITE_ECMP || next_hop->composite > VR_COMPOSITE_SWITCH || next_hop->member_count > VR_MEMBERS ||
        (next_hop->member_count && !next_hop->members) || (next_hop->hash_fields & ~VR_HASH_FIELDS))
        return -EINVAL;
    for (uint32_t at = 0; at < next_hop->member_count; at++) {
        const struct vr_member *member = &next_hop->members[at];

        if (member->label != VR_NONE && member->label >= VR_VXLAN_NETWORKS)
            return -EINVAL;
        if (member->next_hop == next_hop->index)
            return -EINVAL;
        if (member->next_hop != VR_NONE && !vr_next_hop_find(router, member->next_hop))
            return -ENOENT;
    }
    return 0;
}

static int check(const struct vr_router *router, const struct vr_next_hop *next_hop)
{
    if (next_hop->index == 0 || next_hop->index >= router->limits.next_hops || next_hop->type < VR_NEXT_HOP_RECEIVE ||
        next_hop->type > VR_NEXT_HOP_BRIDGE_RECEIVE || (next_hop->family != VR_FAMILY_IPV4 && next_hop->family != VR_FAMILY_BRIDGE) ||
        next_hop->encapsulation_bytes > VR_ENCAPSULATION_BYTES ||
        (next_hop->encapsulation_bytes != 0 && next_hop->encapsulation_bytes < VR_ETHERNET_BYTES))
        return -EINVAL;
    if (next_hop->flags & ~(uint32_t)VR_NEXT_HOP_FLAGS)
        return -EOPNOTSUPP;
    if (next_hop->type != VR_NEXT_HOP_COMPOSITE && next_hop->member_count)
        return -EINVAL;
    if (!has_interface(next_hop->type) && next_hop->interface != VR_NONE)
        return -EINVAL;
    if (next_hop->type == VR_NEXT_HOP_TUNNEL &&
        (next_hop->tunnel < VR_TUNNEL_MPLS_OVER_GRE || next_hop->tunnel > VR_TUNNEL_VXLAN || next_hop->encapsulation_bytes == 0))
        return -EINVAL;
    if (!vr_vrf_find(router, next_hop->vrf) || (has_interface(next_hop->type) && !vr_interface_find(router, next_hop->interface)))
        return -ENOENT;
    return next_hop->type == VR_NEXT_HOP_COMPOSITE ? check_composite(router, next_hop) : 0;
}

/* Writes the headers that all packets through a tunnel have in common. */
static void prepare_outer(struct vr_next_hop_entry *entry)
{
    const struct vr_next_hop *tunnel = &entry->next_hop;
    uint8_t *ip = entry->outer + tunnel->encapsulation_bytes, *transport = ip + VR_IPV4_BYTES;
    bool gre = tunnel->tunnel == VR_TUNNEL_MPLS_OVER_GRE;

    __builtin_memcpy(entry->outer, tunnel->encapsulation, tunnel->encapsulation_bytes);
    vr_write16(ip - 2, VR_TYPE_IPV4);
    ip[0] = 0x45;
    ip[VR_IPV4_TTL] = VR_TUNNEL_TTL;
    ip[VR_IPV4_PROTOCOL] = gre ? VR_PROTOCOL_GRE : VR_PROTOCOL_UDP;
    __builtin_memcpy(ip + VR_IPV4_SOURCE, &tunnel->source, 4);
    __builtin_memcpy(ip + VR_IPV4_DESTINATION, &tunnel->destination, 4);
    if (gre)
        vr_write32(transport, VR_TYPE_MPLS);
    else
        vr_write16(transport + VR_UDP_DESTINATION, tunnel->tunnel == VR_TUNNEL_VXLAN ? VR_UDP_VXLAN : VR_UDP_MPLS);
    entry->outer_network_bytes = (uint8_t)(VR_IPV4_BYTES + (gre ? VR_GRE_BYTES : VR_UDP_BYTES));
    entry->outer_bytes = (uint8_t)(tunnel->encapsulation_bytes + entry->outer_network_bytes);
    entry->outer_sum = vr_checksum_sum(ip, VR_IPV4_BYTES);
}

static void use(struct vr_router *router, const struct vr_next_hop *next_hop)
{
    vr_index_use(&router->vrfs, next_hop->vrf);
    vr_index_use(&router->interfaces, next_hop->interface);
    for (uint32_t at = 0; at < next_hop->member_count; at++)
        vr_index_use(&router->next_hops, next_hop->members[at].next_hop);
}

static void release(struct vr_router *router, const struct vr_next_hop *next_hop)
{
    vr_index_release(&router->vrfs, next_hop->vrf);
    vr_index_release(&router->interfaces, next_hop->interface);
    for (uint32_t at = 0; at < next_hop->member_count; at++)
        vr_index_release(&router->next_hops, next_hop->members[at].next_hop);
}

static void free_entry(struct vr_deferred *deferred)
{
    vr_port_free(vr_container(deferred, struct vr_next_hop_entry, deferred));
}

static struct vr_next_hop_entry *make_entry(const struct vr_next_hop *next_hop)
{
    uint32_t members = next_hop->member_count;
    struct vr_next_hop_entry *entry = vr_port_allocate(sizeof(*entry) + members * sizeof(entry->members[0]));

    if (!entry)
        return NULL;
    entry->next_hop = *next_hop;
    entry->next_hop.users = 0;
    entry->next_hop.members = entry->members;
    for (uint32_t at = 0; at < members; at++) {
        entry->members[at] = next_hop->members[at];
        entry->usable_members += entry->members[at].next_hop != VR_NONE;
    }
    if (next_hop->type == VR_NEXT_HOP_TUNNEL)
        prepare_outer(entry);
    if (next_hop->type == VR_NEXT_HOP_COMPOSITE && next_hop->hash_fields == 0)
        entry->next_hop.hash_fields = VR_HASH_FIELDS;
    return entry;
}

int vr_next_hop_set(struct vr_router *router, const struct vr_next_hop *next_hop)
{
    struct vr_next_hop_entry *old, *entry;
    int error = check(router, next_hop);

    if (error)
        return error;
    entry = make_entry(next_hop);
    if (!entry)
        return -ENOMEM;
    old = vr_next_hop_find(router, next_hop->index);
    use(router, &entry->next_hop);
    vr_index_put(&router->next_hops, next_hop->index, entry);
    if (old) {
        release(router, &old->next_hop);
        vr_port_defer(&old->deferred, free_entry);
    }
    return 0;
}

int vr_next_hop_get(const struct vr_router *router, uint32_t index, struct vr_next_hop *next_hop)
{
    const struct vr_next_hop_entry *entry = vr_next_hop_find(router, index);

    if (!entry)
        return -ENOENT;
    *next_hop = entry->next_hop;
    next_hop->users = router->next_hops.users[index];
    return 0;
}

int vr_next_hop_delete(struct vr_router *router, uint32_t index)
{
    struct vr_next_hop_entry *entry = vr_next_hop_find(router, index);

    if (!entry)
        return -ENOENT;
    if (index == 0 || router->next_hops.users[index])
        return -EBUSY;
    vr_index_put(&router->next_hops, index, NULL);
    release(router, &entry->next_hop);
    vr_port_defer(&entry->deferred, free_entry);
    return 0;
}

int vr_next_hop_dump(const struct vr_router *router, uint32_t from, struct vr_next_hop *next_hop)
{
    return vr_index_next(&router->next_hops, &from) ? vr_next_hop_get(router, from, next_hop) : -ENOENT;
}

int vr_next_hop_make_discard(struct vr_router *router)
{
    struct vr_next_hop_entry *entry = make_entry(&(struct vr_next_hop){
        .type = VR_NEXT_HOP_DISCARD, .family = VR_FAMILY_IPV4, .flags = VR_NEXT_HOP_VALID, .interface = VR_NONE});

    if (!entry)
        return -ENOMEM;
    vr_index_put(&router->next_hops, 0, entry);
    return 0;
}

void vr_next_hops_free(struct vr_router *router)
{
    uint32_t index = 0;

    for (struct vr_next_hop_entry *entry; (entry = vr_index_next(&router->next_hops, &index)) != NULL; index++)
        free_entry(&entry->deferred);
    vr_index_table_free(&router->next_hops);
}
