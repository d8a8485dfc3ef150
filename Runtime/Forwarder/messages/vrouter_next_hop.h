/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from next-hop.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Next hops: what is done with a packet once it is known where it goes. Routes, labels, VXLAN networks and other next hops refer to
 * them by index, so that a thousand routes through one tunnel share one entry. Next hop 0 discards; it always exists and cannot be
 * written.
 */
#ifndef VROUTER_MESSAGES_NEXT_HOP_H
#define VROUTER_MESSAGES_NEXT_HOP_H

#include "vrouter_attributes.h"
#include "vrouter_family.h"

/* Commands in the generic netlink header, by message. */
enum {
    VROUTER_COMMAND_NEXT_HOP = 4,
};

/*
 * What is done with the packet.
 *
 * Schema: next-hop.xml:11
 */
enum vrouter_next_hop_type {
    /* It is for the host: handed to the host interface. */
    VROUTER_NEXT_HOP_TYPE_RECEIVE = 1,
    /* It leaves through an interface with a new Ethernet header: a workload here, or a neighbour in the underlay. */
    VROUTER_NEXT_HOP_TYPE_ENCAPSULATE = 2,
    /* It is wrapped for another end point and leaves through the underlay. */
    VROUTER_NEXT_HOP_TYPE_TUNNEL = 3,
    /* The neighbour's MAC address is not known: the packet goes to the agent, which finds it out. */
    VROUTER_NEXT_HOP_TYPE_RESOLVE = 4,
    /* It is dropped, and counted as discarded. */
    VROUTER_NEXT_HOP_TYPE_DISCARD = 5,
    /* One member takes it (ECMP), or every member takes a copy (multicast). */
    VROUTER_NEXT_HOP_TYPE_COMPOSITE = 6,
    /* It is looked up again, in another VRF. */
    VROUTER_NEXT_HOP_TYPE_VRF_TRANSLATE = 7,
    /* A frame to the gateway's MAC address: its packet is routed rather than bridged. */
    VROUTER_NEXT_HOP_TYPE_BRIDGE_RECEIVE = 8,
};

/* One more than the greatest number with a name: the size of an array that is indexed by it. */
#define VROUTER_NEXT_HOP_TYPE_LIMIT 9

/* The name of a number, as the schema spells it; NULL for a number without one. */
const char *vrouter_next_hop_type_name(uint32_t value);

/*
 * What a tunnel wraps packets in.
 *
 * Schema: next-hop.xml:23
 */
enum vrouter_tunnel_encapsulation {
    /* A label in GRE without key, sequence or checksum (RFC 4023). Routers cannot spread it by ports. */
    VROUTER_TUNNEL_ENCAPSULATION_MPLS_OVER_GRE = 1,
    /* A label in UDP to port 6635 (RFC 7510); the source port is a hash of the inner flow, from 49152 to 65535. */
    VROUTER_TUNNEL_ENCAPSULATION_MPLS_OVER_UDP = 2,
    /* VXLAN to UDP port 4789 (RFC 7348), with the source port as above. */
    VROUTER_TUNNEL_ENCAPSULATION_VXLAN = 3,
    /* UDP with the ports given, around a mirrored frame and its description. */
    VROUTER_TUNNEL_ENCAPSULATION_UDP = 4,
};

/* One more than the greatest number with a name: the size of an array that is indexed by it. */
#define VROUTER_TUNNEL_ENCAPSULATION_LIMIT 5

/* The name of a number, as the schema spells it; NULL for a number without one. */
const char *vrouter_tunnel_encapsulation_name(uint32_t value);

/*
 * How a composite uses its members. A multicast composite of a network has composites of the other kinds as members; where a packet
 * came from decides which of them take a copy.
 *
 * Schema: next-hop.xml:31
 */
enum vrouter_composite_kind {
    /* One member takes the packet, chosen by flow and then by hash. */
    VROUTER_COMPOSITE_KIND_ECMP = 1,
    /* The root of a network's replication. */
    VROUTER_COMPOSITE_KIND_MULTICAST = 2,
    /* Workloads on this host. Takes copies whatever the source, except the workload that sent the packet. */
    VROUTER_COMPOSITE_KIND_LOCAL = 3,
    /*
     * Neighbours in the replication tree. Takes copies from workloads, switches and the tree, never back to where they came from.
     */
    VROUTER_COMPOSITE_KIND_FABRIC = 4,
    /*
     * End points reached by ingress replication (RFC 7432). Takes copies from workloads and switches only, so that nothing loops.
     */
    VROUTER_COMPOSITE_KIND_EVPN = 5,
    /* Top-of-rack switches that take part by OVSDB. Takes copies from workloads and other switches. */
    VROUTER_COMPOSITE_KIND_SWITCH = 6,
};

