/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Words for people: drop reasons, and steps of a trace. Needs no router, so that tools which are told numbers have it too. */
#include "trace.h"
#include "trap.h"

/* ---- Drop reasons --------------------------------------------------------------------------------------------------------- */

const char *vr_drop_word(unsigned int reason)
{
    switch (reason) {
#define WORD(name, number, word, sentence) \
    case number:                           \
        return word;
        VR_DROP_REASONS(WORD)
#undef WORD
    default:
        return NULL;
    }
}

const char *vr_drop_sentence(unsigned int reason)
{
    switch (reason) {
#define SENTENCE(name, number, word, sentence) \
    case number:                               \
        return sentence;
        VR_DROP_REASONS(SENTENCE)
#undef SENTENCE
    default:
        return NULL;
    }
}

/* ---- Steps ---------------------------------------------------------------------------------------------------------------- */

static const char *const words[VR_TRACE_STEP_COUNT] = {
#define WORD(name, word, sentence) word,
    VR_TRACE_STEPS(WORD)
#undef WORD
};

static const char *const sentences[VR_TRACE_STEP_COUNT] = {
#define SENTENCE(name, word, sentence) sentence,
    VR_TRACE_STEPS(SENTENCE)
#undef SENTENCE
};

const char *vr_trace_word(uint32_t step)
{
    return step < VR_TRACE_STEP_COUNT ? words[step] : "?";
}

/* ---- Names of numbers ----------------------------------------------------------------------------------------------------- */

static const char *action_name(uint32_t action)
{
    static const char *const names[] = {"drop", "hold", "forward"};

    return action < sizeof(names) / sizeof(names[0]) ? names[action] : NULL;
}

static const char *next_hop_name(uint32_t type)
{
    static const char *const names[] = {NULL,        "receive",   "encapsulate",   "tunnel",        "resolve",
                                        "discard", "composite", "VRF translate", "bridge receive"};

    return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

static const char *tunnel_name(uint32_t tunnel)
{
    static const char *const names[] = {NULL, "MPLS over GRE", "MPLS over UDP", "VXLAN"};

    return tunnel < sizeof(names) / sizeof(names[0]) ? names[tunnel] : NULL;
}

static const char *composite_name(uint32_t kind)
{
    static const char *const names[] = {NULL, "ECMP", "multicast", "local", "fabric", "EVPN", "switch"};

    return kind < sizeof(names) / sizeof(names[0]) ? names[kind] : NULL;
}

static const char *trap_name(uint32_t reason)
{
    switch (reason) {
#define WORD(name, number, word) \
    case number:                 \
        return word;
        VR_TRAPS(WORD)
#undef WORD
    default:
        return NULL;
    }
}

/* ---- Sentences with values ------------------------------------------------------------------------------------------------ */

/* Text that is being written: `length` counts on beyond `size`. */
struct writer {
    char *text;
    size_t size;
    size_t length;
};

static void put_character(struct writer *writer, char character)
{
    if (writer->length + 1 < writer->size)
        writer->text[writer->length] = character;
    writer->length++;
}

static void put_text(struct writer *writer, const char *text)
{
    while (*text)
        put_character(writer, *text++);
}

static void put_number(struct writer *writer, uint32_t number)
{
    char digits[10];
    unsigned int count = 0;

    if (number == VR_NONE) {
        put_text(writer, "none");
        return;
    }
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    while (count)
        put_character(writer, digits[--count]);
}

static void put_ipv4(struct writer *writer, uint32_t address)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        put_number(writer, (address >> shift) & 0xff);
        if (shift)
            put_character(writer, '.');
    }
}

static void put_mac(struct writer *writer, uint32_t high, uint32_t low)
{
    uint64_t mac = ((uint64_t)high << 32) | low;

    for (int shift = 44; shift >= 0; shift -= 4) {
        put_character(writer, "0123456789abcdef"[(mac >> shift) & 0xf]);
        if (shift && shift % 8 == 0)
            put_character(writer, ':');
    }
}

static bool starts_with(const char *text, const char *start)
{
    while (*start) {
        if (*text++ != *start++)
            return false;
    }
    return true;
}

/* Writes what a pair of braces asks for; `at` is behind the opening one. Sentences are ours, so that one ill-formed is a defect of ours. */
static void put_value(struct writer *writer, const char *at, const struct vr_trace_record *record)
{
    static const struct {
        const char *kind;
        const char *(*name)(uint32_t number);
    } kinds[] = {{":drop}", vr_drop_sentence},    {":trap}", trap_name},         {":action}", action_name},
                 {":nexthop}", next_hop_name}, {":tunnel}", tunnel_name}, {":composite}", composite_name}};
    uint32_t value = record->values[*at == 'b' ? 1 : *at == 'c' ? 2 : 0];
    const char *kind = at + 1, *name = NULL;

    if (starts_with(at, "bc:mac}")) {
        put_mac(writer, record->values[1], record->values[2]);
        return;
    }
    if (starts_with(kind, ":ip}")) {
        put_ipv4(writer, value);
        return;
    }
    for (unsigned int number = 0; number < sizeof(kinds) / sizeof(kinds[0]); number++) {
        if (starts_with(kind, kinds[number].kind))
            name = kinds[number].name(value);
    }
    if (name)
        put_text(writer, name);
    else
        put_number(writer, value);
}

size_t vr_trace_text(const struct vr_trace_record *record, char *text, size_t size)
{
    struct writer writer = {text, size, 0};
    const char *at = record->step < VR_TRACE_STEP_COUNT ? sentences[record->step] : "step {a} of a newer forwarder";

    for (; *at; at++) {
        if (*at != '{') {
            put_character(&writer, *at);
            continue;
        }
        put_value(&writer, at + 1, record);
        while (*at != '}')
            at++;
    }
    if (size)
        text[writer.length < size ? writer.length : size - 1] = 0;
    return writer.length;
}
