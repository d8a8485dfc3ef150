/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Where packets go: IP routes by longest match, bridge entries by MAC address, incoming MPLS labels and VXLAN networks by number.
 */
#ifndef VR_ROUTE_H
#define VR_ROUTE_H

#include "router.h"
#include "wire.h"

/* ---- IP routes ------------------------------------------------------------------------------------------------------------ */

/* How ARP requests for the addresses of a route are treated. */
enum vr_route_flags {
    /* Answered here: with the stitched MAC address, or without one with the interface's. */
    VR_ROUTE_ARP_PROXY = 1u << 0,
    /* Gratuitous requests are shown to the agent as well. */
    VR_ROUTE_ARP_TRAP = 1u << 1,
    /* Requests from workloads that cannot be answered with a stitched MAC address are flooded. */
    VR_ROUTE_ARP_FLOOD = 1u << 2,
    /* The route was learnt from traffic; for tools. */
    VR_ROUTE_LEARNT = 1u << 3,

    VR_ROUTE_FLAGS = 0xf,
};

struct vr_route {
    uint32_t vrf;
    /* VR_FAMILY_IPV4 or VR_FAMILY_IPV6. */
    uint8_t family;
    /* Up to 32 or 128. */
    uint8_t length;
    uint16_t flags;
    /* In network byte order; of IPv4 the first four. Bits beyond the length are ignored, and are 0 in answers. */
    uint8_t prefix[VR_IPV6_ADDRESS_BYTES];
    uint32_t next_hop;
    /* What a tunnel puts on packets: an MPLS label or VXLAN network. VR_NONE: none. */
    uint32_t label;
    /* Belongs to the address of a host route. All zero: not known. */
    struct vr_mac stitched_mac;
    uint32_t generation;
};

/* Creates the route of exactly this prefix or replaces it. */
int vr_route_set(struct vr_router *router, const struct vr_route *route);
/* The longest match for prefix[0…], looked up as a whole address; the rest of `route` is filled in. */
int vr_route_find(const struct vr_router *router, struct vr_route *route);
/* The route of exactly this vrf, family, prefix and length; the rest is filled in. */
int vr_route_get(const struct vr_router *router, struct vr_route *route);
int vr_route_delete(struct vr_router *router, const struct vr_route *route);
/* Replaces `route` by the one that follows it, by prefix and then length, in its VRF and family. `first`: by the first of all. */
int vr_route_dump(const struct vr_router *router, struct vr_route *route, bool first);

/* ---- Bridge entries ------------------------------------------------------------------------------------------------------- */

enum vr_bridge_flags {
    /* DHCP to this address is flooded instead of being taken to the agent. */
    VR_BRIDGE_FLOOD_DHCP = 1u << 0,
    /* Frames carry a control word behind the label. */
    VR_BRIDGE_CONTROL_WORD = 1u << 2,

    VR_BRIDGE_FLAGS = VR_BRIDGE_FLOOD_DHCP | VR_BRIDGE_CONTROL_WORD,
};

struct vr_bridge_entry {
    uint32_t vrf;
    /* All ones: where frames to everybody, to groups and, where they are flooded, to unknown addresses go. */
    struct vr_mac mac;
    uint16_t flags;
    uint32_t next_hop;
    /* For tunnels; of the entry for everybody, the VXLAN network that copies in the replication tree carry. VR_NONE: none. */
    uint32_t label;
    uint32_t generation;
    /* Only in answers. */
    uint64_t packets;
};

int vr_bridge_set(struct vr_router *router, const struct vr_bridge_entry *entry);
/* By vrf and mac; the rest is filled in. */
int vr_bridge_get(const struct vr_router *router, struct vr_bridge_entry *entry);
int vr_bridge_delete(struct vr_router *router, const struct vr_bridge_entry *entry);
/* The first entry at or after *cursor, which begins at 0 and goes beyond it. In no order; entries that stay are found once. */
int vr_bridge_dump(const struct vr_router *router, uint64_t *cursor, struct vr_bridge_entry *entry);

/* ---- Labels and networks -------------------------------------------------------------------------------------------------- */

enum vr_label_flags {
    /*
     * A replication tree's: behind the label stand a control word of four zero bytes and a VXLAN header with the network, then the
     * frame. Without it, packets are what the next hop's family says.
     */
    VR_LABEL_TREE = 1u << 0,

    VR_LABEL_FLAGS = VR_LABEL_TREE,
};

struct vr_label {
    /* 16 to the limit. */
    uint32_t label;
    uint32_t flags;
    uint32_t next_hop;
    uint32_t generation;
};

int vr_label_set(struct vr_router *router, const struct vr_label *label);
int vr_label_get(const struct vr_router *router, uint32_t number, struct vr_label *label);
int vr_label_delete(struct vr_router *router, uint32_t number);
int vr_label_dump(const struct vr_router *router, uint32_t from, struct vr_label *label);

struct vr_vxlan_network {
    /* 1 to 16777215. */
    uint32_t identifier;
    /* Usually a VRF_TRANSLATE. */
    uint32_t next_hop;
    uint32_t generation;
};

int vr_vxlan_network_set(struct vr_router *router, const struct vr_vxlan_network *network);
int vr_vxlan_network_get(const struct vr_router *router, uint32_t identifier, struct vr_vxlan_network *network);
int vr_vxlan_network_delete(struct vr_router *router, uint32_t identifier);
int vr_vxlan_network_dump(const struct vr_router *router, uint64_t *cursor, struct vr_vxlan_network *network);

#endif
