/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The message `route`: IPv4 and IPv6 routes, and bridge entries. */
#include "request.h"

/* ---- IP routes ------------------------------------------------------------------------------------------------------------ */

/* Where a dump of routes goes on: behind this one. */
struct route_cursor {
    uint32_t vrf;
    /* 0: at the beginning of the VRF. */
    uint8_t begun;
    uint8_t length;
    uint8_t prefix[VR_IPV6_ADDRESS_BYTES];
};

static enum vr_sent tell_route(struct vr_request *request, const struct vr_route *route, uint8_t operation)
{
    struct vrouter_route *told = &request->control->told.route;

    __builtin_memset(told, 0, sizeof(*told));
    told->present = VROUTER_ROUTE_HAS_OPERATION | VROUTER_ROUTE_HAS_GENERATION | VROUTER_ROUTE_HAS_VRF | VROUTER_ROUTE_HAS_FAMILY |
                    VROUTER_ROUTE_HAS_PREFIX_LENGTH | VROUTER_ROUTE_HAS_NEXT_HOP | VROUTER_ROUTE_HAS_ROUTE_FLAGS;
    told->operation = operation;
    told->generation = route->generation;
    told->vrf = route->vrf;
    told->family = route->family;
    told->prefix_length = route->length;
    told->next_hop = route->next_hop;
    told->route_flags = route->flags;
    if (route->family == VR_FAMILY_IPV6) {
        told->present |= VROUTER_ROUTE_HAS_IPV6_PREFIX;
        __builtin_memcpy(told->ipv6_prefix, route->prefix, sizeof(told->ipv6_prefix));
    } else {
        told->present |= VROUTER_ROUTE_HAS_IPV4_PREFIX;
        __builtin_memcpy(&told->ipv4_prefix, route->prefix, sizeof(told->ipv4_prefix));
    }
    if (route->label != VR_NONE) {
        told->present |= VROUTER_ROUTE_HAS_LABEL;
        told->label = route->label;
    }
    if (!vr_mac_is_zero(route->stitched_mac.bytes)) {
        told->present |= VROUTER_ROUTE_HAS_STITCHED_MAC;
        __builtin_memcpy(told->stitched_mac, route->stitched_mac.bytes, sizeof(told->stitched_mac));
    }
    return vr_send(request, &vrouter_route_layout, told);
}

/* The key of an IP route. 0, or refuses what is missing or out of range. */
static int read_key(struct vr_request *request, const struct vrouter_route *asked, struct vr_route *route)
{
    bool is_ipv6 = asked->family == VROUTER_ADDRESS_FAMILY_INET6;
    uint8_t whole = is_ipv6 ? 128 : 32;
    int error = is_ipv6 ? vr_need(request, asked->present & VROUTER_ROUTE_HAS_IPV6_PREFIX, VROUTER_ROUTE_ATTRIBUTE_IPV6_PREFIX, "ipv6-prefix")
                        : vr_need(request, asked->present & VROUTER_ROUTE_HAS_IPV4_PREFIX, VROUTER_ROUTE_ATTRIBUTE_IPV4_PREFIX, "ipv4-prefix");

    if (error)
        return error;
    *route = (struct vr_route){.vrf = asked->vrf, .family = asked->family, .length = whole, .label = VR_NONE};
    if (asked->present & VROUTER_ROUTE_HAS_PREFIX_LENGTH)
        route->length = asked->prefix_length;
    if (route->length > whole)
        return vr_refuse(request, EINVAL, VROUTER_ROUTE_ATTRIBUTE_PREFIX_LENGTH, "an IPv4 prefix has 32 bits at most");
    if (is_ipv6)
        __builtin_memcpy(route->prefix, asked->ipv6_prefix, sizeof(asked->ipv6_prefix));
    else
        __builtin_memcpy(route->prefix, &asked->ipv4_prefix, sizeof(asked->ipv4_prefix));
    return 0;
}

