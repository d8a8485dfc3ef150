/*
 * Writes table entries to the module, line by line as in Tests/Vectors/packets, and asks it how it is. Commands come on the standard input:
 *
 *   device N NAME        the device of interface N
 *   vrf …, interface …, next-hop …, route …, bridge …, label …, vxlan-network …, flow …     an entry; with `expect ERRNO` in front, one that is
 *                        refused with that error
 *   drops REASON         prints how many packets were dropped for the reason
 *   drops-at-least REASON N, packets-at-least INTERFACE received|transmitted N              fails unless there are so many
 *   say WORD             prints it
 *   listen, hear INTERFACE up|down       waits until the module tells of the interface's device
 *   wrong                messages that no agent sends, each of which must be refused with a reason
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "genl.h"
#include "remote.h"
#include "tables.h"
#include "vrouter_label.h"

static unsigned int line_number, failed;

static void complain(const char *what, const char *more)
{
    printf("line %u: %s %s\n", line_number, what, more ? more : "");
    failed++;
}

static void packets_at_least(const char *interface, const char *which, const char *least)
{
    struct vrouter_interface message = {.present = VROUTER_INTERFACE_HAS_OPERATION | VROUTER_INTERFACE_HAS_INDEX,
                                        .operation = VROUTER_TABLE_OPERATION_GET,
                                        .index = (uint32_t)atoi(interface)};
    uint64_t packets;

    if (remote_ask(VROUTER_COMMAND_INTERFACE, &vrouter_interface_layout, &message) != 0 || !remote_told(0, &vrouter_interface_layout, &message)) {
        complain("no such interface:", interface);
        return;
    }
    packets = strcmp(which, "received") == 0 ? message.counters.received_packets : message.counters.transmitted_packets;
    if (packets < strtoull(least, NULL, 10)) {
        char text[64];

        snprintf(text, sizeof(text), "%llu %s on interface %s", (unsigned long long)packets, which, interface);
        complain("too few packets:", text);
    }
}

static bool drops_of(const char *word, uint64_t *count)
{
    uint64_t counts[VR_DROP_LIMIT];

    for (unsigned int reason = 1; reason < VR_DROP_LIMIT; reason++) {
        if (vr_drop_word(reason) && strcmp(vr_drop_word(reason), word) == 0 && remote_drops(counts) == 0) {
            *count = counts[reason];
            return true;
        }
    }
    complain("no such reason:", word);
    return false;
}

static void hear(const char *interface, const char *state)
{
    struct vrouter_interface message;

    while (genl_hear(3000)) {
        if (remote_told(0, &vrouter_interface_layout, &message) && message.index == (uint32_t)atoi(interface) &&
            ((message.present & VROUTER_INTERFACE_HAS_LINK_UP) != 0) == (strcmp(state, "up") == 0))
            return;
    }
    complain("nothing was said of interface", interface);
}

/* ---- What no agent sends ---------------------------------------------------------------------------------------------------- */

static void refuse(const char *what, uint8_t command, const void *bytes, size_t length, int error)
{
    int got = remote_ask_bytes(command, bytes, length);

    if (got != -error)
        complain(what, got == 0 ? "was taken" : strerror(-got));
    /* Netlink says the same, with the reason in words. */
    if (genl_acknowledgement != -error || !genl_explanation[0] || strcmp(genl_explanation, remote_response.explanation) != 0)
        complain(what, "was refused without the reason in netlink's own words");
}

static void send_what_is_wrong(void)
{
    struct vrouter_label label = {.present = VROUTER_LABEL_HAS_OPERATION | VROUTER_LABEL_HAS_LABEL | VROUTER_LABEL_HAS_NEXT_HOP,
                                  .operation = VROUTER_TABLE_OPERATION_ADD,
                                  .label = 100,
                                  .next_hop = 77777};
    struct vrouter_label low = {.present = VROUTER_LABEL_HAS_OPERATION, .operation = VROUTER_TABLE_OPERATION_DUMP};
    uint8_t bytes[512], garbage[512];
    int length = vrouter_label_encode(&label, bytes, sizeof(bytes));

    refuse("a label of a next hop that is none", VROUTER_COMMAND_LABEL, bytes, (size_t)length, ENOENT);
    refuse("no attributes", VROUTER_COMMAND_LABEL, bytes, 0, EINVAL);
    refuse("half an attribute", VROUTER_COMMAND_LABEL, bytes, 3, EINVAL);
    if (remote_response.offset != 0)
        complain("half an attribute", "has another place");
    bytes[4] = 99;
    refuse("an operation that is none", VROUTER_COMMAND_LABEL, bytes, (size_t)length, EINVAL);
    length = vrouter_label_encode(&low, bytes, sizeof(bytes));
    bytes[4] = VROUTER_TABLE_OPERATION_RESET;
    refuse("an operation that labels do not have", VROUTER_COMMAND_LABEL, bytes, (size_t)length, EOPNOTSUPP);
    /* Whatever bytes, for every message: refused or answered, and the module lives. */
    for (unsigned int round = 0; round < 2000; round++) {
        for (size_t at = 0; at < sizeof(garbage); at++)
            garbage[at] = (uint8_t)(at % 4 < 2 && random() % 3 ? (at % 4 ? 0 : 4 + random() % 12) : random());
        remote_ask_bytes((uint8_t)(1 + random() % 16), garbage, (size_t)random() % sizeof(garbage));
    }
}

/* ---- Lines ------------------------------------------------------------------------------------------------------------------- */

static void apply(char **words, unsigned int count)
{
    bool refused = count > 2 && strcmp(words[0], "expect") == 0;
    char wanted[64];
    const char *error;

    if (refused) {
        snprintf(wanted, sizeof(wanted), "refused: %s", words[1]);
        words += 2;
        count -= 2;
    }
    error = tables_line(NULL, words, count);
    if (refused ? !error || strcmp(error, wanted) != 0 : error != NULL) {
        complain(refused && !error ? "taken:" : error, words[0]);
        printf("    %s\n", remote_response.explanation);
    }
}

int main(void)
{
    char line[512], *words[48];
    uint64_t count;

    while (fgets(line, sizeof(line), stdin)) {
        unsigned int number = 0;
        char *rest = line, *word;

        line_number++;
        line[strcspn(line, "\n")] = 0;
        while ((word = strsep(&rest, " \t")) != NULL && number < 48 && *word != '#') {
            if (*word)
                words[number++] = word;
        }
        if (number == 0)
            continue;
        if (strcmp(words[0], "device") == 0 && number == 3)
            remote_name_device((uint32_t)atoi(words[1]), words[2]);
        else if (strcmp(words[0], "drops") == 0 && number == 2 && drops_of(words[1], &count))
            printf("%llu\n", (unsigned long long)count);
        else if (strcmp(words[0], "drops-at-least") == 0 && number == 3) {
            if (drops_of(words[1], &count) && count < strtoull(words[2], NULL, 10))
                complain("too few were dropped for", words[1]);
        } else if (strcmp(words[0], "packets-at-least") == 0 && number == 4)
            packets_at_least(words[1], words[2], words[3]);
        else if (strcmp(words[0], "say") == 0 && number == 2) {
            printf("%s\n", words[1]);
            fflush(stdout);
        } else if (strcmp(words[0], "listen") == 0)
            genl_listen();
        else if (strcmp(words[0], "hear") == 0 && number == 3)
            hear(words[1], words[2]);
        else if (strcmp(words[0], "wrong") == 0)
            send_what_is_wrong();
        else if (strcmp(words[0], "drops") != 0)
            apply(words, number);
    }
    return failed != 0;
}
