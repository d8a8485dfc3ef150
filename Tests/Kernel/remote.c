/*
 * The forwarder's functions (Runtime/Forwarder/include), done by the module: tables by messages, packets through devices. So the rows of
 * Tests/Vectors/packets, and whoever else speaks to the core, need not know that it is elsewhere.
 *
 * The environment says which layout of packets (test_port.h) this run has, and so which way they go in:
 *
 *   LAYOUT=roomy   by the message `trace`, which says what happened to them
 *   LAYOUT=tight   through veth devices
 *   LAYOUT=split   through TAP devices, in page fragments
 *
 * With FRESH=1 each row has a network namespace of its own, and so a forwarder that has seen nothing yet; without, its tables are emptied between
 * rows, as an agent does after a restart.
 *
 * Packets are in the forwarder, and out of it, before the system call that sends one returns: the program stays on one CPU. How many left is
 * what the interfaces' counters say, so that nothing here waits for packets that do not come.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "flow.h"
#include "genl.h"
#include "interface.h"
#include "next_hop.h"
#include "names.h"
#include "route.h"
#include "test_port.h"
#include "trace.h"
#include "vrf.h"
#include "vrouter_flow.h"
#include "vrouter_interface.h"
#include "vrouter_label.h"
#include "vrouter_next_hop.h"
#include "vrouter_route.h"
#include "vrouter_statistics.h"
#include "vrouter_trace.h"
#include "vrouter_vrf.h"
#include "wires.h"

static bool has_layout(enum test_layout layout);

struct test_state test = {.buffers_left = -1, .has_layout = has_layout};

enum { FRAME_BYTES = 70000, SLOW_MS = 3000 };

/* An interface that the module has. */
struct known {
    bool exists;
    /* Set in the row that runs. */
    bool current;
    bool down;
    uint32_t type;
    uint32_t parent;
    uint64_t received;
    uint64_t transmitted;
    /* Frames that have left and were not read. */
    uint32_t waiting;
};

static struct known interfaces[WIRES_INTERFACES];
static uint32_t devices[WIRES_INTERFACES];
static char names[WIRES_INTERFACES][VROUTER_INTERFACE_MAXIMUM_NAME + 1];
/* Packets are this program's, and it knows of all of them. */
static bool watching;
static uint32_t generation = 1;
/* Next hops that rows have set: bit by index. */
static uint64_t next_hops[4];
static uint64_t drops[VR_DROP_LIMIT], baseline[VR_DROP_LIMIT];
static bool drops_known;
/* When the last packet came in, by the test's clock and the world's. */
static uint64_t last_test_ms, last_world_ms;

static uint64_t world_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static enum test_layout chosen(void)
{
    static int layout = -1;
    const char *text = getenv("LAYOUT");

    if (layout < 0)
        layout = text && strcmp(text, "tight") == 0 ? TEST_TIGHT : text && strcmp(text, "split") == 0 ? TEST_SPLIT : TEST_ROOMY;
    return (enum test_layout)layout;
}

static bool has_layout(enum test_layout layout)
{
    return layout == chosen();
}

void test_pass_time(uint64_t ms)
{
    test.now_ms += ms;
}

static enum wires_kind kind(void)
{
    return chosen() == TEST_SPLIT ? WIRES_TAP : WIRES_VETH;
}

void remote_name(uint32_t interface, const char *name)
{
    snprintf(names[interface], sizeof(names[0]), "%s", name);
}

void *test_device(uint32_t interface)
{
    devices[interface] = interface;
    return &devices[interface];
}

/* ---- Interfaces ------------------------------------------------------------------------------------------------------------ */

static const char *own_name(uint32_t type)
{
    return type == VR_INTERFACE_HOST ? "vhost" : type == VR_INTERFACE_AGENT ? "pkt" : NULL;
}

static bool is_sub(uint32_t type)
{
    return type == VR_INTERFACE_VIRTUAL_VLAN || type == VR_INTERFACE_VLAN;
}

static int delete_interface(uint32_t index)
{
    struct vrouter_interface message = {.present = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_INDEX,
                                        .operation = VROUTER_TABLE_OPERATION_DELETE,
                                        .index = index};
    int error = genl_ask(VROUTER_COMMAND_INTERFACE, &vrouter_interface_layout, &message, NULL, NULL);

    if (error)
        return error;
    /* Its own device has gone with it. */
    if (own_name(interfaces[index].type))
        wires_close(index);
    interfaces[index].exists = false;
    return 0;
}

