/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Messages to the forwarder: what a request asks of the tables, done, and answered. Every port has the same control; what differs is how
 * bytes come and go (generic netlink, a UNIX socket) and what a device is.
 *
 *   request ──▶ vr_control_request ──▶ vr_…_set, _get, _delete, _dump (interface.h, route.h, …)
 *                       │
 *                       └──▶ vr_control_answer.write: entries that were asked for, then one `response`
 *
 * The messages are those of messages/vrouter_*.h; family.xml in Schema/Forwarder says what operations mean. Like the core, this needs no
 * C library and allocates through port.h only. Beside the tables it keeps what the core does not look at: names of interfaces and VRFs, their
 * workloads' addresses, where counters stood when they were last reset.
 *
 * Everything here is a writer in the sense of port.h: one thread at a time, with packets held off on the core that calls.
 */
#ifndef VR_CONTROL_H
#define VR_CONTROL_H

#include "interface.h"
#include "router.h"

struct vr_control;

/* ---- Requests ------------------------------------------------------------------------------------------------------------- */

/* Where answers go. */
struct vr_control_answer {
    /*
     * Takes the attributes of one message. 0, or a negative errno if it cannot be sent: nothing more is then written, and
     * vr_control_request returns it. `attributes` is the caller's again when this returns.
     */
    int (*write)(void *context, uint8_t command, const void *attributes, size_t length);
    void *context;
    /* A dump's part ends before its entries take more bytes than this. An entry that is longer is a part of its own. */
    size_t part_bytes;
};

/* `build` (a constant, up to 128 bytes) and `port`, an enum vrouter_forwarder_port, are what a greeting says. -ENOMEM. */
int vr_control_create(struct vr_router *router, const char *build, uint8_t port, struct vr_control **control);
/* Lets go of all devices. Call before vr_router_destroy, once no core receives. `control` may be NULL. */
void vr_control_destroy(struct vr_control *control);

/*
 * Does what a request asks. 0: it was answered, with success or an error in its `response`. Negative: what `write` returned. `attributes`
 * are what follows the generic netlink header, of any bytes.
 */
int vr_control_request(struct vr_control *control, uint8_t command, const void *attributes, size_t length,
                       const struct vr_control_answer *answer);

/*
 * Call when the device of an interface has appeared, disappeared, gained or lost its link, or changed its MTU. Takes over the MTU, unless the
 * agent has set one, and writes the message that tells the agent: the interface, with the operation `change`. 0, -ENOENT, or why it was not written.
 */
int vr_control_device_changed(struct vr_control *control, uint32_t interface, const struct vr_control_answer *answer);

/* ---- What a port does for it ---------------------------------------------------------------------------------------------- */

struct vr_device_wanted {
    uint32_t interface;
    /* An enum vr_interface_type. Never a sub-interface: those have their parent's device. */
    uint32_t type;
    /* An enum vrouter_interface_transport. */
    uint32_t transport;
    /* Of enum vr_interface_flags. */
    uint32_t flags;
    /* The operating system's number of the device; 0: it is to be found by name. */
    uint32_t system_index;
    const char *name;
    struct vr_mac mac;
};

struct vr_device_state {
    bool link_up;
    /* 0: there is no such device yet, or it has no number. */
    uint32_t system_index;
    /* Without Ethernet header; 0: not known. */
    uint32_t mtu;
    /* In Mbit/s; 0: not known. */
    uint32_t speed;
    /* Packets that arrived and could not be taken in. */
    uint64_t receive_errors;
    /* Packets that it took from the forwarder and could not send. */
    uint64_t transmit_errors;
};

/*
 * Finds or opens the device that an interface is to have. A device that does not exist yet is no error: what is returned waits for it.
 * `old` is what the interface has, or NULL; returning the same says that it is kept. -ENODEV, -EBUSY (another interface has it),
 * -EOPNOTSUPP (there is no such transport here), -ENOMEM, -EPERM.
 */
int vr_port_attach(const struct vr_device_wanted *wanted, void *old, void **device);
/* No interface has the device any more, but cores that are readers now may still transmit to it: the port defers. */
void vr_port_detach(void *device);
void vr_port_device_get(void *device, struct vr_device_state *state);
/* Makes a packet of these bytes, as if a device had brought it, for vr_receive. false: no memory. */
bool vr_port_packet_make(struct vr_packet *packet, const uint8_t *bytes, uint32_t length);

#endif
