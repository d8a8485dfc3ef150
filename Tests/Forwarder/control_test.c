/*
 * The control: every message does what it says, and every error names its attribute.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "drop.h"
#include "flow.h"
#include "request.h"
#include "test_port.h"
#include "trace.h"
#include "vrouter_flow.h"
#include "vrouter_interface.h"
#include "vrouter_label.h"
#include "vrouter_next_hop.h"
#include "vrouter_route.h"
#include "vrouter_statistics.h"
#include "vrouter_trace.h"
#include "vrouter_vrf.h"

static unsigned int passed, failed;

#define CHECK(condition)                                                        \
    do {                                                                        \
        if (condition) {                                                        \
            passed++;                                                           \
        } else {                                                                \
            failed++;                                                           \
            printf("%s:%d: not true: %s (error %u: %s)\n", __FILE__, __LINE__,  \
                   #condition, a.response.error, a.response.explanation);       \
        }                                                                       \
    } while (0)

/* The message, encoded and asked. `ADD`, `KEY` and so on are the presence bits without their prefix. */
#define ASK(NAME, lower, ...) ask(&a, VROUTER_COMMAND_##NAME, &vrouter_##lower##_layout, &(struct vrouter_##lower){__VA_ARGS__})
#define INTERFACE(...) ASK(INTERFACE, interface, __VA_ARGS__)
#define ROUTE(...) ASK(ROUTE, route, __VA_ARGS__)
#define LABEL(...) ASK(LABEL, label, __VA_ARGS__)
#define NETWORK(...) ASK(VXLAN_NETWORK, vxlan_network, __VA_ARGS__)
#define FLOW(...) ASK(FLOW, flow, __VA_ARGS__)
#define VRF(...) ASK(VRF, vrf, __VA_ARGS__)
#define TOLD(index, NAME, lower, message) told(&a, index, VROUTER_COMMAND_##NAME, &vrouter_##lower##_layout, message)

enum {
    ADD = VROUTER_TABLE_OPERATION_ADD,
    CHANGE = VROUTER_TABLE_OPERATION_CHANGE,
    DELETE = VROUTER_TABLE_OPERATION_DELETE,
    GET = VROUTER_TABLE_OPERATION_GET,
    DUMP = VROUTER_TABLE_OPERATION_DUMP,
    SWEEP = VROUTER_TABLE_OPERATION_SWEEP,
    RESET = VROUTER_TABLE_OPERATION_RESET,
};

static const struct vr_limits limits = {
    .interfaces = 64,
    .vrfs = 16,
    .next_hops = 128,
    .labels = 1024,
    .vxlan_networks = 4,
    .bridge_entries = 4,
    .flows = 16,
    .overflow_flows = 0,
    .held_flows = 2,
    .fragments = 16,
};

static struct asking a;

/* The error, and the attribute that is to blame; offsets point at it, or behind all where it is missing. */
static bool refused(int error, int expected, unsigned int attribute)
{
    if (error != expected || a.count != 0)
        return false;
    if (attribute == 0)
        return !(a.response.present & VROUTER_RESPONSE_HAS_ATTRIBUTE);
    return (a.response.present & VROUTER_RESPONSE_HAS_ATTRIBUTE) && a.response.attribute == attribute &&
           (a.response.present & VROUTER_RESPONSE_HAS_OFFSET) && a.response.explanation[0];
}

/* ---- Shorthand for what most tests begin with ------------------------------------------------------------------------------- */

static int add_vrf(uint32_t index)
{
    return VRF(.present = VROUTER_VRF_HAS_OPERATION | VROUTER_VRF_HAS_INDEX, .operation = ADD, .index = index);
}

static int add_interface(uint32_t index, uint8_t type, uint32_t vrf, uint32_t flags)
{
    return INTERFACE(.present = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_INDEX | VROUTER_INTERFACE_HAS_TYPE |
                                VROUTER_INTERFACE_HAS_NAME | VROUTER_INTERFACE_HAS_VRF | VROUTER_INTERFACE_HAS_FLAGS,
                     .operation = ADD, .index = index, .type = type, .name = "tap", .vrf = vrf, .flags = flags);
}

static struct vrouter_next_hop asked_next_hop;

static int add_next_hop(uint32_t index, uint8_t type, uint32_t interface, uint32_t vrf)
{
    memset(&asked_next_hop, 0, sizeof(asked_next_hop));
    asked_next_hop.present = VROUTER_NEXT_HOP_HAS_OPERATION | VROUTER_NEXT_HOP_HAS_INDEX | VROUTER_NEXT_HOP_HAS_TYPE |
                             VROUTER_NEXT_HOP_HAS_FLAGS | VROUTER_NEXT_HOP_HAS_VRF;
    asked_next_hop.operation = ADD;
    asked_next_hop.index = index;
    asked_next_hop.type = type;
    asked_next_hop.flags = VROUTER_NEXT_HOP_FLAGS_VALID;
    asked_next_hop.vrf = vrf;
    if (interface != VR_NONE) {
        asked_next_hop.present |= VROUTER_NEXT_HOP_HAS_INTERFACE;
        asked_next_hop.interface = interface;
    }
    return ask(&a, VROUTER_COMMAND_NEXT_HOP, &vrouter_next_hop_layout, &asked_next_hop);
}

/* Asks again with what the caller has changed in asked_next_hop. */
static int again(void)
{
    return ask(&a, VROUTER_COMMAND_NEXT_HOP, &vrouter_next_hop_layout, &asked_next_hop);
}

static void begin(void)
{
    asking_begin(&a, &limits);
    CHECK(add_vrf(1) == 0);
    CHECK(add_interface(3, VROUTER_INTERFACE_TYPE_VIRTUAL, 1, VROUTER_INTERFACE_FLAGS_LAYER_2 | VROUTER_INTERFACE_FLAGS_LAYER_3) == 0);
    CHECK(add_next_hop(5, VROUTER_NEXT_HOP_TYPE_VRF_TRANSLATE, VR_NONE, 1) == 0);
}

/* ---- The session ---------------------------------------------------------------------------------------------------------- */

static void greet(void)
{
    struct vrouter_hello hello;

    asking_begin(&a, &limits);
    CHECK(ASK(HELLO, hello, .present = VROUTER_HELLO_HAS_SENDER, .sender = VROUTER_PARTY_AGENT) == 0);
    CHECK(a.count == 1 && TOLD(0, HELLO, hello, &hello) && hello.sender == VROUTER_PARTY_FORWARDER && hello.limits.next_hops == 128 &&
          hello.limits.held_flows == 2 && hello.cores == 1 && hello.generation == 0 && strcmp(hello.build, "test") == 0 &&
          hello.port == VROUTER_FORWARDER_PORT_USER && hello.instance != 0);
    CHECK(VRF(.present = VROUTER_VRF_HAS_OPERATION | VROUTER_VRF_HAS_INDEX | VROUTER_VRF_HAS_GENERATION, .operation = ADD, .index = 2,
              .generation = 41) == 0);
    CHECK(ASK(HELLO, hello, .present = VROUTER_HELLO_HAS_SENDER, .sender = VROUTER_PARTY_AGENT) == 0);
    CHECK(TOLD(0, HELLO, hello, &hello) && hello.generation == 41);
    CHECK(refused(ASK(HELLO, hello, .present = VROUTER_HELLO_HAS_SENDER, .sender = VROUTER_PARTY_FORWARDER), EINVAL,
                  VROUTER_HELLO_ATTRIBUTE_SENDER));
    asking_end(&a);
}

static void refuse_what_is_no_message(void)
{
    static const uint8_t cut[] = {9, 0, 1, 0, 1};
    static const uint8_t unknown_operation[] = {5, 0, 1, 0, 99, 0, 0, 0};
    static const uint8_t unknown_attribute[] = {5, 0, 1, 0, 4, 0, 0, 0, 4, 0, 40, 0x20};

    asking_begin(&a, &limits);
    CHECK(refused(ask_bytes(&a, 0, NULL, 0), EOPNOTSUPP, 0));
    CHECK(refused(ask_bytes(&a, VROUTER_COMMAND_RESPONSE, NULL, 0), EOPNOTSUPP, 0));
    CHECK(refused(ask_bytes(&a, 200, NULL, 0), EOPNOTSUPP, 0));
    CHECK(refused(ask_bytes(&a, VROUTER_COMMAND_VRF, NULL, 0), EINVAL, VROUTER_VRF_ATTRIBUTE_OPERATION) && a.response.offset == 0);
    CHECK(ask_bytes(&a, VROUTER_COMMAND_VRF, cut, sizeof(cut)) == EINVAL && a.response.offset == 0);
    CHECK(refused(ask_bytes(&a, VROUTER_COMMAND_VRF, unknown_operation, sizeof(unknown_operation)), EINVAL, VROUTER_VRF_ATTRIBUTE_OPERATION) &&
          strcmp(a.response.explanation, "vrf.operation: the value is not one that is allowed") == 0);
    CHECK(refused(ask_bytes(&a, VROUTER_COMMAND_VRF, unknown_attribute, sizeof(unknown_attribute)), EOPNOTSUPP, 40) && a.response.offset == 8);
    asking_end(&a);
}

