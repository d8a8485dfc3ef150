/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Cutting super-packets of TCP (RFC 9293) and UDP into segments, as a network card would, but behind tunnel headers too, where none looks.
 *
 *      Ethernet  [IPv4  UDP|GRE  label|VXLAN  [Ethernet]]  IP  TCP  payload ………
 *      └─────────── every segment has all of it ─────────────────┘
 *
 * What differs from segment to segment: lengths and identifications of both IP headers, their checksums, the length of an outer
 * UDP header, TCP's sequence number and flags, and the innermost checksum.
 */
#include <string.h>

#include "user.h"
#include "wire.h"

enum { TCP_SEQUENCE = 4, TCP_FLAGS = 13, TCP_CHECKSUM = 16, TCP_FIN = 0x01, TCP_PUSH = 0x08, TCP_CWR = 0x80, UDP_CHECKSUM = 6 };

struct headers {
    /* From the frame's first byte. */
    uint32_t network;
    uint32_t transport;
    uint32_t bytes;
    /* The outer IP header; 0: there is none. */
    uint32_t outer;
    bool outer_is_udp;
    bool is_tcp;
};

static void write_checksum(uint8_t *ip)
{
    vr_write16(ip + VR_IPV4_CHECKSUM, 0);
    vr_write16(ip + VR_IPV4_CHECKSUM, ~sum_of(ip, (ip[0] & 0xfu) * 4u, 0));
}

/* Length, identification and checksum of an IP header for a segment that is the `number`th. */
static void finish_ip(uint8_t *ip, uint32_t length, uint32_t number)
{
    if (ip[0] >> 4 == 6) {
        vr_write16(ip + 4, length - 40);
        return;
    }
    vr_write16(ip + VR_IPV4_LENGTH, length);
    vr_write16(ip + VR_IPV4_IDENTIFICATION, vr_read16(ip + VR_IPV4_IDENTIFICATION) + number);
    write_checksum(ip);
}

static void finish_transport(const struct headers *headers, uint8_t *frame, uint32_t length, uint32_t number, uint32_t offset, bool last)
{
    uint8_t *transport = frame + headers->transport, *place = transport + (headers->is_tcp ? TCP_CHECKSUM : UDP_CHECKSUM);
    uint32_t bytes = length - headers->transport, sum;

    if (headers->is_tcp) {
        vr_write32(transport + TCP_SEQUENCE, vr_read32(transport + TCP_SEQUENCE) + offset);
        if (!last)
            transport[TCP_FLAGS] &= (uint8_t)~(TCP_FIN | TCP_PUSH);
        if (number)
            transport[TCP_FLAGS] &= (uint8_t)~TCP_CWR;
    } else {
        vr_write16(transport + VR_UDP_LENGTH, bytes);
    }
    vr_write16(place, 0);
    sum = pseudo_sum(frame + headers->network, headers->is_tcp ? VR_PROTOCOL_TCP : VR_PROTOCOL_UDP, bytes);
    sum = ~sum_of(transport, bytes, sum) & 0xffff;
    vr_write16(place, sum ? sum : 0xffff);
}

/* Where the headers are. false: the packet is not one that can be cut. */
static bool find_headers(const struct vr_packet *packet, struct headers *headers)
{
    const struct buffer *buffer = packet->buffer;
    const uint8_t *frame = packet->data;
    uint32_t offset = VR_ETHERNET_TYPE;

    if (!buffer->checksum_start || !buffer->network || buffer->network < frame || buffer->checksum_start < buffer->network)
        return false;
    headers->network = (uint32_t)(buffer->network - frame);
    headers->transport = (uint32_t)(buffer->checksum_start - frame);
    headers->is_tcp = buffer->gso_type != VIRTIO_NET_HDR_GSO_UDP_L4;
    if (headers->transport + 20 > packet->length)
        return false;
    headers->bytes = headers->transport + (headers->is_tcp ? (frame[headers->transport + 12] >> 4) * 4u : VR_UDP_BYTES);
    if (headers->bytes > packet->length || headers->bytes > SMALL_BYTES / 4)
        return false;
    while (vr_read16(frame + offset) == VR_TYPE_VLAN && offset < headers->network)
        offset += VR_VLAN_BYTES;
    offset += 2;
    headers->outer = offset < headers->network ? offset : 0;
    headers->outer_is_udp = headers->outer && frame[offset + VR_IPV4_PROTOCOL] == VR_PROTOCOL_UDP;
    return !headers->outer || frame[offset] == 0x45;
}

int segment(struct vr_packet *packet, int (*send)(void *context, struct vr_packet *packet), void *context)
{
    struct buffer *buffer = packet->buffer;
    struct headers headers;
    uint32_t size = buffer->gso_size, payload, number = 0;
    int result = 0;

    if (!find_headers(packet, &headers)) {
        vr_port_packet_free(packet);
        return -EINVAL;
    }
    payload = packet->length - headers.bytes;
    for (uint32_t offset = 0; offset < payload && result == 0; offset += size, number++) {
        uint32_t bytes = payload - offset < size ? payload - offset : size, length = headers.bytes + bytes;
        struct vr_packet part;

        if (!packet_make(&part, length)) {
            result = -ENOMEM;
            break;
        }
        memcpy(part.data, packet->data, headers.bytes);
        memcpy(part.data + headers.bytes, packet->data + headers.bytes + offset, bytes);
        if (headers.outer) {
            finish_ip(part.data + headers.outer, length - headers.outer, number);
            if (headers.outer_is_udp)
                vr_write16(part.data + headers.outer + VR_IPV4_BYTES + VR_UDP_LENGTH, length - headers.outer - VR_IPV4_BYTES);
        }
        finish_ip(part.data + headers.network, length - headers.network, number);
        finish_transport(&headers, part.data, length, number, offset, offset + bytes == payload);
        result = send(context, &part);
    }
    vr_port_packet_free(packet);
    return result;
}