int vr_interface_set(struct vr_router *router, const struct vr_interface *interface)
{
    struct known *known = &interfaces[interface->index];
    struct vrouter_interface message = {
        .present = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_GENERATION | VROUTER_INTERFACE_HAS_INDEX |
                   VROUTER_INTERFACE_HAS_TYPE | VROUTER_INTERFACE_HAS_FLAGS | VROUTER_INTERFACE_HAS_VRF | VROUTER_INTERFACE_HAS_MAC,
        .operation = VROUTER_TABLE_OPERATION_ADD,
        .generation = generation,
        .index = interface->index,
        .type = (uint8_t)interface->type,
        .flags = interface->flags,
        .vrf = interface->vrf,
        .multicast_vrf = interface->multicast_vrf,
        .next_hop = interface->next_hop,
        .mtu = interface->mtu,
        .parent = interface->parent,
        .vlan = interface->vlan,
        .cross_connects_count = interface->cross_connect_count,
    };
    int error;

    (void)router;
    memcpy(message.mac, interface->mac.bytes, sizeof(message.mac));
    memcpy(message.cross_connects, interface->cross_connects, sizeof(message.cross_connects));
    if (interface->multicast_vrf != VR_NONE)
        message.present |= VROUTER_INTERFACE_HAS_MULTICAST_VRF;
    if (interface->next_hop != VR_NONE)
        message.present |= VROUTER_INTERFACE_HAS_NEXT_HOP;
    if (interface->mtu)
        message.present |= VROUTER_INTERFACE_HAS_MTU;
    if (interface->parent != VR_NONE)
        message.present |= VROUTER_INTERFACE_HAS_PARENT | VROUTER_INTERFACE_HAS_VLAN;
    if (interface->cross_connect_count)
        message.present |= VROUTER_INTERFACE_HAS_CROSS_CONNECTS;
    if (known->exists && known->type != interface->type && (error = delete_interface(interface->index)) != 0)
        return error;
    if (!is_sub(interface->type)) {
        const char *own = own_name(interface->type);

        message.present |= VROUTER_INTERFACE_HAS_NAME;
        if (names[interface->index][0]) {
            snprintf(message.name, sizeof(message.name), "%s", names[interface->index]);
        } else {
            if (!own)
                wires_open(kind(), interface->index, NULL);
            snprintf(message.name, sizeof(message.name), "%s", wires_name(kind(), interface->index, own));
        }
    }
    error = genl_ask(VROUTER_COMMAND_INTERFACE, &vrouter_interface_layout, &message, NULL, NULL);
    if (error)
        return error;
    if (own_name(interface->type) && !names[interface->index][0])
        wires_open(kind(), interface->index, own_name(interface->type));
    if (!known->exists)
        *known = (struct known){.exists = true};
    known->current = true;
    known->type = interface->type;
    known->parent = interface->parent;
    return 0;
}

int vr_interface_delete(struct vr_router *router, uint32_t index)
{
    (void)router;
    return delete_interface(index);
}

/* ---- Other tables ---------------------------------------------------------------------------------------------------------- */

int vr_vrf_set(struct vr_router *router, const struct vr_vrf *vrf)
{
    struct vrouter_vrf message = {.present = VROUTER_VRF_HAS_OPERATION | VROUTER_VRF_HAS_GENERATION | VROUTER_VRF_HAS_INDEX |
                                             VROUTER_VRF_HAS_FLAGS,
                                  .operation = VROUTER_TABLE_OPERATION_ADD,
                                  .generation = generation,
                                  .index = vrf->index,
                                  .flags = vrf->flags};

    (void)router;
    return genl_ask(VROUTER_COMMAND_VRF, &vrouter_vrf_layout, &message, NULL, NULL);
}

