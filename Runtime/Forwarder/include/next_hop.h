/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Next hops: what is done with a packet once it is known where it goes. Routes, labels and composites name them by index, so that a
 * thousand routes through one tunnel share one entry, and changing the tunnel changes all of them at once.
 *
 * The numbers of types, kinds and flags are those of the message `next-hop`.
 *
 * Composites
 *
 *   ECMP: one member takes the packet. Flows remember members by position, so a member that goes leaves an empty position behind
 *   (VR_NONE), and the others keep their flows.
 *
 *   MULTICAST: the root of a network's replication. Its members are composites of the other kinds; where a packet came from decides
 *   which of them take a copy, so that nothing comes back or loops:
 *
 *       from \ to     LOCAL   FABRIC  EVPN  SWITCH        LOCAL   workloads here (encapsulate)
 *       a workload    yes*    yes     yes   yes           FABRIC  neighbours in the replication tree (tunnels)
 *       FABRIC        yes     yes*    no    no            EVPN    ingress replication (tunnels)
 *       EVPN          yes     no      no    no            SWITCH  top-of-rack switches (tunnels)
 *       SWITCH        yes     yes     yes   yes*          *       but not back to where it came from
 */
#ifndef VR_NEXT_HOP_H
#define VR_NEXT_HOP_H

#include "router.h"
#include "wire.h"

enum vr_next_hop_type {
    /* For the host, or for the agent: handed to `interface`. */
    VR_NEXT_HOP_RECEIVE = 1,
    /* Leaves through `interface`, with the Ethernet header `encapsulation` if it was routed. */
    VR_NEXT_HOP_ENCAPSULATE = 2,
    /* Wrapped, and sent through `interface` with the Ethernet header `encapsulation`. */
    VR_NEXT_HOP_TUNNEL = 3,
    /* The neighbour's MAC address is not known: to the agent. */
    VR_NEXT_HOP_RESOLVE = 4,
    VR_NEXT_HOP_DISCARD = 5,
    VR_NEXT_HOP_COMPOSITE = 6,
    /* Looked up again, in `vrf`. */
    VR_NEXT_HOP_VRF_TRANSLATE = 7,
    /* A frame whose packet is routed in `vrf`. */
    VR_NEXT_HOP_BRIDGE_RECEIVE = 8,
};

enum vr_tunnel {
    VR_TUNNEL_MPLS_OVER_GRE = 1,
    VR_TUNNEL_MPLS_OVER_UDP = 2,
    VR_TUNNEL_VXLAN = 3,
};

enum vr_composite {
    VR_COMPOSITE_ECMP = 1,
    VR_COMPOSITE_MULTICAST = 2,
    VR_COMPOSITE_LOCAL = 3,
    VR_COMPOSITE_FABRIC = 4,
    VR_COMPOSITE_EVPN = 5,
    VR_COMPOSITE_SWITCH = 6,
};

enum vr_next_hop_flags {
    /* The entry may be used. */
    VR_NEXT_HOP_VALID = 1u << 0,
    /* Packets are looked up in the flow table before they go this way, unless they were already. */
    VR_NEXT_HOP_POLICY = 1u << 1,
    /* With POLICY: packets without a flow pass. */
    VR_NEXT_HOP_RELAXED_POLICY = 1u << 2,
    /* Unknown MAC addresses are flooded, after a VRF_TRANSLATE. */
    VR_NEXT_HOP_UNKNOWN_UNICAST_FLOOD = 1u << 4,
    /* Between label and frame stands a control word of four zero bytes. */
    VR_NEXT_HOP_CONTROL_WORD = 1u << 8,
    /* Routed packets travel in VXLAN: behind an Ethernet header to `rewrite_mac`. With VRF_TRANSLATE: frames of the network are routed. */
    VR_NEXT_HOP_VXLAN_ROUTING = 1u << 9,
    /* Of a MULTICAST root: copies are accepted only from tunnels that are members. */
    VR_NEXT_HOP_VALIDATE_SOURCE = 1u << 10,

    /* All that the core knows; others are refused. */
    VR_NEXT_HOP_FLAGS = VR_NEXT_HOP_VALID | VR_NEXT_HOP_POLICY | VR_NEXT_HOP_RELAXED_POLICY | VR_NEXT_HOP_UNKNOWN_UNICAST_FLOOD |
                        VR_NEXT_HOP_CONTROL_WORD | VR_NEXT_HOP_VXLAN_ROUTING | VR_NEXT_HOP_VALIDATE_SOURCE,
};

/* Which fields of a packet decide the member of an ECMP composite. */
enum vr_hash_fields {
    VR_HASH_PROTOCOL = 1u << 0,
    VR_HASH_SOURCE_ADDRESS = 1u << 1,
    VR_HASH_SOURCE_PORT = 1u << 2,
    VR_HASH_DESTINATION_ADDRESS = 1u << 3,
    VR_HASH_DESTINATION_PORT = 1u << 4,

    VR_HASH_FIELDS = 0x1f,
};

#define VR_MEMBERS 1024u
#define VR_ENCAPSULATION_BYTES 32u

struct vr_member {
    /* VR_NONE: the position is empty. */
    uint32_t next_hop;
    /* An MPLS label or VXLAN network for packets that go this way; VR_NONE: that of the route. */
    uint32_t label;
};

struct vr_next_hop {
    uint32_t index;
    uint8_t type;
    /* VR_FAMILY_IPV4: packets (IPv6 ones too); VR_FAMILY_BRIDGE: frames. What a label of this next hop carries. */
    uint8_t family;
    uint8_t tunnel;
    uint8_t composite;
    uint32_t flags;
    /* VRF_TRANSLATE, BRIDGE_RECEIVE: where to look. Others: whose statistics count. */
    uint32_t vrf;
    /* RECEIVE, ENCAPSULATE, TUNNEL, RESOLVE; else VR_NONE. */
    uint32_t interface;
    /* Of a TUNNEL. */
    vr_be32 source;
    vr_be32 destination;
    struct vr_mac rewrite_mac;
    uint8_t hash_fields;
    /* 0, or 14 and more: an Ethernet header with VLAN tags. Its last two bytes are replaced with the packet's type. */
    uint8_t encapsulation_bytes;
    uint8_t encapsulation[VR_ENCAPSULATION_BYTES];
    uint32_t generation;
    /* Only in answers: how many entries name this one. */
    uint32_t users;
    /* Of a COMPOSITE. In answers they belong to the entry, and stay until the caller changes a table. */
    uint32_t member_count;
    const struct vr_member *members;
};

/* Creates the next hop or replaces all of it. Next hop 0 cannot be written. */
int vr_next_hop_set(struct vr_router *router, const struct vr_next_hop *next_hop);
int vr_next_hop_get(const struct vr_router *router, uint32_t index, struct vr_next_hop *next_hop);
int vr_next_hop_delete(struct vr_router *router, uint32_t index);
int vr_next_hop_dump(const struct vr_router *router, uint32_t from, struct vr_next_hop *next_hop);

#endif
