/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What headers look like on the wire: sizes, offsets, numbers, and how to read and write them.
 *
 * Headers are read byte by byte through these functions, never by laying a structure over a packet: packets have no alignment.
 * Compilers turn each function into one load and a byte swap. Names follow the RFCs: IPv4 791, IPv6 8200, UDP 768, TCP 9293, ICMP 792, ARP 826, GRE 2784, MPLS 3032, MPLS
 * in GRE 4023, MPLS in UDP 7510, VXLAN 7348, control word 4385; 802.1Q.
 */
#ifndef VR_WIRE_H
#define VR_WIRE_H

#include "port.h"

/* Numbers kept in network byte order, as they stand in headers: addresses and ports in tables. */
typedef uint16_t vr_be16;
typedef uint32_t vr_be32;

/* ---- Bytes ---------------------------------------------------------------------------------------------------------------- */

static inline uint16_t vr_read16(const uint8_t *at)
{
    return (uint16_t)(((unsigned int)at[0] << 8) | at[1]);
}

static inline uint32_t vr_read32(const uint8_t *at)
{
    return ((uint32_t)at[0] << 24) | ((uint32_t)at[1] << 16) | ((uint32_t)at[2] << 8) | at[3];
}

static inline void vr_write16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8 & 0xff);
    at[1] = (uint8_t)(value & 0xff);
}

static inline void vr_write32(uint8_t *at, uint32_t value)
{
    vr_write16(at, value >> 16);
    vr_write16(at + 2, value);
}

/* As they stand, in network byte order. */
static inline vr_be16 vr_copy16(const uint8_t *at)
{
    vr_be16 value;

    __builtin_memcpy(&value, at, sizeof(value));
    return value;
}

static inline vr_be32 vr_copy32(const uint8_t *at)
{
    vr_be32 value;

    __builtin_memcpy(&value, at, sizeof(value));
    return value;
}

static inline uint32_t vr_from_be32(vr_be32 value)
{
    uint8_t bytes[4];

    __builtin_memcpy(bytes, &value, 4);
    return vr_read32(bytes);
}

static inline uint16_t vr_from_be16(vr_be16 value)
{
    uint8_t bytes[2];

    __builtin_memcpy(bytes, &value, 2);
    return vr_read16(bytes);
}

static inline vr_be32 vr_to_be32(uint32_t value)
{
    return vr_from_be32(value);
}

static inline vr_be16 vr_to_be16(uint16_t value)
{
    return vr_from_be16(value);
}

/* ---- Ethernet ------------------------------------------------------------------------------------------------------------- */

enum {
    VR_MAC_BYTES = 6,
    VR_ETHERNET_BYTES = 14,
    VR_ETHERNET_SOURCE = 6,
    VR_ETHERNET_TYPE = 12,
    VR_VLAN_BYTES = 4,
    VR_VLAN_IDENTIFIER_MASK = 0x0fff,

    VR_TYPE_IPV4 = 0x0800,
    VR_TYPE_ARP = 0x0806,
    VR_TYPE_VLAN = 0x8100,
    VR_TYPE_IPV6 = 0x86dd,
    VR_TYPE_MPLS = 0x8847,
    /* For local experiments (IEEE 802): what frames between forwarder and agent carry. */
    VR_TYPE_AGENT = 0x88b5,
};

struct vr_mac {
    uint8_t bytes[VR_MAC_BYTES];
};

static inline bool vr_mac_equal(const uint8_t *left, const uint8_t *right)
{
    return __builtin_memcmp(left, right, VR_MAC_BYTES) == 0;
}

/* Broadcast included: the lowest bit of the first byte. */
static inline bool vr_mac_is_multicast(const uint8_t *mac)
{
    return (mac[0] & 1) != 0;
}

static inline bool vr_mac_is_broadcast(const uint8_t *mac)
{
    return (mac[0] & mac[1] & mac[2] & mac[3] & mac[4] & mac[5]) == 0xff;
}

static inline bool vr_mac_is_zero(const uint8_t *mac)
{
    return (mac[0] | mac[1] | mac[2] | mac[3] | mac[4] | mac[5]) == 0;
}

/* The gateway of every virtual network, whichever host it is asked on: VRRP's address of virtual router 0. */
extern const struct vr_mac vr_gateway_mac;
extern const struct vr_mac vr_broadcast_mac;

/* ---- ARP ------------------------------------------------------------------------------------------------------------------ */