int vr_next_hop_set(struct vr_router *router, const struct vr_next_hop *next_hop)
{
    static struct vrouter_next_hop message;

    (void)router;
    if (next_hop->index < 256)
        next_hops[next_hop->index / 64] |= UINT64_C(1) << next_hop->index % 64;
    memset(&message, 0, sizeof(message));
    message.present = VROUTER_NEXT_HOP_HAS_OPERATION | VROUTER_NEXT_HOP_HAS_GENERATION | VROUTER_NEXT_HOP_HAS_INDEX |
                      VROUTER_NEXT_HOP_HAS_TYPE | VROUTER_NEXT_HOP_HAS_FAMILY | VROUTER_NEXT_HOP_HAS_FLAGS | VROUTER_NEXT_HOP_HAS_VRF;
    message.operation = VROUTER_TABLE_OPERATION_ADD;
    message.generation = generation;
    message.index = next_hop->index;
    message.type = next_hop->type;
    message.family = next_hop->family;
    message.flags = next_hop->flags;
    message.vrf = next_hop->vrf;
    if (next_hop->interface != VR_NONE) {
        message.present |= VROUTER_NEXT_HOP_HAS_INTERFACE;
        message.interface = next_hop->interface;
    }
    if (next_hop->encapsulation_bytes) {
        message.present |= VROUTER_NEXT_HOP_HAS_ENCAPSULATION;
        message.encapsulation_length = next_hop->encapsulation_bytes;
        memcpy(message.encapsulation, next_hop->encapsulation, next_hop->encapsulation_bytes);
    }
    if (next_hop->tunnel) {
        message.present |= VROUTER_NEXT_HOP_HAS_TUNNEL | VROUTER_NEXT_HOP_HAS_SOURCE_IPV4 | VROUTER_NEXT_HOP_HAS_DESTINATION_IPV4;
        message.tunnel = next_hop->tunnel;
        message.source_ipv4 = next_hop->source;
        message.destination_ipv4 = next_hop->destination;
    }
    if (!vr_mac_is_zero(next_hop->rewrite_mac.bytes)) {
        message.present |= VROUTER_NEXT_HOP_HAS_REWRITE_MAC;
        memcpy(message.rewrite_mac, next_hop->rewrite_mac.bytes, sizeof(message.rewrite_mac));
    }
    if (next_hop->composite) {
        message.present |= VROUTER_NEXT_HOP_HAS_COMPOSITE | VROUTER_NEXT_HOP_HAS_MEMBERS;
        message.composite = next_hop->composite;
        message.members_count = next_hop->member_count;
    }
    if (next_hop->hash_fields) {
        message.present |= VROUTER_NEXT_HOP_HAS_HASH_FIELDS;
        message.hash_fields = next_hop->hash_fields;
    }
    for (uint32_t at = 0; at < next_hop->member_count; at++) {
        const struct vr_member *member = &next_hop->members[at];

        if (member->next_hop != VR_NONE)
            message.members[at].present |= VROUTER_NEXT_HOP_MEMBER_HAS_NEXT_HOP;
        if (member->label != VR_NONE)
            message.members[at].present |= VROUTER_NEXT_HOP_MEMBER_HAS_LABEL;
        message.members[at].next_hop = member->next_hop;
        message.members[at].label = member->label;
    }
    return genl_ask(VROUTER_COMMAND_NEXT_HOP, &vrouter_next_hop_layout, &message, NULL, NULL);
}

static int ask_route(const struct vr_route *route, uint8_t operation)
{
    struct vrouter_route message = {.present = VROUTER_ROUTE_HAS_OPERATION | VROUTER_ROUTE_HAS_GENERATION | VROUTER_ROUTE_HAS_VRF |
                                               VROUTER_ROUTE_HAS_FAMILY | VROUTER_ROUTE_HAS_PREFIX_LENGTH,
                                    .operation = operation,
                                    .generation = generation,
                                    .vrf = route->vrf,
                                    .family = route->family,
                                    .prefix_length = route->length,
                                    .next_hop = route->next_hop,
                                    .label = route->label,
                                    .route_flags = route->flags};

    if (route->family == VR_FAMILY_IPV6) {
        message.present |= VROUTER_ROUTE_HAS_IPV6_PREFIX;
        memcpy(message.ipv6_prefix, route->prefix, 16);
    } else {
        message.present |= VROUTER_ROUTE_HAS_IPV4_PREFIX;
        memcpy(&message.ipv4_prefix, route->prefix, 4);
    }
    if (operation == VROUTER_TABLE_OPERATION_ADD) {
        message.present |= VROUTER_ROUTE_HAS_NEXT_HOP | VROUTER_ROUTE_HAS_ROUTE_FLAGS;
        if (route->label != VR_NONE)
            message.present |= VROUTER_ROUTE_HAS_LABEL;
        if (!vr_mac_is_zero(route->stitched_mac.bytes)) {
            message.present |= VROUTER_ROUTE_HAS_STITCHED_MAC;
            memcpy(message.stitched_mac, route->stitched_mac.bytes, 6);
        }
    }
    return genl_ask(VROUTER_COMMAND_ROUTE, &vrouter_route_layout, &message, NULL, NULL);
}

int vr_route_set(struct vr_router *router, const struct vr_route *route)
{
    (void)router;
    return ask_route(route, VROUTER_TABLE_OPERATION_ADD);
}

