/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Moving the ends of a packet's view, within its bounds.
 */
#ifndef VR_PACKET_H
#define VR_PACKET_H

#include "port.h"

/* Room for every run of headers that the core reads at once: Ethernet with two tags, IPv6 with extensions, TCP ports. */
enum { VR_GATHER_BYTES = 192 };

/* Brings as many of the first `bytes` as the packet has into its linear part. false: no memory. */
static inline bool vr_packet_gather(struct vr_packet *packet, uint32_t bytes)
{
    if (bytes > packet->length)
        bytes = packet->length;
    return vr_likely(bytes <= packet->linear) || vr_port_packet_pull_up(packet, bytes);
}

/* Takes `bytes`, which are linear, off the front. */
static inline void vr_packet_pull(struct vr_packet *packet, uint32_t bytes)
{
    packet->data += bytes;
    packet->linear -= bytes;
    packet->length -= bytes;
    packet->headroom += bytes;
}

/* Adds `bytes`, for which there is headroom, to the front. */
static inline void vr_packet_push(struct vr_packet *packet, uint32_t bytes)
{
    packet->data -= bytes;
    packet->linear += bytes;
    packet->length += bytes;
    packet->headroom -= bytes;
}

/* Cuts the packet off after `length`, if it is longer. */
static inline void vr_packet_trim(struct vr_packet *packet, uint32_t length)
{
    if (packet->length > length)
        packet->length = length;
    if (packet->linear > length)
        packet->linear = length;
}

static inline bool vr_packet_make_room(struct vr_packet *packet, uint32_t bytes)
{
    return vr_likely(bytes <= packet->headroom) || vr_port_packet_make_room(packet, bytes);
}

#endif
