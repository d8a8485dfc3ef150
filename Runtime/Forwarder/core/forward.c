/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Routing, bridging, and what next hops do: the middle of every packet's way.
 */
#include "checksum.h"
#include "walk.h"

/* Counts a table that the packet is looked up in. false: it has been in too many, and was dropped. */
static bool another_lookup(struct vr_walk *walk)
{
    if (vr_likely(++walk->lookups <= VR_WALK_LOOKUPS))
        return true;
    vr_drop(walk, VR_DROP_LOOP);
    return false;
}

/* ---- Bridging ------------------------------------------------------------------------------------------------------------- */

void vr_bridge(struct vr_walk *walk)
{
    struct vr_router *router = walk->router;
    const uint8_t *mac = walk->packet->data;
    struct vr_bridge_entry_state *found;

    if (!another_lookup(walk))
        return;
    if (walk->multicast && !walk->tunnelled && walk->in->interface.multicast_vrf != VR_NONE)
        walk->vrf = walk->in->interface.multicast_vrf;
    found = vr_bridge_find(router, walk->vrf, mac);
    if (!found) {
        if (!walk->multicast) {
            if (!walk->flood_unknown && !(!walk->tunnelled && (walk->in->interface.flags & VR_INTERFACE_UNKNOWN_UNICAST_FLOOD))) {
                vr_drop(walk, VR_DROP_NO_BRIDGE_ENTRY);
                return;
            }
            vr_walk_count(walk, walk->vrf, unknown_unicast_floods);
        }
        mac = vr_broadcast_mac.bytes;
        found = vr_bridge_find(router, walk->vrf, mac);
        if (!found) {
            vr_drop(walk, VR_DROP_NO_BRIDGE_ENTRY);
            return;
        }
    }
    if (vr_mac_is_broadcast(mac))
        vr_walk_step(walk, VR_TRACE_FLOODED, walk->vrf, 0, 0);
    else
        vr_walk_step(walk, VR_TRACE_BRIDGED, walk->vrf, vr_mac_high(mac), vr_mac_low(mac));
    vr_count_shared(&found->entry.packets, 1);
    walk->label = found->entry.label;
    walk->control_word = (found->entry.flags & VR_BRIDGE_CONTROL_WORD) != 0;
    vr_next_hop(walk, found->entry.next_hop);
}

/* ---- Routing -------------------------------------------------------------------------------------------------------------- */

/* Takes the Ethernet header off. Padding behind a short packet goes with it: it is no part of what is routed. */
static void strip_frame(struct vr_walk *walk)
{
    vr_packet_pull(walk->packet, walk->network);
    walk->stripped = walk->network;
    walk->network = 0;
    walk->framed = false;
    vr_packet_trim(walk->packet, walk->ip.total_bytes);
}

/* Counts TTL or hop limit down. false: it came to its end, and the packet was disposed of. */
static bool count_down(struct vr_walk *walk)
{
    uint8_t *header = walk->packet->data + walk->network;
    uint8_t before = walk->ip.ttl, after = walk->ttl ? walk->ttl : (uint8_t)(before - 1);

    if (walk->routed)
        return true;
    if (before <= 1) {
        /* Workloads trace routes: the agent answers them. Whoever is behind a tunnel has had the chance of an answer there. */
        if (walk->tunnelled)
            vr_drop(walk, VR_DROP_TTL_EXCEEDED);
        else
            vr_trap(walk, VR_TRAP_ZERO_TTL, NULL);
        return false;
    }
    if (walk->ip.family == VR_FAMILY_IPV4) {
        uint32_t protocol = header[VR_IPV4_PROTOCOL];
        uint32_t checksum = vr_read16(header + VR_IPV4_CHECKSUM);

        header[VR_IPV4_TTL] = after;
        vr_write16(header + VR_IPV4_CHECKSUM,
                   vr_checksum_update(checksum, ((uint32_t)before << 8) | protocol, ((uint32_t)after << 8) | protocol));
    } else {
        header[VR_IPV6_HOP_LIMIT] = after;
    }
    walk->ip.ttl = after;
    walk->routed = true;
    vr_walk_step(walk, VR_TRACE_TTL, after, 0, 0);
    return true;
}

