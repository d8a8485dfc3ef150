/*
 * The rest of the core's functions that rows.c calls, and its test port, done by a forwarder that is elsewhere: packets go in and come out through a
 * test bed (testbed.h), tables are set by messages (remote.h). How many packets left is what the interfaces' counters say, so that nothing here
 * waits for packets that do not come.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "testbed.h"
#include "trace.h"
#include "vrouter_trace.h"
#include "wire.h"

enum { FRAME_BYTES = 70000 };

struct test_state test = {.buffers_left = -1, .has_layout = testbed_has_layout};
uint64_t testbed_drops[VR_DROP_LIMIT];

static uint64_t drops[VR_DROP_LIMIT];
static bool drops_known;
/* When the last packet came in, by the test's clock and the world's. */
static uint64_t last_test_ms, last_world_ms;

/* ---- Time ----------------------------------------------------------------------------------------------------------------- */

uint64_t testbed_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void test_pass_time(uint64_t ms)
{
    test.now_ms += ms;
}

/* The forwarder's clock is the world's: waits until that has come as far as the test's, and further. */
static void catch_up(uint64_t further_ms)
{
    uint64_t until = last_world_ms + (test.now_ms - last_test_ms) + further_ms, now = testbed_now_ms();

    if (now < until)
        usleep((useconds_t)(until - now) * 1000);
}

/* By then fragments that have waited too long have been looked for. */
void vr_tick(struct vr_router *router)
{
    enum { SWEEP_MS = 600 };

    (void)router;
    catch_up(SWEEP_MS);
    remote_changed = true;
    test_quiesce();
}

/* ---- What left ------------------------------------------------------------------------------------------------------------ */

struct frame {
    uint64_t nanoseconds;
    uint32_t order;
    struct test_event event;
};

static int by_time(const void *left, const void *right)
{
    const struct frame *a = left, *b = right;

    return a->nanoseconds != b->nanoseconds ? (a->nanoseconds < b->nanoseconds ? -1 : 1) : (int)a->order - (int)b->order;
}

/* How many frames have left on each device since the last time. */
static void count_interfaces(uint32_t *left)
{
    struct vrouter_interface message;

    remote_ask_table(VROUTER_COMMAND_INTERFACE, VROUTER_TABLE_OPERATION_DUMP, 0);
    for (unsigned int at = 0; remote_told(at, &vrouter_interface_layout, &message); at++) {
        struct remote_interface *known = message.index < REMOTE_INTERFACES ? &remote_interfaces[message.index] : NULL;
        uint32_t device = known && remote_is_sub_interface(known->type) ? known->parent : message.index;

        if (!known || device >= REMOTE_INTERFACES)
            continue;
        left[device] += (uint32_t)(message.counters.transmitted_packets - known->transmitted);
        known->transmitted = message.counters.transmitted_packets;
        known->received = message.counters.received_packets;
    }
}

/* The frames that have left on the device; how many there are in all. */
static uint32_t receive_all(uint32_t device, uint32_t left, struct frame *frames, uint32_t count)
{
    static uint8_t bytes[FRAME_BYTES];

    for (; left; left--) {
        struct frame *frame = &frames[count];
        uint32_t length = testbed_receive(device, bytes, sizeof(bytes), &frame->nanoseconds);

        if (length == 0) {
            printf("interface %u says that it has sent %u more than came out\n", device, left);
            break;
        }
        if (count == TEST_EVENTS - test.sent_count)
            continue;
        frame->order = count++;
        frame->event = (struct test_event){device, length, malloc(length)};
        if (!frame->event.bytes)
            abort();
        memcpy(frame->event.bytes, bytes, length);
    }
    return count;
}

/* Takes what has left since the last time, in the order in which it did. */
void test_quiesce(void)
{
    static struct frame frames[TEST_EVENTS + 1];
    uint32_t left[REMOTE_INTERFACES] = {0}, count = 0;

    if (!remote_changed)
        return;
    remote_changed = false;
    drops_known = false;
    count_interfaces(left);
    for (uint32_t device = 0; device < REMOTE_INTERFACES; device++)
        count = receive_all(device, left[device], frames, count);
    qsort(frames, count, sizeof(frames[0]), by_time);
    for (uint32_t at = 0; at < count; at++)
        test.sent[test.sent_count++] = frames[at].event;
}

