/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the fabric brings: tunnels' packets, which are unwrapped, and the host's, which are handed to it.
 *
 * A packet is a tunnel's if it is IPv4, whole, addressed to this host (its route in the interface's VRF is a receive next hop), and UDP to
 * a tunnel's port or GRE with MPLS and nothing else in its header. Everything else is the host's, fragments of tunnels' packets
 * included: the host puts them together.
 */
#include "checksum.h"
#include "walk.h"

/* Drops a tunnel's packet; false for the convenience of those who return it. */
static bool refuse(struct vr_walk *walk, enum vr_drop_reason reason)
{
    vr_drop(walk, reason);
    return false;
}

/* Takes headers off that were found to be there. */
static void take_off(struct vr_walk *walk, uint32_t bytes)
{
    vr_packet_pull(walk->packet, bytes);
}

/* Reads what is left once the tunnel is gone. false: it was dropped. */
static bool parse_inner(struct vr_walk *walk, bool framed)
{
    if (framed)
        return vr_walk_parse_frame(walk);
    if (!vr_packet_gather(walk->packet, VR_GATHER_BYTES))
        return refuse(walk, VR_DROP_NO_MEMORY);
    walk->framed = false;
    walk->stripped = 0;
    walk->network = 0;
    walk->multicast = false;
    if (!vr_walk_parse_ip(walk))
        return false;
    walk->type = walk->ip.family == VR_FAMILY_IPV6 ? VR_TYPE_IPV6 : VR_TYPE_IPV4;
    vr_packet_trim(walk->packet, walk->ip.total_bytes);
    return true;
}

/* Behind a replication tree's label: a control word and a VXLAN header, which says the network that copies for the tree carry. */
static bool take_tree_headers(struct vr_walk *walk)
{
    const uint8_t *at = walk->packet->data;

    if (walk->packet->linear < VR_TREE_BYTES)
        return refuse(walk, VR_DROP_TRUNCATED);
    if (vr_read32(at) != 0)
        return refuse(walk, VR_DROP_INVALID_PACKET);
    if (!(at[VR_CONTROL_WORD_BYTES] & VR_VXLAN_IDENTIFIER_VALID))
        return refuse(walk, VR_DROP_INVALID_VXLAN_NETWORK);
    walk->label = vr_read32(at + VR_CONTROL_WORD_BYTES + VR_VXLAN_IDENTIFIER) >> 8;
    walk->tree = true;
    take_off(walk, VR_TREE_BYTES);
    return true;
}

static bool take_control_word(struct vr_walk *walk)
{
    if (walk->packet->linear < VR_CONTROL_WORD_BYTES)
        return refuse(walk, VR_DROP_TRUNCATED);
    /* Its upper half byte tells it from an IP packet (RFC 4385). */
    if (walk->packet->data[0] >> 4 != 0)
        return refuse(walk, VR_DROP_INVALID_PACKET);
    take_off(walk, VR_CONTROL_WORD_BYTES);
    return true;
}

static void take_mpls(struct vr_walk *walk, enum vr_tunnel tunnel)
{
    const struct vr_next_hop_entry *next_hop;
    const struct vr_label_entry *label;
    uint32_t word, number;
    bool framed;

    if (walk->packet->linear < VR_MPLS_BYTES) {
        vr_drop(walk, VR_DROP_TRUNCATED);
        return;
    }
    word = vr_read32(walk->packet->data);
    number = word >> VR_MPLS_LABEL_SHIFT;
    vr_walk_step(walk, VR_TRACE_DECAPSULATED, tunnel, number, vr_from_be32(walk->outer_source));
    label = number < VR_MPLS_FIRST_LABEL || !(word & VR_MPLS_BOTTOM) ? NULL : vr_index_find(&walk->router->labels, number);
    if (!label) {
        vr_drop(walk, VR_DROP_INVALID_LABEL);
        return;
    }
    next_hop = vr_next_hop_find(walk->router, label->label.next_hop);
    if (!next_hop) {
        vr_drop(walk, VR_DROP_INVALID_NEXT_HOP);
        return;
    }
    walk->vrf = next_hop->next_hop.vrf;
    take_off(walk, VR_MPLS_BYTES);
    framed = (label->label.flags & VR_LABEL_TREE) || next_hop->next_hop.family == VR_FAMILY_BRIDGE;
    if ((label->label.flags & VR_LABEL_TREE) && !take_tree_headers(walk))
        return;
    if (!walk->tree && framed && (next_hop->next_hop.flags & VR_NEXT_HOP_CONTROL_WORD) && !take_control_word(walk))
        return;
    if (parse_inner(walk, framed))
        vr_next_hop(walk, label->label.next_hop);
}

