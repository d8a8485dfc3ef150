/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Putting packets into tunnels. A tunnel's next hop has its outer headers ready (next_hop.c); what is different from packet to packet is
 * lengths, the source port, the label.
 *
 *   MPLS over UDP   Ethernet  IPv4  UDP 6635      label  [control word]  packet or frame       RFC 7510
 *   MPLS over GRE   Ethernet  IPv4  GRE 0x8847    label  [control word]  packet or frame       RFC 4023
 *   VXLAN           Ethernet  IPv4  UDP 4789      VXLAN                  frame                 RFC 7348
 *
 * The outer UDP checksum is 0, as all three RFCs allow, so that devices can compute the inner one. The outer packet may be
 * fragmented by nobody but is not marked so: what is too large is cut before it is wrapped, or its sender is told.
 */
#include "checksum.h"
#include "walk.h"

/* Inner headers that go between outer headers and packet. */
static uint32_t inner_header_bytes(const struct vr_walk *walk, const struct vr_next_hop *tunnel)
{
    if (tunnel->tunnel == VR_TUNNEL_VXLAN)
        return VR_VXLAN_BYTES;
    if (walk->framed && (walk->control_word || (tunnel->flags & VR_NEXT_HOP_CONTROL_WORD)))
        return VR_MPLS_BYTES + VR_CONTROL_WORD_BYTES;
    return VR_MPLS_BYTES;
}

/* One port for all packets of a flow, so that the underlay keeps them in order and spreads flows. */
static uint16_t source_port(struct vr_walk *walk)
{
    uint16_t port;

    if (walk->flow) {
        vr_be16 kept = vr_peek(&walk->flow->underlay_source_port);

        if (vr_likely(kept != 0))
            return vr_from_be16(kept);
    }
    port = (uint16_t)(VR_TUNNEL_PORT_BASE + ((vr_walk_hash(walk, VR_HASH_FIELDS) >> 32) & VR_TUNNEL_PORT_MASK));
    if (walk->flow)
        vr_poke(&walk->flow->underlay_source_port, vr_to_be16(port));
    return port;
}

/* A routed packet in VXLAN travels behind an Ethernet header to the other end's router. */
static bool frame_for_router(struct vr_walk *walk, const struct vr_next_hop *tunnel)
{
    uint8_t *header;

    /* A replication tree's packets are no router's, and VXLAN does not carry them. */
    if (!(tunnel->flags & VR_NEXT_HOP_VXLAN_ROUTING) || walk->in_tree) {
        vr_drop(walk, VR_DROP_INVALID_NEXT_HOP);
        return false;
    }
    if (!vr_packet_make_room(walk->packet, VR_ETHERNET_BYTES)) {
        vr_drop(walk, VR_DROP_PUSH);
        return false;
    }
    vr_packet_push(walk->packet, VR_ETHERNET_BYTES);
    header = walk->packet->data;
    __builtin_memcpy(header, tunnel->rewrite_mac.bytes, VR_MAC_BYTES);
    __builtin_memcpy(header + VR_ETHERNET_SOURCE, tunnel->encapsulation + VR_ETHERNET_SOURCE, VR_MAC_BYTES);
    vr_write16(header + VR_ETHERNET_TYPE, walk->ip.family == VR_FAMILY_IPV6 ? VR_TYPE_IPV6 : VR_TYPE_IPV4);
    walk->network += VR_ETHERNET_BYTES;
    walk->framed = true;
    walk->stripped = 0;
    return true;
}

