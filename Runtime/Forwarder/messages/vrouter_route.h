/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from route.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Routes: which next hop a destination has in a VRF. IPv4 and IPv6 routes are found by longest match; bridge entries by MAC
 * address.
 */
#ifndef VROUTER_MESSAGES_ROUTE_H
#define VROUTER_MESSAGES_ROUTE_H

#include "vrouter_attributes.h"
#include "vrouter_family.h"

/* Commands in the generic netlink header, by message. */
enum {
    VROUTER_COMMAND_ROUTE = 5,
};

/*
 * How the forwarder treats ARP requests and neighbour solicitations for the addresses of an IP route.
 *
 * Schema: route.xml:10
 */
/* Requests are answered here, with `stitched-mac` or, without one, with the interface's MAC address. */
#define VROUTER_ROUTE_FLAGS_ARP_PROXY ((uint16_t)1 << 0)
/* Gratuitous requests are shown to the agent as well: it follows which of several interfaces uses the address. */
#define VROUTER_ROUTE_FLAGS_ARP_TRAP ((uint16_t)1 << 1)
/* Requests from workloads that cannot be answered here are flooded. */
#define VROUTER_ROUTE_FLAGS_ARP_FLOOD ((uint16_t)1 << 2)
/* The route was learnt from traffic, and its address is probed. */
#define VROUTER_ROUTE_FLAGS_LEARNT ((uint16_t)1 << 3)

/* The name of a bit, by its number, as the schema spells it; NULL for a bit without one. */
const char *vrouter_route_flags_name(uint32_t bit);

/*
 * How the forwarder treats frames to the MAC address of a bridge entry.
 *
 * Schema: route.xml:18
 */
/* DHCP requests are flooded instead of being taken to the agent: the workloads have a DHCP server of their own. */
#define VROUTER_BRIDGE_FLAGS_FLOOD_DHCP ((uint16_t)1 << 0)
/* The address was seen somewhere else, and the agent has been told. Set by the forwarder. */
#define VROUTER_BRIDGE_FLAGS_MOVED ((uint16_t)1 << 1)
/* Frames to it carry a control word behind the label (RFC 4385). */
#define VROUTER_BRIDGE_FLAGS_CONTROL_WORD ((uint16_t)1 << 2)
/* The forwarder learnt the address, and the agent has not written it yet. Set by the forwarder. */
#define VROUTER_BRIDGE_FLAGS_UNCONFIRMED ((uint16_t)1 << 3)

/* The name of a bit, by its number, as the schema spells it; NULL for a bit without one. */
const char *vrouter_bridge_flags_name(uint32_t bit);

