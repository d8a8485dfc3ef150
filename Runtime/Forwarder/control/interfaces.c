/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The message `interface`: entries, and the devices that the port ties to them. */
#include "request.h"

static bool is_sub_interface(uint32_t type)
{
    return type == VR_INTERFACE_VIRTUAL_VLAN || type == VR_INTERFACE_VLAN;
}

static void free_record(struct vr_control *control, uint32_t index)
{
    struct vr_interface_record *record = control->interfaces[index];

    if (record)
        vr_port_free(record->baseline);
    vr_port_free(record);
    control->interfaces[index] = NULL;
}

void vr_interface_records_free(struct vr_control *control)
{
    struct vr_interface interface;

    for (uint32_t index = 0; vr_interface_dump(control->router, index, &interface) == 0; index = interface.index + 1) {
        if (!is_sub_interface(interface.type) && interface.device)
            vr_port_detach(interface.device);
        free_record(control, interface.index);
    }
}

/* ---- Answers -------------------------------------------------------------------------------------------------------------- */

static void read_counters(struct vr_control *control, uint32_t index, unsigned int core, struct vrouter_interface_counters *told)
{
    const struct vr_interface_record *record = control->interfaces[index];
    struct vr_interface_counters *counters = &control->counters;

    vr_interface_counters_get(control->router, index, core, counters);
    for (unsigned int at = 0; record->baseline && at < vr_port_cores(); at++) {
        const struct vr_interface_counters *before = &record->baseline[at];

        if (core != VR_ALL_CORES && core != at)
            continue;
        counters->received_packets -= before->received_packets;
        counters->received_bytes -= before->received_bytes;
        counters->transmitted_packets -= before->transmitted_packets;
        counters->transmitted_bytes -= before->transmitted_bytes;
        counters->transmit_errors -= before->transmit_errors;
        counters->dropped_packets -= before->dropped_packets;
    }
    *told = (struct vrouter_interface_counters){
        .present = VROUTER_INTERFACE_COUNTERS_HAS_RECEIVED_PACKETS | VROUTER_INTERFACE_COUNTERS_HAS_RECEIVED_BYTES |
                   VROUTER_INTERFACE_COUNTERS_HAS_RECEIVED_ERRORS | VROUTER_INTERFACE_COUNTERS_HAS_TRANSMITTED_PACKETS |
                   VROUTER_INTERFACE_COUNTERS_HAS_TRANSMITTED_BYTES | VROUTER_INTERFACE_COUNTERS_HAS_TRANSMITTED_ERRORS |
                   VROUTER_INTERFACE_COUNTERS_HAS_DROPPED_PACKETS,
        .received_packets = counters->received_packets,
        .received_bytes = counters->received_bytes,
        .transmitted_packets = counters->transmitted_packets,
        .transmitted_bytes = counters->transmitted_bytes,
        .transmitted_errors = counters->transmit_errors,
        .dropped_packets = counters->dropped_packets,
    };
}

static void fill_in_record(const struct vr_interface_record *record, struct vrouter_interface *told)
{
    told->transport = record->transport;
    if (record->name[0]) {
        told->present |= VROUTER_INTERFACE_HAS_NAME;
        vr_copy_text(told->name, sizeof(told->name), record->name);
    }
    if (record->has_ipv4) {
        told->present |= VROUTER_INTERFACE_HAS_IPV4_ADDRESS;
        told->ipv4_address = record->ipv4;
    }
    if (record->has_ipv6) {
        told->present |= VROUTER_INTERFACE_HAS_IPV6_ADDRESS;
        __builtin_memcpy(told->ipv6_address, record->ipv6, sizeof(record->ipv6));
    }
}

static void fill_in_device(const struct vr_interface *interface, struct vrouter_interface *told)
{
    struct vr_device_state state = {.link_up = false};

    if (interface->device)
        vr_port_device_get(interface->device, &state);
    told->counters.received_errors = state.receive_errors;
    told->counters.transmitted_errors += state.transmit_errors;
    if (state.link_up)
        told->present |= VROUTER_INTERFACE_HAS_LINK_UP;
    if (state.system_index) {
        told->present |= VROUTER_INTERFACE_HAS_SYSTEM_INDEX;
        told->system_index = state.system_index;
    }
    if (state.speed) {
        told->present |= VROUTER_INTERFACE_HAS_SPEED;
        told->speed = state.speed;
    }
}

