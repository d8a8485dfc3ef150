/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from interface.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Interfaces (vifs): where packets enter and leave the forwarder. The agent gives each its index and ties it to a device of the
 * operating system, a VRF and the next hop under which its flows are keyed.
 */
#ifndef VROUTER_MESSAGES_INTERFACE_H
#define VROUTER_MESSAGES_INTERFACE_H

#include "vrouter_attributes.h"
#include "vrouter_family.h"

/* Commands in the generic netlink header, by message. */
enum {
    VROUTER_COMMAND_INTERFACE = 3,
};

/*
 * What is at the other end, which decides the path that a packet from there takes.
 *
 * Schema: interface.xml:10
 */
enum vrouter_interface_type {
    /* The host's own stack (`vhost0`): carries the underlay address, in place of the physical interface. */
    VROUTER_INTERFACE_TYPE_HOST = 0,
    /* The agent (`pkt0`): packets that the forwarder cannot decide on go up here, with an agent header in front. */
    VROUTER_INTERFACE_TYPE_AGENT = 1,
    /* A network card, bond or VLAN device towards the fabric: tunnels arrive and leave here. */
    VROUTER_INTERFACE_TYPE_PHYSICAL = 2,
    /* A workload: a virtual machine's or container's interface. */
    VROUTER_INTERFACE_TYPE_VIRTUAL = 3,
    /* A device of the host through which the host reaches a virtual network without tunnels. */
    VROUTER_INTERFACE_TYPE_GATEWAY = 5,
    /* A sub-interface: one VLAN of a workload's interface, with a VRF of its own. `parent` names the interface. */
    VROUTER_INTERFACE_TYPE_VIRTUAL_VLAN = 6,
    /* A VLAN of the host that the forwarder hands over unchanged. */
    VROUTER_INTERFACE_TYPE_VLAN = 8,
    /* Receives a copy of all packets of another interface, for capturing. */
    VROUTER_INTERFACE_TYPE_MONITORING = 9,
};

/* One more than the greatest number with a name: the size of an array that is indexed by it. */
#define VROUTER_INTERFACE_TYPE_LIMIT 10

/* The name of a number, as the schema spells it; NULL for a number without one. */
const char *vrouter_interface_type_name(uint32_t value);

/*
 * How packets pass between the forwarder and the device.
 *
 * Schema: interface.xml:22
 */
enum vrouter_interface_transport {
    /* A TAP or veth device, or a vhost-user socket. */
    VROUTER_INTERFACE_TRANSPORT_VIRTUAL = 0,
    /* A device of the kernel. */
    VROUTER_INTERFACE_TRANSPORT_ETHERNET = 1,
    /* A network card that a DPDK driver polls. */
    VROUTER_INTERFACE_TRANSPORT_POLLED = 2,
    /* A UNIX datagram socket; the agent's interface of a forwarder in user space. */
    VROUTER_INTERFACE_TRANSPORT_SOCKET = 3,
};

/* One more than the greatest number with a name: the size of an array that is indexed by it. */
#define VROUTER_INTERFACE_TRANSPORT_LIMIT 4

/* The name of a number, as the schema spells it; NULL for a number without one. */
const char *vrouter_interface_transport_name(uint32_t value);

/*
 * How packets of the interface are treated.
 *
 * Schema: interface.xml:30
 */
