/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The forwarder as a whole: its making, its clock, and the one door that packets come in by.
 *
 * How a packet goes
 *
 *   A workload's frame arrives on a virtual interface. Questions that the platform answers (ARP, DHCP) are answered here or shown to
 *   the agent. If the interface has policy, the flow table says what the agent decided about the conversation; a packet that begins
 *   one waits, and the agent is shown a copy. Then the frame is routed, if it is addressed to the gateway's MAC address, or bridged:
 *   either way a table of the interface's VRF names a next hop, which sends the packet to a workload here, wraps it for another
 *   host, copies it to many, or names a further table.
 *
 *   A packet from the fabric that is a tunnel's, addressed to this host, is unwrapped. Its label or VXLAN network names a next hop; the rest is
 *   as above. Everything else from the fabric belongs to the host and is handed to the host's interface, and the host's own packets
 *   to the fabric.
 *
 * Tables and what names what
 *
 *   interface ──▶ VRF ──▶ IPv4, IPv6 routes, bridge entries ──▶ next hop ──▶ interface, VRF, further next hops
 *   MPLS label, VXLAN network ──▶ next hop          flow ──▶ next hop (in its key), VRF
 *
 *   Entries name each other by index. What is named cannot be deleted (-EBUSY); what is to be named must exist (-ENOENT). Replacing an
 *   entry takes effect for the next packet that looks, everywhere at once.
 *
 * Control functions (vr_…_set, _get, _delete, _dump) check all they are given and return 0 or a negative errno, the same for all tables:
 *   -EINVAL a field is out of range or contradicts another; -ENOENT the entry, or one that it names, does not exist; -EBUSY something names
 *   the entry; -ENOSPC the table is full; -ENOMEM; -EOPNOTSUPP the core does not have such a feature.
 */
#ifndef VR_ROUTER_H
#define VR_ROUTER_H

#include "drop.h"
#include "port.h"

struct vr_router;
struct vr_trace;

/* No entry, in a field that holds an index. */
#define VR_NONE 0xffffffffu
/* In place of a core's number: the sum over all of them. */
#define VR_ALL_CORES 0xffffffffu

/* Families of addresses, with the numbers of Linux. */
enum vr_family {
    VR_FAMILY_IPV4 = 2,
    VR_FAMILY_BRIDGE = 7,
    VR_FAMILY_IPV6 = 10,
};

/* How many entries the tables hold; fixed when the router is made. */
struct vr_limits {
    /* 1 to 65536. */
    uint32_t interfaces;
    /* 1 to 65536. VRF 0, the underlay's, always exists. */
    uint32_t vrfs;
    /* 1 to 1048576. Next hop 0 always exists and discards. */
    uint32_t next_hops;
    /* Labels are below this: 16 to 1048576. */
    uint32_t labels;
    /* Networks known at the same time, whatever their identifiers: 1 to 16777216. */
    uint32_t vxlan_networks;
    /* Of all VRFs together: 1 to 16777216. */
    uint32_t bridge_entries;
    /* Found by hashing directly: a power of two, 16 to 67108864. */
    uint32_t flows;
    /* For keys whose place is taken: 0 to 67108864. */
    uint32_t overflow_flows;
    /* That may wait for the agent at the same time: 1 to 65536. */
    uint32_t held_flows;
    /* Datagrams whose fragments are followed at the same time: a power of two, 16 to 1048576. */
    uint32_t fragments;
};

/* What a compute host needs: 4096 workloads, half a million flows. 118 MB. */
extern const struct vr_limits vr_default_limits;

int vr_router_create(const struct vr_limits *limits, struct vr_router **router);
const struct vr_limits *vr_router_limits(const struct vr_router *router);
/* Call when no core is in vr_receive and none will be. Packets that wait are dropped. `router` may be NULL. */
void vr_router_destroy(struct vr_router *router);

/* A frame that arrived on an interface, beginning with its Ethernet header. Takes the packet. `trace` may be NULL; see trace.h. */
void vr_receive(struct vr_router *router, uint32_t interface, struct vr_packet *packet, struct vr_trace *trace);

/*
 * Lets time pass: fragments that have waited too long are dropped. A writer (port.h), every 100 ms or so; without it nothing is wrong but that
 * fragments wait longer.
 */
void vr_tick(struct vr_router *router);

/* Packets dropped on `core`, or on all, for `reason`. */
uint64_t vr_drop_count(const struct vr_router *router, unsigned int core, enum vr_drop_reason reason);

#endif