static void fill_in(const struct vr_interface *interface, struct vrouter_interface *told)
{
    told->generation = interface->generation;
    told->index = interface->index;
    told->type = (uint8_t)interface->type;
    told->flags = interface->flags;
    told->vrf = interface->vrf;
    told->reference_count = interface->users;
    __builtin_memcpy(told->mac, interface->mac.bytes, sizeof(told->mac));
    told->present |= VROUTER_INTERFACE_HAS_GENERATION | VROUTER_INTERFACE_HAS_INDEX | VROUTER_INTERFACE_HAS_TYPE |
                     VROUTER_INTERFACE_HAS_TRANSPORT | VROUTER_INTERFACE_HAS_FLAGS | VROUTER_INTERFACE_HAS_VRF |
                     VROUTER_INTERFACE_HAS_MAC | VROUTER_INTERFACE_HAS_COUNTERS | VROUTER_INTERFACE_HAS_REFERENCE_COUNT;
    if (interface->multicast_vrf != VR_NONE) {
        told->present |= VROUTER_INTERFACE_HAS_MULTICAST_VRF;
        told->multicast_vrf = interface->multicast_vrf;
    }
    if (interface->next_hop != VR_NONE) {
        told->present |= VROUTER_INTERFACE_HAS_NEXT_HOP;
        told->next_hop = interface->next_hop;
    }
    if (interface->mtu) {
        told->present |= VROUTER_INTERFACE_HAS_MTU;
        told->mtu = interface->mtu;
    }
    if (interface->parent != VR_NONE) {
        told->present |= VROUTER_INTERFACE_HAS_PARENT | VROUTER_INTERFACE_HAS_VLAN;
        told->parent = interface->parent;
        told->vlan = interface->vlan;
    }
    if (interface->cross_connect_count) {
        told->present |= VROUTER_INTERFACE_HAS_CROSS_CONNECTS;
        told->cross_connects_count = interface->cross_connect_count;
        __builtin_memcpy(told->cross_connects, interface->cross_connects, sizeof(told->cross_connects));
    }
}

static enum vr_sent tell(struct vr_request *request, const struct vr_interface *interface, uint8_t operation, unsigned int core)
{
    struct vr_control *control = request->control;
    struct vrouter_interface *told = &control->told.interface;

    __builtin_memset(told, 0, sizeof(*told));
    told->present = VROUTER_INTERFACE_HAS_OPERATION;
    told->operation = operation;
    if (core != VR_ALL_CORES) {
        told->present |= VROUTER_INTERFACE_HAS_CORE;
        told->core = (uint16_t)core;
    }
    fill_in(interface, told);
    read_counters(control, interface->index, core, &told->counters);
    fill_in_record(control->interfaces[interface->index], told);
    fill_in_device(interface, told);
    return vr_send(request, &vrouter_interface_layout, told);
}

/* ---- Setting -------------------------------------------------------------------------------------------------------------- */

/* Takes over what the message has. */
static void overlay(const struct vrouter_interface *asked, struct vr_interface *interface, struct vr_interface_record *record)
{
    uint64_t present = asked->present;

    if (present & VROUTER_INTERFACE_HAS_GENERATION)
        interface->generation = asked->generation;
    if (present & VROUTER_INTERFACE_HAS_FLAGS)
        interface->flags = asked->flags;
    if (present & VROUTER_INTERFACE_HAS_VRF)
        interface->vrf = asked->vrf;
    if (present & VROUTER_INTERFACE_HAS_MULTICAST_VRF)
        interface->multicast_vrf = asked->multicast_vrf;
    if (present & VROUTER_INTERFACE_HAS_NEXT_HOP)
        interface->next_hop = asked->next_hop;
    if (present & VROUTER_INTERFACE_HAS_MAC)
        __builtin_memcpy(interface->mac.bytes, asked->mac, sizeof(asked->mac));
    if (present & VROUTER_INTERFACE_HAS_PARENT)
        interface->parent = asked->parent;
    if (present & VROUTER_INTERFACE_HAS_VLAN)
        interface->vlan = asked->vlan;
    if (present & VROUTER_INTERFACE_HAS_CROSS_CONNECTS) {
        interface->cross_connect_count = (uint8_t)asked->cross_connects_count;
        __builtin_memcpy(interface->cross_connects, asked->cross_connects, sizeof(interface->cross_connects));
    }
    if (present & VROUTER_INTERFACE_HAS_MTU) {
        interface->mtu = asked->mtu;
        record->has_mtu = true;
    }
    if (present & VROUTER_INTERFACE_HAS_TRANSPORT)
        record->transport = asked->transport;
    if (present & VROUTER_INTERFACE_HAS_SYSTEM_INDEX)
        record->system_index = asked->system_index;
    if (present & VROUTER_INTERFACE_HAS_NAME)
        vr_copy_text(record->name, sizeof(record->name), asked->name);
    if (present & VROUTER_INTERFACE_HAS_IPV4_ADDRESS) {
        record->has_ipv4 = true;
        record->ipv4 = asked->ipv4_address;
    }
    if (present & VROUTER_INTERFACE_HAS_IPV6_ADDRESS) {
        record->has_ipv6 = true;
        __builtin_memcpy(record->ipv6, asked->ipv6_address, sizeof(record->ipv6));
    }
}

