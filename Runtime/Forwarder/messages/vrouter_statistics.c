/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from statistics.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Names of numbers, and the tables by which core/vrouter_attributes.c reads and writes messages.
 */
#include "vrouter_statistics.h"

const char *vrouter_drop_reason_name(uint32_t value)
{
    switch (value) {
    case VROUTER_DROP_REASON_DISCARD:
        return "discard";
    case VROUTER_DROP_REASON_PULL:
        return "pull";
    case VROUTER_DROP_REASON_INVALID_INTERFACE:
        return "invalid-interface";
    case VROUTER_DROP_REASON_INVALID_ARP:
        return "invalid-arp";
    case VROUTER_DROP_REASON_TRAP_NO_INTERFACE:
        return "trap-no-interface";
    case VROUTER_DROP_REASON_NOWHERE_TO_GO:
        return "nowhere-to-go";
    case VROUTER_DROP_REASON_FLOW_QUEUE_LIMIT_EXCEEDED:
        return "flow-queue-limit-exceeded";
    case VROUTER_DROP_REASON_FLOW_NO_MEMORY:
        return "flow-no-memory";
    case VROUTER_DROP_REASON_FLOW_INVALID_PROTOCOL:
        return "flow-invalid-protocol";
    case VROUTER_DROP_REASON_FLOW_NO_REVERSE:
        return "flow-no-reverse";
    case VROUTER_DROP_REASON_FLOW_ACTION_DROP:
        return "flow-action-drop";
    case VROUTER_DROP_REASON_FLOW_ACTION_INVALID:
        return "flow-action-invalid";
    case VROUTER_DROP_REASON_FLOW_UNUSABLE:
        return "flow-unusable";
    case VROUTER_DROP_REASON_FLOW_TABLE_FULL:
        return "flow-table-full";
    case VROUTER_DROP_REASON_INTERFACE_TRANSMIT_DISCARD:
        return "interface-transmit-discard";
    case VROUTER_DROP_REASON_INTERFACE_DROP:
        return "interface-drop";
    case VROUTER_DROP_REASON_DUPLICATED:
        return "duplicated";
    case VROUTER_DROP_REASON_PUSH:
        return "push";
    case VROUTER_DROP_REASON_TTL_EXCEEDED:
        return "ttl-exceeded";
    case VROUTER_DROP_REASON_INVALID_NEXT_HOP:
        return "invalid-next-hop";
    case VROUTER_DROP_REASON_INVALID_LABEL:
        return "invalid-label";
    case VROUTER_DROP_REASON_INVALID_PROTOCOL:
        return "invalid-protocol";
    case VROUTER_DROP_REASON_INTERFACE_RECEIVE_DISCARD:
        return "interface-receive-discard";
    case VROUTER_DROP_REASON_INVALID_MULTICAST_SOURCE:
        return "invalid-multicast-source";
    case VROUTER_DROP_REASON_HEAD_ALLOCATION_FAILED:
        return "head-allocation-failed";
    case VROUTER_DROP_REASON_COPY_ON_WRITE_FAILED:
        return "copy-on-write-failed";
    case VROUTER_DROP_REASON_MULTICAST_DONT_FRAGMENT:
        return "multicast-dont-fragment";
    case VROUTER_DROP_REASON_MULTICAST_CLONE_FAILED:
        return "multicast-clone-failed";
    case VROUTER_DROP_REASON_NO_MEMORY:
        return "no-memory";
    case VROUTER_DROP_REASON_REWRITE_FAILED:
        return "rewrite-failed";
    case VROUTER_DROP_REASON_MISCELLANEOUS:
        return "miscellaneous";
    case VROUTER_DROP_REASON_INVALID_PACKET:
        return "invalid-packet";
    case VROUTER_DROP_REASON_CHECKSUM_ERROR:
        return "checksum-error";
    case VROUTER_DROP_REASON_NO_METADATA:
        return "no-metadata";
    case VROUTER_DROP_REASON_CLONED_ORIGINAL:
        return "cloned-original";
    case VROUTER_DROP_REASON_INVALID_VXLAN_NETWORK:
        return "invalid-vxlan-network";
    case VROUTER_DROP_REASON_FRAGMENT_ERROR:
        return "fragment-error";
    case VROUTER_DROP_REASON_INVALID_SOURCE:
        return "invalid-source";
    case VROUTER_DROP_REASON_NO_BRIDGE_ENTRY:
        return "no-bridge-entry";
    case VROUTER_DROP_REASON_FRAGMENT_QUEUE_FAILED:
        return "fragment-queue-failed";
    case VROUTER_DROP_REASON_VLAN_FORWARD_TRANSMIT:
        return "vlan-forward-transmit";
    case VROUTER_DROP_REASON_VLAN_FORWARD_ENQUEUE:
        return "vlan-forward-enqueue";
    case VROUTER_DROP_REASON_NEW_FLOW_REFUSED:
        return "new-flow-refused";
    case VROUTER_DROP_REASON_FLOW_EVICTED:
        return "flow-evicted";
    case VROUTER_DROP_REASON_TRAP_ORIGINAL:
        return "trap-original";
    case VROUTER_DROP_REASON_LEAF_TO_LEAF:
        return "leaf-to-leaf";
    case VROUTER_DROP_REASON_PROVIDER_BRIDGE_MISMATCH:
        return "provider-bridge-mismatch";
    case VROUTER_DROP_REASON_PACKET_LOOP:
        return "packet-loop";
    case VROUTER_DROP_REASON_NO_ENCRYPTED_PATH:
        return "no-encrypted-path";
    case VROUTER_DROP_REASON_INVALID_SERVICE_PACKET:
        return "invalid-service-packet";
    case VROUTER_DROP_REASON_NO_FRAGMENT_ENTRY:
        return "no-fragment-entry";
    case VROUTER_DROP_REASON_ICMP_ERROR:
        return "icmp-error";
    case VROUTER_DROP_REASON_CLONE_FAILED:
        return "clone-failed";
    case VROUTER_DROP_REASON_INVALID_UNDERLAY_MEMBER:
        return "invalid-underlay-member";
    case VROUTER_DROP_REASON_FLOW_DELETED:
        return "flow-deleted";
    case VROUTER_DROP_REASON_INVALID_AGENT_PACKET:
        return "invalid-agent-packet";
    case VROUTER_DROP_REASON_ROUTER_STOPPED:
        return "router-stopped";
    default:
        return NULL;
    }
}