static void stop_when_nobody_listens(void)
{
    begin();
    a.writes_left = 0;
    CHECK(VRF(.present = VROUTER_VRF_HAS_OPERATION, .operation = DUMP) == -EPIPE);
    a.writes_left = 1;
    CHECK(VRF(.present = VROUTER_VRF_HAS_OPERATION, .operation = DUMP) == -EPIPE && a.count == 1);
    a.writes_left = -1;
    CHECK(VRF(.present = VROUTER_VRF_HAS_OPERATION, .operation = DUMP) == 0 && a.count == 2);
    asking_end(&a);
}

/* An entry that the codec refuses, which no table should ever hold: whoever asks is told, and what comes after works. */
static void tell_what_cannot_be_told(void)
{
    struct vrouter_interface interface;
    char *name;

    begin();
    name = a.control->interfaces[3]->name;
    name[0] = (char)0xff;
    CHECK(refused(INTERFACE(.present = VROUTER_INTERFACE_HAS_OPERATION, .operation = DUMP), EINVAL, 0) && a.count == a.response.count &&
          strstr(a.response.explanation, "`interface`") && !(a.response.present & VROUTER_RESPONSE_HAS_CURSOR));
    CHECK(refused(INTERFACE(.present = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_INDEX, .operation = GET, .index = 3), EINVAL, 0) &&
          a.count == 0);
    CHECK(ask_device_changed(&a, 3) == -EINVAL && a.count == 0);
    name[0] = 'i';
    CHECK(INTERFACE(.present = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_INDEX, .operation = GET, .index = 3) == 0 &&
          TOLD(0, INTERFACE, interface, &interface) && interface.index == 3);
    asking_end(&a);
}

/* ---- Tables --------------------------------------------------------------------------------------------------------------- */

static void keep_vrfs(void)
{
    const uint64_t key = VROUTER_VRF_HAS_OPERATION | VROUTER_VRF_HAS_INDEX;
    struct vrouter_vrf vrf;

    begin();
    CHECK(VRF(.present = key | VROUTER_VRF_HAS_NAME | VROUTER_VRF_HAS_FLAGS, .operation = ADD, .index = 2, .name = "a:b:c",
              .flags = VROUTER_VRF_FLAGS_BRIDGE_ONLY) == 0);
    CHECK(VRF(.present = key, .operation = GET, .index = 2) == 0 && TOLD(0, VRF, vrf, &vrf) && strcmp(vrf.name, "a:b:c") == 0 &&
          vrf.flags == VROUTER_VRF_FLAGS_BRIDGE_ONLY && vrf.operation == GET);
    CHECK(VRF(.present = key | VROUTER_VRF_HAS_GENERATION, .operation = CHANGE, .index = 2, .generation = 9) == 0);
    CHECK(VRF(.present = key, .operation = GET, .index = 2) == 0 && TOLD(0, VRF, vrf, &vrf) && vrf.generation == 9 &&
          strcmp(vrf.name, "a:b:c") == 0 && vrf.flags == VROUTER_VRF_FLAGS_BRIDGE_ONLY);
    CHECK(add_vrf(2) == 0 && VRF(.present = key, .operation = GET, .index = 2) == 0 && TOLD(0, VRF, vrf, &vrf) &&
          !(vrf.present & VROUTER_VRF_HAS_NAME) && vrf.flags == 0 && vrf.generation == 0);
    CHECK(refused(VRF(.present = key, .operation = CHANGE, .index = 7), ENOENT, VROUTER_VRF_ATTRIBUTE_INDEX));
    CHECK(refused(VRF(.present = key, .operation = GET, .index = 7), ENOENT, VROUTER_VRF_ATTRIBUTE_INDEX));
    CHECK(refused(VRF(.present = key, .operation = DELETE, .index = 7), ENOENT, VROUTER_VRF_ATTRIBUTE_INDEX));
    CHECK(refused(VRF(.present = key, .operation = DELETE, .index = 0), EBUSY, VROUTER_VRF_ATTRIBUTE_INDEX));
    CHECK(refused(VRF(.present = key, .operation = DELETE, .index = 1), EBUSY, VROUTER_VRF_ATTRIBUTE_INDEX));
    CHECK(refused(VRF(.present = key, .operation = ADD, .index = 16), EINVAL, VROUTER_VRF_ATTRIBUTE_INDEX));
    CHECK(refused(VRF(.present = key | VROUTER_VRF_HAS_FLAGS, .operation = ADD, .index = 3, .flags = VROUTER_VRF_FLAGS_MAC_LEARN),
                  EOPNOTSUPP, VROUTER_VRF_ATTRIBUTE_FLAGS) && strstr(a.response.explanation, "mac-learn"));
    CHECK(refused(VRF(.present = VROUTER_VRF_HAS_OPERATION, .operation = ADD), EINVAL, VROUTER_VRF_ATTRIBUTE_INDEX));
    CHECK(refused(VRF(.present = VROUTER_VRF_HAS_OPERATION, .operation = SWEEP), EINVAL, VROUTER_VRF_ATTRIBUTE_GENERATION));
    CHECK(refused(VRF(.present = key, .operation = RESET, .index = 1), EOPNOTSUPP, VROUTER_VRF_ATTRIBUTE_OPERATION));
    CHECK(refused(VRF(.present = VROUTER_VRF_HAS_OPERATION | VROUTER_VRF_HAS_CURSOR, .operation = DUMP, .cursor_length = 3), EINVAL,
                  VROUTER_VRF_ATTRIBUTE_CURSOR));
    CHECK(VRF(.present = key, .operation = DELETE, .index = 2) == 0);
    asking_end(&a);
}

