/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from trace.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Names of numbers, and the tables by which core/vrouter_attributes.c reads and writes messages.
 */
#include "vrouter_trace.h"

static const struct vrouter_attribute vrouter_trace_step_attributes[] = {
    {
        .name = "step", .number = 1, .kind = VROUTER_KIND_STRING, .required = true, .maximum_length = 31,
        .offset = offsetof(struct vrouter_trace_step, step), .size = sizeof(((struct vrouter_trace_step *)0)->step),
    },
    {
        .name = "sentence", .number = 2, .kind = VROUTER_KIND_STRING, .required = true, .maximum_length = 191,
        .offset = offsetof(struct vrouter_trace_step, sentence), .size = sizeof(((struct vrouter_trace_step *)0)->sentence),
    },
    {
        .name = "values", .number = 3, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .maximum_count = VROUTER_TRACE_STEP_MAXIMUM_VALUES, .offset = offsetof(struct vrouter_trace_step, values),
        .size = sizeof(((struct vrouter_trace_step *)0)->values[0]),
        .count_offset = offsetof(struct vrouter_trace_step, values_count),
    },
};

const struct vrouter_layout vrouter_trace_step_layout = {
    .name = "trace-step",
    .attributes = vrouter_trace_step_attributes,
    .attribute_count = 3,
    .size = sizeof(struct vrouter_trace_step),
    .maximum_bytes = 248,
};

static const struct vrouter_attribute vrouter_trace_attributes[] = {
    {
        .name = "interface", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .required = true,
        .minimum_length = 4, .maximum_length = 4, .offset = offsetof(struct vrouter_trace, interface),
        .size = sizeof(((struct vrouter_trace *)0)->interface), .high = 65535u,
    },
    {
        .name = "frame", .number = 2, .kind = VROUTER_KIND_BYTES, .maximum_length = 2048,
        .offset = offsetof(struct vrouter_trace, frame), .size = sizeof(((struct vrouter_trace *)0)->frame),
        .count_offset = offsetof(struct vrouter_trace, frame_length),
    },
    {
        .name = "steps", .number = 3, .kind = VROUTER_KIND_STRUCTURE, .maximum_count = VROUTER_TRACE_MAXIMUM_STEPS,
        .offset = offsetof(struct vrouter_trace, steps), .size = sizeof(((struct vrouter_trace *)0)->steps[0]),
        .count_offset = offsetof(struct vrouter_trace, steps_count), .structure = &vrouter_trace_step_layout,
    },
    {
        .name = "lost", .number = 4, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_trace, lost), .size = sizeof(((struct vrouter_trace *)0)->lost),
    },
};

const struct vrouter_layout vrouter_trace_layout = {
    .name = "trace",
    .attributes = vrouter_trace_attributes,
    .attribute_count = 4,
    .size = sizeof(struct vrouter_trace),
    .maximum_bytes = VROUTER_TRACE_MAXIMUM_BYTES,
};

int vrouter_trace_decode(struct vrouter_trace *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_trace_layout, message, bytes, length, &message->fault);
}

int vrouter_trace_encode(const struct vrouter_trace *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_trace_layout, message, bytes, capacity);
}
