/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Devices: attaching them to interfaces, taking packets from them and giving packets to them. */
#include <errno.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "user.h"
#include "wire.h"

struct device *devices;

/* ---- Attaching ------------------------------------------------------------------------------------------------------------ */

static void free_device(struct vr_deferred *deferred)
{
    struct device *device = vr_container(deferred, struct device, deferred);

    free(device->outgoing);
    free(device);
}

void vr_port_detach(void *opaque)
{
    struct device *device = opaque;

    for (struct device **place = &devices; *place; place = &(*place)->next) {
        if (*place == device) {
            *place = device->next;
            break;
        }
    }
    device_close(device);
    vr_port_defer(&device->deferred, free_device);
}

int vr_port_attach(const struct vr_device_wanted *wanted, void *opaque, void **made)
{
    struct device *old = opaque, *device;
    int error;

    if (old && strcmp(old->name, wanted->name) == 0 && old->wanted.transport == wanted->transport &&
        (!wanted->system_index || wanted->system_index == old->state.system_index)) {
        old->wanted.flags = wanted->flags;
        *made = old;
        return 0;
    }
    for (device = devices; device; device = device->next) {
        if (device != old && strcmp(device->name, wanted->name) == 0)
            return -EBUSY;
    }
    device = calloc(1, sizeof(*device));
    if (!device)
        return -ENOMEM;
    device->outgoing = calloc(vr_port_cores(), sizeof(*device->outgoing));
    device->wanted = *wanted;
    snprintf(device->name, sizeof(device->name), "%s", wanted->name);
    device->wanted.name = device->name;
    device->listener = device->blinder = -1;
    error = device->outgoing ? device_open(device) : -ENOMEM;
    if (error) {
        device_close(device);
        free_device(&device->deferred);
        return error;
    }
    device->next = devices;
    devices = device;
    *made = device;
    return 0;
}

void vr_port_device_get(void *opaque, struct vr_device_state *state)
{
    struct device *device = opaque;

    *state = device->state;
    state->receive_errors = atomic_load(&device->receive_errors);
    state->transmit_errors = atomic_load(&device->transmit_errors);
}

/* ---- Sending -------------------------------------------------------------------------------------------------------------- */

/* Devices with something to send, on this core. */
static _Thread_local struct device *unsent[BATCH];
static _Thread_local unsigned int unsent_count;

static void lose(struct device *device, unsigned int packets)
{
    atomic_fetch_add_explicit(&device->transmit_errors, packets, memory_order_relaxed);
}

/* One call for all of them. */
static void send_batch(struct device *device, const struct channel *channel, struct outgoing *outgoing)
{
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH][2];
    bool with_header = device->kind == DEVICE_PACKET;
    unsigned int sent = 0;

    for (unsigned int at = 0; at < outgoing->count; at++) {
        parts[at][0] = (struct iovec){&outgoing->headers[at], sizeof(outgoing->headers[at])};
        parts[at][1] = (struct iovec){outgoing->packets[at].data, outgoing->packets[at].length};
        messages[at] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[at][!with_header], .msg_iovlen = with_header ? 2 : 1}};
    }
    while (sent < outgoing->count) {
        int done = sendmmsg(channel->descriptor, messages + sent, outgoing->count - sent, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (done > 0) {
            sent += (unsigned int)done;
            continue;
        }
        if (errno == EINTR)
            continue;
        /* The first that is left was refused: too long, or there is no room. The next may be shorter. */
        lose(device, 1);
        sent++;
    }
}

static void write_each(struct device *device, const struct channel *channel, struct outgoing *outgoing)
{
    for (unsigned int at = 0; at < outgoing->count; at++) {
        struct iovec parts[2] = {{&outgoing->headers[at], sizeof(outgoing->headers[at])},
                                 {outgoing->packets[at].data, outgoing->packets[at].length}};

        if (writev(channel->descriptor, parts, 2) < 0)
            lose(device, 1);
    }
}

static void flush(struct device *device, unsigned int core)
{
    struct outgoing *outgoing = &device->outgoing[core];
    const struct channel *channel = vr_load(&device->channels[core < worker_count ? core : 0]);

    if (!channel)
        channel = vr_load(&device->channels[0]);
    if (!channel)
        lose(device, outgoing->count);
    else if (device->kind == DEVICE_TAP)
        write_each(device, channel, outgoing);
    else
        send_batch(device, channel, outgoing);
    for (unsigned int at = 0; at < outgoing->count; at++)
        vr_port_packet_free(&outgoing->packets[at]);
    outgoing->count = 0;
}

