/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Packets between forwarder and agent. Both ways a frame has an Ethernet header of its own (type VR_TYPE_AGENT), this header of 30 bytes in network
 * byte order, and then the packet, beginning with its Ethernet header; a packet that came without one is given one.
 *
 *      0               2               4               6                              10
 *     +---------------+---------------+---------------+-------------------------------+
 *     |   interface   |      VRF      |    command    |          parameter 0          |
 *     +---------------+---------------+---------------+-------------------------------+
 *     |  1 at 10      |  2 at 14      |  3 at 18      |  4 at 22      | 5 | 3 unused  |   parameter 5 is one byte, at 26
 *     +-------------------------------------------------------------------------------+
 *
 * To the agent the command is an enum vr_trap. From it: VR_AGENT_SEND puts the packet out of the interface as it is; VR_AGENT_ROUTE treats it as if it had
 * arrived on the interface, in the VRF given, without policy.
 */
#ifndef VR_TRAP_H
#define VR_TRAP_H

#include "wire.h"

enum {
    VR_AGENT_HEADER_BYTES = 30,
    VR_AGENT_INTERFACE = 0,
    VR_AGENT_VRF = 2,
    VR_AGENT_COMMAND = 4,
    VR_AGENT_PARAMETER = 6,
    VR_AGENT_PARAMETER_5 = 26,

    VR_AGENT_SEND = 0,
    VR_AGENT_ROUTE = 1,
};

/* Why a packet is shown to the agent. X(NAME, number, "word"). Parameters other than 0 are named in the comment. */
#define VR_TRAPS(X)                                                                                          \
    X(ARP, 2, "arp")                                                                                         \
    /* 0: the next hop */                                                                                    \
    X(RESOLVE, 5, "resolve")                                                                                 \
    /* 0: flow index, 1: next hop of the key, 2: bytes, 3: packets, 5: incarnation */                        \
    X(FLOW_MISS, 6, "flow-miss")                                                                             \
    /* DHCP, IGMP, packets to the gateway */                                                                 \
    X(L3_PROTOCOLS, 7, "l3-protocols")                                                                       \
    /* 0: flow index, 1: the next hop that the source is expected behind */                                  \
    X(SOURCE_MISMATCH, 10, "source-mismatch")                                                                \
    /* 0: the largest packet that fits, 1: flow index or VR_NONE */                                          \
    X(TOO_LARGE, 11, "too-large")                                                                            \
    X(ZERO_TTL, 12, "zero-ttl")

enum vr_trap {
#define VR_TRAP_ENUMERATOR(name, number, word) VR_TRAP_##name = number,
    VR_TRAPS(VR_TRAP_ENUMERATOR)
#undef VR_TRAP_ENUMERATOR
};

#endif
