/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Packet buffers, and checksums that a sender left open.
 *
 * A workload's kernel does not compute checksums of packets to a virtual device, and hands over up to 64 KiB of TCP as one packet: it says so in
 * a virtio_net_hdr. As long as such a packet goes to another device of this host, the same is said to that device. Where headers were put in front,
 * or the other end is no device, the work is done here.
 */
#include <stdlib.h>
#include <string.h>

#include "user.h"
#include "wire.h"

/* ---- Buffers -------------------------------------------------------------------------------------------------------------- */

/* Buffers that this thread gave back, by size; kept up to a number, so that packets usually need no allocator. */
enum { KEPT_SMALL = 1024, KEPT_LARGE = 32 };

static _Thread_local struct {
    struct buffer *first;
    unsigned int count;
} kept[2];

static struct buffer *take_buffer(uint32_t bytes)
{
    unsigned int size = bytes > SMALL_BYTES;
    uint32_t capacity = HEADROOM + (size == 0 ? SMALL_BYTES : bytes > LARGE_BYTES ? bytes : LARGE_BYTES);
    struct buffer *buffer = kept[size].first;

    if (buffer && buffer->capacity >= capacity) {
        kept[size].first = buffer->next;
        kept[size].count--;
    } else {
        buffer = malloc(sizeof(*buffer) + capacity);
        if (!buffer)
            return NULL;
        buffer->capacity = capacity;
    }
    buffer->gso_type = VIRTIO_NET_HDR_GSO_NONE;
    buffer->gso_size = 0;
    buffer->checksum_start = NULL;
    buffer->network = NULL;
    return buffer;
}

static void give_buffer(struct buffer *buffer)
{
    unsigned int size = buffer->capacity > HEADROOM + SMALL_BYTES;

    if (kept[size].count >= (size ? KEPT_LARGE : KEPT_SMALL)) {
        free(buffer);
        return;
    }
    buffer->next = kept[size].first;
    kept[size].first = buffer;
    kept[size].count++;
}

void packets_end(void)
{
    for (unsigned int size = 0; size < 2; size++) {
        while (kept[size].first) {
            struct buffer *buffer = kept[size].first;

            kept[size].first = buffer->next;
            free(buffer);
        }
        kept[size].count = 0;
    }
}

bool packet_make(struct vr_packet *packet, uint32_t length)
{
    struct buffer *buffer = take_buffer(length);

    if (!buffer)
        return false;
    *packet = (struct vr_packet){
        .data = buffer->bytes + HEADROOM, .linear = length, .length = length, .headroom = HEADROOM, .buffer = buffer};
    return true;
}

bool vr_port_packet_make(struct vr_packet *packet, const uint8_t *bytes, uint32_t length)
{
    if (!packet_make(packet, length))
        return false;
    memcpy(packet->data, bytes, length);
    return true;
}

bool vr_port_packet_pull_up(struct vr_packet *packet, uint32_t bytes)
{
    /* All bytes are linear, always. */
    return bytes <= packet->linear;
}

/* The place in `to` that corresponds to one in `from`. */
static uint8_t *moved(uint8_t *place, const struct vr_packet *from, const struct vr_packet *to)
{
    return place ? to->data + (place - from->data) : NULL;
}

static void copy_offload(const struct vr_packet *from, struct vr_packet *to)
{
    const struct buffer *source = from->buffer;
    struct buffer *target = to->buffer;

    target->gso_type = source->gso_type;
    target->gso_size = source->gso_size;
    target->checksum_offset = source->checksum_offset;
    target->checksum_start = moved(source->checksum_start, from, to);
    target->network = moved(source->network, from, to);
}

bool vr_port_packet_make_room(struct vr_packet *packet, uint32_t bytes)
{
    struct vr_packet other;

    if (bytes <= packet->headroom)
        return true;
    /* What is in front may be a header that was only taken off. */
    if (!packet_make(&other, bytes + packet->length))
        return false;
    other.data += bytes;
    other.headroom += bytes;
    other.linear = other.length = packet->length;
    other.segment_size = packet->segment_size;
    memcpy(other.data - packet->headroom, packet->data - packet->headroom, packet->headroom + packet->length);
    copy_offload(packet, &other);
    give_buffer(packet->buffer);
    *packet = other;
    return true;
}

bool vr_port_packet_clone(const struct vr_packet *packet, struct vr_packet *copy, uint32_t headroom)
{
    struct vr_packet made;

    if (!packet_make(&made, packet->length + (headroom > HEADROOM ? headroom : 0)))
        return false;
    if (headroom > HEADROOM) {
        made.data += headroom;
        made.headroom += headroom;
        made.linear = made.length = packet->length;
    }
    memcpy(made.data, packet->data, packet->length);
    made.segment_size = packet->segment_size;
    copy_offload(packet, &made);
    /* The copy may become a fragment, in which nobody would find the header. */
    if (!made.segment_size)
        packet_complete_checksum(&made);
    *copy = made;
    return true;
}

void vr_port_packet_free(struct vr_packet *packet)
{
    give_buffer(packet->buffer);
}

/* ---- Checksums ------------------------------------------------------------------------------------------------------------ */