/* One more than the greatest number with a name: the size of an array that is indexed by it. */
#define VROUTER_COMPOSITE_KIND_LIMIT 7

/* The name of a number, as the schema spells it; NULL for a number without one. */
const char *vrouter_composite_kind_name(uint32_t value);

/*
 * Details of what is done.
 *
 * Schema: next-hop.xml:44
 */
/* The entry may be used. Packets that meet one without it are dropped as `invalid-next-hop`. */
#define VROUTER_NEXT_HOP_FLAGS_VALID ((uint32_t)1 << 0)
/* Packets are looked up in the flow table before they go this way. */
#define VROUTER_NEXT_HOP_FLAGS_POLICY ((uint32_t)1 << 1)
/* With `policy`: packets without a flow pass. */
#define VROUTER_NEXT_HOP_FLAGS_RELAXED_POLICY ((uint32_t)1 << 2)
/* What leaves the tunnel is routed by its IP header rather than sent on directly. */
#define VROUTER_NEXT_HOP_FLAGS_ROUTE_LOOKUP ((uint32_t)1 << 3)
/* Frames to unknown MAC addresses are flooded in the VRF instead of dropped. */
#define VROUTER_NEXT_HOP_FLAGS_UNKNOWN_UNICAST_FLOOD ((uint32_t)1 << 4)
/* Packets are looked up in the flow table for counting and NAT, without policy. */
#define VROUTER_NEXT_HOP_FLAGS_FLOW_LOOKUP ((uint32_t)1 << 5)
/* Source MAC addresses of frames that arrive this way are learnt. */
#define VROUTER_NEXT_HOP_FLAGS_MAC_LEARN ((uint32_t)1 << 6)
/* Frames that arrive this way come from a root of an E-Tree. */
#define VROUTER_NEXT_HOP_FLAGS_ETREE_ROOT ((uint32_t)1 << 7)
/* A control word of four zero bytes stands between label and frame (RFC 4385), as EVPN peers that need it announce. */
#define VROUTER_NEXT_HOP_FLAGS_CONTROL_WORD ((uint32_t)1 << 8)
/* Packets in VXLAN are routed: the inner Ethernet header gets `rewrite-mac` as its destination. */
#define VROUTER_NEXT_HOP_FLAGS_VXLAN_ROUTING ((uint32_t)1 << 9)
/* Multicast from the fabric is accepted only from tunnels that are members. */
#define VROUTER_NEXT_HOP_FLAGS_VALIDATE_SOURCE ((uint32_t)1 << 10)
/* The tunnel's source address is that of the host interface at the time of sending, not `source-ipv4`. */
#define VROUTER_NEXT_HOP_FLAGS_COPY_SOURCE_ADDRESS ((uint32_t)1 << 11)

/* The name of a bit, by its number, as the schema spells it; NULL for a bit without one. */
const char *vrouter_next_hop_flags_name(uint32_t bit);

/*
 * Which fields of a packet decide the member of an ECMP composite.
 *
 * Schema: next-hop.xml:60
 */
/* The IP protocol. */
#define VROUTER_HASH_FIELDS_PROTOCOL ((uint8_t)1 << 0)
/* The source address. */
#define VROUTER_HASH_FIELDS_SOURCE_ADDRESS ((uint8_t)1 << 1)
/* The source port of TCP, UDP and SCTP. */
#define VROUTER_HASH_FIELDS_SOURCE_PORT ((uint8_t)1 << 2)
/* The destination address. */
#define VROUTER_HASH_FIELDS_DESTINATION_ADDRESS ((uint8_t)1 << 3)
/* The destination port of TCP, UDP and SCTP. */
#define VROUTER_HASH_FIELDS_DESTINATION_PORT ((uint8_t)1 << 4)

/* The name of a bit, by its number, as the schema spells it; NULL for a bit without one. */
const char *vrouter_hash_fields_name(uint32_t bit);

/* ---- next-hop-member ---- */

/* Numbers of the attributes. */
enum {
    VROUTER_NEXT_HOP_MEMBER_ATTRIBUTE_NEXT_HOP = 1,
    VROUTER_NEXT_HOP_MEMBER_ATTRIBUTE_LABEL = 2,
};

/* Bits of `present`. */
#define VROUTER_NEXT_HOP_MEMBER_HAS_NEXT_HOP ((uint64_t)1 << 0)
#define VROUTER_NEXT_HOP_MEMBER_HAS_LABEL ((uint64_t)1 << 1)

