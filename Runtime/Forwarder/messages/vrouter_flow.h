/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from flow.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Flows: what was decided about a conversation, one entry for each direction, linked by `reverse-index`. The first packet of a flow
 * makes a `hold` entry and goes to the agent; the agent's answer is a `change` of that entry. Policy, translation of addresses, the
 * ECMP member taken and the counts of packets are all kept here.
 */
#ifndef VROUTER_MESSAGES_FLOW_H
#define VROUTER_MESSAGES_FLOW_H

#include "vrouter_attributes.h"
#include "vrouter_family.h"

/* Commands in the generic netlink header, by message. */
enum {
    VROUTER_COMMAND_FLOW = 8,
    VROUTER_COMMAND_FLOW_TABLE = 9,
};

/*
 * What is done with the packets of a flow.
 *
 * Schema: flow.xml:11
 */
enum vrouter_flow_action {
    /* They are dropped, as `flow-action-drop`; `drop-reason` says why. */
    VROUTER_FLOW_ACTION_DROP = 0,
    /* They wait, three at most, until the agent decides. */
    VROUTER_FLOW_ACTION_HOLD = 1,
    /* They pass unchanged. */
    VROUTER_FLOW_ACTION_FORWARD = 2,
    /* They pass with addresses or ports translated, as `flags` and the reverse flow's key say. */
    VROUTER_FLOW_ACTION_TRANSLATE = 3,
};

/* One more than the greatest number with a name: the size of an array that is indexed by it. */
#define VROUTER_FLOW_ACTION_LIMIT 4

/* The name of a number, as the schema spells it; NULL for a number without one. */
const char *vrouter_flow_action_name(uint32_t value);

/*
 * How the packets of a flow are treated, and what became of its entry.
 *
 * Schema: flow.xml:19
 */
/* The source address becomes the destination address of the reverse flow's key. */
#define VROUTER_FLOW_FLAGS_TRANSLATE_SOURCE ((uint16_t)1 << 1)
/* The source port becomes the destination port of the reverse flow's key. */
#define VROUTER_FLOW_FLAGS_TRANSLATE_SOURCE_PORT ((uint16_t)1 << 2)
/* The destination address becomes the source address of the reverse flow's key. */
#define VROUTER_FLOW_FLAGS_TRANSLATE_DESTINATION ((uint16_t)1 << 3)
/* The destination port becomes the source port of the reverse flow's key. */
#define VROUTER_FLOW_FLAGS_TRANSLATE_DESTINATION_PORT ((uint16_t)1 << 4)
/* The next packet goes to the agent, which decides the ECMP member anew. */
#define VROUTER_FLOW_FLAGS_TRAP_ECMP ((uint16_t)1 << 5)
/* The agent is about to delete the entry, so a packet does not revive it. */
#define VROUTER_FLOW_FLAGS_DELETE_MARKED ((uint16_t)1 << 6)
/* A workload's BGP session with the platform: the TTL is rewritten as `ttl` says. */
#define VROUTER_FLOW_FLAGS_BGP_SERVICE ((uint16_t)1 << 7)
/* The agent has written the entry since it was made. Set by the forwarder. */
#define VROUTER_FLOW_FLAGS_MODIFIED ((uint16_t)1 << 8)
/* The TCP connection is over and the entry may be taken for another flow. Set by the forwarder. */
#define VROUTER_FLOW_FLAGS_EVICT_CANDIDATE ((uint16_t)1 << 10)
/* The entry was taken back; only its counts are left to read. Set by the forwarder. */
#define VROUTER_FLOW_FLAGS_EVICTED ((uint16_t)1 << 11)
/* Packets are copied to the flow's mirrors. */
#define VROUTER_FLOW_FLAGS_MIRROR ((uint16_t)1 << 13)
/* Packets are looked up in `destination-vrf` rather than in the VRF that they arrived in. */
#define VROUTER_FLOW_FLAGS_VRF_TRANSLATE ((uint16_t)1 << 14)
/* A service of the host under a link-local address: the reverse flow arrives at the host's own interface. */
#define VROUTER_FLOW_FLAGS_LINK_LOCAL ((uint16_t)1 << 15)