static void keep_interfaces(void)
{
    const uint64_t key = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_INDEX;
    const uint64_t full = key | VROUTER_INTERFACE_HAS_TYPE | VROUTER_INTERFACE_HAS_NAME;
    const uint64_t sub = key | VROUTER_INTERFACE_HAS_TYPE | VROUTER_INTERFACE_HAS_PARENT | VROUTER_INTERFACE_HAS_VLAN;
    struct vrouter_interface got;

    begin();
    CHECK(INTERFACE(.present = full | VROUTER_INTERFACE_HAS_IPV4_ADDRESS | VROUTER_INTERFACE_HAS_CROSS_CONNECTS, .operation = ADD,
                    .index = 4, .type = 2, .name = "eth0", .ipv4_address = 7, .cross_connects_count = 2, .cross_connects = {1, 2}) == 0);
    CHECK(INTERFACE(.present = key, .operation = GET, .index = 4) == 0 && TOLD(0, INTERFACE, interface, &got) && got.ipv4_address == 7 &&
          got.cross_connects_count == 2 && got.cross_connects[1] == 2 && strcmp(got.name, "eth0") == 0 && got.mtu == 1500 &&
          (got.present & VROUTER_INTERFACE_HAS_LINK_UP) && got.speed == 1000 && got.system_index == 7 && got.counters.received_errors == 3 &&
          !(got.present & VROUTER_INTERFACE_HAS_NEXT_HOP) && !(got.present & VROUTER_INTERFACE_HAS_MULTICAST_VRF));
    /* A change leaves what it does not name. */
    CHECK(INTERFACE(.present = key | VROUTER_INTERFACE_HAS_MTU, .operation = CHANGE, .index = 4, .mtu = 9000) == 0);
    CHECK(INTERFACE(.present = key, .operation = GET, .index = 4) == 0 && TOLD(0, INTERFACE, interface, &got) && got.mtu == 9000 &&
          got.ipv4_address == 7 && strcmp(got.name, "eth0") == 0);
    /* Another device: the old one is let go, sub-interfaces follow. */
    CHECK(INTERFACE(.present = sub, .operation = ADD, .index = 6, .type = VROUTER_INTERFACE_TYPE_VIRTUAL_VLAN, .parent = 3, .vlan = 30) == 0);
    CHECK(asking_devices == 2);
    CHECK(INTERFACE(.present = key | VROUTER_INTERFACE_HAS_NAME, .operation = CHANGE, .index = 3, .name = "other") == 0);
    CHECK(asking_devices == 2);
    CHECK(INTERFACE(.present = key, .operation = GET, .index = 6) == 0 && TOLD(0, INTERFACE, interface, &got) && got.parent == 3 &&
          got.vlan == 30 && !(got.present & VROUTER_INTERFACE_HAS_NAME));
    CHECK(INTERFACE(.present = key, .operation = GET, .index = 3) == 0 && TOLD(0, INTERFACE, interface, &got) && got.reference_count == 1);
    CHECK(refused(INTERFACE(.present = key, .operation = DELETE, .index = 3), EBUSY, VROUTER_INTERFACE_ATTRIBUTE_INDEX));
    CHECK(INTERFACE(.present = key, .operation = DELETE, .index = 6) == 0 && INTERFACE(.present = key, .operation = DELETE, .index = 3) == 0);
    CHECK(asking_devices == 1);
    CHECK(refused(INTERFACE(.present = key, .operation = DELETE, .index = 3), ENOENT, VROUTER_INTERFACE_ATTRIBUTE_INDEX));

    CHECK(refused(INTERFACE(.present = key, .operation = ADD, .index = 8), EINVAL, VROUTER_INTERFACE_ATTRIBUTE_TYPE));
    CHECK(refused(INTERFACE(.present = key | VROUTER_INTERFACE_HAS_TYPE, .operation = ADD, .index = 8, .type = 3), EINVAL,
                  VROUTER_INTERFACE_ATTRIBUTE_NAME));
    CHECK(refused(INTERFACE(.present = full, .operation = ADD, .index = 64, .type = 3, .name = "x"), EINVAL, VROUTER_INTERFACE_ATTRIBUTE_INDEX));
    CHECK(refused(INTERFACE(.present = full, .operation = ADD, .index = 4, .type = 3, .name = "x"), EINVAL, VROUTER_INTERFACE_ATTRIBUTE_TYPE));
    CHECK(refused(INTERFACE(.present = full, .operation = ADD, .index = 8, .type = 9, .name = "x"), EOPNOTSUPP, VROUTER_INTERFACE_ATTRIBUTE_TYPE));
    CHECK(refused(INTERFACE(.present = full, .operation = ADD, .index = 8, .type = 3, .name = "busy"), EBUSY, VROUTER_INTERFACE_ATTRIBUTE_NAME));
    CHECK(refused(INTERFACE(.present = full, .operation = ADD, .index = 8, .type = 3, .name = "none"), ENODEV, VROUTER_INTERFACE_ATTRIBUTE_NAME));
    CHECK(refused(INTERFACE(.present = full | VROUTER_INTERFACE_HAS_VRF, .operation = ADD, .index = 8, .type = 3, .name = "x", .vrf = 9),
                  ENOENT, VROUTER_INTERFACE_ATTRIBUTE_VRF));
    CHECK(refused(INTERFACE(.present = full | VROUTER_INTERFACE_HAS_MULTICAST_VRF, .operation = ADD, .index = 8, .type = 3, .name = "x",
                            .multicast_vrf = 9), ENOENT, VROUTER_INTERFACE_ATTRIBUTE_MULTICAST_VRF));
    CHECK(refused(INTERFACE(.present = full | VROUTER_INTERFACE_HAS_NEXT_HOP, .operation = ADD, .index = 8, .type = 3, .name = "x",
                            .next_hop = 99), ENOENT, VROUTER_INTERFACE_ATTRIBUTE_NEXT_HOP));
    CHECK(refused(INTERFACE(.present = full | VROUTER_INTERFACE_HAS_FLAGS, .operation = ADD, .index = 8, .type = 3, .name = "x",
                            .flags = VROUTER_INTERFACE_FLAGS_MIRROR_RECEIVE), EOPNOTSUPP, VROUTER_INTERFACE_ATTRIBUTE_FLAGS));
    CHECK(refused(INTERFACE(.present = full | VROUTER_INTERFACE_HAS_MIRROR, .operation = ADD, .index = 8, .type = 3, .name = "x"), EOPNOTSUPP,
                  VROUTER_INTERFACE_ATTRIBUTE_MIRROR));
    CHECK(refused(INTERFACE(.present = full | VROUTER_INTERFACE_HAS_QOS_MAP, .operation = ADD, .index = 8, .type = 3, .name = "x"), EOPNOTSUPP,
                  VROUTER_INTERFACE_ATTRIBUTE_QOS_MAP));
    CHECK(refused(INTERFACE(.present = full | VROUTER_INTERFACE_HAS_OUTER_VLAN, .operation = ADD, .index = 8, .type = 3, .name = "x",
                            .outer_vlan = 5), EOPNOTSUPP, VROUTER_INTERFACE_ATTRIBUTE_OUTER_VLAN));
    CHECK(refused(INTERFACE(.present = full | VROUTER_INTERFACE_HAS_VLAN, .operation = ADD, .index = 8, .type = 3, .name = "x", .vlan = 5),
                  EOPNOTSUPP, VROUTER_INTERFACE_ATTRIBUTE_VLAN));
    CHECK(refused(INTERFACE(.present = full | VROUTER_INTERFACE_HAS_PARENT, .operation = ADD, .index = 8, .type = 3, .name = "x", .parent = 4),
                  EINVAL, VROUTER_INTERFACE_ATTRIBUTE_PARENT));
    CHECK(refused(INTERFACE(.present = full | VROUTER_INTERFACE_HAS_MAC, .operation = ADD, .index = 8, .type = 3, .name = "x", .mac = {1}),
                  EINVAL, VROUTER_INTERFACE_ATTRIBUTE_MAC));
    CHECK(refused(INTERFACE(.present = full | VROUTER_INTERFACE_HAS_CROSS_CONNECTS, .operation = ADD, .index = 8, .type = 3, .name = "x",
                            .cross_connects_count = 1, .cross_connects = {64}), EINVAL, VROUTER_INTERFACE_ATTRIBUTE_CROSS_CONNECTS));
    CHECK(refused(INTERFACE(.present = sub, .operation = ADD, .index = 8, .type = 6, .parent = 50, .vlan = 5), ENOENT,
                  VROUTER_INTERFACE_ATTRIBUTE_PARENT));
    CHECK(refused(INTERFACE(.present = sub & ~VROUTER_INTERFACE_HAS_VLAN, .operation = ADD, .index = 8, .type = 6, .parent = 4), EINVAL,
                  VROUTER_INTERFACE_ATTRIBUTE_VLAN));
    CHECK(refused(INTERFACE(.present = key | VROUTER_INTERFACE_HAS_CORE, .operation = GET, .index = 4, .core = 1), EINVAL,
                  VROUTER_INTERFACE_ATTRIBUTE_CORE));
    CHECK(refused(INTERFACE(.present = VROUTER_INTERFACE_HAS_OPERATION, .operation = SWEEP), EINVAL, VROUTER_INTERFACE_ATTRIBUTE_GENERATION));
    CHECK(add_interface(10, VROUTER_INTERFACE_TYPE_AGENT, 0, 0) == 0 && add_interface(11, VROUTER_INTERFACE_TYPE_AGENT, 0, 0) == EBUSY);
    /* Nothing of what was refused is there. */
    CHECK(INTERFACE(.present = VROUTER_INTERFACE_HAS_OPERATION, .operation = DUMP) == 0 && a.count == 2 && asking_devices == 2);
    asking_end(&a);
}

static void follow_devices(void)
{
    const uint64_t key = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_INDEX;
    const struct vr_device_state before = asking_device_state;
    struct vrouter_interface got;

    begin();
    asking_device_state.mtu = 9000;
    CHECK(INTERFACE(.present = key, .operation = GET, .index = 3) == 0 && TOLD(0, INTERFACE, interface, &got) && got.mtu == 1500);
    /* The event is the message itself, without a response. */
    asking_forget(&a);
    CHECK(ask_device_changed(&a, 3) == 0 && a.count == 1 && TOLD(0, INTERFACE, interface, &got) && got.operation == CHANGE && got.mtu == 9000);
    CHECK(INTERFACE(.present = key | VROUTER_INTERFACE_HAS_MTU, .operation = CHANGE, .index = 3, .mtu = 1400) == 0);
    CHECK(ask_device_changed(&a, 3) == 0 && TOLD(0, INTERFACE, interface, &got) && got.mtu == 1400);
    CHECK(ask_device_changed(&a, 9) == -ENOENT);
    asking_device_state = before;
    asking_end(&a);
}