const char *vrouter_drop_reason_sentence(uint32_t value)
{
    switch (value) {
    case VROUTER_DROP_REASON_DISCARD:
        return "The route leads to a discard next hop.";
    case VROUTER_DROP_REASON_PULL:
        return "A header was to be removed that the packet is too short to have.";
    case VROUTER_DROP_REASON_INVALID_INTERFACE:
        return "The packet arrived on, or was to leave through, an interface that does not exist.";
    case VROUTER_DROP_REASON_INVALID_ARP:
        return "An ARP packet is malformed, or answers a question that was not asked.";
    case VROUTER_DROP_REASON_TRAP_NO_INTERFACE:
        return "The packet was for the agent, and the agent's interface does not exist: the agent is not running.";
    case VROUTER_DROP_REASON_NOWHERE_TO_GO:
        return "Neither a route nor a bridge entry applies to the packet.";
    case VROUTER_DROP_REASON_FLOW_QUEUE_LIMIT_EXCEEDED:
        return "Three packets of the flow wait for the agent already, or too many flows wait.";
    case VROUTER_DROP_REASON_FLOW_NO_MEMORY:
        return "There was no memory to hold the packet until the agent decides.";
    case VROUTER_DROP_REASON_FLOW_INVALID_PROTOCOL:
        return "The flow's addresses are of a family that the packet is not.";
    case VROUTER_DROP_REASON_FLOW_NO_REVERSE:
        return "The flow is to be translated, and the flow of the other direction, which has the addresses, is missing.";
    case VROUTER_DROP_REASON_FLOW_ACTION_DROP:
        return "The flow was decided to be dropped.";
    case VROUTER_DROP_REASON_FLOW_ACTION_INVALID:
        return "The flow's entry has no action that exists.";
    case VROUTER_DROP_REASON_FLOW_UNUSABLE:
        return "A flow could not be made because too many flows wait for the agent.";
    case VROUTER_DROP_REASON_FLOW_TABLE_FULL:
        return "No entry is free, in the part of the table that the packet's key belongs to or in the overflow.";
    case VROUTER_DROP_REASON_INTERFACE_TRANSMIT_DISCARD:
        return "The device that the packet was to leave through did not take it: its queue is full or it is down.";
    case VROUTER_DROP_REASON_INTERFACE_DROP:
        return "The interface does not take packets at the moment.";
    case VROUTER_DROP_REASON_DUPLICATED:
        return "The packet is a copy whose original was delivered another way.";
    case VROUTER_DROP_REASON_PUSH:
        return "There was no room for a header in front of the packet.";
    case VROUTER_DROP_REASON_TTL_EXCEEDED:
        return "The TTL or hop limit came to its end: the packet went round, or somebody traces the route.";
    case VROUTER_DROP_REASON_INVALID_NEXT_HOP:
        return "The next hop does not exist, is not valid, or has no usable member.";
    case VROUTER_DROP_REASON_INVALID_LABEL:
        return "The MPLS label of a packet from a tunnel has no entry.";
    case VROUTER_DROP_REASON_INVALID_PROTOCOL:
        return "The packet's protocol cannot be forwarded.";
    case VROUTER_DROP_REASON_INTERFACE_RECEIVE_DISCARD:
        return "The packet was received and could not be taken in, since its interface was being removed.";
    case VROUTER_DROP_REASON_INVALID_MULTICAST_SOURCE:
        return "A multicast packet came from a tunnel that is no member of its replication tree.";
    case VROUTER_DROP_REASON_HEAD_ALLOCATION_FAILED:
        return "There was no memory for a packet's first buffer.";
    case VROUTER_DROP_REASON_COPY_ON_WRITE_FAILED:
        return "The packet was shared, and there was no memory for a copy to change.";
    case VROUTER_DROP_REASON_MULTICAST_DONT_FRAGMENT:
        return "A multicast packet is too large for a tunnel and may not be fragmented.";
    case VROUTER_DROP_REASON_MULTICAST_CLONE_FAILED:
        return "There was no memory for a member's copy of a multicast packet.";
    case VROUTER_DROP_REASON_NO_MEMORY:
        return "There was no memory for something that the packet needed.";
    case VROUTER_DROP_REASON_REWRITE_FAILED:
        return "The Ethernet header could not be written: there was no room, or the next hop has none.";
    case VROUTER_DROP_REASON_MISCELLANEOUS:
        return "None of the other reasons.";
    case VROUTER_DROP_REASON_INVALID_PACKET:
        return "A header's fields contradict each other or the packet's length.";
    case VROUTER_DROP_REASON_CHECKSUM_ERROR:
        return "The IP header's checksum is wrong, or one could not be computed.";
    case VROUTER_DROP_REASON_NO_METADATA:
        return "What the forwarder keeps beside a packet was missing.";
    case VROUTER_DROP_REASON_CLONED_ORIGINAL:
        return "The original was no longer needed after copies of it were sent.";
    case VROUTER_DROP_REASON_INVALID_VXLAN_NETWORK:
        return "The VXLAN network identifier of a packet from a tunnel has no entry.";
    case VROUTER_DROP_REASON_FRAGMENT_ERROR:
        return "A fragment could not be made, or one that arrived does not fit its datagram.";
    case VROUTER_DROP_REASON_INVALID_SOURCE:
        return "The packet came from elsewhere than the route to its source says: an address is forged, or routes are changing.";
    case VROUTER_DROP_REASON_NO_BRIDGE_ENTRY:
        return "No bridge entry has the destination MAC address, and the network does not flood unknown ones.";
    case VROUTER_DROP_REASON_FRAGMENT_QUEUE_FAILED:
        return "A fragment that came before its first could not be kept until that arrives.";
    case VROUTER_DROP_REASON_VLAN_FORWARD_TRANSMIT:
        return "A VLAN packet handed through to the host could not be sent.";
    case VROUTER_DROP_REASON_VLAN_FORWARD_ENQUEUE:
        return "A VLAN packet handed through to the host found the queue full.";
    case VROUTER_DROP_REASON_NEW_FLOW_REFUSED:
        return "The packet would begin a flow, and its interface has as many flows as it may have.";
    case VROUTER_DROP_REASON_FLOW_EVICTED:
        return "The packet belongs to a TCP connection that is over and whose entry is being taken back.";
    case VROUTER_DROP_REASON_TRAP_ORIGINAL:
        return "The original was no longer needed after a copy went to the agent.";
    case VROUTER_DROP_REASON_LEAF_TO_LEAF:
        return "Two leaves of an E-Tree may not talk to each other.";
    case VROUTER_DROP_REASON_PROVIDER_BRIDGE_MISMATCH:
        return "The backbone MAC address or service identifier (IEEE 802.1ah) is not the network's.";
    case VROUTER_DROP_REASON_PACKET_LOOP:
        return "The packet came back to where it had been.";
    case VROUTER_DROP_REASON_NO_ENCRYPTED_PATH:
        return "The packet must be encrypted, and the encrypted path to its tunnel's end is down.";
    case VROUTER_DROP_REASON_INVALID_SERVICE_PACKET:
        return "A packet from a host-based service belongs to no flow that was steered there.";
    case VROUTER_DROP_REASON_NO_FRAGMENT_ENTRY:
        return "A fragment arrived, and its first, which has the ports, was not seen in time.";
    case VROUTER_DROP_REASON_ICMP_ERROR:
        return "An ICMP error is about another ICMP error, or quotes too little of the packet that it is about.";
    case VROUTER_DROP_REASON_CLONE_FAILED:
        return "There was no memory for a copy.";
    case VROUTER_DROP_REASON_INVALID_UNDERLAY_MEMBER:
        return "The uplink that the flow was to use is not usable.";
    case VROUTER_DROP_REASON_FLOW_DELETED:
        return "The agent deleted the flow while the packet waited for its decision.";
    case VROUTER_DROP_REASON_INVALID_AGENT_PACKET:
        return "A packet from the agent has no valid header, or asks for what does not exist.";
    case VROUTER_DROP_REASON_ROUTER_STOPPED:
        return "The forwarder was stopped while the packet waited.";
    default:
        return NULL;
    }
}

