/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A request while it is being done, and what its handlers share. A handler finds the decoded message in request->control->asked, writes
 * entries with vr_send, and returns 0 or what vr_refuse returned; the response is sent for it.
 */
#ifndef VR_REQUEST_H
#define VR_REQUEST_H

#include "control.h"
#include "flow.h"
#include "next_hop.h"
#include "route.h"
#include "trace.h"
#include "vrf.h"
#include "vrouter_family.h"
#include "vrouter_flow.h"
#include "vrouter_interface.h"
#include "vrouter_label.h"
#include "vrouter_next_hop.h"
#include "vrouter_route.h"
#include "vrouter_statistics.h"
#include "vrouter_trace.h"
#include "vrouter_vrf.h"

/* What of an interface the core does not keep. */
struct vr_interface_record {
    /* One for each core: what to subtract. NULL: never reset. */
    struct vr_interface_counters *baseline;
    uint32_t system_index;
    uint8_t transport;
    bool has_mtu;
    bool has_ipv4;
    bool has_ipv6;
    vr_be32 ipv4;
    uint8_t ipv6[16];
    char name[VROUTER_INTERFACE_MAXIMUM_NAME + 1];
};

struct vr_vrf_record {
    struct vr_vrf_counters *baseline;
    char name[VROUTER_VRF_MAXIMUM_NAME + 1];
};

union vr_message {
    struct vrouter_hello hello;
    struct vrouter_interface interface;
    struct vrouter_next_hop next_hop;
    struct vrouter_route route;
    struct vrouter_label label;
    struct vrouter_vxlan_network vxlan_network;
    struct vrouter_flow flow;
    struct vrouter_flow_table flow_table;
    struct vrouter_vrf vrf;
    struct vrouter_vrf_statistics vrf_statistics;
    struct vrouter_drop_statistics drop_statistics;
    struct vrouter_drop_record drop_record;
    struct vrouter_trace trace;
};

struct vr_control {
    struct vr_router *router;
    const struct vr_limits *limits;
    const char *build;
    uint8_t port;
    uint64_t instance;
    uint32_t highest_generation;
    /* By index; NULL where there is none. */
    struct vr_interface_record **interfaces;
    struct vr_vrf_record **vrfs;
    /* For each core VR_DROP_LIMIT counters to subtract; NULL: never reset. */
    uint64_t *drop_baseline;

    /* What is too large for a kernel's stack. Used by one request after another. */
    union vr_message asked;
    union vr_message told;
    struct vr_member members[VR_MEMBERS];
    struct vr_interface_counters counters;
    struct vr_trace trace;
    uint8_t encoded[VROUTER_MAXIMUM_BYTES];
};

struct vr_request {
    struct vr_control *control;
    struct vr_router *router;
    const struct vr_control_answer *answer;
    uint8_t command;
    const uint8_t *bytes;
    size_t length;
    struct vrouter_response response;
    /* By entries of this part. */
    size_t written;
    /* What `write` returned; 0: all is well. */
    int failure;
};

/* ---- Errors: each returns the negative errno ------------------------------------------------------------------------------- */

/* Refuses the request. attribute: the number of the attribute that is to blame, 0 if none is. `explanation` is a sentence without a full stop. */
int vr_refuse(struct vr_request *request, int error, uint16_t attribute, const char *explanation);
/* The same, with a word between two halves. */
int vr_refuse_word(struct vr_request *request, int error, uint16_t attribute, const char *before, const char *word, const char *after);
/* What a function of the core returned: 0, or refuses with what the errno means for tables. */
int vr_settle(struct vr_request *request, int error, uint16_t attribute);
int vr_refuse_operation(struct vr_request *request, uint16_t attribute);

/* 0, or refuses since the attribute, named `what`, is not there. */
int vr_need(struct vr_request *request, bool is_there, uint16_t attribute, const char *what);
/* 0, or refuses since what the attribute refers to does not exist. */
int vr_need_vrf(struct vr_request *request, uint32_t vrf, uint16_t attribute);
int vr_need_next_hop(struct vr_request *request, uint32_t next_hop, uint16_t attribute);
int vr_need_interface(struct vr_request *request, uint32_t interface, uint16_t attribute);
/* 0, or refuses the lowest bit of `flags` that is not in `known`, by the name that `name_of` has for it. */
int vr_need_flags(struct vr_request *request, uint32_t flags, uint32_t known, uint16_t attribute, const char *(*name_of)(uint32_t));

/* ---- Entries -------------------------------------------------------------------------------------------------------------- */

enum vr_sent {
    VR_SENT,
    /* The part is full: the entry is for the next one. */
    VR_PART_FULL,
    /* Nobody takes it, or it cannot be written, which the response then says. */
    VR_SEND_FAILED,
};

/* Writes an entry. Never VR_PART_FULL for the first of a part. */
enum vr_sent vr_send(struct vr_request *request, const struct vrouter_layout *layout, const void *message);
/* Puts the cursor of the next part into the response. */
void vr_go_on(struct vr_request *request, const void *cursor, size_t length);
/* Copies the request's cursor, if it has one. `has`: it had. 0, or refuses one that this table did not give out. */
int vr_read_cursor(struct vr_request *request, bool is_there, const uint8_t *bytes, size_t given, uint16_t attribute, void *cursor,
                   size_t length);
/* Cursors of tables by index: the next index. */
int vr_read_index_cursor(struct vr_request *request, bool is_there, const uint8_t *bytes, size_t given, uint16_t attribute, uint32_t *index);

/* Remembers the highest. */
void vr_note_generation(struct vr_control *control, uint32_t generation);
/* Which core a message's attribute means. 0, or refuses one that there is not. */
int vr_need_core(struct vr_request *request, bool is_there, uint16_t core, uint16_t attribute, unsigned int *meant);
/* Writes as much of the text as fits, and a zero byte. */
void vr_copy_text(char *to, size_t size, const char *from);

/* ---- Handlers, by message --------------------------------------------------------------------------------------------------- */

int vr_handle_interface(struct vr_request *request);
int vr_handle_next_hop(struct vr_request *request);
int vr_handle_route(struct vr_request *request);
int vr_handle_label(struct vr_request *request);
int vr_handle_vxlan_network(struct vr_request *request);
int vr_handle_flow(struct vr_request *request);
int vr_handle_flow_table(struct vr_request *request);
int vr_handle_vrf(struct vr_request *request);
int vr_handle_vrf_statistics(struct vr_request *request);
int vr_handle_drop_statistics(struct vr_request *request);
int vr_handle_drop_record(struct vr_request *request);
int vr_handle_trace(struct vr_request *request);

/* A sweep has ended: `kept` entries could not go since others refer to them. */
int vr_end_sweep(struct vr_request *request, uint32_t kept);

/* Frees a deleted entry's record. */
void vr_vrf_record_free(struct vr_control *control, uint32_t index);
void vr_interface_records_free(struct vr_control *control);
/* Interfaces of an older generation let go of next hops that are about to be swept. */
void vr_interfaces_release_next_hops(struct vr_control *control, uint32_t generation);

#endif