static void take_vxlan(struct vr_walk *walk)
{
    const uint8_t *header = walk->packet->data;
    const struct vr_vxlan_entry *network;
    const struct vr_next_hop_entry *next_hop;
    uint32_t identifier;

    if (walk->packet->linear < VR_VXLAN_BYTES) {
        vr_drop(walk, VR_DROP_TRUNCATED);
        return;
    }
    identifier = vr_read32(header + VR_VXLAN_IDENTIFIER) >> 8;
    vr_walk_step(walk, VR_TRACE_DECAPSULATED, VR_TUNNEL_VXLAN, identifier, vr_from_be32(walk->outer_source));
    network = header[0] & VR_VXLAN_IDENTIFIER_VALID ? vr_vxlan_find(walk->router, identifier) : NULL;
    if (!network) {
        vr_drop(walk, VR_DROP_INVALID_VXLAN_NETWORK);
        return;
    }
    next_hop = vr_next_hop_find(walk->router, network->network.next_hop);
    if (next_hop)
        walk->vrf = next_hop->next_hop.vrf;
    take_off(walk, VR_VXLAN_BYTES);
    if (parse_inner(walk, true))
        vr_next_hop(walk, network->network.next_hop);
}

/* Which tunnel's packet it is, and how long its headers are; 0: none's. */
static enum vr_tunnel tunnel_of(const struct vr_walk *walk, uint32_t *bytes)
{
    const uint8_t *header = walk->packet->data + walk->network + walk->ip.header_bytes;

    if (walk->ip.fragment != VR_FRAGMENT_NONE)
        return 0;
    if (walk->ip.protocol == VR_PROTOCOL_UDP) {
        *bytes = VR_UDP_BYTES;
        switch (vr_from_be16(walk->ip.destination_port)) {
        case VR_UDP_MPLS:
        case VR_UDP_MPLS_LEGACY:
            return VR_TUNNEL_MPLS_OVER_UDP;
        case VR_UDP_VXLAN:
            return VR_TUNNEL_VXLAN;
        default:
            return 0;
        }
    }
    if (walk->ip.protocol == VR_PROTOCOL_GRE && walk->ip.total_bytes >= walk->ip.header_bytes + VR_GRE_BYTES &&
        walk->packet->linear >= walk->network + walk->ip.header_bytes + VR_GRE_BYTES && vr_read32(header) == VR_TYPE_MPLS) {
        *bytes = VR_GRE_BYTES;
        return VR_TUNNEL_MPLS_OVER_GRE;
    }
    return 0;
}

static bool is_for_us(const struct vr_walk *walk)
{
    uint32_t key[VR_TRIE_WORDS] = {vr_from_be32(walk->ip.destination[0])};
    const struct vr_route_entry *route = vr_route_lookup(walk->router, walk->vrf, VR_FAMILY_IPV4, key);
    const struct vr_next_hop_entry *next_hop = route ? vr_next_hop_find(walk->router, route->next_hop) : NULL;

    return next_hop && next_hop->next_hop.type == VR_NEXT_HOP_RECEIVE;
}

bool vr_decapsulate(struct vr_walk *walk)
{
    const uint8_t *ip = walk->packet->data + walk->network;
    uint32_t bytes = 0, front;
    enum vr_tunnel tunnel = tunnel_of(walk, &bytes);

    if (tunnel == 0 || !is_for_us(walk))
        return false;
    if (vr_checksum_sum(ip, walk->ip.header_bytes) != 0xffff) {
        vr_drop(walk, VR_DROP_CHECKSUM);
        return true;
    }
    walk->outer_source = walk->ip.source[0];
    walk->tunnelled = true;
    /* What the outer frame has beyond its IP packet is padding. */
    vr_packet_trim(walk->packet, walk->network + walk->ip.total_bytes);
    front = walk->network + walk->ip.header_bytes + bytes;
    if (walk->packet->linear < front) {
        vr_drop(walk, VR_DROP_TRUNCATED);
        return true;
    }
    take_off(walk, front);
    if (tunnel == VR_TUNNEL_VXLAN)
        take_vxlan(walk);
    else
        take_mpls(walk, tunnel);
    return true;
}

void vr_fabric_input(struct vr_walk *walk)
{
    if (!vr_walk_parse_frame(walk))
        return;
    if (walk->type == VR_TYPE_ARP) {
        vr_arp_from_fabric(walk);
        return;
    }
    if (walk->ip.family == VR_FAMILY_IPV4 && !walk->multicast && vr_decapsulate(walk))
        return;
    vr_cross_connect(walk);
}
