/*
 * Rows with the kernel module (Tests/Forwarder/testbed.h): packets go in and out through devices. The environment says which layout of packets
 * this run has, and so which way they go in:
 *
 *   LAYOUT=roomy   by the message `trace`, and through veth devices what is too long for it
 *   LAYOUT=tight   through veth devices
 *   LAYOUT=split   through TAP devices, in page fragments
 *
 * With FRESH=1 each row has a network namespace of its own, and so a forwarder that has seen nothing yet; without, its tables are emptied between
 * rows, as an agent does after a restart.
 *
 * Packets are in the forwarder, and out of it, before the system call that sends one returns: the program stays on one CPU.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "genl.h"
#include "next_hop.h"
#include "testbed.h"
#include "vrouter_flow.h"
#include "vrouter_label.h"
#include "vrouter_next_hop.h"
#include "vrouter_route.h"
#include "wires.h"

_Static_assert(WIRES_INTERFACES >= REMOTE_INTERFACES, "every interface has a wire");

/* Interfaces whose link has been taken down. */
static bool down[REMOTE_INTERFACES];

bool testbed_has_layout(enum test_layout layout)
{
    const char *text = getenv("LAYOUT");

    return layout == (text && strcmp(text, "tight") == 0 ? TEST_TIGHT : text && strcmp(text, "split") == 0 ? TEST_SPLIT : TEST_ROOMY);
}

bool testbed_is_ordered(void)
{
    return true;
}

/* ---- Devices -------------------------------------------------------------------------------------------------------------- */

static enum wires_kind kind(void)
{
    return testbed_has_layout(TEST_SPLIT) ? WIRES_TAP : WIRES_VETH;
}

/* The module's own devices come with the interface, and go with it. */
static const char *own_name(uint32_t type)
{
    return type == VR_INTERFACE_HOST ? "vhost" : type == VR_INTERFACE_AGENT ? "pkt" : NULL;
}

static void make_device(const struct vr_interface *interface, struct vrouter_interface *message)
{
    const char *own = own_name(interface->type);

    if (interface->index >= WIRES_INTERFACES)
        return;
    if (!own)
        wires_open(kind(), interface->index, NULL);
    message->present |= VROUTER_INTERFACE_HAS_NAME;
    snprintf(message->name, sizeof(message->name), "%s", wires_name(kind(), interface->index, own));
}

static void device_changed(uint32_t index)
{
    const char *own = own_name(remote_interfaces[index].type);

    if (own && remote_interfaces[index].exists)
        wires_open(kind(), index, own);
    else if (own)
        wires_close(index);
    if (!remote_interfaces[index].exists)
        down[index] = false;
}

static const struct remote_devices devices = {.make = make_device, .changed = device_changed};

/* Interfaces of rows before this one go, VLANs first, and links are as the row says. */
void testbed_settle(void)
{
    for (unsigned int pass = 0; pass < 2; pass++) {
        for (uint32_t index = 0; index < REMOTE_INTERFACES; index++) {
            const struct remote_interface *known = &remote_interfaces[index];

            if (known->exists && !known->current && (pass == 1 || remote_is_sub_interface(known->type)))
                vr_interface_delete(NULL, index);
        }
    }
    for (uint32_t index = 0; index < REMOTE_INTERFACES; index++) {
        bool refuses = test.refusing >> index & 1;

        if (remote_interfaces[index].exists && down[index] != refuses) {
            wires_set_link(index, !refuses);
            down[index] = refuses;
        }
    }
}

/* ---- Frames --------------------------------------------------------------------------------------------------------------- */

const char *testbed_send(uint32_t interface, const uint8_t *bytes, uint32_t length)
{
    enum { SLOW_MS = 3000 };
    uint64_t began = testbed_now_ms(), before;

    /* The counters are those of now. */
    remote_changed = true;
    test_quiesce();
    before = remote_interfaces[interface].received;
    if (!wires_send(interface, bytes, length))
        return "the kernel takes no such frame from the device";
    do {
        remote_changed = true;
        test_quiesce();
    } while (remote_interfaces[interface].received == before && testbed_now_ms() - began < SLOW_MS);
    return NULL;
}