/* The name of a bit, by its number, as the schema spells it; NULL for a bit without one. */
const char *vrouter_flow_flags_name(uint32_t bit);

/*
 * What the forwarder has seen of a TCP connection, in this direction and the other. Set by the forwarder.
 *
 * Schema: flow.xml:36
 */
/* A FIN in this direction. */
#define VROUTER_TCP_STATE_FIN ((uint16_t)1 << 0)
/* A FIN, and the acknowledgement of it. */
#define VROUTER_TCP_STATE_HALF_CLOSED ((uint16_t)1 << 1)
/* A FIN in the other direction. */
#define VROUTER_TCP_STATE_FIN_REVERSE ((uint16_t)1 << 2)
/* A SYN in this direction. */
#define VROUTER_TCP_STATE_SYN ((uint16_t)1 << 3)
/* A SYN in the other direction. */
#define VROUTER_TCP_STATE_SYN_REVERSE ((uint16_t)1 << 4)
/* The handshake was completed, seen from this direction. */
#define VROUTER_TCP_STATE_ESTABLISHED ((uint16_t)1 << 5)
/* The handshake was completed, seen from the other direction. */
#define VROUTER_TCP_STATE_ESTABLISHED_REVERSE ((uint16_t)1 << 6)
/* A RST that RFC 5961 accepts. */
#define VROUTER_TCP_STATE_RESET ((uint16_t)1 << 7)
/* The connection is over. */
#define VROUTER_TCP_STATE_DEAD ((uint16_t)1 << 15)

/* The name of a bit, by its number, as the schema spells it; NULL for a bit without one. */
const char *vrouter_tcp_state_name(uint32_t bit);

/*
 * Why the agent decided that a flow's packets are dropped. `out` means the policy of the side that the packets go to, when both
 * sides are on this host; `reverse`, a rule met by the flow's other direction.
 *
 * Schema: flow.xml:49
 */
