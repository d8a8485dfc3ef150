/* Table entries from lines of text: see tables.h. */
#include "tables.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "flow.h"
#include "interface.h"
#include "next_hop.h"
#include "route.h"
#include "test_port.h"
#include "vrf.h"

struct name {
    const char *name;
    uint32_t value;
};

static const struct name interface_types[] = {{"host", 0},    {"agent", 1},        {"physical", 2}, {"virtual", 3},
                                              {"gateway", 5}, {"virtual-vlan", 6}, {"vlan", 8},     {NULL, 0}};
static const struct name interface_flags[] = {{"policy", VR_INTERFACE_POLICY},
                                              {"cross-connect", VR_INTERFACE_CROSS_CONNECT},
                                              {"service", VR_INTERFACE_SERVICE},
                                              {"l3", VR_INTERFACE_LAYER_3},
                                              {"l2", VR_INTERFACE_LAYER_2},
                                              {"dhcp", VR_INTERFACE_DHCP},
                                              {"no-arp-proxy", VR_INTERFACE_NO_ARP_PROXY},
                                              {"flood-unknown", VR_INTERFACE_UNKNOWN_UNICAST_FLOOD},
                                              {"drop-new-flows", VR_INTERFACE_DROP_NEW_FLOWS},
                                              {"mac-proxy", VR_INTERFACE_MAC_PROXY},
                                              {"igmp", VR_INTERFACE_IGMP},
                                              {NULL, 0}};
static const struct name next_hop_types[] = {{"receive", 1},   {"encapsulate", 2},   {"tunnel", 3},         {"resolve", 4}, {"discard", 5},
                                             {"composite", 6}, {"vrf-translate", 7}, {"bridge-receive", 8}, {NULL, 0}};
static const struct name next_hop_flags[] = {{"invalid", 0},
                                             {"policy", VR_NEXT_HOP_POLICY},
                                             {"relaxed", VR_NEXT_HOP_RELAXED_POLICY},
                                             {"flood-unknown", VR_NEXT_HOP_UNKNOWN_UNICAST_FLOOD},
                                             {"control-word", VR_NEXT_HOP_CONTROL_WORD},
                                             {"vxlan-routing", VR_NEXT_HOP_VXLAN_ROUTING},
                                             {"validate-source", VR_NEXT_HOP_VALIDATE_SOURCE},
                                             {NULL, 0}};
static const struct name tunnels[] = {{"gre", 1}, {"udp", 2}, {"vxlan", 3}, {NULL, 0}};
static const struct name composites[] = {{"ecmp", 1}, {"multicast", 2}, {"local", 3}, {"fabric", 4}, {"evpn", 5}, {"switch", 6}, {NULL, 0}};
static const struct name hash_fields[] = {{"protocol", 1}, {"source", 2}, {"source-port", 4}, {"destination", 8}, {"destination-port", 16}, {NULL, 0}};
static const struct name route_flags[] = {{"proxy", 1}, {"trap", 2}, {"flood", 4}, {NULL, 0}};
static const struct name bridge_flags[] = {{"flood-dhcp", 1}, {"control-word", 4}, {NULL, 0}};
static const struct name flow_actions[] = {{"drop", 0}, {"hold", 1}, {"forward", 2}, {NULL, 0}};
static const struct name families[] = {{"ip", VR_FAMILY_IPV4}, {"bridge", VR_FAMILY_BRIDGE}, {NULL, 0}};
static const struct name protocols[] = {{"icmp", 1}, {"tcp", 6}, {"udp", 17}, {"icmp6", 58}, {"gre", 47}, {NULL, 0}};

static bool named(const struct name *names, const char *text, uint32_t *value)
{
    uint64_t number;

    for (; names->name; names++) {
        if (strcmp(names->name, text) == 0) {
            *value = names->value;
            return true;
        }
    }
    if (!read_number(text, &number))
        return false;
    *value = (uint32_t)number;
    return true;
}