void vr_route(struct vr_walk *walk)
{
    const struct vr_ip *ip = &walk->ip;
    const struct vr_next_hop_entry *next_hop;
    const struct vr_route_entry *route;
    const uint8_t *header;
    uint32_t key[VR_TRIE_WORDS] = {0};

    if (vr_unlikely(!ip->family)) {
        vr_drop(walk, VR_DROP_INVALID_PROTOCOL);
        return;
    }
    if (!another_lookup(walk))
        return;
    if (walk->framed)
        strip_frame(walk);
    header = walk->packet->data + walk->network;
    if (ip->family == VR_FAMILY_IPV4) {
        if (vr_unlikely(vr_checksum_sum(header, (header[0] & 0xfu) * 4) != 0xffff)) {
            vr_drop(walk, VR_DROP_CHECKSUM);
            return;
        }
        key[0] = vr_from_be32(ip->destination[0]);
    } else {
        for (unsigned int word = 0; word < VR_TRIE_WORDS; word++)
            key[word] = vr_from_be32(ip->destination[word]);
    }
    route = vr_route_lookup(walk->router, walk->vrf, ip->family, key);
    if (!route) {
        vr_drop(walk, VR_DROP_NOWHERE_TO_GO);
        return;
    }
    if (ip->family == VR_FAMILY_IPV4)
        vr_walk_step(walk, VR_TRACE_ROUTED, walk->vrf, key[0], route->length);
    else
        vr_walk_step(walk, VR_TRACE_ROUTED_IPV6, walk->vrf, 0, route->length);
    walk->label = route->label;
    walk->control_word = false;
    /* What is for the host or the agent has arrived, and what is dropped goes no further. */
    next_hop = vr_next_hop_find(walk->router, route->next_hop);
    if (next_hop && next_hop->next_hop.type != VR_NEXT_HOP_RECEIVE && next_hop->next_hop.type != VR_NEXT_HOP_DISCARD && !count_down(walk))
        return;
    vr_next_hop(walk, route->next_hop);
}

/* ---- What next hops do ---------------------------------------------------------------------------------------------------- */

static void receive(struct vr_walk *walk, const struct vr_next_hop *next_hop)
{
    const struct vr_interface_entry *out = vr_interface_find(walk->router, next_hop->interface);

    vr_walk_count(walk, next_hop->vrf, receives);
    if (!out) {
        vr_drop(walk, VR_DROP_INVALID_INTERFACE);
    } else if (out->interface.type == VR_INTERFACE_AGENT) {
        vr_trap(walk, VR_TRAP_L3_PROTOCOLS, NULL);
    } else if (vr_walk_frame(walk)) {
        vr_transmit(walk, out);
    }
}

/* A frame keeps its Ethernet header; a routed packet gets the next hop's. */
static void encapsulate(struct vr_walk *walk, const struct vr_next_hop *next_hop)
{
    const struct vr_interface_entry *out = vr_interface_find(walk->router, next_hop->interface);
    struct vr_packet *packet = walk->packet;
    uint32_t bytes = next_hop->encapsulation_bytes;

    vr_walk_count(walk, next_hop->vrf, encapsulations);
    if (vr_unlikely(!out)) {
        vr_drop(walk, VR_DROP_INVALID_INTERFACE);
        return;
    }
    if (walk->framed) {
        if (out == walk->in) {
            vr_drop(walk, VR_DROP_LOOP);
            return;
        }
        vr_transmit(walk, out);
        return;
    }
    if (vr_unlikely(bytes < VR_ETHERNET_BYTES)) {
        vr_drop(walk, VR_DROP_INVALID_NEXT_HOP);
        return;
    }
    if (!vr_packet_make_room(packet, bytes)) {
        vr_drop(walk, VR_DROP_PUSH);
        return;
    }
    vr_packet_push(packet, bytes);
    __builtin_memcpy(packet->data, next_hop->encapsulation, bytes);
    vr_write16(packet->data + bytes - 2, walk->ip.family == VR_FAMILY_IPV6 ? VR_TYPE_IPV6 : VR_TYPE_IPV4);
    walk->framed = true;
    walk->stripped = 0;
    walk->network += bytes;
    vr_transmit(walk, out);
}

static void composite(struct vr_walk *walk, const struct vr_next_hop_entry *entry)
{
    uint32_t position;

    if (entry->next_hop.composite != VR_COMPOSITE_ECMP) {
        vr_walk_count(walk, entry->next_hop.vrf, multicast_composites);
        vr_replicate(walk, entry);
        return;
    }
    vr_walk_count(walk, entry->next_hop.vrf, ecmp_composites);
    position = vr_ecmp_choose(walk, entry);
    if (position == VR_NONE) {
        vr_drop(walk, VR_DROP_INVALID_NEXT_HOP);
        return;
    }
    if (entry->members[position].label != VR_NONE)
        walk->label = entry->members[position].label;
    vr_walk_step(walk, VR_TRACE_ECMP, entry->next_hop.index, position, entry->members[position].next_hop);
    vr_next_hop(walk, entry->members[position].next_hop);
}

