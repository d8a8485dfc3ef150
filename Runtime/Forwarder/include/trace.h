/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What happened to a packet, for people: the steps of one packet's way, and the last packets dropped on each core.
 *
 * A trace is an array of numbers that vr_receive fills in: which step, and up to three values. It costs nothing when it is not asked
 * for. vr_trace_text turns a step into words, wherever the numbers have come to: the same in the kernel, in tools, in tests.
 *
 * In the sentences, {a}, {b} and {c} are values, {a:ip} an IPv4 address, {bc:mac} a MAC address in two values, {a:drop}, {a:trap},
 * {a:action}, {a:nexthop}, {a:tunnel}, {a:composite} names of enumerations.
 */
#ifndef VR_TRACE_H
#define VR_TRACE_H

#include "router.h"

/* X(NAME, "word", "sentence") */
#define VR_TRACE_STEPS(X)                                                                                                   \
    X(RECEIVED, "received", "received {b} bytes on interface {a}")                                                          \
    X(VLAN, "vlan", "VLAN {a} is interface {b}")                                                                            \
    X(CROSS_CONNECTED, "cross-connected", "handed across to interface {a}, undecided")                                      \
    X(FROM_AGENT, "from-agent", "the agent injects it as if from interface {a} in VRF {b}")                                 \
    X(DECAPSULATED, "decapsulated", "unwrapped from {a:tunnel}, label or network {b}, sent by {c:ip}")                      \
    X(FLOW, "flow", "flow {a} says {b:action}")                                                                             \
    X(FLOW_CREATED, "flow-created", "begins flow {a}, incarnation {b}")                                                     \
    X(FLOW_PASSED, "flow-passed", "has no flow and needs none: the next hop's policy is relaxed")                           \
    X(HELD, "held", "waits for the agent's decision about flow {a}, with {b} before it")                                    \
    X(RELEASED, "released", "waited for the agent's decision about flow {a}, and goes on")                                  \
    X(FRAGMENT, "fragment", "a later fragment: ports {b} to {c} are those of the first of datagram {a}")                    \
    X(FRAGMENT_HELD, "fragment-held", "a fragment of datagram {a} that came before its first: waits, with {b} before it")   \
    X(FRAGMENT_RELEASED, "fragment-released", "the first fragment of datagram {a} has come, and this one goes on")          \
    X(VRF, "vrf", "goes on in VRF {a}")                                                                                     \
    X(ROUTED, "routed", "VRF {a}: the longest route to {b:ip} has {c} bits")                                                \
    X(ROUTED_IPV6, "routed-ipv6", "VRF {a}: the longest IPv6 route has {c} bits")                                           \
    X(BRIDGED, "bridged", "VRF {a}: bridge entry {bc:mac}")                                                                 \
    X(FLOODED, "flooded", "VRF {a}: flooded to everybody")                                                                  \
    X(NEXT_HOP, "next-hop", "next hop {a}: {b:nexthop}")                                                                    \
    X(ECMP, "ecmp", "member {b} of composite {a} is chosen: next hop {c}")                                                  \
    X(REPLICATED, "replicated", "composite {a} ({b:composite}): a copy for next hop {c}")                                   \
    X(TTL, "ttl", "TTL is now {a}")                                                                                         \
    X(ARP_ANSWERED, "arp-answered", "ARP for {a:ip} is answered with {bc:mac}")                                             \
    X(ENCAPSULATED, "encapsulated", "wrapped in {a:tunnel}, label or network {b}, for {c:ip}")                              \
    X(FRAGMENTED, "fragmented", "cut into {a} fragments, to fit {b} bytes")                                                 \
    X(TRAPPED, "trapped", "to the agent: {a:trap}")                                                                         \
    X(TRANSMITTED, "transmitted", "sent {b} bytes out of interface {a}")                                                    \
    X(DROPPED, "dropped", "dropped: {a:drop}")

enum vr_trace_step {
#define VR_TRACE_ENUMERATOR(name, word, sentence) VR_TRACE_##name,
    VR_TRACE_STEPS(VR_TRACE_ENUMERATOR)
#undef VR_TRACE_ENUMERATOR
    VR_TRACE_STEP_COUNT,
};

struct vr_trace_record {
    /* An enum vr_trace_step. */
    uint32_t step;
    uint32_t values[3];
};

#define VR_TRACE_RECORDS 48u

struct vr_trace {
    /* How many of `records` are filled. */
    uint32_t count;
    /* Steps for which there was no room. */
    uint32_t lost;
    struct vr_trace_record records[VR_TRACE_RECORDS];
};

/* The step's word, "?" for a number that is none. */
const char *vr_trace_word(uint32_t step);
/* Writes the step's sentence with its values, ended by a zero byte and cut to `size`. Returns the length that it has uncut. */
size_t vr_trace_text(const struct vr_trace_record *record, char *text, size_t size);

/* A packet that was dropped. */
struct vr_drop_record {
    /* vr_port_now_ms at the time. */
    uint64_t time_ms;
    /* An enum vr_drop_reason. */
    uint32_t reason;
    /* Where the packet had come in, in which VRF and at which next hop it was; VR_NONE where that was not known yet. */
    uint32_t interface;
    uint32_t vrf;
    uint32_t next_hop;
    /* All of the packet as it was when dropped, which may be without headers that were taken off. */
    uint32_t length;
    /* How many of `bytes` are its beginning. */
    uint32_t captured;
    uint8_t bytes[64];
};

/* How many packets each core remembers. */
#define VR_DROP_RECORDS 64u

/*
 * Copies a remembered packet of `core`: the `age`th before the last, 0 being the last itself. -ENOENT: there are not so many, or it is being
 * overwritten at this moment.
 */
int vr_drop_record_get(const struct vr_router *router, unsigned int core, uint32_t age, struct vr_drop_record *record);

#endif
