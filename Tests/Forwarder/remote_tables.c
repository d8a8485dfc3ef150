/* The tables of a forwarder that is elsewhere, set by messages: see remote.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flow.h"
#include "next_hop.h"
#include "remote.h"
#include "route.h"
#include "test_port.h"
#include "vrf.h"
#include "vrouter_flow.h"
#include "vrouter_label.h"
#include "vrouter_next_hop.h"
#include "vrouter_route.h"
#include "vrouter_vrf.h"

enum { MOST_NAMED = 65536, ADD = VROUTER_TABLE_OPERATION_ADD, DELETE = VROUTER_TABLE_OPERATION_DELETE, GET = VROUTER_TABLE_OPERATION_GET };

bool remote_changed;
struct remote_interface remote_interfaces[REMOTE_INTERFACES];
const struct remote_devices *remote_devices;

static char names[MOST_NAMED][VROUTER_INTERFACE_MAXIMUM_NAME + 1];

/* A table's message, and what each that sets an entry has. */
#define MESSAGE(NAME, lower)                                                                                       \
    struct vrouter_##lower message = {.present = VROUTER_##NAME##_HAS_OPERATION | VROUTER_##NAME##_HAS_GENERATION, \
                                      .operation = ADD, .generation = remote_generation}
/* Gives it an attribute, if that is there. */
#define PUT_IF(is_there, NAME, attribute, value) \
    do {                                         \
        if (is_there) {                          \
            message.present |= VROUTER_##NAME;   \
            message.attribute = (value);         \
        }                                        \
    } while (0)
/* The same for bytes, of which there must be as many as the attribute has. */
#define PUT_BYTES_IF(is_there, NAME, attribute, value)                      \
    do {                                                                    \
        if (is_there) {                                                     \
            message.present |= VROUTER_##NAME;                              \
            memcpy(&message.attribute, (value), sizeof(message.attribute)); \
        }                                                                   \
    } while (0)
#define ASK(NAME, lower) (remote_changed = true, remote_ask(VROUTER_COMMAND_##NAME, &vrouter_##lower##_layout, &message))

int vr_vrf_set(struct vr_router *router, const struct vr_vrf *vrf)
{
    MESSAGE(VRF, vrf);

    (void)router;
    PUT_IF(true, VRF_HAS_INDEX, index, vrf->index);
    PUT_IF(true, VRF_HAS_FLAGS, flags, vrf->flags);
    return ASK(VRF, vrf);
}

bool remote_is_sub_interface(uint32_t type)
{
    return type == VR_INTERFACE_VIRTUAL_VLAN || type == VR_INTERFACE_VLAN;
}

void remote_name_device(uint32_t interface, const char *name)
{
    if (interface < MOST_NAMED)
        snprintf(names[interface], sizeof(names[0]), "%s", name);
}

void *test_device(uint32_t interface)
{
    (void)interface;
    return NULL;
}

static void interface_changed(uint32_t index)
{
    if (index < REMOTE_INTERFACES && remote_devices && remote_devices->changed)
        remote_devices->changed(index);
}

int vr_interface_delete(struct vr_router *router, uint32_t index)
{
    struct vrouter_interface message = {
        .present = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_INDEX, .operation = DELETE, .index = index};
    int error = ASK(INTERFACE, interface);

    (void)router;
    if (!error && index < REMOTE_INTERFACES)
        remote_interfaces[index].exists = false;
    if (!error)
        interface_changed(index);
    return error;
}

