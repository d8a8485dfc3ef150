/*
 * Runs vectors (see README) through the C codec: ./vectors FILE…
 *
 * For bytes that are accepted: the values are as written, writing them gives the expected bytes, writing into room for one byte less
 * fails and touches nothing beyond it. For bytes that are refused: the fault is as written. Input is copied to memory of exactly its
 * size, so that a sanitizer sees every access beyond it. Prints what differs, and "N passed, N failed".
 */
#include "vrouter_family.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAXIMUM_MESSAGE (1 << 20)

static int passed, failed;
static const char *current_file;
static int current_line;

static void report(const char *title, const char *what, const char *expected, const char *found)
{
    printf("%s:%d: %s\n  %s\n  expected: %s\n  found:    %s\n", current_file, current_line, title, what, expected, found);
}

/* ---- Text that grows ---------------------------------------------------------------------------------------------------- */

struct text {
    char *bytes;
    size_t length, capacity;
};

__attribute__((format(printf, 2, 3))) static void append(struct text *text, const char *format, ...)
{
    va_list arguments;
    int needed;

    for (;;) {
        size_t room = text->capacity - text->length;

        va_start(arguments, format);
        needed = vsnprintf(text->bytes != NULL ? text->bytes + text->length : NULL, room, format, arguments);
        va_end(arguments);
        if (needed < 0)
            abort();
        if ((size_t)needed < room)
            break;
        text->capacity = 2 * text->capacity + (size_t)needed + 64;
        text->bytes = realloc(text->bytes, text->capacity);
        if (text->bytes == NULL)
            abort();
    }
    text->length += (size_t)needed;
}

static void append_hex(struct text *text, const uint8_t *bytes, size_t count)
{
    append(text, "<");
    for (size_t i = 0; i < count; i++)
        append(text, "%02x", bytes[i]);
    append(text, ">");
}

/* ---- Values as text, by the same tables that the codec goes by ------------------------------------------------------------ */

static void describe_set(struct text *text, const struct vrouter_layout *layout, const uint8_t *source);

static void describe_value(struct text *text, const struct vrouter_attribute *attribute, const uint8_t *source, const uint8_t *value)
{
    uint64_t number = 0;
    uint16_t length;

    switch (attribute->kind) {
    case VROUTER_KIND_NUMBER:
        if (attribute->size == 1)
            number = *value;
        else if (attribute->size == 2)
            number = *(const uint16_t *)(const void *)value;
        else if (attribute->size == 4)
            number = *(const uint32_t *)(const void *)value;
        else
            number = *(const uint64_t *)(const void *)value;
        append(text, "%llu", (unsigned long long)number);
        break;
    case VROUTER_KIND_BIG_ENDIAN:
        for (uint32_t i = 0; i < attribute->size; i++)
            number = number << 8 | value[i];
        append(text, "%llu", (unsigned long long)number);
        break;
    case VROUTER_KIND_FIXED:
        append_hex(text, value, attribute->size);
        break;
    case VROUTER_KIND_STRING:
        append(text, "\"%s\"", (const char *)value);
        break;
    case VROUTER_KIND_BYTES:
        memcpy(&length, source + attribute->count_offset, sizeof(length));
        append_hex(text, value, length);
        break;
    default:
        append(text, "{");
        describe_set(text, attribute->structure, value);
        append(text, "}");
    }
}

static void describe_set(struct text *text, const struct vrouter_layout *layout, const uint8_t *source)
{
    uint64_t present;
    const char *gap = "";

    memcpy(&present, source, sizeof(present));
    for (uint32_t i = 0; i < layout->attribute_count; i++) {
        const struct vrouter_attribute *attribute = &layout->attributes[i];
        uint32_t count;

        if ((present >> (attribute->number - 1) & 1) == 0)
            continue;
        append(text, "%s%s", gap, attribute->name);
        gap = " ";
        if (attribute->kind == VROUTER_KIND_FLAG)
            continue;
        append(text, "=");
        if (attribute->maximum_count == 0) {
            describe_value(text, attribute, source, source + attribute->offset);
            continue;
        }
        memcpy(&count, source + attribute->count_offset, sizeof(count));
        append(text, "[");
        for (uint32_t j = 0; j < count; j++) {
            if (j > 0)
                append(text, " ");
            describe_value(text, attribute, source, source + attribute->offset + (size_t)j * attribute->size);
        }
        append(text, "]");
    }
}

