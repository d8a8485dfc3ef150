/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Reading headers: see parse.h. */
#include "parse.h"

enum {
    /* Extension headers that are followed; what has more is not a packet of any program known. */
    MOST_EXTENSIONS = 8,

    HOP_BY_HOP = 0,
    ROUTING = 43,
    AUTHENTICATION = 51,
    DESTINATION_OPTIONS = 60,
};

static bool is_icmp_error(uint8_t type)
{
    return type == VR_ICMP_UNREACHABLE || type == VR_ICMP_SOURCE_QUENCH || type == VR_ICMP_REDIRECT || type == VR_ICMP_TIME_EXCEEDED ||
           type == VR_ICMP_PARAMETER_PROBLEM;
}

/* Errors have types below 128, the first four are defined. */
static bool is_icmpv6_error(uint8_t type)
{
    return type >= 1 && type <= 4;
}

/* ICMP and ICMPv6: `echo` is the type of a request, `reply` that of its answer. */
static enum vr_drop_reason parse_icmp(struct vr_cursor cursor, struct vr_ip *ip, uint8_t echo, uint8_t reply)
{
    const uint8_t *icmp = vr_cursor_take(&cursor, VR_ICMP_BYTES);

    if (!icmp)
        return VR_DROP_TRUNCATED;
    ip->icmp_type = icmp[0];
    if (icmp[0] == echo || icmp[0] == reply) {
        ip->source_port = vr_copy16(icmp + VR_ICMP_IDENTIFIER);
        return VR_DROP_NONE;
    }
    ip->icmp_error = ip->family == VR_FAMILY_IPV4 ? is_icmp_error(icmp[0]) : is_icmpv6_error(icmp[0]);
    if (!ip->icmp_error)
        ip->destination_port = vr_to_be16(icmp[0]);
    return VR_DROP_NONE;
}

/* What IP carries, as far as a flow key needs it. */
static inline enum vr_drop_reason parse_transport(struct vr_cursor cursor, struct vr_ip *ip)
{
    const uint8_t *ports;

    switch (ip->protocol) {
    case VR_PROTOCOL_TCP:
    case VR_PROTOCOL_UDP:
    case VR_PROTOCOL_SCTP:
        ports = vr_cursor_take(&cursor, VR_PORTS_BYTES);
        if (!ports)
            return VR_DROP_TRUNCATED;
        ip->source_port = vr_copy16(ports);
        ip->destination_port = vr_copy16(ports + 2);
        return VR_DROP_NONE;
    case VR_PROTOCOL_ICMP:
        if (ip->family == VR_FAMILY_IPV4)
            return parse_icmp(cursor, ip, VR_ICMP_ECHO_REQUEST, VR_ICMP_ECHO_REPLY);
        return VR_DROP_NONE;
    case VR_PROTOCOL_ICMPV6:
        if (ip->family == VR_FAMILY_IPV6)
            return parse_icmp(cursor, ip, VR_ICMPV6_ECHO_REQUEST, VR_ICMPV6_ECHO_REPLY);
        return VR_DROP_NONE;
    default:
        return VR_DROP_NONE;
    }
}

static inline enum vr_drop_reason parse_ipv4(struct vr_cursor cursor, uint32_t length, struct vr_ip *ip)
{
    const uint8_t *header = vr_cursor_take(&cursor, VR_IPV4_BYTES);
    uint32_t fragment;

    if (!header)
        return VR_DROP_TRUNCATED;
    ip->header_bytes = (header[0] & 0xfu) * 4;
    ip->total_bytes = vr_read16(header + VR_IPV4_LENGTH);
    if (ip->header_bytes < VR_IPV4_BYTES || ip->total_bytes < ip->header_bytes)
        return VR_DROP_INVALID_PACKET;
    if (ip->total_bytes > length || !vr_cursor_take(&cursor, ip->header_bytes - VR_IPV4_BYTES))
        return VR_DROP_TRUNCATED;
    /* Bytes beyond the datagram are padding, and nobody's ports. */
    if (cursor.left > ip->total_bytes - ip->header_bytes)
        cursor.left = ip->total_bytes - ip->header_bytes;
    ip->family = VR_FAMILY_IPV4;
    ip->traffic_class = header[VR_IPV4_TOS];
    ip->ttl = header[VR_IPV4_TTL];
    ip->protocol = header[VR_IPV4_PROTOCOL];
    ip->identification = vr_read16(header + VR_IPV4_IDENTIFICATION);
    ip->source[0] = vr_copy32(header + VR_IPV4_SOURCE);
    ip->destination[0] = vr_copy32(header + VR_IPV4_DESTINATION);
    fragment = vr_read16(header + VR_IPV4_FRAGMENT);
    ip->dont_fragment = (fragment & VR_IPV4_DONT_FRAGMENT) != 0;
    if (vr_unlikely(fragment & VR_IPV4_FRAGMENT_OFFSET)) {
        ip->fragment = VR_FRAGMENT_LATER;
        return VR_DROP_NONE;
    }
    if (vr_unlikely(fragment & VR_IPV4_MORE_FRAGMENTS))
        ip->fragment = VR_FRAGMENT_FIRST;
    return parse_transport(cursor, ip);
}