void test_forget_events(void)
{
    while (test.sent_count)
        free(test.sent[--test.sent_count].bytes);
}

uint64_t vr_drop_count(const struct vr_router *router, unsigned int core, enum vr_drop_reason reason)
{
    (void)router;
    (void)core;
    if (!drops_known)
        remote_drops(drops);
    drops_known = true;
    return drops[reason] - testbed_drops[reason];
}

/* ---- Packets -------------------------------------------------------------------------------------------------------------- */

struct vr_packet test_packet(const uint8_t *bytes, uint32_t length)
{
    static uint8_t copy[FRAME_BYTES];

    if (length > sizeof(copy))
        length = sizeof(copy);
    memcpy(copy, bytes, length);
    return (struct vr_packet){.data = copy, .length = length, .linear = length};
}

static void read_trace(const struct vrouter_trace *message, struct vr_trace *trace)
{
    trace->lost = message->lost;
    for (uint32_t at = 0; at < message->steps_count && at < VR_TRACE_RECORDS; at++) {
        struct vr_trace_record *record = &trace->records[trace->count++];
        char text[sizeof(message->steps[0].sentence)];

        for (record->step = 0; record->step < VR_TRACE_STEP_COUNT; record->step++) {
            if (strcmp(vr_trace_word(record->step), message->steps[at].step) == 0)
                break;
        }
        memcpy(record->values, message->steps[at].values, sizeof(record->values));
        vr_trace_text(record, text, sizeof(text));
        if (strcmp(text, message->steps[at].sentence) != 0)
            printf("the sentence of step %s is: %s\n", message->steps[at].step, message->steps[at].sentence);
    }
}

static const char *send_by_message(uint32_t interface, const struct vr_packet *packet, struct vr_trace *trace)
{
    static struct vrouter_trace message;

    memset(&message, 0, sizeof(message));
    message.present = VROUTER_TRACE_HAS_INTERFACE | VROUTER_TRACE_HAS_FRAME;
    message.interface = interface;
    message.frame_length = (uint16_t)packet->length;
    memcpy(message.frame, packet->data, packet->length);
    if (remote_ask(VROUTER_COMMAND_TRACE, &vrouter_trace_layout, &message) != 0 || !remote_told(0, &vrouter_trace_layout, &message))
        return "there is no interface that the packet could come in on";
    read_trace(&message, trace);
    return NULL;
}

static bool has_device(uint32_t interface)
{
    return interface < REMOTE_INTERFACES && remote_interfaces[interface].exists && !remote_is_sub_interface(remote_interfaces[interface].type);
}

/* What no message can carry goes through a device. */
void vr_receive(struct vr_router *router, uint32_t interface, struct vr_packet *packet, struct vr_trace *trace)
{
    const char *impossible;

    (void)router;
    trace->count = 0;
    trace->lost = 0;
    catch_up(0);
    /* From here on the packet waits, if it does. */
    last_test_ms = test.now_ms;
    last_world_ms = testbed_now_ms();
    testbed_settle();
    test.untraced = test.layout != TEST_ROOMY || packet->length > VROUTER_TRACE_MAXIMUM_FRAME || packet->length < VR_ETHERNET_BYTES;
    if (test.buffers_left == 0)
        impossible = "the forwarder does not run out of memory when a test wants it to";
    else if (!test.untraced)
        impossible = send_by_message(interface, packet, trace);
    else if (has_device(interface))
        impossible = testbed_send(interface, packet->data, packet->length);
    else
        impossible = "there is no device that the packet could come in on";
    if (impossible)
        test.impossible = impossible;
    remote_changed = true;
    test_quiesce();
}

/* ---- Beginning and end ---------------------------------------------------------------------------------------------------- */

int vr_router_create(const struct vr_limits *limits, struct vr_router **router)
{
    int error = testbed_begin(limits);

    *router = NULL;
    test.unordered = !testbed_is_ordered();
    last_test_ms = test.now_ms;
    last_world_ms = testbed_now_ms();
    remote_changed = true;
    test_quiesce();
    test_forget_events();
    return error ? error : remote_drops(testbed_drops);
}

void vr_router_destroy(struct vr_router *router)
{
    (void)router;
    testbed_end();
}
