/*
 * What the core costs: cycles a packet for a flow hit that is wrapped in MPLS over UDP, and for the way back; nanoseconds a longest-prefix match.
 * Cycles and instructions come from the processor's counters where the system lets us read them; otherwise cycles are those of
 * the time-stamp counter, which ticks at a fixed rate, and instructions are not told.
 *
 * A port of its own: packets are views of one buffer that is set back after each packet, so that nothing but the core is measured.
 */
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#include "build.h"
#include "flow.h"
#include "route.h"
#include "tables.h"
#include "test_port.h"
#include "vrf.h"

static uint64_t sent;

/* ---- The port ------------------------------------------------------------------------------------------------------------- */

void *vr_port_allocate(size_t size)
{
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);

    return memory ? memset(memory, 0, size) : NULL;
}

void vr_port_free(void *memory)
{
    free(memory);
}

void vr_port_defer(struct vr_deferred *deferred, void (*function)(struct vr_deferred *))
{
    function(deferred);
}

void vr_port_drain(void) {}
uint64_t vr_port_now_ms(void) { return 1000; }
uint32_t vr_port_random(void) { return 0x5eed5eed; }
unsigned int vr_port_cores(void) { return 1; }
unsigned int vr_port_core(void) { return 0; }
void vr_port_lock(unsigned int lock) { (void)lock; }
void vr_port_unlock(unsigned int lock) { (void)lock; }

bool vr_port_packet_pull_up(struct vr_packet *packet, uint32_t bytes)
{
    return bytes <= packet->linear;
}

bool vr_port_packet_make_room(struct vr_packet *packet, uint32_t bytes)
{
    return bytes <= packet->headroom;
}

bool vr_port_packet_clone(const struct vr_packet *packet, struct vr_packet *copy, uint32_t headroom)
{
    (void)packet, (void)copy, (void)headroom;
    return false;
}

void vr_port_packet_free(struct vr_packet *packet) { (void)packet; }

int vr_port_transmit(void *device, struct vr_packet *packet)
{
    (void)device, (void)packet;
    sent++;
    return 0;
}

void *test_device(uint32_t interface)
{
    (void)interface;
    return NULL;
}

/* ---- Measuring ------------------------------------------------------------------------------------------------------------ */

static int counter(uint64_t config)
{
    struct perf_event_attr event = {
        .type = PERF_TYPE_HARDWARE, .size = sizeof(event), .config = config, .exclude_kernel = 1, .exclude_hv = 1};

    return (int)syscall(SYS_perf_event_open, &event, 0, -1, -1, 0);
}

