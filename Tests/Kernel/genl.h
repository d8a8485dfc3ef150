/*
 * Talking to the module: the generic netlink family `vrouter`, a request at a time.
 */
#ifndef GENL_H
#define GENL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vrouter_attributes.h"
#include "vrouter_family.h"

/* Opens the family. Says what is wrong and ends the program if there is none. */
void genl_open(void);
void genl_close(void);
/* Takes each entry that answers. */
typedef void genl_told(void *context, uint8_t command, const void *attributes, size_t length);
/*
 * Sends attributes as they are, and waits for the response. 0, or the response's error, negative. genl_response has the response, genl_acknowledgement
 * what netlink itself said: 1 when it said nothing, and the text and attribute offset of its extended acknowledgement.
 */
int genl_ask_bytes(uint8_t command, const void *attributes, size_t length, genl_told *told, void *context);
int genl_ask(uint8_t command, const struct vrouter_layout *layout, const void *message, genl_told *told, void *context);
/* Joins the group that is told of devices; genl_hear waits for the next message until the deadline. false: none came. */
void genl_listen(void);
bool genl_hear(int milliseconds, genl_told *told, void *context);

extern struct vrouter_response genl_response;
extern int genl_acknowledgement;
extern char genl_explanation[256];
extern int genl_attribute_offset;

#endif