/*
 * A member of a composite. Flows remember members by position, so that a member that goes leaves an empty one behind: the others
 * stay where they are, and so do their flows.
 *
 * Schema: next-hop.xml:69
 */
struct vrouter_next_hop_member {
    /* Which attributes there are. */
    uint64_t present;
    /* The member. Absent: the position is empty. */
    uint32_t next_hop;
    /*
     * What is put on packets that go this way: an MPLS label (20 bits) or, for VXLAN, a network identifier (24 bits). Absent: none.
     */
    uint32_t label;
};

extern const struct vrouter_layout vrouter_next_hop_member_layout;

/* ---- next-hop ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_NEXT_HOP_ATTRIBUTE_OPERATION = 1,
    VROUTER_NEXT_HOP_ATTRIBUTE_GENERATION = 2,
    VROUTER_NEXT_HOP_ATTRIBUTE_INDEX = 3,
    VROUTER_NEXT_HOP_ATTRIBUTE_TYPE = 4,
    VROUTER_NEXT_HOP_ATTRIBUTE_FAMILY = 5,
    VROUTER_NEXT_HOP_ATTRIBUTE_FLAGS = 6,
    VROUTER_NEXT_HOP_ATTRIBUTE_VRF = 7,
    VROUTER_NEXT_HOP_ATTRIBUTE_INTERFACE = 8,
    VROUTER_NEXT_HOP_ATTRIBUTE_ENCAPSULATION = 9,
    VROUTER_NEXT_HOP_ATTRIBUTE_TUNNEL = 10,
    VROUTER_NEXT_HOP_ATTRIBUTE_SOURCE_IPV4 = 11,
    VROUTER_NEXT_HOP_ATTRIBUTE_DESTINATION_IPV4 = 12,
    VROUTER_NEXT_HOP_ATTRIBUTE_SOURCE_IPV6 = 13,
    VROUTER_NEXT_HOP_ATTRIBUTE_DESTINATION_IPV6 = 14,
    VROUTER_NEXT_HOP_ATTRIBUTE_SOURCE_PORT = 15,
    VROUTER_NEXT_HOP_ATTRIBUTE_DESTINATION_PORT = 16,
    VROUTER_NEXT_HOP_ATTRIBUTE_COMPOSITE = 17,
    VROUTER_NEXT_HOP_ATTRIBUTE_HASH_FIELDS = 18,
    VROUTER_NEXT_HOP_ATTRIBUTE_MEMBERS = 19,
    VROUTER_NEXT_HOP_ATTRIBUTE_REWRITE_MAC = 20,
    VROUTER_NEXT_HOP_ATTRIBUTE_REFERENCE_COUNT = 21,
    VROUTER_NEXT_HOP_ATTRIBUTE_CURSOR = 22,
};

/* Bits of `present`. */
#define VROUTER_NEXT_HOP_HAS_OPERATION ((uint64_t)1 << 0)
#define VROUTER_NEXT_HOP_HAS_GENERATION ((uint64_t)1 << 1)
#define VROUTER_NEXT_HOP_HAS_INDEX ((uint64_t)1 << 2)
#define VROUTER_NEXT_HOP_HAS_TYPE ((uint64_t)1 << 3)
#define VROUTER_NEXT_HOP_HAS_FAMILY ((uint64_t)1 << 4)
#define VROUTER_NEXT_HOP_HAS_FLAGS ((uint64_t)1 << 5)
#define VROUTER_NEXT_HOP_HAS_VRF ((uint64_t)1 << 6)
#define VROUTER_NEXT_HOP_HAS_INTERFACE ((uint64_t)1 << 7)
#define VROUTER_NEXT_HOP_HAS_ENCAPSULATION ((uint64_t)1 << 8)
#define VROUTER_NEXT_HOP_HAS_TUNNEL ((uint64_t)1 << 9)
#define VROUTER_NEXT_HOP_HAS_SOURCE_IPV4 ((uint64_t)1 << 10)
#define VROUTER_NEXT_HOP_HAS_DESTINATION_IPV4 ((uint64_t)1 << 11)
#define VROUTER_NEXT_HOP_HAS_SOURCE_IPV6 ((uint64_t)1 << 12)
#define VROUTER_NEXT_HOP_HAS_DESTINATION_IPV6 ((uint64_t)1 << 13)
#define VROUTER_NEXT_HOP_HAS_SOURCE_PORT ((uint64_t)1 << 14)
#define VROUTER_NEXT_HOP_HAS_DESTINATION_PORT ((uint64_t)1 << 15)
#define VROUTER_NEXT_HOP_HAS_COMPOSITE ((uint64_t)1 << 16)
#define VROUTER_NEXT_HOP_HAS_HASH_FIELDS ((uint64_t)1 << 17)
#define VROUTER_NEXT_HOP_HAS_MEMBERS ((uint64_t)1 << 18)
#define VROUTER_NEXT_HOP_HAS_REWRITE_MAC ((uint64_t)1 << 19)
#define VROUTER_NEXT_HOP_HAS_REFERENCE_COUNT ((uint64_t)1 << 20)
#define VROUTER_NEXT_HOP_HAS_CURSOR ((uint64_t)1 << 21)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_NEXT_HOP_MAXIMUM_ENCAPSULATION 64
#define VROUTER_NEXT_HOP_MAXIMUM_MEMBERS 1024
#define VROUTER_NEXT_HOP_MAXIMUM_CURSOR 40

