/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The ends of a packet's way, and what every step needs: see walk.h. */
#include "walk.h"

/* ---- Dropping ------------------------------------------------------------------------------------------------------------- */

static void remember(struct vr_walk *walk, enum vr_drop_reason reason)
{
    struct vr_core *core = walk->core;
    uint32_t place = (uint32_t)(core->drop_count % VR_DROP_RECORDS);
    struct vr_drop_record record = {
        .time_ms = core->now_ms,
        .reason = reason,
        .interface = walk->interface,
        .vrf = walk->vrf,
        .next_hop = walk->next_hop,
    };

    if (walk->packet->data) {
        record.length = walk->packet->length;
        record.captured = walk->packet->linear < sizeof(record.bytes) ? walk->packet->linear : (uint32_t)sizeof(record.bytes);
        __builtin_memcpy(record.bytes, walk->packet->data, record.captured);
    }
    vr_sequence_write(&core->drop_sequences[place], core->drop_records[place], &record, sizeof(record) / sizeof(uint64_t));
    vr_publish(&core->drop_count, core->drop_count + 1);
}

void vr_drop_counted(struct vr_walk *walk, enum vr_drop_reason reason)
{
    vr_count(&walk->core->drops[reason], 1);
    if (walk->in) {
        struct vr_interface_counters *counters = vr_walk_interface_counters(walk, walk->in);

        vr_count(&counters->dropped_packets, 1);
        vr_count(&counters->drops[reason], 1);
    }
    remember(walk, reason);
    vr_walk_step(walk, VR_TRACE_DROPPED, reason, 0, 0);
}

void vr_drop(struct vr_walk *walk, enum vr_drop_reason reason)
{
    vr_drop_counted(walk, reason);
    vr_port_packet_free(walk->packet);
}

/* ---- Headers -------------------------------------------------------------------------------------------------------------- */

bool vr_walk_parse_ip(struct vr_walk *walk)
{
    struct vr_packet *packet = walk->packet;
    struct vr_cursor cursor = {packet->data + walk->network, packet->linear - walk->network};
    enum vr_drop_reason reason = vr_parse_ip(cursor, packet->length - walk->network, &walk->ip);

    if (vr_likely(reason == VR_DROP_NONE))
        return true;
    vr_drop(walk, reason);
    return false;
}

bool vr_walk_parse_frame(struct vr_walk *walk)
{
    struct vr_packet *packet = walk->packet;

    if (!vr_packet_gather(packet, VR_GATHER_BYTES)) {
        vr_drop(walk, VR_DROP_NO_MEMORY);
        return false;
    }
    if (packet->linear < VR_ETHERNET_BYTES) {
        vr_drop(walk, VR_DROP_TRUNCATED);
        return false;
    }
    walk->framed = true;
    walk->stripped = 0;
    walk->network = VR_ETHERNET_BYTES;
    walk->type = vr_read16(packet->data + VR_ETHERNET_TYPE);
    walk->multicast = vr_mac_is_multicast(packet->data);
    walk->ip.family = 0;
    if (walk->type != VR_TYPE_IPV4 && walk->type != VR_TYPE_IPV6)
        return true;
    if (!vr_walk_parse_ip(walk))
        return false;
    if ((walk->type == VR_TYPE_IPV4) == (walk->ip.family == VR_FAMILY_IPV4))
        return true;
    vr_drop(walk, VR_DROP_INVALID_PACKET);
    return false;
}

bool vr_walk_frame(struct vr_walk *walk)
{
    struct vr_packet *packet = walk->packet;

    if (walk->framed)
        return true;
    if (walk->in_tree) {
        vr_packet_pull(packet, VR_TREE_BYTES);
        walk->network -= VR_TREE_BYTES;
        walk->in_tree = false;
        walk->framed = true;
        return true;
    }
    if (walk->stripped) {
        vr_packet_push(packet, walk->stripped);
    } else {
        if (!vr_packet_make_room(packet, VR_ETHERNET_BYTES)) {
            vr_drop(walk, VR_DROP_PUSH);
            return false;
        }
        vr_packet_push(packet, VR_ETHERNET_BYTES);
        __builtin_memcpy(packet->data, walk->in->interface.mac.bytes, VR_MAC_BYTES);
        __builtin_memcpy(packet->data + VR_ETHERNET_SOURCE, vr_gateway_mac.bytes, VR_MAC_BYTES);
        vr_write16(packet->data + VR_ETHERNET_TYPE, walk->ip.family == VR_FAMILY_IPV6 ? VR_TYPE_IPV6 : VR_TYPE_IPV4);
    }
    walk->network += VR_ETHERNET_BYTES;
    walk->stripped = 0;
    walk->framed = true;
    return true;
}

/* ---- Leaving -------------------------------------------------------------------------------------------------------------- */

