/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Composites: which member takes a packet (ECMP), and which take copies (multicast). The table of who gets what is in next_hop.h.
 */
#include "walk.h"

/* ---- One of several ------------------------------------------------------------------------------------------------------- */

static bool usable(const struct vr_next_hop_entry *composite, uint32_t position)
{
    return position < composite->next_hop.member_count && composite->members[position].next_hop != VR_NONE;
}

uint32_t vr_ecmp_choose(struct vr_walk *walk, const struct vr_next_hop_entry *composite)
{
    uint32_t count = composite->next_hop.member_count, position, skip;
    uint64_t hash;

    if (composite->usable_members == 0)
        return VR_NONE;
    if (walk->flow) {
        position = vr_peek(&walk->flow->ecmp_member);
        if (usable(composite, position))
            return position;
    }
    hash = vr_walk_hash(walk, composite->next_hop.hash_fields);
    position = vr_hash_pick(hash, count);
    if (!usable(composite, position)) {
        /* The position is empty: its share is spread over the others by further bits of the hash. */
        skip = (uint32_t)hash % composite->usable_members;
        for (position = 0; position < count; position++) {
            if (usable(composite, position) && skip-- == 0)
                break;
        }
    }
    if (walk->flow)
        vr_poke(&walk->flow->ecmp_member, (uint16_t)position);
    return position;
}

/* ---- Copies for many ------------------------------------------------------------------------------------------------------ */

enum source { FROM_WORKLOAD, FROM_FABRIC, FROM_EVPN, FROM_SWITCH, FROM_STRANGER };

/* Whether a child composite has a tunnel to the one that the packet came from. */
static bool has_tunnel_to(const struct vr_walk *walk, const struct vr_next_hop_entry *child, vr_be32 address)
{
    for (uint32_t at = 0; at < child->next_hop.member_count; at++) {
        const struct vr_next_hop_entry *member = vr_next_hop_find(walk->router, child->members[at].next_hop);

        if (member && member->next_hop.type == VR_NEXT_HOP_TUNNEL && member->next_hop.destination == address)
            return true;
    }
    return false;
}

static enum source source_of(const struct vr_walk *walk, const struct vr_next_hop_entry *root)
{
    if (!walk->tunnelled)
        return FROM_WORKLOAD;
    for (uint32_t at = 0; at < root->next_hop.member_count; at++) {
        const struct vr_next_hop_entry *child = vr_next_hop_find(walk->router, root->members[at].next_hop);
        uint8_t kind = child ? child->next_hop.composite : 0;

        /* A tree's packets and others look different, and their senders may be neighbours in both ways. */
        if (!child || child->next_hop.type != VR_NEXT_HOP_COMPOSITE || (kind == VR_COMPOSITE_FABRIC) != walk->tree ||
            !has_tunnel_to(walk, child, walk->outer_source))
            continue;
        if (kind == VR_COMPOSITE_FABRIC)
            return FROM_FABRIC;
        if (kind == VR_COMPOSITE_EVPN)
            return FROM_EVPN;
        if (kind == VR_COMPOSITE_SWITCH)
            return FROM_SWITCH;
    }
    if (root->next_hop.flags & VR_NEXT_HOP_VALIDATE_SOURCE)
        return FROM_STRANGER;
    return walk->tree ? FROM_FABRIC : FROM_EVPN;
}

/* The table of next_hop.h. */
static bool takes_copy(enum source source, uint8_t kind)
{
    switch (kind) {
    case VR_COMPOSITE_LOCAL:
        return true;
    case VR_COMPOSITE_FABRIC:
        return source != FROM_EVPN;
    case VR_COMPOSITE_EVPN:
    case VR_COMPOSITE_SWITCH:
        return source == FROM_WORKLOAD || source == FROM_SWITCH;
    default:
        return false;
    }
}

/* Whether a copy would go back to where the packet came from. */
static bool goes_back(const struct vr_walk *walk, const struct vr_next_hop *member)
{
    if (member->type == VR_NEXT_HOP_ENCAPSULATE)
        return !walk->tunnelled && member->interface == walk->interface;
    return walk->tunnelled && member->destination == walk->outer_source;
}

