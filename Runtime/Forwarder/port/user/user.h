/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The forwarder as a process: the port of port.h and control.h on Linux sockets.
 *
 *   worker 0 … n-1     a thread each: waits for its devices, takes a batch of packets from one, calls vr_receive for each, sends what
 *                      left in batches by device, and says that it holds nothing of the tables any more
 *   control            the main thread: the UNIX socket with messages, devices that come and go, time. It is a core of its own (the
 *                      last), so that workers never stop for a change of tables
 *
 *   main.c      command line, start and stop          packet.c   buffers, their pools, checksums that are still open
 *   world.c     memory, time, cores, locks, deferral  segment.c  cutting super-packets of TCP and UDP
 *   worker.c    the loop of a worker                  device.c   what devices exist, attaching, sending
 *   server.c    requests and events on the socket     open.c     opening AF_PACKET, TAP and UNIX sockets
 */
#ifndef VR_USER_H
#define VR_USER_H

#include <linux/virtio_net.h>
#include <net/if.h>
#include <pthread.h>
#include <stdatomic.h>

#include "control.h"

/* Later than the headers of Linux 6.1. */
#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

enum {
    MOST_CORES = 64,
    /* Packets taken from or given to a device at a time. */
    BATCH = 64,
    /* Linear bytes of a small buffer; packets that are longer get a large one. */
    SMALL_BYTES = 2048,
    LARGE_BYTES = 65536 + 512,
    /* More than VR_PACKET_HEADROOM: tunnels in tunnels find room too. */
    HEADROOM = 256,
};

/* ---- Packets -------------------------------------------------------------------------------------------------------------- */

/* Owns the bytes of a vr_packet. All bytes are linear. */
struct buffer {
    struct buffer *next;
    uint32_t capacity;
    /* A virtio_net_hdr.gso_type without its flags; VIRTIO_NET_HDR_GSO_NONE: one packet. */
    uint8_t gso_type;
    uint16_t gso_size;
    /* Where the TCP or UDP header is, whose checksum covers only the pseudo header so far; NULL: it is complete. */
    uint8_t *checksum_start;
    uint16_t checksum_offset;
    /* Of a super-packet: its IP header. */
    uint8_t *network;
    uint8_t bytes[];
};

/* A packet with room for `length` bytes, which are not written. false: no memory. */
bool packet_make(struct vr_packet *packet, uint32_t length);
/* This thread needs none any more: frees what it has kept. */
void packets_end(void);
/* Computes the checksum that is still open, if one is. */
void packet_complete_checksum(struct vr_packet *packet);
/* Takes over what a device said about a packet that it brought. false: it contradicts the packet. */
bool packet_take_offload(struct vr_packet *packet, const struct virtio_net_hdr *header);
/* Says it to the device that takes the packet. false: it has headers in front that no device looks behind. */
bool packet_give_offload(const struct vr_packet *packet, struct virtio_net_hdr *header);
/* The ones' complement sum of bytes, in the order in which they stand, folded to 16 bits. */
uint32_t sum_of(const uint8_t *bytes, size_t length, uint32_t sum);
/* The sum of the pseudo header of TCP or UDP in the IP packet at `network`, for this length of header and payload. */
uint32_t pseudo_sum(const uint8_t *network, uint8_t protocol, uint32_t length);

/* Cuts a super-packet, which may be wrapped, into segments, and hands each to `send`. Takes the packet. -EINVAL, -ENOMEM. */
int segment(struct vr_packet *packet, int (*send)(void *context, struct vr_packet *packet), void *context);

/* ---- Devices -------------------------------------------------------------------------------------------------------------- */

enum device_kind { DEVICE_PACKET, DEVICE_TAP, DEVICE_SOCKET };

struct device;

/* An open descriptor that one worker reads from and everybody writes to. */
struct channel {
    struct device *device;
    int descriptor;
    /* The other end of a UNIX socket has gone. Set by the worker, which stops reading; control closes it. */
    atomic_bool gone;
    struct vr_deferred deferred;
};

/* What a core has for a device and has not sent yet. */
struct outgoing {
    unsigned int count;
    struct vr_packet packets[BATCH];
    struct virtio_net_hdr headers[BATCH];
};

struct device {
    enum device_kind kind;
    struct vr_device_wanted wanted;
    char name[64];
    /* By worker; NULL: there is no such device yet, or nobody has connected. */
    struct channel *channels[MOST_CORES];
    /* Of a UNIX socket: where connections arrive. Its path. -1: none. */
    int listener;
    char path[108];
    /* Keeps the kernel's own stack from seeing what arrives; -1: not needed, or the kernel cannot. */
    int blinder;
    struct vr_device_state state;
    atomic_ulong receive_errors;
    atomic_ulong transmit_errors;
    /* By core. */
    struct outgoing *outgoing;
    struct device *next;
    struct vr_deferred deferred;
};

/* All that are attached, for control. */
extern struct device *devices;

/* Opens what there is to open. 0 too if the device does not exist yet; a negative errno if it cannot be used. */
int device_open(struct device *device);
/* Looks whether the device is there, and what it is like. true: something has changed. */
bool device_refresh(struct device *device);
void device_close(struct device *device);
/* Somebody connects to a UNIX socket, in place of whoever is there. */
void device_accept(struct device *device);
/* Control: closes what workers found gone. */
void devices_reap(void);
/* Sends what this core has collected. */
void devices_flush(void);
/* This thread receives no more. */
void devices_end(void);
/* Takes a batch from the channel and has it forwarded. */
void channel_receive(struct vr_router *router, struct channel *channel);

int blind(unsigned int system_index);

/* ---- Cores ---------------------------------------------------------------------------------------------------------------- */

struct worker {
    unsigned int core;
    int epoll;
    /* Written to stop it. */
    int stop;
    struct vr_router *router;
    /* The last grace period of which it holds nothing; and whether it holds nothing at all. */
    atomic_ulong seen;
    atomic_bool idle;
    pthread_t thread;
};

extern struct worker workers[MOST_CORES];
extern unsigned int worker_count;
/* Where sockets of interfaces with relative names are. */
extern const char *socket_directory;

void world_begin(unsigned int count);
/* This thread is a core from now on. */
void world_enter(unsigned int core);
/* Control: runs what was deferred and may run now. */
void world_reclaim(void);
/* A worker says that it holds nothing of the tables. */
void world_quiet(struct worker *worker);
int worker_start(struct worker *worker);
void worker_stop(struct worker *worker);
/* Has the worker read from the channel, and no more. */
int worker_watch(unsigned int core, struct channel *channel);
void worker_forget(unsigned int core, struct channel *channel);

/* Has control call device_accept when somebody connects. */
int server_watch(struct device *device);
/* Serves requests until SIGTERM or SIGINT. 0, or a negative errno if it could not begin. */
int serve(const char *path, struct vr_router *router, struct vr_control *control);

/* A line on stderr. */
__attribute__((format(printf, 1, 2))) void report(const char *format, ...);

#endif