enum vrouter_flow_drop_reason {
    /* No reason was given. */
    VROUTER_FLOW_DROP_REASON_UNKNOWN = 0,
    /* The interface is not active, or not known to the agent. */
    VROUTER_FLOW_DROP_REASON_INTERFACE_UNAVAILABLE = 1,
    /* The network of the interface does not forward IP packets. */
    VROUTER_FLOW_DROP_REASON_IPV4_DISABLED = 2,
    /* The VRF is being deleted or has not been configured yet. */
    VROUTER_FLOW_DROP_REASON_VRF_UNAVAILABLE = 3,
    /* There is no route back to the source address. */
    VROUTER_FLOW_DROP_REASON_NO_SOURCE_ROUTE = 4,
    /* There is no route to the destination address. */
    VROUTER_FLOW_DROP_REASON_NO_DESTINATION_ROUTE = 5,
    /* The forwarder had a flow that the agent did not know. */
    VROUTER_FLOW_DROP_REASON_AUDIT = 6,
    /* The interface moved to another VRF while the flow was set up. */
    VROUTER_FLOW_DROP_REASON_VRF_CHANGE = 7,
    /* The other direction's entry could not be made. */
    VROUTER_FLOW_DROP_REASON_NO_REVERSE_FLOW = 8,
    /* The other direction's entry was taken by another flow. */
    VROUTER_FLOW_DROP_REASON_REVERSE_FLOW_CHANGE = 9,
    /* The addresses to translate to have changed, so the flow must begin anew. */
    VROUTER_FLOW_DROP_REASON_TRANSLATION_CHANGE = 10,
    /* The interface, its network or the host has as many flows as it may have. */
    VROUTER_FLOW_DROP_REASON_FLOW_LIMIT = 11,
    /* No port of the host is free to translate the source to, for a link-local service. */
    VROUTER_FLOW_DROP_REASON_LINK_LOCAL_SOURCE = 12,
    /* The forwarder refused the entry. */
    VROUTER_FLOW_DROP_REASON_INSTALL_FAILED = 13,
    /* Neither source nor destination MAC address is known in the VRF. */
    VROUTER_FLOW_DROP_REASON_INVALID_BRIDGED_FLOW = 14,
    /* A service node does not forward for others. */
    VROUTER_FLOW_DROP_REASON_SERVICE_NODE = 15,
    /* The mirror that a rule asks for does not exist. */
    VROUTER_FLOW_DROP_REASON_NO_MIRROR = 16,
    /* Both directions have the same key, so they cannot be told apart. */
    VROUTER_FLOW_DROP_REASON_SAME_KEYS = 17,
    /* The floating address does not map the destination port. */
    VROUTER_FLOW_DROP_REASON_PORT_MAP = 18,
    /* There is no entry for the source MAC address, and the network checks it. */
    VROUTER_FLOW_DROP_REASON_NO_SOURCE_MAC_ROUTE = 19,
    /* The flow was merged with others by a fat-flow rule, and cannot be translated. */
    VROUTER_FLOW_DROP_REASON_FAT_FLOW_TRANSLATION = 20,
    /* A rule of a network policy denies it. */
    VROUTER_FLOW_DROP_REASON_POLICY = 21,
    /* A rule of a network policy on the destination's side denies it. */
    VROUTER_FLOW_DROP_REASON_OUT_POLICY = 22,
    /* No rule of the security groups allows it. */
    VROUTER_FLOW_DROP_REASON_SECURITY_GROUP = 23,
    /* No rule of the security groups on the destination's side allows it. */
    VROUTER_FLOW_DROP_REASON_OUT_SECURITY_GROUP = 24,
    /* No rule of the security groups allows the answer. */
    VROUTER_FLOW_DROP_REASON_REVERSE_SECURITY_GROUP = 25,
    /* No rule of the security groups on the destination's side allows the answer. */
    VROUTER_FLOW_DROP_REASON_REVERSE_OUT_SECURITY_GROUP = 26,
    /* A rule of an application policy set denies it. */
    VROUTER_FLOW_DROP_REASON_FIREWALL = 27,
    /* A rule of an application policy set on the destination's side denies it. */
    VROUTER_FLOW_DROP_REASON_OUT_FIREWALL = 28,
    /* A rule of an application policy set denies the answer. */
    VROUTER_FLOW_DROP_REASON_REVERSE_FIREWALL = 29,
    /* A rule of an application policy set on the destination's side denies the answer. */
    VROUTER_FLOW_DROP_REASON_REVERSE_OUT_FIREWALL = 30,
    /* A rule of a firewall group (FWaaS) denies it. */
    VROUTER_FLOW_DROP_REASON_FIREWALL_SERVICE = 31,
    /* A rule of a firewall group on the destination's side denies it. */
    VROUTER_FLOW_DROP_REASON_OUT_FIREWALL_SERVICE = 32,
    /* A rule of a firewall group denies the answer. */
    VROUTER_FLOW_DROP_REASON_REVERSE_FIREWALL_SERVICE = 33,
    /* A rule of a firewall group on the destination's side denies the answer. */
    VROUTER_FLOW_DROP_REASON_REVERSE_OUT_FIREWALL_SERVICE = 34,
};

/* One more than the greatest number with a name: the size of an array that is indexed by it. */
#define VROUTER_FLOW_DROP_REASON_LIMIT 35

/* The name of a number, as the schema spells it; NULL for a number without one. */
const char *vrouter_flow_drop_reason_name(uint32_t value);
/* What a number means, in a sentence for people; NULL for a number without a name. */
const char *vrouter_flow_drop_reason_sentence(uint32_t value);

/* ---- flow-key ---- */

