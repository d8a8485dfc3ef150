/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from family.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * What every table shares, and the messages that are about no table: the greeting that opens a session and the response that ends
 * every request.
 *
 * Over generic netlink a message is the payload of one nlmsghdr and genlmsghdr; over a UNIX socket the same bytes, headers
 * included, follow one another. A request carries a sequence number in its nlmsghdr, and everything that answers it carries the
 * same. A request is answered by the entries that it asked for, each as a message of the table's own kind, and then by one
 * `response`.
 *
 * The agent resynchronises without a gap in forwarding: it takes the next generation, writes everything that it wants to exist with
 * that generation, then sends `sweep` to each table, and what still has an older generation goes. What is referred to must exist,
 * so tables are written in the order VRFs, interfaces, next hops, labels, routes, flows, and swept in the opposite order. An
 * interface whose flows are keyed by a next hop that leads to it is written first without `next-hop`, and changed once that exists;
 * before either is deleted, it is changed to `next-hop` 0, which always exists.
 */
#ifndef VROUTER_MESSAGES_FAMILY_H
#define VROUTER_MESSAGES_FAMILY_H

#include "vrouter_attributes.h"

/*
 * The generic netlink family that the kernel module registers. A forwarder in user space speaks the same family on its socket.
 */
#define VROUTER_FAMILY_NAME "vrouter"
#define VROUTER_FAMILY_VERSION 1

/* The table of the message with a command; NULL if there is none. */
const struct vrouter_layout *vrouter_layout_of(uint8_t command);

/* The most bytes that the attributes of any message take: room for this many is room for every message. */
#define VROUTER_MAXIMUM_BYTES 20776

/* Commands in the generic netlink header, by message. */
enum {
    VROUTER_COMMAND_HELLO = 1,
    VROUTER_COMMAND_RESPONSE = 2,
};

/*
 * What a request does to the table that the message is about. In an answer, the operation that is being answered.
 *
 * Schema: family.xml:23
 */
enum vrouter_table_operation {
    /* Creates the entry, or replaces all of it if it exists: attributes left out take their defaults. */
    VROUTER_TABLE_OPERATION_ADD = 1,
    /* Changes the attributes that are present and leaves the others. The entry must exist. */
    VROUTER_TABLE_OPERATION_CHANGE = 2,
    /* Removes the entry. Removing one that does not exist is answered with ENOENT and changes nothing. */
    VROUTER_TABLE_OPERATION_DELETE = 3,
    /* Asks for one entry, found by its key attributes. */
    VROUTER_TABLE_OPERATION_GET = 4,
    /*
     * Asks for all entries, a part at a time: each part ends with a `response` whose `cursor` is put into the next request. Entries
     * written while a dump goes on may or may not be in it; entries that stay untouched are in it exactly once.
     */
    VROUTER_TABLE_OPERATION_DUMP = 5,
    /* Removes every entry whose generation is not the one in the request: the end of a resynchronisation. */
    VROUTER_TABLE_OPERATION_SWEEP = 6,
    /* Sets counters to zero, and answers with what they were. Only messages about statistics, and `interface`, know it. */
    VROUTER_TABLE_OPERATION_RESET = 7,
};

/* One more than the greatest number with a name: the size of an array that is indexed by it. */
#define VROUTER_TABLE_OPERATION_LIMIT 8

/* The name of a number, as the schema spells it; NULL for a number without one. */
const char *vrouter_table_operation_name(uint32_t value);

/*
 * The kind of addresses that an entry is about. The numbers are those of Linux's address families.
 *
 * Schema: family.xml:37
 */
enum vrouter_address_family {
    /* IPv4. */
    VROUTER_ADDRESS_FAMILY_INET = 2,
    /* Ethernet: MAC addresses. */
    VROUTER_ADDRESS_FAMILY_BRIDGE = 7,
    /* IPv6. */
    VROUTER_ADDRESS_FAMILY_INET6 = 10,
};

/* One more than the greatest number with a name: the size of an array that is indexed by it. */
#define VROUTER_ADDRESS_FAMILY_LIMIT 11

