/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Netlink attributes, read and written within bounds: what the generated message codecs stand on.
 *
 * A message is a run of attributes. Each is a header of two 16-bit words in host byte order, then the value, then padding to four:
 *
 *      0               1               2               3
 *     +---------------+---------------+---------------+---------------+
 *     |   length, header included     | N|O|U|       number           |
 *     +---------------+---------------+---------------+---------------+
 *     |   value …                                     |   padding     |
 *     +---------------+---------------+---------------+---------------+
 *
 * N (0x8000): the value is itself a run of attributes. O (0x4000): the value is in network byte order. Both are netlink's, set or not as the
 * sender likes, and not looked at when reading. U (0x2000) is ours: who does not know the number must refuse the message.
 *
 * For each message and structure the compiler makes a C structure and a table, a vrouter_layout, that says which attribute goes
 * where and what it must look like. One reader and one writer, in core/vrouter_attributes.c, serve all tables. They allocate
 * nothing, call nothing, and nest no deeper than the tables do (four levels).
 *
 * The only header that knows which world it is in: everything generated includes this one and no other.
 */
#ifndef VROUTER_ATTRIBUTES_H
#define VROUTER_ATTRIBUTES_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/types.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

/* Numbers that are kept in network byte order, as they stand in packet headers. */
typedef uint16_t vrouter_be16;
typedef uint32_t vrouter_be32;

#define VROUTER_ATTRIBUTE_HEADER 4u
#define VROUTER_ATTRIBUTE_NESTED 0x8000u
#define VROUTER_ATTRIBUTE_MUST_UNDERSTAND 0x2000u
#define VROUTER_ATTRIBUTE_NUMBER_MASK 0x1fffu
/* The number of each element of a list of structures. */
#define VROUTER_ATTRIBUTE_ELEMENT 1u

/* ---- One attribute after another ------------------------------------------------------------------------------------------ */

/* What is left of a run of attributes. next never passes end. */
struct attribute_cursor {
    const uint8_t *next;
    const uint8_t *end;
};

/* An attribute as it stands in the run. value points into the run and has length bytes. */
struct attribute_item {
    uint16_t number;
    bool must_understand;
    size_t length;
    const uint8_t *value;
};

static inline struct attribute_cursor attribute_cursor(const void *bytes, size_t length)
{
    struct attribute_cursor cursor = {bytes, bytes};

    /* An empty run may have no address, to which C would not even let 0 be added. */
    if (length > 0)
        cursor.end += length;
    return cursor;
}

/*
 * Takes the next attribute. 1: there was one. 0: the run is at its end. -EINVAL: what is left is no attribute; the cursor stays.
 * The padding of the last attribute may be missing.
 */
static inline int attribute_next(struct attribute_cursor *cursor, struct attribute_item *attribute)
{
    size_t left = (size_t)(cursor->end - cursor->next);
    uint16_t length, word;
    size_t step;

    if (left == 0)
        return 0;
    if (left < VROUTER_ATTRIBUTE_HEADER)
        return -EINVAL;
    __builtin_memcpy(&length, cursor->next, sizeof(length));
    __builtin_memcpy(&word, cursor->next + 2, sizeof(word));
    if (length < VROUTER_ATTRIBUTE_HEADER || length > left)
        return -EINVAL;
    attribute->number = (uint16_t)(word & VROUTER_ATTRIBUTE_NUMBER_MASK);
    attribute->must_understand = (word & VROUTER_ATTRIBUTE_MUST_UNDERSTAND) != 0;
    attribute->length = length - VROUTER_ATTRIBUTE_HEADER;
    attribute->value = cursor->next + VROUTER_ATTRIBUTE_HEADER;
    step = ((size_t)length + 3) & ~(size_t)3;
    cursor->next += step < left ? step : left;
    return 1;
}

/* ---- Whole messages, by table --------------------------------------------------------------------------------------------- */

/* What was wrong with a message that was refused. */
enum vrouter_fault_reason {
    VROUTER_FAULT_NONE = 0,
    /* An attribute's length is less than its header or more than what is left. */
    VROUTER_FAULT_TRUNCATED,
    /* A value is shorter or longer than its kind allows. */
    VROUTER_FAULT_LENGTH,
    /* A number is outside its range, or is not one of an enumeration's, or has a bit set that has no meaning. */
    VROUTER_FAULT_VALUE,
    /* Text is not UTF-8, or has a zero byte before its end. */
    VROUTER_FAULT_TEXT,
    /* An attribute occurs twice. */
    VROUTER_FAULT_REPEATED,
    /* A required attribute is not there. */
    VROUTER_FAULT_MISSING,
    /* An attribute is not known, and may not be skipped. */
    VROUTER_FAULT_UNKNOWN,
    /* A list has more elements than there is room for. */
    VROUTER_FAULT_TOO_MANY,
};