/* Numbers of the attributes. */
enum {
    VROUTER_FLOW_KEY_ATTRIBUTE_NEXT_HOP = 1,
    VROUTER_FLOW_KEY_ATTRIBUTE_PROTOCOL = 2,
    VROUTER_FLOW_KEY_ATTRIBUTE_SOURCE_IPV4 = 3,
    VROUTER_FLOW_KEY_ATTRIBUTE_DESTINATION_IPV4 = 4,
    VROUTER_FLOW_KEY_ATTRIBUTE_SOURCE_IPV6 = 5,
    VROUTER_FLOW_KEY_ATTRIBUTE_DESTINATION_IPV6 = 6,
    VROUTER_FLOW_KEY_ATTRIBUTE_SOURCE_PORT = 7,
    VROUTER_FLOW_KEY_ATTRIBUTE_DESTINATION_PORT = 8,
};

/* Bits of `present`. */
#define VROUTER_FLOW_KEY_HAS_NEXT_HOP ((uint64_t)1 << 0)
#define VROUTER_FLOW_KEY_HAS_PROTOCOL ((uint64_t)1 << 1)
#define VROUTER_FLOW_KEY_HAS_SOURCE_IPV4 ((uint64_t)1 << 2)
#define VROUTER_FLOW_KEY_HAS_DESTINATION_IPV4 ((uint64_t)1 << 3)
#define VROUTER_FLOW_KEY_HAS_SOURCE_IPV6 ((uint64_t)1 << 4)
#define VROUTER_FLOW_KEY_HAS_DESTINATION_IPV6 ((uint64_t)1 << 5)
#define VROUTER_FLOW_KEY_HAS_SOURCE_PORT ((uint64_t)1 << 6)
#define VROUTER_FLOW_KEY_HAS_DESTINATION_PORT ((uint64_t)1 << 7)

/*
 * What makes packets one flow. The next hop stands for where they come from, which is what keeps tenants with the same addresses
 * apart: for packets of a workload its interface's, for packets from a tunnel that of their label.
 *
 * Schema: flow.xml:91
 */
struct vrouter_flow_key {
    /* Which attributes there are. */
    uint64_t present;
    /* The next hop that stands for where the packets come from. */
    uint32_t next_hop;
    /* The IP protocol: 6 TCP, 17 UDP, 1 ICMP. */
    uint8_t protocol;
    /* The source address of IPv4 packets. */
    vrouter_be32 source_ipv4;
    /* The destination address of IPv4 packets. */
    vrouter_be32 destination_ipv4;
    /* The source address of IPv6 packets. */
    uint8_t source_ipv6[16];
    /* The destination address of IPv6 packets. */
    uint8_t destination_ipv6[16];
    /* The source port. Of ICMP echo the identifier, of other ICMP 0, so that request and reply share it. */
    vrouter_be16 source_port;
    /* The destination port. Of ICMP echo 0, of other ICMP the type. */
    vrouter_be16 destination_port;
};

extern const struct vrouter_layout vrouter_flow_key_layout;

/* ---- flow-statistics ---- */

/* Numbers of the attributes. */
enum {
    VROUTER_FLOW_STATISTICS_ATTRIBUTE_PACKETS = 1,
    VROUTER_FLOW_STATISTICS_ATTRIBUTE_BYTES = 2,
};

/* Bits of `present`. */
#define VROUTER_FLOW_STATISTICS_HAS_PACKETS ((uint64_t)1 << 0)
#define VROUTER_FLOW_STATISTICS_HAS_BYTES ((uint64_t)1 << 1)

/*
 * What a flow has carried since its entry was made.
 *
 * Schema: flow.xml:106
 */
struct vrouter_flow_statistics {
    /* Which attributes there are. */
    uint64_t present;
    /* Packets, held and dropped ones included. */
    uint64_t packets;
    /* Bytes of those packets, from the IP header on. */
    uint64_t bytes;
};

extern const struct vrouter_layout vrouter_flow_statistics_layout;