/* The name of a number, as the schema spells it; NULL for a number without one. */
const char *vrouter_address_family_name(uint32_t value);

/*
 * Who speaks.
 *
 * Schema: family.xml:44
 */
enum vrouter_party {
    /* The agent, which decides. */
    VROUTER_PARTY_AGENT = 1,
    /* The forwarder, which moves packets. */
    VROUTER_PARTY_FORWARDER = 2,
};

/* One more than the greatest number with a name: the size of an array that is indexed by it. */
#define VROUTER_PARTY_LIMIT 3

/* The name of a number, as the schema spells it; NULL for a number without one. */
const char *vrouter_party_name(uint32_t value);

/*
 * What the forwarder runs on.
 *
 * Schema: family.xml:50
 */
enum vrouter_forwarder_port {
    /* The Linux kernel module. */
    VROUTER_FORWARDER_PORT_KERNEL = 1,
    /* A process on AF_PACKET or TAP devices. */
    VROUTER_FORWARDER_PORT_USER = 2,
    /* A process that polls its network cards through DPDK. */
    VROUTER_FORWARDER_PORT_DPDK = 3,
};

/* One more than the greatest number with a name: the size of an array that is indexed by it. */
#define VROUTER_FORWARDER_PORT_LIMIT 4

/* The name of a number, as the schema spells it; NULL for a number without one. */
const char *vrouter_forwarder_port_name(uint32_t value);

/*
 * What this forwarder can do. The agent asks for nothing that is not set here; a bit that it does not know is not for it.
 *
 * Schema: family.xml:57
 */
/* Tunnels with MPLS in GRE, RFC 4023. */
#define VROUTER_CAPABILITIES_MPLS_OVER_GRE ((uint64_t)1 << 0)
/* Tunnels with MPLS in UDP, RFC 7510. */
#define VROUTER_CAPABILITIES_MPLS_OVER_UDP ((uint64_t)1 << 1)
/* Tunnels with VXLAN, RFC 7348. */
#define VROUTER_CAPABILITIES_VXLAN ((uint64_t)1 << 2)
/* Tunnel end points may have IPv6 addresses. */
#define VROUTER_CAPABILITIES_IPV6_UNDERLAY ((uint64_t)1 << 3)
/* New flows can be decided in the forwarder, without asking the agent. */
#define VROUTER_CAPABILITIES_LOCAL_POLICY ((uint64_t)1 << 4)
/* Packets of interfaces and flows can be copied to an analyser. */
#define VROUTER_CAPABILITIES_MIRRORING ((uint64_t)1 << 5)
/* Packets too large for a tunnel are fragmented before they are encapsulated. */
#define VROUTER_CAPABILITIES_INNER_FRAGMENTATION ((uint64_t)1 << 6)

/* The name of a bit, by its number, as the schema spells it; NULL for a bit without one. */
const char *vrouter_capabilities_name(uint32_t bit);

/* ---- table-limits ---- */

/* Numbers of the attributes. */
enum {
    VROUTER_TABLE_LIMITS_ATTRIBUTE_INTERFACES = 1,
    VROUTER_TABLE_LIMITS_ATTRIBUTE_VRFS = 2,
    VROUTER_TABLE_LIMITS_ATTRIBUTE_NEXT_HOPS = 3,
    VROUTER_TABLE_LIMITS_ATTRIBUTE_LABELS = 4,
    VROUTER_TABLE_LIMITS_ATTRIBUTE_VXLAN_NETWORKS = 5,
    VROUTER_TABLE_LIMITS_ATTRIBUTE_BRIDGE_ENTRIES = 6,
    VROUTER_TABLE_LIMITS_ATTRIBUTE_FLOWS = 7,
    VROUTER_TABLE_LIMITS_ATTRIBUTE_OVERFLOW_FLOWS = 8,
    VROUTER_TABLE_LIMITS_ATTRIBUTE_HELD_FLOWS = 9,
};