static const struct vrouter_attribute vrouter_drop_count_attributes[] = {
    {
        .name = "reason", .number = 1, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_drop_count, reason), .size = sizeof(((struct vrouter_drop_count *)0)->reason),
    },
    {
        .name = "packets", .number = 2, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_drop_count, packets), .size = sizeof(((struct vrouter_drop_count *)0)->packets),
    },
};

const struct vrouter_layout vrouter_drop_count_layout = {
    .name = "drop-count",
    .attributes = vrouter_drop_count_attributes,
    .attribute_count = 2,
    .size = sizeof(struct vrouter_drop_count),
    .maximum_bytes = 20,
};

static const struct vrouter_attribute vrouter_drop_statistics_attributes[] = {
    {
        .name = "operation", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_drop_statistics, operation),
        .size = sizeof(((struct vrouter_drop_statistics *)0)->operation), .high = 0xfeull,
    },
    {
        .name = "interface", .number = 2, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_drop_statistics, interface),
        .size = sizeof(((struct vrouter_drop_statistics *)0)->interface), .high = 65535u,
    },
    {
        .name = "core", .number = 3, .kind = VROUTER_KIND_NUMBER, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_drop_statistics, core), .size = sizeof(((struct vrouter_drop_statistics *)0)->core),
    },
    {
        .name = "counts", .number = 4, .kind = VROUTER_KIND_STRUCTURE, .maximum_count = VROUTER_DROP_STATISTICS_MAXIMUM_COUNTS,
        .offset = offsetof(struct vrouter_drop_statistics, counts),
        .size = sizeof(((struct vrouter_drop_statistics *)0)->counts[0]),
        .count_offset = offsetof(struct vrouter_drop_statistics, counts_count), .structure = &vrouter_drop_count_layout,
    },
};

