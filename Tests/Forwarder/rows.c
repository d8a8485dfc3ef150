/*
 * Runs the table of packets: for each row, tables are set up, packets go in, and what comes out, is dropped, and is traced must be exactly
 * what the row says. Each row is run with each layout of packets (test_port.h). The format: Tests/Vectors/packets/README.md.
 *
 *   rows FILE…
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "tables.h"
#include "test_port.h"
#include "trace.h"

enum { MOST_LINES = 100000, MOST_BYTES = 8 << 20, MOST_WORDS = 48 };

static const struct vr_limits limits = {
    .interfaces = 64,
    .vrfs = 8,
    .next_hops = 128,
    .labels = 4096,
    .vxlan_networks = 16,
    .bridge_entries = 64,
    .flows = 64,
    .overflow_flows = 16,
    .held_flows = 4,
    .fragments = 16,
};

struct file {
    const char *name;
    char *lines[MOST_LINES];
    unsigned int count;
};

/* One row while it runs. */
struct run {
    const struct file *file;
    const char *name;
    unsigned int line;
    struct vr_router *router;
    struct vr_trace trace;
    struct build in;
    uint32_t cut;
    /* What a step left to be expected. */
    uint32_t next_sent;
    uint64_t drops[VR_DROP_LIMIT];
    bool sent_in;
    uint32_t in_interface;
    bool failed;
};

static unsigned int passed, failed, skipped;
/* Why the port could not do what a row asks for, the last time. */
static const char *impossible_since;

static void complain(struct run *run, const char *what, const char *more)
{
    static const char *const layouts[] = {"roomy", "tight", "split"};

    /* What cannot be done there cannot be expected either. */
    if (test.impossible)
        return;
    if (!run->failed) {
        printf("%s:%u: %s", run->file->name, run->line + 1, run->name);
        if (run->cut != UINT32_MAX)
            printf(", cut to %u", run->cut);
        printf(" (%s packets): %s %s\n", layouts[test.layout], what, more ? more : "");
        for (uint32_t at = 0; at < run->trace.count; at++) {
            char text[200];

            vr_trace_text(&run->trace.records[at], text, sizeof(text));
            printf("    %s\n", text);
        }
    }
    run->failed = true;
}

static void print_bytes(const char *title, const uint8_t *bytes, uint32_t length)
{
    if (test.impossible)
        return;
    printf("    %s", title);
    for (uint32_t at = 0; at < length && at < 160; at++)
        printf("%s%02x", at % 2 ? "" : " ", bytes[at]);
    printf("\n");
}

/* ---- Steps ---------------------------------------------------------------------------------------------------------------- */

static void finish_step(struct run *run)
{
    if (run->next_sent < test.sent_count) {
        char text[32];

        snprintf(text, sizeof(text), "interface %u", test.sent[run->next_sent].interface);
        complain(run, "a packet that is not expected left on", text);
        print_bytes("packet:", test.sent[run->next_sent].bytes, test.sent[run->next_sent].length);
    }
    for (unsigned int reason = 0; reason < VR_DROP_LIMIT; reason++) {
        if (vr_drop_count(run->router, VR_ALL_CORES, (enum vr_drop_reason)reason) != run->drops[reason])
            complain(run, "a packet that is not expected to be was dropped:", vr_drop_word(reason));
    }
    test_forget_events();
    run->next_sent = 0;
}

/* Sends the packet that the lines since `in` describe, if that has not been done. */
static void send_in(struct run *run)
{
    static uint8_t bytes[BUILD_BYTES];
    struct vr_packet packet;
    uint32_t length;

    if (run->sent_in)
        return;
    run->sent_in = true;
    run->in.cut = run->cut;
    length = build_bytes(&run->in, bytes, NULL);
    packet = test_packet(bytes, length);
    vr_receive(run->router, run->in_interface, &packet, &run->trace);
    test_quiesce();
}

/* Where interfaces have no common order: brings the next packet that left on this one to the front. */
static void bring_forward(struct run *run, uint32_t interface)
{
    for (uint32_t at = run->next_sent; at < test.sent_count; at++) {
        struct test_event event = test.sent[at];

        if (event.interface != interface)
            continue;
        memmove(&test.sent[run->next_sent + 1], &test.sent[run->next_sent], (at - run->next_sent) * sizeof(event));
        test.sent[run->next_sent] = event;
        return;
    }
}