/* ---- route ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_ROUTE_ATTRIBUTE_OPERATION = 1,
    VROUTER_ROUTE_ATTRIBUTE_GENERATION = 2,
    VROUTER_ROUTE_ATTRIBUTE_VRF = 3,
    VROUTER_ROUTE_ATTRIBUTE_FAMILY = 4,
    VROUTER_ROUTE_ATTRIBUTE_IPV4_PREFIX = 5,
    VROUTER_ROUTE_ATTRIBUTE_IPV6_PREFIX = 6,
    VROUTER_ROUTE_ATTRIBUTE_PREFIX_LENGTH = 7,
    VROUTER_ROUTE_ATTRIBUTE_MAC_ADDRESS = 8,
    VROUTER_ROUTE_ATTRIBUTE_NEXT_HOP = 9,
    VROUTER_ROUTE_ATTRIBUTE_LABEL = 10,
    VROUTER_ROUTE_ATTRIBUTE_STITCHED_MAC = 11,
    VROUTER_ROUTE_ATTRIBUTE_ROUTE_FLAGS = 12,
    VROUTER_ROUTE_ATTRIBUTE_BRIDGE_FLAGS = 13,
    VROUTER_ROUTE_ATTRIBUTE_PACKETS = 14,
    VROUTER_ROUTE_ATTRIBUTE_CURSOR = 15,
};

/* Bits of `present`. */
#define VROUTER_ROUTE_HAS_OPERATION ((uint64_t)1 << 0)
#define VROUTER_ROUTE_HAS_GENERATION ((uint64_t)1 << 1)
#define VROUTER_ROUTE_HAS_VRF ((uint64_t)1 << 2)
#define VROUTER_ROUTE_HAS_FAMILY ((uint64_t)1 << 3)
#define VROUTER_ROUTE_HAS_IPV4_PREFIX ((uint64_t)1 << 4)
#define VROUTER_ROUTE_HAS_IPV6_PREFIX ((uint64_t)1 << 5)
#define VROUTER_ROUTE_HAS_PREFIX_LENGTH ((uint64_t)1 << 6)
#define VROUTER_ROUTE_HAS_MAC_ADDRESS ((uint64_t)1 << 7)
#define VROUTER_ROUTE_HAS_NEXT_HOP ((uint64_t)1 << 8)
#define VROUTER_ROUTE_HAS_LABEL ((uint64_t)1 << 9)
#define VROUTER_ROUTE_HAS_STITCHED_MAC ((uint64_t)1 << 10)
#define VROUTER_ROUTE_HAS_ROUTE_FLAGS ((uint64_t)1 << 11)
#define VROUTER_ROUTE_HAS_BRIDGE_FLAGS ((uint64_t)1 << 12)
#define VROUTER_ROUTE_HAS_PACKETS ((uint64_t)1 << 13)
#define VROUTER_ROUTE_HAS_CURSOR ((uint64_t)1 << 14)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_ROUTE_MAXIMUM_CURSOR 40

/* The most bytes that the attributes take when written. */
#define VROUTER_ROUTE_MAXIMUM_BYTES 180

/*
 * An entry of a VRF's route table, keyed by `vrf`, `family` and the destination: `ipv4-prefix` or `ipv6-prefix` with
 * `prefix-length`, or `mac-address`. A `get` for an address inside a prefix answers with the longest match.
 *
 * Schema: route.xml:26
 */
struct vrouter_route {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* What to do with the entry. An enum vrouter_table_operation. */
    uint8_t operation;
    /* The resynchronisation that the entry belongs to; in a `sweep`, the one whose entries stay. */
    uint32_t generation;
    /* The VRF. Absent in a `sweep`: all of them. */
    uint32_t vrf;
    /* Which of the VRF's three tables the entry is in. An enum vrouter_address_family. */
    uint8_t family;
    /* The first address of an IPv4 prefix. Bits beyond the length are ignored. */
    vrouter_be32 ipv4_prefix;
    /* The first address of an IPv6 prefix, likewise. */
    uint8_t ipv6_prefix[16];
    /* How many bits of the prefix count, up to 32 for IPv4. Absent: all, a single address. */
    uint8_t prefix_length;
    /* The address of a bridge entry. All ones: where frames to everybody are replicated. */
    uint8_t mac_address[6];
    /* What is done with packets. Needed to add a route. */
    uint32_t next_hop;
    /*
     * What a tunnel puts on the packets: an MPLS label (20 bits) or, for VXLAN, a network identifier (24 bits). Absent: the next
     * hop needs none, or its members bring their own.
     */
    uint32_t label;
    /* The MAC address that belongs to the address of a host route: what ARP is answered with. Absent: not known. */
    uint8_t stitched_mac[6];
    /* For IP routes. Absent in an `add`: none set. Bits VROUTER_ROUTE_FLAGS_… */
    uint16_t route_flags;
    /* For bridge entries. Absent in an `add`: none set. Bits VROUTER_BRIDGE_FLAGS_… */
    uint16_t bridge_flags;
    /* Packets that a bridge entry has forwarded. Only in answers. */
    uint64_t packets;
    /* In a `dump`, where to go on: the cursor of the last response. Absent: from the beginning. */
    uint16_t cursor_length;
    uint8_t cursor[VROUTER_ROUTE_MAXIMUM_CURSOR];
};

extern const struct vrouter_layout vrouter_route_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_route_decode(struct vrouter_route *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_route_encode(const struct vrouter_route *message, void *bytes, size_t capacity);

#endif
