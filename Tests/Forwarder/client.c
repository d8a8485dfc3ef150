/*
 * Sets tables of a running forwarder from lines of text on stdin, for suites: the lines of tables.h, and
 *
 *   device INDEX NAME     the device of an interface that is set later
 *   drops                 the counters of drops, "REASON COUNT" a line
 *   flows                 the flows, "INDEX INCARNATION ACTION PACKETS BYTES" a line
 *   interface-counters    "INDEX RECEIVED TRANSMITTED DROPPED ERRORS LINK" a line
 *
 *   vrouter-client SOCKET < LINES
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "remote.h"
#include "tables.h"
#include "vrouter_flow.h"
#include "vrouter_interface.h"
#include "vrouter_statistics.h"

static void print_drops(struct vr_router *router)
{
    static struct vrouter_drop_statistics message;

    message.present = VROUTER_DROP_STATISTICS_HAS_OPERATION;
    message.operation = VROUTER_TABLE_OPERATION_GET;
    remote_ask(router, VROUTER_COMMAND_DROP_STATISTICS, &vrouter_drop_statistics_layout, &message);
    if (!remote_told(0, &vrouter_drop_statistics_layout, &message))
        return;
    for (uint32_t at = 0; at < message.counts_count; at++)
        printf("%s %llu\n", vrouter_drop_reason_name(message.counts[at].reason), (unsigned long long)message.counts[at].packets);
}

static void print_flows(struct vr_router *router)
{
    struct vrouter_flow message = {.present = VROUTER_FLOW_HAS_OPERATION, .operation = VROUTER_TABLE_OPERATION_DUMP};

    remote_ask(router, VROUTER_COMMAND_FLOW, &vrouter_flow_layout, &message);
    for (unsigned int at = 0; remote_told(at, &vrouter_flow_layout, &message); at++)
        printf("%u %u %s %llu %llu\n", message.index, message.incarnation, vrouter_flow_action_name(message.action),
               (unsigned long long)message.statistics.packets, (unsigned long long)message.statistics.bytes);
}

static void print_interfaces(struct vr_router *router)
{
    struct vrouter_interface message = {.present = VROUTER_INTERFACE_HAS_OPERATION, .operation = VROUTER_TABLE_OPERATION_DUMP};

    remote_ask(router, VROUTER_COMMAND_INTERFACE, &vrouter_interface_layout, &message);
    for (unsigned int at = 0; remote_told(at, &vrouter_interface_layout, &message); at++)
        printf("%u %llu %llu %llu %llu %s\n", message.index, (unsigned long long)message.counters.received_packets,
               (unsigned long long)message.counters.transmitted_packets, (unsigned long long)message.counters.dropped_packets,
               (unsigned long long)message.counters.transmitted_errors, message.present & VROUTER_INTERFACE_HAS_LINK_UP ? "up" : "down");
}

int main(int count, char **words_given)
{
    struct vr_router *router = count == 2 ? remote_connect(words_given[1]) : NULL;
    char line[1024];
    int status = 0;

    if (!router) {
        perror(count == 2 ? words_given[1] : "vrouter-client SOCKET");
        return 2;
    }
    while (fgets(line, sizeof(line), stdin)) {
        char copy[1024], *rest = line, *words[48], *word;
        unsigned int number = 0;
        const char *error = NULL;

        line[strcspn(line, "\n#")] = 0;
        strcpy(copy, line);
        while ((word = strsep(&rest, " \t")) != NULL && number < 48) {
            if (*word)
                words[number++] = word;
        }
        if (number == 0)
            continue;
        if (strcmp(words[0], "device") == 0 && number == 3)
            remote_device((uint32_t)atoi(words[1]), words[2]);
        else if (strcmp(words[0], "drops") == 0)
            print_drops(router);
        else if (strcmp(words[0], "flows") == 0)
            print_flows(router);
        else if (strcmp(words[0], "interface-counters") == 0)
            print_interfaces(router);
        else
            error = tables_line(router, words, number);
        if (error) {
            fprintf(stderr, "%s: %s: %s\n", copy, error, remote_response.explanation);
            status = 1;
        }
    }
    remote_disconnect(router);
    return status;
}
