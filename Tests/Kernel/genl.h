/*
 * The transport of the module (Tests/Forwarder/remote.h): the generic netlink family `vrouter`, a request at a time. Says what is wrong and ends the
 * program where there is no such family.
 */
#ifndef GENL_H
#define GENL_H

#include <stdbool.h>

/* Forgets the family: the next request looks for that of the network namespace that the program is then in. */
void genl_close(void);
/* Joins the group that is told of devices. */
void genl_listen(void);
/* Waits for the next message there, which remote_told then has at index 0. false: none came in time. */
bool genl_hear(int milliseconds);

/* What netlink itself said about the last request: 1 when it said nothing, else 0 or a negative errno, and its explanation. */
extern int genl_acknowledgement;
extern char genl_explanation[256];

#endif
