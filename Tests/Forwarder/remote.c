/* Requests to a forwarder that is elsewhere, and what it answered: see remote.h. */
#include "remote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vrouter_statistics.h"

enum { MOST_TOLD = 65536 };

struct vrouter_response remote_response;
uint32_t remote_generation = 1;

static struct entry {
    uint8_t command;
    size_t length;
    uint8_t *bytes;
} entries[MOST_TOLD];

static unsigned int entry_count;

void remote_forget(void)
{
    while (entry_count)
        free(entries[--entry_count].bytes);
}

bool remote_take(uint8_t command, const void *attributes, size_t length)
{
    struct entry *entry = &entries[entry_count];

    if (command == VROUTER_COMMAND_RESPONSE) {
        if (vrouter_response_decode(&remote_response, attributes, length) == 0)
            return true;
    } else if (entry_count < MOST_TOLD && (entry->bytes = malloc(length + 1)) != NULL) {
        memcpy(entry->bytes, attributes, length);
        entry->command = command;
        entry->length = length;
        entry_count++;
        return false;
    }
    fprintf(stderr, "the forwarder sent a response that cannot be read, or more than there is room for\n");
    exit(2);
}

bool remote_told(unsigned int index, const struct vrouter_layout *layout, void *message)
{
    const struct entry *entry = &entries[index];
    struct vrouter_fault fault;

    return index < entry_count && vrouter_layout_of(entry->command) == layout &&
           vrouter_attributes_decode(layout, message, entry->bytes, entry->length, &fault) == 0;
}

/* Adds to what was told before. */
static int ask_more(uint8_t command, const void *attributes, size_t length)
{
    int refused;

    memset(&remote_response, 0, sizeof(remote_response));
    refused = transport_ask(command, attributes, length);
    return remote_response.error ? -(int)remote_response.error : refused;
}

int remote_ask_bytes(uint8_t command, const void *attributes, size_t length)
{
    remote_forget();
    return ask_more(command, attributes, length);
}

int remote_ask(uint8_t command, const struct vrouter_layout *layout, const void *message)
{
    static uint8_t bytes[VROUTER_MAXIMUM_BYTES];
    int length = vrouter_attributes_encode(layout, message, bytes, sizeof(bytes));

    return length < 0 ? length : remote_ask_bytes(command, bytes, (size_t)length);
}

/* Writes an attribute of a name, if such messages have it. Values are at most as long as a cursor. */
static size_t put(const struct vrouter_layout *layout, const char *name, const void *value, size_t length, uint8_t *bytes)
{
    for (uint32_t at = 0; at < layout->attribute_count; at++) {
        if (strcmp(layout->attributes[at].name, name) == 0) {
            memcpy(bytes, (uint16_t[]){(uint16_t)(VROUTER_ATTRIBUTE_HEADER + length), layout->attributes[at].number}, VROUTER_ATTRIBUTE_HEADER);
            memcpy(bytes + VROUTER_ATTRIBUTE_HEADER, value, length);
            return VROUTER_ATTRIBUTE_HEADER + (length + 3) / 4 * 4;
        }
    }
    return 0;
}

int remote_ask_table(uint8_t command, uint8_t operation, uint8_t family)
{
    const struct vrouter_layout *layout = vrouter_layout_of(command);
    uint8_t bytes[32 + VROUTER_RESPONSE_MAXIMUM_CURSOR] = {0};
    size_t length = put(layout, "operation", &operation, sizeof(operation), bytes), more = 0;
    int error;

    if (operation == VROUTER_TABLE_OPERATION_SWEEP)
        length += put(layout, "generation", &remote_generation, sizeof(remote_generation), bytes + length);
    if (family)
        length += put(layout, "family", &family, sizeof(family), bytes + length);
    remote_forget();
    do {
        error = ask_more(command, bytes, length + more);
        more = put(layout, "cursor", remote_response.cursor, remote_response.cursor_length, bytes + length);
    } while (!error && remote_response.present & VROUTER_RESPONSE_HAS_CURSOR);
    return error;
}

int remote_drops(uint64_t *counts)
{
    static struct vrouter_drop_statistics message;
    int error = remote_ask_table(VROUTER_COMMAND_DROP_STATISTICS, VROUTER_TABLE_OPERATION_GET, 0);

    memset(counts, 0, VR_DROP_LIMIT * sizeof(*counts));
    if (error || !remote_told(0, &vrouter_drop_statistics_layout, &message))
        return error ? error : -EPROTO;
    for (uint32_t at = 0; at < message.counts_count; at++) {
        if (message.counts[at].reason < VR_DROP_LIMIT)
            counts[message.counts[at].reason] = message.counts[at].packets;
    }
    return 0;
}
