/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * VRFs: the routing and bridging tables of one routing instance. VRF 0 is the underlay's and cannot be deleted.
 */
#ifndef VR_VRF_H
#define VR_VRF_H

#include "router.h"

enum vr_vrf_flags {
    /* There are no IP routes: packets to the gateway's MAC address are bridged like others. */
    VR_VRF_BRIDGE_ONLY = 1u << 0,

    VR_VRF_FLAGS = VR_VRF_BRIDGE_ONLY,
};

struct vr_vrf {
    uint32_t index;
    uint32_t flags;
    uint32_t generation;
    /* Only in answers. */
    uint32_t ipv4_routes;
    uint32_t ipv6_routes;
    uint32_t bridge_entries;
};

/* What lookups led to, in packets. X(name, "a sentence") */
#define VR_VRF_COUNTERS(X)                                             \
    X(discards, "Dropped by a discard next hop")                       \
    X(resolves, "Sent to the agent to find out a MAC address")         \
    X(receives, "Handed to the host or the agent")                     \
    X(bridge_receives, "Frames to the gateway, which were routed")     \
    X(encapsulations, "Sent to workloads on this host")                \
    X(gre_tunnels, "Sent with MPLS over GRE")                          \
    X(udp_tunnels, "Sent with MPLS over UDP")                          \
    X(vxlan_tunnels, "Sent with VXLAN")                                \
    X(ecmp_composites, "Sent through a member of an ECMP composite")   \
    X(multicast_composites, "Replicated")                              \
    X(vrf_translates, "Looked up again in another VRF")                \
    X(unknown_unicast_floods, "Frames to an unknown MAC, flooded")     \
    X(arp_answers, "ARP requests answered")                            \
    X(arp_floods, "ARP requests flooded")

struct vr_vrf_counters {
#define VR_VRF_COUNTER_MEMBER(name, sentence) uint64_t name;
    VR_VRF_COUNTERS(VR_VRF_COUNTER_MEMBER)
#undef VR_VRF_COUNTER_MEMBER
};

int vr_vrf_set(struct vr_router *router, const struct vr_vrf *vrf);
int vr_vrf_get(const struct vr_router *router, uint32_t index, struct vr_vrf *vrf);
/* Removes its routes and bridge entries with it. -EBUSY while an interface or a next hop names it. */
int vr_vrf_delete(struct vr_router *router, uint32_t index);
int vr_vrf_dump(const struct vr_router *router, uint32_t from, struct vr_vrf *vrf);
int vr_vrf_counters_get(const struct vr_router *router, uint32_t index, unsigned int core, struct vr_vrf_counters *counters);

#endif