static void keep_next_hops(void)
{
    static struct vrouter_next_hop got;

    begin();
    CHECK(add_next_hop(6, VROUTER_NEXT_HOP_TYPE_TUNNEL, 3, 0) == EINVAL && a.response.attribute == VROUTER_NEXT_HOP_ATTRIBUTE_TUNNEL);
    asked_next_hop.present |= VROUTER_NEXT_HOP_HAS_TUNNEL | VROUTER_NEXT_HOP_HAS_SOURCE_IPV4 | VROUTER_NEXT_HOP_HAS_DESTINATION_IPV4;
    asked_next_hop.tunnel = VROUTER_TUNNEL_ENCAPSULATION_VXLAN;
    asked_next_hop.source_ipv4 = htonl(0x0a000001);
    asked_next_hop.destination_ipv4 = htonl(0x0a000002);
    CHECK(refused(again(), EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_ENCAPSULATION));
    asked_next_hop.present |= VROUTER_NEXT_HOP_HAS_ENCAPSULATION | VROUTER_NEXT_HOP_HAS_REWRITE_MAC;
    asked_next_hop.encapsulation_length = 13;
    CHECK(refused(again(), EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_ENCAPSULATION));
    asked_next_hop.encapsulation_length = 33;
    CHECK(refused(again(), EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_ENCAPSULATION));
    asked_next_hop.encapsulation_length = 18;
    asked_next_hop.encapsulation[17] = 9;
    asked_next_hop.rewrite_mac[5] = 8;
    CHECK(again() == 0);
    memset(&asked_next_hop, 0, sizeof(asked_next_hop));
    asked_next_hop.present = VROUTER_NEXT_HOP_HAS_OPERATION | VROUTER_NEXT_HOP_HAS_INDEX;
    asked_next_hop.operation = GET;
    asked_next_hop.index = 6;
    CHECK(again() == 0 && TOLD(0, NEXT_HOP, next_hop, &got) && got.tunnel == VROUTER_TUNNEL_ENCAPSULATION_VXLAN &&
          got.destination_ipv4 == htonl(0x0a000002) && got.encapsulation_length == 18 && got.encapsulation[17] == 9 && got.rewrite_mac[5] == 8 &&
          got.interface == 3 && got.flags == VROUTER_NEXT_HOP_FLAGS_VALID);
    asked_next_hop.operation = CHANGE;
    asked_next_hop.present |= VROUTER_NEXT_HOP_HAS_FLAGS;
    CHECK(again() == 0);
    asked_next_hop.operation = GET;
    CHECK(again() == 0 && TOLD(0, NEXT_HOP, next_hop, &got) && got.flags == 0 && got.encapsulation_length == 18);

    /* A composite as large as one may be goes there and back, in a part of its own. */
    add_next_hop(7, VROUTER_NEXT_HOP_TYPE_COMPOSITE, VR_NONE, 0);
    CHECK(a.response.error == EINVAL && a.response.attribute == VROUTER_NEXT_HOP_ATTRIBUTE_COMPOSITE);
    asked_next_hop.present |= VROUTER_NEXT_HOP_HAS_COMPOSITE | VROUTER_NEXT_HOP_HAS_MEMBERS;
    asked_next_hop.composite = VROUTER_COMPOSITE_KIND_ECMP;
    asked_next_hop.members_count = VROUTER_NEXT_HOP_MAXIMUM_MEMBERS;
    for (unsigned int at = 0; at < VROUTER_NEXT_HOP_MAXIMUM_MEMBERS; at++)
        asked_next_hop.members[at] = (struct vrouter_next_hop_member){
            .present = at % 3 ? VROUTER_NEXT_HOP_MEMBER_HAS_NEXT_HOP | VROUTER_NEXT_HOP_MEMBER_HAS_LABEL : 0, .next_hop = at % 2 ? 5 : 6, .label = at};
    CHECK(again() == 0);
    a.part_bytes = 50;
    memset(&asked_next_hop, 0, offsetof(struct vrouter_next_hop, members));
    asked_next_hop.present = VROUTER_NEXT_HOP_HAS_OPERATION;
    asked_next_hop.operation = DUMP;
    for (unsigned int index = 5; index <= 7; index++) {
        CHECK(again() == 0 && a.count == 1 && TOLD(0, NEXT_HOP, next_hop, &got) && got.index == index);
        asked_next_hop.present |= VROUTER_NEXT_HOP_HAS_CURSOR;
        asked_next_hop.cursor_length = a.response.cursor_length;
        memcpy(asked_next_hop.cursor, a.response.cursor, sizeof(a.response.cursor));
    }
    CHECK(!(a.response.present & VROUTER_RESPONSE_HAS_CURSOR) && got.members_count == VROUTER_NEXT_HOP_MAXIMUM_MEMBERS &&
          got.members[1023].present == 0 && got.members[1022].next_hop == 6 && got.members[1022].label == 1022 && got.hash_fields == 0x1f);
    a.part_bytes = 65536;

    add_next_hop(8, VROUTER_NEXT_HOP_TYPE_COMPOSITE, VR_NONE, 0);
    asked_next_hop.present |= VROUTER_NEXT_HOP_HAS_COMPOSITE | VROUTER_NEXT_HOP_HAS_MEMBERS;
    asked_next_hop.composite = 1;
    asked_next_hop.members_count = 1;
    asked_next_hop.members[0] = (struct vrouter_next_hop_member){.present = VROUTER_NEXT_HOP_MEMBER_HAS_NEXT_HOP, .next_hop = 8};
    CHECK(refused(again(), EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_MEMBERS));
    asked_next_hop.members[0].next_hop = 77;
    CHECK(refused(again(), ENOENT, VROUTER_NEXT_HOP_ATTRIBUTE_MEMBERS));
    CHECK(refused(add_next_hop(8, VROUTER_NEXT_HOP_TYPE_ENCAPSULATE, VR_NONE, 0), EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_INTERFACE));
    CHECK(refused(add_next_hop(8, VROUTER_NEXT_HOP_TYPE_ENCAPSULATE, 50, 0), ENOENT, VROUTER_NEXT_HOP_ATTRIBUTE_INTERFACE));
    CHECK(refused(add_next_hop(8, VROUTER_NEXT_HOP_TYPE_DISCARD, 3, 0), EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_INTERFACE));
    CHECK(refused(add_next_hop(8, VROUTER_NEXT_HOP_TYPE_DISCARD, VR_NONE, 9), ENOENT, VROUTER_NEXT_HOP_ATTRIBUTE_VRF));
    CHECK(refused(add_next_hop(128, VROUTER_NEXT_HOP_TYPE_DISCARD, VR_NONE, 0), EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_INDEX));
    add_next_hop(8, VROUTER_NEXT_HOP_TYPE_DISCARD, VR_NONE, 0);
    asked_next_hop.flags = VROUTER_NEXT_HOP_FLAGS_MAC_LEARN;
    CHECK(refused(again(), EOPNOTSUPP, VROUTER_NEXT_HOP_ATTRIBUTE_FLAGS));
    asked_next_hop.flags = 1;
    asked_next_hop.present |= VROUTER_NEXT_HOP_HAS_DESTINATION_IPV6;
    CHECK(refused(again(), EOPNOTSUPP, VROUTER_NEXT_HOP_ATTRIBUTE_DESTINATION_IPV6));
    asked_next_hop.present ^= VROUTER_NEXT_HOP_HAS_DESTINATION_IPV6 | VROUTER_NEXT_HOP_HAS_TUNNEL;
    asked_next_hop.tunnel = VROUTER_TUNNEL_ENCAPSULATION_UDP;
    CHECK(refused(again(), EOPNOTSUPP, VROUTER_NEXT_HOP_ATTRIBUTE_TUNNEL));
    asked_next_hop.present ^= VROUTER_NEXT_HOP_HAS_TUNNEL | VROUTER_NEXT_HOP_HAS_TYPE;
    CHECK(refused(again(), EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_TYPE));
    asked_next_hop.operation = DELETE;
    asked_next_hop.index = 5;
    CHECK(refused(again(), EBUSY, VROUTER_NEXT_HOP_ATTRIBUTE_INDEX));
    asked_next_hop.index = 50;
    CHECK(refused(again(), ENOENT, VROUTER_NEXT_HOP_ATTRIBUTE_INDEX));
    asked_next_hop.operation = RESET;
    CHECK(refused(again(), EOPNOTSUPP, VROUTER_NEXT_HOP_ATTRIBUTE_OPERATION));
    asked_next_hop.present = VROUTER_NEXT_HOP_HAS_OPERATION;
    asked_next_hop.operation = SWEEP;
    CHECK(refused(again(), EINVAL, VROUTER_NEXT_HOP_ATTRIBUTE_GENERATION));
    asking_end(&a);
}