const struct vrouter_layout vrouter_drop_statistics_layout = {
    .name = "drop-statistics",
    .attributes = vrouter_drop_statistics_attributes,
    .attribute_count = 4,
    .size = sizeof(struct vrouter_drop_statistics),
    .maximum_bytes = VROUTER_DROP_STATISTICS_MAXIMUM_BYTES,
};

int vrouter_drop_statistics_decode(struct vrouter_drop_statistics *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_drop_statistics_layout, message, bytes, length, &message->fault);
}

int vrouter_drop_statistics_encode(const struct vrouter_drop_statistics *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_drop_statistics_layout, message, bytes, capacity);
}

static const struct vrouter_attribute vrouter_drop_record_attributes[] = {
    {
        .name = "operation", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_drop_record, operation),
        .size = sizeof(((struct vrouter_drop_record *)0)->operation), .high = 0xfeull,
    },
    {
        .name = "core", .number = 2, .kind = VROUTER_KIND_NUMBER, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_drop_record, core), .size = sizeof(((struct vrouter_drop_record *)0)->core),
    },
    {
        .name = "age", .number = 3, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_drop_record, age), .size = sizeof(((struct vrouter_drop_record *)0)->age),
    },
    {
        .name = "reason", .number = 4, .kind = VROUTER_KIND_NUMBER, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_drop_record, reason), .size = sizeof(((struct vrouter_drop_record *)0)->reason),
    },
    {
        .name = "interface", .number = 5, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_drop_record, interface), .size = sizeof(((struct vrouter_drop_record *)0)->interface),
    },
    {
        .name = "vrf", .number = 6, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_drop_record, vrf), .size = sizeof(((struct vrouter_drop_record *)0)->vrf),
    },
    {
        .name = "next-hop", .number = 7, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_drop_record, next_hop), .size = sizeof(((struct vrouter_drop_record *)0)->next_hop),
    },
    {
        .name = "length", .number = 8, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_drop_record, length), .size = sizeof(((struct vrouter_drop_record *)0)->length),
    },
    {
        .name = "packet", .number = 9, .kind = VROUTER_KIND_BYTES, .maximum_length = 64,
        .offset = offsetof(struct vrouter_drop_record, packet), .size = sizeof(((struct vrouter_drop_record *)0)->packet),
        .count_offset = offsetof(struct vrouter_drop_record, packet_length),
    },
    {
        .name = "cursor", .number = 10, .kind = VROUTER_KIND_BYTES, .maximum_length = 40,
        .offset = offsetof(struct vrouter_drop_record, cursor), .size = sizeof(((struct vrouter_drop_record *)0)->cursor),
        .count_offset = offsetof(struct vrouter_drop_record, cursor_length),
    },
};