/* One of another type is deleted first: the type of an interface stays. */
int vr_interface_set(struct vr_router *router, const struct vr_interface *interface)
{
    MESSAGE(INTERFACE, interface);
    struct remote_interface *known = interface->index < REMOTE_INTERFACES ? &remote_interfaces[interface->index] : NULL;
    const char *name = interface->index < MOST_NAMED ? names[interface->index] : "";
    int error = known && known->exists && known->type != interface->type ? vr_interface_delete(router, interface->index) : 0;

    if (error)
        return error;
    PUT_IF(true, INTERFACE_HAS_INDEX, index, interface->index);
    PUT_IF(true, INTERFACE_HAS_TYPE, type, (uint8_t)interface->type);
    PUT_IF(true, INTERFACE_HAS_FLAGS, flags, interface->flags);
    PUT_IF(true, INTERFACE_HAS_VRF, vrf, interface->vrf);
    PUT_BYTES_IF(true, INTERFACE_HAS_MAC, mac, interface->mac.bytes);
    PUT_IF(interface->multicast_vrf != VR_NONE, INTERFACE_HAS_MULTICAST_VRF, multicast_vrf, interface->multicast_vrf);
    PUT_IF(interface->next_hop != VR_NONE, INTERFACE_HAS_NEXT_HOP, next_hop, interface->next_hop);
    PUT_IF(interface->mtu, INTERFACE_HAS_MTU, mtu, interface->mtu);
    PUT_IF(interface->parent != VR_NONE, INTERFACE_HAS_PARENT, parent, interface->parent);
    PUT_IF(interface->parent != VR_NONE, INTERFACE_HAS_VLAN, vlan, interface->vlan);
    PUT_BYTES_IF(interface->cross_connect_count, INTERFACE_HAS_CROSS_CONNECTS, cross_connects, interface->cross_connects);
    message.cross_connects_count = interface->cross_connect_count;
    if (!remote_is_sub_interface(interface->type)) {
        PUT_BYTES_IF(name[0], INTERFACE_HAS_NAME, name, name);
        PUT_IF(name[0], INTERFACE_HAS_TRANSPORT, transport, VROUTER_INTERFACE_TRANSPORT_VIRTUAL);
        if (!name[0] && remote_devices)
            remote_devices->make(interface, &message);
    }
    error = ASK(INTERFACE, interface);
    if (error || !known)
        return error;
    if (!known->exists)
        *known = (struct remote_interface){.exists = true};
    known->current = true;
    known->type = interface->type;
    known->parent = interface->parent;
    interface_changed(interface->index);
    return 0;
}

int vr_next_hop_set(struct vr_router *router, const struct vr_next_hop *next_hop)
{
    MESSAGE(NEXT_HOP, next_hop);

    (void)router;
    PUT_IF(true, NEXT_HOP_HAS_INDEX, index, next_hop->index);
    PUT_IF(true, NEXT_HOP_HAS_TYPE, type, next_hop->type);
    PUT_IF(true, NEXT_HOP_HAS_FAMILY, family, next_hop->family);
    PUT_IF(true, NEXT_HOP_HAS_FLAGS, flags, next_hop->flags);
    PUT_IF(true, NEXT_HOP_HAS_VRF, vrf, next_hop->vrf);
    PUT_IF(next_hop->interface != VR_NONE, NEXT_HOP_HAS_INTERFACE, interface, next_hop->interface);
    PUT_IF(next_hop->encapsulation_bytes, NEXT_HOP_HAS_ENCAPSULATION, encapsulation_length, next_hop->encapsulation_bytes);
    memcpy(message.encapsulation, next_hop->encapsulation, sizeof(next_hop->encapsulation));
    PUT_IF(next_hop->tunnel, NEXT_HOP_HAS_TUNNEL, tunnel, next_hop->tunnel);
    PUT_IF(next_hop->tunnel, NEXT_HOP_HAS_SOURCE_IPV4, source_ipv4, next_hop->source);
    PUT_IF(next_hop->tunnel, NEXT_HOP_HAS_DESTINATION_IPV4, destination_ipv4, next_hop->destination);
    PUT_BYTES_IF(!vr_mac_is_zero(next_hop->rewrite_mac.bytes), NEXT_HOP_HAS_REWRITE_MAC, rewrite_mac, next_hop->rewrite_mac.bytes);
    PUT_IF(next_hop->composite, NEXT_HOP_HAS_COMPOSITE, composite, next_hop->composite);
    PUT_IF(next_hop->composite, NEXT_HOP_HAS_MEMBERS, members_count, next_hop->member_count);
    PUT_IF(next_hop->hash_fields, NEXT_HOP_HAS_HASH_FIELDS, hash_fields, next_hop->hash_fields);
    for (uint32_t at = 0; at < next_hop->member_count; at++) {
        const struct vr_member *member = &next_hop->members[at];

        message.members[at] = (struct vrouter_next_hop_member){
            .present = (member->next_hop != VR_NONE ? VROUTER_NEXT_HOP_MEMBER_HAS_NEXT_HOP : 0) |
                       (member->label != VR_NONE ? VROUTER_NEXT_HOP_MEMBER_HAS_LABEL : 0),
            .next_hop = member->next_hop,
            .label = member->label,
        };
    }
    return ASK(NEXT_HOP, next_hop);
}

