/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from statistics.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Counters: how many packets were dropped, and why; what the lookups in each VRF led to. Counters are 64 bits wide, begin at 0 when
 * the forwarder starts and are kept by core; what a message gives is the sum, or one core's share.
 */
#ifndef VROUTER_MESSAGES_STATISTICS_H
#define VROUTER_MESSAGES_STATISTICS_H

#include "vrouter_attributes.h"
#include "vrouter_family.h"

/* Commands in the generic netlink header, by message. */
enum {
    VROUTER_COMMAND_DROP_STATISTICS = 12,
    VROUTER_COMMAND_DROP_RECORD = 13,
    VROUTER_COMMAND_VRF_STATISTICS = 11,
};

/*
 * Why a packet was dropped. Every drop has exactly one reason, a counter by that reason, and a record in the trace when tracing is
 * on. 0 is not a reason, so that memory which nobody wrote does not look like one.
 *
 * Schema: statistics.xml:10
 */
enum vrouter_drop_reason {
    /* The route leads to a discard next hop. Usual for destinations outside a network's prefixes. */
    VROUTER_DROP_REASON_DISCARD = 1,
    /* A header was to be removed that the packet is too short to have. */
    VROUTER_DROP_REASON_PULL = 2,
    /* The packet arrived on, or was to leave through, an interface that does not exist. */
    VROUTER_DROP_REASON_INVALID_INTERFACE = 3,
    /* An ARP packet is malformed, or answers a question that was not asked. */
    VROUTER_DROP_REASON_INVALID_ARP = 4,
    /* The packet was for the agent, and the agent's interface does not exist: the agent is not running. */
    VROUTER_DROP_REASON_TRAP_NO_INTERFACE = 5,
    /* Neither a route nor a bridge entry applies to the packet. */
    VROUTER_DROP_REASON_NOWHERE_TO_GO = 6,
    /* Three packets of the flow wait for the agent already, or too many flows wait. */
    VROUTER_DROP_REASON_FLOW_QUEUE_LIMIT_EXCEEDED = 7,
    /* There was no memory to hold the packet until the agent decides. */
    VROUTER_DROP_REASON_FLOW_NO_MEMORY = 8,
    /* The flow's addresses are of a family that the packet is not. */
    VROUTER_DROP_REASON_FLOW_INVALID_PROTOCOL = 9,
    /* The flow is to be translated, and the flow of the other direction, which has the addresses, is missing. */
    VROUTER_DROP_REASON_FLOW_NO_REVERSE = 10,
    /* The flow was decided to be dropped. The flow's own drop reason says by what. */
    VROUTER_DROP_REASON_FLOW_ACTION_DROP = 11,
    /* The flow's entry has no action that exists. */
    VROUTER_DROP_REASON_FLOW_ACTION_INVALID = 12,
    /* A flow could not be made because too many flows wait for the agent. */
    VROUTER_DROP_REASON_FLOW_UNUSABLE = 13,
    /* No entry is free, in the part of the table that the packet's key belongs to or in the overflow. */
    VROUTER_DROP_REASON_FLOW_TABLE_FULL = 14,
    /* The device that the packet was to leave through did not take it: its queue is full or it is down. */
    VROUTER_DROP_REASON_INTERFACE_TRANSMIT_DISCARD = 15,
    /* The interface does not take packets at the moment. */
    VROUTER_DROP_REASON_INTERFACE_DROP = 16,
    /* The packet is a copy whose original was delivered another way. */
    VROUTER_DROP_REASON_DUPLICATED = 17,
    /* There was no room for a header in front of the packet. */
    VROUTER_DROP_REASON_PUSH = 18,
    /* The TTL or hop limit came to its end: the packet went round, or somebody traces the route. */
    VROUTER_DROP_REASON_TTL_EXCEEDED = 19,
    /* The next hop does not exist, is not valid, or has no usable member. */
    VROUTER_DROP_REASON_INVALID_NEXT_HOP = 20,
    /* The MPLS label of a packet from a tunnel has no entry. */
    VROUTER_DROP_REASON_INVALID_LABEL = 21,
    /* The packet's protocol cannot be forwarded. */
    VROUTER_DROP_REASON_INVALID_PROTOCOL = 22,
    /* The packet was received and could not be taken in, since its interface was being removed. */
    VROUTER_DROP_REASON_INTERFACE_RECEIVE_DISCARD = 23,
    /* A multicast packet came from a tunnel that is no member of its replication tree. */
    VROUTER_DROP_REASON_INVALID_MULTICAST_SOURCE = 24,
    /* There was no memory for a packet's first buffer. */
    VROUTER_DROP_REASON_HEAD_ALLOCATION_FAILED = 25,
    /* The packet was shared, and there was no memory for a copy to change. */
    VROUTER_DROP_REASON_COPY_ON_WRITE_FAILED = 26,
    /* A multicast packet is too large for a tunnel and may not be fragmented. */
    VROUTER_DROP_REASON_MULTICAST_DONT_FRAGMENT = 27,
    /* There was no memory for a member's copy of a multicast packet. */
    VROUTER_DROP_REASON_MULTICAST_CLONE_FAILED = 28,
    /* There was no memory for something that the packet needed. */
    VROUTER_DROP_REASON_NO_MEMORY = 29,
    /* The Ethernet header could not be written: there was no room, or the next hop has none. */
    VROUTER_DROP_REASON_REWRITE_FAILED = 30,
    /* None of the other reasons. A rising count is a defect of the forwarder. */
    VROUTER_DROP_REASON_MISCELLANEOUS = 31,
    /* A header's fields contradict each other or the packet's length. */
    VROUTER_DROP_REASON_INVALID_PACKET = 32,
    /* The IP header's checksum is wrong, or one could not be computed. */
    VROUTER_DROP_REASON_CHECKSUM_ERROR = 33,
    /* What the forwarder keeps beside a packet was missing. */
    VROUTER_DROP_REASON_NO_METADATA = 34,
    /* The original was no longer needed after copies of it were sent. Not a loss. */
    VROUTER_DROP_REASON_CLONED_ORIGINAL = 35,
    /* The VXLAN network identifier of a packet from a tunnel has no entry. */
    VROUTER_DROP_REASON_INVALID_VXLAN_NETWORK = 36,
    /* A fragment could not be made, or one that arrived does not fit its datagram. */
    VROUTER_DROP_REASON_FRAGMENT_ERROR = 37,
    /* The packet came from elsewhere than the route to its source says: an address is forged, or routes are changing. */
    VROUTER_DROP_REASON_INVALID_SOURCE = 38,
    /* No bridge entry has the destination MAC address, and the network does not flood unknown ones. */
    VROUTER_DROP_REASON_NO_BRIDGE_ENTRY = 39,
    /* A fragment that came before its first could not be kept until that arrives. */
    VROUTER_DROP_REASON_FRAGMENT_QUEUE_FAILED = 40,
    /* A VLAN packet handed through to the host could not be sent. */
    VROUTER_DROP_REASON_VLAN_FORWARD_TRANSMIT = 41,
    /* A VLAN packet handed through to the host found the queue full. */
    VROUTER_DROP_REASON_VLAN_FORWARD_ENQUEUE = 42,
    /* The packet would begin a flow, and its interface has as many flows as it may have. */
    VROUTER_DROP_REASON_NEW_FLOW_REFUSED = 43,
    /* The packet belongs to a TCP connection that is over and whose entry is being taken back. */
    VROUTER_DROP_REASON_FLOW_EVICTED = 44,
    /* The original was no longer needed after a copy went to the agent. Not a loss. */
    VROUTER_DROP_REASON_TRAP_ORIGINAL = 45,
    /* Two leaves of an E-Tree may not talk to each other. */
    VROUTER_DROP_REASON_LEAF_TO_LEAF = 46,
    /* The backbone MAC address or service identifier (IEEE 802.1ah) is not the network's. */
    VROUTER_DROP_REASON_PROVIDER_BRIDGE_MISMATCH = 47,
    /* The packet came back to where it had been. */
    VROUTER_DROP_REASON_PACKET_LOOP = 48,
    /* The packet must be encrypted, and the encrypted path to its tunnel's end is down. */
    VROUTER_DROP_REASON_NO_ENCRYPTED_PATH = 49,
    /* A packet from a host-based service belongs to no flow that was steered there. */
    VROUTER_DROP_REASON_INVALID_SERVICE_PACKET = 50,
    /* A fragment arrived, and its first, which has the ports, was not seen in time. */
    VROUTER_DROP_REASON_NO_FRAGMENT_ENTRY = 51,
    /* An ICMP error is about another ICMP error, or quotes too little of the packet that it is about. */
    VROUTER_DROP_REASON_ICMP_ERROR = 52,
    /* There was no memory for a copy. */
    VROUTER_DROP_REASON_CLONE_FAILED = 53,
    /* The uplink that the flow was to use is not usable. */
    VROUTER_DROP_REASON_INVALID_UNDERLAY_MEMBER = 54,
    /* The agent deleted the flow while the packet waited for its decision. */
    VROUTER_DROP_REASON_FLOW_DELETED = 55,
    /* A packet from the agent has no valid header, or asks for what does not exist. */
    VROUTER_DROP_REASON_INVALID_AGENT_PACKET = 56,
    /* The forwarder was stopped while the packet waited. */
    VROUTER_DROP_REASON_ROUTER_STOPPED = 57,
};

