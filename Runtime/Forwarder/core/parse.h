/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Reading headers, each only after its length was checked: a cursor hands out bytes and never more than there are.
 */
#ifndef VR_PARSE_H
#define VR_PARSE_H

#include "drop.h"
#include "flow.h"
#include "wire.h"

/* What is left to read. */
struct vr_cursor {
    const uint8_t *at;
    uint32_t left;
};

/* The next `bytes`, beyond which the cursor moves; NULL, and the cursor stays, if there are not so many. */
static inline const uint8_t *vr_cursor_take(struct vr_cursor *cursor, uint32_t bytes)
{
    const uint8_t *at = cursor->at;

    if (vr_unlikely(bytes > cursor->left))
        return NULL;
    cursor->at += bytes;
    cursor->left -= bytes;
    return at;
}

enum vr_fragment_kind {
    VR_FRAGMENT_NONE,
    VR_FRAGMENT_FIRST,
    /* Without the headers of what IP carries. */
    VR_FRAGMENT_LATER,
};

/* What an IP packet says about itself. */
struct vr_ip {
    /* VR_FAMILY_IPV4, VR_FAMILY_IPV6; 0: not an IP packet. */
    uint8_t family;
    uint8_t protocol;
    uint8_t ttl;
    uint8_t traffic_class;
    /* An enum vr_fragment_kind. */
    uint8_t fragment;
    bool dont_fragment;
    /* ICMP errors: the ports are not set, vr_parse_quoted gives the key. */
    bool icmp_error;
    uint8_t icmp_type;
    /* As in a flow key. */
    vr_be16 source_port;
    vr_be16 destination_port;
    uint32_t identification;
    /* To what IP carries, extension headers included. */
    uint32_t header_bytes;
    /* From the IP header on. */
    uint32_t total_bytes;
    vr_be32 source[4];
    vr_be32 destination[4];
};

/*
 * Reads an IP packet of either version that begins at the cursor. `length` is what the packet has from there on, the cursor what of it can be
 * read. VR_DROP_NONE, or why it cannot be a packet; `ip` is then not to be used.
 */
enum vr_drop_reason vr_parse_ip(struct vr_cursor cursor, uint32_t length, struct vr_ip *ip);

/*
 * Reads the packet that an ICMP error quotes, from the ICMP header on. `key` receives the addresses, protocol and ports of the
 * direction that the error travels in: the quoted packet's, turned round. VR_DROP_ICMP_ERROR: it quotes too little, or another error.
 */
enum vr_drop_reason vr_parse_quoted(struct vr_cursor cursor, struct vr_flow_key *key);

#endif