static void expect_out(struct run *run, uint32_t interface, const struct build *expected)
{
    static uint8_t bytes[BUILD_BYTES], mask[BUILD_BYTES];
    const struct test_event *event = &test.sent[run->next_sent];
    uint32_t length = build_bytes(expected, bytes, mask);

    if (test.unordered)
        bring_forward(run, interface);
    if (run->next_sent >= test.sent_count) {
        complain(run, "no packet left, but one is expected", NULL);
        return;
    }
    run->next_sent++;
    if (event->interface != interface) {
        char text[64];

        snprintf(text, sizeof(text), "%u, not %u", event->interface, interface);
        complain(run, "the packet left on interface", text);
        return;
    }
    for (uint32_t at = 0; at < length && at < event->length; at++) {
        if ((event->bytes[at] ^ bytes[at]) & mask[at])
            length = UINT32_MAX;
    }
    if (length != event->length) {
        complain(run, "the packet that left is another", NULL);
        print_bytes("expected:", bytes, build_bytes(expected, bytes, mask));
        print_bytes("sent:    ", event->bytes, event->length);
    }
}

static void expect_drop(struct run *run, const char *word)
{
    for (unsigned int reason = 1; reason < VR_DROP_LIMIT; reason++) {
        if (vr_drop_word(reason) && strcmp(vr_drop_word(reason), word) == 0) {
            run->drops[reason]++;
            if (vr_drop_count(run->router, VR_ALL_CORES, (enum vr_drop_reason)reason) < run->drops[reason])
                complain(run, "no packet was dropped:", word);
            return;
        }
    }
    complain(run, "no such reason:", word);
}

static void expect_trace(struct run *run, char **words, unsigned int count)
{
    if (test.untraced)
        return;
    for (unsigned int at = 1; at < count || at <= run->trace.count; at++) {
        const char *expected = at < count ? words[at] : "nothing";
        const char *found = at <= run->trace.count ? vr_trace_word(run->trace.records[at - 1].step) : "nothing";

        if (strcmp(expected, found) != 0) {
            complain(run, "the trace has another step than", expected);
            return;
        }
    }
}

static void expect_sentence(struct run *run, const char *sentence)
{
    char text[200];

    if (test.untraced)
        return;
    for (uint32_t at = 0; at < run->trace.count; at++) {
        vr_trace_text(&run->trace.records[at], text, sizeof(text));
        if (strcmp(text, sentence) == 0)
            return;
    }
    complain(run, "the trace does not say:", sentence);
}

/* ---- Lines ---------------------------------------------------------------------------------------------------------------- */

static unsigned int split(const char *line, char *copy, size_t size, char **words)
{
    unsigned int count = 0;
    char *rest = copy, *word;

    snprintf(copy, size, "%s", line);
    while ((word = strsep(&rest, " \t")) != NULL && count < MOST_WORDS) {
        if (*word == '#')
            break;
        if (*word)
            words[count++] = word;
    }
    return count;
}

/* Lines that are deeper than the one before them belong to it. */
static bool belongs(const struct file *file, unsigned int line)
{
    return line < file->count && strncmp(file->lines[line], "    ", 4) == 0;
}

static void read_layers(struct run *run, unsigned int *line, struct build *build)
{
    char copy[512], *words[MOST_WORDS];

    memset(build, 0, sizeof(*build));
    build->cut = UINT32_MAX;
    for (; belongs(run->file, *line + 1); (*line)++) {
        unsigned int count = split(run->file->lines[*line + 1], copy, sizeof(copy), words);
        const char *error = count ? build_line(build, words, count) : NULL;

        if (error) {
            run->line = *line + 1;
            complain(run, "not a header:", error);
        }
    }
}

static void apply_tables(struct run *run, const char *name);

static void run_line(struct run *run, unsigned int *line)
{
    char copy[512], *words[MOST_WORDS];
    unsigned int count = split(run->file->lines[*line], copy, sizeof(copy), words);
    uint64_t number;
    struct build expected;
    const char *error = NULL;

    run->line = *line;
    if (count == 0)
        return;
    if (strcmp(words[0], "in") != 0 && run->in.count)
        send_in(run);
    if (strcmp(words[0], "tables") == 0 && count == 2) {
        apply_tables(run, words[1]);
    } else if (strcmp(words[0], "in") == 0 && count >= 2 && read_number(words[1], &number)) {
        send_in(run);
        finish_step(run);
        run->in_interface = (uint32_t)number;
        read_layers(run, line, &run->in);
        run->sent_in = false;
    } else if (strcmp(words[0], "out") == 0 && count == 2 && read_number(words[1], &number)) {
        read_layers(run, line, &expected);
        expect_out(run, (uint32_t)number, expected.count ? &expected : &run->in);
    } else if (strcmp(words[0], "drop") == 0 && count == 2) {
        expect_drop(run, words[1]);
    } else if (strcmp(words[0], "trace") == 0) {
        expect_trace(run, words, count);
    } else if (strcmp(words[0], "says") == 0) {
        expect_sentence(run, strstr(run->file->lines[*line], "says ") + 5);
    } else if (strcmp(words[0], "after") == 0 && count == 2 && read_number(words[1], &number)) {
        test_pass_time(number);
    } else if (strcmp(words[0], "cut") == 0) {
        /* Read by cut_range. */
    } else if (strcmp(words[0], "tick") == 0) {
        for (unsigned int at = 0; at < 16; at++)
            vr_tick(run->router);
    } else if (strcmp(words[0], "refuse") == 0 && count == 2 && read_number(words[1], &number)) {
        test.refusing |= UINT64_C(1) << number;
    } else if (strcmp(words[0], "no-memory") == 0) {
        test.buffers_left = 0;
    } else {
        error = tables_line(run->router, words, count);
        if (error)
            complain(run, "cannot set this:", error);
    }
    test_quiesce();
}

