/* A forwarder behind its socket: see remote.h. */
#include "remote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "flow.h"
#include "interface.h"
#include "next_hop.h"
#include "route.h"
#include "test_port.h"
#include "vrf.h"
#include "vrouter_flow.h"
#include "vrouter_interface.h"
#include "vrouter_label.h"
#include "vrouter_next_hop.h"
#include "vrouter_route.h"
#include "vrouter_vrf.h"

struct netlink_header {
    uint32_t length;
    uint16_t type;
    uint16_t flags;
    uint32_t sequence;
    uint32_t port;
    uint8_t command;
    uint8_t version;
    uint16_t reserved;
};

struct vr_router {
    int descriptor;
    uint32_t sequence;
};

enum { MOST_TOLD = 4096, ADD = VROUTER_TABLE_OPERATION_ADD, DELETE = VROUTER_TABLE_OPERATION_DELETE, GET = VROUTER_TABLE_OPERATION_GET };

unsigned int remote_count;
struct vrouter_response remote_response;

static struct {
    uint8_t *bytes;
    size_t length;
} entries[MOST_TOLD];

static char names[65536][64];

/* ---- The connection ------------------------------------------------------------------------------------------------------- */

struct vr_router *remote_connect(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct vr_router *router = calloc(1, sizeof(*router));

    if (!router)
        abort();
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    router->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(router->descriptor, (struct sockaddr *)&address, sizeof(address)) == 0)
        return router;
    remote_disconnect(router);
    return NULL;
}

void remote_disconnect(struct vr_router *router)
{
    int error = errno;

    if (router)
        close(router->descriptor);
    free(router);
    errno = error;
}

static void stop(const char *why)
{
    fprintf(stderr, "the forwarder %s\n", why);
    exit(1);
}

static void read_all(int descriptor, void *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        ssize_t count = read(descriptor, (uint8_t *)bytes + at, length - at);

        if (count <= 0)
            stop("closed the connection");
        at += (size_t)count;
    }
}

int remote_ask(struct vr_router *router, uint8_t command, const struct vrouter_layout *layout, const void *message)
{
    static uint8_t bytes[20 + VROUTER_MAXIMUM_BYTES];
    int length = vrouter_attributes_encode(layout, message, bytes + 20, VROUTER_MAXIMUM_BYTES);
    struct netlink_header header = {.type = 0x10, .sequence = ++router->sequence, .command = command, .version = 1};

    if (length < 0)
        return EINVAL;
    header.length = 20 + (uint32_t)length;
    memcpy(bytes, &header, sizeof(header));
    if (send(router->descriptor, bytes, header.length, MSG_NOSIGNAL) != (ssize_t)header.length)
        stop("does not take messages");
    while (remote_count)
        free(entries[--remote_count].bytes);
    for (;;) {
        read_all(router->descriptor, &header, sizeof(header));
        if (header.length < 20 || header.length - 20 > VROUTER_MAXIMUM_BYTES)
            stop("sent what is no message");
        read_all(router->descriptor, bytes, ((header.length + 3) & ~3u) - 20);
        if (header.sequence != router->sequence)
            continue;
        if (header.command == VROUTER_COMMAND_RESPONSE) {
            if (vrouter_response_decode(&remote_response, bytes, header.length - 20) != 0)
                stop("sent a response that cannot be read");
            return (int)remote_response.error;
        }
        if (remote_count == MOST_TOLD)
            stop("sent too many entries");
        entries[remote_count].length = header.length - 20;
        entries[remote_count].bytes = malloc(header.length);
        memcpy(entries[remote_count++].bytes, bytes, header.length - 20);
    }
}

bool remote_told(unsigned int index, const struct vrouter_layout *layout, void *message)
{
    struct vrouter_fault fault;

    return index < remote_count && vrouter_attributes_decode(layout, message, entries[index].bytes, entries[index].length, &fault) == 0;
}

void remote_device(uint32_t interface, const char *name)
{
    snprintf(names[interface & 0xffff], sizeof(names[0]), "%s", name);
}

/* ---- Tables --------------------------------------------------------------------------------------------------------------- */

/* The core's names for errors. */
#define ASK(NAME, lower, message) (-remote_ask(router, VROUTER_COMMAND_##NAME, &vrouter_##lower##_layout, message))