int vr_route_delete(struct vr_router *router, const struct vr_route *route)
{
    (void)router;
    return ask_route(route, VROUTER_TABLE_OPERATION_DELETE);
}

int vr_bridge_set(struct vr_router *router, const struct vr_bridge_entry *entry)
{
    struct vrouter_route message = {.present = VROUTER_ROUTE_HAS_OPERATION | VROUTER_ROUTE_HAS_GENERATION | VROUTER_ROUTE_HAS_VRF |
                                               VROUTER_ROUTE_HAS_FAMILY | VROUTER_ROUTE_HAS_MAC_ADDRESS | VROUTER_ROUTE_HAS_NEXT_HOP |
                                               VROUTER_ROUTE_HAS_BRIDGE_FLAGS,
                                    .operation = VROUTER_TABLE_OPERATION_ADD,
                                    .generation = generation,
                                    .vrf = entry->vrf,
                                    .family = VR_FAMILY_BRIDGE,
                                    .next_hop = entry->next_hop,
                                    .label = entry->label,
                                    .bridge_flags = entry->flags};

    (void)router;
    memcpy(message.mac_address, entry->mac.bytes, 6);
    if (entry->label != VR_NONE)
        message.present |= VROUTER_ROUTE_HAS_LABEL;
    return genl_ask(VROUTER_COMMAND_ROUTE, &vrouter_route_layout, &message, NULL, NULL);
}

int vr_label_set(struct vr_router *router, const struct vr_label *label)
{
    struct vrouter_label message = {.present = VROUTER_LABEL_HAS_OPERATION | VROUTER_LABEL_HAS_GENERATION | VROUTER_LABEL_HAS_LABEL |
                                               VROUTER_LABEL_HAS_NEXT_HOP | VROUTER_LABEL_HAS_FLAGS,
                                    .operation = VROUTER_TABLE_OPERATION_ADD,
                                    .generation = generation,
                                    .label = label->label,
                                    .next_hop = label->next_hop,
                                    .flags = label->flags};

    (void)router;
    return genl_ask(VROUTER_COMMAND_LABEL, &vrouter_label_layout, &message, NULL, NULL);
}

int vr_vxlan_network_set(struct vr_router *router, const struct vr_vxlan_network *network)
{
    struct vrouter_vxlan_network message = {.present = VROUTER_VXLAN_NETWORK_HAS_OPERATION | VROUTER_VXLAN_NETWORK_HAS_GENERATION |
                                                       VROUTER_VXLAN_NETWORK_HAS_IDENTIFIER | VROUTER_VXLAN_NETWORK_HAS_NEXT_HOP,
                                            .operation = VROUTER_TABLE_OPERATION_ADD,
                                            .generation = generation,
                                            .identifier = network->identifier,
                                            .next_hop = network->next_hop};

    (void)router;
    return genl_ask(VROUTER_COMMAND_VXLAN_NETWORK, &vrouter_vxlan_network_layout, &message, NULL, NULL);
}

/* ---- What left ------------------------------------------------------------------------------------------------------------- */

static void count_interface(void *context, uint8_t command, const void *attributes, size_t length)
{
    struct vrouter_interface message;
    struct known *known;
    uint32_t wire;

    (void)context;
    if (command != VROUTER_COMMAND_INTERFACE || vrouter_interface_decode(&message, attributes, length) != 0 ||
        message.index >= WIRES_INTERFACES)
        return;
    known = &interfaces[message.index];
    /* A sub-interface's frames are on its parent's device. */
    wire = known->parent != VR_NONE && is_sub(known->type) ? known->parent : message.index;
    interfaces[wire].waiting += (uint32_t)(message.counters.transmitted_packets - known->transmitted);
    known->transmitted = message.counters.transmitted_packets;
    known->received = message.counters.received_packets;
}

static void read_counters(void)
{
    struct vrouter_interface message = {.present = VROUTER_INTERFACE_HAS_OPERATION, .operation = VROUTER_TABLE_OPERATION_DUMP};

    do {
        genl_ask(VROUTER_COMMAND_INTERFACE, &vrouter_interface_layout, &message, count_interface, NULL);
        message.present |= VROUTER_INTERFACE_HAS_CURSOR;
        message.cursor_length = genl_response.cursor_length;
        memcpy(message.cursor, genl_response.cursor, sizeof(message.cursor));
    } while (genl_response.present & VROUTER_RESPONSE_HAS_CURSOR);
}