static uint64_t counted(int descriptor)
{
    uint64_t value = 0;

    return read(descriptor, &value, sizeof(value)) == sizeof(value) ? value : 0;
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int cycles = -1, instructions = -1;
/*
 * How many packets a round, how many rounds, of which the best counts; and which measurement, so that instructions of one alone can be counted. -1:
 * all. A round is shorter than what a machine gives one program at a time, so that of many some are not interrupted by others.
 */
static unsigned int packet_count = 5000, rounds = 2000;
static int chosen = -1, current;

/* ---- Packets -------------------------------------------------------------------------------------------------------------- */

static const char *const tables[] = {
    "vrf 1",
    "interface 0 physical mac 02:00:00:00:00:01 mtu 9000 cross 1",
    "interface 1 host mac 02:00:00:00:00:01 cross 0",
    "next-hop 1 receive if 1",
    "interface 3 virtual vrf 1 mac 00:00:5e:00:01:00 flags l2,l3",
    "next-hop 3 encapsulate if 3 vrf 1 eth 02:00:00:00:01:03/00:00:5e:00:01:00 flags policy",
    "interface 3 virtual vrf 1 nh 3 mac 00:00:5e:00:01:00 flags policy,l2,l3",
    "next-hop 10 tunnel over udp if 0 src 10.0.0.1 dst 10.0.0.2 eth 02:00:00:00:00:02/02:00:00:00:00:01",
    "next-hop 15 encapsulate if 3 vrf 1 family bridge",
    "route 0 10.0.0.1/32 nh 1",
    "route 1 10.1.3.0/24 nh 10 label 100",
    "bridge 1 02:00:00:00:03:06 nh 10 label 300",
    "label 16 nh 3",
    "flow 3 udp 10.1.1.3:1000 10.1.3.4:2000 forward source-nh 3",
    "flow 3 udp 10.1.1.3:1000 10.1.1.6:2000 forward",
    "flow 3 udp 10.1.3.4:2000 10.1.1.3:1000 forward source-nh 10",
};

static const char *const routed[] = {"eth 00:00:5e:00:01:00 02:00:00:00:01:03", "ip 10.1.1.3 10.1.3.4", "udp 1000 2000", "data 18"};
static const char *const bridged[] = {"eth 02:00:00:00:03:06 02:00:00:00:01:03", "ip 10.1.1.3 10.1.1.6", "udp 1000 2000", "data 18"};
static const char *const wrapped[] = {"eth 02:00:00:00:00:01 02:00:00:00:00:02", "ip 10.0.0.2 10.0.0.1", "udp 50000 6635", "mpls 16",
                                      "ip 10.1.3.4 10.1.1.3", "udp 2000 1000", "data 18"};

static unsigned int split(const char *line, char *copy, char **words)
{
    char *rest = strcpy(copy, line), *word;
    unsigned int count = 0;

    while ((word = strsep(&rest, " ")) != NULL)
        words[count++] = word;
    return count;
}

static void measure(struct vr_router *router, const char *title, uint32_t interface, const char *const *lines, unsigned int line_count)
{
    static uint8_t buffer[512], original[256];
    struct build build = {.cut = UINT32_MAX};
    char copy[256], *words[32];
    double best = 1e9, best_instructions = 0, best_ns = 1e9;
    uint32_t length;

    if (chosen >= 0 && chosen != current++)
        return;
    for (unsigned int at = 0; at < line_count; at++)
        build_line(&build, words, split(lines[at], copy, words));
    length = build_bytes(&build, original, NULL);
    sent = 0;
    for (unsigned int round = 0; round < rounds; round++) {
        uint64_t from = cycles >= 0 ? counted(cycles) : __rdtsc(), from_instructions = instructions >= 0 ? counted(instructions) : 0;
        double start = seconds(), spent;

        for (unsigned int number = 0; number < packet_count; number++) {
            struct vr_packet packet = {
                .data = buffer + VR_PACKET_HEADROOM, .linear = length, .length = length, .headroom = VR_PACKET_HEADROOM};

            memcpy(packet.data, original, sizeof(original) / 2);
            vr_receive(router, interface, &packet, NULL);
        }
        spent = (double)((cycles >= 0 ? counted(cycles) : __rdtsc()) - from) / packet_count;
        if (spent < best) {
            best = spent;
            best_ns = (seconds() - start) * 1e9 / packet_count;
            best_instructions = instructions >= 0 ? (double)(counted(instructions) - from_instructions) / packet_count : 0;
        }
    }
    if (sent != (uint64_t)rounds * packet_count) {
        printf("%s: only %llu of %u packets were sent\n", title, (unsigned long long)sent, rounds * packet_count);
        exit(1);
    }
    printf("%-44s %7.1f cycles %7.1f ns", title, best, best_ns);
    if (instructions >= 0)
        printf(" %7.1f instructions", best_instructions);
    printf("   %4.2f of Open vSwitch's 173 cycles\n", best / 173);
}

/* ---- Routes --------------------------------------------------------------------------------------------------------------- */

static uint32_t random_state = 2463534242u;

static uint32_t random_number(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static void measure_routes(struct vr_router *router, uint32_t count)
{
    enum { ASKED = 4096, TIMES = 500 };
    static uint32_t asked[ASKED];
    struct vr_route route = {.vrf = 2, .family = VR_FAMILY_IPV4, .label = VR_NONE, .next_hop = 10};
    double start, filled;
    unsigned int found = 0;

    vr_vrf_set(router, &(struct vr_vrf){.index = 2});
    start = seconds();
    for (uint32_t at = 0; at < count; at++) {
        uint32_t address = random_number();

        /* As in the Internet: three in five are /24, the others 16 to 32. */
        route.length = (uint8_t)(random_number() % 5 < 3 ? 24 : 16 + random_number() % 17);
        vr_write32(route.prefix, address);
        vr_route_set(router, &route);
        asked[at % ASKED] = address;
    }
    filled = seconds();
    for (unsigned int times = 0; times < TIMES; times++) {
        for (unsigned int at = 0; at < ASKED && at < count; at++) {
            vr_write32(route.prefix, asked[at]);
            found += vr_route_find(router, &route) == 0;
        }
    }
    printf("%-44s %7.1f ns a lookup, %.0f ns an insertion\n", count == 1000 ? "1,000 routes, addresses in random order" : "100,000 routes, addresses in random order",
           (seconds() - filled) * 1e9 / found, (filled - start) * 1e9 / count);
    vr_vrf_delete(router, 2);
}

int main(int count, char **arguments)
{
    struct vr_limits limits = vr_default_limits;
    struct vr_router *router;
    char copy[256], *words[32];
    const char *error;

    if (count == 4) {
        packet_count = (unsigned int)atoi(arguments[1]);
        rounds = (unsigned int)atoi(arguments[2]);
        chosen = atoi(arguments[3]);
    }
    cycles = counter(PERF_COUNT_HW_CPU_CYCLES);
    instructions = counter(PERF_COUNT_HW_INSTRUCTIONS);
    printf(cycles >= 0 ? "cycles: the processor's counter\n" : "cycles: the time-stamp counter, for there is no counter of cycles here\n");
    if (vr_router_create(&limits, &router) != 0)
        return 1;
    for (unsigned int at = 0; at < sizeof(tables) / sizeof(tables[0]); at++) {
        error = tables_line(router, words, split(tables[at], copy, words));
        if (error) {
            printf("%s: %s\n", tables[at], error);
            return 1;
        }
    }
    measure(router, "flow hit, bridged into MPLS over UDP", 3, bridged, sizeof(bridged) / sizeof(bridged[0]));
    measure(router, "flow hit, routed into MPLS over UDP", 3, routed, sizeof(routed) / sizeof(routed[0]));
    measure(router, "MPLS over UDP unwrapped, flow hit, delivered", 0, wrapped, sizeof(wrapped) / sizeof(wrapped[0]));
    if (chosen < 0) {
        measure_routes(router, 1000);
        measure_routes(router, 100000);
    }
    vr_router_destroy(router);
    return 0;
}