uint32_t sum_of(const uint8_t *bytes, size_t length, uint32_t sum)
{
    uint64_t wide = 0, carry = 0, word;

    /* Words in the processor's order: a ones' complement sum comes out in the order of its words (RFC 1071). */
    for (; length >= 32; bytes += 32, length -= 32) {
        uint64_t words[4];

        memcpy(words, bytes, sizeof(words));
        for (unsigned int at = 0; at < 4; at++) {
            wide += words[at];
            carry += wide < words[at];
        }
    }
    for (; length >= 8; bytes += 8, length -= 8) {
        memcpy(&word, bytes, 8);
        wide += word;
        carry += wide < word;
    }
    if (length) {
        word = 0;
        memcpy(&word, bytes, length);
        wide += word;
        carry += wide < word;
    }
    wide = (wide & 0xffffffff) + (wide >> 32) + carry;
    wide = (wide & 0xffff) + (wide >> 16 & 0xffff) + (wide >> 32);
    wide = (wide & 0xffff) + (wide >> 16);
    wide = (wide & 0xffff) + (wide >> 16);
    sum += vr_from_be16((vr_be16)wide);
    sum = (sum & 0xffff) + (sum >> 16);
    return (sum & 0xffff) + (sum >> 16);
}

uint32_t pseudo_sum(const uint8_t *network, uint8_t protocol, uint32_t length)
{
    if (network[0] >> 4 == 6)
        return sum_of(network + 8, 32, protocol + (length >> 16) + (length & 0xffff));
    return sum_of(network + VR_IPV4_SOURCE, 8, protocol + length);
}

void packet_complete_checksum(struct vr_packet *packet)
{
    struct buffer *buffer = packet->buffer;
    uint8_t *start = buffer->checksum_start, *end = packet->data + packet->length, *place;
    uint32_t sum;

    if (!start)
        return;
    buffer->checksum_start = NULL;
    place = start + buffer->checksum_offset;
    if (start < packet->data || place + 2 > end)
        return;
    sum = ~sum_of(start, (size_t)(end - start), 0) & 0xffff;
    /* 0 says of UDP that there is no checksum; both zeros of ones' complement mean the same. */
    vr_write16(place, sum ? sum : 0xffff);
}

/* The IP header of a frame as it arrived; NULL: it has none. */
static uint8_t *network_of(const struct vr_packet *packet)
{
    uint32_t offset = VR_ETHERNET_TYPE, type;

    for (;; offset += VR_VLAN_BYTES) {
        if (offset + 2 + VR_IPV4_BYTES > packet->length)
            return NULL;
        type = vr_read16(packet->data + offset);
        if (type != VR_TYPE_VLAN)
            break;
    }
    return type == VR_TYPE_IPV4 || type == VR_TYPE_IPV6 ? packet->data + offset + 2 : NULL;
}

bool packet_take_offload(struct vr_packet *packet, const struct virtio_net_hdr *header)
{
    struct buffer *buffer = packet->buffer;
    uint8_t type = header->gso_type & (uint8_t)~VIRTIO_NET_HDR_GSO_ECN;

    if (header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
        if ((uint32_t)header->csum_start + header->csum_offset + 2 > packet->length)
            return false;
        buffer->checksum_start = packet->data + header->csum_start;
        buffer->checksum_offset = header->csum_offset;
    }
    if (type == VIRTIO_NET_HDR_GSO_NONE)
        return true;
    buffer->network = network_of(packet);
    if (!buffer->checksum_start || !buffer->network || header->gso_size == 0 || buffer->checksum_start < buffer->network + VR_IPV4_BYTES)
        return false;
    if (type == VIRTIO_NET_HDR_GSO_TCPV4 || type == VIRTIO_NET_HDR_GSO_TCPV6) {
        if ((uint32_t)header->csum_start + 20 > packet->length)
            return false;
        /* The core counts a TCP header of 20 bytes for each segment; options are put on it here. */
        packet->segment_size = header->gso_size + (buffer->checksum_start[12] >> 4) * 4u - 20;
    } else if (type == VIRTIO_NET_HDR_GSO_UDP_L4) {
        packet->segment_size = header->gso_size;
    } else {
        return false;
    }
    buffer->gso_type = type;
    buffer->gso_size = header->gso_size;
    return true;
}

bool packet_give_offload(const struct vr_packet *packet, struct virtio_net_hdr *header)
{
    const struct buffer *buffer = packet->buffer;
    const uint8_t *network, *start = buffer->checksum_start;
    uint32_t header_bytes;

    *header = (struct virtio_net_hdr){.gso_type = VIRTIO_NET_HDR_GSO_NONE};
    if (!start)
        return true;
    network = network_of(packet);
    if (!network)
        return false;
    header_bytes = network[0] >> 4 == 4 ? (network[0] & 0xfu) * 4 : 40;
    /* IPv6 extensions are in front of the header only in packets that came here so. */
    if (network[0] >> 4 == 4 ? network + header_bytes != start : network + header_bytes > start || (buffer->network && buffer->network != network))
        return false;
    header->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
    header->csum_start = (uint16_t)(start - packet->data);
    header->csum_offset = buffer->checksum_offset;
    if (buffer->gso_type != VIRTIO_NET_HDR_GSO_NONE) {
        header->gso_type = buffer->gso_type;
        header->gso_size = buffer->gso_size;
        header->hdr_len = (uint16_t)(header->csum_start + (buffer->gso_type == VIRTIO_NET_HDR_GSO_UDP_L4 ? 8 : (start[12] >> 4) * 4));
    }
    return true;
}
