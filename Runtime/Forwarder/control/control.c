/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Requests: taken apart, handed to the message's handler, and answered. See control.h. */
#include "request.h"

static int handle_hello(struct vr_request *request);

struct handler {
    const struct vrouter_layout *layout;
    int (*handle)(struct vr_request *request);
};

/* By command. */
static const struct handler handlers[] = {
    [VROUTER_COMMAND_HELLO] = {&vrouter_hello_layout, handle_hello},
    [VROUTER_COMMAND_INTERFACE] = {&vrouter_interface_layout, vr_handle_interface},
    [VROUTER_COMMAND_NEXT_HOP] = {&vrouter_next_hop_layout, vr_handle_next_hop},
    [VROUTER_COMMAND_ROUTE] = {&vrouter_route_layout, vr_handle_route},
    [VROUTER_COMMAND_LABEL] = {&vrouter_label_layout, vr_handle_label},
    [VROUTER_COMMAND_VXLAN_NETWORK] = {&vrouter_vxlan_network_layout, vr_handle_vxlan_network},
    [VROUTER_COMMAND_FLOW] = {&vrouter_flow_layout, vr_handle_flow},
    [VROUTER_COMMAND_FLOW_TABLE] = {&vrouter_flow_table_layout, vr_handle_flow_table},
    [VROUTER_COMMAND_VRF] = {&vrouter_vrf_layout, vr_handle_vrf},
    [VROUTER_COMMAND_VRF_STATISTICS] = {&vrouter_vrf_statistics_layout, vr_handle_vrf_statistics},
    [VROUTER_COMMAND_DROP_STATISTICS] = {&vrouter_drop_statistics_layout, vr_handle_drop_statistics},
    [VROUTER_COMMAND_DROP_RECORD] = {&vrouter_drop_record_layout, vr_handle_drop_record},
    [VROUTER_COMMAND_TRACE] = {&vrouter_trace_layout, vr_handle_trace},
};

/* ---- Text ------------------------------------------------------------------------------------------------------------------ */

void vr_copy_text(char *to, size_t size, const char *from)
{
    size_t at = 0;

    for (; from && at + 1 < size && from[at]; at++)
        to[at] = from[at];
    __builtin_memset(to + at, 0, size - at);
}

static void add_text(struct vrouter_response *response, const char *text)
{
    size_t at = 0;

    while (at < VROUTER_RESPONSE_MAXIMUM_EXPLANATION && response->explanation[at])
        at++;
    vr_copy_text(response->explanation + at, sizeof(response->explanation) - at, text);
}

/* ---- Errors --------------------------------------------------------------------------------------------------------------- */

/* Where an attribute begins in the request; of one that is missing, where the attributes end. */
static uint32_t offset_of(const struct vr_request *request, uint16_t number)
{
    struct attribute_cursor cursor = attribute_cursor(request->bytes, request->length);
    const uint8_t *place = cursor.next;
    struct attribute_item attribute;

    while (attribute_next(&cursor, &attribute) > 0) {
        if (attribute.number == number)
            return (uint32_t)(place - request->bytes);
        place = cursor.next;
    }
    return (uint32_t)request->length;
}

int vr_refuse_word(struct vr_request *request, int error, uint16_t attribute, const char *before, const char *word, const char *after)
{
    struct vrouter_response *response = &request->response;

    response->error = (uint32_t)error;
    response->present |= VROUTER_RESPONSE_HAS_EXPLANATION;
    response->explanation[0] = 0;
    add_text(response, before);
    add_text(response, word);
    add_text(response, after);
    if (attribute) {
        response->present |= VROUTER_RESPONSE_HAS_ATTRIBUTE | VROUTER_RESPONSE_HAS_OFFSET;
        response->attribute = attribute;
        response->offset = offset_of(request, attribute);
    }
    return -error;
}

