/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Why packets are dropped. Whoever drops a packet names one of these; there is no other way to get rid of one. For each there is a
 * counter on each core and for each interface, and a record of the last packets dropped (trace.h).
 *
 * The numbers are those of the message `drop-statistics`, which gives them to the agent; they are never used again for anything else. The
 * list has what the core and its ports can say; reasons of the platform's other forwarders are not in it.
 */
#ifndef VR_DROP_H
#define VR_DROP_H

#include "port.h"

/* X(NAME, number, "what tools print", "a sentence for whoever reads the counter") */
#define VR_DROP_REASONS(X)                                                                                                            \
    X(DISCARD, 1, "discard", "A route or a rule of the interface says that such packets are dropped")                                 \
    X(TRUNCATED, 2, "pull", "The packet ends before a header that it announces does")                                                 \
    X(INVALID_INTERFACE, 3, "invalid-interface", "There is no interface where the packet came from or was to leave")                  \
    X(INVALID_ARP, 4, "invalid-arp", "The ARP packet is malformed, or asks for what the asker has itself")                            \
    X(TRAP_NO_INTERFACE, 5, "trap-no-interface", "The packet was for the agent, which has no interface: it is not running")           \
    X(NOWHERE_TO_GO, 6, "nowhere-to-go", "No route leads to the destination, or nobody is left to replicate the packet to")           \
    X(FLOW_QUEUE_FULL, 7, "flow-queue-limit-exceeded", "As many packets as may wait for the agent's decision wait already")            \
    X(FLOW_ACTION_DROP, 11, "flow-action-drop", "The agent decided to drop the flow; the flow says by which rule")                    \
    X(FLOW_ACTION_INVALID, 12, "flow-action-invalid", "The flow has no action that exists")                                           \
    X(FLOW_UNUSABLE, 13, "flow-unusable", "As many flows as may wait for the agent wait already, so that no new one can begin")       \
    X(FLOW_TABLE_FULL, 14, "flow-table-full", "No entry of the flow table is free where the packet's flow belongs")                   \
    X(TRANSMIT_REFUSED, 15, "interface-transmit-discard", "The device did not take the packet: its queue is full or it is down")      \
    X(PUSH, 18, "push", "There was no memory to make room for a header in front of the packet")                                       \
    X(TTL_EXCEEDED, 19, "ttl-exceeded", "The TTL or hop limit came to its end")                                                       \
    X(INVALID_NEXT_HOP, 20, "invalid-next-hop", "The next hop does not exist, is not valid, or cannot take such packets")             \
    X(INVALID_LABEL, 21, "invalid-label", "The MPLS label has no entry, is a reserved one, or is not the last of its stack")           \
    X(INVALID_PROTOCOL, 22, "invalid-protocol", "What is to be routed is neither IPv4 nor IPv6")                                      \
    X(INVALID_MULTICAST_SOURCE, 24, "invalid-multicast-source", "A replicated packet came from a tunnel that has no part in it")      \
    X(MULTICAST_CLONE_FAILED, 28, "multicast-clone-failed", "There was no memory for a member's copy of a replicated packet")         \
    X(NO_MEMORY, 29, "no-memory", "There was no memory to bring the packet's headers together")                                       \
    X(INVALID_PACKET, 32, "invalid-packet", "A header's fields contradict each other or the packet's length")                         \
    X(CHECKSUM, 33, "checksum-error", "The checksum of an IPv4 header that is to be acted on is wrong")                               \
    X(INVALID_VXLAN_NETWORK, 36, "invalid-vxlan-network", "The VXLAN network identifier has no entry, or is said not to be valid")    \
    X(FRAGMENT_FAILED, 37, "fragment-error", "The packet is too large for a tunnel and could not be cut into fragments")              \
    X(INVALID_SOURCE, 38, "invalid-source", "The packet came from elsewhere than the flow's source route says")                       \
    X(NO_BRIDGE_ENTRY, 39, "no-bridge-entry", "No bridge entry has the destination MAC address, and unknown ones are not flooded")    \
    X(FRAGMENT_QUEUE_FULL, 40, "fragment-queue-failed", "No room is left for fragments that come before their first")                 \
    X(NEW_FLOW_REFUSED, 43, "new-flow-refused", "The packet would begin a flow, and its interface has as many as it may have")        \
    X(LOOP, 48, "packet-loop", "The packet would leave where it came from, or is looked up without end")                              \
    X(NO_FRAGMENT_ENTRY, 51, "no-fragment-entry", "The first fragment, which has the ports, did not come in time")                    \
    X(ICMP_ERROR, 52, "icmp-error", "An ICMP error is about another ICMP error, or quotes too little to tell what it is about")       \
    X(CLONE_FAILED, 53, "clone-failed", "There was no memory for the copy that the agent or a second device gets")                    \
    X(FLOW_DELETED, 55, "flow-deleted", "The agent deleted the flow while the packet waited for its decision")                        \
    X(INVALID_AGENT_PACKET, 56, "invalid-agent-packet", "A packet from the agent has no valid header, or asks for what does not exist") \
    X(ROUTER_STOPPED, 57, "router-stopped", "The forwarder was stopped while the packet waited")

enum vr_drop_reason {
    /* Not a reason: memory that nobody wrote shall not look like one. */
    VR_DROP_NONE = 0,
#define VR_DROP_ENUMERATOR(name, number, word, sentence) VR_DROP_##name = number,
    VR_DROP_REASONS(VR_DROP_ENUMERATOR)
#undef VR_DROP_ENUMERATOR
    /* Above every number: the length of arrays by reason. */
    VR_DROP_LIMIT = 64,
};

/* The word and the sentence of a reason; NULL for a number that is none. */
const char *vr_drop_word(unsigned int reason);
const char *vr_drop_sentence(unsigned int reason);

#endif