/* Bits of `present`. */
#define VROUTER_TABLE_LIMITS_HAS_INTERFACES ((uint64_t)1 << 0)
#define VROUTER_TABLE_LIMITS_HAS_VRFS ((uint64_t)1 << 1)
#define VROUTER_TABLE_LIMITS_HAS_NEXT_HOPS ((uint64_t)1 << 2)
#define VROUTER_TABLE_LIMITS_HAS_LABELS ((uint64_t)1 << 3)
#define VROUTER_TABLE_LIMITS_HAS_VXLAN_NETWORKS ((uint64_t)1 << 4)
#define VROUTER_TABLE_LIMITS_HAS_BRIDGE_ENTRIES ((uint64_t)1 << 5)
#define VROUTER_TABLE_LIMITS_HAS_FLOWS ((uint64_t)1 << 6)
#define VROUTER_TABLE_LIMITS_HAS_OVERFLOW_FLOWS ((uint64_t)1 << 7)
#define VROUTER_TABLE_LIMITS_HAS_HELD_FLOWS ((uint64_t)1 << 8)

/*
 * How many entries the forwarder's tables hold. They are fixed when it starts. The agent numbers entries from 0, so an index is
 * always below its limit; a table whose limit is absent does not exist.
 *
 * Schema: family.xml:68
 */
struct vrouter_table_limits {
    /* Which attributes there are. */
    uint64_t present;
    /* Interfaces of all types. */
    uint32_t interfaces;
    /* VRFs, VRF 0, the underlay's, included. */
    uint32_t vrfs;
    /* Next hops. Entry 0 always exists and discards. */
    uint32_t next_hops;
    /* MPLS labels: incoming labels are below this number. */
    uint32_t labels;
    /* VXLAN network identifiers known at the same time, whatever their values. */
    uint32_t vxlan_networks;
    /* MAC addresses of all VRFs together. */
    uint32_t bridge_entries;
    /* Flow entries that are found by hashing directly. */
    uint32_t flows;
    /* Flow entries for keys whose place in the table is taken; their indices follow those of `flows`. */
    uint32_t overflow_flows;
    /* Flows that may wait for the agent's decision at the same time; packets of further ones are dropped. */
    uint32_t held_flows;
};

extern const struct vrouter_layout vrouter_table_limits_layout;

/* ---- hello ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_HELLO_ATTRIBUTE_SENDER = 1,
    VROUTER_HELLO_ATTRIBUTE_BUILD = 2,
    VROUTER_HELLO_ATTRIBUTE_PORT = 3,
    VROUTER_HELLO_ATTRIBUTE_CAPABILITIES = 4,
    VROUTER_HELLO_ATTRIBUTE_LIMITS = 5,
    VROUTER_HELLO_ATTRIBUTE_INSTANCE = 6,
    VROUTER_HELLO_ATTRIBUTE_GENERATION = 7,
    VROUTER_HELLO_ATTRIBUTE_CORES = 8,
};

/* Bits of `present`. */
#define VROUTER_HELLO_HAS_SENDER ((uint64_t)1 << 0)
#define VROUTER_HELLO_HAS_BUILD ((uint64_t)1 << 1)
#define VROUTER_HELLO_HAS_PORT ((uint64_t)1 << 2)
#define VROUTER_HELLO_HAS_CAPABILITIES ((uint64_t)1 << 3)
#define VROUTER_HELLO_HAS_LIMITS ((uint64_t)1 << 4)
#define VROUTER_HELLO_HAS_INSTANCE ((uint64_t)1 << 5)
#define VROUTER_HELLO_HAS_GENERATION ((uint64_t)1 << 6)
#define VROUTER_HELLO_HAS_CORES ((uint64_t)1 << 7)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_HELLO_MAXIMUM_BUILD 128

/* The most bytes that the attributes take when written. */
#define VROUTER_HELLO_MAXIMUM_BYTES 268

/*
 * Opens a session and says who is there. The agent sends it first; the forwarder answers with its own, and the agent reads from it
 * which tables exist, how large they are, and whether they still hold what an earlier agent wrote.
 *
 * Schema: family.xml:84
 */