/* What the core and its ports do not do. */
static int check_features(struct vr_request *request, const struct vrouter_interface *asked)
{
    if (asked->present & VROUTER_INTERFACE_HAS_OUTER_VLAN)
        return vr_refuse(request, EOPNOTSUPP, VROUTER_INTERFACE_ATTRIBUTE_OUTER_VLAN, "this forwarder does not put two tags on frames");
    if (asked->present & VROUTER_INTERFACE_HAS_MIRROR)
        return vr_refuse(request, EOPNOTSUPP, VROUTER_INTERFACE_ATTRIBUTE_MIRROR, "this forwarder does not mirror");
    if (asked->present & VROUTER_INTERFACE_HAS_QOS_MAP)
        return vr_refuse(request, EOPNOTSUPP, VROUTER_INTERFACE_ATTRIBUTE_QOS_MAP, "this forwarder has no maps of code points");
    if ((asked->present & VROUTER_INTERFACE_HAS_TYPE) && asked->type == VROUTER_INTERFACE_TYPE_MONITORING)
        return vr_refuse(request, EOPNOTSUPP, VROUTER_INTERFACE_ATTRIBUTE_TYPE, "this forwarder has no monitoring interfaces");
    return vr_need_flags(request, asked->flags, VR_INTERFACE_FLAGS, VROUTER_INTERFACE_ATTRIBUTE_FLAGS, vrouter_interface_flags_name);
}

/* What the entry refers to, and whether its parts go together: everything that the core would refuse, by attribute. */
static int check(struct vr_request *request, const struct vr_interface *interface, const struct vr_interface_record *record)
{
    bool is_sub = is_sub_interface(interface->type);
    int error = vr_need_vrf(request, interface->vrf, VROUTER_INTERFACE_ATTRIBUTE_VRF);

    if (!error && interface->multicast_vrf != VR_NONE)
        error = vr_need_vrf(request, interface->multicast_vrf, VROUTER_INTERFACE_ATTRIBUTE_MULTICAST_VRF);
    if (!error && interface->next_hop != VR_NONE)
        error = vr_need_next_hop(request, interface->next_hop, VROUTER_INTERFACE_ATTRIBUTE_NEXT_HOP);
    if (error)
        return error;
    for (unsigned int at = 0; at < interface->cross_connect_count; at++) {
        if (interface->cross_connects[at] >= request->control->limits->interfaces)
            return vr_refuse(request, EINVAL, VROUTER_INTERFACE_ATTRIBUTE_CROSS_CONNECTS, "an index is not below the table's limit");
    }
    if (vr_mac_is_multicast(interface->mac.bytes))
        return vr_refuse(request, EINVAL, VROUTER_INTERFACE_ATTRIBUTE_MAC, "an interface's MAC address is not one of a group");
    if (!is_sub) {
        if (interface->parent != VR_NONE)
            return vr_refuse(request, EINVAL, VROUTER_INTERFACE_ATTRIBUTE_PARENT, "only sub-interfaces have a parent");
        if (interface->vlan)
            return vr_refuse(request, EOPNOTSUPP, VROUTER_INTERFACE_ATTRIBUTE_VLAN, "only sub-interfaces have a VLAN here");
        return vr_need(request, record->name[0] != 0, VROUTER_INTERFACE_ATTRIBUTE_NAME, "name");
    }
    error = vr_need(request, interface->parent != VR_NONE, VROUTER_INTERFACE_ATTRIBUTE_PARENT, "parent");
    error = error ? error : vr_need(request, interface->vlan != 0, VROUTER_INTERFACE_ATTRIBUTE_VLAN, "vlan");
    return error ? error : vr_need_interface(request, interface->parent, VROUTER_INTERFACE_ATTRIBUTE_PARENT);
}

