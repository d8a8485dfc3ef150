/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Flows: what the agent decided about a conversation, one entry for each direction.
 *
 * The first packet of a flow makes an entry with the action HOLD and waits in it, with up to two that follow; the agent is shown a
 * copy (trap.h: FLOW_MISS), decides, and sets the entry. What waited then goes on as decided. If that copy was lost, a packet that
 * comes a second later is shown again. Entries are never made beyond the limits: packets are dropped instead.
 *
 * An entry is named by its index and its incarnation, a count of the flows that have used the index, so that a late answer does not change the
 * flow that came after.
 *
 * The numbers of actions, flags and reasons are those of the message `flow`.
 */
#ifndef VR_FLOW_H
#define VR_FLOW_H

#include "router.h"
#include "wire.h"

/*
 * What makes packets one flow. The next hop stands for where they come from, which keeps tenants with the same addresses apart: for a
 * workload's packets its interface's, for packets from a tunnel that of their label.
 */
struct vr_flow_key {
    uint32_t next_hop;
    /*
     * Of TCP, UDP and SCTP. ICMP echo: the identifier and 0, in both directions. Other ICMP: 0 and the type. An ICMP error has the
     * key of the packet that it quotes, turned round. Other protocols: 0 and 0.
     */
    vr_be16 source_port;
    vr_be16 destination_port;
    /* VR_FAMILY_IPV4 or VR_FAMILY_IPV6. */
    uint8_t family;
    uint8_t protocol;
    /* 0. */
    uint16_t reserved;
    /* Of IPv4 the first word; the others are 0. */
    vr_be32 source[4];
    vr_be32 destination[4];
};

enum vr_flow_action {
    VR_FLOW_DROP = 0,
    VR_FLOW_HOLD = 1,
    VR_FLOW_FORWARD = 2,
};

enum vr_flow_flags {
    /* The agent is about to delete the entry; kept for it. */
    VR_FLOW_DELETE_MARKED = 1u << 6,
    /* The agent has set the entry since it was made. Set by the forwarder. */
    VR_FLOW_MODIFIED = 1u << 8,
    /* Packets go on in destination_vrf. */
    VR_FLOW_VRF_TRANSLATE = 1u << 14,

    /* What the agent may set. */
    VR_FLOW_FLAGS = VR_FLOW_DELETE_MARKED | VR_FLOW_VRF_TRANSLATE,
};

#define VR_FLOW_NO_MEMBER 0xffffu
/* Packets that wait in one flow. */
#define VR_FLOW_HELD_PACKETS 3u

struct vr_flow {
    /* VR_NONE in vr_flow_set: wherever there is room. */
    uint32_t index;
    uint8_t incarnation;
    uint8_t action;
    /* Why the agent dropped it: a number of the message `flow`; kept, not looked at. */
    uint8_t drop_reason;
    /* 0, or what routed packets leave with instead of one less than they came with. */
    uint8_t ttl;
    uint16_t flags;
    /* The position of the ECMP member that packets take; VR_FLOW_NO_MEMBER: chosen by hash at the next packet, and kept. */
    uint16_t ecmp_member;
    struct vr_flow_key key;
    /* The other direction's; VR_NONE: none yet. */
    uint32_t reverse_index;
    uint32_t vrf;
    uint32_t destination_vrf;
    /* The next hop of the route back to the source: packets that did not come that way are dropped. VR_NONE: not checked. */
    uint32_t source_next_hop;
    uint32_t generation;
    /* From here only in answers. The source port of tunnels that carry the flow; 0 until there was one. */
    vr_be16 underlay_source_port;
    uint16_t held_packets;
    uint32_t idle_ms;
    /* Bytes count from the IP header on. */
    uint64_t packets;
    uint64_t bytes;
};

/*
 * With an index: changes that entry, whose key and incarnation must be these: -ENOENT nothing is there, -EEXIST another key is, -EBADF
 * another incarnation. Without: changes the entry of this key, or makes one, -ENOSPC if there is no room; flow->index and incarnation then
 * say which. Packets that waited go on, unless the action is HOLD.
 */
int vr_flow_set(struct vr_router *router, struct vr_flow *flow);
int vr_flow_get(const struct vr_router *router, uint32_t index, struct vr_flow *flow);
/* By key, with the entry's index. */
int vr_flow_find(const struct vr_router *router, const struct vr_flow_key *key, struct vr_flow *flow);
/* `incarnation` must be the entry's. `last`, which may be NULL, receives what the entry was. Packets that waited are dropped. */
int vr_flow_delete(struct vr_router *router, uint32_t index, uint8_t incarnation, struct vr_flow *last);
int vr_flow_dump(const struct vr_router *router, uint32_t from, struct vr_flow *flow);

struct vr_flow_table {
    uint32_t entries;
    uint32_t overflow_entries;
    uint32_t used;
    uint32_t overflow_used;
    /* Flows that wait for the agent. */
    uint32_t held;
    uint64_t created_by_packets;
    uint64_t added;
    uint64_t changed;
    uint64_t deleted;
    /* Packets that could not begin a flow. */
    uint64_t refused;
};

void vr_flow_table_get(const struct vr_router *router, struct vr_flow_table *table);

#endif