/* Packets are looked up in the flow table, so that policy applies to them. */
#define VROUTER_INTERFACE_FLAGS_POLICY ((uint32_t)1 << 0)
/* Everything that arrives is handed to the interfaces in `cross-connects`, undecided: the state before there is an agent. */
#define VROUTER_INTERFACE_FLAGS_CROSS_CONNECT ((uint32_t)1 << 1)
/* A service instance is connected by VLAN: broadcast and multicast from it are dropped, except ARP. */
#define VROUTER_INTERFACE_FLAGS_SERVICE ((uint32_t)1 << 2)
/* What arrives is copied to the mirror. */
#define VROUTER_INTERFACE_FLAGS_MIRROR_RECEIVE ((uint32_t)1 << 3)
/* What is sent is copied to the mirror. */
#define VROUTER_INTERFACE_FLAGS_MIRROR_TRANSMIT ((uint32_t)1 << 4)
/* The device computes checksums of TCP and UDP, so the forwarder leaves them open. */
#define VROUTER_INTERFACE_FLAGS_TRANSMIT_CHECKSUM ((uint32_t)1 << 5)
/* Packets may be routed. */
#define VROUTER_INTERFACE_FLAGS_LAYER_3 ((uint32_t)1 << 6)
/* Frames may be bridged. */
#define VROUTER_INTERFACE_FLAGS_LAYER_2 ((uint32_t)1 << 7)
/* DHCP requests from the workload go to the agent, which answers them. */
#define VROUTER_INTERFACE_FLAGS_DHCP ((uint32_t)1 << 8)
/* The physical interface whose address the host interface took over. */
#define VROUTER_INTERFACE_FLAGS_HOST_PHYSICAL ((uint32_t)1 << 9)
/* The device accepts frames for any MAC address. */
#define VROUTER_INTERFACE_FLAGS_PROMISCUOUS ((uint32_t)1 << 10)
/* Untagged frames from the fabric belong to the VLAN in `vlan`. */
#define VROUTER_INTERFACE_FLAGS_NATIVE_VLAN_TAG ((uint32_t)1 << 11)
/* Only requests for the gateway's address are answered on behalf of others. */
#define VROUTER_INTERFACE_FLAGS_NO_ARP_PROXY ((uint32_t)1 << 12)
/* A monitoring interface receives a copy of all packets. */
#define VROUTER_INTERFACE_FLAGS_MONITORED ((uint32_t)1 << 15)
/* Frames to a MAC address that no table knows are flooded instead of dropped. */
#define VROUTER_INTERFACE_FLAGS_UNKNOWN_UNICAST_FLOOD ((uint32_t)1 << 16)
/* The device takes VLAN tags out of received frames and puts them into sent ones. */
#define VROUTER_INTERFACE_FLAGS_VLAN_OFFLOAD ((uint32_t)1 << 17)
/* Packets that would begin a flow are dropped: the interface has reached its limit of flows. */
#define VROUTER_INTERFACE_FLAGS_DROP_NEW_FLOWS ((uint32_t)1 << 18)
/* Source MAC addresses are learnt. */
#define VROUTER_INTERFACE_FLAGS_MAC_LEARN ((uint32_t)1 << 19)
/* ARP requests and neighbour solicitations for any address are answered with the interface's own MAC address. */
#define VROUTER_INTERFACE_FLAGS_MAC_PROXY ((uint32_t)1 << 20)
/* A root of an E-Tree (RFC 7796): may talk to roots and leaves, whereas leaves talk to roots only. */
#define VROUTER_INTERFACE_FLAGS_ETREE_ROOT ((uint32_t)1 << 21)
/* Mirrored copies do not carry the VLAN tag that the packet had. */
#define VROUTER_INTERFACE_FLAGS_MIRROR_WITHOUT_TAG ((uint32_t)1 << 24)
/* IGMP messages from the workload go to the agent. */
#define VROUTER_INTERFACE_FLAGS_IGMP ((uint32_t)1 << 25)
/* Pairs of MAC and IP addresses seen from the workload are reported to the agent. */
#define VROUTER_INTERFACE_FLAGS_MAC_IP_LEARNING ((uint32_t)1 << 30)

/* The name of a bit, by its number, as the schema spells it; NULL for a bit without one. */
const char *vrouter_interface_flags_name(uint32_t bit);

/* ---- interface-counters ---- */

