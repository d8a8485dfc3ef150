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

static void print_drops(void)
{
    uint64_t counts[VR_DROP_LIMIT];

    remote_drops(counts);
    for (unsigned int reason = 0; reason < VR_DROP_LIMIT; reason++) {
        if (counts[reason])
            printf("%s %llu\n", vrouter_drop_reason_name(reason), (unsigned long long)counts[reason]);
    }
}

static void print_flows(void)
{
    struct vrouter_flow message;

    remote_ask_table(VROUTER_COMMAND_FLOW, VROUTER_TABLE_OPERATION_DUMP, 0);
    for (unsigned int at = 0; remote_told(at, &vrouter_flow_layout, &message); at++)
        printf("%u %u %s %llu %llu\n", message.index, message.incarnation, vrouter_flow_action_name(message.action),
               (unsigned long long)message.statistics.packets, (unsigned long long)message.statistics.bytes);
}

static void print_interfaces(void)
{
    struct vrouter_interface message;

    remote_ask_table(VROUTER_COMMAND_INTERFACE, VROUTER_TABLE_OPERATION_DUMP, 0);
    for (unsigned int at = 0; remote_told(at, &vrouter_interface_layout, &message); at++)
        printf("%u %llu %llu %llu %llu %s\n", message.index, (unsigned long long)message.counters.received_packets,
               (unsigned long long)message.counters.transmitted_packets, (unsigned long long)message.counters.dropped_packets,
               (unsigned long long)message.counters.transmitted_errors, message.present & VROUTER_INTERFACE_HAS_LINK_UP ? "up" : "down");
}

int main(int count, char **words_given)
{
    char line[1024];
    int status = 0;

    if (count != 2 || !socket_connect(words_given[1])) {
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
            remote_name_device((uint32_t)atoi(words[1]), words[2]);
        else if (strcmp(words[0], "drops") == 0)
            print_drops();
        else if (strcmp(words[0], "flows") == 0)
            print_flows();
        else if (strcmp(words[0], "interface-counters") == 0)
            print_interfaces();
        else
            error = tables_line(NULL, words, number);
        if (error) {
            fprintf(stderr, "%s: %s: %s\n", copy, error, remote_response.explanation);
            status = 1;
        }
    }
    socket_disconnect();
    return status;
}