static int settle_attach(struct vr_request *request, int error)
{
    switch (-error) {
    case ENODEV:
        return vr_refuse(request, ENODEV, VROUTER_INTERFACE_ATTRIBUTE_NAME, "the device cannot be used, or there is none of this kind");
    case EBUSY:
        return vr_refuse(request, EBUSY, VROUTER_INTERFACE_ATTRIBUTE_NAME, "another interface has the device");
    case EOPNOTSUPP:
        return vr_refuse(request, EOPNOTSUPP, VROUTER_INTERFACE_ATTRIBUTE_TRANSPORT, "this forwarder has no such transport");
    case EPERM:
    case EACCES:
        return vr_refuse(request, EPERM, VROUTER_INTERFACE_ATTRIBUTE_NAME, "the forwarder may not open devices; it needs CAP_NET_RAW and CAP_NET_ADMIN");
    default:
        return vr_refuse(request, -error, VROUTER_INTERFACE_ATTRIBUTE_NAME, "the device cannot be opened");
    }
}

static int find_device(struct vr_request *request, struct vr_interface *interface, const struct vr_interface_record *record)
{
    struct vr_device_wanted wanted = {
        .interface = interface->index,
        .type = interface->type,
        .transport = record->transport,
        .flags = interface->flags,
        .system_index = record->system_index,
        .name = record->name,
        .mac = interface->mac,
    };
    struct vr_device_state state = {.link_up = false};
    struct vr_interface parent;
    int error;

    if (is_sub_interface(interface->type)) {
        error = vr_interface_get(request->router, interface->parent, &parent);
        interface->device = error ? NULL : parent.device;
        if (!record->has_mtu)
            interface->mtu = error ? 0 : parent.mtu;
        return error ? vr_settle(request, error, VROUTER_INTERFACE_ATTRIBUTE_PARENT) : 0;
    }
    error = vr_port_attach(&wanted, interface->device, &interface->device);
    if (error)
        return settle_attach(request, error);
    if (!record->has_mtu) {
        vr_port_device_get(interface->device, &state);
        interface->mtu = state.mtu >= 68 && state.mtu <= 65535 ? state.mtu : 0;
    }
    return 0;
}

/* Sub-interfaces have their parent's device, whichever that now is. */
static void hand_down_device(struct vr_control *control, const struct vr_interface *parent)
{
    struct vr_interface interface;

    for (uint32_t index = 0; vr_interface_dump(control->router, index, &interface) == 0; index = interface.index + 1) {
        if (interface.parent != parent->index || !is_sub_interface(interface.type))
            continue;
        interface.device = parent->device;
        if (!control->interfaces[interface.index]->has_mtu)
            interface.mtu = parent->mtu;
        /* Without memory it keeps a device that is closed, which refuses packets. */
        vr_interface_set(control->router, &interface);
    }
}

/* Checks all, finds the device, and sets the entry. `record` is the new one, which then is the table's. */
static int install(struct vr_request *request, struct vr_interface *interface, struct vr_interface_record *record)
{
    struct vr_control *control = request->control;
    struct vr_interface_record *old = control->interfaces[interface->index];
    void *old_device = interface->device;
    int error = check(request, interface, record);

    error = error ? error : find_device(request, interface, record);
    if (error)
        return error;
    error = vr_interface_set(request->router, interface);
    if (error) {
        if (!is_sub_interface(interface->type) && interface->device != old_device)
            vr_port_detach(interface->device);
        return vr_settle(request, error, VROUTER_INTERFACE_ATTRIBUTE_INDEX);
    }
    record->baseline = old ? old->baseline : NULL;
    vr_port_free(old);
    control->interfaces[interface->index] = record;
    if (!is_sub_interface(interface->type) && old_device && interface->device != old_device) {
        hand_down_device(control, interface);
        vr_port_detach(old_device);
    }
    vr_note_generation(control, interface->generation);
    return 0;
}