static int set_route(struct vr_request *request, const struct vrouter_route *asked, struct vr_route *route)
{
    int error = 0;

    if (asked->operation == VROUTER_TABLE_OPERATION_CHANGE)
        error = vr_settle(request, vr_route_get(request->router, route), 0);
    else
        error = vr_need(request, asked->present & VROUTER_ROUTE_HAS_NEXT_HOP, VROUTER_ROUTE_ATTRIBUTE_NEXT_HOP, "next-hop");
    if (error)
        return error;
    if (asked->present & VROUTER_ROUTE_HAS_GENERATION)
        route->generation = asked->generation;
    if (asked->present & VROUTER_ROUTE_HAS_NEXT_HOP)
        route->next_hop = asked->next_hop;
    if (asked->present & VROUTER_ROUTE_HAS_LABEL)
        route->label = asked->label;
    if (asked->present & VROUTER_ROUTE_HAS_STITCHED_MAC)
        __builtin_memcpy(route->stitched_mac.bytes, asked->stitched_mac, sizeof(asked->stitched_mac));
    if (asked->present & VROUTER_ROUTE_HAS_ROUTE_FLAGS)
        route->flags = asked->route_flags;
    if (vr_mac_is_multicast(route->stitched_mac.bytes))
        return vr_refuse(request, EINVAL, VROUTER_ROUTE_ATTRIBUTE_STITCHED_MAC, "a workload's MAC address is not one of a group");
    error = vr_need_next_hop(request, route->next_hop, VROUTER_ROUTE_ATTRIBUTE_NEXT_HOP);
    if (error)
        return error;
    error = vr_route_set(request->router, route);
    if (!error)
        vr_note_generation(request->control, route->generation);
    return vr_settle(request, error, 0);
}

static int handle_route(struct vr_request *request, const struct vrouter_route *asked)
{
    struct vr_route route;
    int error = read_key(request, asked, &route);

    if (error)
        return error;
    switch (asked->operation) {
    case VROUTER_TABLE_OPERATION_GET:
        /* A single address: by longest match. */
        if (!(asked->present & VROUTER_ROUTE_HAS_PREFIX_LENGTH) || vr_route_get(request->router, &route) != 0)
            error = vr_route_find(request->router, &route);
        if (!error)
            tell_route(request, &route, asked->operation);
        return vr_settle(request, error, 0);
    case VROUTER_TABLE_OPERATION_DELETE:
        return vr_settle(request, vr_route_delete(request->router, &route), 0);
    default:
        return set_route(request, asked, &route);
    }
}

/* Moves to the next route in any VRF. false: there is none. */
static bool next_route(const struct vr_router *router, bool one_vrf, struct vr_route *route, bool *begun)
{
    uint8_t family = route->family;
    struct vr_vrf vrf;

    for (;;) {
        if (vr_route_dump(router, route, !*begun) == 0) {
            *begun = true;
            return true;
        }
        if (one_vrf || vr_vrf_dump(router, route->vrf + 1, &vrf) != 0)
            return false;
        *route = (struct vr_route){.vrf = vrf.index, .family = family};
        *begun = false;
    }
}

static int dump_routes(struct vr_request *request, const struct vrouter_route *asked)
{
    bool one_vrf = (asked->present & VROUTER_ROUTE_HAS_VRF) != 0, begun;
    struct route_cursor cursor = {.vrf = asked->vrf};
    struct vr_route route = {.family = asked->family};
    int error = vr_read_cursor(request, asked->present & VROUTER_ROUTE_HAS_CURSOR, asked->cursor, asked->cursor_length,
                               VROUTER_ROUTE_ATTRIBUTE_CURSOR, &cursor, sizeof(cursor));

    if (error)
        return error;
    if (cursor.length > (asked->family == VROUTER_ADDRESS_FAMILY_INET6 ? 128 : 32) || (one_vrf && cursor.vrf != asked->vrf))
        return vr_refuse(request, EINVAL, VROUTER_ROUTE_ATTRIBUTE_CURSOR, "the cursor is not one that this table gave out");
    route.vrf = cursor.vrf;
    route.length = cursor.length;
    __builtin_memcpy(route.prefix, cursor.prefix, sizeof(cursor.prefix));
    begun = cursor.begun != 0;
    while (next_route(request->router, one_vrf, &route, &begun)) {
        enum vr_sent sent = tell_route(request, &route, asked->operation);

        if (sent == VR_PART_FULL)
            vr_go_on(request, &cursor, sizeof(cursor));
        if (sent != VR_SENT)
            break;
        __builtin_memset(&cursor, 0, sizeof(cursor));
        cursor.vrf = route.vrf;
        cursor.begun = 1;
        cursor.length = route.length;
        __builtin_memcpy(cursor.prefix, route.prefix, sizeof(cursor.prefix));
    }
    return 0;
}