int vr_vrf_set(struct vr_router *router, const struct vr_vrf *vrf)
{
    return ASK(VRF, vrf, (&(struct vrouter_vrf){.present = VROUTER_VRF_HAS_OPERATION | VROUTER_VRF_HAS_INDEX | VROUTER_VRF_HAS_FLAGS,
                                                .operation = ADD, .index = vrf->index, .flags = vrf->flags}));
}

int vr_interface_set(struct vr_router *router, const struct vr_interface *interface)
{
    struct vrouter_interface message = {.present = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_INDEX | VROUTER_INTERFACE_HAS_TYPE |
                                                   VROUTER_INTERFACE_HAS_FLAGS | VROUTER_INTERFACE_HAS_VRF | VROUTER_INTERFACE_HAS_MAC,
                                        .operation = ADD, .index = interface->index, .type = (uint8_t)interface->type,
                                        .flags = interface->flags, .vrf = interface->vrf};

    memcpy(message.mac, interface->mac.bytes, sizeof(message.mac));
    if (interface->parent != VR_NONE) {
        message.present |= VROUTER_INTERFACE_HAS_PARENT | VROUTER_INTERFACE_HAS_VLAN;
        message.parent = interface->parent;
        message.vlan = interface->vlan;
    } else {
        message.present |= VROUTER_INTERFACE_HAS_NAME | VROUTER_INTERFACE_HAS_TRANSPORT;
        message.transport = names[interface->index][0] ? VROUTER_INTERFACE_TRANSPORT_VIRTUAL : VROUTER_INTERFACE_TRANSPORT_SOCKET;
        if (names[interface->index][0])
            memcpy(message.name, names[interface->index], sizeof(message.name));
        else
            snprintf(message.name, sizeof(message.name), "%u", interface->index);
    }
    if (interface->multicast_vrf != VR_NONE) {
        message.present |= VROUTER_INTERFACE_HAS_MULTICAST_VRF;
        message.multicast_vrf = interface->multicast_vrf;
    }
    if (interface->next_hop != VR_NONE) {
        message.present |= VROUTER_INTERFACE_HAS_NEXT_HOP;
        message.next_hop = interface->next_hop;
    }
    if (interface->mtu) {
        message.present |= VROUTER_INTERFACE_HAS_MTU;
        message.mtu = interface->mtu;
    }
    if (interface->cross_connect_count) {
        message.present |= VROUTER_INTERFACE_HAS_CROSS_CONNECTS;
        message.cross_connects_count = interface->cross_connect_count;
        memcpy(message.cross_connects, interface->cross_connects, sizeof(message.cross_connects));
    }
    return ASK(INTERFACE, interface, &message);
}

int vr_interface_delete(struct vr_router *router, uint32_t index)
{
    return ASK(INTERFACE, interface, (&(struct vrouter_interface){.present = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_INDEX,
                                                                  .operation = DELETE, .index = index}));
}

int vr_next_hop_set(struct vr_router *router, const struct vr_next_hop *next_hop)
{
    static struct vrouter_next_hop message;

    memset(&message, 0, sizeof(message));
    message.present = VROUTER_NEXT_HOP_HAS_OPERATION | VROUTER_NEXT_HOP_HAS_INDEX | VROUTER_NEXT_HOP_HAS_TYPE | VROUTER_NEXT_HOP_HAS_FAMILY |
                      VROUTER_NEXT_HOP_HAS_FLAGS | VROUTER_NEXT_HOP_HAS_VRF;
    message.operation = ADD;
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
        message.present |= VROUTER_NEXT_HOP_HAS_TUNNEL | VROUTER_NEXT_HOP_HAS_SOURCE_IPV4 | VROUTER_NEXT_HOP_HAS_DESTINATION_IPV4 |
                           VROUTER_NEXT_HOP_HAS_REWRITE_MAC;
        message.tunnel = next_hop->tunnel;
        message.source_ipv4 = next_hop->source;
        message.destination_ipv4 = next_hop->destination;
        memcpy(message.rewrite_mac, next_hop->rewrite_mac.bytes, sizeof(message.rewrite_mac));
    }
    if (next_hop->composite) {
        message.present |= VROUTER_NEXT_HOP_HAS_COMPOSITE | VROUTER_NEXT_HOP_HAS_MEMBERS;
        message.composite = next_hop->composite;
        if (next_hop->hash_fields) {
            message.present |= VROUTER_NEXT_HOP_HAS_HASH_FIELDS;
            message.hash_fields = next_hop->hash_fields;
        }
        for (uint32_t at = 0; at < next_hop->member_count; at++) {
            struct vrouter_next_hop_member *member = &message.members[message.members_count++];

            if (next_hop->members[at].next_hop != VR_NONE)
                member->present |= VROUTER_NEXT_HOP_MEMBER_HAS_NEXT_HOP;
            if (next_hop->members[at].label != VR_NONE)
                member->present |= VROUTER_NEXT_HOP_MEMBER_HAS_LABEL;
            member->next_hop = next_hop->members[at].next_hop;
            member->label = next_hop->members[at].label;
        }
    }
    return ASK(NEXT_HOP, next_hop, &message);
}