/* One more than the greatest number with a name: the size of an array that is indexed by it. */
#define VROUTER_DROP_REASON_LIMIT 58

/* The name of a number, as the schema spells it; NULL for a number without one. */
const char *vrouter_drop_reason_name(uint32_t value);
/* What a number means, in a sentence for people; NULL for a number without a name. */
const char *vrouter_drop_reason_sentence(uint32_t value);

/* ---- drop-count ---- */

/* Numbers of the attributes. */
enum {
    VROUTER_DROP_COUNT_ATTRIBUTE_REASON = 1,
    VROUTER_DROP_COUNT_ATTRIBUTE_PACKETS = 2,
};

/* Bits of `present`. */
#define VROUTER_DROP_COUNT_HAS_REASON ((uint64_t)1 << 0)
#define VROUTER_DROP_COUNT_HAS_PACKETS ((uint64_t)1 << 1)

/*
 * How many packets were dropped for one reason.
 *
 * Schema: statistics.xml:74
 */
struct vrouter_drop_count {
    /* Which attributes there are. */
    uint64_t present;
    /* Why. An enum vrouter_drop_reason. */
    uint16_t reason;
    /* How many packets. */
    uint64_t packets;
};

extern const struct vrouter_layout vrouter_drop_count_layout;

/* ---- drop-statistics ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_DROP_STATISTICS_ATTRIBUTE_OPERATION = 1,
    VROUTER_DROP_STATISTICS_ATTRIBUTE_INTERFACE = 2,
    VROUTER_DROP_STATISTICS_ATTRIBUTE_CORE = 3,
    VROUTER_DROP_STATISTICS_ATTRIBUTE_COUNTS = 4,
};

/* Bits of `present`. */
#define VROUTER_DROP_STATISTICS_HAS_OPERATION ((uint64_t)1 << 0)
#define VROUTER_DROP_STATISTICS_HAS_INTERFACE ((uint64_t)1 << 1)
#define VROUTER_DROP_STATISTICS_HAS_CORE ((uint64_t)1 << 2)
#define VROUTER_DROP_STATISTICS_HAS_COUNTS ((uint64_t)1 << 3)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_DROP_STATISTICS_MAXIMUM_COUNTS 128