/* Numbers of the attributes. */
enum {
    VROUTER_INTERFACE_COUNTERS_ATTRIBUTE_RECEIVED_PACKETS = 1,
    VROUTER_INTERFACE_COUNTERS_ATTRIBUTE_RECEIVED_BYTES = 2,
    VROUTER_INTERFACE_COUNTERS_ATTRIBUTE_RECEIVED_ERRORS = 3,
    VROUTER_INTERFACE_COUNTERS_ATTRIBUTE_TRANSMITTED_PACKETS = 4,
    VROUTER_INTERFACE_COUNTERS_ATTRIBUTE_TRANSMITTED_BYTES = 5,
    VROUTER_INTERFACE_COUNTERS_ATTRIBUTE_TRANSMITTED_ERRORS = 6,
    VROUTER_INTERFACE_COUNTERS_ATTRIBUTE_DROPPED_PACKETS = 7,
};

/* Bits of `present`. */
#define VROUTER_INTERFACE_COUNTERS_HAS_RECEIVED_PACKETS ((uint64_t)1 << 0)
#define VROUTER_INTERFACE_COUNTERS_HAS_RECEIVED_BYTES ((uint64_t)1 << 1)
#define VROUTER_INTERFACE_COUNTERS_HAS_RECEIVED_ERRORS ((uint64_t)1 << 2)
#define VROUTER_INTERFACE_COUNTERS_HAS_TRANSMITTED_PACKETS ((uint64_t)1 << 3)
#define VROUTER_INTERFACE_COUNTERS_HAS_TRANSMITTED_BYTES ((uint64_t)1 << 4)
#define VROUTER_INTERFACE_COUNTERS_HAS_TRANSMITTED_ERRORS ((uint64_t)1 << 5)
#define VROUTER_INTERFACE_COUNTERS_HAS_DROPPED_PACKETS ((uint64_t)1 << 6)

/*
 * What passed since the interface was added or its counters were last reset. Received means into the forwarder, transmitted out of
 * it: what a workload sends is received here. Bytes count whole Ethernet frames without the frame check sequence.
 *
 * Schema: interface.xml:57
 */
struct vrouter_interface_counters {
    /* Which attributes there are. */
    uint64_t present;
    /* Packets received. */
    uint64_t received_packets;
    /* Bytes of the packets received. */
    uint64_t received_bytes;
    /* Packets that arrived and could not be taken in, such as frames cut short. */
    uint64_t received_errors;
    /* Packets handed to the device. */
    uint64_t transmitted_packets;
    /* Bytes of the packets handed to the device. */
    uint64_t transmitted_bytes;
    /* Packets that the device refused. */
    uint64_t transmitted_errors;
    /* Packets received here and dropped for any reason; `drop-statistics` for the interface has the reasons. */
    uint64_t dropped_packets;
};

extern const struct vrouter_layout vrouter_interface_counters_layout;