/* Puts the tag of a sub-interface in front of the frame's type. false: there is no room. */
static bool push_vlan(struct vr_packet *packet, uint16_t vlan)
{
    if (!vr_packet_make_room(packet, VR_VLAN_BYTES))
        return false;
    vr_packet_push(packet, VR_VLAN_BYTES);
    __builtin_memmove(packet->data, packet->data + VR_VLAN_BYTES, 2 * VR_MAC_BYTES);
    vr_write16(packet->data + VR_ETHERNET_TYPE, VR_TYPE_VLAN);
    vr_write16(packet->data + VR_ETHERNET_TYPE + 2, vlan);
    return true;
}

void vr_transmit(struct vr_walk *walk, const struct vr_interface_entry *out)
{
    struct vr_interface_counters *counters = vr_walk_interface_counters(walk, out);
    struct vr_packet *packet = walk->packet;
    uint32_t bytes;

    if (vr_unlikely(out->interface.vlan != 0) && !push_vlan(packet, out->interface.vlan)) {
        vr_drop(walk, VR_DROP_PUSH);
        return;
    }
    bytes = packet->length;
    if (vr_unlikely(vr_port_transmit(out->interface.device, packet) < 0)) {
        /* The packet is gone, and its view with it. */
        packet->data = NULL;
        vr_count(&counters->transmit_errors, 1);
        vr_drop_counted(walk, VR_DROP_TRANSMIT_REFUSED);
        return;
    }
    vr_count(&counters->transmitted_packets, 1);
    vr_count(&counters->transmitted_bytes, bytes);
    vr_walk_step(walk, VR_TRACE_TRANSMITTED, out->interface.index, bytes, 0);
}

void vr_cross_connect(struct vr_walk *walk)
{
    const struct vr_interface *in = &walk->in->interface;
    const struct vr_interface_entry *last = NULL;

    for (uint32_t at = 0; at < in->cross_connect_count; at++) {
        const struct vr_interface_entry *out = vr_interface_find(walk->router, in->cross_connects[at]);

        if (!out || out == walk->in)
            continue;
        if (last) {
            struct vr_walk copy = *walk;
            struct vr_packet packet;

            copy.packet = &packet;
            if (vr_port_packet_clone(walk->packet, &packet, VR_VLAN_BYTES)) {
                vr_walk_step(walk, VR_TRACE_CROSS_CONNECTED, last->interface.index, 0, 0);
                vr_transmit(&copy, last);
            } else {
                vr_drop_counted(walk, VR_DROP_CLONE_FAILED);
            }
        }
        last = out;
    }
    if (!last) {
        vr_drop(walk, VR_DROP_NOWHERE_TO_GO);
        return;
    }
    vr_walk_step(walk, VR_TRACE_CROSS_CONNECTED, last->interface.index, 0, 0);
    vr_transmit(walk, last);
}

/* ---- Hashing -------------------------------------------------------------------------------------------------------------- */

uint64_t vr_walk_hash(const struct vr_walk *walk, uint8_t fields)
{
    const struct vr_ip *ip = &walk->ip;
    uint64_t hash = walk->router->seed;

    if (ip->family == 0) {
        if (walk->network >= VR_ETHERNET_BYTES) {
            /* The frame's header, which may have others in front. */
            const uint8_t *frame = walk->packet->data + walk->network - VR_ETHERNET_BYTES;

            hash = vr_hash_add(hash, ((uint64_t)vr_read32(frame) << 32) | vr_read32(frame + 4));
            hash = vr_hash_add(hash, ((uint64_t)vr_read32(frame + 8) << 32) | vr_read16(frame + 12));
        }
        return vr_hash_end(vr_hash_add(hash, walk->vrf));
    }
    /* All fragments of a datagram shall go one way, and later ones have no ports. */
    if (ip->fragment != VR_FRAGMENT_NONE && !walk->flow)
        fields &= (uint8_t) ~(VR_HASH_SOURCE_PORT | VR_HASH_DESTINATION_PORT);
    for (unsigned int word = 0; word < (ip->family == VR_FAMILY_IPV6 ? 4 : 1); word++) {
        uint32_t source = fields & VR_HASH_SOURCE_ADDRESS ? ip->source[word] : 0;
        uint32_t destination = fields & VR_HASH_DESTINATION_ADDRESS ? ip->destination[word] : 0;

        hash = vr_hash_add(hash, ((uint64_t)source << 32) | destination);
    }
    hash = vr_hash_add(hash, ((uint64_t)(fields & VR_HASH_SOURCE_PORT ? ip->source_port : 0) << 32) |
                                 ((uint64_t)(fields & VR_HASH_DESTINATION_PORT ? ip->destination_port : 0) << 16) |
                                 (fields & VR_HASH_PROTOCOL ? ip->protocol : 0u));
    return vr_hash_end(hash);
}

const struct vr_mac vr_gateway_mac = {{0x00, 0x00, 0x5e, 0x00, 0x01, 0x00}};
const struct vr_mac vr_broadcast_mac = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
