/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A packet's way through the tables, and the steps of it. A walk is made by vr_receive on the stack; each function named here takes it one step
 * further and has disposed of the packet when it returns: sent, held, shown to the agent, or dropped with a reason.
 *
 *   vr_receive ─┬─ vr_workload_input ── ARP, DHCP, policy ── vr_workload_forward ─┬─ vr_route ───┐
 *               ├─ vr_fabric_input ── unwrapping ────────────┐                    └─ vr_bridge ──┤
 *               ├─ vr_agent_input                            ▼                                   ▼
 *               └─ vr_cross_connect                     vr_next_hop ◀────────────────────────────┘
 *                                                            ├─ vr_transmit, vr_encapsulate, vr_trap
 *                                                            └─ vr_route, vr_bridge, vr_replicate, vr_next_hop again
 *
 * Ways that go round are cut after VR_WALK_LOOKUPS tables.
 */
#ifndef VR_WALK_H
#define VR_WALK_H

#include "packet.h"
#include "parse.h"
#include "state.h"
#include "trap.h"

enum {
    VR_WALK_LOOKUPS = 12,
    /* What a replication tree has between label and frame. */
    VR_TREE_BYTES = VR_CONTROL_WORD_BYTES + VR_VXLAN_BYTES,

    /* Where a held packet goes on. */
    VR_RESUME_WORKLOAD = 0,
    VR_RESUME_NEXT_HOP = 1,
};

struct vr_walk {
    struct vr_router *router;
    struct vr_core *core;
    struct vr_packet *packet;
    /* NULL: nobody wants to know. */
    struct vr_trace *trace;
    /* Where the packet came in; NULL only while that is not known. */
    const struct vr_interface_entry *in;
    /* The flow that let it pass; NULL before, and where there is no policy. */
    struct vr_flow_entry *flow;
    uint32_t interface;
    /* The VRF in which the next lookup is. */
    uint32_t vrf;
    /* The next hop that the packet is at, VR_NONE before the first. */
    uint32_t next_hop;
    /* What a tunnel will put on: an MPLS label or a VXLAN network. */
    uint32_t label;
    /* Of the flow's key. */
    uint32_t flow_next_hop;
    /* Who sent the tunnel that the packet came in; 0 if it came in none. */
    vr_be32 outer_source;
    /* From the packet's first byte to its IP header. */
    uint32_t network;
    /* The Ethernet header that was taken off in front of the packet and is still there: its length, or 0. */
    uint32_t stripped;
    uint16_t type;
    uint8_t lookups;
    /* Of the flow: 0, or the TTL to leave with. */
    uint8_t ttl;
    uint8_t resume;
    /* The packet begins with its Ethernet header. */
    bool framed;
    bool multicast;
    /* Came in a tunnel; and that was a replication tree's. */
    bool tunnelled;
    bool tree;
    /* Policy has been applied. */
    bool admitted;
    /* TTL has been counted down. */
    bool routed;
    /* Frames to unknown MAC addresses are flooded. */
    bool flood_unknown;
    /* It is a frame, but a replication tree's headers stand in front of its Ethernet header, so that it is not framed. */
    bool in_tree;
    /* A frame to flood_unknown's bridge entry carries a control word. */
    bool control_word;
    /* Zero only in `family` until a packet is read. The last member: see vr_receive. */
    struct vr_ip ip;
};

/* A place of held.h. */
struct vr_held {
    uint32_t next;
    uint32_t reason;
    struct vr_packet packet;
    struct vr_walk walk;
};

/* ---- Ends of the way ------------------------------------------------------------------------------------------------------ */

/* Every packet that is lost goes this way. */
void vr_drop(struct vr_walk *walk, enum vr_drop_reason reason);
/* Counts a packet that is lost already: the device kept it. */
void vr_drop_counted(struct vr_walk *walk, enum vr_drop_reason reason);
/* Sends the packet, which is framed. */
void vr_transmit(struct vr_walk *walk, const struct vr_interface_entry *out);
/* Hands the frame to the interfaces that the one it came in on is cross-connected to. */
void vr_cross_connect(struct vr_walk *walk);
/* Shows the packet to the agent, instead of anything else. parameters: six words, or NULL. */
void vr_trap(struct vr_walk *walk, enum vr_trap reason, const uint32_t *parameters);
/* Shows the agent a copy. false: it was not sent; the reason is counted. */
bool vr_trap_copy(struct vr_walk *walk, enum vr_trap reason, const uint32_t *parameters);

