/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Interfaces (vifs): where packets enter and leave. The agent gives each its index; the port ties it to a device.
 *
 * The numbers of types and flags are those of the message `interface`.
 */
#ifndef VR_INTERFACE_H
#define VR_INTERFACE_H

#include "router.h"
#include "wire.h"

/* What is at the other end, which decides the way that a packet from there takes. */
enum vr_interface_type {
    /* The host's own stack (vhost0). */
    VR_INTERFACE_HOST = 0,
    /* The agent (pkt0). There is at most one. */
    VR_INTERFACE_AGENT = 1,
    /* A network card towards the fabric. */
    VR_INTERFACE_PHYSICAL = 2,
    /* A workload. */
    VR_INTERFACE_VIRTUAL = 3,
    /* A device of the host through which it reaches a virtual network without tunnels. Treated as a workload. */
    VR_INTERFACE_GATEWAY = 5,
    /* One VLAN of a workload's interface, `parent`, with a VRF of its own. */
    VR_INTERFACE_VIRTUAL_VLAN = 6,
    /* One VLAN of a physical interface, `parent`, that is handed over unchanged. */
    VR_INTERFACE_VLAN = 8,
};

enum vr_interface_flags {
    /* Packets are looked up in the flow table. */
    VR_INTERFACE_POLICY = 1u << 0,
    /* Everything that arrives is handed to the cross-connects. */
    VR_INTERFACE_CROSS_CONNECT = 1u << 1,
    /* A service instance: broadcast and multicast from it are dropped, except ARP, which is never flooded. */
    VR_INTERFACE_SERVICE = 1u << 2,
    /* The device computes checksums. The port's; the core does not look at it. */
    VR_INTERFACE_TRANSMIT_CHECKSUM = 1u << 5,
    /* IP packets to the gateway's MAC address are routed. */
    VR_INTERFACE_LAYER_3 = 1u << 6,
    /* Frames are bridged. Without it, every IP packet is routed, whatever its MAC address. */
    VR_INTERFACE_LAYER_2 = 1u << 7,
    /* DHCP and router solicitations go to the agent. */
    VR_INTERFACE_DHCP = 1u << 8,
    /* The physical interface whose address vhost0 took over; for tools. */
    VR_INTERFACE_HOST_PHYSICAL = 1u << 9,
    /* The port's. */
    VR_INTERFACE_PROMISCUOUS = 1u << 10,
    /* ARP is answered for the gateway only. */
    VR_INTERFACE_NO_ARP_PROXY = 1u << 12,
    /* Frames to unknown MAC addresses are flooded. */
    VR_INTERFACE_UNKNOWN_UNICAST_FLOOD = 1u << 16,
    /* The port's: the device takes VLAN tags out and puts them in. */
    VR_INTERFACE_VLAN_OFFLOAD = 1u << 17,
    /* Packets that would begin a flow are dropped. */
    VR_INTERFACE_DROP_NEW_FLOWS = 1u << 18,
    /* ARP for any address is answered with the interface's own MAC address. */
    VR_INTERFACE_MAC_PROXY = 1u << 20,
    /* IGMP goes to the agent. */
    VR_INTERFACE_IGMP = 1u << 25,

    /* All that the core knows; others are refused. */
    VR_INTERFACE_FLAGS = VR_INTERFACE_POLICY | VR_INTERFACE_CROSS_CONNECT | VR_INTERFACE_SERVICE | VR_INTERFACE_TRANSMIT_CHECKSUM |
                         VR_INTERFACE_LAYER_3 | VR_INTERFACE_LAYER_2 | VR_INTERFACE_DHCP | VR_INTERFACE_HOST_PHYSICAL |
                         VR_INTERFACE_PROMISCUOUS | VR_INTERFACE_NO_ARP_PROXY | VR_INTERFACE_UNKNOWN_UNICAST_FLOOD |
                         VR_INTERFACE_VLAN_OFFLOAD | VR_INTERFACE_DROP_NEW_FLOWS | VR_INTERFACE_MAC_PROXY | VR_INTERFACE_IGMP,
};

#define VR_CROSS_CONNECTS 4u

struct vr_interface {
    uint32_t index;
    /* An enum vr_interface_type. Fixed while the entry exists. */
    uint32_t type;
    /* Of enum vr_interface_flags. */
    uint32_t flags;
    /* In which packets from here are looked up. */
    uint32_t vrf;
    /* The same for broadcast and multicast; VR_NONE: vrf. */
    uint32_t multicast_vrf;
    /* What stands for the interface in flow keys; VR_NONE: no flow table, whatever the policy flag says. */
    uint32_t next_hop;
    /* The largest packet without its Ethernet header, 68 to 65535; 0: not known, so nothing is too large. */
    uint32_t mtu;
    /* Of sub-interfaces (VIRTUAL_VLAN, VLAN) only; else VR_NONE. Fixed while the entry exists. */
    uint32_t parent;
    /* Of sub-interfaces only: 1 to 4094; else 0. Fixed while the entry exists. */
    uint16_t vlan;
    uint8_t cross_connect_count;
    struct vr_mac mac;
    /* Interfaces that receive what is not for the forwarder: of vhost0 its uplinks, of an uplink vhost0. */
    uint32_t cross_connects[VR_CROSS_CONNECTS];
    /* The agent's mark of its last resynchronisation; kept, not looked at. */
    uint32_t generation;
    /* What vr_port_transmit is given; the port's. A sub-interface of a workload has its parent's. */
    void *device;
    /* Only in answers: how many entries name this one. */
    uint32_t users;
};

/* What passed, in packets and in bytes of whole frames. Received means into the forwarder. */
struct vr_interface_counters {
    uint64_t received_packets;
    uint64_t received_bytes;
    uint64_t transmitted_packets;
    uint64_t transmitted_bytes;
    /* The device refused them. */
    uint64_t transmit_errors;
    /* Received here, then dropped: in all, and by reason. */
    uint64_t dropped_packets;
    uint64_t drops[VR_DROP_LIMIT];
};

/* Creates the interface or replaces all of it. Interfaces named in cross_connects need not exist yet. */
int vr_interface_set(struct vr_router *router, const struct vr_interface *interface);
int vr_interface_get(const struct vr_router *router, uint32_t index, struct vr_interface *interface);
int vr_interface_delete(struct vr_router *router, uint32_t index);
/* The first interface whose index is not below `from`; -ENOENT after the last. */
int vr_interface_dump(const struct vr_router *router, uint32_t from, struct vr_interface *interface);
int vr_interface_counters_get(const struct vr_router *router, uint32_t index, unsigned int core, struct vr_interface_counters *counters);

#endif