static void keep_routes(void)
{
    const uint64_t key = VROUTER_ROUTE_HAS_OPERATION | VROUTER_ROUTE_HAS_FAMILY | VROUTER_ROUTE_HAS_VRF;
    const uint64_t v4 = key | VROUTER_ROUTE_HAS_IPV4_PREFIX, v4l = v4 | VROUTER_ROUTE_HAS_PREFIX_LENGTH, nh = VROUTER_ROUTE_HAS_NEXT_HOP;
    struct vrouter_route got;

    begin();
    CHECK(ROUTE(.present = v4l | nh | VROUTER_ROUTE_HAS_LABEL | VROUTER_ROUTE_HAS_STITCHED_MAC | VROUTER_ROUTE_HAS_ROUTE_FLAGS, .operation = ADD,
                .family = 2, .vrf = 1, .ipv4_prefix = htonl(0x0a010105), .prefix_length = 24, .next_hop = 5, .label = 77,
                .stitched_mac = {2, 1}, .route_flags = 3) == 0);
    CHECK(ROUTE(.present = v4, .operation = GET, .family = 2, .vrf = 1, .ipv4_prefix = htonl(0x0a0101fe)) == 0 &&
          TOLD(0, ROUTE, route, &got) && got.prefix_length == 24 && got.ipv4_prefix == htonl(0x0a010100) && got.label == 77 &&
          got.stitched_mac[1] == 1 && got.route_flags == 3 && got.next_hop == 5);
    CHECK(ROUTE(.present = v4l | nh, .operation = CHANGE, .family = 2, .vrf = 1, .ipv4_prefix = htonl(0x0a010100), .prefix_length = 24,
                .next_hop = 0) == 0);
    CHECK(ROUTE(.present = v4l, .operation = GET, .family = 2, .vrf = 1, .ipv4_prefix = htonl(0x0a010100), .prefix_length = 24) == 0 &&
          TOLD(0, ROUTE, route, &got) && got.label == 77 && got.next_hop == 0);
    CHECK(ROUTE(.present = key | VROUTER_ROUTE_HAS_IPV6_PREFIX | VROUTER_ROUTE_HAS_PREFIX_LENGTH | nh, .operation = ADD, .family = 10, .vrf = 0,
                .ipv6_prefix = {0xfd}, .prefix_length = 8, .next_hop = 5) == 0);
    CHECK(ROUTE(.present = VROUTER_ROUTE_HAS_OPERATION | VROUTER_ROUTE_HAS_FAMILY, .operation = DUMP, .family = 10) == 0 && a.count == 1 &&
          TOLD(0, ROUTE, route, &got) && got.ipv6_prefix[0] == 0xfd && got.vrf == 0);
    CHECK(refused(ROUTE(.present = v4, .operation = GET, .family = 2, .vrf = 1, .ipv4_prefix = 1), ENOENT, 0));
    CHECK(refused(ROUTE(.present = v4l, .operation = DELETE, .family = 2, .vrf = 1, .ipv4_prefix = htonl(0x0a010100), .prefix_length = 25), ENOENT, 0));
    CHECK(refused(ROUTE(.present = v4 | nh, .operation = CHANGE, .family = 2, .vrf = 1, .ipv4_prefix = 1, .next_hop = 5), ENOENT, 0));
    CHECK(refused(ROUTE(.present = v4l | nh, .operation = ADD, .family = 2, .vrf = 1, .prefix_length = 33), EINVAL, VROUTER_ROUTE_ATTRIBUTE_PREFIX_LENGTH));
    CHECK(refused(ROUTE(.present = v4, .operation = ADD, .family = 2, .vrf = 1), EINVAL, VROUTER_ROUTE_ATTRIBUTE_NEXT_HOP));
    CHECK(refused(ROUTE(.present = v4 | nh, .operation = ADD, .family = 10, .vrf = 1), EINVAL, VROUTER_ROUTE_ATTRIBUTE_IPV6_PREFIX));
    CHECK(refused(ROUTE(.present = key | nh, .operation = ADD, .family = 2, .vrf = 1), EINVAL, VROUTER_ROUTE_ATTRIBUTE_IPV4_PREFIX));
    CHECK(refused(ROUTE(.present = v4 | nh, .operation = ADD, .family = 2, .vrf = 9), ENOENT, VROUTER_ROUTE_ATTRIBUTE_VRF));
    CHECK(refused(ROUTE(.present = v4 | nh, .operation = ADD, .family = 2, .vrf = 1, .next_hop = 99), ENOENT, VROUTER_ROUTE_ATTRIBUTE_NEXT_HOP));
    CHECK(refused(ROUTE(.present = v4 | nh | VROUTER_ROUTE_HAS_STITCHED_MAC, .operation = ADD, .family = 2, .vrf = 1, .stitched_mac = {1}),
                  EINVAL, VROUTER_ROUTE_ATTRIBUTE_STITCHED_MAC));
    CHECK(refused(ROUTE(.present = (v4 | nh) & ~VROUTER_ROUTE_HAS_VRF, .operation = ADD, .family = 2), EINVAL, VROUTER_ROUTE_ATTRIBUTE_VRF));
    CHECK(refused(ROUTE(.present = key, .operation = SWEEP, .family = 2), EINVAL, VROUTER_ROUTE_ATTRIBUTE_GENERATION));
    CHECK(refused(ROUTE(.present = v4, .operation = RESET, .family = 2), EOPNOTSUPP, VROUTER_ROUTE_ATTRIBUTE_OPERATION));
    CHECK(refused(ROUTE(.present = v4 | VROUTER_ROUTE_HAS_CURSOR, .operation = DUMP, .family = 2, .vrf = 1, .cursor_length = 24,
                        .cursor = {1, 0, 0, 0, 1, 200}), EINVAL, VROUTER_ROUTE_ATTRIBUTE_CURSOR));
    CHECK(ROUTE(.present = v4l, .operation = DELETE, .family = 2, .vrf = 1, .ipv4_prefix = htonl(0x0a010100), .prefix_length = 24) == 0);

    const uint64_t mac = key | VROUTER_ROUTE_HAS_MAC_ADDRESS;

    for (uint8_t at = 0; at < 4; at++)
        CHECK(ROUTE(.present = mac | nh | VROUTER_ROUTE_HAS_BRIDGE_FLAGS, .operation = ADD, .family = 7, .vrf = 1, .mac_address = {2, at},
                    .next_hop = 5, .bridge_flags = 1) == 0);
    CHECK(ROUTE(.present = mac | nh, .operation = ADD, .family = 7, .vrf = 1, .mac_address = {2, 9}, .next_hop = 5) == ENOSPC);
    CHECK(ROUTE(.present = mac | VROUTER_ROUTE_HAS_LABEL, .operation = CHANGE, .family = 7, .vrf = 1, .mac_address = {2, 1}, .label = 8) == 0);
    CHECK(ROUTE(.present = mac, .operation = GET, .family = 7, .vrf = 1, .mac_address = {2, 1}) == 0 && TOLD(0, ROUTE, route, &got) &&
          got.label == 8 && got.bridge_flags == 1 && got.next_hop == 5 && (got.present & VROUTER_ROUTE_HAS_PACKETS));
    CHECK(refused(ROUTE(.present = mac | nh | VROUTER_ROUTE_HAS_BRIDGE_FLAGS, .operation = ADD, .family = 7, .vrf = 1, .bridge_flags = 2),
                  EOPNOTSUPP, VROUTER_ROUTE_ATTRIBUTE_BRIDGE_FLAGS));
    CHECK(refused(ROUTE(.present = mac, .operation = GET, .family = 7, .vrf = 1, .mac_address = {9}), ENOENT, VROUTER_ROUTE_ATTRIBUTE_MAC_ADDRESS));
    CHECK(refused(ROUTE(.present = mac, .operation = DELETE, .family = 7, .vrf = 1, .mac_address = {9}), ENOENT, VROUTER_ROUTE_ATTRIBUTE_MAC_ADDRESS));
    CHECK(refused(ROUTE(.present = key, .operation = DELETE, .family = 7, .vrf = 1), EINVAL, VROUTER_ROUTE_ATTRIBUTE_MAC_ADDRESS));
    CHECK(ROUTE(.present = mac, .operation = DELETE, .family = 7, .vrf = 1, .mac_address = {2, 1}) == 0);
    asking_end(&a);
}

