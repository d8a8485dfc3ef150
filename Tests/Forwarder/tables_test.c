/*
 * The tables by themselves: longest-prefix match against a plain list, readers beside a writer, what control functions refuse, what
 * cannot be deleted, and that everything is counted.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "interface.h"
#include "next_hop.h"
#include "route.h"
#include "test_port.h"
#include "trace.h"
#include "vrf.h"

static unsigned int passed, failed;

static void check(bool good, const char *what, int line)
{
    passed += good;
    failed += !good;
    if (!good)
        printf("tables_test.c:%d: %s\n", line, what);
}

#define CHECK(condition) check((condition), #condition, __LINE__)

static const struct vr_limits limits = {
    .interfaces = 8,
    .vrfs = 4,
    .next_hops = 4096,
    .labels = 64,
    .vxlan_networks = 2,
    .bridge_entries = 8,
    .flows = 16,
    .overflow_flows = 4,
    .held_flows = 4,
    .fragments = 16,
};

static struct vr_router *make(void)
{
    struct vr_router *router = NULL;
    unsigned int refused = 0;

    CHECK(vr_router_create(&limits, &router) == 0);
    for (uint32_t index = 1; index < limits.next_hops; index++) {
        struct vr_next_hop discard = {
            .index = index, .type = VR_NEXT_HOP_DISCARD, .family = VR_FAMILY_IPV4, .flags = VR_NEXT_HOP_VALID, .interface = VR_NONE};

        refused += vr_next_hop_set(router, &discard) != 0;
    }
    CHECK(refused == 0);
    return router;
}

static void end(struct vr_router *router)
{
    vr_router_destroy(router);
    CHECK(test.allocations == 0);
}

static uint32_t random_state = 1;

static uint32_t random_number(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

/* ---- Longest-prefix match ------------------------------------------------------------------------------------------------- */

enum { MOST_ROUTES = 600 };

/* Prefixes that nest and clash: few values for each byte, all lengths. */
static struct vr_route random_route(uint8_t family)
{
    struct vr_route route = {.family = family, .label = VR_NONE, .next_hop = 1 + random_number(limits.next_hops - 1)};
    unsigned int bytes = family == VR_FAMILY_IPV6 ? 16 : 4;