/* Writes outer and inner headers in front of the packet, and sends it. */
static void wrap(struct vr_walk *walk, const struct vr_next_hop_entry *entry, const struct vr_interface_entry *out, uint16_t port)
{
    const struct vr_next_hop *tunnel = &entry->next_hop;
    struct vr_packet *packet = walk->packet;
    uint32_t inner = inner_header_bytes(walk, tunnel), length = packet->length, sum;
    /* Diagnosis tools match what they sent with what they see in the underlay by this field. */
    uint32_t identification = walk->ip.family == VR_FAMILY_IPV4 ? walk->ip.identification : 0;
    uint8_t *at, *ip;

    if (vr_unlikely(!vr_packet_make_room(packet, entry->outer_bytes + inner))) {
        vr_drop(walk, VR_DROP_PUSH);
        return;
    }
    vr_packet_push(packet, entry->outer_bytes + inner);
    at = packet->data;
    /* The usual length by itself, for the compiler to make moves of it. */
    if (vr_likely(entry->outer_bytes == VR_ETHERNET_BYTES + VR_IPV4_BYTES + VR_UDP_BYTES))
        __builtin_memcpy(at, entry->outer, VR_ETHERNET_BYTES + VR_IPV4_BYTES + VR_UDP_BYTES);
    else
        __builtin_memcpy(at, entry->outer, entry->outer_bytes);
    ip = at + entry->outer_bytes - entry->outer_network_bytes;
    length += inner + entry->outer_network_bytes;
    vr_write16(ip + VR_IPV4_LENGTH, length);
    vr_write16(ip + VR_IPV4_IDENTIFICATION, identification);
    /* The inner class of service; congestion marks stay inside (RFC 6040, compatibility mode). */
    ip[VR_IPV4_TOS] = walk->ip.family ? walk->ip.traffic_class & 0xfc : 0;
    sum = vr_checksum_fold(entry->outer_sum + length + identification + ip[VR_IPV4_TOS]);
    vr_write16(ip + VR_IPV4_CHECKSUM, ~sum);
    if (tunnel->tunnel != VR_TUNNEL_MPLS_OVER_GRE) {
        vr_write16(ip + VR_IPV4_BYTES, port);
        vr_write16(ip + VR_IPV4_BYTES + VR_UDP_LENGTH, length - VR_IPV4_BYTES);
    }
    at += entry->outer_bytes;
    if (tunnel->tunnel == VR_TUNNEL_VXLAN) {
        vr_write32(at, (uint32_t)VR_VXLAN_IDENTIFIER_VALID << 24);
        vr_write32(at + VR_VXLAN_IDENTIFIER, walk->label << 8);
    } else {
        /* Only what is routed counts the label's way as its own. */
        uint32_t ttl = walk->ip.family && !walk->framed && !walk->in_tree ? walk->ip.ttl : VR_TUNNEL_TTL;

        vr_write32(at, walk->label << VR_MPLS_LABEL_SHIFT | VR_MPLS_BOTTOM | ttl);
        if (inner > VR_MPLS_BYTES)
            vr_write32(at + VR_MPLS_BYTES, 0);
    }
    vr_walk_step(walk, VR_TRACE_ENCAPSULATED, tunnel->tunnel, walk->label, vr_from_be32(tunnel->destination));
    vr_transmit(walk, out);
}

/*
 * Cuts an IPv4 packet, framed or not, into fragments whose IP packets are no larger than `limit`, and wraps each. Options are repeated in every
 * fragment; no host sends them.
 */
static void wrap_fragments(struct vr_walk *walk, const struct vr_next_hop_entry *entry, const struct vr_interface_entry *out,
                           uint32_t limit, uint16_t port)
{
    uint32_t header_bytes = walk->ip.header_bytes, front = walk->network + header_bytes;
    uint32_t payload = walk->ip.total_bytes - header_bytes, step, count = 0, offset_word;
    uint8_t headers[VR_ETHERNET_BYTES + VR_CONTROL_WORD_BYTES + VR_VXLAN_BYTES + 60];

    if (limit < header_bytes + 8 || front > sizeof(headers) || front > walk->packet->linear) {
        vr_drop(walk, VR_DROP_FRAGMENT_FAILED);
        return;
    }
    step = (limit - header_bytes) & ~7u;
    __builtin_memcpy(headers, walk->packet->data, front);
    offset_word = vr_read16(headers + walk->network + VR_IPV4_FRAGMENT);
    /* The last would begin beyond what its header can say. */
    if (payload && (offset_word & VR_IPV4_FRAGMENT_OFFSET) + (payload - 1) / step * step / 8 > VR_IPV4_FRAGMENT_OFFSET) {
        vr_drop(walk, VR_DROP_FRAGMENT_FAILED);
        return;
    }
    /* Once even if all of it is header, and only its frame's padding too large. */
    for (uint32_t offset = 0; offset == 0 || offset < payload; offset += step) {
        uint32_t bytes = payload - offset < step ? payload - offset : step;
        bool last = offset + bytes == payload;
        struct vr_walk part = *walk;
        struct vr_packet packet;
        uint8_t *ip;

        part.packet = &packet;
        if (!vr_port_packet_clone(walk->packet, &packet, VR_PACKET_HEADROOM)) {
            vr_drop(walk, VR_DROP_FRAGMENT_FAILED);
            return;
        }
        if (!vr_packet_gather(&packet, front + offset)) {
            vr_drop(&part, VR_DROP_FRAGMENT_FAILED);
            continue;
        }
        /* The headers move to where this part of the payload begins. */
        vr_packet_pull(&packet, offset);
        vr_packet_trim(&packet, front + bytes);
        __builtin_memcpy(packet.data, headers, front);
        ip = packet.data + walk->network;
        vr_write16(ip + VR_IPV4_LENGTH, header_bytes + bytes);
        vr_write16(ip + VR_IPV4_FRAGMENT, (offset_word + offset / 8) | (last ? 0 : VR_IPV4_MORE_FRAGMENTS));
        vr_write16(ip + VR_IPV4_CHECKSUM, 0);
        vr_write16(ip + VR_IPV4_CHECKSUM, ~vr_checksum_sum(ip, header_bytes));
        count++;
        wrap(&part, entry, out, port);
    }
    vr_walk_step(walk, VR_TRACE_FRAGMENTED, count, limit, 0);
    vr_port_packet_free(walk->packet);
}