enum {
    VR_ARP_BYTES = 28,
    VR_ARP_OPERATION = 6,
    VR_ARP_SENDER_MAC = 8,
    VR_ARP_SENDER_IP = 14,
    VR_ARP_TARGET_MAC = 18,
    VR_ARP_TARGET_IP = 24,

    VR_ARP_REQUEST = 1,
    VR_ARP_REPLY = 2,
};

/* ---- IP ------------------------------------------------------------------------------------------------------------------- */

enum {
    VR_IPV4_BYTES = 20,
    VR_IPV4_TOS = 1,
    VR_IPV4_LENGTH = 2,
    VR_IPV4_IDENTIFICATION = 4,
    VR_IPV4_FRAGMENT = 6,
    VR_IPV4_TTL = 8,
    VR_IPV4_PROTOCOL = 9,
    VR_IPV4_CHECKSUM = 10,
    VR_IPV4_SOURCE = 12,
    VR_IPV4_DESTINATION = 16,

    VR_IPV4_DONT_FRAGMENT = 0x4000,
    VR_IPV4_MORE_FRAGMENTS = 0x2000,
    VR_IPV4_FRAGMENT_OFFSET = 0x1fff,

    VR_IPV6_BYTES = 40,
    VR_IPV6_LENGTH = 4,
    VR_IPV6_NEXT_HEADER = 6,
    VR_IPV6_HOP_LIMIT = 7,
    VR_IPV6_SOURCE = 8,
    VR_IPV6_DESTINATION = 24,
    VR_IPV6_ADDRESS_BYTES = 16,

    VR_PROTOCOL_ICMP = 1,
    VR_PROTOCOL_IGMP = 2,
    VR_PROTOCOL_TCP = 6,
    VR_PROTOCOL_UDP = 17,
    VR_PROTOCOL_FRAGMENT = 44,
    VR_PROTOCOL_GRE = 47,
    VR_PROTOCOL_ICMPV6 = 58,
    VR_PROTOCOL_SCTP = 132,
};

/* ---- What IP carries ------------------------------------------------------------------------------------------------------ */

enum {
    /* Of TCP, UDP and SCTP alike. */
    VR_PORTS_BYTES = 4,

    VR_UDP_BYTES = 8,
    VR_UDP_DESTINATION = 2,
    VR_UDP_LENGTH = 4,
    VR_UDP_CHECKSUM = 6,

    VR_UDP_DHCP_SERVER = 67,
    VR_UDP_DHCP_CLIENT = 68,
    VR_UDP_DHCPV6_CLIENT = 546,
    VR_UDP_DHCPV6_SERVER = 547,
    VR_UDP_VXLAN = 4789,
    VR_UDP_MPLS = 6635,
    /* What MPLS over UDP used before it had a number of its own. Understood, never sent. */
    VR_UDP_MPLS_LEGACY = 51234,

    VR_ICMP_BYTES = 8,
    VR_ICMP_IDENTIFIER = 4,
    VR_ICMP_ECHO_REPLY = 0,
    VR_ICMP_UNREACHABLE = 3,
    VR_ICMP_SOURCE_QUENCH = 4,
    VR_ICMP_REDIRECT = 5,
    VR_ICMP_ECHO_REQUEST = 8,
    VR_ICMP_TIME_EXCEEDED = 11,
    VR_ICMP_PARAMETER_PROBLEM = 12,

    VR_ICMPV6_ECHO_REQUEST = 128,
    VR_ICMPV6_ECHO_REPLY = 129,
    VR_ICMPV6_ROUTER_SOLICITATION = 133,
};

/* ---- Tunnels -------------------------------------------------------------------------------------------------------------- */

enum {
    VR_GRE_BYTES = 4,

    VR_MPLS_BYTES = 4,
    VR_MPLS_LABEL_SHIFT = 12,
    VR_MPLS_BOTTOM = 0x100,
    /* 0 to 15 have meanings of their own. */
    VR_MPLS_FIRST_LABEL = 16,
    VR_MPLS_LABELS = 1 << 20,
    VR_CONTROL_WORD_BYTES = 4,

    VR_VXLAN_BYTES = 8,
    VR_VXLAN_IDENTIFIER = 4,
    VR_VXLAN_IDENTIFIER_VALID = 0x08,
    VR_VXLAN_NETWORKS = 1 << 24,

    /* Source ports of tunnels: 49152 to 65535, those that nobody registers. */
    VR_TUNNEL_PORT_BASE = 49152,
    VR_TUNNEL_PORT_MASK = 0x3fff,
    VR_TUNNEL_TTL = 64,
};

#endif