struct frame {
    uint64_t nanoseconds;
    uint32_t order;
    struct test_event event;
};

static int by_time(const void *left, const void *right)
{
    const struct frame *a = left, *b = right;

    return a->nanoseconds != b->nanoseconds ? (a->nanoseconds < b->nanoseconds ? -1 : 1) : (int)a->order - (int)b->order;
}

/* Takes what has left since the last time, in the order in which it did. */
static void collect(void)
{
    static uint8_t bytes[FRAME_BYTES];
    static struct frame frames[TEST_EVENTS];
    uint32_t count = 0;

    if (!watching)
        return;
    read_counters();
    for (uint32_t index = 0; index < WIRES_INTERFACES; index++) {
        for (; interfaces[index].waiting; interfaces[index].waiting--) {
            struct frame *frame = &frames[count];
            uint32_t length = wires_receive(index, bytes, sizeof(bytes), &frame->nanoseconds);

            if (length == 0) {
                printf("interface %u says that it has sent %u more than came out\n", index, interfaces[index].waiting);
                interfaces[index].waiting = 0;
                break;
            }
            frame->order = count;
            frame->event = (struct test_event){index, length, malloc(length)};
            memcpy(frame->event.bytes, bytes, length);
            if (count + 1 < TEST_EVENTS)
                count++;
            else
                free(frame->event.bytes);
        }
    }
    qsort(frames, count, sizeof(frames[0]), by_time);
    for (uint32_t at = 0; at < count; at++) {
        if (test.sent_count < TEST_EVENTS)
            test.sent[test.sent_count++] = frames[at].event;
        else
            free(frames[at].event.bytes);
    }
    drops_known = false;
}

void test_quiesce(void)
{
}

void test_forget_events(void)
{
    while (test.sent_count)
        free(test.sent[--test.sent_count].bytes);
    test.freed = 0;
}

/* ---- Flows ----------------------------------------------------------------------------------------------------------------- */

static struct vrouter_flow_key key_of(const struct vr_flow_key *key)
{
    struct vrouter_flow_key message = {.present = VROUTER_FLOW_KEY_HAS_NEXT_HOP | VROUTER_FLOW_KEY_HAS_PROTOCOL |
                                                  VROUTER_FLOW_KEY_HAS_SOURCE_PORT | VROUTER_FLOW_KEY_HAS_DESTINATION_PORT,
                                       .next_hop = key->next_hop,
                                       .protocol = key->protocol,
                                       .source_port = key->source_port,
                                       .destination_port = key->destination_port,
                                       .source_ipv4 = key->source[0],
                                       .destination_ipv4 = key->destination[0]};

    memcpy(message.source_ipv6, key->source, 16);
    memcpy(message.destination_ipv6, key->destination, 16);
    message.present |= key->family == VR_FAMILY_IPV6 ? VROUTER_FLOW_KEY_HAS_SOURCE_IPV6 | VROUTER_FLOW_KEY_HAS_DESTINATION_IPV6
                                                     : VROUTER_FLOW_KEY_HAS_SOURCE_IPV4 | VROUTER_FLOW_KEY_HAS_DESTINATION_IPV4;
    return message;
}

int vr_flow_set(struct vr_router *router, struct vr_flow *flow)
{
    struct vrouter_flow message = {.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_GENERATION | VROUTER_FLOW_HAS_KEY |
                                              VROUTER_FLOW_HAS_ACTION | VROUTER_FLOW_HAS_FLAGS,
                                   .operation = VROUTER_TABLE_OPERATION_ADD,
                                   .generation = generation,
                                   .key = key_of(&flow->key),
                                   .action = flow->action,
                                   .flags = flow->flags,
                                   .index = flow->index,
                                   .incarnation = flow->incarnation,
                                   .destination_vrf = flow->destination_vrf,
                                   .ecmp_member = flow->ecmp_member,
                                   .source_next_hop = flow->source_next_hop,
                                   .ttl = flow->ttl};
    int error;

    (void)router;
    if (flow->index != VR_NONE)
        message.present |= VROUTER_FLOW_HAS_INDEX | VROUTER_FLOW_HAS_INCARNATION;
    if (flow->flags & VR_FLOW_VRF_TRANSLATE)
        message.present |= VROUTER_FLOW_HAS_DESTINATION_VRF;
    if (flow->ecmp_member != VR_FLOW_NO_MEMBER)
        message.present |= VROUTER_FLOW_HAS_ECMP_MEMBER;
    if (flow->source_next_hop != VR_NONE)
        message.present |= VROUTER_FLOW_HAS_SOURCE_NEXT_HOP;
    if (flow->ttl)
        message.present |= VROUTER_FLOW_HAS_TTL;
    error = genl_ask(VROUTER_COMMAND_FLOW, &vrouter_flow_layout, &message, NULL, NULL);
    collect();
    return error;
}