/* Follows the chain of extension headers to what the packet carries. */
static enum vr_drop_reason parse_extensions(struct vr_cursor *cursor, struct vr_ip *ip)
{
    for (unsigned int count = 0;; count++) {
        const uint8_t *header;
        uint32_t rest;

        switch (ip->protocol) {
        case HOP_BY_HOP:
        case ROUTING:
        case DESTINATION_OPTIONS:
        case AUTHENTICATION:
        case VR_PROTOCOL_FRAGMENT:
            break;
        default:
            return VR_DROP_NONE;
        }
        if (count == MOST_EXTENSIONS)
            return VR_DROP_INVALID_PACKET;
        header = vr_cursor_take(cursor, 8);
        if (!header)
            return VR_DROP_TRUNCATED;
        /* Lengths are in units of 8 bytes beyond the first 8; of AH, in units of 4 beyond the first 8. */
        rest = ip->protocol == VR_PROTOCOL_FRAGMENT ? 0 : ip->protocol == AUTHENTICATION ? header[1] * 4u : header[1] * 8u;
        if (ip->protocol == VR_PROTOCOL_FRAGMENT) {
            uint32_t fragment = vr_read16(header + 2);

            ip->identification = vr_read32(header + 4);
            ip->fragment = fragment & 0xfff8 ? VR_FRAGMENT_LATER : fragment & 1 ? VR_FRAGMENT_FIRST : VR_FRAGMENT_NONE;
        }
        ip->header_bytes += 8 + rest;
        ip->protocol = header[0];
        if (!vr_cursor_take(cursor, rest))
            return VR_DROP_TRUNCATED;
        if (ip->fragment == VR_FRAGMENT_LATER)
            return VR_DROP_NONE;
    }
}

static enum vr_drop_reason parse_ipv6(struct vr_cursor cursor, uint32_t length, struct vr_ip *ip)
{
    const uint8_t *header = vr_cursor_take(&cursor, VR_IPV6_BYTES);
    enum vr_drop_reason reason;

    if (!header)
        return VR_DROP_TRUNCATED;
    ip->header_bytes = VR_IPV6_BYTES;
    ip->total_bytes = VR_IPV6_BYTES + (uint32_t)vr_read16(header + VR_IPV6_LENGTH);
    if (ip->total_bytes > length)
        return VR_DROP_TRUNCATED;
    if (cursor.left > ip->total_bytes - VR_IPV6_BYTES)
        cursor.left = ip->total_bytes - VR_IPV6_BYTES;
    ip->family = VR_FAMILY_IPV6;
    ip->traffic_class = (uint8_t)(vr_read16(header) >> 4);
    ip->ttl = header[VR_IPV6_HOP_LIMIT];
    ip->protocol = header[VR_IPV6_NEXT_HEADER];
    ip->dont_fragment = true;
    __builtin_memcpy(ip->source, header + VR_IPV6_SOURCE, VR_IPV6_ADDRESS_BYTES);
    __builtin_memcpy(ip->destination, header + VR_IPV6_DESTINATION, VR_IPV6_ADDRESS_BYTES);
    reason = parse_extensions(&cursor, ip);
    if (reason != VR_DROP_NONE || ip->fragment == VR_FRAGMENT_LATER)
        return reason;
    return parse_transport(cursor, ip);
}

enum vr_drop_reason vr_parse_ip(struct vr_cursor cursor, uint32_t length, struct vr_ip *ip)
{
    __builtin_memset(ip, 0, sizeof(*ip));
    if (cursor.left == 0)
        return VR_DROP_TRUNCATED;
    switch (cursor.at[0] >> 4) {
    case 4:
        return parse_ipv4(cursor, length, ip);
    case 6:
        return parse_ipv6(cursor, length, ip);
    default:
        return VR_DROP_INVALID_PROTOCOL;
    }
}

enum vr_drop_reason vr_parse_quoted(struct vr_cursor cursor, struct vr_flow_key *key)
{
    struct vr_ip ip;

    /* Routers quote less than a whole packet, so its length is not held against it. */
    if (!vr_cursor_take(&cursor, VR_ICMP_BYTES) || vr_parse_ip(cursor, 0xffffffff, &ip) != VR_DROP_NONE || ip.icmp_error ||
        ip.fragment == VR_FRAGMENT_LATER)
        return VR_DROP_ICMP_ERROR;
    key->family = ip.family;
    key->protocol = ip.protocol;
    __builtin_memcpy(key->source, ip.destination, sizeof(key->source));
    __builtin_memcpy(key->destination, ip.source, sizeof(key->destination));
    if (ip.protocol == VR_PROTOCOL_ICMP || ip.protocol == VR_PROTOCOL_ICMPV6) {
        key->source_port = ip.source_port;
        key->destination_port = ip.destination_port;
    } else {
        key->source_port = ip.destination_port;
        key->destination_port = ip.source_port;
    }
    return VR_DROP_NONE;
}