static void sweep_routes(struct vr_request *request, const struct vrouter_route *asked)
{
    bool one_vrf = (asked->present & VROUTER_ROUTE_HAS_VRF) != 0, begun = false;
    struct vr_route route = {.vrf = asked->vrf, .family = asked->family};

    while (next_route(request->router, one_vrf, &route, &begun)) {
        if (route.generation != asked->generation && vr_route_delete(request->router, &route) == 0)
            request->response.count++;
    }
}

/* ---- Bridge entries ------------------------------------------------------------------------------------------------------- */

static enum vr_sent tell_bridge(struct vr_request *request, const struct vr_bridge_entry *entry, uint8_t operation)
{
    struct vrouter_route *told = &request->control->told.route;

    __builtin_memset(told, 0, sizeof(*told));
    told->present = VROUTER_ROUTE_HAS_OPERATION | VROUTER_ROUTE_HAS_GENERATION | VROUTER_ROUTE_HAS_VRF | VROUTER_ROUTE_HAS_FAMILY |
                    VROUTER_ROUTE_HAS_MAC_ADDRESS | VROUTER_ROUTE_HAS_NEXT_HOP | VROUTER_ROUTE_HAS_BRIDGE_FLAGS |
                    VROUTER_ROUTE_HAS_PACKETS;
    told->operation = operation;
    told->generation = entry->generation;
    told->vrf = entry->vrf;
    told->family = VROUTER_ADDRESS_FAMILY_BRIDGE;
    told->next_hop = entry->next_hop;
    told->bridge_flags = entry->flags;
    told->packets = entry->packets;
    __builtin_memcpy(told->mac_address, entry->mac.bytes, sizeof(told->mac_address));
    if (entry->label != VR_NONE) {
        told->present |= VROUTER_ROUTE_HAS_LABEL;
        told->label = entry->label;
    }
    return vr_send(request, &vrouter_route_layout, told);
}

static int set_bridge(struct vr_request *request, const struct vrouter_route *asked, struct vr_bridge_entry *entry)
{
    int error;

    if (asked->operation == VROUTER_TABLE_OPERATION_CHANGE)
        error = vr_settle(request, vr_bridge_get(request->router, entry), VROUTER_ROUTE_ATTRIBUTE_MAC_ADDRESS);
    else
        error = vr_need(request, asked->present & VROUTER_ROUTE_HAS_NEXT_HOP, VROUTER_ROUTE_ATTRIBUTE_NEXT_HOP, "next-hop");
    if (error)
        return error;
    if (asked->present & VROUTER_ROUTE_HAS_GENERATION)
        entry->generation = asked->generation;
    if (asked->present & VROUTER_ROUTE_HAS_NEXT_HOP)
        entry->next_hop = asked->next_hop;
    if (asked->present & VROUTER_ROUTE_HAS_LABEL)
        entry->label = asked->label;
    if (asked->present & VROUTER_ROUTE_HAS_BRIDGE_FLAGS)
        entry->flags = asked->bridge_flags;
    error = vr_need_flags(request, entry->flags, VR_BRIDGE_FLAGS, VROUTER_ROUTE_ATTRIBUTE_BRIDGE_FLAGS, vrouter_bridge_flags_name);
    error = error ? error : vr_need_next_hop(request, entry->next_hop, VROUTER_ROUTE_ATTRIBUTE_NEXT_HOP);
    if (error)
        return error;
    error = vr_bridge_set(request->router, entry);
    if (!error)
        vr_note_generation(request->control, entry->generation);
    return vr_settle(request, error, 0);
}

