/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from trace.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Following one packet through the tables: a frame is sent in as if it had arrived on an interface, and what happened to it comes
 * back, step by step.
 */
#ifndef VROUTER_MESSAGES_TRACE_H
#define VROUTER_MESSAGES_TRACE_H

#include "vrouter_attributes.h"
#include "vrouter_family.h"

/* Commands in the generic netlink header, by message. */
enum {
    VROUTER_COMMAND_TRACE = 14,
};

/* ---- trace-step ---- */

/* Numbers of the attributes. */
enum {
    VROUTER_TRACE_STEP_ATTRIBUTE_STEP = 1,
    VROUTER_TRACE_STEP_ATTRIBUTE_SENTENCE = 2,
    VROUTER_TRACE_STEP_ATTRIBUTE_VALUES = 3,
};

/* Bits of `present`. */
#define VROUTER_TRACE_STEP_HAS_STEP ((uint64_t)1 << 0)
#define VROUTER_TRACE_STEP_HAS_SENTENCE ((uint64_t)1 << 1)
#define VROUTER_TRACE_STEP_HAS_VALUES ((uint64_t)1 << 2)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_TRACE_STEP_MAXIMUM_STEP 31
#define VROUTER_TRACE_STEP_MAXIMUM_SENTENCE 191
#define VROUTER_TRACE_STEP_MAXIMUM_VALUES 3

/*
 * One step of a packet's way.
 *
 * Schema: trace.xml:10
 */
struct vrouter_trace_step {
    /* Which attributes there are. */
    uint64_t present;
    /* Which step: a word such as `routed`, `next-hop`, `dropped`. */
    char step[VROUTER_TRACE_STEP_MAXIMUM_STEP + 1];
    /* What happened, with all values, for people. */
    char sentence[VROUTER_TRACE_STEP_MAXIMUM_SENTENCE + 1];
    /* The values in the sentence, for programs. */
    uint32_t values_count;
    uint32_t values[VROUTER_TRACE_STEP_MAXIMUM_VALUES];
};

extern const struct vrouter_layout vrouter_trace_step_layout;

/* ---- trace ---- */

/* Numbers of the attributes, in the order in which they are written. */
enum {
    VROUTER_TRACE_ATTRIBUTE_INTERFACE = 1,
    VROUTER_TRACE_ATTRIBUTE_FRAME = 2,
    VROUTER_TRACE_ATTRIBUTE_STEPS = 3,
    VROUTER_TRACE_ATTRIBUTE_LOST = 4,
};

/* Bits of `present`. */
#define VROUTER_TRACE_HAS_INTERFACE ((uint64_t)1 << 0)
#define VROUTER_TRACE_HAS_FRAME ((uint64_t)1 << 1)
#define VROUTER_TRACE_HAS_STEPS ((uint64_t)1 << 2)
#define VROUTER_TRACE_HAS_LOST ((uint64_t)1 << 3)

/* The most elements of lists, and the most bytes of strings and byte strings. */
#define VROUTER_TRACE_MAXIMUM_FRAME 2048
#define VROUTER_TRACE_MAXIMUM_STEPS 48

/* The most bytes that the attributes take when written. */
#define VROUTER_TRACE_MAXIMUM_BYTES 14168

/*
 * Sends a frame in. It is a packet like any other: it is counted, may begin a flow, and leaves where the tables say. What is done
 * with it later, once it waits for the agent's decision, is not told.
 *
 * Schema: trace.xml:17
 */
struct vrouter_trace {
    /* Which attributes there are. */
    uint64_t present;
    /* After a decode that failed: what was refused, and why. */
    struct vrouter_fault fault;
    /* Where the frame is taken to have arrived. */
    uint32_t interface;
    /* The frame, beginning with its Ethernet header. Needed in a request. */
    uint16_t frame_length;
    uint8_t frame[VROUTER_TRACE_MAXIMUM_FRAME];
    /* What happened, in order. Only in answers. */
    uint32_t steps_count;
    struct vrouter_trace_step steps[VROUTER_TRACE_MAXIMUM_STEPS];
    /* Further steps, for which there was no room. Only in answers. */
    uint32_t lost;
};

extern const struct vrouter_layout vrouter_trace_layout;

/*
 * Reads the attributes of a message. 0, or a negative errno with the reason in message->fault; vrouter_attributes_decode says more.
 */
int vrouter_trace_decode(struct vrouter_trace *message, const void *bytes, size_t length);
/* Writes them. The number of bytes, or a negative errno; vrouter_attributes_encode says more. */
int vrouter_trace_encode(const struct vrouter_trace *message, void *bytes, size_t capacity);

#endif