static int ask_route(const struct vr_route *route, uint8_t operation)
{
    MESSAGE(ROUTE, route);

    message.operation = operation;
    PUT_IF(true, ROUTE_HAS_VRF, vrf, route->vrf);
    PUT_IF(true, ROUTE_HAS_FAMILY, family, route->family);
    PUT_IF(true, ROUTE_HAS_PREFIX_LENGTH, prefix_length, route->length);
    PUT_BYTES_IF(route->family == VR_FAMILY_IPV6, ROUTE_HAS_IPV6_PREFIX, ipv6_prefix, route->prefix);
    PUT_BYTES_IF(route->family == VR_FAMILY_IPV4, ROUTE_HAS_IPV4_PREFIX, ipv4_prefix, route->prefix);
    if (operation == ADD) {
        PUT_IF(true, ROUTE_HAS_NEXT_HOP, next_hop, route->next_hop);
        PUT_IF(true, ROUTE_HAS_ROUTE_FLAGS, route_flags, route->flags);
        PUT_IF(route->label != VR_NONE, ROUTE_HAS_LABEL, label, route->label);
        PUT_BYTES_IF(!vr_mac_is_zero(route->stitched_mac.bytes), ROUTE_HAS_STITCHED_MAC, stitched_mac, route->stitched_mac.bytes);
    }
    return ASK(ROUTE, route);
}

int vr_route_set(struct vr_router *router, const struct vr_route *route)
{
    (void)router;
    return ask_route(route, ADD);
}

int vr_route_delete(struct vr_router *router, const struct vr_route *route)
{
    (void)router;
    return ask_route(route, DELETE);
}

int vr_bridge_set(struct vr_router *router, const struct vr_bridge_entry *entry)
{
    MESSAGE(ROUTE, route);

    (void)router;
    PUT_IF(true, ROUTE_HAS_VRF, vrf, entry->vrf);
    PUT_IF(true, ROUTE_HAS_FAMILY, family, VR_FAMILY_BRIDGE);
    PUT_BYTES_IF(true, ROUTE_HAS_MAC_ADDRESS, mac_address, entry->mac.bytes);
    PUT_IF(true, ROUTE_HAS_NEXT_HOP, next_hop, entry->next_hop);
    PUT_IF(true, ROUTE_HAS_BRIDGE_FLAGS, bridge_flags, entry->flags);
    PUT_IF(entry->label != VR_NONE, ROUTE_HAS_LABEL, label, entry->label);
    return ASK(ROUTE, route);
}

int vr_label_set(struct vr_router *router, const struct vr_label *label)
{
    MESSAGE(LABEL, label);

    (void)router;
    PUT_IF(true, LABEL_HAS_LABEL, label, label->label);
    PUT_IF(true, LABEL_HAS_NEXT_HOP, next_hop, label->next_hop);
    PUT_IF(true, LABEL_HAS_FLAGS, flags, label->flags);
    return ASK(LABEL, label);
}

int vr_vxlan_network_set(struct vr_router *router, const struct vr_vxlan_network *network)
{
    MESSAGE(VXLAN_NETWORK, vxlan_network);

    (void)router;
    PUT_IF(true, VXLAN_NETWORK_HAS_IDENTIFIER, identifier, network->identifier);
    PUT_IF(true, VXLAN_NETWORK_HAS_NEXT_HOP, next_hop, network->next_hop);
    return ASK(VXLAN_NETWORK, vxlan_network);
}