/* ---- flow ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_FLOW_ATTRIBUTE_OPERATION = 1,
    VROUTER_FLOW_ATTRIBUTE_GENERATION = 2,
    VROUTER_FLOW_ATTRIBUTE_INDEX = 3,
    VROUTER_FLOW_ATTRIBUTE_INCARNATION = 4,
    VROUTER_FLOW_ATTRIBUTE_KEY = 5,
    VROUTER_FLOW_ATTRIBUTE_ACTION = 6,
    VROUTER_FLOW_ATTRIBUTE_FLAGS = 7,
    VROUTER_FLOW_ATTRIBUTE_REVERSE_INDEX = 8,
    VROUTER_FLOW_ATTRIBUTE_REVERSE_KEY = 9,
    VROUTER_FLOW_ATTRIBUTE_VRF = 10,
    VROUTER_FLOW_ATTRIBUTE_DESTINATION_VRF = 11,
    VROUTER_FLOW_ATTRIBUTE_DROP_REASON = 12,
    VROUTER_FLOW_ATTRIBUTE_ECMP_MEMBER = 13,
    VROUTER_FLOW_ATTRIBUTE_SOURCE_NEXT_HOP = 14,
    VROUTER_FLOW_ATTRIBUTE_MIRROR = 15,
    VROUTER_FLOW_ATTRIBUTE_SECOND_MIRROR = 16,
    VROUTER_FLOW_ATTRIBUTE_QOS_MAP = 17,
    VROUTER_FLOW_ATTRIBUTE_TTL = 18,
    VROUTER_FLOW_ATTRIBUTE_UNDERLAY_SOURCE_PORT = 19,
    VROUTER_FLOW_ATTRIBUTE_TCP_STATE = 20,
    VROUTER_FLOW_ATTRIBUTE_STATISTICS = 21,
    VROUTER_FLOW_ATTRIBUTE_IDLE = 22,
    VROUTER_FLOW_ATTRIBUTE_CURSOR = 23,
};

/* Bits of `present`. */
#define VROUTER_FLOW_HAS_OPERATION ((uint64_t)1 << 0)
#define VROUTER_FLOW_HAS_GENERATION ((uint64_t)1 << 1)
#define VROUTER_FLOW_HAS_INDEX ((uint64_t)1 << 2)
#define VROUTER_FLOW_HAS_INCARNATION ((uint64_t)1 << 3)
#define VROUTER_FLOW_HAS_KEY ((uint64_t)1 << 4)
#define VROUTER_FLOW_HAS_ACTION ((uint64_t)1 << 5)
#define VROUTER_FLOW_HAS_FLAGS ((uint64_t)1 << 6)
#define VROUTER_FLOW_HAS_REVERSE_INDEX ((uint64_t)1 << 7)
#define VROUTER_FLOW_HAS_REVERSE_KEY ((uint64_t)1 << 8)
#define VROUTER_FLOW_HAS_VRF ((uint64_t)1 << 9)
#define VROUTER_FLOW_HAS_DESTINATION_VRF ((uint64_t)1 << 10)
#define VROUTER_FLOW_HAS_DROP_REASON ((uint64_t)1 << 11)
#define VROUTER_FLOW_HAS_ECMP_MEMBER ((uint64_t)1 << 12)
#define VROUTER_FLOW_HAS_SOURCE_NEXT_HOP ((uint64_t)1 << 13)
#define VROUTER_FLOW_HAS_MIRROR ((uint64_t)1 << 14)
#define VROUTER_FLOW_HAS_SECOND_MIRROR ((uint64_t)1 << 15)
#define VROUTER_FLOW_HAS_QOS_MAP ((uint64_t)1 << 16)
#define VROUTER_FLOW_HAS_TTL ((uint64_t)1 << 17)
#define VROUTER_FLOW_HAS_UNDERLAY_SOURCE_PORT ((uint64_t)1 << 18)
#define VROUTER_FLOW_HAS_TCP_STATE ((uint64_t)1 << 19)
#define VROUTER_FLOW_HAS_STATISTICS ((uint64_t)1 << 20)
#define VROUTER_FLOW_HAS_IDLE ((uint64_t)1 << 21)
#define VROUTER_FLOW_HAS_CURSOR ((uint64_t)1 << 22)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_FLOW_MAXIMUM_CURSOR 40