static int set(struct vr_request *request, const struct vrouter_interface *asked)
{
    struct vr_control *control = request->control;
    struct vr_interface interface = {.multicast_vrf = VR_NONE, .next_hop = VR_NONE, .parent = VR_NONE}, old = {.device = NULL};
    bool is_change = asked->operation == VROUTER_TABLE_OPERATION_CHANGE, exists;
    struct vr_interface_record *record;
    int error;

    if (asked->index >= control->limits->interfaces)
        return vr_refuse(request, EINVAL, VROUTER_INTERFACE_ATTRIBUTE_INDEX, "the index is not below the table's limit");
    exists = vr_interface_get(request->router, asked->index, &old) == 0;
    if (is_change && !exists)
        return vr_settle(request, -ENOENT, VROUTER_INTERFACE_ATTRIBUTE_INDEX);
    error = is_change ? 0 : vr_need(request, asked->present & VROUTER_INTERFACE_HAS_TYPE, VROUTER_INTERFACE_ATTRIBUTE_TYPE, "type");
    error = error ? error : check_features(request, asked);
    if (error)
        return error;
    if (exists && (asked->present & VROUTER_INTERFACE_HAS_TYPE) && asked->type != old.type)
        return vr_refuse(request, EINVAL, VROUTER_INTERFACE_ATTRIBUTE_TYPE, "an interface's type is fixed: delete it first");
    record = vr_port_allocate(sizeof(*record));
    if (!record)
        return vr_settle(request, -ENOMEM, 0);
    if (is_change) {
        interface = old;
        *record = *control->interfaces[asked->index];
    } else {
        interface.index = asked->index;
        interface.type = asked->type;
        interface.device = old.device;
    }
    overlay(asked, &interface, record);
    error = install(request, &interface, record);
    if (error)
        vr_port_free(record);
    return error;
}

/* ---- Deleting ------------------------------------------------------------------------------------------------------------- */

static int remove_interface(struct vr_control *control, const struct vr_interface *interface)
{
    int error = vr_interface_delete(control->router, interface->index);

    if (error)
        return error;
    if (!is_sub_interface(interface->type) && interface->device)
        vr_port_detach(interface->device);
    free_record(control, interface->index);
    return 0;
}

void vr_interfaces_release_next_hops(struct vr_control *control, uint32_t generation)
{
    struct vr_interface interface;

    for (uint32_t index = 0; vr_interface_dump(control->router, index, &interface) == 0; index = interface.index + 1) {
        if (interface.generation == generation || interface.next_hop == VR_NONE || interface.next_hop == 0)
            continue;
        /* Not VR_NONE: without a next hop in the keys there would be no policy. */
        interface.next_hop = 0;
        vr_interface_set(control->router, &interface);
    }
}

static int sweep(struct vr_request *request, uint32_t generation)
{
    struct vr_interface interface;
    uint32_t kept = 0;

    /* Sub-interfaces first: they refer to their parents. */
    for (unsigned int pass = 0; pass < 2; pass++) {
        for (uint32_t index = 0; vr_interface_dump(request->router, index, &interface) == 0; index = interface.index + 1) {
            if (interface.generation == generation || is_sub_interface(interface.type) != (pass == 0))
                continue;
            if (remove_interface(request->control, &interface) == 0)
                request->response.count++;
            else
                kept++;
        }
    }
    return vr_end_sweep(request, kept);
}

/* ---- Reading -------------------------------------------------------------------------------------------------------------- */

static int dump(struct vr_request *request, const struct vrouter_interface *asked, unsigned int core)
{
    struct vr_interface interface;
    uint32_t index;
    int error = vr_read_index_cursor(request, asked->present & VROUTER_INTERFACE_HAS_CURSOR, asked->cursor, asked->cursor_length,
                                     VROUTER_INTERFACE_ATTRIBUTE_CURSOR, &index);

    for (; !error && vr_interface_dump(request->router, index, &interface) == 0; index = interface.index + 1) {
        enum vr_sent sent = tell(request, &interface, asked->operation, core);

        if (sent == VR_PART_FULL)
            vr_go_on(request, &interface.index, sizeof(interface.index));
        if (sent != VR_SENT)
            break;
    }
    return error;
}

/* Takes what the counters are as zero: all but those of drops by reason, which `drop-statistics` resets. */
static int reset(struct vr_control *control, uint32_t index, unsigned int core)
{
    struct vr_interface_record *record = control->interfaces[index];
    struct vr_interface_counters *counters = &control->counters;

    if (!record->baseline)
        record->baseline = vr_port_allocate(vr_port_cores() * sizeof(*record->baseline));
    if (!record->baseline)
        return -ENOMEM;
    for (unsigned int at = 0; at < vr_port_cores(); at++) {
        if (core != VR_ALL_CORES && core != at)
            continue;
        vr_interface_counters_get(control->router, index, at, counters);
        __builtin_memcpy(&record->baseline[at], counters, offsetof(struct vr_interface_counters, drops));
    }
    return 0;
}