static const char *after(char **words, unsigned int count, const char *name)
{
    for (unsigned int at = 1; at + 1 < count; at++) {
        if (strcmp(words[at], name) == 0)
            return words[at + 1];
    }
    return NULL;
}

static uint32_t number_after(char **words, unsigned int count, const char *name, uint32_t otherwise)
{
    uint64_t number;

    /* A word may be a type too: "vlan parent 0 vlan 30". */
    for (unsigned int at = 1; at + 1 < count; at++) {
        if (strcmp(words[at], name) == 0 && read_number(words[at + 1], &number))
            return (uint32_t)number;
    }
    return otherwise;
}

/* A word of names joined by commas, as bits. */
static bool flags_after(char **words, unsigned int count, const struct name *names, uint32_t *flags)
{
    const char *text = after(words, count, "flags");
    char copy[256], *rest = copy, *word;

    if (!text)
        return true;
    snprintf(copy, sizeof(copy), "%s", text);
    while ((word = strsep(&rest, ",")) != NULL) {
        uint32_t value;

        if (!named(names, word, &value))
            return false;
        *flags |= value;
    }
    return true;
}

static const char *result(int error)
{
    static char text[64];

    if (error == 0)
        return NULL;
    snprintf(text, sizeof(text), "refused: %s", strerrorname_np(-error));
    return text;
}

static const char *set_interface(struct vr_router *router, char **words, unsigned int count)
{
    struct vr_interface interface = {
        .index = (uint32_t)atoi(words[1]),
        .vrf = number_after(words, count, "vrf", 0),
        .multicast_vrf = number_after(words, count, "multicast-vrf", VR_NONE),
        .next_hop = number_after(words, count, "nh", VR_NONE),
        .mtu = number_after(words, count, "mtu", 0),
        .parent = number_after(words, count, "parent", VR_NONE),
        .vlan = (uint16_t)number_after(words, count, "vlan", 0),
    };
    const char *mac = after(words, count, "mac"), *cross = after(words, count, "cross");
    uint32_t parent = interface.parent;

    if (count < 3 || !named(interface_types, words[2], &interface.type) || !flags_after(words, count, interface_flags, &interface.flags) ||
        (mac && !read_mac(mac, interface.mac.bytes)))
        return "interface INDEX TYPE …";
    if (cross)
        interface.cross_connect_count =
            (uint8_t)sscanf(cross, "%u,%u,%u,%u", &interface.cross_connects[0], &interface.cross_connects[1], &interface.cross_connects[2],
                            &interface.cross_connects[3]);
    interface.device = test_device(parent == VR_NONE ? interface.index : parent);
    return result(vr_interface_set(router, &interface));
}

/* 20/100,-,21: next hop, label. */
static uint32_t read_members(const char *text, struct vr_member *members)
{
    char copy[512], *rest = copy, *word;
    uint32_t count = 0;

    snprintf(copy, sizeof(copy), "%s", text);
    while ((word = strsep(&rest, ",")) != NULL && count < 64) {
        members[count] = (struct vr_member){VR_NONE, VR_NONE};
        sscanf(word, "%u/%u", &members[count].next_hop, &members[count].label);
        count++;
    }
    return count;
}