static void keep_labels_and_networks(void)
{
    const uint64_t key = VROUTER_LABEL_HAS_OPERATION | VROUTER_LABEL_HAS_LABEL, nh = VROUTER_LABEL_HAS_NEXT_HOP;
    const uint64_t id = VROUTER_VXLAN_NETWORK_HAS_OPERATION | VROUTER_VXLAN_NETWORK_HAS_IDENTIFIER, hop = VROUTER_VXLAN_NETWORK_HAS_NEXT_HOP;
    struct vrouter_label label;
    struct vrouter_vxlan_network network;

    begin();
    CHECK(LABEL(.present = key | nh | VROUTER_LABEL_HAS_FLAGS, .operation = ADD, .label = 16, .next_hop = 5, .flags = VROUTER_LABEL_FLAGS_TREE) == 0);
    CHECK(LABEL(.present = key | VROUTER_LABEL_HAS_GENERATION, .operation = CHANGE, .label = 16, .generation = 3) == 0);
    CHECK(LABEL(.present = key, .operation = GET, .label = 16) == 0 && TOLD(0, LABEL, label, &label) && label.next_hop == 5 &&
          label.flags == VROUTER_LABEL_FLAGS_TREE && label.generation == 3);
    CHECK(refused(LABEL(.present = key | nh, .operation = ADD, .label = 1024, .next_hop = 5), EINVAL, VROUTER_LABEL_ATTRIBUTE_LABEL));
    CHECK(refused(LABEL(.present = key | nh, .operation = ADD, .label = 17, .next_hop = 99), ENOENT, VROUTER_LABEL_ATTRIBUTE_NEXT_HOP));
    CHECK(refused(LABEL(.present = key, .operation = ADD, .label = 17), EINVAL, VROUTER_LABEL_ATTRIBUTE_NEXT_HOP));
    CHECK(refused(LABEL(.present = VROUTER_LABEL_HAS_OPERATION, .operation = GET), EINVAL, VROUTER_LABEL_ATTRIBUTE_LABEL));
    CHECK(refused(LABEL(.present = key, .operation = CHANGE, .label = 17), ENOENT, VROUTER_LABEL_ATTRIBUTE_LABEL));
    CHECK(refused(LABEL(.present = key, .operation = GET, .label = 17), ENOENT, VROUTER_LABEL_ATTRIBUTE_LABEL));
    CHECK(refused(LABEL(.present = key, .operation = DELETE, .label = 17), ENOENT, VROUTER_LABEL_ATTRIBUTE_LABEL));
    CHECK(refused(LABEL(.present = key, .operation = RESET, .label = 16), EOPNOTSUPP, VROUTER_LABEL_ATTRIBUTE_OPERATION));
    CHECK(LABEL(.present = key, .operation = DELETE, .label = 16) == 0);

    for (uint32_t at = 1; at <= 4; at++)
        CHECK(NETWORK(.present = id | hop, .operation = ADD, .identifier = at * 1000, .next_hop = 5) == 0);
    CHECK(NETWORK(.present = id | hop, .operation = ADD, .identifier = 9, .next_hop = 5) == ENOSPC);
    CHECK(NETWORK(.present = id | hop, .operation = CHANGE, .identifier = 2000, .next_hop = 0) == 0);
    CHECK(NETWORK(.present = id, .operation = GET, .identifier = 2000) == 0 && TOLD(0, VXLAN_NETWORK, vxlan_network, &network) &&
          network.next_hop == 0);
    CHECK(refused(NETWORK(.present = id | hop, .operation = ADD, .identifier = 2000, .next_hop = 99), ENOENT, VROUTER_VXLAN_NETWORK_ATTRIBUTE_NEXT_HOP));
    CHECK(refused(NETWORK(.present = id, .operation = ADD, .identifier = 7), EINVAL, VROUTER_VXLAN_NETWORK_ATTRIBUTE_NEXT_HOP));
    CHECK(refused(NETWORK(.present = id, .operation = GET, .identifier = 7), ENOENT, VROUTER_VXLAN_NETWORK_ATTRIBUTE_IDENTIFIER));
    CHECK(refused(NETWORK(.present = id, .operation = DELETE, .identifier = 7), ENOENT, VROUTER_VXLAN_NETWORK_ATTRIBUTE_IDENTIFIER));
    CHECK(refused(NETWORK(.present = id, .operation = CHANGE, .identifier = 7), ENOENT, VROUTER_VXLAN_NETWORK_ATTRIBUTE_IDENTIFIER));
    CHECK(refused(NETWORK(.present = VROUTER_VXLAN_NETWORK_HAS_OPERATION, .operation = GET), EINVAL, VROUTER_VXLAN_NETWORK_ATTRIBUTE_IDENTIFIER));
    CHECK(NETWORK(.present = id, .operation = DELETE, .identifier = 2000) == 0);
    asking_end(&a);
}

/* ---- Flows ---------------------------------------------------------------------------------------------------------------- */

static const uint8_t udp_frame[] = {0,    0,    0x5e, 0,  1,  0, 2,  0, 0, 0, 1, 3, 8, 0,                             /* Ethernet */
                                    0x45, 0,    0,    32, 0,  0, 0,  0, 64, 17, 0x63, 0xc5, 10, 1, 1, 3, 10, 1, 2, 4, /* IPv4 */
                                    3,    0xe8, 7,    0xd0, 0, 12, 0, 0, 1, 2, 3, 4};

static struct vrouter_flow_key key_of(uint16_t port)
{
    return (struct vrouter_flow_key){
        .present = VROUTER_FLOW_KEY_HAS_NEXT_HOP | VROUTER_FLOW_KEY_HAS_PROTOCOL | VROUTER_FLOW_KEY_HAS_SOURCE_IPV4 |
                   VROUTER_FLOW_KEY_HAS_DESTINATION_IPV4 | VROUTER_FLOW_KEY_HAS_SOURCE_PORT | VROUTER_FLOW_KEY_HAS_DESTINATION_PORT,
        .next_hop = 5,
        .protocol = 17,
        .source_ipv4 = htonl(0x0a010103),
        .destination_ipv4 = htonl(0x0a010204),
        .source_port = htons(1000),
        .destination_port = htons(port)};
}