/* In the replication tree, the network's VXLAN header and a control word go between label and frame. */
static bool push_tree_headers(struct vr_walk *walk, uint32_t network)
{
    uint8_t *at;

    if (!vr_packet_make_room(walk->packet, VR_TREE_BYTES)) {
        vr_drop(walk, VR_DROP_PUSH);
        return false;
    }
    vr_packet_push(walk->packet, VR_TREE_BYTES);
    at = walk->packet->data;
    vr_write32(at, 0);
    vr_write32(at + VR_CONTROL_WORD_BYTES, (uint32_t)VR_VXLAN_IDENTIFIER_VALID << 24);
    vr_write32(at + VR_CONTROL_WORD_BYTES + VR_VXLAN_IDENTIFIER, network << 8);
    /* To the tunnel it is no frame any more: the control word is here already. */
    walk->framed = false;
    walk->in_tree = true;
    walk->network += VR_TREE_BYTES;
    return true;
}

/* A copy that has been decided on: made one late, so that the last can be the packet itself. */
struct copy {
    const struct vr_next_hop_entry *child;
    uint32_t next_hop;
    uint32_t label;
};

static void send(struct vr_walk *walk, const struct copy *copy)
{
    vr_walk_step(walk, VR_TRACE_REPLICATED, copy->child->next_hop.index, copy->child->next_hop.composite, copy->next_hop);
    if (copy->child->next_hop.composite == VR_COMPOSITE_FABRIC) {
        uint32_t network = walk->label;

        if (network >= VR_VXLAN_NETWORKS) {
            vr_drop(walk, VR_DROP_INVALID_VXLAN_NETWORK);
            return;
        }
        walk->label = copy->label;
        if (push_tree_headers(walk, network))
            vr_next_hop(walk, copy->next_hop);
        return;
    }
    if (copy->label != VR_NONE)
        walk->label = copy->label;
    vr_next_hop(walk, copy->next_hop);
}

static void send_clone(const struct vr_walk *walk, const struct copy *copy)
{
    struct vr_walk clone = *walk;
    struct vr_packet packet;

    if (!vr_port_packet_clone(walk->packet, &packet, VR_PACKET_HEADROOM)) {
        vr_drop_counted(&clone, VR_DROP_MULTICAST_CLONE_FAILED);
        return;
    }
    clone.packet = &packet;
    send(&clone, copy);
}

void vr_replicate(struct vr_walk *walk, const struct vr_next_hop_entry *root)
{
    enum source source;
    struct copy pending = {NULL, VR_NONE, VR_NONE};

    if (root->next_hop.composite != VR_COMPOSITE_MULTICAST || !walk->framed) {
        vr_drop(walk, VR_DROP_INVALID_NEXT_HOP);
        return;
    }
    source = source_of(walk, root);
    if (source == FROM_STRANGER) {
        vr_drop(walk, VR_DROP_INVALID_MULTICAST_SOURCE);
        return;
    }
    for (uint32_t at = 0; at < root->next_hop.member_count; at++) {
        const struct vr_next_hop_entry *child = vr_next_hop_find(walk->router, root->members[at].next_hop);

        if (!child || child->next_hop.type != VR_NEXT_HOP_COMPOSITE || !takes_copy(source, child->next_hop.composite))
            continue;
        for (uint32_t position = 0; position < child->next_hop.member_count; position++) {
            const struct vr_member *taker = &child->members[position];
            const struct vr_next_hop_entry *member = vr_next_hop_find(walk->router, taker->next_hop);
            uint8_t wanted = child->next_hop.composite == VR_COMPOSITE_LOCAL ? VR_NEXT_HOP_ENCAPSULATE : VR_NEXT_HOP_TUNNEL;

            /* Only the last step may be behind a replication, so that one packet cannot become more than the members are. */
            if (!member || member->next_hop.type != wanted || goes_back(walk, &member->next_hop))
                continue;
            if (pending.child)
                send_clone(walk, &pending);
            pending = (struct copy){child, taker->next_hop, taker->label};
        }
    }
    if (pending.child)
        send(walk, &pending);
    else
        vr_drop(walk, VR_DROP_NOWHERE_TO_GO);
}