uint32_t testbed_receive(uint32_t interface, uint8_t *bytes, uint32_t size, uint64_t *nanoseconds)
{
    return wires_receive(interface, bytes, size, nanoseconds);
}

/* ---- Beginning and end ---------------------------------------------------------------------------------------------------- */

/* Next hops that go round name each other, so that none of them can go first: those that stay are made to name nobody. */
static void untie_next_hops(void)
{
    static struct vrouter_next_hop message;
    static uint32_t indices[65536];
    uint32_t count = 0;

    remote_ask_table(VROUTER_COMMAND_NEXT_HOP, VROUTER_TABLE_OPERATION_DUMP, 0);
    for (unsigned int at = 0; count < sizeof(indices) / sizeof(indices[0]) && remote_told(at, &vrouter_next_hop_layout, &message); at++)
        indices[count++] = message.index;
    remote_generation--;
    while (count) {
        struct vr_next_hop discard = {.index = indices[--count], .type = VR_NEXT_HOP_DISCARD, .family = VR_FAMILY_IPV4, .interface = VR_NONE};

        if (discard.index)
            vr_next_hop_set(NULL, &discard);
    }
    remote_generation++;
}

/* Interfaces stay, without what rows have said of them: attaching devices takes long. */
static void neutralise_interfaces(void)
{
    for (uint32_t index = 0; index < REMOTE_INTERFACES; index++) {
        struct remote_interface *known = &remote_interfaces[index];
        struct vr_interface neutral = {.index = index, .type = known->type, .multicast_vrf = VR_NONE, .next_hop = VR_NONE, .parent = VR_NONE};

        if (!known->exists)
            continue;
        if (remote_is_sub_interface(known->type))
            vr_interface_delete(NULL, index);
        else
            vr_interface_set(NULL, &neutral);
        known->current = false;
    }
}

static int empty_tables(void)
{
    static const struct {
        uint8_t command;
        uint8_t family;
    } order[] = {{VROUTER_COMMAND_FLOW, 0},
                 {VROUTER_COMMAND_ROUTE, VR_FAMILY_IPV4},
                 {VROUTER_COMMAND_ROUTE, VR_FAMILY_IPV6},
                 {VROUTER_COMMAND_ROUTE, VR_FAMILY_BRIDGE},
                 {VROUTER_COMMAND_LABEL, 0},
                 {VROUTER_COMMAND_VXLAN_NETWORK, 0},
                 {VROUTER_COMMAND_NEXT_HOP, 0}};

    remote_generation++;
    neutralise_interfaces();
    for (unsigned int at = 0; at < sizeof(order) / sizeof(order[0]); at++) {
        int error = remote_ask_table(order[at].command, VROUTER_TABLE_OPERATION_SWEEP, order[at].family);

        if (error == -EBUSY && order[at].command == VROUTER_COMMAND_NEXT_HOP) {
            untie_next_hops();
            error = remote_ask_table(order[at].command, VROUTER_TABLE_OPERATION_SWEEP, 0);
        }
        if (error) {
            printf("a sweep of table %u failed: %s (%s)\n", order[at].command, strerror(-error), remote_response.explanation);
            return error;
        }
    }
    return 0;
}

/* The namespace of the row before goes when nothing is open in it any more, and its forwarder and devices with it. */
static void enter_namespace(void)
{
    int fd;

    for (uint32_t index = 0; index < REMOTE_INTERFACES; index++)
        wires_close(index);
    memset(remote_interfaces, 0, sizeof(remote_interfaces));
    memset(down, 0, sizeof(down));
    if (unshare(CLONE_NEWNET) != 0) {
        perror("a network namespace");
        exit(2);
    }
    /* IPv6's own packets would be counted with the row's. */
    fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY);
    if (fd >= 0) {
        if (write(fd, "1", 1) != 1)
            perror("IPv6 stays on");
        close(fd);
    }
    genl_close();
}

int testbed_begin(const struct vr_limits *limits)
{
    cpu_set_t one;

    /* The module's are said when it is loaded. */
    (void)limits;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    sched_setaffinity(0, sizeof(one), &one);
    remote_devices = &devices;
    if (!getenv("FRESH"))
        return empty_tables();
    enter_namespace();
    return 0;
}

/* Links that were taken down come up. */
void testbed_end(void)
{
    test.refusing = 0;
    testbed_settle();
}