static int route_message(struct vr_router *router, const struct vr_route *route, uint8_t operation)
{
    struct vrouter_route message = {.present = VROUTER_ROUTE_HAS_OPERATION | VROUTER_ROUTE_HAS_VRF | VROUTER_ROUTE_HAS_FAMILY |
                                               VROUTER_ROUTE_HAS_PREFIX_LENGTH,
                                    .operation = operation, .vrf = route->vrf, .family = route->family, .prefix_length = route->length,
                                    .next_hop = route->next_hop, .route_flags = route->flags, .label = route->label};

    if (route->family == VR_FAMILY_IPV6) {
        message.present |= VROUTER_ROUTE_HAS_IPV6_PREFIX;
        memcpy(message.ipv6_prefix, route->prefix, sizeof(message.ipv6_prefix));
    } else {
        message.present |= VROUTER_ROUTE_HAS_IPV4_PREFIX;
        memcpy(&message.ipv4_prefix, route->prefix, sizeof(message.ipv4_prefix));
    }
    if (operation == ADD)
        message.present |= VROUTER_ROUTE_HAS_NEXT_HOP | VROUTER_ROUTE_HAS_ROUTE_FLAGS | VROUTER_ROUTE_HAS_STITCHED_MAC;
    memcpy(message.stitched_mac, route->stitched_mac.bytes, sizeof(message.stitched_mac));
    if (operation == ADD && route->label != VR_NONE)
        message.present |= VROUTER_ROUTE_HAS_LABEL;
    return ASK(ROUTE, route, &message);
}

int vr_route_set(struct vr_router *router, const struct vr_route *route)
{
    return route_message(router, route, ADD);
}

int vr_route_delete(struct vr_router *router, const struct vr_route *route)
{
    return route_message(router, route, DELETE);
}

int vr_bridge_set(struct vr_router *router, const struct vr_bridge_entry *entry)
{
    struct vrouter_route message = {.present = VROUTER_ROUTE_HAS_OPERATION | VROUTER_ROUTE_HAS_VRF | VROUTER_ROUTE_HAS_FAMILY |
                                               VROUTER_ROUTE_HAS_MAC_ADDRESS | VROUTER_ROUTE_HAS_NEXT_HOP | VROUTER_ROUTE_HAS_BRIDGE_FLAGS,
                                    .operation = ADD, .vrf = entry->vrf, .family = VROUTER_ADDRESS_FAMILY_BRIDGE,
                                    .next_hop = entry->next_hop, .bridge_flags = entry->flags, .label = entry->label};

    memcpy(message.mac_address, entry->mac.bytes, sizeof(message.mac_address));
    if (entry->label != VR_NONE)
        message.present |= VROUTER_ROUTE_HAS_LABEL;
    return ASK(ROUTE, route, &message);
}

int vr_label_set(struct vr_router *router, const struct vr_label *label)
{
    return ASK(LABEL, label, (&(struct vrouter_label){.present = VROUTER_LABEL_HAS_OPERATION | VROUTER_LABEL_HAS_LABEL |
                                                                 VROUTER_LABEL_HAS_NEXT_HOP | VROUTER_LABEL_HAS_FLAGS,
                                                      .operation = ADD, .label = label->label, .next_hop = label->next_hop,
                                                      .flags = label->flags}));
}

