// sources: Runtime/Forwarder/core/*.c Runtime/Forwarder/control/*.c Runtime/Forwarder/messages/*.c Tests/Forwarder/test_port.c Tests/Forwarder/asking.c
// flags: -std=gnu11 -D_GNU_SOURCE -I Runtime/Forwarder/include -I Runtime/Forwarder/core -I Runtime/Forwarder/messages -I Tests/Forwarder
/*
 * Requests of any bytes. An input is a run of requests, each a command, the length of its attributes in two bytes, least first, and the
 * attributes. Each must be answered with one response, whatever it is, and all must be given back at the end. Dumps are followed to
 * their end: the cursor of each part is taken into the next.
 */
#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "test_port.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const struct vr_limits limits = {8, 4, 32, 64, 4, 16, 16, 8, 4, 16};

/* Appends the cursor that the response brought, as the attribute that has this number in the message of the command. */
static size_t add_cursor(const struct vrouter_response *response, uint8_t command, uint8_t *attributes, size_t length)
{
    const struct vrouter_layout *layout = vrouter_layout_of(command);
    uint16_t header[2] = {(uint16_t)(4 + response->cursor_length), 0};

    for (uint32_t at = 0; layout && at < layout->attribute_count; at++) {
        if (strcmp(layout->attributes[at].name, "cursor") == 0)
            header[1] = layout->attributes[at].number;
    }
    length = (length + 3) & ~(size_t)3;
    memcpy(attributes + length, header, 4);
    memcpy(attributes + length + 4, response->cursor, response->cursor_length);
    return length + 4 + response->cursor_length;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct asking a;
    static uint8_t attributes[8192];

    if (size > 4096)
        return 0;
    asking_begin(&a, &limits);
    while (size >= 3) {
        uint8_t command = bytes[0];
        size_t length = bytes[1] | ((size_t)bytes[2] << 8);
        unsigned int parts = 0;

        bytes += 3;
        size -= 3;
        length = length < size ? length : size;
        a.part_bytes = command & 0x80 ? 1 : 300;
        ask_bytes(&a, command & 0x7f, bytes, length);
        while ((a.response.present & VROUTER_RESPONSE_HAS_CURSOR) && parts++ < 64) {
            memset(attributes, 0, sizeof(attributes));
            memcpy(attributes, bytes, length);
            /* A request that had a cursor already is refused now, since it has two. */
            ask_bytes(&a, command & 0x7f, attributes, add_cursor(&a.response, command & 0x7f, attributes, length));
        }
        if (parts > 63)
            abort();
        bytes += length;
        size -= length;
    }
    asking_end(&a);
    return 0;
}
