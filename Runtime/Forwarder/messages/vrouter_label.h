/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from label.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * What a tunnel's packet says about where it goes: an MPLS label or a VXLAN network identifier stands for a next hop here. The
 * agent gives out labels and announces them through the control nodes; network identifiers belong to virtual networks everywhere.
 */
#ifndef VROUTER_MESSAGES_LABEL_H
#define VROUTER_MESSAGES_LABEL_H

#include "vrouter_attributes.h"
#include "vrouter_family.h"

/* Commands in the generic netlink header, by message. */
enum {
    VROUTER_COMMAND_LABEL = 6,
    VROUTER_COMMAND_VXLAN_NETWORK = 7,
};

/*
 * What stands behind a label.
 *
 * Schema: label.xml:10
 */
/*
 * The label is of a replication tree: a control word of four zero bytes, a VXLAN header with the network, and then the frame.
 * Without it, packets are what the next hop's family says.
 */
#define VROUTER_LABEL_FLAGS_TREE ((uint32_t)1 << 0)

/* The name of a bit, by its number, as the schema spells it; NULL for a bit without one. */
const char *vrouter_label_flags_name(uint32_t bit);

/* ---- label ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_LABEL_ATTRIBUTE_OPERATION = 1,
    VROUTER_LABEL_ATTRIBUTE_GENERATION = 2,
    VROUTER_LABEL_ATTRIBUTE_LABEL = 3,
    VROUTER_LABEL_ATTRIBUTE_NEXT_HOP = 4,
    VROUTER_LABEL_ATTRIBUTE_CURSOR = 5,
    VROUTER_LABEL_ATTRIBUTE_FLAGS = 6,
};

/* Bits of `present`. */
#define VROUTER_LABEL_HAS_OPERATION ((uint64_t)1 << 0)
#define VROUTER_LABEL_HAS_GENERATION ((uint64_t)1 << 1)
#define VROUTER_LABEL_HAS_LABEL ((uint64_t)1 << 2)
#define VROUTER_LABEL_HAS_NEXT_HOP ((uint64_t)1 << 3)
#define VROUTER_LABEL_HAS_CURSOR ((uint64_t)1 << 4)
#define VROUTER_LABEL_HAS_FLAGS ((uint64_t)1 << 5)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_LABEL_MAXIMUM_CURSOR 40

/* The most bytes that the attributes take when written. */
#define VROUTER_LABEL_MAXIMUM_BYTES 84

/*
 * An entry of the incoming label map (RFC 3031), keyed by `label`. A packet with a label that has none is dropped as
 * `invalid-label`.
 *
 * Schema: label.xml:18
 */
struct vrouter_label {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* What to do with the entry. An enum vrouter_table_operation. */
    uint8_t operation;
    /* The resynchronisation that the entry belongs to; in a `sweep`, the one whose entries stay. */
    uint32_t generation;
    /* The label, 20 bits. 0 to 15 have meanings of their own (RFC 3032). Absent in `dump` and `sweep`. */
    uint32_t label;
    /* What is done with packets once the label is removed. Needed to add an entry. */
    uint32_t next_hop;
    /* In a `dump`, where to go on: the cursor of the last response. Absent: from the beginning. */
    uint16_t cursor_length;
    uint8_t cursor[VROUTER_LABEL_MAXIMUM_CURSOR];
    /* What stands behind the label. Absent in an `add`: none set. Bits VROUTER_LABEL_FLAGS_… */
    uint32_t flags;
};

extern const struct vrouter_layout vrouter_label_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_label_decode(struct vrouter_label *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_label_encode(const struct vrouter_label *message, void *bytes, size_t capacity);

/* ---- vxlan-network ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_VXLAN_NETWORK_ATTRIBUTE_OPERATION = 1,
    VROUTER_VXLAN_NETWORK_ATTRIBUTE_GENERATION = 2,
    VROUTER_VXLAN_NETWORK_ATTRIBUTE_IDENTIFIER = 3,
    VROUTER_VXLAN_NETWORK_ATTRIBUTE_NEXT_HOP = 4,
    VROUTER_VXLAN_NETWORK_ATTRIBUTE_CURSOR = 5,
};

/* Bits of `present`. */
#define VROUTER_VXLAN_NETWORK_HAS_OPERATION ((uint64_t)1 << 0)
#define VROUTER_VXLAN_NETWORK_HAS_GENERATION ((uint64_t)1 << 1)
#define VROUTER_VXLAN_NETWORK_HAS_IDENTIFIER ((uint64_t)1 << 2)
#define VROUTER_VXLAN_NETWORK_HAS_NEXT_HOP ((uint64_t)1 << 3)
#define VROUTER_VXLAN_NETWORK_HAS_CURSOR ((uint64_t)1 << 4)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_VXLAN_NETWORK_MAXIMUM_CURSOR 40

/* The most bytes that the attributes take when written. */
#define VROUTER_VXLAN_NETWORK_MAXIMUM_BYTES 76

/*
 * An entry of the VXLAN table, keyed by `identifier`. A packet of a network that has none is dropped as `invalid-vxlan-network`.
 *
 * Schema: label.xml:28
 */
struct vrouter_vxlan_network {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* What to do with the entry. An enum vrouter_table_operation. */
    uint8_t operation;
    /* The resynchronisation that the entry belongs to; in a `sweep`, the one whose entries stay. */
    uint32_t generation;
    /* The VXLAN network identifier (VNI), 24 bits. Absent in `dump` and `sweep`. */
    uint32_t identifier;
    /* What is done with frames of the network, usually a lookup in its VRF. Needed to add an entry. */
    uint32_t next_hop;
    /* In a `dump`, where to go on: the cursor of the last response. Absent: from the beginning. */
    uint16_t cursor_length;
    uint8_t cursor[VROUTER_VXLAN_NETWORK_MAXIMUM_CURSOR];
};

extern const struct vrouter_layout vrouter_vxlan_network_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_vxlan_network_decode(struct vrouter_vxlan_network *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_vxlan_network_encode(const struct vrouter_vxlan_network *message, void *bytes, size_t capacity);

#endif
