/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The port: everything that the forwarding core needs from the world it runs in, and nothing else.
 *
 * The core decides; a port supplies memory, time, cores, packet buffers and devices. There is one port per world (kernel module, user
 * space, test), and each is linked with the same core. Ports implement the functions named vr_port_…; the core calls nothing
 * outside this file. It needs no C library: what a compiler may call on its own (memcpy, memset, memmove, memcmp) is enough.
 *
 * Who may run when
 *
 *   Packets.  Any number of cores at once call vr_receive (router.h). While a core is inside, nothing else on that core calls into
 *             the forwarder: vr_port_core() names it, and its counters need no lock.
 *   Readers.  A core in vr_receive is a reader. What it found in a table stays readable until it returns.
 *   Writers.  Functions that change tables (vr_…_set, vr_…_delete, vr_tick) are called by one thread at a time, with packet processing
 *             held off on the core that calls (in a kernel: a mutex, and bottom halves disabled). They never wait for readers: what
 *             they take out of a table is handed to vr_port_defer, which runs a function once every reader of that moment is gone.
 *
 * Packets are seen through struct vr_packet, a view of a buffer that the port owns. The core moves the view's beginning and end and
 * writes bytes through it; the port makes the buffer agree with the view when the packet leaves.
 */
#ifndef VR_PORT_H
#define VR_PORT_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/types.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

/* ---- Words that several cores look at ------------------------------------------------------------------------------------- */

/*
 * Publishing a pointer or index makes everything written before it visible to whoever loads it. The compilers' built-ins mean the
 * same in every world, so that these need no port.
 */
#define vr_load(place) __atomic_load_n((place), __ATOMIC_ACQUIRE)
#define vr_publish(place, value) __atomic_store_n((place), (value), __ATOMIC_RELEASE)

/* A single word that may change at any time, and whose order against other words does not matter. */
#define vr_peek(place) __atomic_load_n((place), __ATOMIC_RELAXED)
#define vr_poke(place, value) __atomic_store_n((place), (value), __ATOMIC_RELAXED)

/* A counter that only its own core adds to, and that anybody may read. */
#define vr_count(place, by) vr_poke((place), vr_peek(place) + (by))
/* A counter that all cores add to. */
#define vr_count_shared(place, by) ((void)__atomic_fetch_add((place), (by), __ATOMIC_RELAXED))

#define vr_likely(condition) __builtin_expect(!!(condition), 1)
#define vr_unlikely(condition) __builtin_expect(!!(condition), 0)

/* ---- Memory --------------------------------------------------------------------------------------------------------------- */

/* Zeroed memory, aligned to a cache line; NULL when there is none. Never called for a packet. Tables may ask for 100 MB at once. */
void *vr_port_allocate(size_t size);
/* `memory` may be NULL. */
void vr_port_free(void *memory);

/* Inside whatever is to be freed once no reader can see it any more. The port keeps what it likes in `opaque` (an rcu_head fits). */
struct vr_deferred {
    void *opaque[2];
};

/* Runs `function` once every core that is a reader now has returned, and not before this call returns. Never fails, never waits. */
void vr_port_defer(struct vr_deferred *deferred, void (*function)(struct vr_deferred *));
/* Returns once everything that was deferred has run. Only called by vr_router_destroy, when no core is a reader. */
void vr_port_drain(void);

/* The structure that a member is part of. */
#define vr_container(pointer, type, member) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))

/* ---- Time, chance, cores, locks --------------------------------------------------------------------------------------------- */

/* Milliseconds since some moment, never going back. Called once for a packet, so a coarse clock is the right one. */
uint64_t vr_port_now_ms(void);
/* A number that a sender of packets cannot guess. Seeds hashes and names the forwarder's run; called when things are made. */
uint32_t vr_port_random(void);
/* How many cores may call vr_receive; fixed. */
unsigned int vr_port_cores(void);
/* The core that is calling: 0 to vr_port_cores() - 1. */
unsigned int vr_port_core(void);

/*
 * Locks for what packets write into shared tables: new flows, held packets. Taken for a few dozen instructions, one at a time, and
 * never while a packet leaves. The core spreads its tables over VR_PORT_LOCKS of them; `lock` is below that.
 */
#define VR_PORT_LOCKS 256u
void vr_port_lock(unsigned int lock);
void vr_port_unlock(unsigned int lock);

/* ---- Packets -------------------------------------------------------------------------------------------------------------- */

/* The largest run of headers that the core ever puts in front of a packet: a port that leaves this much headroom saves copies. */
#define VR_PACKET_HEADROOM 128u

/*
 * A view of a packet. A port fills it in for vr_receive; it may live on the stack. The core copies the structure when it keeps a
 * packet; `buffer` is what owns the bytes, and there is one view of each buffer at a time.
 *
 *      |<- headroom ->|<-------------- length ------------->|
 *                     |<----- linear ---->|
 *                     data
 */
struct vr_packet {
    /* The first byte of the packet: an Ethernet header when it enters or leaves. */
    uint8_t *data;
    /* Bytes from data on that may be read and written in place. No more than length. */
    uint32_t linear;
    /* All bytes of the packet from data on, those elsewhere (in fragments of the buffer) included. */
    uint32_t length;
    /* Bytes in front of data that may be written. */
    uint32_t headroom;
    /* 0, or the size of the segments that the device will cut this packet into: what counts against an MTU. */
    uint32_t segment_size;
    /* The port's. */
    void *buffer;
};

/* Makes linear at least `bytes`, which is no more than length. false: no memory; the view is as it was. */
bool vr_port_packet_pull_up(struct vr_packet *packet, uint32_t bytes);
/* Makes headroom at least `bytes`. false: no memory; the view is as it was. */
bool vr_port_packet_make_room(struct vr_packet *packet, uint32_t bytes);
/*
 * Makes `copy` a packet of its own with the same bytes and at least `headroom` in front. Its linear bytes are its own; those beyond
 * may be shared. false: no memory, and `copy` is not written.
 */
bool vr_port_packet_clone(const struct vr_packet *packet, struct vr_packet *copy, uint32_t headroom);
/* Gives the buffer back. The packet was dropped, or everything in it was copied. */
void vr_port_packet_free(struct vr_packet *packet);

/* ---- Devices -------------------------------------------------------------------------------------------------------------- */

/*
 * Sends the packet out of `device` (struct vr_interface's, interface.h) and takes the buffer in any case. 0, or a negative errno when the device did not
 * take it: the core then counts a drop. May be called for a device whose link is down.
 */
int vr_port_transmit(void *device, struct vr_packet *packet);

#endif