int vr_vxlan_network_set(struct vr_router *router, const struct vr_vxlan_network *network)
{
    return ASK(VXLAN_NETWORK, vxlan_network,
               (&(struct vrouter_vxlan_network){.present = VROUTER_VXLAN_NETWORK_HAS_OPERATION | VROUTER_VXLAN_NETWORK_HAS_IDENTIFIER |
                                                           VROUTER_VXLAN_NETWORK_HAS_NEXT_HOP,
                                                .operation = ADD, .identifier = network->identifier, .next_hop = network->next_hop}));
}

/* ---- Flows ---------------------------------------------------------------------------------------------------------------- */

static struct vrouter_flow_key key_message(const struct vr_flow_key *key)
{
    struct vrouter_flow_key message = {.present = VROUTER_FLOW_KEY_HAS_NEXT_HOP | VROUTER_FLOW_KEY_HAS_PROTOCOL |
                                                  VROUTER_FLOW_KEY_HAS_SOURCE_PORT | VROUTER_FLOW_KEY_HAS_DESTINATION_PORT,
                                       .next_hop = key->next_hop, .protocol = key->protocol, .source_port = key->source_port,
                                       .destination_port = key->destination_port, .source_ipv4 = key->source[0],
                                       .destination_ipv4 = key->destination[0]};

    memcpy(message.source_ipv6, key->source, sizeof(message.source_ipv6));
    memcpy(message.destination_ipv6, key->destination, sizeof(message.destination_ipv6));
    message.present |= key->family == VR_FAMILY_IPV6 ? VROUTER_FLOW_KEY_HAS_SOURCE_IPV6 | VROUTER_FLOW_KEY_HAS_DESTINATION_IPV6
                                                     : VROUTER_FLOW_KEY_HAS_SOURCE_IPV4 | VROUTER_FLOW_KEY_HAS_DESTINATION_IPV4;
    return message;
}

int vr_flow_set(struct vr_router *router, struct vr_flow *flow)
{
    struct vrouter_flow message = {.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_KEY | VROUTER_FLOW_HAS_ACTION | VROUTER_FLOW_HAS_FLAGS,
                                   .operation = ADD, .key = key_message(&flow->key), .action = flow->action, .flags = flow->flags,
                                   .index = flow->index, .incarnation = flow->incarnation, .ttl = flow->ttl,
                                   .ecmp_member = flow->ecmp_member, .source_next_hop = flow->source_next_hop,
                                   .destination_vrf = flow->destination_vrf};

    if (flow->index != VR_NONE)
        message.present |= VROUTER_FLOW_HAS_INDEX | VROUTER_FLOW_HAS_INCARNATION;
    if (flow->ttl)
        message.present |= VROUTER_FLOW_HAS_TTL;
    if (flow->ecmp_member != VR_FLOW_NO_MEMBER)
        message.present |= VROUTER_FLOW_HAS_ECMP_MEMBER;
    if (flow->source_next_hop != VR_NONE)
        message.present |= VROUTER_FLOW_HAS_SOURCE_NEXT_HOP;
    if (flow->flags & VR_FLOW_VRF_TRANSLATE)
        message.present |= VROUTER_FLOW_HAS_DESTINATION_VRF;
    return ASK(FLOW, flow, &message);
}

int vr_flow_find(const struct vr_router *of, const struct vr_flow_key *key, struct vr_flow *flow)
{
    struct vr_router *router = (struct vr_router *)(uintptr_t)of;
    struct vrouter_flow message = {.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_KEY, .operation = GET, .key = key_message(key)};
    int error = ASK(FLOW, flow, &message);

    if (!error && remote_told(0, &vrouter_flow_layout, &message))
        *flow = (struct vr_flow){.index = message.index, .incarnation = message.incarnation, .action = message.action, .key = *key};
    return error;
}

int vr_flow_delete(struct vr_router *router, uint32_t index, uint8_t incarnation, struct vr_flow *last)
{
    struct vrouter_flow message = {.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_INDEX, .operation = GET, .index = index};
    int error = ASK(FLOW, flow, &message);

    (void)last;
    if (error || !remote_told(0, &vrouter_flow_layout, &message))
        return error;
    message.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_INDEX | VROUTER_FLOW_HAS_INCARNATION | VROUTER_FLOW_HAS_KEY;
    message.operation = DELETE;
    message.incarnation = incarnation;
    return ASK(FLOW, flow, &message);
}

void *test_device(uint32_t interface)
{
    (void)interface;
    return NULL;
}
