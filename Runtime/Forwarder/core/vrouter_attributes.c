/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The reader and the writer of all messages, driven by the generated tables. Relies on vrouter_attributes.h only; promises what that
 * header says of its functions. Memory is touched through memcpy: neither the wire nor a table's offsets promise alignment.
 */
#include "vrouter_attributes.h"

/* ---- Values --------------------------------------------------------------------------------------------------------------- */

static uint64_t load_number(const struct vrouter_attribute *attribute, const uint8_t *value)
{
    uint64_t number = 0;
    uint32_t i;
    uint8_t one;
    uint16_t two;
    uint32_t four;

    if (attribute->kind == VROUTER_KIND_BIG_ENDIAN) {
        for (i = 0; i < attribute->size; i++)
            number = number << 8 | value[i];
        return number;
    }
    switch (attribute->size) {
    case 1:
        __builtin_memcpy(&one, value, 1);
        return one;
    case 2:
        __builtin_memcpy(&two, value, 2);
        return two;
    case 4:
        __builtin_memcpy(&four, value, 4);
        return four;
    default:
        __builtin_memcpy(&number, value, 8);
        return number;
    }
}

static bool is_present(const struct vrouter_attribute *attribute, uint64_t present)
{
    return (present >> (attribute->number - 1) & 1) != 0;
}

static bool is_allowed(const struct vrouter_attribute *attribute, const uint8_t *value)
{
    uint64_t number;

    if (attribute->check == VROUTER_CHECK_NONE)
        return true;
    number = load_number(attribute, value);
    switch (attribute->check) {
    case VROUTER_CHECK_RANGE:
        return number >= attribute->low && number <= attribute->high;
    case VROUTER_CHECK_MEMBER:
        return number < 64 && (attribute->high >> number & 1) != 0;
    default:
        return (number & ~attribute->high) == 0;
    }
}