static void apply_tables(struct run *run, const char *name)
{
    char copy[512], *words[MOST_WORDS];

    for (unsigned int line = 0; line < run->file->count; line++) {
        if (split(run->file->lines[line], copy, sizeof(copy), words) != 2 || strcmp(words[0], "set-up") != 0 || strcmp(words[1], name) != 0)
            continue;
        for (line++; line < run->file->count && strncmp(run->file->lines[line], "  ", 2) == 0; line++) {
            unsigned int count = split(run->file->lines[line], copy, sizeof(copy), words);
            const char *error = count ? (strcmp(words[0], "tables") == 0 ? (apply_tables(run, words[1]), NULL) : tables_line(run->router, words, count)) : NULL;

            if (error) {
                run->line = line;
                complain(run, "cannot set this:", error);
            }
        }
        return;
    }
    complain(run, "no such set-up:", name);
}

/* ---- Rows ----------------------------------------------------------------------------------------------------------------- */

/* The row at `line`, whose lines are indented. `cut`: every packet that goes in is cut to it. */
static bool run_row(const struct file *file, unsigned int line, uint32_t cut)
{
    struct run run = {.file = file, .name = file->lines[line] + 4, .line = line, .cut = cut, .sent_in = true};

    test.now_ms = 100000;
    test.refusing = 0;
    test.buffers_left = -1;
    test.impossible = NULL;
    if (vr_router_create(&limits, &run.router) != 0) {
        complain(&run, "no router", NULL);
        return false;
    }
    for (line++; line < file->count && strncmp(file->lines[line], "  ", 2) == 0; line++)
        run_line(&run, &line);
    send_in(&run);
    finish_step(&run);
    vr_router_destroy(run.router);
    test_forget_events();
    if (test.buffers != 0)
        complain(&run, "a packet was neither sent nor dropped", NULL);
    if (test.allocations != 0)
        complain(&run, "memory was not given back", NULL);
    test.buffers = 0;
    test.allocations = 0;
    return !run.failed;
}

static void run_layouts(const struct file *file, unsigned int line, uint32_t cut)
{
    bool good = true, ran = false;

    for (test.layout = TEST_ROOMY; test.layout < TEST_LAYOUTS; test.layout++) {
        if (test.has_layout && !test.has_layout(test.layout))
            continue;
        good = run_row(file, line, cut) && good;
        if (test.impossible)
            impossible_since = test.impossible;
        else
            ran = true;
    }
    skipped += good && !ran;
    passed += good && ran;
    failed += !good;
}

/* "cut A..B" as a row's second line: the row once for every length. */
static bool cut_range(const struct file *file, unsigned int line, uint32_t *first, uint32_t *last)
{
    return line + 1 < file->count && sscanf(file->lines[line + 1], " cut %u..%u", first, last) == 2;
}

static void run_file(const char *name)
{
    static struct file file;
    static char text[MOST_BYTES];
    FILE *stream = fopen(name, "r");
    size_t length = stream ? fread(text, 1, sizeof(text) - 1, stream) : 0;
    char *rest = text, *line;

    if (!stream) {
        printf("%s: cannot be read\n", name);
        failed++;
        return;
    }
    fclose(stream);
    if (length == sizeof(text) - 1) {
        printf("%s: longer than %d bytes\n", name, MOST_BYTES);
        failed++;
        return;
    }
    text[length] = 0;
    file.name = name;
    file.count = 0;
    while ((line = strsep(&rest, "\n")) != NULL && file.count < MOST_LINES)
        file.lines[file.count++] = line;
    for (unsigned int at = 0; at < file.count; at++) {
        uint32_t first = 0, last = 0;

        if (strncmp(file.lines[at], "row ", 4) != 0)
            continue;
        if (!cut_range(&file, at, &first, &last)) {
            run_layouts(&file, at, UINT32_MAX);
            continue;
        }
        for (uint32_t cut = first; cut <= last; cut++)
            run_layouts(&file, at, cut);
    }
}

int main(int count, char **names)
{
    for (int at = 1; at < count; at++)
        run_file(names[at]);
    if (skipped)
        printf("%u not run%s%s; ", skipped, impossible_since ? ", the last since " : "", impossible_since ? impossible_since : "");
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
