/*
 * A forwarder that is another process, behind its socket: the functions of the core's headers that tests set tables with, as messages. Linked in
 * place of the core, so that the same lines of text (tables.h) and the same rows (rows.c) drive either. A struct vr_router is a connection.
 */
#ifndef REMOTE_H
#define REMOTE_H

#include "router.h"
#include "vrouter_family.h"

/* Connects. NULL, and errno. */
struct vr_router *remote_connect(const char *path);
void remote_disconnect(struct vr_router *router);
/* The device of an interface that is set from now on; without one it is a UNIX socket in the forwarder's folder, by the index. */
void remote_device(uint32_t interface, const char *name);

/* Sends a message, and reads until its response; the response's error. */
int remote_ask(struct vr_router *router, uint8_t command, const struct vrouter_layout *layout, const void *message);
/* Of the last request: the entries before the response. */
extern unsigned int remote_count;
bool remote_told(unsigned int index, const struct vrouter_layout *layout, void *message);
extern struct vrouter_response remote_response;

#endif