/* ---- Steps ---------------------------------------------------------------------------------------------------------------- */

void vr_receive_frame(struct vr_walk *walk);
void vr_workload_input(struct vr_walk *walk);
void vr_workload_admit(struct vr_walk *walk);
void vr_fabric_input(struct vr_walk *walk);
void vr_agent_input(struct vr_walk *walk);

/* The packet is framed. */
void vr_bridge(struct vr_walk *walk);
/* The packet may be framed; its Ethernet header is taken off. */
void vr_route(struct vr_walk *walk);
void vr_next_hop(struct vr_walk *walk, uint32_t index);
void vr_replicate(struct vr_walk *walk, const struct vr_next_hop_entry *root);
/* Sends the packet through a tunnel. */
void vr_encapsulate(struct vr_walk *walk, const struct vr_next_hop_entry *tunnel);
/* Unwraps the tunnel whose IP header the packet's network offset is at. false: it is no tunnel, and the packet is still the caller's. */
bool vr_decapsulate(struct vr_walk *walk);

/* ARP from a workload, from the fabric itself, and in a frame that came in a tunnel: this returns false when the frame is to be bridged. */
void vr_arp_from_workload(struct vr_walk *walk);
void vr_arp_from_fabric(struct vr_walk *walk);
bool vr_arp_from_tunnel(struct vr_walk *walk);

/* Applies policy. false: the packet was disposed of. `relaxed`: packets without a flow pass. */
bool vr_flow_admit(struct vr_walk *walk, bool relaxed);

/* ---- Parts of steps ------------------------------------------------------------------------------------------------------- */

/*
 * Reads the frame's headers: type, multicast, network, ip. false: it was dropped. A frame with a VLAN tag has the type VR_TYPE_VLAN,
 * and nothing behind it is read.
 */
bool vr_walk_parse_frame(struct vr_walk *walk);
/* Reads the IP header at the network offset, and what follows. false: the packet was dropped. */
bool vr_walk_parse_ip(struct vr_walk *walk);
/* Gives the packet an Ethernet header in front: its own, if it was only taken off. false: it was dropped. */
bool vr_walk_frame(struct vr_walk *walk);

/* A hash of what makes the packet's flow, for tunnels' source ports and ECMP. */
uint64_t vr_walk_hash(const struct vr_walk *walk, uint8_t fields);
/* The position of the member that the packet takes; VR_NONE: there is none. */
uint32_t vr_ecmp_choose(struct vr_walk *walk, const struct vr_next_hop_entry *composite);

static inline struct vr_vrf_counters *vr_walk_vrf_counters(const struct vr_walk *walk, uint32_t index)
{
    struct vr_vrf_entry *vrf = vr_vrf_find(walk->router, index);

    return vrf ? &vrf->counters[walk->core - walk->router->cores] : NULL;
}

/* Counts a packet in a VRF's statistics. */
#define vr_walk_count(walk, index, counter)                                              \
    do {                                                                                 \
        struct vr_vrf_counters *vr_walk_count_at = vr_walk_vrf_counters((walk), (index)); \
        if (vr_likely(vr_walk_count_at != NULL))                                         \
            vr_count(&vr_walk_count_at->counter, 1);                                     \
    } while (0)

static inline struct vr_interface_counters *vr_walk_interface_counters(const struct vr_walk *walk, const struct vr_interface_entry *entry)
{
    return &entry->counters[walk->core - walk->router->cores];
}

/* Writes a step of the trace, if somebody wants to know. */
void vr_trace_add(struct vr_trace *trace, uint32_t step, uint32_t a, uint32_t b, uint32_t c);

static inline void vr_walk_step(const struct vr_walk *walk, enum vr_trace_step step, uint32_t a, uint32_t b, uint32_t c)
{
    if (vr_unlikely(walk->trace != NULL))
        vr_trace_add(walk->trace, step, a, b, c);
}

/* A MAC address as the two values that {bc:mac} prints. */
static inline uint32_t vr_mac_high(const uint8_t *mac)
{
    return vr_read16(mac);
}

static inline uint32_t vr_mac_low(const uint8_t *mac)
{
    return vr_read32(mac + 2);
}

#endif
