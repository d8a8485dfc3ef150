/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The process tungsten-vrouter: its command line, and how its parts start and stop. See user.h. */
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user.h"
#include "vrouter_family.h"

static const char usage[] =
    "tungsten-vrouter: the forwarder of a compute host, in user space\n"
    "\n"
    "  tungsten-vrouter [OPTION]…\n"
    "\n"
    "It forwards nothing until an agent has told it, over its socket, which interfaces there are and where packets go. Interfaces on\n"
    "devices of the kernel need CAP_NET_RAW and CAP_NET_ADMIN. It stops at SIGTERM or SIGINT; logs go to stderr.\n"
    "\n"
    "  --socket PATH            where it takes messages (/run/tungsten/vrouter.sock); sockets of interfaces are in the same folder\n"
    "  --cores N                threads that forward packets, 1 to 63 (1)\n"
    "  --interfaces N           sizes of tables; each is fixed while it runs\n"
    "  --vrfs N\n"
    "  --next-hops N\n"
    "  --labels N               labels are below this\n"
    "  --vxlan-networks N\n"
    "  --bridge-entries N\n"
    "  --flows N                a power of two\n"
    "  --overflow-flows N\n"
    "  --held-flows N           flows that may wait for the agent\n"
    "  --fragments N            a power of two: datagrams whose fragments are followed\n"
    "  --help\n";

struct options {
    const char *socket;
    unsigned int cores;
    struct vr_limits limits;
};

struct table {
    const char *option;
    size_t offset;
    uint32_t low;
    uint32_t high;
    bool is_power;
};

#define TABLE(option, member, low, high, is_power) {option, offsetof(struct vr_limits, member), low, high, is_power}

static const struct table tables[] = {
    TABLE("interfaces", interfaces, 1, 65536, false),
    TABLE("vrfs", vrfs, 1, 65536, false),
    TABLE("next-hops", next_hops, 1, 1048576, false),
    TABLE("labels", labels, 16, 1048576, false),
    TABLE("vxlan-networks", vxlan_networks, 1, 16777216, false),
    TABLE("bridge-entries", bridge_entries, 1, 16777216, false),
    TABLE("flows", flows, 16, 67108864, true),
    TABLE("overflow-flows", overflow_flows, 0, 67108864, false),
    TABLE("held-flows", held_flows, 1, 65536, false),
    TABLE("fragments", fragments, 16, 1048576, true),
};

enum { TABLES = sizeof(tables) / sizeof(tables[0]), OPTION_SOCKET = 1000, OPTION_CORES, OPTION_HELP };

/* false: what was given is no such number; that has been said. */
static bool read_number(const char *option, const char *text, uint32_t low, uint32_t high, bool is_power, uint32_t *number)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 10);
    if (errno || *end || end == text || *text == '-' || value < low || value > high || (is_power && (value & (value - 1)))) {
        report("--%s %s: give a number from %u to %u%s", option, text, low, high, is_power ? " that is a power of two" : "");
        return false;
    }
    *number = (uint32_t)value;
    return true;
}

/* 0, or the status to exit with, plus one. */
static int read_options(int count, char **words, struct options *options)
{
    struct option known[TABLES + 4] = {{"socket", required_argument, NULL, OPTION_SOCKET},
                                       {"cores", required_argument, NULL, OPTION_CORES},
                                       {"help", no_argument, NULL, OPTION_HELP}};
    uint32_t number;
    int which;

    for (unsigned int at = 0; at < TABLES; at++)
        known[3 + at] = (struct option){tables[at].option, required_argument, NULL, (int)at};
    while ((which = getopt_long(count, words, "", known, NULL)) != -1) {
        if (which == OPTION_HELP) {
            fputs(usage, stdout);
            return 1;
        } else if (which == OPTION_SOCKET) {
            options->socket = optarg;
        } else if (which == OPTION_CORES) {
            if (!read_number("cores", optarg, 1, MOST_CORES - 1, false, &number))
                return 65;
            options->cores = number;
        } else if (which >= 0 && which < TABLES) {
            const struct table *table = &tables[which];

            if (!read_number(table->option, optarg, table->low, table->high, table->is_power, &number))
                return 65;
            memcpy((uint8_t *)&options->limits + table->offset, &number, sizeof(number));
        } else {
            fputs("try tungsten-vrouter --help\n", stderr);
            return 65;
        }
    }
    if (optind < count) {
        report("%s: there are options only; try --help", words[optind]);
        return 65;
    }
    return 0;
}

static int start_workers(struct vr_router *router, unsigned int *started)
{
    for (*started = 0; *started < worker_count; (*started)++) {
        struct worker *worker = &workers[*started];
        int error;

        worker->core = *started;
        worker->router = router;
        error = worker_start(worker);
        if (error)
            return error;
    }
    return 0;
}

static int run(const struct options *options)
{
    struct vr_router *router = NULL;
    struct vr_control *control = NULL;
    unsigned int started = 0;
    int error = vr_router_create(&options->limits, &router);

    if (error) {
        report("the tables cannot be made: %s; give smaller ones", strerror(-error));
        return error;
    }
    error = vr_control_create(router, "tungsten-vrouter 1", VROUTER_FORWARDER_PORT_USER, &control);
    error = error ? error : start_workers(router, &started);
    if (error)
        report("it cannot start: %s", strerror(-error));
    error = error ? error : serve(options->socket, router, control);
    while (started)
        worker_stop(&workers[--started]);
    vr_control_destroy(control);
    vr_router_destroy(router);
    vr_port_drain();
    packets_end();
    return error;
}

int main(int count, char **words)
{
    struct options options = {.socket = "/run/tungsten/vrouter.sock", .cores = 1, .limits = vr_default_limits};
    static char folder[PATH_MAX];
    int status = read_options(count, words, &options);

    if (status)
        return status - 1;
    snprintf(folder, sizeof(folder), "%s", options.socket);
    socket_directory = dirname(folder);
    mkdir(socket_directory, 0750);
    world_begin(options.cores);
    return run(&options) ? EXIT_FAILURE : EXIT_SUCCESS;
}
