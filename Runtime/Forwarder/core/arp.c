/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * ARP (RFC 826) on behalf of everybody: the route to the address that is asked for says whether to answer, and with which MAC address.
 *
 *   asked by a workload             the route says                        then
 *     its own address (gratuitous)    ARP_TRAP                            the agent gets a copy, and it is flooded
 *                                     anything else                       flooded; dropped on a MAC_PROXY interface
 *     another's                       neither ARP_PROXY nor MAC_PROXY     flooded
 *                                     NO_ARP_PROXY, not the gateway       dropped
 *                                     a stitched MAC address              answered with it, if it is not the asker's
 *                                     ARP_FLOOD                           flooded
 *                                     anything else                       answered with the interface's own MAC address
 *
 *   in a frame from a tunnel: answered only for a workload here whose MAC address is stitched; for the gateway, dropped, for each
 *   host has its own; otherwise bridged like any frame.
 *
 *   from the fabric itself: the host's, and replies are shown to the agent too, which resolves next hops.
 */
#include "walk.h"

/* The ARP packet, if it is one about IPv4 on Ethernet; NULL: it was dropped. */
static uint8_t *arp_of(struct vr_walk *walk)
{
    struct vr_packet *packet = walk->packet;
    uint8_t *arp = packet->data + VR_ETHERNET_BYTES;

    if (packet->linear < VR_ETHERNET_BYTES + VR_ARP_BYTES) {
        vr_drop(walk, VR_DROP_TRUNCATED);
        return NULL;
    }
    if (vr_read16(arp) != 1 || vr_read16(arp + 2) != VR_TYPE_IPV4 || arp[4] != VR_MAC_BYTES || arp[5] != 4 ||
        (vr_read16(arp + VR_ARP_OPERATION) != VR_ARP_REQUEST && vr_read16(arp + VR_ARP_OPERATION) != VR_ARP_REPLY) ||
        vr_mac_is_multicast(arp + VR_ARP_SENDER_MAC)) {
        vr_drop(walk, VR_DROP_INVALID_ARP);
        return NULL;
    }
    return arp;
}

static const struct vr_route_entry *route_to(const struct vr_walk *walk, const uint8_t *address)
{
    uint32_t key[VR_TRIE_WORDS] = {vr_read32(address)};

    return vr_route_lookup(walk->router, walk->vrf, VR_FAMILY_IPV4, key);
}

static bool is_gateway(const struct vr_walk *walk, const struct vr_route_entry *route)
{
    const struct vr_next_hop_entry *next_hop = vr_next_hop_find(walk->router, route->next_hop);

    return next_hop && next_hop->next_hop.type == VR_NEXT_HOP_RECEIVE;
}

/* Turns the request into its answer, in place. */
static void answer(struct vr_walk *walk, uint8_t *arp, const uint8_t *mac)
{
    uint8_t *frame = walk->packet->data, asked[4];

    vr_walk_step(walk, VR_TRACE_ARP_ANSWERED, vr_read32(arp + VR_ARP_TARGET_IP), vr_mac_high(mac), vr_mac_low(mac));
    vr_walk_count(walk, walk->vrf, arp_answers);
    __builtin_memcpy(asked, arp + VR_ARP_TARGET_IP, 4);
    vr_write16(arp + VR_ARP_OPERATION, VR_ARP_REPLY);
    __builtin_memmove(arp + VR_ARP_TARGET_MAC, arp + VR_ARP_SENDER_MAC, VR_MAC_BYTES + 4);
    __builtin_memcpy(arp + VR_ARP_SENDER_MAC, mac, VR_MAC_BYTES);
    __builtin_memcpy(arp + VR_ARP_SENDER_IP, asked, 4);
    __builtin_memcpy(frame, arp + VR_ARP_TARGET_MAC, VR_MAC_BYTES);
    __builtin_memcpy(frame + VR_ETHERNET_SOURCE, mac, VR_MAC_BYTES);
}

static void flood(struct vr_walk *walk)
{
    if (walk->in->interface.flags & VR_INTERFACE_SERVICE) {
        vr_drop(walk, VR_DROP_DISCARD);
        return;
    }
    vr_walk_count(walk, walk->vrf, arp_floods);
    vr_bridge(walk);
}