static const char *set_next_hop(struct vr_router *router, char **words, unsigned int count)
{
    struct vr_next_hop next_hop = {
        .index = (uint32_t)atoi(words[1]),
        .family = VR_FAMILY_IPV4,
        .vrf = number_after(words, count, "vrf", 0),
        .interface = number_after(words, count, "if", VR_NONE),
    };
    struct vr_member members[64];
    const char *text, *flags = after(words, count, "flags");
    uint32_t value = 0;

    if (count < 3 || !named(next_hop_types, words[2], &value))
        return "next-hop INDEX TYPE …";
    next_hop.type = (uint8_t)value;
    if (!flags_after(words, count, next_hop_flags, &next_hop.flags))
        return "no such flag";
    if (!flags || !strstr(flags, "invalid"))
        next_hop.flags |= VR_NEXT_HOP_VALID;
    if ((text = after(words, count, "family")) != NULL && named(families, text, &value))
        next_hop.family = (uint8_t)value;
    if ((text = after(words, count, "over")) != NULL && named(tunnels, text, &value))
        next_hop.tunnel = (uint8_t)value;
    if ((text = after(words, count, "kind")) != NULL && named(composites, text, &value))
        next_hop.composite = (uint8_t)value;
    if ((text = after(words, count, "hash")) != NULL) {
        char *pair[3] = {NULL, (char *)(uintptr_t)"flags", (char *)(uintptr_t)text};

        value = 0;
        if (!flags_after(pair, 3, hash_fields, &value))
            return "no such hash field";
        next_hop.hash_fields = (uint8_t)value;
    }
    if (((text = after(words, count, "src")) != NULL && !read_ipv4(text, (uint8_t *)&next_hop.source)) ||
        ((text = after(words, count, "dst")) != NULL && !read_ipv4(text, (uint8_t *)&next_hop.destination)))
        return "src and dst are IPv4 addresses";
    if ((text = after(words, count, "rewrite")) != NULL && !read_mac(text, next_hop.rewrite_mac.bytes))
        return "rewrite is a MAC address";
    if ((text = after(words, count, "eth")) != NULL) {
        /* DST/SRC */
        char copy[64];
        char *slash;

        snprintf(copy, sizeof(copy), "%s", text);
        slash = strchr(copy, '/');
        if (!slash)
            return "eth DST/SRC";
        *slash = 0;
        if (!read_mac(copy, next_hop.encapsulation) || !read_mac(slash + 1, next_hop.encapsulation + 6))
            return "eth DST/SRC";
        next_hop.encapsulation_bytes = 14;
    }
    if ((text = after(words, count, "members")) != NULL) {
        next_hop.member_count = read_members(text, members);
        next_hop.members = members;
    }
    return result(vr_next_hop_set(router, &next_hop));
}

static const char *set_route(struct vr_router *router, char **words, unsigned int count)
{
    struct vr_route route = {
        .vrf = (uint32_t)atoi(words[1]),
        .next_hop = number_after(words, count, "nh", 0),
        .label = number_after(words, count, "label", VR_NONE),
    };
    char prefix[64];
    char *slash;
    const char *mac = after(words, count, "mac");
    uint32_t flags = 0;

    if (count < 3)
        return "route VRF PREFIX/LENGTH nh N …";
    snprintf(prefix, sizeof(prefix), "%s", words[2]);
    slash = strchr(prefix, '/');
    if (!slash || !flags_after(words, count, route_flags, &flags) || (mac && !read_mac(mac, route.stitched_mac.bytes)))
        return "route VRF PREFIX/LENGTH nh N …";
    *slash = 0;
    route.length = (uint8_t)atoi(slash + 1);
    route.flags = (uint16_t)flags;
    route.family = strchr(prefix, ':') ? VR_FAMILY_IPV6 : VR_FAMILY_IPV4;
    if (inet_pton(route.family == VR_FAMILY_IPV6 ? AF_INET6 : AF_INET, prefix, route.prefix) != 1)
        return "not a prefix";
    if (strcmp(words[0], "delete-route") == 0)
        return result(vr_route_delete(router, &route));
    return result(vr_route_set(router, &route));
}

static const char *set_bridge(struct vr_router *router, char **words, unsigned int count)
{
    struct vr_bridge_entry entry = {
        .vrf = (uint32_t)atoi(words[1]),
        .next_hop = number_after(words, count, "nh", 0),
        .label = number_after(words, count, "label", VR_NONE),
    };
    uint32_t flags = 0;

    if (count < 3 || !read_mac(words[2], entry.mac.bytes) || !flags_after(words, count, bridge_flags, &flags))
        return "bridge VRF MAC nh N …";
    entry.flags = (uint16_t)flags;
    return result(vr_bridge_set(router, &entry));
}