int vr_refuse(struct vr_request *request, int error, uint16_t attribute, const char *explanation)
{
    return vr_refuse_word(request, error, attribute, explanation, "", "");
}

int vr_settle(struct vr_request *request, int error, uint16_t attribute)
{
    switch (-error) {
    case 0:
        return 0;
    case ENOENT:
        return vr_refuse(request, ENOENT, attribute, "there is no such entry");
    case EBUSY:
        return vr_refuse(request, EBUSY, attribute, "other entries refer to this one, or it cannot be changed");
    case ENOSPC:
        return vr_refuse(request, ENOSPC, attribute, "the table is full");
    case ENOMEM:
        return vr_refuse(request, ENOMEM, 0, "there is no memory");
    case EEXIST:
        return vr_refuse(request, EEXIST, attribute, "another flow has this place in the table");
    case EBADF:
        return vr_refuse(request, EBADF, attribute, "another flow has used this place since: the incarnation has passed");
    case EOPNOTSUPP:
        return vr_refuse(request, EOPNOTSUPP, attribute, "this forwarder does not do that");
    default:
        return vr_refuse(request, -error, attribute, "a value is out of range or contradicts another");
    }
}

int vr_refuse_operation(struct vr_request *request, uint16_t attribute)
{
    return vr_refuse(request, EOPNOTSUPP, attribute, "this message does not know the operation");
}

static int refuse_fault(struct vr_request *request, int error, const struct vrouter_fault *fault)
{
    struct vrouter_response *response = &request->response;

    vr_refuse_word(request, -error, 0, fault->set, fault->attribute ? "." : ": ", fault->attribute ? fault->attribute : "");
    if (fault->attribute)
        add_text(response, ": ");
    add_text(response, vrouter_fault_text(fault->reason));
    response->present |= VROUTER_RESPONSE_HAS_ATTRIBUTE | VROUTER_RESPONSE_HAS_OFFSET;
    response->attribute = fault->number;
    response->offset = fault->offset;
    return error;
}

int vr_need(struct vr_request *request, bool is_there, uint16_t attribute, const char *what)
{
    return is_there ? 0 : vr_refuse_word(request, EINVAL, attribute, "the operation needs `", what, "`");
}

int vr_need_vrf(struct vr_request *request, uint32_t vrf, uint16_t attribute)
{
    struct vr_vrf found;

    return vr_vrf_get(request->router, vrf, &found) == 0 ? 0 : vr_refuse(request, ENOENT, attribute, "there is no such VRF");
}

int vr_need_next_hop(struct vr_request *request, uint32_t next_hop, uint16_t attribute)
{
    struct vr_next_hop found;

    return vr_next_hop_get(request->router, next_hop, &found) == 0 ? 0
                                                                    : vr_refuse(request, ENOENT, attribute, "there is no such next hop");
}

int vr_need_interface(struct vr_request *request, uint32_t interface, uint16_t attribute)
{
    struct vr_interface found;

    return vr_interface_get(request->router, interface, &found) == 0 ? 0
                                                                      : vr_refuse(request, ENOENT, attribute, "there is no such interface");
}

int vr_need_flags(struct vr_request *request, uint32_t flags, uint32_t known, uint16_t attribute, const char *(*name_of)(uint32_t))
{
    uint32_t unknown = flags & ~known;
    const char *name;

    if (!unknown)
        return 0;
    name = name_of((uint32_t)__builtin_ctz(unknown));
    return vr_refuse_word(request, EOPNOTSUPP, attribute, "this forwarder does not know the flag `", name ? name : "?", "`");
}

int vr_need_core(struct vr_request *request, bool is_there, uint16_t core, uint16_t attribute, unsigned int *meant)
{
    *meant = is_there ? core : VR_ALL_CORES;
    return !is_there || core < vr_port_cores() ? 0 : vr_refuse(request, EINVAL, attribute, "there are not so many cores");
}