/* A request to delete a flow says its key as well. */
static struct vrouter_flow_key last_found;

static void take_flow(void *context, uint8_t command, const void *attributes, size_t length)
{
    struct vrouter_flow message;
    struct vr_flow *flow = context;

    if (command != VROUTER_COMMAND_FLOW || vrouter_flow_decode(&message, attributes, length) != 0)
        return;
    last_found = message.key;
    flow->index = message.index;
    flow->incarnation = message.incarnation;
    flow->action = message.action;
    flow->packets = message.statistics.packets;
}

int vr_flow_find(const struct vr_router *router, const struct vr_flow_key *key, struct vr_flow *flow)
{
    struct vrouter_flow message = {.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_KEY,
                                   .operation = VROUTER_TABLE_OPERATION_GET,
                                   .key = key_of(key)};

    (void)router;
    flow->key = *key;
    return genl_ask(VROUTER_COMMAND_FLOW, &vrouter_flow_layout, &message, take_flow, flow);
}

int vr_flow_delete(struct vr_router *router, uint32_t index, uint8_t incarnation, struct vr_flow *last)
{
    struct vrouter_flow message = {.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_INDEX | VROUTER_FLOW_HAS_INCARNATION |
                                              VROUTER_FLOW_HAS_KEY,
                                   .operation = VROUTER_TABLE_OPERATION_DELETE,
                                   .key = last_found,
                                   .index = index,
                                   .incarnation = incarnation};
    int error;

    (void)router;
    (void)last;
    error = genl_ask(VROUTER_COMMAND_FLOW, &vrouter_flow_layout, &message, NULL, NULL);
    collect();
    return error;
}

/* ---- Packets --------------------------------------------------------------------------------------------------------------- */

struct vr_packet test_packet(const uint8_t *bytes, uint32_t length)
{
    struct vr_packet packet = {.linear = length, .length = length, .data = malloc(length ? length : 1)};

    memcpy(packet.data, bytes, length);
    packet.buffer = packet.data;
    return packet;
}

static void take_trace(void *context, uint8_t command, const void *attributes, size_t length)
{
    static struct vrouter_trace message;
    struct vr_trace *trace = context;

    if (command != VROUTER_COMMAND_TRACE || vrouter_trace_decode(&message, attributes, length) != 0)
        return;
    trace->lost = message.lost;
    trace->count = 0;
    for (uint32_t at = 0; at < message.steps_count && at < VR_TRACE_RECORDS; at++) {
        struct vr_trace_record *record = &trace->records[trace->count++];
        char text[256];

        record->step = VR_TRACE_STEP_COUNT;
        for (uint32_t step = 0; step < VR_TRACE_STEP_COUNT; step++) {
            if (strcmp(vr_trace_word(step), message.steps[at].step) == 0)
                record->step = step;
        }
        memcpy(record->values, message.steps[at].values, sizeof(record->values));
        vr_trace_text(record, text, sizeof(text));
        if (strcmp(text, message.steps[at].sentence) != 0)
            printf("the sentence of step %s is: %s\n", message.steps[at].step, message.steps[at].sentence);
    }
}

static int send_by_message(uint32_t interface, const struct vr_packet *packet, struct vr_trace *trace)
{
    static struct vrouter_trace message;

    memset(&message, 0, offsetof(struct vrouter_trace, steps));
    message.present = VROUTER_TRACE_HAS_INTERFACE | VROUTER_TRACE_HAS_FRAME;
    message.interface = interface;
    message.frame_length = (uint16_t)packet->length;
    memcpy(message.frame, packet->data, packet->length);
    return genl_ask(VROUTER_COMMAND_TRACE, &vrouter_trace_layout, &message, take_trace, trace);
}

/* Interfaces of rows before this one go, and links are as the row says. */
static void settle_interfaces(void)
{
    for (unsigned int pass = 0; pass < 2; pass++) {
        for (uint32_t index = 0; index < WIRES_INTERFACES; index++) {
            if (interfaces[index].exists && !interfaces[index].current && (pass == 1 || is_sub(interfaces[index].type)))
                delete_interface(index);
        }
    }
    for (uint32_t index = 0; index < WIRES_INTERFACES; index++) {
        bool down = test.refusing >> index & 1;

        if (interfaces[index].exists && interfaces[index].down != down) {
            wires_set_link(index, !down);
            interfaces[index].down = down;
        }
    }
}