static const char *reason_name(uint8_t reason)
{
    static const char *const names[] = {"none", "truncated", "length", "value", "text", "repeated", "missing", "unknown", "too-many"};

    return reason < sizeof(names) / sizeof(names[0]) ? names[reason] : "?";
}

/* ---- One vector ----------------------------------------------------------------------------------------------------------- */

struct vector {
    char title[512];
    uint8_t *input, *canonical;
    size_t input_length, canonical_length;
    bool has_canonical;
    /* "=…" or "!…". */
    char *result;
};

static bool check_writing(const struct vector *vector, const struct vrouter_layout *layout, const uint8_t *message)
{
    const uint8_t *expected = vector->has_canonical ? vector->canonical : vector->input;
    size_t length = vector->has_canonical ? vector->canonical_length : vector->input_length;
    char found[64];
    bool good = true;
    int written;

    for (size_t capacity = 0; capacity <= length; capacity += length - capacity > 64 ? 61 : 1) {
        uint8_t *room = malloc(capacity + 1);

        if (room == NULL)
            abort();
        room[capacity] = 0xa5;
        written = vrouter_attributes_encode(layout, message, room, capacity);
        if (written != (capacity < length ? -EMSGSIZE : (int)length) || room[capacity] != 0xa5) {
            snprintf(found, sizeof(found), "%d into %zu bytes", written, capacity);
            report(vector->title, "writing", "-EMSGSIZE, or all bytes when there is room for all", found);
            good = false;
        } else if (capacity == length && memcmp(room, expected, length) != 0) {
            struct text want = {0}, have = {0};

            append_hex(&want, expected, length);
            append_hex(&have, room, length);
            report(vector->title, "writing gives other bytes", want.bytes, have.bytes);
            free(want.bytes);
            free(have.bytes);
            good = false;
        }
        free(room);
        if (!good)
            break;
    }
    if (good && length > layout->maximum_bytes) {
        snprintf(found, sizeof(found), "%zu", length);
        report(vector->title, "more bytes than the table says there can be", "fewer", found);
        good = false;
    }
    return good;
}

static void run(const struct vector *vector)
{
    const struct vrouter_layout *layout = NULL;
    struct vrouter_fault fault;
    struct text found = {0};
    uint8_t *input, *message;
    bool good;
    int result;

    for (unsigned command = 1; command < 256; command++) {
        const struct vrouter_layout *candidate = vrouter_layout_of((uint8_t)command);

        if (candidate != NULL && strncmp(vector->title, candidate->name, strlen(candidate->name)) == 0
            && vector->title[strlen(candidate->name)] == ':')
            layout = candidate;
    }
    if (layout == NULL || vector->result == NULL) {
        report(vector->title, "the vector is incomplete", "a message that exists, and a line that begins with = or !", "");
        failed++;
        return;
    }
    input = malloc(vector->input_length + (vector->input_length == 0));
    message = malloc(layout->size);
    if (input == NULL || message == NULL)
        abort();
    memcpy(input, vector->input, vector->input_length);
    memset(message, 0x5a, layout->size);
    result = vrouter_attributes_decode(layout, message, input, vector->input_length, &fault);
    /* Nothing that was read may refer to the input. */
    memset(input, 0x5a, vector->input_length);
    free(input);

    if (result == 0) {
        append(&found, "=");
        if (((const uint64_t *)(const void *)message)[0] != 0)
            append(&found, " ");
        describe_set(&found, layout, message);
    } else {
        append(&found, "! %s %s %s %u %u", reason_name(fault.reason), fault.set, fault.attribute != NULL ? fault.attribute : "-",
               fault.number, fault.offset);
    }
    good = strcmp(found.bytes, vector->result) == 0;
    if (!good)
        report(vector->title, "reading", vector->result, found.bytes);
    if (result != 0 && result != (fault.reason == VROUTER_FAULT_UNKNOWN ? -EOPNOTSUPP : -EINVAL)) {
        report(vector->title, "the error number does not fit the reason", "-EINVAL or -EOPNOTSUPP", strerror(-result));
        good = false;
    }
    if (result == 0)
        good = check_writing(vector, layout, message) && good;
    if (good)
        passed++;
    else
        failed++;
    free(found.bytes);
    free(message);
}