static int handle_bridge(struct vr_request *request, const struct vrouter_route *asked)
{
    struct vr_bridge_entry entry = {.vrf = asked->vrf, .label = VR_NONE};
    int error = vr_need(request, asked->present & VROUTER_ROUTE_HAS_MAC_ADDRESS, VROUTER_ROUTE_ATTRIBUTE_MAC_ADDRESS, "mac-address");

    if (error)
        return error;
    __builtin_memcpy(entry.mac.bytes, asked->mac_address, sizeof(asked->mac_address));
    switch (asked->operation) {
    case VROUTER_TABLE_OPERATION_GET:
        error = vr_bridge_get(request->router, &entry);
        if (!error)
            tell_bridge(request, &entry, asked->operation);
        return vr_settle(request, error, VROUTER_ROUTE_ATTRIBUTE_MAC_ADDRESS);
    case VROUTER_TABLE_OPERATION_DELETE:
        return vr_settle(request, vr_bridge_delete(request->router, &entry), VROUTER_ROUTE_ATTRIBUTE_MAC_ADDRESS);
    default:
        return set_bridge(request, asked, &entry);
    }
}

static int dump_bridge(struct vr_request *request, const struct vrouter_route *asked)
{
    struct vr_bridge_entry entry;
    uint64_t cursor = 0, before;
    int error = vr_read_cursor(request, asked->present & VROUTER_ROUTE_HAS_CURSOR, asked->cursor, asked->cursor_length,
                               VROUTER_ROUTE_ATTRIBUTE_CURSOR, &cursor, sizeof(cursor));

    for (before = cursor; !error && vr_bridge_dump(request->router, &cursor, &entry) == 0; before = cursor) {
        enum vr_sent sent;

        if ((asked->present & VROUTER_ROUTE_HAS_VRF) && entry.vrf != asked->vrf)
            continue;
        sent = tell_bridge(request, &entry, asked->operation);
        if (sent == VR_PART_FULL)
            vr_go_on(request, &before, sizeof(before));
        if (sent != VR_SENT)
            break;
    }
    return error;
}

static void sweep_bridge(struct vr_request *request, const struct vrouter_route *asked)
{
    struct vr_bridge_entry entry;
    uint64_t cursor = 0;

    while (vr_bridge_dump(request->router, &cursor, &entry) == 0) {
        if (entry.generation == asked->generation || ((asked->present & VROUTER_ROUTE_HAS_VRF) && entry.vrf != asked->vrf))
            continue;
        if (vr_bridge_delete(request->router, &entry) == 0)
            request->response.count++;
    }
}

/* ---- Both ----------------------------------------------------------------------------------------------------------------- */

int vr_handle_route(struct vr_request *request)
{
    const struct vrouter_route *asked = &request->control->asked.route;
    bool is_bridge = asked->family == VROUTER_ADDRESS_FAMILY_BRIDGE;
    int error = 0;

    if (asked->operation == VROUTER_TABLE_OPERATION_RESET)
        return vr_refuse_operation(request, VROUTER_ROUTE_ATTRIBUTE_OPERATION);
    if (asked->operation == VROUTER_TABLE_OPERATION_SWEEP) {
        error = vr_need(request, asked->present & VROUTER_ROUTE_HAS_GENERATION, VROUTER_ROUTE_ATTRIBUTE_GENERATION, "generation");
        if (error)
            return error;
        vr_note_generation(request->control, asked->generation);
        if (is_bridge)
            sweep_bridge(request, asked);
        else
            sweep_routes(request, asked);
        return 0;
    }
    if (asked->operation == VROUTER_TABLE_OPERATION_DUMP)
        return is_bridge ? dump_bridge(request, asked) : dump_routes(request, asked);
    error = vr_need(request, asked->present & VROUTER_ROUTE_HAS_VRF, VROUTER_ROUTE_ATTRIBUTE_VRF, "vrf");
    error = error ? error : vr_need_vrf(request, asked->vrf, VROUTER_ROUTE_ATTRIBUTE_VRF);
    if (error)
        return error;
    return is_bridge ? handle_bridge(request, asked) : handle_route(request, asked);
}