void vr_receive(struct vr_router *router, uint32_t interface, struct vr_packet *packet, struct vr_trace *trace)
{
    uint64_t began = world_ms(), before;

    (void)router;
    trace->count = 0;
    trace->lost = 0;
    /* From here on the packet waits, if it does. */
    last_test_ms = test.now_ms;
    last_world_ms = began;
    settle_interfaces();
    test.untraced = chosen() != TEST_ROOMY || packet->length > VROUTER_TRACE_MAXIMUM_FRAME;
    if (test.buffers_left == 0) {
        test.impossible = "the kernel does not run out of memory when a test wants it to";
    } else if (packet->length < VR_ETHERNET_BYTES) {
        test.impossible = "no device of a kernel brings a frame without a whole Ethernet header";
    } else if (!test.untraced) {
        if (send_by_message(interface, packet, trace) != 0)
            test.impossible = "there is no interface that the packet could come in on";
        collect();
    } else if (interface >= WIRES_INTERFACES || !interfaces[interface].exists) {
        test.impossible = "there is no device that the packet could come in on";
    } else {
        collect();
        before = interfaces[interface].received;
        if (wires_send(interface, packet->data, packet->length)) {
            do {
                collect();
            } while (interfaces[interface].received == before && world_ms() - began < SLOW_MS);
        } else {
            test.impossible = "the kernel takes no such frame from the device";
        }
    }
    free(packet->buffer);
}

/* ---- Time, counters, beginning and end ------------------------------------------------------------------------------------- */

/* The module's clock is the world's: waits until that has come as far as the test's, and expired fragments have been looked for. */
void vr_tick(struct vr_router *router)
{
    enum { SWEEP_MS = 600 };
    uint64_t until = last_world_ms + (test.now_ms - last_test_ms) + SWEEP_MS, now = world_ms();

    (void)router;
    if (now < until)
        usleep((useconds_t)(until - now) * 1000);
    collect();
}

static void take_drops(void *context, uint8_t command, const void *attributes, size_t length)
{
    static struct vrouter_drop_statistics message;

    (void)context;
    if (command != VROUTER_COMMAND_DROP_STATISTICS || vrouter_drop_statistics_decode(&message, attributes, length) != 0)
        return;
    for (uint32_t at = 0; at < message.counts_count; at++) {
        if (message.counts[at].reason < VR_DROP_LIMIT)
            drops[message.counts[at].reason] = message.counts[at].packets;
    }
}

static void read_drops(void)
{
    static struct vrouter_drop_statistics message;

    message.present = VROUTER_DROP_STATISTICS_HAS_OPERATION;
    message.operation = VROUTER_TABLE_OPERATION_GET;
    genl_ask(VROUTER_COMMAND_DROP_STATISTICS, &vrouter_drop_statistics_layout, &message, take_drops, NULL);
    drops_known = true;
}

uint64_t vr_drop_count(const struct vr_router *router, unsigned int core, enum vr_drop_reason reason)
{
    (void)router;
    (void)core;
    if (!drops_known)
        read_drops();
    return drops[reason] - baseline[reason];
}

static int sweep(uint8_t command)
{
    static struct vrouter_next_hop next_hop;
    struct vrouter_route route = {.present = VROUTER_ROUTE_HAS_OPERATION | VROUTER_ROUTE_HAS_GENERATION | VROUTER_ROUTE_HAS_FAMILY,
                                  .operation = VROUTER_TABLE_OPERATION_SWEEP,
                                  .generation = generation};
    struct vrouter_flow flow = {.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_GENERATION,
                                .operation = VROUTER_TABLE_OPERATION_SWEEP,
                                .generation = generation};
    struct vrouter_label label = {.present = VROUTER_LABEL_HAS_OPERATION | VROUTER_LABEL_HAS_GENERATION,
                                  .operation = VROUTER_TABLE_OPERATION_SWEEP,
                                  .generation = generation};
    struct vrouter_vxlan_network network = {.present = VROUTER_VXLAN_NETWORK_HAS_OPERATION | VROUTER_VXLAN_NETWORK_HAS_GENERATION,
                                            .operation = VROUTER_TABLE_OPERATION_SWEEP,
                                            .generation = generation};
    static const uint8_t families[] = {VR_FAMILY_IPV4, VR_FAMILY_IPV6, VR_FAMILY_BRIDGE};
    int error = 0;

    switch (command) {
    case VROUTER_COMMAND_FLOW:
        return genl_ask(command, &vrouter_flow_layout, &flow, NULL, NULL);
    case VROUTER_COMMAND_ROUTE:
        for (unsigned int at = 0; !error && at < sizeof(families); at++) {
            route.family = families[at];
            error = genl_ask(command, &vrouter_route_layout, &route, NULL, NULL);
        }
        return error;
    case VROUTER_COMMAND_LABEL:
        return genl_ask(command, &vrouter_label_layout, &label, NULL, NULL);
    case VROUTER_COMMAND_VXLAN_NETWORK:
        return genl_ask(command, &vrouter_vxlan_network_layout, &network, NULL, NULL);
    default:
        next_hop.present = VROUTER_NEXT_HOP_HAS_OPERATION | VROUTER_NEXT_HOP_HAS_GENERATION;
        next_hop.operation = VROUTER_TABLE_OPERATION_SWEEP;
        next_hop.generation = generation;
        return genl_ask(command, &vrouter_next_hop_layout, &next_hop, NULL, NULL);
    }
}