/* ---- interface ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_INTERFACE_ATTRIBUTE_OPERATION = 1,
    VROUTER_INTERFACE_ATTRIBUTE_GENERATION = 2,
    VROUTER_INTERFACE_ATTRIBUTE_INDEX = 3,
    VROUTER_INTERFACE_ATTRIBUTE_TYPE = 4,
    VROUTER_INTERFACE_ATTRIBUTE_TRANSPORT = 5,
    VROUTER_INTERFACE_ATTRIBUTE_FLAGS = 6,
    VROUTER_INTERFACE_ATTRIBUTE_NAME = 7,
    VROUTER_INTERFACE_ATTRIBUTE_SYSTEM_INDEX = 8,
    VROUTER_INTERFACE_ATTRIBUTE_VRF = 9,
    VROUTER_INTERFACE_ATTRIBUTE_MULTICAST_VRF = 10,
    VROUTER_INTERFACE_ATTRIBUTE_NEXT_HOP = 11,
    VROUTER_INTERFACE_ATTRIBUTE_MAC = 12,
    VROUTER_INTERFACE_ATTRIBUTE_MTU = 13,
    VROUTER_INTERFACE_ATTRIBUTE_IPV4_ADDRESS = 14,
    VROUTER_INTERFACE_ATTRIBUTE_IPV6_ADDRESS = 15,
    VROUTER_INTERFACE_ATTRIBUTE_PARENT = 16,
    VROUTER_INTERFACE_ATTRIBUTE_VLAN = 17,
    VROUTER_INTERFACE_ATTRIBUTE_OUTER_VLAN = 18,
    VROUTER_INTERFACE_ATTRIBUTE_CROSS_CONNECTS = 19,
    VROUTER_INTERFACE_ATTRIBUTE_MIRROR = 20,
    VROUTER_INTERFACE_ATTRIBUTE_QOS_MAP = 21,
    VROUTER_INTERFACE_ATTRIBUTE_CORE = 22,
    VROUTER_INTERFACE_ATTRIBUTE_COUNTERS = 23,
    VROUTER_INTERFACE_ATTRIBUTE_LINK_UP = 24,
    VROUTER_INTERFACE_ATTRIBUTE_SPEED = 25,
    VROUTER_INTERFACE_ATTRIBUTE_REFERENCE_COUNT = 26,
    VROUTER_INTERFACE_ATTRIBUTE_CURSOR = 27,
};

/* Bits of `present`. */
#define VROUTER_INTERFACE_HAS_OPERATION ((uint64_t)1 << 0)
#define VROUTER_INTERFACE_HAS_GENERATION ((uint64_t)1 << 1)
#define VROUTER_INTERFACE_HAS_INDEX ((uint64_t)1 << 2)
#define VROUTER_INTERFACE_HAS_TYPE ((uint64_t)1 << 3)
#define VROUTER_INTERFACE_HAS_TRANSPORT ((uint64_t)1 << 4)
#define VROUTER_INTERFACE_HAS_FLAGS ((uint64_t)1 << 5)
#define VROUTER_INTERFACE_HAS_NAME ((uint64_t)1 << 6)
#define VROUTER_INTERFACE_HAS_SYSTEM_INDEX ((uint64_t)1 << 7)
#define VROUTER_INTERFACE_HAS_VRF ((uint64_t)1 << 8)
#define VROUTER_INTERFACE_HAS_MULTICAST_VRF ((uint64_t)1 << 9)
#define VROUTER_INTERFACE_HAS_NEXT_HOP ((uint64_t)1 << 10)
#define VROUTER_INTERFACE_HAS_MAC ((uint64_t)1 << 11)
#define VROUTER_INTERFACE_HAS_MTU ((uint64_t)1 << 12)
#define VROUTER_INTERFACE_HAS_IPV4_ADDRESS ((uint64_t)1 << 13)
#define VROUTER_INTERFACE_HAS_IPV6_ADDRESS ((uint64_t)1 << 14)
#define VROUTER_INTERFACE_HAS_PARENT ((uint64_t)1 << 15)
#define VROUTER_INTERFACE_HAS_VLAN ((uint64_t)1 << 16)
#define VROUTER_INTERFACE_HAS_OUTER_VLAN ((uint64_t)1 << 17)
#define VROUTER_INTERFACE_HAS_CROSS_CONNECTS ((uint64_t)1 << 18)
#define VROUTER_INTERFACE_HAS_MIRROR ((uint64_t)1 << 19)
#define VROUTER_INTERFACE_HAS_QOS_MAP ((uint64_t)1 << 20)
#define VROUTER_INTERFACE_HAS_CORE ((uint64_t)1 << 21)
#define VROUTER_INTERFACE_HAS_COUNTERS ((uint64_t)1 << 22)
#define VROUTER_INTERFACE_HAS_LINK_UP ((uint64_t)1 << 23)
#define VROUTER_INTERFACE_HAS_SPEED ((uint64_t)1 << 24)
#define VROUTER_INTERFACE_HAS_REFERENCE_COUNT ((uint64_t)1 << 25)
#define VROUTER_INTERFACE_HAS_CURSOR ((uint64_t)1 << 26)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_INTERFACE_MAXIMUM_NAME 63
#define VROUTER_INTERFACE_MAXIMUM_CROSS_CONNECTS 4
#define VROUTER_INTERFACE_MAXIMUM_CURSOR 40

/* The most bytes that the attributes take when written. */
#define VROUTER_INTERFACE_MAXIMUM_BYTES 416