/* Goes on in another VRF: a frame is bridged there, a packet routed. */
static void translate(struct vr_walk *walk, const struct vr_next_hop *next_hop)
{
    vr_walk_count(walk, next_hop->vrf, vrf_translates);
    walk->vrf = next_hop->vrf;
    vr_walk_step(walk, VR_TRACE_VRF, walk->vrf, 0, 0);
    if (!walk->framed || (next_hop->flags & VR_NEXT_HOP_VXLAN_ROUTING)) {
        vr_route(walk);
        return;
    }
    walk->flood_unknown = (next_hop->flags & VR_NEXT_HOP_UNKNOWN_UNICAST_FLOOD) != 0;
    if (walk->tunnelled && walk->type == VR_TYPE_ARP && vr_arp_from_tunnel(walk))
        return;
    vr_bridge(walk);
}

/*
 * What stands for a next hop in flow keys. A workload has next hops for packets and for frames, and labels for both; its conversations have one
 * key, its interface's, however a packet of them comes: else the answer to a frame that it sent would not be found.
 */
static uint32_t flow_key_of(const struct vr_walk *walk, const struct vr_next_hop *next_hop)
{
    const struct vr_interface_entry *out;

    if (next_hop->type != VR_NEXT_HOP_ENCAPSULATE)
        return next_hop->index;
    out = vr_interface_find(walk->router, next_hop->interface);
    return out && out->interface.next_hop != VR_NONE ? out->interface.next_hop : next_hop->index;
}

/* Applies the policy of a next hop to packets that have not met one: those from the fabric to a workload here. */
static bool admit(struct vr_walk *walk, const struct vr_next_hop *next_hop)
{
    if (walk->flow_next_hop == VR_NONE)
        walk->flow_next_hop = flow_key_of(walk, next_hop);
    walk->resume = VR_RESUME_NEXT_HOP;
    return vr_flow_admit(walk, (next_hop->flags & VR_NEXT_HOP_RELAXED_POLICY) != 0);
}

void vr_next_hop(struct vr_walk *walk, uint32_t index)
{
    const struct vr_next_hop_entry *entry = vr_next_hop_find(walk->router, index);
    const struct vr_next_hop *next_hop;

    walk->next_hop = index;
    if (vr_unlikely(!entry || !(entry->next_hop.flags & VR_NEXT_HOP_VALID))) {
        vr_drop(walk, VR_DROP_INVALID_NEXT_HOP);
        return;
    }
    if (!another_lookup(walk))
        return;
    next_hop = &entry->next_hop;
    vr_walk_step(walk, VR_TRACE_NEXT_HOP, index, next_hop->type, 0);
    if ((next_hop->flags & VR_NEXT_HOP_POLICY) && !walk->admitted && walk->ip.family && !walk->multicast && !admit(walk, next_hop))
        return;
    switch (next_hop->type) {
    case VR_NEXT_HOP_TUNNEL:
        vr_encapsulate(walk, entry);
        return;
    case VR_NEXT_HOP_ENCAPSULATE:
        encapsulate(walk, next_hop);
        return;
    case VR_NEXT_HOP_COMPOSITE:
        composite(walk, entry);
        return;
    case VR_NEXT_HOP_VRF_TRANSLATE:
        translate(walk, next_hop);
        return;
    case VR_NEXT_HOP_BRIDGE_RECEIVE:
        vr_walk_count(walk, next_hop->vrf, bridge_receives);
        walk->vrf = next_hop->vrf;
        vr_route(walk);
        return;
    case VR_NEXT_HOP_RECEIVE:
        receive(walk, next_hop);
        return;
    case VR_NEXT_HOP_RESOLVE: {
        uint32_t parameters[6] = {index};

        vr_walk_count(walk, next_hop->vrf, resolves);
        vr_trap(walk, VR_TRAP_RESOLVE, parameters);
        return;
    }
    case VR_NEXT_HOP_DISCARD:
        vr_walk_count(walk, next_hop->vrf, discards);
        vr_drop(walk, VR_DROP_DISCARD);
        return;
    default:
        vr_drop(walk, VR_DROP_INVALID_NEXT_HOP);
        return;
    }
}