struct vrouter_hello {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* Who sends this greeting. An enum vrouter_party. */
    uint8_t sender;
    /* Version and build of the sending program, for people to read. */
    char build[VROUTER_HELLO_MAXIMUM_BUILD + 1];
    /* What the forwarder runs on. An agent leaves it out. An enum vrouter_forwarder_port. */
    uint8_t port;
    /* What the forwarder can do. An agent leaves it out. Bits VROUTER_CAPABILITIES_… */
    uint64_t capabilities;
    /* The sizes of the forwarder's tables. An agent leaves it out. */
    struct vrouter_table_limits limits;
    /*
     * A random number that the forwarder takes when it starts. If it differs from the one that the agent saw last, the tables are
     * empty and shared memory must be mapped anew.
     */
    uint64_t instance;
    /*
     * From the forwarder, the highest generation that a request has named since it started, 0 if none has. The agent goes on from
     * there, so that no generation means two resynchronisations.
     */
    uint32_t generation;
    /* How many cores count separately; statistics can be asked for by core, from 0 to one less. */
    uint16_t cores;
};

extern const struct vrouter_layout vrouter_hello_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_hello_decode(struct vrouter_hello *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_hello_encode(const struct vrouter_hello *message, void *bytes, size_t capacity);

/* ---- response ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_RESPONSE_ATTRIBUTE_ERROR = 1,
    VROUTER_RESPONSE_ATTRIBUTE_ATTRIBUTE = 2,
    VROUTER_RESPONSE_ATTRIBUTE_OFFSET = 3,
    VROUTER_RESPONSE_ATTRIBUTE_EXPLANATION = 4,
    VROUTER_RESPONSE_ATTRIBUTE_CURSOR = 5,
    VROUTER_RESPONSE_ATTRIBUTE_COUNT = 6,
};

/* Bits of `present`. */
#define VROUTER_RESPONSE_HAS_ERROR ((uint64_t)1 << 0)
#define VROUTER_RESPONSE_HAS_ATTRIBUTE ((uint64_t)1 << 1)
#define VROUTER_RESPONSE_HAS_OFFSET ((uint64_t)1 << 2)
#define VROUTER_RESPONSE_HAS_EXPLANATION ((uint64_t)1 << 3)
#define VROUTER_RESPONSE_HAS_CURSOR ((uint64_t)1 << 4)
#define VROUTER_RESPONSE_HAS_COUNT ((uint64_t)1 << 5)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_RESPONSE_MAXIMUM_EXPLANATION 192
#define VROUTER_RESPONSE_MAXIMUM_CURSOR 40

/* The most bytes that the attributes take when written. */
#define VROUTER_RESPONSE_MAXIMUM_BYTES 276

/*
 * Ends the answer to a request: whether it succeeded, what was wrong with it, and whether a dump goes on.
 *
 * Schema: family.xml:105
 */
struct vrouter_response {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /*
     * 0, or an error as a positive errno of Linux. EINVAL: the codec refused the message, or a value is out of range or contradicts
     * another. ENOENT: the entry, or one that it refers to, does not exist. EBUSY: others refer to the entry. ENOSPC: the table is
     * full. ENOMEM. EOPNOTSUPP: this forwarder does not do what is asked for.
     */
    uint32_t error;
    /*
     * The number of the attribute that was refused, in the message or structure whose codec refused it. Absent when no single one
     * is to blame.
     */
    uint16_t attribute;
    /* Where the refused attribute begins, in bytes from the first attribute of the request. */
    uint32_t offset;
    /* What is wrong, as a sentence for people. Programs go by `error`. */
    char explanation[VROUTER_RESPONSE_MAXIMUM_EXPLANATION + 1];
    /* Present when a dump has more: the next request repeats it unread. Absent after the last part. */
    uint16_t cursor_length;
    uint8_t cursor[VROUTER_RESPONSE_MAXIMUM_CURSOR];
    /* Entries sent before this response, or removed by a sweep. */
    uint32_t count;
};

extern const struct vrouter_layout vrouter_response_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_response_decode(struct vrouter_response *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_response_encode(const struct vrouter_response *message, void *bytes, size_t capacity);

#endif