/* Which attribute was refused, and why. The strings are constants. */
struct vrouter_fault {
    /* The message or structure that the attribute belongs to: "next-hop-member". NULL: nothing was refused. */
    const char *set;
    /* The attribute's name; NULL when its number is not known. */
    const char *attribute;
    /* Where it begins, in bytes from the message's first attribute; for a missing one, where the attributes end. */
    uint32_t offset;
    uint16_t number;
    /* An enum vrouter_fault_reason. */
    uint8_t reason;
};

enum vrouter_kind {
    /* 1, 2, 4 or 8 bytes in host byte order. */
    VROUTER_KIND_NUMBER,
    /* 2 or 4 bytes, on the wire and in memory in network byte order. */
    VROUTER_KIND_BIG_ENDIAN,
    /* Bytes of a fixed count: addresses. */
    VROUTER_KIND_FIXED,
    /* In memory always followed by a zero byte. */
    VROUTER_KIND_STRING,
    VROUTER_KIND_BYTES,
    /* Only its bit in `present`. */
    VROUTER_KIND_FLAG,
    VROUTER_KIND_STRUCTURE,
};

enum vrouter_check {
    VROUTER_CHECK_NONE,
    /* low ≤ value ≤ high. */
    VROUTER_CHECK_RANGE,
    /* value < 64 and bit `value` of high is set: the values of an enumeration. */
    VROUTER_CHECK_MEMBER,
    /* No bit outside high is set. */
    VROUTER_CHECK_MASK,
};

struct vrouter_layout;

/* What an attribute must look like, and where it goes. */
struct vrouter_attribute {
    const char *name;
    /* As given in the schema; bit number - 1 of `present` says that it is there. */
    uint8_t number;
    /* An enum vrouter_kind. */
    uint8_t kind;
    /* An enum vrouter_check. */
    uint8_t check;
    bool required;
    bool must_understand;
    /* Of one value: bytes on the wire. A string's zero byte is not counted. */
    uint16_t minimum_length;
    uint16_t maximum_length;
    /* The most elements of a list; 0: not a list. */
    uint16_t maximum_count;
    /* Where the value, or the first of a list, is in the structure, and how many bytes of memory one takes. */
    uint32_t offset;
    uint32_t size;
    /* Where the number of elements of a list (uint32_t), or the length of VROUTER_KIND_BYTES (uint16_t), is. */
    uint32_t count_offset;
    uint64_t low;
    uint64_t high;
    /* Of VROUTER_KIND_STRUCTURE. */
    const struct vrouter_layout *structure;
};

/* A message or structure: a C structure that begins with `uint64_t present`. */
struct vrouter_layout {
    const char *name;
    /* In the order in which they are written. */
    const struct vrouter_attribute *attributes;
    uint32_t attribute_count;
    /* Bytes of the C structure. */
    uint32_t size;
    /* The most bytes on the wire. */
    uint32_t maximum_bytes;
};

/*
 * Reads a message. 0: `message` holds it; what was absent is zero and has no bit in `present`; elements of lists beyond their count
 * are not written. -EINVAL, or -EOPNOTSUPP for an unknown attribute that must not be skipped: `message` is not to be used, and
 * `fault` says why. `bytes` is read only here: nothing in `message` points to it.
 */
int vrouter_attributes_decode(const struct vrouter_layout *layout, void *message, const void *bytes, size_t length,
                              struct vrouter_fault *fault);

/*
 * Writes a message. Not negative: the bytes written, never more than layout->maximum_bytes. -EMSGSIZE: `capacity` is too small.
 * -EINVAL: a required attribute's bit is missing, or a value is one that the reader would refuse; `bytes` then holds nothing of use.
 */
int vrouter_attributes_encode(const struct vrouter_layout *layout, const void *message, void *bytes, size_t capacity);

/* A sentence about an enum vrouter_fault_reason, for people; never NULL. */
const char *vrouter_fault_text(uint8_t reason);

#endif