/* How many bytes the UTF-8 sequence at the head of the text has, by RFC 3629's table; 0 when there is none, or a zero byte. */
static size_t sequence_length(const uint8_t *text, size_t left)
{
    uint8_t first = text[0], low = 0x80, high = 0xbf;
    size_t count, i;

    if (first > 0 && first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        count = 2;
    else if (first >= 0xe0 && first <= 0xef)
        count = 3;
    else if (first >= 0xf0 && first <= 0xf4)
        count = 4;
    else
        return 0;
    /* The second byte is bounded more narrowly: no overlong forms, no surrogates, nothing above U+10FFFF. */
    if (first == 0xe0)
        low = 0xa0;
    else if (first == 0xed)
        high = 0x9f;
    else if (first == 0xf0)
        low = 0x90;
    else if (first == 0xf4)
        high = 0x8f;
    if (count > left || text[1] < low || text[1] > high)
        return 0;
    for (i = 2; i < count; i++)
        if (text[i] < 0x80 || text[i] > 0xbf)
            return 0;
    return count;
}

static bool is_text(const uint8_t *text, size_t length)
{
    size_t offset = 0, step;

    while (offset < length) {
        step = sequence_length(text + offset, length - offset);
        if (step == 0)
            return false;
        offset += step;
    }
    return true;
}

/* ---- Reading -------------------------------------------------------------------------------------------------------------- */

/* One message being read. */
struct reading {
    const uint8_t *start;
    struct vrouter_fault *fault;
};

static int refuse(const struct reading *reading, const struct vrouter_layout *layout, const struct vrouter_attribute *attribute,
                  uint16_t number, const uint8_t *place, enum vrouter_fault_reason reason)
{
    reading->fault->set = layout->name;
    reading->fault->attribute = attribute != NULL ? attribute->name : NULL;
    reading->fault->number = number;
    reading->fault->offset = (uint32_t)(place - reading->start);
    reading->fault->reason = (uint8_t)reason;
    return reason == VROUTER_FAULT_UNKNOWN ? -EOPNOTSUPP : -EINVAL;
}

static int read_set(const struct reading *reading, const struct vrouter_layout *layout, uint8_t *target, struct attribute_cursor cursor);

/* A single value. The caller has found that it fits the attribute's lengths. */
static enum vrouter_fault_reason read_value(const struct vrouter_attribute *attribute, const struct attribute_item *found, uint8_t *target)
{
    uint16_t length = (uint16_t)found->length;

    switch (attribute->kind) {
    case VROUTER_KIND_FLAG:
        break;
    case VROUTER_KIND_STRING:
        if (!is_text(found->value, length))
            return VROUTER_FAULT_TEXT;
        __builtin_memset(target + attribute->offset, 0, attribute->size);
        __builtin_memcpy(target + attribute->offset, found->value, length);
        break;
    case VROUTER_KIND_BYTES:
        __builtin_memset(target + attribute->offset, 0, attribute->size);
        __builtin_memcpy(target + attribute->offset, found->value, length);
        __builtin_memcpy(target + attribute->count_offset, &length, sizeof(length));
        break;
    default:
        if (!is_allowed(attribute, found->value))
            return VROUTER_FAULT_VALUE;
        __builtin_memcpy(target + attribute->offset, found->value, attribute->size);
        break;
    }
    return VROUTER_FAULT_NONE;
}

/* Values packed one after another. */
static enum vrouter_fault_reason read_packed(const struct vrouter_attribute *attribute, const struct attribute_item *found, uint8_t *target)
{
    uint32_t count = (uint32_t)(found->length / attribute->size), i;

    if (found->length % attribute->size != 0)
        return VROUTER_FAULT_LENGTH;
    if (count > attribute->maximum_count)
        return VROUTER_FAULT_TOO_MANY;
    for (i = 0; i < count; i++)
        if (!is_allowed(attribute, found->value + (size_t)i * attribute->size))
            return VROUTER_FAULT_VALUE;
    __builtin_memcpy(target + attribute->offset, found->value, found->length);
    __builtin_memcpy(target + attribute->count_offset, &count, sizeof(count));
    return VROUTER_FAULT_NONE;
}

static int read_structures(const struct reading *reading, const struct vrouter_layout *layout, const struct vrouter_attribute *attribute,
                           const struct attribute_item *found, uint8_t *target)
{
    struct attribute_cursor cursor = attribute_cursor(found->value, found->length);
    struct attribute_item element;
    uint32_t count = 0;
    const uint8_t *place = cursor.next;
    int result;

    while ((result = attribute_next(&cursor, &element)) > 0) {
        if (element.number != VROUTER_ATTRIBUTE_ELEMENT) {
            if (element.must_understand)
                return refuse(reading, layout, attribute, attribute->number, place, VROUTER_FAULT_UNKNOWN);
        } else if (count == attribute->maximum_count) {
            return refuse(reading, layout, attribute, attribute->number, place, VROUTER_FAULT_TOO_MANY);
        } else {
            result = read_set(reading, attribute->structure, target + attribute->offset + (size_t)count * attribute->size,
                              attribute_cursor(element.value, element.length));
            if (result < 0)
                return result;
            count++;
        }
        place = cursor.next;
    }
    if (result < 0)
        return refuse(reading, layout, attribute, attribute->number, place, VROUTER_FAULT_TRUNCATED);
    __builtin_memcpy(target + attribute->count_offset, &count, sizeof(count));
    return 0;
}

/* One attribute, once it is known which. */
static int read_attribute(const struct reading *reading, const struct vrouter_layout *layout, const struct vrouter_attribute *attribute,
                          struct attribute_item *found, const uint8_t *place, uint8_t *target)
{
    enum vrouter_fault_reason reason;

    if (attribute->kind == VROUTER_KIND_STRUCTURE) {
        if (attribute->maximum_count > 0)
            return read_structures(reading, layout, attribute, found, target);
        return read_set(reading, attribute->structure, target + attribute->offset, attribute_cursor(found->value, found->length));
    }
    if (attribute->maximum_count > 0) {
        reason = read_packed(attribute, found, target);
    } else {
        /* The zero byte after a string may be there or not, as with netlink's own strings. */
        if (attribute->kind == VROUTER_KIND_STRING && found->length > 0 && found->value[found->length - 1] == 0)
            found->length--;
        if (found->length < attribute->minimum_length || found->length > attribute->maximum_length)
            reason = VROUTER_FAULT_LENGTH;
        else
            reason = read_value(attribute, found, target);
    }
    return reason == VROUTER_FAULT_NONE ? 0 : refuse(reading, layout, attribute, attribute->number, place, reason);
}

/* The attribute of a number. They usually arrive in the order of the table, so the search begins where the last one ended. */
static const struct vrouter_attribute *find(const struct vrouter_layout *layout, uint16_t number, uint32_t *hint)
{
    uint32_t i, index = *hint;

    for (i = 0; i < layout->attribute_count; i++) {
        if (index >= layout->attribute_count)
            index = 0;
        if (layout->attributes[index].number == number) {
            *hint = index + 1;
            return &layout->attributes[index];
        }
        index++;
    }
    return NULL;
}

/* Makes what was absent zero. Of lists only the count: their elements may be thousands. */
static void clear_absent(const struct vrouter_layout *layout, uint8_t *target, uint64_t present)
{
    const struct vrouter_attribute *attribute = layout->attributes, *end = attribute + layout->attribute_count;

    for (; attribute < end; attribute++) {
        if (is_present(attribute, present))
            continue;
        if (attribute->maximum_count > 0) {
            __builtin_memset(target + attribute->count_offset, 0, sizeof(uint32_t));
            continue;
        }
        if (attribute->kind == VROUTER_KIND_BYTES)
            __builtin_memset(target + attribute->count_offset, 0, sizeof(uint16_t));
        if (attribute->kind == VROUTER_KIND_STRUCTURE) {
            /* The structure may hold lists, too. */
            __builtin_memset(target + attribute->offset, 0, sizeof(uint64_t));
            clear_absent(attribute->structure, target + attribute->offset, 0);
        } else {
            __builtin_memset(target + attribute->offset, 0, attribute->size);
        }
    }
}

static int read_set(const struct reading *reading, const struct vrouter_layout *layout, uint8_t *target, struct attribute_cursor cursor)
{
    uint64_t present = 0;
    uint32_t hint = 0;
    struct attribute_item found;
    const uint8_t *place = cursor.next;
    const struct vrouter_attribute *attribute, *end;
    int result;

    while ((result = attribute_next(&cursor, &found)) > 0) {
        attribute = find(layout, found.number, &hint);
        if (attribute == NULL) {
            if (found.must_understand)
                return refuse(reading, layout, NULL, found.number, place, VROUTER_FAULT_UNKNOWN);
        } else {
            if (is_present(attribute, present))
                return refuse(reading, layout, attribute, attribute->number, place, VROUTER_FAULT_REPEATED);
            result = read_attribute(reading, layout, attribute, &found, place, target);
            if (result < 0)
                return result;
            present |= (uint64_t)1 << (attribute->number - 1);
        }
        place = cursor.next;
    }
    if (result < 0)
        return refuse(reading, layout, NULL, 0, place, VROUTER_FAULT_TRUNCATED);
    for (attribute = layout->attributes, end = attribute + layout->attribute_count; attribute < end; attribute++)
        if (attribute->required && !is_present(attribute, present))
            return refuse(reading, layout, attribute, attribute->number, cursor.end, VROUTER_FAULT_MISSING);
    __builtin_memcpy(target, &present, sizeof(present));
    clear_absent(layout, target, present);
    return 0;
}

int vrouter_attributes_decode(const struct vrouter_layout *layout, void *message, const void *bytes, size_t length,
                              struct vrouter_fault *fault)
{
    struct reading reading = {bytes, fault};

    __builtin_memset(fault, 0, sizeof(*fault));
    return read_set(&reading, layout, message, attribute_cursor(bytes, length));
}

/* ---- Writing -------------------------------------------------------------------------------------------------------------- */

struct writing {
    uint8_t *bytes;
    size_t capacity;
    size_t length;
};

/* Begins an attribute: its header, with a length that end_attribute fills in. */
static int begin_attribute(struct writing *writing, uint32_t word)
{
    uint16_t number = (uint16_t)word;

    if (writing->capacity - writing->length < VROUTER_ATTRIBUTE_HEADER)
        return -EMSGSIZE;
    __builtin_memcpy(writing->bytes + writing->length + 2, &number, sizeof(number));
    writing->length += VROUTER_ATTRIBUTE_HEADER;
    return 0;
}

/* Ends the attribute that began at `start`, and pads it with zero bytes. The schema has seen to it that its length fits. */
static int end_attribute(struct writing *writing, size_t start)
{
    uint16_t length = (uint16_t)(writing->length - start);
    size_t padding = (0 - (writing->length - start)) & 3;

    if (writing->capacity - writing->length < padding)
        return -EMSGSIZE;
    __builtin_memcpy(writing->bytes + start, &length, sizeof(length));
    __builtin_memset(writing->bytes + writing->length, 0, padding);
    writing->length += padding;
    return 0;
}

static int write_bytes(struct writing *writing, const uint8_t *bytes, size_t count)
{
    if (writing->capacity - writing->length < count)
        return -EMSGSIZE;
    __builtin_memcpy(writing->bytes + writing->length, bytes, count);
    writing->length += count;
    return 0;
}

static int write_set(struct writing *writing, const struct vrouter_layout *layout, const uint8_t *source);

static int write_string(struct writing *writing, const struct vrouter_attribute *attribute, const uint8_t *text)
{
    size_t length = 0;

    while (length <= attribute->maximum_length && text[length] != 0)
        length++;
    if (length > attribute->maximum_length || !is_text(text, length))
        return -EINVAL;
    return write_bytes(writing, text, length + 1);
}

/* One value of any kind but a flag, which has none. */
static int write_value(struct writing *writing, const struct vrouter_attribute *attribute, const uint8_t *source, const uint8_t *value)
{
    uint16_t length;

    switch (attribute->kind) {
    case VROUTER_KIND_STRUCTURE:
        return write_set(writing, attribute->structure, value);
    case VROUTER_KIND_STRING:
        return write_string(writing, attribute, value);
    case VROUTER_KIND_BYTES:
        __builtin_memcpy(&length, source + attribute->count_offset, sizeof(length));
        return length > attribute->maximum_length ? -EINVAL : write_bytes(writing, value, length);
    default:
        return is_allowed(attribute, value) ? write_bytes(writing, value, attribute->size) : -EINVAL;
    }
}

static int write_list(struct writing *writing, const struct vrouter_attribute *attribute, const uint8_t *source)
{
    uint32_t count, i;
    size_t start;
    int result = 0;

    __builtin_memcpy(&count, source + attribute->count_offset, sizeof(count));
    if (count > attribute->maximum_count)
        return -EINVAL;
    for (i = 0; i < count && result == 0; i++) {
        const uint8_t *value = source + attribute->offset + (size_t)i * attribute->size;

        start = writing->length;
        if (attribute->kind == VROUTER_KIND_STRUCTURE)
            result = begin_attribute(writing, VROUTER_ATTRIBUTE_ELEMENT | VROUTER_ATTRIBUTE_NESTED);
        if (result == 0)
            result = write_value(writing, attribute, source, value);
        if (result == 0 && attribute->kind == VROUTER_KIND_STRUCTURE)
            result = end_attribute(writing, start);
    }
    return result;
}

static int write_set(struct writing *writing, const struct vrouter_layout *layout, const uint8_t *source)
{
    const struct vrouter_attribute *attribute = layout->attributes, *end = attribute + layout->attribute_count;
    uint64_t present;

    __builtin_memcpy(&present, source, sizeof(present));
    for (; attribute < end; attribute++) {
        uint32_t word = attribute->number;
        size_t start = writing->length;
        int result;

        if (!is_present(attribute, present)) {
            if (attribute->required)
                return -EINVAL;
            continue;
        }
        if (attribute->kind == VROUTER_KIND_STRUCTURE)
            word |= VROUTER_ATTRIBUTE_NESTED;
        if (attribute->must_understand)
            word |= VROUTER_ATTRIBUTE_MUST_UNDERSTAND;
        result = begin_attribute(writing, word);
        if (result == 0 && attribute->maximum_count > 0)
            result = write_list(writing, attribute, source);
        else if (result == 0 && attribute->kind != VROUTER_KIND_FLAG)
            result = write_value(writing, attribute, source, source + attribute->offset);
        if (result == 0)
            result = end_attribute(writing, start);
        if (result < 0)
            return result;
    }
    return 0;
}

int vrouter_attributes_encode(const struct vrouter_layout *layout, const void *message, void *bytes, size_t capacity)
{
    struct writing writing = {bytes, capacity, 0};
    int result = write_set(&writing, layout, message);

    return result < 0 ? result : (int)writing.length;
}

const char *vrouter_fault_text(uint8_t reason)
{
    switch ((enum vrouter_fault_reason)reason) {
    case VROUTER_FAULT_NONE:
        return "nothing was refused";
    case VROUTER_FAULT_TRUNCATED:
        return "an attribute's length is less than its header or more than what is left";
    case VROUTER_FAULT_LENGTH:
        return "the value has a length that its kind does not allow";
    case VROUTER_FAULT_VALUE:
        return "the value is not one that is allowed";
    case VROUTER_FAULT_TEXT:
        return "the text is not UTF-8 or has a zero byte inside";
    case VROUTER_FAULT_REPEATED:
        return "the attribute occurs twice";
    case VROUTER_FAULT_MISSING:
        return "a required attribute is not there";
    case VROUTER_FAULT_UNKNOWN:
        return "the attribute is not known and may not be skipped";
    case VROUTER_FAULT_TOO_MANY:
        return "the list has more elements than are allowed";
    }
    return "an unknown fault";
}