/*
 * An entry of the interface table, keyed by `index`. The forwarder also sends it on its own, with operation `change` and sequence
 * number 0, when a device appears, disappears, or gains or loses its link. A `reset` answers with the counters and sets them to
 * zero: of one interface, or without `index` of all.
 *
 * Schema: interface.xml:71
 */
struct vrouter_interface {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* What to do with the entry. An enum vrouter_table_operation. */
    uint8_t operation;
    /* The resynchronisation that the entry belongs to; in a `sweep`, the one whose entries stay. */
    uint32_t generation;
    /* The interface's number, given by the agent. Absent in `dump`, `sweep` and a `reset` of all. */
    uint32_t index;
    /* What is at the other end. Needed to add an interface, and fixed then. An enum vrouter_interface_type. */
    uint8_t type;
    /* How packets pass. Absent: `virtual`. An enum vrouter_interface_transport. */
    uint8_t transport;
    /* How packets are treated. Absent in an `add`: none set. Bits VROUTER_INTERFACE_FLAGS_… */
    uint32_t flags;
    /* The name of the device in the operating system, or of the socket. Needed to add an interface that is no sub-interface. */
    char name[VROUTER_INTERFACE_MAXIMUM_NAME + 1];
    /*
     * The operating system's index of the device (ifindex). Absent: the forwarder finds it by name, and the interface waits for its
     * device if there is none yet.
     */
    uint32_t system_index;
    /* The VRF in which packets from here are looked up. Absent in an `add`: VRF 0, the underlay's. */
    uint32_t vrf;
    /* The VRF in which broadcast and multicast from here are looked up. Absent: the same as `vrf`. */
    uint32_t multicast_vrf;
    /*
     * The next hop that stands for the interface in flow keys: of what it sends, and of what comes through any next hop that leads
     * to it, for packets or for frames. Absent in an `add`: what it sends is not looked up in the flow table, whatever the policy
     * flag says.
     */
    uint32_t next_hop;
    /* The MAC address that the forwarder uses on this interface: the one workloads see as their gateway's. */
    uint8_t mac[6];
    /* The largest packet, in bytes, without its Ethernet header. Absent: the device's. */
    uint32_t mtu;
    /* The workload's IPv4 address, to tell its own traffic from what it relays. Absent: none. */
    vrouter_be32 ipv4_address;
    /* The workload's IPv6 address, likewise. */
    uint8_t ipv6_address[16];
    /* The interface that a sub-interface is part of. */
    uint32_t parent;
    /* The VLAN on the wire of a sub-interface, or of untagged frames with `native-vlan-tag`. Absent: untagged. */
    uint16_t vlan;
    /* The outer of two tags on what is sent (IEEE 802.1ad). Absent: one tag at most. */
    uint16_t outer_vlan;
    /*
     * Interfaces that receive what is not for the forwarder: the host interface has its uplinks here, an uplink the host interface.
     */
    uint32_t cross_connects_count;
    uint32_t cross_connects[VROUTER_INTERFACE_MAXIMUM_CROSS_CONNECTS];
    /* The mirror that copies go to. Absent: none, and the mirror flags do nothing. */
    uint8_t mirror;
    /* The map that turns code points of packets from here into forwarding classes. Absent: they are left alone. */
    uint16_t qos_map;
    /* In a `get` or `dump`, the core whose counters are wanted. Absent: the sum over all cores. */
    uint16_t core;
    /* What passed. Only in answers. */
    struct vrouter_interface_counters counters;
    /* The link's speed in Mbit/s, if the device tells. Only from the forwarder. */
    uint32_t speed;
    /* How many entries of other tables refer to the interface. Only in answers. */
    uint32_t reference_count;
    /* In a `dump`, where to go on: the cursor of the last response. Absent: from the beginning. */
    uint16_t cursor_length;
    uint8_t cursor[VROUTER_INTERFACE_MAXIMUM_CURSOR];
};

extern const struct vrouter_layout vrouter_interface_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_interface_decode(struct vrouter_interface *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_interface_encode(const struct vrouter_interface *message, void *bytes, size_t capacity);

#endif