/* The most bytes that the attributes take when written. */
#define VROUTER_FLOW_MAXIMUM_BYTES 408

/*
 * An entry of the flow table, found by `index` and checked against `key` and `incarnation`. An `add` without an index lets the
 * forwarder choose one and tell it in the answer. Writing an index that has another key is answered with EEXIST, one whose
 * incarnation has passed with EBADF, and a full table with ENOSPC.
 *
 * Schema: flow.xml:112
 */
struct vrouter_flow {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* What to do with the entry. An enum vrouter_table_operation. */
    uint8_t operation;
    /* The resynchronisation that the entry belongs to; in a `sweep`, the one whose entries stay. */
    uint32_t generation;
    /* The entry's place in the table. Absent in an `add` of a flow that no packet has made yet, and in `dump` and `sweep`. */
    uint32_t index;
    /*
     * Counts the flows that have used this place, modulo 256: the agent repeats what the held packet brought, so that a late answer
     * does not change the flow that took the place since.
     */
    uint8_t incarnation;
    /* The flow. Needed in `add`, `change` and `delete`. */
    struct vrouter_flow_key key;
    /* What is done with its packets. Needed to add a flow. An enum vrouter_flow_action. */
    uint8_t action;
    /* Details. Absent in an `add`: none set. Bits VROUTER_FLOW_FLAGS_… */
    uint16_t flags;
    /* The place of the entry for the other direction. Absent: none yet. */
    uint32_t reverse_index;
    /* The key of the other direction, where it is not this one turned round: that is, when addresses are translated. */
    struct vrouter_flow_key reverse_key;
    /* The VRF in which destinations are looked up. */
    uint32_t vrf;
    /* The VRF used instead with `vrf-translate`. */
    uint32_t destination_vrf;
    /* Why the action is `drop`. An enum vrouter_flow_drop_reason. */
    uint8_t drop_reason;
    /* The position of the composite's member that packets take. Absent: chosen by hash at the next packet. */
    uint16_t ecmp_member;
    /*
     * Where packets must come from: the next hop of the route to the source. Others are dropped as `invalid-source`. Absent: not
     * checked.
     */
    uint32_t source_next_hop;
    /* The mirror that copies go to. */
    uint8_t mirror;
    /* A further mirror. */
    uint8_t second_mirror;
    /* The map that turns code points into forwarding classes, before the interface's. Absent: the interface's. */
    uint16_t qos_map;
    /* The TTL that packets leave with. Absent: one less than they came with. */
    uint8_t ttl;
    /* The source port of the tunnels that carry the flow, for tracing in the underlay. Only in answers. */
    vrouter_be16 underlay_source_port;
    /* What was seen of a TCP connection. Only in answers. Bits VROUTER_TCP_STATE_… */
    uint16_t tcp_state;
    /* What the flow has carried. Only in answers, the one to `delete` included. */
    struct vrouter_flow_statistics statistics;
    /* Milliseconds since the last packet. Only in answers. */
    uint32_t idle;
    /* In a `dump`, where to go on: the cursor of the last response. Absent: from the beginning. */
    uint16_t cursor_length;
    uint8_t cursor[VROUTER_FLOW_MAXIMUM_CURSOR];
};

