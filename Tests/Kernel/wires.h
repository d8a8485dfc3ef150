/*
 * Devices for the module's interfaces, and what passes on them: a pair of veth devices or a TAP device for each workload and uplink, and
 * the module's own devices for the host and the agent. Frames that leave are read together with the time at which they did, so that
 * their order across devices is known.
 */
#ifndef WIRES_H
#define WIRES_H

#include <stdbool.h>
#include <stdint.h>

enum wires_kind {
    /* v0 and p0: the module has v0, the test sends and receives on p0. */
    WIRES_VETH,
    /* t0: frames go in with their first 14 bytes linear and the rest in two page fragments. */
    WIRES_TAP,
};

#define WIRES_INTERFACES 64u

/* The name of the device that the module is to have for an interface. `own`: one of its own, by the type's name. */
const char *wires_name(enum wires_kind kind, uint32_t interface, const char *own);
/* Makes the device if there is none, and opens it. For an own one, call once the module has made it. */
void wires_open(enum wires_kind kind, uint32_t interface, const char *own);
void wires_close(uint32_t interface);
/* false: the kernel does not take such a frame. */
bool wires_send(uint32_t interface, const uint8_t *bytes, uint32_t length);
/* The next frame that left on the interface, its length, and when. 0: none came within a second. */
uint32_t wires_receive(uint32_t interface, uint8_t *bytes, uint32_t size, uint64_t *nanoseconds);
void wires_set_link(uint32_t interface, bool up);

#endif
