// sources: Runtime/Forwarder/core/*.c Tests/Forwarder/test_port.c Tests/Forwarder/build.c Tests/Forwarder/tables.c
// flags: -std=gnu11 -D_GNU_SOURCE -I Runtime/Forwarder/include -I Runtime/Forwarder/core -I Tests/Forwarder
/*
 * Packets of any bytes, on any interface, against tables in which every kind of entry is reachable. The first byte of an input is the
 * interface and how packets are laid out; the rest is a run of packets, each behind its length. Every packet must have been sent or dropped,
 * nothing read or written beyond it.
 */
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "tables.h"
#include "test_port.h"
#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char *const tables[] = {
    "vrf 1",
    "interface 0 physical mac 02:00:00:00:00:01 mtu 200 cross 1",
    "interface 1 host mac 02:00:00:00:00:01 cross 0",
    "interface 2 agent mac 02:00:00:00:00:0a",
    "interface 3 virtual vrf 1 mac 00:00:5e:00:01:00 flags l2,l3,dhcp,igmp,flood-unknown",
    "next-hop 3 encapsulate if 3 vrf 1 eth 02:00:00:00:01:03/00:00:5e:00:01:00 flags policy",
    "interface 4 virtual vrf 1 nh 3 mac 00:00:5e:00:01:00 flags l2,l3,policy",
    "interface 5 virtual-vlan vrf 1 parent 3 vlan 100 mac 00:00:5e:00:01:00 flags l2,l3",
    "next-hop 1 receive if 1",
    "next-hop 2 receive if 2 vrf 1",
    "next-hop 4 encapsulate if 4 vrf 1 family bridge",
    "next-hop 5 vrf-translate vrf 1",
    "next-hop 6 vrf-translate vrf 1 family bridge flags flood-unknown,control-word",
    "next-hop 7 resolve if 0",
    "next-hop 10 tunnel over udp if 0 src 10.0.0.1 dst 10.0.0.2 eth 02:00:00:00:00:02/02:00:00:00:00:01",
    "next-hop 11 tunnel over gre if 0 src 10.0.0.1 dst 10.0.0.3 eth 02:00:00:00:00:02/02:00:00:00:00:01",
    "next-hop 12 tunnel over vxlan if 0 src 10.0.0.1 dst 10.0.0.4 flags vxlan-routing eth 02:00:00:00:00:02/02:00:00:00:00:01",
    "next-hop 13 encapsulate if 5 vrf 1 family bridge",
    "next-hop 20 composite kind local members 4,13 family bridge vrf 1",
    "next-hop 21 composite kind fabric members 10/700,11/701 family bridge vrf 1",
    "next-hop 22 composite kind evpn members 12/5000 family bridge vrf 1",
    "next-hop 23 composite kind multicast members 20,21,22 family bridge vrf 1",
    "next-hop 24 composite kind ecmp members 10/100,-,12/101 vrf 1",
    "route 0 10.0.0.1/32 nh 1",
    "route 1 0.0.0.0/0 nh 24",
    "route 1 10.1.1.1/32 nh 2 flags proxy",
    "route 1 10.1.1.3/32 nh 3 flags proxy,trap mac 02:00:00:00:01:03",
    "route 1 10.1.9.0/24 nh 7",
    "route 1 ::/0 nh 11 label 9",
    "bridge 1 02:00:00:00:01:04 nh 4",
    "bridge 1 02:00:00:00:03:06 nh 10 label 300 flags control-word",
    "bridge 1 ff:ff:ff:ff:ff:ff nh 23 label 5000",
    "label 16 nh 3",
    "label 17 nh 6",
    "label 18 nh 5",
    "label 19 nh 23 flags tree",
    "vxlan-network 5000 nh 6",
};

static const struct vr_limits limits = {8, 2, 32, 64, 4, 16, 16, 8, 4, 16};

static void set_up(struct vr_router *router)
{
    for (unsigned int at = 0; at < sizeof(tables) / sizeof(tables[0]); at++) {
        char copy[256], *rest = copy, *words[32], *word;
        unsigned int count = 0;

        strcpy(copy, tables[at]);
        while ((word = strsep(&rest, " ")) != NULL)
            words[count++] = word;
        if (tables_line(router, words, count) != NULL)
            abort();
    }
}

/* What an agent would do: decide about the flows that wait. */
static void decide(struct vr_router *router, uint8_t action)
{
    struct vr_flow flow;

    for (uint32_t from = 0; vr_flow_dump(router, from, &flow) == 0; from = flow.index + 1) {
        if (action % 4 == 3)
            vr_flow_delete(router, flow.index, flow.incarnation, NULL);
        flow.action = action % 3;
        flow.flags = 0;
        vr_flow_set(router, &flow);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct vr_router *router;
    struct vr_trace trace;
    size_t at = 0;

    test.buffers_left = -1;
    if (size > 4096 || vr_router_create(&limits, &router) != 0)
        return 0;
    set_up(router);
    while (size - at >= 2) {
        uint8_t what = bytes[at];
        size_t length = bytes[at + 1];
        struct vr_packet packet;

        at += 2;
        length = length < size - at ? length : size - at;
        test.layout = (enum test_layout)(what / 8 % TEST_LAYOUTS);
        packet = test_packet(bytes + at, (uint32_t)length);
        packet.segment_size = what & 0x80 ? 40 : 0;
        vr_receive(router, what % 8, &packet, &trace);
        for (uint32_t step = 0; step < trace.count; step++) {
            char text[120];

            vr_trace_text(&trace.records[step], text, sizeof(text));
        }
        if (what & 0x40) {
            decide(router, (uint8_t)length);
            test.now_ms += 900;
            vr_tick(router);
        }
        test_quiesce();
        test_forget_events();
        at += length;
    }
    vr_router_destroy(router);
    test_forget_events();
    if (test.buffers != 0 || test.allocations != 0)
        abort();
    return 0;
}