int vr_end_sweep(struct vr_request *request, uint32_t kept)
{
    return kept ? vr_refuse(request, EBUSY, 0, "some entries stay, since entries that are not swept refer to them") : 0;
}

void vr_note_generation(struct vr_control *control, uint32_t generation)
{
    if (generation > control->highest_generation)
        control->highest_generation = generation;
}

/* ---- Answers -------------------------------------------------------------------------------------------------------------- */

enum vr_sent vr_send(struct vr_request *request, const struct vrouter_layout *layout, const void *message)
{
    struct vr_control *control = request->control;
    int length = vrouter_attributes_encode(layout, message, control->encoded, sizeof(control->encoded));

    /* The entry is one that no reader would take: the response says so, and a dump ends there. */
    if (length < 0) {
        vr_refuse_word(request, -length, 0, "an entry cannot be told: it has a value that the message `", layout->name, "` does not allow");
        return VR_SEND_FAILED;
    }
    if (request->response.count > 0 && request->written + (size_t)length > request->answer->part_bytes)
        return VR_PART_FULL;
    request->failure = request->answer->write(request->answer->context, request->command, control->encoded, (size_t)length);
    if (request->failure)
        return VR_SEND_FAILED;
    request->written += (size_t)length;
    request->response.count++;
    return VR_SENT;
}

void vr_go_on(struct vr_request *request, const void *cursor, size_t length)
{
    request->response.present |= VROUTER_RESPONSE_HAS_CURSOR;
    request->response.cursor_length = (uint16_t)length;
    __builtin_memcpy(request->response.cursor, cursor, length);
}

int vr_read_cursor(struct vr_request *request, bool is_there, const uint8_t *bytes, size_t given, uint16_t attribute, void *cursor,
                   size_t length)
{
    if (!is_there)
        return 0;
    if (given != length)
        return vr_refuse(request, EINVAL, attribute, "the cursor is not one that this table gave out");
    __builtin_memcpy(cursor, bytes, length);
    return 0;
}

int vr_read_index_cursor(struct vr_request *request, bool is_there, const uint8_t *bytes, size_t given, uint16_t attribute, uint32_t *index)
{
    *index = 0;
    return vr_read_cursor(request, is_there, bytes, given, attribute, index, sizeof(*index));
}

static int respond(struct vr_request *request)
{
    struct vr_control *control = request->control;
    struct vrouter_response *response = &request->response;
    int length;

    response->present |= VROUTER_RESPONSE_HAS_ERROR | VROUTER_RESPONSE_HAS_COUNT;
    length = vrouter_response_encode(response, control->encoded, sizeof(control->encoded));
    return length < 0 ? length
                      : request->answer->write(request->answer->context, VROUTER_COMMAND_RESPONSE, control->encoded, (size_t)length);
}

int vr_control_request(struct vr_control *control, uint8_t command, const void *attributes, size_t length,
                       const struct vr_control_answer *answer)
{
    const struct handler *handler = command < sizeof(handlers) / sizeof(handlers[0]) ? &handlers[command] : NULL;
    struct vr_request request = {.control = control,
                                 .router = control->router,
                                 .answer = answer,
                                 .command = command,
                                 .bytes = attributes,
                                 .length = length};
    struct vrouter_fault fault;
    int error;

    if (!handler || !handler->handle) {
        vr_refuse(&request, EOPNOTSUPP, 0, "there is no such message, or it is not for the forwarder");
        return respond(&request);
    }
    error = vrouter_attributes_decode(handler->layout, &control->asked, attributes, length, &fault);
    if (error)
        refuse_fault(&request, error, &fault);
    else
        handler->handle(&request);
    return request.failure ? request.failure : respond(&request);
}

/* ---- The greeting --------------------------------------------------------------------------------------------------------- */