/* The most bytes that the attributes take when written. */
#define VROUTER_DROP_STATISTICS_MAXIMUM_BYTES 3100

/*
 * Packets dropped, by reason. `get` asks, `reset` sets the counters to zero and answers with what they were.
 *
 * Schema: statistics.xml:80
 */
struct vrouter_drop_statistics {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* `get` or `reset`. An enum vrouter_table_operation. */
    uint8_t operation;
    /* Only packets that arrived on this interface. Absent: all. */
    uint32_t interface;
    /* Only packets that this core handled. Absent: all. */
    uint16_t core;
    /* The reasons whose counters are not zero, in order of their numbers. Only in answers. */
    uint32_t counts_count;
    struct vrouter_drop_count counts[VROUTER_DROP_STATISTICS_MAXIMUM_COUNTS];
};

extern const struct vrouter_layout vrouter_drop_statistics_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_drop_statistics_decode(struct vrouter_drop_statistics *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_drop_statistics_encode(const struct vrouter_drop_statistics *message, void *bytes, size_t capacity);

/* ---- drop-record ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_DROP_RECORD_ATTRIBUTE_OPERATION = 1,
    VROUTER_DROP_RECORD_ATTRIBUTE_CORE = 2,
    VROUTER_DROP_RECORD_ATTRIBUTE_AGE = 3,
    VROUTER_DROP_RECORD_ATTRIBUTE_REASON = 4,
    VROUTER_DROP_RECORD_ATTRIBUTE_INTERFACE = 5,
    VROUTER_DROP_RECORD_ATTRIBUTE_VRF = 6,
    VROUTER_DROP_RECORD_ATTRIBUTE_NEXT_HOP = 7,
    VROUTER_DROP_RECORD_ATTRIBUTE_LENGTH = 8,
    VROUTER_DROP_RECORD_ATTRIBUTE_PACKET = 9,
    VROUTER_DROP_RECORD_ATTRIBUTE_CURSOR = 10,
};

/* Bits of `present`. */
#define VROUTER_DROP_RECORD_HAS_OPERATION ((uint64_t)1 << 0)
#define VROUTER_DROP_RECORD_HAS_CORE ((uint64_t)1 << 1)
#define VROUTER_DROP_RECORD_HAS_AGE ((uint64_t)1 << 2)
#define VROUTER_DROP_RECORD_HAS_REASON ((uint64_t)1 << 3)
#define VROUTER_DROP_RECORD_HAS_INTERFACE ((uint64_t)1 << 4)
#define VROUTER_DROP_RECORD_HAS_VRF ((uint64_t)1 << 5)
#define VROUTER_DROP_RECORD_HAS_NEXT_HOP ((uint64_t)1 << 6)
#define VROUTER_DROP_RECORD_HAS_LENGTH ((uint64_t)1 << 7)
#define VROUTER_DROP_RECORD_HAS_PACKET ((uint64_t)1 << 8)
#define VROUTER_DROP_RECORD_HAS_CURSOR ((uint64_t)1 << 9)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_DROP_RECORD_MAXIMUM_PACKET 64
#define VROUTER_DROP_RECORD_MAXIMUM_CURSOR 40

/* The most bytes that the attributes take when written. */
#define VROUTER_DROP_RECORD_MAXIMUM_BYTES 180

/*
 * A packet that was dropped. Each core remembers its last 64; a `dump` gives them, a core in each part, the last packet first.
 *
 * Schema: statistics.xml:88
 */
struct vrouter_drop_record {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* `dump`. An enum vrouter_table_operation. */
    uint8_t operation;
    /* The core that dropped it. In a `dump`: only that core's. Absent: all. */
    uint16_t core;
    /* Milliseconds since it was dropped. Only in answers, like all that follow but the cursor. */
    uint64_t age;
    /* Why. An enum vrouter_drop_reason. */
    uint16_t reason;
    /* Where it had come in. */
    uint32_t interface;
    /* In which VRF it was. Absent: that was not known yet. */
    uint32_t vrf;
    /* The next hop that it was at. Absent: it had come to none. */
    uint32_t next_hop;
    /* Its bytes, without headers that had been taken off. */
    uint32_t length;
    /* The first of those bytes. */
    uint16_t packet_length;
    uint8_t packet[VROUTER_DROP_RECORD_MAXIMUM_PACKET];
    /* In a `dump`, where to go on: the cursor of the last response. Absent: from the beginning. */
    uint16_t cursor_length;
    uint8_t cursor[VROUTER_DROP_RECORD_MAXIMUM_CURSOR];
};

extern const struct vrouter_layout vrouter_drop_record_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_drop_record_decode(struct vrouter_drop_record *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_drop_record_encode(const struct vrouter_drop_record *message, void *bytes, size_t capacity);

/* ---- vrf-statistics ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_VRF_STATISTICS_ATTRIBUTE_OPERATION = 1,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_VRF = 2,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_CORE = 3,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_DISCARDS = 4,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_RESOLVES = 5,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_RECEIVES = 6,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_BRIDGE_RECEIVES = 7,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_ENCAPSULATIONS = 8,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_GRE_TUNNELS = 9,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_UDP_TUNNELS = 10,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_VXLAN_TUNNELS = 11,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_ECMP_COMPOSITES = 12,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_MULTICAST_COMPOSITES = 13,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_VRF_TRANSLATES = 14,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_UNKNOWN_UNICAST_FLOODS = 15,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_ARP_ANSWERS = 16,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_ARP_FLOODS = 17,
    VROUTER_VRF_STATISTICS_ATTRIBUTE_CURSOR = 18,
};

/* Bits of `present`. */
#define VROUTER_VRF_STATISTICS_HAS_OPERATION ((uint64_t)1 << 0)
#define VROUTER_VRF_STATISTICS_HAS_VRF ((uint64_t)1 << 1)
#define VROUTER_VRF_STATISTICS_HAS_CORE ((uint64_t)1 << 2)
#define VROUTER_VRF_STATISTICS_HAS_DISCARDS ((uint64_t)1 << 3)
#define VROUTER_VRF_STATISTICS_HAS_RESOLVES ((uint64_t)1 << 4)
#define VROUTER_VRF_STATISTICS_HAS_RECEIVES ((uint64_t)1 << 5)
#define VROUTER_VRF_STATISTICS_HAS_BRIDGE_RECEIVES ((uint64_t)1 << 6)
#define VROUTER_VRF_STATISTICS_HAS_ENCAPSULATIONS ((uint64_t)1 << 7)
#define VROUTER_VRF_STATISTICS_HAS_GRE_TUNNELS ((uint64_t)1 << 8)
#define VROUTER_VRF_STATISTICS_HAS_UDP_TUNNELS ((uint64_t)1 << 9)
#define VROUTER_VRF_STATISTICS_HAS_VXLAN_TUNNELS ((uint64_t)1 << 10)
#define VROUTER_VRF_STATISTICS_HAS_ECMP_COMPOSITES ((uint64_t)1 << 11)
#define VROUTER_VRF_STATISTICS_HAS_MULTICAST_COMPOSITES ((uint64_t)1 << 12)
#define VROUTER_VRF_STATISTICS_HAS_VRF_TRANSLATES ((uint64_t)1 << 13)
#define VROUTER_VRF_STATISTICS_HAS_UNKNOWN_UNICAST_FLOODS ((uint64_t)1 << 14)
#define VROUTER_VRF_STATISTICS_HAS_ARP_ANSWERS ((uint64_t)1 << 15)
#define VROUTER_VRF_STATISTICS_HAS_ARP_FLOODS ((uint64_t)1 << 16)
#define VROUTER_VRF_STATISTICS_HAS_CURSOR ((uint64_t)1 << 17)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_VRF_STATISTICS_MAXIMUM_CURSOR 40

/* The most bytes that the attributes take when written. */
#define VROUTER_VRF_STATISTICS_MAXIMUM_BYTES 236

/*
 * What lookups in a VRF led to, in packets. `get`, `dump` and `reset` are meaningful.
 *
 * Schema: statistics.xml:104
 */
struct vrouter_vrf_statistics {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* `get`, `dump` or `reset`. An enum vrouter_table_operation. */
    uint8_t operation;
    /* The VRF. Absent in a `dump`. */
    uint32_t vrf;
    /* Only packets that this core handled. Absent: all. */
    uint16_t core;
    /* Dropped by a discard next hop. */
    uint64_t discards;
    /* Sent to the agent because the neighbour's MAC address was not known. */
    uint64_t resolves;
    /* Handed to the host. */
    uint64_t receives;
    /* Frames to the gateway's MAC address, which were then routed. */
    uint64_t bridge_receives;
    /* Sent to workloads on this host. */
    uint64_t encapsulations;
    /* Sent with MPLS over GRE. */
    uint64_t gre_tunnels;
    /* Sent with MPLS over UDP. */
    uint64_t udp_tunnels;
    /* Sent with VXLAN. */
    uint64_t vxlan_tunnels;
    /* Sent through a member of an ECMP composite. */
    uint64_t ecmp_composites;
    /* Replicated. */
    uint64_t multicast_composites;
    /* Looked up again in another VRF. */
    uint64_t vrf_translates;
    /* Frames to an unknown MAC address that were flooded. */
    uint64_t unknown_unicast_floods;
    /* ARP requests and neighbour solicitations answered here. */
    uint64_t arp_answers;
    /* ARP requests and neighbour solicitations flooded. */
    uint64_t arp_floods;
    /* In a `dump`, where to go on: the cursor of the last response. Absent: from the beginning. */
    uint16_t cursor_length;
    uint8_t cursor[VROUTER_VRF_STATISTICS_MAXIMUM_CURSOR];
};

extern const struct vrouter_layout vrouter_vrf_statistics_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_vrf_statistics_decode(struct vrouter_vrf_statistics *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_vrf_statistics_encode(const struct vrouter_vrf_statistics *message, void *bytes, size_t capacity);

#endif