/* ---- Files ---------------------------------------------------------------------------------------------------------------- */

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* Appends the bytes of a line of hex to `bytes`; false if it is not hex. */
static bool append_line(uint8_t *bytes, size_t *length, const char *line)
{
    while (*line != 0 && *line != '#') {
        char *after;
        unsigned long times = 1;

        if (*line == ' ') {
            line++;
            continue;
        }
        if (strtoul(line, &after, 10) > 0 && *after == '*') {
            times = strtoul(line, &after, 10);
            line = after + 1;
        }
        for (const char *start = line; times > 0; times--)
            for (line = start; digit(line[0]) >= 0; line += 2) {
                if (digit(line[1]) < 0 || *length >= MAXIMUM_MESSAGE)
                    return false;
                bytes[(*length)++] = (uint8_t)(digit(line[0]) << 4 | digit(line[1]));
            }
        if (*line != ' ' && *line != 0 && *line != '#')
            return false;
    }
    return true;
}

static void finish(struct vector *vector)
{
    if (vector->title[0] != 0)
        run(vector);
    vector->title[0] = 0;
    free(vector->result);
    vector->result = NULL;
    vector->has_canonical = false;
    vector->input_length = vector->canonical_length = 0;
}

static void run_file(const char *path)
{
    static struct vector vector;
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    FILE *file = fopen(path, "r");

    if (file == NULL) {
        perror(path);
        exit(2);
    }
    if (vector.input == NULL) {
        vector.input = malloc(MAXIMUM_MESSAGE);
        vector.canonical = malloc(MAXIMUM_MESSAGE);
        if (vector.input == NULL || vector.canonical == NULL)
            abort();
    }
    current_file = path;
    for (int number = 1; (length = getline(&line, &capacity, file)) >= 0; number++) {
        bool good = true;

        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = 0;
        if (line[0] == 0 || line[0] == '#')
            continue;
        if (strncmp(line, "== ", 3) == 0) {
            finish(&vector);
            current_line = number;
            snprintf(vector.title, sizeof(vector.title), "%s", line + 3);
        } else if (line[0] == '=' || line[0] == '!') {
            good = vector.result == NULL && (vector.result = strdup(line)) != NULL;
        } else if (strcmp(line, ">") == 0) {
            vector.has_canonical = true;
        } else if (vector.has_canonical) {
            good = append_line(vector.canonical, &vector.canonical_length, line);
        } else {
            good = append_line(vector.input, &vector.input_length, line);
        }
        if (!good) {
            printf("%s:%d: not a line of a vector: %s\n", path, number, line);
            exit(2);
        }
    }
    finish(&vector);
    free(line);
    fclose(file);
}

int main(int count, char **arguments)
{
    const uint16_t one = 1;

    if (*(const uint8_t *)&one != 1) {
        printf("skipped: the vectors are written for little-endian hosts\n");
        return 0;
    }
    for (int i = 1; i < count; i++)
        run_file(arguments[i]);
    printf("%d passed, %d failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