static int handle_hello(struct vr_request *request)
{
    struct vr_control *control = request->control;
    const struct vr_limits *limits = control->limits;
    struct vrouter_hello *told = &control->told.hello;

    if (control->asked.hello.sender != VROUTER_PARTY_AGENT)
        return vr_refuse(request, EINVAL, VROUTER_HELLO_ATTRIBUTE_SENDER, "this is the forwarder, and there is no other here");
    __builtin_memset(told, 0, sizeof(*told));
    told->present = VROUTER_HELLO_HAS_SENDER | VROUTER_HELLO_HAS_BUILD | VROUTER_HELLO_HAS_PORT | VROUTER_HELLO_HAS_CAPABILITIES |
                    VROUTER_HELLO_HAS_LIMITS | VROUTER_HELLO_HAS_INSTANCE | VROUTER_HELLO_HAS_GENERATION | VROUTER_HELLO_HAS_CORES;
    told->sender = VROUTER_PARTY_FORWARDER;
    vr_copy_text(told->build, sizeof(told->build), control->build);
    told->port = control->port;
    told->capabilities = VROUTER_CAPABILITIES_MPLS_OVER_GRE | VROUTER_CAPABILITIES_MPLS_OVER_UDP | VROUTER_CAPABILITIES_VXLAN |
                         VROUTER_CAPABILITIES_INNER_FRAGMENTATION;
    told->limits = (struct vrouter_table_limits){
        .present = VROUTER_TABLE_LIMITS_HAS_INTERFACES | VROUTER_TABLE_LIMITS_HAS_VRFS | VROUTER_TABLE_LIMITS_HAS_NEXT_HOPS |
                   VROUTER_TABLE_LIMITS_HAS_LABELS | VROUTER_TABLE_LIMITS_HAS_VXLAN_NETWORKS | VROUTER_TABLE_LIMITS_HAS_BRIDGE_ENTRIES |
                   VROUTER_TABLE_LIMITS_HAS_FLOWS | VROUTER_TABLE_LIMITS_HAS_OVERFLOW_FLOWS | VROUTER_TABLE_LIMITS_HAS_HELD_FLOWS,
        .interfaces = limits->interfaces,
        .vrfs = limits->vrfs,
        .next_hops = limits->next_hops,
        .labels = limits->labels,
        .vxlan_networks = limits->vxlan_networks,
        .bridge_entries = limits->bridge_entries,
        .flows = limits->flows,
        .overflow_flows = limits->overflow_flows,
        .held_flows = limits->held_flows,
    };
    told->instance = control->instance;
    told->generation = control->highest_generation;
    told->cores = (uint16_t)vr_port_cores();
    vr_send(request, &vrouter_hello_layout, told);
    return 0;
}

/* ---- Making and ending ---------------------------------------------------------------------------------------------------- */

int vr_control_create(struct vr_router *router, const char *build, uint8_t port, struct vr_control **made)
{
    const struct vr_limits *limits = vr_router_limits(router);
    struct vr_control *control = vr_port_allocate(sizeof(*control));

    if (!control)
        return -ENOMEM;
    control->router = router;
    control->limits = limits;
    control->build = build;
    control->port = port;
    control->instance = ((uint64_t)vr_port_random() << 32) | vr_port_random();
    control->interfaces = vr_port_allocate(limits->interfaces * sizeof(*control->interfaces));
    control->vrfs = vr_port_allocate(limits->vrfs * sizeof(*control->vrfs));
    if (!control->interfaces || !control->vrfs) {
        vr_control_destroy(control);
        return -ENOMEM;
    }
    *made = control;
    return 0;
}

void vr_control_destroy(struct vr_control *control)
{
    if (!control)
        return;
    if (control->interfaces)
        vr_interface_records_free(control);
    for (uint32_t index = 0; control->vrfs && index < control->limits->vrfs; index++)
        vr_vrf_record_free(control, index);
    vr_port_free(control->interfaces);
    vr_port_free(control->vrfs);
    vr_port_free(control->drop_baseline);
    vr_port_free(control);
}