static void request(struct vr_walk *walk, uint8_t *arp)
{
    const struct vr_interface *in = &walk->in->interface;
    const struct vr_route_entry *route = route_to(walk, arp + VR_ARP_TARGET_IP);
    const uint8_t *mac = in->mac.bytes;

    if (vr_read32(arp + VR_ARP_SENDER_IP) == vr_read32(arp + VR_ARP_TARGET_IP)) {
        if (in->flags & VR_INTERFACE_MAC_PROXY) {
            vr_drop(walk, VR_DROP_DISCARD);
            return;
        }
        if (route && (route->flags & VR_ROUTE_ARP_TRAP))
            vr_trap_copy(walk, VR_TRAP_ARP, NULL);
        flood(walk);
        return;
    }
    if (!(in->flags & VR_INTERFACE_MAC_PROXY)) {
        if (!route || !(route->flags & VR_ROUTE_ARP_PROXY)) {
            flood(walk);
            return;
        }
        if ((in->flags & VR_INTERFACE_NO_ARP_PROXY) && !is_gateway(walk, route)) {
            vr_drop(walk, VR_DROP_DISCARD);
            return;
        }
        if (route->has_stitched_mac) {
            mac = route->stitched_mac.bytes;
        } else if (route->flags & VR_ROUTE_ARP_FLOOD) {
            flood(walk);
            return;
        }
    }
    if (vr_mac_equal(mac, arp + VR_ARP_SENDER_MAC)) {
        /* A workload that makes sure that nobody else has its address must hear nothing. */
        vr_drop(walk, VR_DROP_INVALID_ARP);
        return;
    }
    answer(walk, arp, mac);
    vr_transmit(walk, walk->in);
}

void vr_arp_from_workload(struct vr_walk *walk)
{
    uint8_t *arp = arp_of(walk);
    const uint8_t *destination = walk->packet->data;

    if (!arp)
        return;
    if (vr_read16(arp + VR_ARP_OPERATION) == VR_ARP_REQUEST) {
        request(walk, arp);
        return;
    }
    /* Answers to what the agent asked on the gateway's behalf; broadcast ones interest everybody. */
    if (vr_mac_equal(destination, vr_gateway_mac.bytes) || vr_mac_equal(destination, walk->in->interface.mac.bytes)) {
        vr_trap(walk, VR_TRAP_ARP, NULL);
        return;
    }
    if (walk->multicast) {
        vr_trap_copy(walk, VR_TRAP_ARP, NULL);
        flood(walk);
        return;
    }
    vr_bridge(walk);
}

void vr_arp_from_fabric(struct vr_walk *walk)
{
    const uint8_t *arp = arp_of(walk);

    if (!arp)
        return;
    if (vr_read16(arp + VR_ARP_OPERATION) == VR_ARP_REPLY)
        vr_trap_copy(walk, VR_TRAP_ARP, NULL);
    vr_cross_connect(walk);
}

bool vr_arp_from_tunnel(struct vr_walk *walk)
{
    const struct vr_next_hop_entry *next_hop;
    const struct vr_route_entry *route;
    uint8_t *arp = arp_of(walk);

    if (!arp)
        return true;
    if (vr_read16(arp + VR_ARP_OPERATION) != VR_ARP_REQUEST || vr_read32(arp + VR_ARP_SENDER_IP) == vr_read32(arp + VR_ARP_TARGET_IP))
        return false;
    route = route_to(walk, arp + VR_ARP_TARGET_IP);
    if (!route || !(route->flags & VR_ROUTE_ARP_PROXY))
        return false;
    if (is_gateway(walk, route)) {
        vr_drop(walk, VR_DROP_DISCARD);
        return true;
    }
    next_hop = vr_next_hop_find(walk->router, route->next_hop);
    if (!route->has_stitched_mac || !next_hop || next_hop->next_hop.type != VR_NEXT_HOP_ENCAPSULATE)
        return false;
    answer(walk, arp, route->stitched_mac.bytes);
    /* Back through the network: the asker's MAC address has a bridge entry. */
    walk->multicast = false;
    vr_bridge(walk);
    return true;
}