const struct vrouter_layout vrouter_drop_record_layout = {
    .name = "drop-record",
    .attributes = vrouter_drop_record_attributes,
    .attribute_count = 10,
    .size = sizeof(struct vrouter_drop_record),
    .maximum_bytes = VROUTER_DROP_RECORD_MAXIMUM_BYTES,
};

int vrouter_drop_record_decode(struct vrouter_drop_record *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_drop_record_layout, message, bytes, length, &message->fault);
}

int vrouter_drop_record_encode(const struct vrouter_drop_record *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_drop_record_layout, message, bytes, capacity);
}

static const struct vrouter_attribute vrouter_vrf_statistics_attributes[] = {
    {
        .name = "operation", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_vrf_statistics, operation),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->operation), .high = 0xfeull,
    },
    {
        .name = "vrf", .number = 2, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_vrf_statistics, vrf),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->vrf), .high = 65535u,
    },
    {
        .name = "core", .number = 3, .kind = VROUTER_KIND_NUMBER, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_vrf_statistics, core), .size = sizeof(((struct vrouter_vrf_statistics *)0)->core),
    },
    {
        .name = "discards", .number = 4, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, discards),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->discards),
    },
    {
        .name = "resolves", .number = 5, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, resolves),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->resolves),
    },
    {
        .name = "receives", .number = 6, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, receives),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->receives),
    },
    {
        .name = "bridge-receives", .number = 7, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, bridge_receives),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->bridge_receives),
    },
    {
        .name = "encapsulations", .number = 8, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, encapsulations),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->encapsulations),
    },
    {
        .name = "gre-tunnels", .number = 9, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, gre_tunnels),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->gre_tunnels),
    },
    {
        .name = "udp-tunnels", .number = 10, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, udp_tunnels),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->udp_tunnels),
    },
    {
        .name = "vxlan-tunnels", .number = 11, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, vxlan_tunnels),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->vxlan_tunnels),
    },
    {
        .name = "ecmp-composites", .number = 12, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, ecmp_composites),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->ecmp_composites),
    },
    {
        .name = "multicast-composites", .number = 13, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, multicast_composites),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->multicast_composites),
    },
    {
        .name = "vrf-translates", .number = 14, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, vrf_translates),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->vrf_translates),
    },
    {
        .name = "unknown-unicast-floods", .number = 15, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, unknown_unicast_floods),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->unknown_unicast_floods),
    },
    {
        .name = "arp-answers", .number = 16, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, arp_answers),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->arp_answers),
    },
    {
        .name = "arp-floods", .number = 17, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_vrf_statistics, arp_floods),
        .size = sizeof(((struct vrouter_vrf_statistics *)0)->arp_floods),
    },
    {
        .name = "cursor", .number = 18, .kind = VROUTER_KIND_BYTES, .maximum_length = 40,
        .offset = offsetof(struct vrouter_vrf_statistics, cursor), .size = sizeof(((struct vrouter_vrf_statistics *)0)->cursor),
        .count_offset = offsetof(struct vrouter_vrf_statistics, cursor_length),
    },
};

const struct vrouter_layout vrouter_vrf_statistics_layout = {
    .name = "vrf-statistics",
    .attributes = vrouter_vrf_statistics_attributes,
    .attribute_count = 18,
    .size = sizeof(struct vrouter_vrf_statistics),
    .maximum_bytes = VROUTER_VRF_STATISTICS_MAXIMUM_BYTES,
};

int vrouter_vrf_statistics_decode(struct vrouter_vrf_statistics *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_vrf_statistics_layout, message, bytes, length, &message->fault);
}

int vrouter_vrf_statistics_encode(const struct vrouter_vrf_statistics *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_vrf_statistics_layout, message, bytes, capacity);
}