    route.length = (uint8_t)random_number(bytes * 8 + 1);
    for (unsigned int at = 0; at < bytes; at++)
        route.prefix[at] = (uint8_t)(random_number(3) ? 0xa0 | random_number(3) : random_number(256));
    for (unsigned int bit = route.length; bit < 128; bit++)
        route.prefix[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
    return route;
}

static bool covers(const struct vr_route *route, const uint8_t *address)
{
    for (unsigned int bit = 0; bit < route->length; bit++) {
        if ((route->prefix[bit / 8] ^ address[bit / 8]) & (0x80 >> bit % 8))
            return false;
    }
    return true;
}

static bool agrees(struct vr_router *router, const struct vr_route *list, unsigned int count, uint8_t family)
{
    struct vr_route asked = random_route(family);
    const struct vr_route *best = NULL;
    int error;

    for (unsigned int at = 0; at < count; at++) {
        if (covers(&list[at], asked.prefix) && (!best || list[at].length > best->length))
            best = &list[at];
    }
    error = vr_route_find(router, &asked);
    return best ? error == 0 && asked.next_hop == best->next_hop && asked.length == best->length : error == -ENOENT;
}

static int by_prefix(const void *left, const void *right)
{
    const struct vr_route *a = left, *b = right;
    int order = memcmp(a->prefix, b->prefix, sizeof(a->prefix));

    return order ? order : a->length - b->length;
}

static void match_like_a_list(uint8_t family)
{
    static struct vr_route list[MOST_ROUTES];
    struct vr_router *router = make();
    struct vr_route route = {.family = family};
    unsigned int count = 0, wrong = 0;

    for (unsigned int step = 0; step < 6000; step++) {
        struct vr_route change = random_route(family);
        unsigned int at = 0;

        while (at < count && by_prefix(&list[at], &change) != 0)
            at++;
        if (count == MOST_ROUTES || (count && random_number(5) < (step < 3000 ? 1 : 3))) {
            at = random_number(count);
            wrong += vr_route_delete(router, &list[at]) != 0;
            list[at] = list[--count];
        } else {
            wrong += vr_route_set(router, &change) != 0;
            list[at] = change;
            count += at == count;
        }
        for (unsigned int times = 0; times < 5; times++)
            wrong += !agrees(router, list, count, family);
        if (step % 64 == 0)
            test_quiesce();
    }
    CHECK(wrong == 0);
    qsort(list, count, sizeof(list[0]), by_prefix);
    for (unsigned int at = 0; at < count; at++) {
        wrong += vr_route_dump(router, &route, at == 0) != 0 || by_prefix(&route, &list[at]) != 0;
    }
    CHECK(wrong == 0 && vr_route_dump(router, &route, count == 0) == -ENOENT);
    while (count)
        wrong += vr_route_delete(router, &list[--count]) != 0;
    CHECK(wrong == 0 && vr_route_dump(router, &route, true) == -ENOENT);
    end(router);
}

/* While 10.0.0.0/8 stays, whatever comes and goes below it, a reader always gets an answer that was right at some moment. */
struct shared {
    struct vr_router *router;
    bool stop;
    unsigned int wrong;
    unsigned int lookups;
};

static void *read_on(void *argument)
{
    struct shared *shared = argument;

    while (!vr_load(&shared->stop)) {
        struct vr_route route = {.family = VR_FAMILY_IPV4, .prefix = {10, 1, 2, 3}};
        int error = vr_route_find(shared->router, &route);

        /* Next hops are the lengths of their routes. */
        shared->wrong += error != 0 || route.length < 8 || route.next_hop != route.length;
        shared->lookups++;
    }
    return NULL;
}

static void read_beside_a_writer(void)
{
    struct shared shared = {.router = make()};
    struct vr_route route = {.family = VR_FAMILY_IPV4, .length = 8, .next_hop = 8, .label = VR_NONE, .prefix = {10}};
    pthread_t reader;

    CHECK(vr_route_set(shared.router, &route) == 0);
    CHECK(pthread_create(&reader, NULL, read_on, &shared) == 0);
    for (unsigned int step = 0; step < 30000; step++) {
        route = (struct vr_route){.family = VR_FAMILY_IPV4, .label = VR_NONE, .prefix = {10, 1, 2, 3}};
        route.length = (uint8_t)(9 + random_number(24));
        route.next_hop = route.length;
        if (random_number(2))
            vr_route_set(shared.router, &route);
        else
            vr_route_delete(shared.router, &route);
    }
    vr_publish(&shared.stop, true);
    pthread_join(reader, NULL);
    CHECK(shared.wrong == 0 && shared.lookups > 0);
    test_quiesce();
    end(shared.router);
}

/* ---- What is refused ------------------------------------------------------------------------------------------------------ */

static void refuse_what_is_wrong(void)
{
    struct vr_router *router = make(), *other = NULL;
    struct vr_interface interface = {
        .index = 1, .type = VR_INTERFACE_VIRTUAL, .multicast_vrf = VR_NONE, .next_hop = VR_NONE, .parent = VR_NONE};
    struct vr_interface wrong;
    struct vr_next_hop next_hop = {.index = 5, .type = VR_NEXT_HOP_ENCAPSULATE, .family = VR_FAMILY_IPV4, .interface = 1};
    struct vr_limits impossible = limits;

    impossible.flows = 17;
    CHECK(vr_router_create(&impossible, &other) == -EINVAL);
    CHECK(vr_next_hop_set(router, &next_hop) == -ENOENT);
    CHECK(vr_interface_set(router, &interface) == 0);
    CHECK(vr_next_hop_set(router, &next_hop) == 0);
    CHECK(vr_interface_delete(router, 1) == -EBUSY);
    wrong = interface;
    wrong.type = VR_INTERFACE_HOST;
    CHECK(vr_interface_set(router, &wrong) == -EINVAL);
    wrong = interface;
    wrong.flags = 1u << 3;
    CHECK(vr_interface_set(router, &wrong) == -EOPNOTSUPP);
    wrong = interface;
    wrong.vrf = 3;
    CHECK(vr_interface_set(router, &wrong) == -ENOENT);
    wrong = interface;
    wrong.mtu = 67;
    CHECK(vr_interface_set(router, &wrong) == -EINVAL);
    wrong.index = limits.interfaces;
    CHECK(vr_interface_set(router, &wrong) == -EINVAL);
    CHECK(vr_next_hop_delete(router, 5) == 0 && vr_interface_delete(router, 1) == 0 && vr_interface_delete(router, 1) == -ENOENT);
    CHECK(vr_next_hop_delete(router, 0) == -EBUSY && vr_vrf_delete(router, 0) == -EBUSY && vr_vrf_delete(router, 2) == -ENOENT);
    next_hop.index = 0;
    CHECK(vr_next_hop_set(router, &next_hop) == -EINVAL);
    CHECK(vr_label_set(router, &(struct vr_label){.label = 15}) == -EINVAL);
    CHECK(vr_label_set(router, &(struct vr_label){.label = 64}) == -EINVAL);
    CHECK(vr_label_set(router, &(struct vr_label){.label = 16, .next_hop = 5}) == -ENOENT);
    CHECK(vr_label_set(router, &(struct vr_label){.label = 16, .next_hop = 6}) == 0 && vr_next_hop_delete(router, 6) == -EBUSY);
    CHECK(vr_label_delete(router, 16) == 0 && vr_next_hop_delete(router, 6) == 0);
    CHECK(vr_vxlan_network_set(router, &(struct vr_vxlan_network){.identifier = 1}) == 0);
    CHECK(vr_vxlan_network_set(router, &(struct vr_vxlan_network){.identifier = 2}) == 0);
    CHECK(vr_vxlan_network_set(router, &(struct vr_vxlan_network){.identifier = 3}) == -ENOSPC);
    CHECK(vr_vxlan_network_set(router, &(struct vr_vxlan_network){.identifier = 1u << 24}) == -EINVAL);
    end(router);
}

static void delete_a_vrf_with_its_routes(void)
{
    struct vr_router *router = make();
    struct vr_route route = {.vrf = 2, .family = VR_FAMILY_IPV4, .next_hop = 9, .label = VR_NONE, .prefix = {10}};
    struct vr_bridge_entry entry = {.vrf = 2, .next_hop = 9, .label = VR_NONE};
    struct vr_vrf vrf;
    unsigned int count = 0;
    uint64_t cursor = 0;

    CHECK(vr_vrf_set(router, &(struct vr_vrf){.index = 2}) == 0);
    for (route.length = 0; route.length <= 32; route.length++)
        count += vr_route_set(router, &route) == 0;
    for (uint8_t number = 0; number < limits.bridge_entries; number++) {
        entry.mac.bytes[5] = number;
        count += vr_bridge_set(router, &entry) == 0;
    }
    entry.mac.bytes[5] = 200;
    CHECK(count == 33 + limits.bridge_entries && vr_bridge_set(router, &entry) == -ENOSPC);
    CHECK(vr_vrf_get(router, 2, &vrf) == 0 && vrf.ipv4_routes == 33 && vrf.bridge_entries == limits.bridge_entries);
    for (count = 0; vr_bridge_dump(router, &cursor, &entry) == 0; count++)
        ;
    CHECK(count == limits.bridge_entries && vr_next_hop_delete(router, 9) == -EBUSY);
    CHECK(vr_vrf_delete(router, 2) == 0 && vr_next_hop_delete(router, 9) == 0);
    cursor = 0;
    CHECK(vr_bridge_dump(router, &cursor, &entry) == -ENOENT);
    end(router);
}

/* ---- Flows ---------------------------------------------------------------------------------------------------------------- */

static struct vr_flow flow_of(uint16_t port)
{
    return (struct vr_flow){
        .index = VR_NONE,
        .action = VR_FLOW_FORWARD,
        .ecmp_member = VR_FLOW_NO_MEMBER,
        .reverse_index = VR_NONE,
        .source_next_hop = VR_NONE,
        .key = {.next_hop = 1, .family = VR_FAMILY_IPV4, .protocol = 17, .source_port = vr_to_be16(port)},
    };
}

static void fill_and_empty_the_flow_table(void)
{
    struct vr_router *router = make();
    struct vr_flow_table table;
    struct vr_flow flow;
    unsigned int made = 0, found = 0;
    uint16_t port = 0;
    int error = 0;

    for (; port < 200 && made < 20; port++) {
        flow = flow_of(port);
        error = vr_flow_set(router, &flow);
        made += error == 0;
        CHECK(error == 0 || error == -ENOSPC);
    }
    vr_flow_table_get(router, &table);
    CHECK(made == 20 && table.used == 20 && table.overflow_used == 4 && table.added == 20);
    flow = flow_of(999);
    CHECK(vr_flow_set(router, &flow) == -ENOSPC);
    for (uint16_t at = 0; at < port; at++) {
        flow = flow_of(at);
        found += vr_flow_find(router, &flow.key, &flow) == 0;
    }
    CHECK(found == 20);
    for (uint32_t from = 0; vr_flow_dump(router, from, &flow) == 0; from = flow.index + 1) {
        CHECK(vr_flow_delete(router, flow.index, (uint8_t)(flow.incarnation + 1), NULL) == -EBADF);
        CHECK(vr_flow_delete(router, flow.index, flow.incarnation, NULL) == 0);
    }
    flow = flow_of(999);
    CHECK(vr_flow_set(router, &flow) == -ENOSPC);
    /* Once no reader can hold them, the places are free again. */
    test_quiesce();
    flow = flow_of(999);
    CHECK(vr_flow_set(router, &flow) == 0 && flow.incarnation == 2);
    vr_flow_table_get(router, &table);
    CHECK(table.used == 1 && table.deleted == 20);
    end(router);
}

static void name_flows_exactly(void)
{
    struct vr_router *router = make();
    struct vr_flow flow = flow_of(1), reverse = flow_of(2), other;

    CHECK(vr_flow_set(router, &flow) == 0 && vr_flow_set(router, &reverse) == 0);
    flow.reverse_index = reverse.index;
    reverse.reverse_index = flow.index;
    CHECK(vr_flow_set(router, &flow) == 0 && vr_flow_set(router, &reverse) == 0);
    other = flow;
    other.incarnation++;
    CHECK(vr_flow_set(router, &other) == -EBADF);
    other = flow;
    other.index = reverse.index;
    CHECK(vr_flow_set(router, &other) == -EEXIST);
    other.index = limits.flows + limits.overflow_flows;
    CHECK(vr_flow_set(router, &other) == -ENOENT);
    other = flow;
    other.action = 3;
    CHECK(vr_flow_set(router, &other) == -EINVAL);
    other = flow;
    other.key.source[2] = 1;
    CHECK(vr_flow_set(router, &other) == -EINVAL);
    CHECK(vr_flow_delete(router, reverse.index, reverse.incarnation, &other) == 0 && other.key.source_port == vr_to_be16(2));
    CHECK(vr_flow_get(router, flow.index, &other) == 0 && other.reverse_index == VR_NONE && (other.flags & VR_FLOW_MODIFIED));
    CHECK(vr_flow_get(router, reverse.index, &other) == -ENOENT);
    end(router);
}

/* ---- Counting ------------------------------------------------------------------------------------------------------------- */

static void count_everything(void)
{
    struct vr_router *router = make();
    struct vr_interface interface = {.index = 1,
                                     .type = VR_INTERFACE_VIRTUAL,
                                     .multicast_vrf = VR_NONE,
                                     .next_hop = VR_NONE,
                                     .parent = VR_NONE,
                                     .flags = VR_INTERFACE_LAYER_2,
                                     .device = test_device(1)};
    struct vr_interface_counters counters;
    struct vr_drop_record record;
    uint8_t frame[60] = {2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, 0x88, 0xcc};
    struct vr_packet packet;

    CHECK(vr_interface_set(router, &interface) == 0);
    CHECK(vr_drop_record_get(router, 0, 0, &record) == -ENOENT);
    for (unsigned int at = 0; at < VR_DROP_RECORDS + 1; at++) {
        packet = test_packet(frame, sizeof(frame));
        vr_receive(router, 1, &packet, NULL);
    }
    CHECK(vr_drop_count(router, VR_ALL_CORES, VR_DROP_NO_BRIDGE_ENTRY) == VR_DROP_RECORDS + 1);
    CHECK(vr_interface_counters_get(router, 1, 0, &counters) == 0 && counters.received_packets == VR_DROP_RECORDS + 1 &&
          counters.received_bytes == (VR_DROP_RECORDS + 1) * sizeof(frame) && counters.dropped_packets == VR_DROP_RECORDS + 1 &&
          counters.drops[VR_DROP_NO_BRIDGE_ENTRY] == VR_DROP_RECORDS + 1);
    CHECK(vr_interface_counters_get(router, 1, 1, &counters) == -EINVAL);
    CHECK(vr_drop_record_get(router, 0, VR_DROP_RECORDS - 1, &record) == 0 && record.reason == VR_DROP_NO_BRIDGE_ENTRY &&
          record.interface == 1 && record.length == sizeof(frame) && record.captured == sizeof(frame) && record.bytes[5] == 9);
    CHECK(vr_drop_record_get(router, 0, VR_DROP_RECORDS, &record) == -ENOENT && vr_drop_record_get(router, 1, 0, &record) == -ENOENT);
    /* Replacing the interface keeps what it has counted. */
    CHECK(vr_interface_set(router, &interface) == 0 && vr_interface_counters_get(router, 1, VR_ALL_CORES, &counters) == 0 &&
          counters.received_packets == VR_DROP_RECORDS + 1);
    CHECK(test.buffers == 0);
    end(router);
}

int main(void)
{
    match_like_a_list(VR_FAMILY_IPV4);
    match_like_a_list(VR_FAMILY_IPV6);
    read_beside_a_writer();
    refuse_what_is_wrong();
    delete_a_vrf_with_its_routes();
    fill_and_empty_the_flow_table();
    name_flows_exactly();
    count_everything();
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