/* "10.1.1.3:1000" or "[fd00::1]:5": an address of either family and a port. */
static bool read_end(const char *text, uint8_t *family, vr_be32 *address, vr_be16 *port)
{
    char copy[80];
    char *colon;

    snprintf(copy, sizeof(copy), "%s", text);
    colon = strrchr(copy, ':');
    if (!colon)
        return false;
    *colon = 0;
    *port = vr_to_be16((uint16_t)atoi(colon + 1));
    if (copy[0] == '[') {
        *family = VR_FAMILY_IPV6;
        copy[strlen(copy) - 1] = 0;
        return inet_pton(AF_INET6, copy + 1, address) == 1;
    }
    *family = VR_FAMILY_IPV4;
    return inet_pton(AF_INET, copy, address) == 1;
}

static const char *set_flow(struct vr_router *router, char **words, unsigned int count)
{
    struct vr_flow flow = {
        .index = number_after(words, count, "index", VR_NONE),
        .ttl = (uint8_t)number_after(words, count, "ttl", 0),
        .ecmp_member = (uint16_t)number_after(words, count, "member", VR_FLOW_NO_MEMBER),
        .reverse_index = VR_NONE,
        .source_next_hop = number_after(words, count, "source-nh", VR_NONE),
        .destination_vrf = number_after(words, count, "vrf-translate", 0),
    };
    uint32_t value = 0;

    if (count < 6 || !named(protocols, words[2], &value) || !read_end(words[3], &flow.key.family, flow.key.source, &flow.key.source_port) ||
        !read_end(words[4], &flow.key.family, flow.key.destination, &flow.key.destination_port))
        return "flow NH PROTOCOL SRC:PORT DST:PORT ACTION …";
    flow.key.next_hop = (uint32_t)atoi(words[1]);
    flow.key.protocol = (uint8_t)value;
    if (strcmp(words[5], "delete") == 0) {
        struct vr_flow found;
        int error = vr_flow_find(router, &flow.key, &found);

        return result(error ? error : vr_flow_delete(router, found.index, found.incarnation, NULL));
    }
    if (!named(flow_actions, words[5], &value))
        return "no such action";
    flow.action = (uint8_t)value;
    if (after(words, count, "vrf-translate"))
        flow.flags = VR_FLOW_VRF_TRANSLATE;
    return result(vr_flow_set(router, &flow));
}

const char *tables_line(struct vr_router *router, char **words, unsigned int count)
{
    if (count < 2)
        return "an entry needs a key";
    if (strcmp(words[0], "vrf") == 0)
        return result(vr_vrf_set(router, &(struct vr_vrf){.index = (uint32_t)atoi(words[1]), .flags = count > 2}));
    if (strcmp(words[0], "interface") == 0)
        return set_interface(router, words, count);
    if (strcmp(words[0], "next-hop") == 0)
        return set_next_hop(router, words, count);
    if (strcmp(words[0], "route") == 0 || strcmp(words[0], "delete-route") == 0)
        return set_route(router, words, count);
    if (strcmp(words[0], "bridge") == 0)
        return set_bridge(router, words, count);
    if (strcmp(words[0], "label") == 0)
        return result(vr_label_set(router, &(struct vr_label){.label = (uint32_t)atoi(words[1]),
                                                              .next_hop = number_after(words, count, "nh", 0),
                                                              .flags = count > 4}));
    if (strcmp(words[0], "vxlan-network") == 0)
        return result(vr_vxlan_network_set(router, &(struct vr_vxlan_network){.identifier = (uint32_t)atoi(words[1]),
                                                                              .next_hop = number_after(words, count, "nh", 0)}));
    if (strcmp(words[0], "flow") == 0)
        return set_flow(router, words, count);
    if (strcmp(words[0], "delete-interface") == 0)
        return result(vr_interface_delete(router, (uint32_t)atoi(words[1])));
    return "no such table";
}