extern const struct vrouter_layout vrouter_flow_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_flow_decode(struct vrouter_flow *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_flow_encode(const struct vrouter_flow *message, void *bytes, size_t capacity);

/* ---- flow-table ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_FLOW_TABLE_ATTRIBUTE_OPERATION = 1,
    VROUTER_FLOW_TABLE_ATTRIBUTE_ENTRIES = 2,
    VROUTER_FLOW_TABLE_ATTRIBUTE_OVERFLOW_ENTRIES = 3,
    VROUTER_FLOW_TABLE_ATTRIBUTE_USED = 4,
    VROUTER_FLOW_TABLE_ATTRIBUTE_OVERFLOW_USED = 5,
    VROUTER_FLOW_TABLE_ATTRIBUTE_HELD = 6,
    VROUTER_FLOW_TABLE_ATTRIBUTE_CREATED = 7,
    VROUTER_FLOW_TABLE_ATTRIBUTE_ADDED = 8,
    VROUTER_FLOW_TABLE_ATTRIBUTE_CHANGED = 9,
    VROUTER_FLOW_TABLE_ATTRIBUTE_DELETED = 10,
    VROUTER_FLOW_TABLE_ATTRIBUTE_EVICTED = 11,
    VROUTER_FLOW_TABLE_ATTRIBUTE_REFUSED = 12,
    VROUTER_FLOW_TABLE_ATTRIBUTE_SHARED_MEMORY = 13,
};

/* Bits of `present`. */
#define VROUTER_FLOW_TABLE_HAS_OPERATION ((uint64_t)1 << 0)
#define VROUTER_FLOW_TABLE_HAS_ENTRIES ((uint64_t)1 << 1)
#define VROUTER_FLOW_TABLE_HAS_OVERFLOW_ENTRIES ((uint64_t)1 << 2)
#define VROUTER_FLOW_TABLE_HAS_USED ((uint64_t)1 << 3)
#define VROUTER_FLOW_TABLE_HAS_OVERFLOW_USED ((uint64_t)1 << 4)
#define VROUTER_FLOW_TABLE_HAS_HELD ((uint64_t)1 << 5)
#define VROUTER_FLOW_TABLE_HAS_CREATED ((uint64_t)1 << 6)
#define VROUTER_FLOW_TABLE_HAS_ADDED ((uint64_t)1 << 7)
#define VROUTER_FLOW_TABLE_HAS_CHANGED ((uint64_t)1 << 8)
#define VROUTER_FLOW_TABLE_HAS_DELETED ((uint64_t)1 << 9)
#define VROUTER_FLOW_TABLE_HAS_EVICTED ((uint64_t)1 << 10)
#define VROUTER_FLOW_TABLE_HAS_REFUSED ((uint64_t)1 << 11)
#define VROUTER_FLOW_TABLE_HAS_SHARED_MEMORY ((uint64_t)1 << 12)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_FLOW_TABLE_MAXIMUM_SHARED_MEMORY 255

/* The most bytes that the attributes take when written. */
#define VROUTER_FLOW_TABLE_MAXIMUM_BYTES 380

/*
 * How full the flow table is and how it got there. Only `get` is meaningful.
 *
 * Schema: flow.xml:148
 */
struct vrouter_flow_table {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* `get`. An enum vrouter_table_operation. */
    uint8_t operation;
    /* Entries that are found by hashing directly, used or not. */
    uint32_t entries;
    /* Entries for keys whose place is taken, used or not. */
    uint32_t overflow_entries;
    /* Entries in use, overflow included. */
    uint32_t used;
    /* Overflow entries in use. */
    uint32_t overflow_used;
    /* Flows that wait for the agent. */
    uint32_t held;
    /* Flows that packets have made since the forwarder started. */
    uint64_t created;
    /* Flows that the agent has added. */
    uint64_t added;
    /* Changes by the agent. */
    uint64_t changed;
    /* Flows that the agent has deleted. */
    uint64_t deleted;
    /* Flows that the forwarder took back after their TCP connection ended. */
    uint64_t evicted;
    /* Packets that found no free entry, or too many flows held. */
    uint64_t refused;
    /* The file or device through which the table can be mapped and read without messages. Absent: it cannot. */
    char shared_memory[VROUTER_FLOW_TABLE_MAXIMUM_SHARED_MEMORY + 1];
};

extern const struct vrouter_layout vrouter_flow_table_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_flow_table_decode(struct vrouter_flow_table *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_flow_table_encode(const struct vrouter_flow_table *message, void *bytes, size_t capacity);

#endif