static void keep_flows(void)
{
    const uint64_t base = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_KEY, act = VROUTER_FLOW_HAS_ACTION;
    const uint64_t place = VROUTER_FLOW_HAS_INDEX | VROUTER_FLOW_HAS_INCARNATION;
    struct vrouter_flow flow, other;
    struct vrouter_flow_table table;

    begin();
    CHECK(FLOW(.present = base | act | VROUTER_FLOW_HAS_TTL | VROUTER_FLOW_HAS_DROP_REASON, .operation = ADD, .key = key_of(1), .action = 0,
               .drop_reason = 23, .ttl = 9) == 0 &&
          a.count == 1 && TOLD(0, FLOW, flow, &flow) && flow.drop_reason == 23 && flow.incarnation == 1 && flow.ttl == 9 &&
          (flow.flags & VROUTER_FLOW_FLAGS_MODIFIED));
    CHECK(FLOW(.present = base | act, .operation = CHANGE, .key = key_of(1), .action = 2) == 0);
    CHECK(FLOW(.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_INDEX, .operation = GET, .index = flow.index) == 0 &&
          TOLD(0, FLOW, flow, &flow) && flow.action == 2 && flow.ttl == 9 && flow.key.destination_port == htons(1));
    CHECK(FLOW(.present = base, .operation = GET, .key = key_of(1)) == 0 && TOLD(0, FLOW, flow, &other) && other.index == flow.index);
    CHECK(refused(FLOW(.present = base | act | place, .operation = ADD, .key = key_of(2), .action = 2, .index = flow.index, .incarnation = 1),
                  EEXIST, VROUTER_FLOW_ATTRIBUTE_KEY));
    CHECK(refused(FLOW(.present = base | act | place, .operation = CHANGE, .key = key_of(1), .action = 2, .index = flow.index, .incarnation = 2),
                  EBADF, VROUTER_FLOW_ATTRIBUTE_INCARNATION));
    CHECK(refused(FLOW(.present = base | act | place, .operation = ADD, .key = key_of(1), .action = 2, .index = 15 - flow.index, .incarnation = 1),
                  ENOENT, VROUTER_FLOW_ATTRIBUTE_INDEX));
    CHECK(refused(FLOW(.present = base | act | VROUTER_FLOW_HAS_INDEX, .operation = ADD, .key = key_of(1), .action = 2, .index = flow.index),
                  EINVAL, VROUTER_FLOW_ATTRIBUTE_INCARNATION));
    CHECK(refused(FLOW(.present = base, .operation = ADD, .key = key_of(3)), EINVAL, VROUTER_FLOW_ATTRIBUTE_ACTION));
    CHECK(refused(FLOW(.present = VROUTER_FLOW_HAS_OPERATION | act, .operation = ADD, .action = 2), EINVAL, VROUTER_FLOW_ATTRIBUTE_KEY));
    CHECK(refused(FLOW(.present = base | act, .operation = ADD, .key = key_of(3), .action = 3), EOPNOTSUPP, VROUTER_FLOW_ATTRIBUTE_ACTION));
    CHECK(refused(FLOW(.present = base | act | VROUTER_FLOW_HAS_REVERSE_KEY, .operation = ADD, .key = key_of(3), .action = 2, .reverse_key = key_of(4)),
                  EOPNOTSUPP, VROUTER_FLOW_ATTRIBUTE_REVERSE_KEY));
    CHECK(refused(FLOW(.present = base | act | VROUTER_FLOW_HAS_MIRROR, .operation = ADD, .key = key_of(3), .action = 2), EOPNOTSUPP,
                  VROUTER_FLOW_ATTRIBUTE_MIRROR));
    CHECK(refused(FLOW(.present = base | act | VROUTER_FLOW_HAS_SECOND_MIRROR, .operation = ADD, .key = key_of(3), .action = 2), EOPNOTSUPP,
                  VROUTER_FLOW_ATTRIBUTE_SECOND_MIRROR));
    CHECK(refused(FLOW(.present = base | act | VROUTER_FLOW_HAS_QOS_MAP, .operation = ADD, .key = key_of(3), .action = 2), EOPNOTSUPP,
                  VROUTER_FLOW_ATTRIBUTE_QOS_MAP));
    CHECK(refused(FLOW(.present = base | act | VROUTER_FLOW_HAS_FLAGS, .operation = ADD, .key = key_of(3), .action = 2,
                       .flags = VROUTER_FLOW_FLAGS_TRANSLATE_SOURCE), EOPNOTSUPP, VROUTER_FLOW_ATTRIBUTE_FLAGS));
    CHECK(refused(FLOW(.present = base | act | VROUTER_FLOW_HAS_REVERSE_INDEX, .operation = ADD, .key = key_of(3), .action = 2, .reverse_index = 16),
                  EINVAL, VROUTER_FLOW_ATTRIBUTE_REVERSE_INDEX));
    CHECK(refused(FLOW(.present = base | act | VROUTER_FLOW_HAS_SOURCE_NEXT_HOP, .operation = ADD, .key = key_of(3), .action = 2,
                       .source_next_hop = 99), ENOENT, VROUTER_FLOW_ATTRIBUTE_SOURCE_NEXT_HOP));
    CHECK(refused(FLOW(.present = base | act | VROUTER_FLOW_HAS_FLAGS | VROUTER_FLOW_HAS_DESTINATION_VRF, .operation = ADD, .key = key_of(3),
                       .action = 2, .flags = VROUTER_FLOW_FLAGS_VRF_TRANSLATE, .destination_vrf = 9), ENOENT,
                  VROUTER_FLOW_ATTRIBUTE_DESTINATION_VRF));
    struct vrouter_flow_key half = key_of(3);
    half.present &= ~VROUTER_FLOW_KEY_HAS_SOURCE_IPV4;
    CHECK(refused(FLOW(.present = base | act, .operation = ADD, .key = half, .action = 2), EINVAL, VROUTER_FLOW_ATTRIBUTE_KEY));
    CHECK(refused(FLOW(.present = base, .operation = DELETE, .key = key_of(3)), ENOENT, VROUTER_FLOW_ATTRIBUTE_KEY));
    CHECK(refused(FLOW(.present = base, .operation = RESET, .key = key_of(3)), EOPNOTSUPP, VROUTER_FLOW_ATTRIBUTE_OPERATION));
    /* Until it is full. */
    unsigned int port = 100;
    while (port < 200 && FLOW(.present = base | act, .operation = ADD, .key = key_of((uint16_t)port), .action = 2) == 0)
        port++;
    CHECK(a.response.error == ENOSPC && port > 104);
    CHECK(ASK(FLOW_TABLE, flow_table, .present = VROUTER_FLOW_TABLE_HAS_OPERATION, .operation = GET) == 0 &&
          TOLD(0, FLOW_TABLE, flow_table, &table) && table.used == port - 99 && table.entries == 16 && table.added == table.used);
    CHECK(refused(ASK(FLOW_TABLE, flow_table, .present = VROUTER_FLOW_TABLE_HAS_OPERATION, .operation = DUMP), EOPNOTSUPP,
                  VROUTER_FLOW_TABLE_ATTRIBUTE_OPERATION));
    CHECK(FLOW(.present = base | place, .operation = DELETE, .key = key_of(1), .index = flow.index, .incarnation = 1) == 0 &&
          TOLD(0, FLOW, flow, &other) && other.operation == DELETE && (other.present & VROUTER_FLOW_HAS_STATISTICS));
    CHECK(FLOW(.present = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_GENERATION, .operation = SWEEP, .generation = 1) == 0 &&
          a.response.count == port - 100);
    asking_end(&a);
}

/* A packet begins a flow, waits, and goes on when the answer comes through the message. */
static void decide_a_held_flow(void)
{
    const uint64_t base = VROUTER_FLOW_HAS_OPERATION | VROUTER_FLOW_HAS_KEY | VROUTER_FLOW_HAS_INDEX | VROUTER_FLOW_HAS_INCARNATION;
    struct vrouter_flow flow;
    struct vr_packet packet;

    begin();
    CHECK(add_interface(2, VROUTER_INTERFACE_TYPE_AGENT, 0, 0) == 0);
    CHECK(INTERFACE(.present = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_INDEX | VROUTER_INTERFACE_HAS_FLAGS | VROUTER_INTERFACE_HAS_NEXT_HOP,
                    .operation = CHANGE, .index = 3, .next_hop = 5,
                    .flags = VROUTER_INTERFACE_FLAGS_POLICY | VROUTER_INTERFACE_FLAGS_LAYER_2 | VROUTER_INTERFACE_FLAGS_LAYER_3) == 0);
    CHECK(add_interface(4, VROUTER_INTERFACE_TYPE_VIRTUAL, 1, 0) == 0);
    add_next_hop(6, VROUTER_NEXT_HOP_TYPE_ENCAPSULATE, 4, 1);
    asked_next_hop.present |= VROUTER_NEXT_HOP_HAS_ENCAPSULATION;
    asked_next_hop.encapsulation_length = 14;
    CHECK(again() == 0);
    CHECK(ROUTE(.present = VROUTER_ROUTE_HAS_OPERATION | VROUTER_ROUTE_HAS_FAMILY | VROUTER_ROUTE_HAS_VRF | VROUTER_ROUTE_HAS_IPV4_PREFIX |
                           VROUTER_ROUTE_HAS_PREFIX_LENGTH | VROUTER_ROUTE_HAS_NEXT_HOP,
                .operation = ADD, .family = 2, .vrf = 1, .next_hop = 6) == 0);
    packet = test_packet(udp_frame, sizeof(udp_frame));
    vr_receive(a.router, 3, &packet, NULL);
    CHECK(test.sent_count == 1 && test.sent[0].interface == 2);
    CHECK(FLOW(.present = VROUTER_FLOW_HAS_OPERATION, .operation = DUMP) == 0 && a.count == 1 && TOLD(0, FLOW, flow, &flow) && flow.action == 1 &&
          flow.key.next_hop == 5 && flow.statistics.packets == 1 && flow.statistics.bytes == 32);
    CHECK(FLOW(.present = base | VROUTER_FLOW_HAS_ACTION, .operation = CHANGE, .key = flow.key, .index = flow.index,
               .incarnation = flow.incarnation, .action = 2) == 0 && a.count == 0);
    CHECK(test.sent_count == 2 && test.sent[1].interface == 4);
    asking_end(&a);
}

/* ---- Counting and tracing --------------------------------------------------------------------------------------------------- */