/* The most bytes that the attributes take when written. */
#define VROUTER_NEXT_HOP_MAXIMUM_BYTES 20776

/*
 * An entry of the next-hop table, keyed by `index`. Which attributes an entry has follows from its type.
 *
 * Schema: next-hop.xml:80
 */
struct vrouter_next_hop {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* What to do with the entry. An enum vrouter_table_operation. */
    uint8_t operation;
    /* The resynchronisation that the entry belongs to; in a `sweep`, the one whose entries stay. */
    uint32_t generation;
    /* The next hop's number, given by the agent. Absent in `dump` and `sweep`. */
    uint32_t index;
    /* What is done with packets. Needed to add a next hop. An enum vrouter_next_hop_type. */
    uint8_t type;
    /*
     * What the packets are when they get here: IP packets to be routed, or frames to be bridged. Absent: `inet`, which includes
     * IPv6 packets in IPv4 tunnels. An enum vrouter_address_family.
     */
    uint8_t family;
    /* Details. Absent in an `add`: none set, so the entry is not yet valid. Bits VROUTER_NEXT_HOP_FLAGS_… */
    uint32_t flags;
    /* The VRF that the next hop belongs to; for `vrf-translate`, the one in which packets are looked up. Absent: VRF 0. */
    uint32_t vrf;
    /* The interface through which packets leave: for `encapsulate`, `tunnel`, `receive` and `resolve`. */
    uint32_t interface;
    /*
     * The Ethernet header that packets leave with, VLAN tags included, as it stands on the wire; for a tunnel, that of the outer
     * frame. Its last two bytes are replaced with the packet's own type.
     */
    uint16_t encapsulation_length;
    uint8_t encapsulation[VROUTER_NEXT_HOP_MAXIMUM_ENCAPSULATION];
    /* What a tunnel wraps packets in. An enum vrouter_tunnel_encapsulation. */
    uint8_t tunnel;
    /* The tunnel's own IPv4 address. */
    vrouter_be32 source_ipv4;
    /* The IPv4 address of the tunnel's other end. */
    vrouter_be32 destination_ipv4;
    /* The tunnel's own IPv6 address, in an IPv6 underlay, instead of `source-ipv4`. */
    uint8_t source_ipv6[16];
    /* The IPv6 address of the tunnel's other end, instead of `destination-ipv4`. */
    uint8_t destination_ipv6[16];
    /* The UDP source port of a tunnel of kind `udp`. The other kinds hash it from each flow. */
    vrouter_be16 source_port;
    /* The UDP destination port of a tunnel of kind `udp`. */
    vrouter_be16 destination_port;
    /* How a composite uses its members. An enum vrouter_composite_kind. */
    uint8_t composite;
    /* Which fields choose the member of an ECMP composite. Absent: all of them. Bits VROUTER_HASH_FIELDS_… */
    uint8_t hash_fields;
    /* The members of a composite, in order. A `change` with this attribute replaces all of them. */
    uint32_t members_count;
    struct vrouter_next_hop_member members[VROUTER_NEXT_HOP_MAXIMUM_MEMBERS];
    /* The MAC address of the router at the other end of a `vxlan-routing` tunnel. */
    uint8_t rewrite_mac[6];
    /* How many entries refer to the next hop; it is deleted only at 0. Only in answers. */
    uint32_t reference_count;
    /* In a `dump`, where to go on: the cursor of the last response. Absent: from the beginning. */
    uint16_t cursor_length;
    uint8_t cursor[VROUTER_NEXT_HOP_MAXIMUM_CURSOR];
};

extern const struct vrouter_layout vrouter_next_hop_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_next_hop_decode(struct vrouter_next_hop *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_next_hop_encode(const struct vrouter_next_hop *message, void *bytes, size_t capacity);

#endif