/* What of the packet counts against an MTU: the largest segment, if a device is going to cut it. */
static uint32_t length_on_wire(const struct vr_packet *packet, const struct vr_walk *walk)
{
    uint32_t segment = packet->segment_size + walk->network + walk->ip.header_bytes + 20;

    return packet->segment_size && segment < packet->length ? segment : packet->length;
}

static void too_large(struct vr_walk *walk, const struct vr_next_hop_entry *entry, const struct vr_interface_entry *out, uint32_t room,
                      uint16_t port)
{
    uint32_t limit = room > walk->network ? room - walk->network : 0;

    if (walk->ip.family == VR_FAMILY_IPV4 && !walk->ip.dont_fragment && !walk->packet->segment_size) {
        wrap_fragments(walk, entry, out, limit, port);
    } else if (walk->ip.family) {
        uint32_t parameters[6] = {limit, walk->flow ? walk->flow->index : VR_NONE};

        vr_trap(walk, VR_TRAP_TOO_LARGE, parameters);
    } else {
        vr_drop(walk, VR_DROP_FRAGMENT_FAILED);
    }
}

void vr_encapsulate(struct vr_walk *walk, const struct vr_next_hop_entry *entry)
{
    const struct vr_next_hop *tunnel = &entry->next_hop;
    const struct vr_interface_entry *out = vr_interface_find(walk->router, tunnel->interface);
    uint32_t overhead, labels = tunnel->tunnel == VR_TUNNEL_VXLAN ? VR_VXLAN_NETWORKS : VR_MPLS_LABELS;
    uint32_t mtu, length;
    uint16_t port;

    if (vr_unlikely(!out)) {
        vr_drop(walk, VR_DROP_INVALID_INTERFACE);
        return;
    }
    if (vr_unlikely(walk->label >= labels)) {
        vr_drop(walk, VR_DROP_INVALID_NEXT_HOP);
        return;
    }
    if (tunnel->tunnel == VR_TUNNEL_VXLAN && !walk->framed && !frame_for_router(walk, tunnel))
        return;
    if (tunnel->tunnel == VR_TUNNEL_VXLAN)
        vr_walk_count(walk, tunnel->vrf, vxlan_tunnels);
    else if (tunnel->tunnel == VR_TUNNEL_MPLS_OVER_UDP)
        vr_walk_count(walk, tunnel->vrf, udp_tunnels);
    else
        vr_walk_count(walk, tunnel->vrf, gre_tunnels);
    port = tunnel->tunnel == VR_TUNNEL_MPLS_OVER_GRE ? 0 : source_port(walk);
    overhead = entry->outer_network_bytes + inner_header_bytes(walk, tunnel);
    mtu = out->interface.mtu ? out->interface.mtu : 0xffff;
    length = length_on_wire(walk->packet, walk) + overhead;
    if (vr_unlikely(length > mtu))
        too_large(walk, entry, out, mtu - overhead, port);
    else
        wrap(walk, entry, out, port);
}