static void count_and_trace(void)
{
    static struct vrouter_trace trace, got;
    static struct vrouter_drop_statistics drops;
    struct vrouter_vrf_statistics vrf;
    struct vrouter_drop_record record;
    struct vrouter_interface interface;
    const uint64_t operation = VROUTER_DROP_STATISTICS_HAS_OPERATION, one = VROUTER_DROP_STATISTICS_HAS_INTERFACE;

    begin();
    trace.present = VROUTER_TRACE_HAS_INTERFACE | VROUTER_TRACE_HAS_FRAME;
    trace.interface = 3;
    trace.frame_length = sizeof(udp_frame);
    memcpy(trace.frame, udp_frame, sizeof(udp_frame));
    CHECK(ask(&a, VROUTER_COMMAND_TRACE, &vrouter_trace_layout, &trace) == 0 && TOLD(0, TRACE, trace, &got) && got.steps_count == 2 &&
          strcmp(got.steps[0].step, "received") == 0 && strcmp(got.steps[1].step, "dropped") == 0 &&
          strncmp(got.steps[1].sentence, "dropped: No route", 17) == 0 && got.steps[1].values[0] == VR_DROP_NOWHERE_TO_GO);
    CHECK(ASK(DROP_RECORD, drop_record, .present = VROUTER_DROP_RECORD_HAS_OPERATION, .operation = DUMP) == 0 && a.count == 1 &&
          TOLD(0, DROP_RECORD, drop_record, &record) && record.reason == VR_DROP_NOWHERE_TO_GO && record.interface == 3 && record.vrf == 1 &&
          !(record.present & VROUTER_DROP_RECORD_HAS_NEXT_HOP) && record.length == 32 && record.packet[0] == 0x45);
    CHECK(ASK(DROP_STATISTICS, drop_statistics, .present = operation, .operation = GET) == 0 && TOLD(0, DROP_STATISTICS, drop_statistics, &drops) &&
          drops.counts_count == 1 && drops.counts[0].reason == VR_DROP_NOWHERE_TO_GO && drops.counts[0].packets == 1);
    CHECK(ASK(DROP_STATISTICS, drop_statistics, .present = operation, .operation = RESET) == 0 &&
          TOLD(0, DROP_STATISTICS, drop_statistics, &drops) && drops.counts_count == 1);
    CHECK(ASK(DROP_STATISTICS, drop_statistics, .present = operation, .operation = GET) == 0 &&
          TOLD(0, DROP_STATISTICS, drop_statistics, &drops) && drops.counts_count == 0);
    CHECK(ASK(DROP_STATISTICS, drop_statistics, .present = operation | one, .operation = RESET, .interface = 3) == 0 &&
          TOLD(0, DROP_STATISTICS, drop_statistics, &drops) && drops.counts_count == 1);
    ask(&a, VROUTER_COMMAND_TRACE, &vrouter_trace_layout, &trace);
    CHECK(ASK(DROP_STATISTICS, drop_statistics, .present = operation | one, .operation = GET, .interface = 3) == 0 &&
          TOLD(0, DROP_STATISTICS, drop_statistics, &drops) && drops.counts_count == 1 && drops.counts[0].packets == 1);
    /* The interface's own counters were not reset by that. */
    CHECK(INTERFACE(.present = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_INDEX, .operation = RESET, .index = 3) == 0 &&
          TOLD(0, INTERFACE, interface, &interface) && interface.counters.received_packets == 2 && interface.counters.dropped_packets == 2 &&
          interface.counters.received_bytes == 2 * sizeof(udp_frame));
    CHECK(INTERFACE(.present = VROUTER_INTERFACE_HAS_OPERATION, .operation = RESET) == 0 && TOLD(0, INTERFACE, interface, &interface) &&
          interface.counters.received_packets == 0);
    CHECK(ASK(DROP_STATISTICS, drop_statistics, .present = operation | one, .operation = GET, .interface = 3) == 0 &&
          TOLD(0, DROP_STATISTICS, drop_statistics, &drops) && drops.counts_count == 1);

    CHECK(ROUTE(.present = VROUTER_ROUTE_HAS_OPERATION | VROUTER_ROUTE_HAS_FAMILY | VROUTER_ROUTE_HAS_VRF | VROUTER_ROUTE_HAS_IPV4_PREFIX |
                           VROUTER_ROUTE_HAS_PREFIX_LENGTH | VROUTER_ROUTE_HAS_NEXT_HOP,
                .operation = ADD, .family = 2, .vrf = 1, .next_hop = 0) == 0);
    ask(&a, VROUTER_COMMAND_TRACE, &vrouter_trace_layout, &trace);
    CHECK(ASK(VRF_STATISTICS, vrf_statistics, .present = VROUTER_VRF_STATISTICS_HAS_OPERATION | VROUTER_VRF_STATISTICS_HAS_VRF, .operation = RESET,
              .vrf = 0) == 0 && TOLD(0, VRF_STATISTICS, vrf_statistics, &vrf) && vrf.discards == 1 && vrf.arp_floods == 0);
    CHECK(ASK(VRF_STATISTICS, vrf_statistics, .present = VROUTER_VRF_STATISTICS_HAS_OPERATION | VROUTER_VRF_STATISTICS_HAS_CORE, .operation = DUMP,
              .core = 0) == 0 && a.count == 2 && TOLD(0, VRF_STATISTICS, vrf_statistics, &vrf) && vrf.discards == 0);

    CHECK(refused(ASK(DROP_STATISTICS, drop_statistics, .present = operation | one, .operation = GET, .interface = 9), ENOENT,
                  VROUTER_DROP_STATISTICS_ATTRIBUTE_INTERFACE));
    CHECK(refused(ASK(DROP_STATISTICS, drop_statistics, .present = operation | VROUTER_DROP_STATISTICS_HAS_CORE, .operation = GET, .core = 4), EINVAL,
                  VROUTER_DROP_STATISTICS_ATTRIBUTE_CORE));
    CHECK(refused(ASK(DROP_STATISTICS, drop_statistics, .present = operation, .operation = DUMP), EOPNOTSUPP,
                  VROUTER_DROP_STATISTICS_ATTRIBUTE_OPERATION));
    CHECK(refused(ASK(DROP_RECORD, drop_record, .present = VROUTER_DROP_RECORD_HAS_OPERATION, .operation = GET), EOPNOTSUPP,
                  VROUTER_DROP_RECORD_ATTRIBUTE_OPERATION));
    CHECK(refused(ASK(VRF_STATISTICS, vrf_statistics, .present = VROUTER_VRF_STATISTICS_HAS_OPERATION, .operation = GET), EINVAL,
                  VROUTER_VRF_STATISTICS_ATTRIBUTE_VRF));
    CHECK(refused(ASK(VRF_STATISTICS, vrf_statistics, .present = VROUTER_VRF_STATISTICS_HAS_OPERATION | VROUTER_VRF_STATISTICS_HAS_VRF,
                      .operation = GET, .vrf = 9), ENOENT, VROUTER_VRF_STATISTICS_ATTRIBUTE_VRF));
    CHECK(refused(ASK(VRF_STATISTICS, vrf_statistics, .present = VROUTER_VRF_STATISTICS_HAS_OPERATION, .operation = SWEEP), EOPNOTSUPP,
                  VROUTER_VRF_STATISTICS_ATTRIBUTE_OPERATION));
    trace.interface = 9;
    CHECK(refused(ask(&a, VROUTER_COMMAND_TRACE, &vrouter_trace_layout, &trace), ENOENT, VROUTER_TRACE_ATTRIBUTE_INTERFACE));
    trace.interface = 3;
    trace.frame_length = 13;
    CHECK(refused(ask(&a, VROUTER_COMMAND_TRACE, &vrouter_trace_layout, &trace), EINVAL, VROUTER_TRACE_ATTRIBUTE_FRAME));
    trace.present = VROUTER_TRACE_HAS_INTERFACE;
    CHECK(refused(ask(&a, VROUTER_COMMAND_TRACE, &vrouter_trace_layout, &trace), EINVAL, VROUTER_TRACE_ATTRIBUTE_FRAME));
    asking_end(&a);
}

int main(void)
{
    greet();
    refuse_what_is_no_message();
    stop_when_nobody_listens();
    tell_what_cannot_be_told();
    keep_vrfs();
    keep_interfaces();
    follow_devices();
    keep_next_hops();
    keep_routes();
    keep_labels_and_networks();
    keep_flows();
    decide_a_held_flow();
    count_and_trace();
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