static int reset_all(struct vr_request *request, const struct vrouter_interface *asked, unsigned int core)
{
    struct vr_interface interface;
    uint32_t index;
    int error = vr_read_index_cursor(request, asked->present & VROUTER_INTERFACE_HAS_CURSOR, asked->cursor, asked->cursor_length,
                                     VROUTER_INTERFACE_ATTRIBUTE_CURSOR, &index);

    for (; !error && vr_interface_dump(request->router, index, &interface) == 0; index = interface.index + 1) {
        enum vr_sent sent = tell(request, &interface, asked->operation, core);

        if (sent == VR_PART_FULL)
            vr_go_on(request, &interface.index, sizeof(interface.index));
        if (sent != VR_SENT)
            break;
        error = vr_settle(request, reset(request->control, interface.index, core), 0);
    }
    return error;
}

static int handle_one(struct vr_request *request, const struct vrouter_interface *asked, unsigned int core)
{
    struct vr_interface interface;
    int error = vr_need(request, asked->present & VROUTER_INTERFACE_HAS_INDEX, VROUTER_INTERFACE_ATTRIBUTE_INDEX, "index");

    if (error)
        return error;
    if (asked->operation == VROUTER_TABLE_OPERATION_ADD || asked->operation == VROUTER_TABLE_OPERATION_CHANGE)
        return set(request, asked);
    error = vr_interface_get(request->router, asked->index, &interface);
    if (error)
        return vr_settle(request, error, VROUTER_INTERFACE_ATTRIBUTE_INDEX);
    if (asked->operation == VROUTER_TABLE_OPERATION_DELETE)
        return vr_settle(request, remove_interface(request->control, &interface), VROUTER_INTERFACE_ATTRIBUTE_INDEX);
    if (tell(request, &interface, asked->operation, core) == VR_SENT && asked->operation == VROUTER_TABLE_OPERATION_RESET)
        error = vr_settle(request, reset(request->control, interface.index, core), 0);
    return error;
}

int vr_handle_interface(struct vr_request *request)
{
    const struct vrouter_interface *asked = &request->control->asked.interface;
    unsigned int core;
    int error = vr_need_core(request, asked->present & VROUTER_INTERFACE_HAS_CORE, asked->core, VROUTER_INTERFACE_ATTRIBUTE_CORE, &core);

    if (error)
        return error;
    switch (asked->operation) {
    case VROUTER_TABLE_OPERATION_DUMP:
        return dump(request, asked, core);
    case VROUTER_TABLE_OPERATION_SWEEP:
        error = vr_need(request, asked->present & VROUTER_INTERFACE_HAS_GENERATION, VROUTER_INTERFACE_ATTRIBUTE_GENERATION, "generation");
        vr_note_generation(request->control, asked->generation);
        return error ? error : sweep(request, asked->generation);
    case VROUTER_TABLE_OPERATION_RESET:
        if (!(asked->present & VROUTER_INTERFACE_HAS_INDEX))
            return reset_all(request, asked, core);
        return handle_one(request, asked, core);
    default:
        return handle_one(request, asked, core);
    }
}

int vr_control_device_changed(struct vr_control *control, uint32_t index, const struct vr_control_answer *answer)
{
    struct vr_request request = {.control = control, .router = control->router, .answer = answer, .command = VROUTER_COMMAND_INTERFACE};
    struct vr_device_state state = {.link_up = false};
    struct vr_interface interface;

    if (vr_interface_get(control->router, index, &interface) != 0 || !interface.device)
        return -ENOENT;
    vr_port_device_get(interface.device, &state);
    if (!control->interfaces[index]->has_mtu && state.mtu >= 68 && state.mtu <= 65535 && state.mtu != interface.mtu) {
        interface.mtu = state.mtu;
        vr_interface_set(control->router, &interface);
        hand_down_device(control, &interface);
    }
    tell(&request, &interface, VROUTER_TABLE_OPERATION_CHANGE, VR_ALL_CORES);
    return request.failure ? request.failure : -(int)request.response.error;
}