/* Next hops that go round name each other, so that none of them can go first. */
static void untie_next_hops(void)
{
    generation--;
    for (uint32_t index = 0; index < 256; index++) {
        struct vr_next_hop discard = {.index = index, .type = VR_NEXT_HOP_DISCARD, .family = VR_FAMILY_IPV4, .interface = VR_NONE};

        if (next_hops[index / 64] >> index % 64 & 1)
            vr_next_hop_set(NULL, &discard);
    }
    generation++;
}

static void stay_on_one_cpu(void)
{
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET(0, &one);
    sched_setaffinity(0, sizeof(one), &one);
}

/* Empties the module's tables. Interfaces stay, without what rows have said of them: attaching devices takes long. */
static int empty_tables(void)
{
    static const uint8_t order[] = {VROUTER_COMMAND_FLOW, VROUTER_COMMAND_ROUTE, VROUTER_COMMAND_LABEL, VROUTER_COMMAND_VXLAN_NETWORK,
                                    VROUTER_COMMAND_NEXT_HOP};

    generation++;
    for (uint32_t index = 0; index < WIRES_INTERFACES; index++) {
        struct vr_interface neutral = {.index = index,
                                       .type = interfaces[index].type,
                                       .multicast_vrf = VR_NONE,
                                       .next_hop = VR_NONE,
                                       .parent = VR_NONE};

        if (!interfaces[index].exists)
            continue;
        if (is_sub(interfaces[index].type))
            delete_interface(index);
        else
            vr_interface_set(NULL, &neutral);
        interfaces[index].current = false;
    }
    for (unsigned int at = 0; at < sizeof(order); at++) {
        int error = sweep(order[at]);

        if (error == -EBUSY && order[at] == VROUTER_COMMAND_NEXT_HOP) {
            untie_next_hops();
            error = sweep(order[at]);
        }
        if (error) {
            printf("a sweep of table %u failed: %s (%s)\n", order[at], strerror(-error), genl_response.explanation);
            return error;
        }
    }
    memset(next_hops, 0, sizeof(next_hops));
    return 0;
}

/* The namespace of the row before goes when nothing is open in it any more, and its forwarder and devices with it. */
static void enter_namespace(void)
{
    int fd;

    for (uint32_t index = 0; index < WIRES_INTERFACES; index++)
        wires_close(index);
    memset(interfaces, 0, sizeof(interfaces));
    if (unshare(CLONE_NEWNET) != 0) {
        perror("a network namespace");
        exit(2);
    }
    /* IPv6's own packets would be counted with the row's. */
    fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY);
    if (fd >= 0 && write(fd, "1", 1) == 1)
        close(fd);
    genl_close();
    genl_open();
}

int vr_router_create(const struct vr_limits *limits, struct vr_router **router)
{
    int error = 0;

    (void)limits;
    watching = true;
    stay_on_one_cpu();
    if (getenv("FRESH"))
        enter_namespace();
    else
        error = empty_tables();
    if (error)
        return error;
    collect();
    test_forget_events();
    memset(drops, 0, sizeof(drops));
    read_drops();
    memcpy(baseline, drops, sizeof(baseline));
    test.impossible = NULL;
    test.untraced = false;
    *router = (struct vr_router *)&test;
    return 0;
}

void vr_router_destroy(struct vr_router *router)
{
    (void)router;
    test.refusing = 0;
    settle_interfaces();
}
