/*
 * A forwarder that is elsewhere, in another process or in the kernel: the functions of the core's headers that tests set tables with, as messages.
 * Linked in place of the core, so that the same lines of text (tables.h) and the same rows (rows.c) drive any forwarder. There is one at a
 * time, and the struct vr_router that functions take is not looked at.
 *
 *   tables.c, rows.c ──▶ remote.c: messages ──▶ a transport: socket.c, or Tests/Kernel/genl.c
 *
 * Errors are negative errnos, as the core's.
 */
#ifndef REMOTE_H
#define REMOTE_H

#include "drop.h"
#include "interface.h"
#include "vrouter_family.h"
#include "vrouter_interface.h"

/* ---- Requests ------------------------------------------------------------------------------------------------------------- */

/* Sends the attributes as they are and reads until the response; its error, or that with which the transport refused. */
int remote_ask_bytes(uint8_t command, const void *attributes, size_t length);
int remote_ask(uint8_t command, const struct vrouter_layout *layout, const void *message);
/*
 * Asks a table about all of it: DUMP in as many parts as it takes, SWEEP, or GET of what has no key. `family`: of the routes that are swept; other
 * messages have none.
 */
int remote_ask_table(uint8_t command, uint8_t operation, uint8_t family);
/* Of the last request: the entry at `index` before the response. false: there is none, or it is no such message. */
bool remote_told(unsigned int index, const struct vrouter_layout *layout, void *message);
extern struct vrouter_response remote_response;

/* The counters of drops, by reason. */
int remote_drops(uint64_t *counts);

/* The agent's mark on every entry that is set. */
extern uint32_t remote_generation;
/* Tables were changed, so that packets which waited may have left, since whoever reads those last set it to false. */
extern bool remote_changed;

/* ---- Interfaces ----------------------------------------------------------------------------------------------------------- */

/* What this knows of the forwarder's interfaces with an index below REMOTE_INTERFACES: those that it has set. */
struct remote_interface {
    bool exists;
    /* Set since somebody last set it to false. */
    bool current;
    uint32_t type;
    uint32_t parent;
    /* Whoever counts packets: what the counters were. */
    uint64_t received;
    uint64_t transmitted;
};

#define REMOTE_INTERFACES 64u
extern struct remote_interface remote_interfaces[REMOTE_INTERFACES];

/* A VLAN of another interface, whose device it shares. */
bool remote_is_sub_interface(uint32_t type);

/* The name of the device that an interface is to have which is set from now on. */
void remote_name_device(uint32_t interface, const char *name);

/* The devices of interfaces that are not named. */
struct remote_devices {
    /* Before an interface is set: makes the device if need be, and says in the message which it is. */
    void (*make)(const struct vr_interface *interface, struct vrouter_interface *message);
    /* An interface below REMOTE_INTERFACES has been set or deleted. May be NULL. */
    void (*changed)(uint32_t index);
};

/* NULL: the forwarder refuses an interface that is not named. */
extern const struct remote_devices *remote_devices;

/* ---- What a transport does ------------------------------------------------------------------------------------------------ */

/*
 * Sends a request, and gives each message that answers to remote_take until that returns true. 0, or a negative errno if the request was refused
 * on its way. Says why and ends the program where there is no forwarder any more.
 */
int transport_ask(uint8_t command, const void *attributes, size_t length);
/* true: it was the response. */
bool remote_take(uint8_t command, const void *attributes, size_t length);
/* Forgets what was told. */
void remote_forget(void);

/* socket.c. false, and errno. Interfaces that are not named are given sockets as their devices, unless remote_devices says otherwise. */
bool socket_connect(const char *path);
void socket_disconnect(void);
/* A device of an interface: a UNIX socket in the forwarder's folder, by the index. */
void socket_make_device(const struct vr_interface *interface, struct vrouter_interface *message);

#endif
