/*
 * Requests to the control and what it answered, for tests: messages go in encoded and come out decoded, as over any transport.
 */
#ifndef ASKING_H
#define ASKING_H

#include "control.h"
#include "vrouter_family.h"

#define ASKING_MESSAGES 4096u

struct told {
    uint8_t command;
    uint16_t length;
    uint8_t *attributes;
};

struct asking {
    struct vr_router *router;
    struct vr_control *control;
    /* Of every dump. */
    size_t part_bytes;
    /* How many further messages may be written; negative: any number. */
    int writes_left;
    /* What the last request was answered with: entries, without the response. */
    struct told told[ASKING_MESSAGES];
    unsigned int count;
    struct vrouter_response response;
    unsigned int responses;
};

/* How many devices are attached. Names that begin with "busy" or "none" are refused; "other" is another than an interface's first. */
extern int asking_devices;
extern struct vr_device_state asking_device_state;

void asking_begin(struct asking *asking, const struct vr_limits *limits);
void asking_end(struct asking *asking);
/* Sends the attributes as they are; the response's error, or a negative errno of the transport. */
int ask_bytes(struct asking *asking, uint8_t command, const void *attributes, size_t length);
int ask(struct asking *asking, uint8_t command, const struct vrouter_layout *layout, const void *message);
/* Decodes the entry at `index`; false: there is none, or it is of another kind. */
bool told(const struct asking *asking, unsigned int index, uint8_t command, const struct vrouter_layout *layout, void *message);
/* The port says that the device of an interface has changed; told() has the message. */
int ask_device_changed(struct asking *asking, uint32_t interface);
void asking_forget(struct asking *asking);

#endif