/* ---- Flows ---------------------------------------------------------------------------------------------------------------- */

static struct vrouter_flow_key key_of(const struct vr_flow_key *key)
{
    struct vrouter_flow_key message = {.present = VROUTER_FLOW_KEY_HAS_NEXT_HOP | VROUTER_FLOW_KEY_HAS_PROTOCOL |
                                                  VROUTER_FLOW_KEY_HAS_SOURCE_PORT | VROUTER_FLOW_KEY_HAS_DESTINATION_PORT,
                                       .next_hop = key->next_hop, .protocol = key->protocol,
                                       .source_port = key->source_port, .destination_port = key->destination_port};

    PUT_BYTES_IF(key->family == VR_FAMILY_IPV6, FLOW_KEY_HAS_SOURCE_IPV6, source_ipv6, key->source);
    PUT_BYTES_IF(key->family == VR_FAMILY_IPV6, FLOW_KEY_HAS_DESTINATION_IPV6, destination_ipv6, key->destination);
    PUT_IF(key->family == VR_FAMILY_IPV4, FLOW_KEY_HAS_SOURCE_IPV4, source_ipv4, key->source[0]);
    PUT_IF(key->family == VR_FAMILY_IPV4, FLOW_KEY_HAS_DESTINATION_IPV4, destination_ipv4, key->destination[0]);
    return message;
}

int vr_flow_set(struct vr_router *router, struct vr_flow *flow)
{
    MESSAGE(FLOW, flow);

    (void)router;
    PUT_IF(true, FLOW_HAS_KEY, key, key_of(&flow->key));
    PUT_IF(true, FLOW_HAS_ACTION, action, flow->action);
    PUT_IF(true, FLOW_HAS_FLAGS, flags, flow->flags);
    PUT_IF(flow->index != VR_NONE, FLOW_HAS_INDEX, index, flow->index);
    PUT_IF(flow->index != VR_NONE, FLOW_HAS_INCARNATION, incarnation, flow->incarnation);
    PUT_IF(flow->flags & VR_FLOW_VRF_TRANSLATE, FLOW_HAS_DESTINATION_VRF, destination_vrf, flow->destination_vrf);
    PUT_IF(flow->ecmp_member != VR_FLOW_NO_MEMBER, FLOW_HAS_ECMP_MEMBER, ecmp_member, flow->ecmp_member);
    PUT_IF(flow->source_next_hop != VR_NONE, FLOW_HAS_SOURCE_NEXT_HOP, source_next_hop, flow->source_next_hop);
    PUT_IF(flow->ttl, FLOW_HAS_TTL, ttl, flow->ttl);
    return ASK(FLOW, flow);
}

int vr_flow_find(const struct vr_router *router, const struct vr_flow_key *key, struct vr_flow *flow)
{
    struct vrouter_flow message = {.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_KEY, .operation = GET, .key = key_of(key)};
    int error = remote_ask(VROUTER_COMMAND_FLOW, &vrouter_flow_layout, &message);

    (void)router;
    if (error || !remote_told(0, &vrouter_flow_layout, &message))
        return error ? error : -EPROTO;
    *flow = (struct vr_flow){.index = message.index, .incarnation = message.incarnation, .action = message.action, .key = *key,
                             .packets = message.statistics.packets};
    return 0;
}

/* A request to delete a flow says its key as well, which the forwarder is asked for first. `last` is not filled in. */
int vr_flow_delete(struct vr_router *router, uint32_t index, uint8_t incarnation, struct vr_flow *last)
{
    struct vrouter_flow message = {.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_INDEX, .operation = GET, .index = index};
    int error = remote_ask(VROUTER_COMMAND_FLOW, &vrouter_flow_layout, &message);

    (void)router;
    (void)last;
    if (error || !remote_told(0, &vrouter_flow_layout, &message))
        return error ? error : -EPROTO;
    message.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_INDEX | VROUTER_FLOW_HAS_INCARNATION | VROUTER_FLOW_HAS_KEY;
    message.operation = DELETE;
    message.incarnation = incarnation;
    return ASK(FLOW, flow);
}