void devices_flush(void)
{
    while (unsent_count)
        flush(unsent[--unsent_count], vr_port_core());
}

static int queue(void *context, struct vr_packet *packet)
{
    struct device *device = context;
    struct outgoing *outgoing = &device->outgoing[vr_port_core()];

    if (outgoing->count == BATCH)
        flush(device, vr_port_core());
    else if (outgoing->count == 0) {
        if (unsent_count == BATCH)
            devices_flush();
        unsent[unsent_count++] = device;
    }
    outgoing->packets[outgoing->count] = *packet;
    packet_give_offload(packet, &outgoing->headers[outgoing->count]);
    outgoing->count++;
    return 0;
}

int vr_port_transmit(void *opaque, struct vr_packet *packet)
{
    struct device *device = opaque;
    const struct buffer *buffer = packet->buffer;
    struct virtio_net_hdr header;

    if (!device || !vr_load(&device->channels[0])) {
        vr_port_packet_free(packet);
        return -ENETDOWN;
    }
    if (vr_likely(!buffer->checksum_start))
        return queue(device, packet);
    if (device->kind != DEVICE_SOCKET && packet_give_offload(packet, &header))
        return queue(device, packet);
    /* The agent is shown packets whole, as the workload sent them. */
    if (buffer->gso_type != VIRTIO_NET_HDR_GSO_NONE && device->wanted.type != VR_INTERFACE_AGENT)
        return segment(packet, queue, device);
    packet_complete_checksum(packet);
    return queue(device, packet);
}

/* ---- Receiving ------------------------------------------------------------------------------------------------------------ */

/* Bytes of packets that do not fit into a small buffer, for each packet of a batch. Touched only by those. */
static _Thread_local uint8_t *overflow;
/* Buffers for the next batch. */
static _Thread_local struct vr_packet slots[BATCH];
static _Thread_local unsigned int slot_count;

enum { OVERFLOW_BYTES = LARGE_BYTES };

