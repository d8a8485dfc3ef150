/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from vrf.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * VRFs: the routing and bridging tables of one routing instance. VRF 0 is the underlay's. The tables of a VRF exist as soon as the
 * VRF is added, empty.
 */
#ifndef VROUTER_MESSAGES_VRF_H
#define VROUTER_MESSAGES_VRF_H

#include "vrouter_attributes.h"
#include "vrouter_family.h"

/* Commands in the generic netlink header, by message. */
enum {
    VROUTER_COMMAND_VRF = 10,
};

/*
 * How a VRF's tables are used.
 *
 * Schema: vrf.xml:10
 */
/* There are no IP routes: packets to the gateway's MAC address are dropped. */
#define VROUTER_VRF_FLAGS_BRIDGE_ONLY ((uint32_t)1 << 0)
/* Source MAC addresses are learnt from frames that arrive in tunnels. */
#define VROUTER_VRF_FLAGS_MAC_LEARN ((uint32_t)1 << 1)

/* The name of a bit, by its number, as the schema spells it; NULL for a bit without one. */
const char *vrouter_vrf_flags_name(uint32_t bit);

/* ---- vrf ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_VRF_ATTRIBUTE_OPERATION = 1,
    VROUTER_VRF_ATTRIBUTE_GENERATION = 2,
    VROUTER_VRF_ATTRIBUTE_INDEX = 3,
    VROUTER_VRF_ATTRIBUTE_NAME = 4,
    VROUTER_VRF_ATTRIBUTE_FLAGS = 5,
    VROUTER_VRF_ATTRIBUTE_IPV4_ROUTES = 6,
    VROUTER_VRF_ATTRIBUTE_IPV6_ROUTES = 7,
    VROUTER_VRF_ATTRIBUTE_BRIDGE_ENTRIES = 8,
    VROUTER_VRF_ATTRIBUTE_CURSOR = 9,
};

/* Bits of `present`. */
#define VROUTER_VRF_HAS_OPERATION ((uint64_t)1 << 0)
#define VROUTER_VRF_HAS_GENERATION ((uint64_t)1 << 1)
#define VROUTER_VRF_HAS_INDEX ((uint64_t)1 << 2)
#define VROUTER_VRF_HAS_NAME ((uint64_t)1 << 3)
#define VROUTER_VRF_HAS_FLAGS ((uint64_t)1 << 4)
#define VROUTER_VRF_HAS_IPV4_ROUTES ((uint64_t)1 << 5)
#define VROUTER_VRF_HAS_IPV6_ROUTES ((uint64_t)1 << 6)
#define VROUTER_VRF_HAS_BRIDGE_ENTRIES ((uint64_t)1 << 7)
#define VROUTER_VRF_HAS_CURSOR ((uint64_t)1 << 8)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_VRF_MAXIMUM_NAME 255
#define VROUTER_VRF_MAXIMUM_CURSOR 40

/* The most bytes that the attributes take when written. */
#define VROUTER_VRF_MAXIMUM_BYTES 360

/*
 * An entry of the VRF table, keyed by `index`. Deleting a VRF removes its routes; it is refused with EBUSY while an interface or
 * next hop refers to it.
 *
 * Schema: vrf.xml:16
 */
struct vrouter_vrf {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* What to do with the entry. An enum vrouter_table_operation. */
    uint8_t operation;
    /* The resynchronisation that the entry belongs to; in a `sweep`, the one whose entries stay. */
    uint32_t generation;
    /* The VRF's number, given by the agent. Absent in `dump` and `sweep`. */
    uint32_t index;
    /* The routing instance's fully qualified name, joined with colons, for people and tools. Absent: none. */
    char name[VROUTER_VRF_MAXIMUM_NAME + 1];
    /* How its tables are used. Absent in an `add`: none set. Bits VROUTER_VRF_FLAGS_… */
    uint32_t flags;
    /* How many IPv4 routes it has. Only in answers. */
    uint32_t ipv4_routes;
    /* How many IPv6 routes it has. Only in answers. */
    uint32_t ipv6_routes;
    /* How many MAC addresses it has. Only in answers. */
    uint32_t bridge_entries;
    /* In a `dump`, where to go on: the cursor of the last response. Absent: from the beginning. */
    uint16_t cursor_length;
    uint8_t cursor[VROUTER_VRF_MAXIMUM_CURSOR];
};

extern const struct vrouter_layout vrouter_vrf_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_vrf_decode(struct vrouter_vrf *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_vrf_encode(const struct vrouter_vrf *message, void *bytes, size_t capacity);

#endif