/* Fills the slots. How many there are. */
static unsigned int prepare(void)
{
    if (!overflow) {
        void *memory = mmap(NULL, (size_t)BATCH * OVERFLOW_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

        if (memory == MAP_FAILED)
            return 0;
        overflow = memory;
    }
    while (slot_count < BATCH && packet_make(&slots[slot_count], SMALL_BYTES))
        slot_count++;
    return slot_count;
}

/* Makes the slot a packet of its length, in a larger buffer if it needs one. false: no memory. */
static bool fit(unsigned int at, uint32_t length, struct vr_packet *packet)
{
    if (length <= SMALL_BYTES) {
        *packet = slots[at];
        slots[at].buffer = NULL;
        packet->linear = packet->length = length;
        return true;
    }
    if (!packet_make(packet, length))
        return false;
    memcpy(packet->data, slots[at].data, SMALL_BYTES);
    memcpy(packet->data + SMALL_BYTES, overflow + (size_t)at * OVERFLOW_BYTES, length - SMALL_BYTES);
    return true;
}

/* Slots that were used up are filled again by prepare. */
static void tidy(void)
{
    unsigned int kept = 0;

    for (unsigned int at = 0; at < slot_count; at++) {
        if (slots[at].buffer)
            slots[kept++] = slots[at];
    }
    slot_count = kept;
}

/* Puts back the VLAN tag that the kernel took out of a frame. */
static void restore_tag(struct vr_packet *packet, const struct msghdr *message)
{
    struct cmsghdr *part = CMSG_FIRSTHDR((struct msghdr *)(uintptr_t)message);
    struct tpacket_auxdata auxiliary;

    if (!part || part->cmsg_level != SOL_PACKET || part->cmsg_type != PACKET_AUXDATA || part->cmsg_len < CMSG_LEN(sizeof(auxiliary)))
        return;
    memcpy(&auxiliary, CMSG_DATA(part), sizeof(auxiliary));
    if (!(auxiliary.tp_status & TP_STATUS_VLAN_VALID) || packet->length < 2 * VR_MAC_BYTES)
        return;
    packet->data -= VR_VLAN_BYTES;
    packet->headroom -= VR_VLAN_BYTES;
    packet->length += VR_VLAN_BYTES;
    packet->linear += VR_VLAN_BYTES;
    memmove(packet->data, packet->data + VR_VLAN_BYTES, 2 * VR_MAC_BYTES);
    vr_write16(packet->data + VR_ETHERNET_TYPE, auxiliary.tp_status & TP_STATUS_VLAN_TPID_VALID ? auxiliary.tp_vlan_tpid : VR_TYPE_VLAN);
    vr_write16(packet->data + VR_ETHERNET_TYPE + 2, auxiliary.tp_vlan_tci);
}

static void forward(struct vr_router *router, struct device *device, unsigned int at, uint32_t length, const struct virtio_net_hdr *header,
                    const struct msghdr *message)
{
    struct vr_packet packet;

    if (length > SMALL_BYTES + OVERFLOW_BYTES || !fit(at, length, &packet)) {
        atomic_fetch_add_explicit(&device->receive_errors, 1, memory_order_relaxed);
        return;
    }
    if (header && !packet_take_offload(&packet, header)) {
        vr_port_packet_free(&packet);
        atomic_fetch_add_explicit(&device->receive_errors, 1, memory_order_relaxed);
        return;
    }
    if (message)
        restore_tag(&packet, message);
    vr_receive(router, device->wanted.interface, &packet, NULL);
}

static void receive_messages(struct vr_router *router, struct channel *channel, unsigned int count)
{
    struct device *device = channel->device;
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH][3];
    struct virtio_net_hdr headers[BATCH];
    union {
        char bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
        struct cmsghdr aligned;
    } control[BATCH];
    bool with_header = device->kind == DEVICE_PACKET;
    int received;

    for (unsigned int at = 0; at < count; at++) {
        parts[at][0] = (struct iovec){&headers[at], sizeof(headers[at])};
        parts[at][1] = (struct iovec){slots[at].data, SMALL_BYTES};
        parts[at][2] = (struct iovec){overflow + (size_t)at * OVERFLOW_BYTES, OVERFLOW_BYTES};
        messages[at] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[at][!with_header],
                                                    .msg_iovlen = with_header ? 3 : 2,
                                                    .msg_control = with_header ? control[at].bytes : NULL,
                                                    .msg_controllen = with_header ? sizeof(control[at].bytes) : 0}};
    }
    received = recvmmsg(channel->descriptor, messages, count, MSG_DONTWAIT, NULL);
    if (received <= 0) {
        if (received == 0 || (errno != EAGAIN && errno != EINTR && device->kind == DEVICE_SOCKET)) {
            worker_forget(vr_port_core(), channel);
            atomic_store(&channel->gone, true);
        }
        return;
    }
    for (int at = 0; at < received; at++) {
        uint32_t length = messages[at].msg_len;

        if (device->kind == DEVICE_SOCKET && length == 0) {
            /* A UNIX socket has no empty packets: the other end has gone. */
            worker_forget(vr_port_core(), channel);
            atomic_store(&channel->gone, true);
            break;
        }
        if (!with_header)
            forward(router, device, (unsigned int)at, length, NULL, NULL);
        else if (length >= sizeof(headers[0]))
            forward(router, device, (unsigned int)at, length - (uint32_t)sizeof(headers[0]), &headers[at], &messages[at].msg_hdr);
    }
}

static void receive_tap(struct vr_router *router, struct channel *channel, unsigned int count)
{
    for (unsigned int at = 0; at < count; at++) {
        struct virtio_net_hdr header;
        struct iovec parts[3] = {{&header, sizeof(header)},
                                 {slots[at].data, SMALL_BYTES},
                                 {overflow + (size_t)at * OVERFLOW_BYTES, OVERFLOW_BYTES}};
        ssize_t length = readv(channel->descriptor, parts, 3);

        if (length < (ssize_t)sizeof(header))
            return;
        forward(router, channel->device, at, (uint32_t)length - (uint32_t)sizeof(header), &header, NULL);
    }
}

void channel_receive(struct vr_router *router, struct channel *channel)
{
    unsigned int count = prepare();

    if (channel->device->kind == DEVICE_TAP)
        receive_tap(router, channel, count);
    else
        receive_messages(router, channel, count);
    tidy();
}

void devices_end(void)
{
    for (unsigned int at = 0; at < slot_count; at++)
        vr_port_packet_free(&slots[at]);
    slot_count = 0;
    if (overflow)
        munmap(overflow, (size_t)BATCH * OVERFLOW_BYTES);
    overflow = NULL;
    packets_end();
}
