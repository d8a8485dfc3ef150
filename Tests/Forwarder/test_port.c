/* The port for tests: see test_port.h. */
#include "test_port.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct test_state test = {.buffers_left = -1};

/* What vr_packet.buffer points to. Bytes beyond the view's linear part are in `tail`. */
struct buffer {
    uint8_t *memory;
    uint8_t *tail;
    uint32_t tail_start;
    uint32_t tail_length;
};

/* ---- Memory --------------------------------------------------------------------------------------------------------------- */

void *vr_port_allocate(size_t size)
{
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);

    if (memory)
        memset(memory, 0, size);
    __atomic_fetch_add(&test.allocations, memory ? 1 : 0, __ATOMIC_RELAXED);
    return memory;
}

void vr_port_free(void *memory)
{
    __atomic_fetch_sub(&test.allocations, memory ? 1 : 0, __ATOMIC_RELAXED);
    free(memory);
}

struct deferral {
    struct deferral *next;
    struct vr_deferred *deferred;
    void (*function)(struct vr_deferred *);
};

static struct deferral *deferrals;

void vr_port_defer(struct vr_deferred *deferred, void (*function)(struct vr_deferred *))
{
    struct deferral *deferral = malloc(sizeof(*deferral));

    assert(deferral);
    *deferral = (struct deferral){deferrals, deferred, function};
    deferrals = deferral;
}

void test_quiesce(void)
{
    while (deferrals) {
        struct deferral *deferral = deferrals;

        deferrals = deferral->next;
        deferral->function(deferral->deferred);
        free(deferral);
    }
}

void vr_port_drain(void)
{
    test_quiesce();
}

/* ---- Time, chance, cores, locks --------------------------------------------------------------------------------------------- */

uint64_t vr_port_now_ms(void)
{
    return test.now_ms;
}

void test_pass_time(uint64_t ms)
{
    test.now_ms += ms;
}

uint32_t vr_port_random(void)
{
    return 0x5eed5eed;
}

unsigned int vr_port_cores(void)
{
    return 1;
}

unsigned int vr_port_core(void)
{
    return 0;
}

static bool locked[VR_PORT_LOCKS];

void vr_port_lock(unsigned int lock)
{
    assert(lock < VR_PORT_LOCKS && !locked[lock]);
    locked[lock] = true;
}

void vr_port_unlock(unsigned int lock)
{
    assert(lock < VR_PORT_LOCKS && locked[lock]);
    locked[lock] = false;
}

/* ---- Packets -------------------------------------------------------------------------------------------------------------- */

static struct vr_packet make(uint32_t headroom, uint32_t linear, uint32_t length)
{
    struct buffer *buffer = calloc(1, sizeof(*buffer));
    struct vr_packet packet = {.linear = linear, .length = length, .headroom = headroom, .buffer = buffer};

    assert(buffer);
    buffer->memory = malloc(headroom + linear ? headroom + linear : 1);
    buffer->tail = malloc(length - linear ? length - linear : 1);
    assert(buffer->memory && buffer->tail);
    buffer->tail_length = length - linear;
    packet.data = buffer->memory + headroom;
    test.buffers++;
    return packet;
}

struct vr_packet test_packet(const uint8_t *bytes, uint32_t length)
{
    uint32_t linear = test.layout == TEST_SPLIT ? 0 : length;
    struct vr_packet packet = make(test.layout == TEST_TIGHT ? 0 : VR_PACKET_HEADROOM, linear, length);
    struct buffer *buffer = packet.buffer;

    if (linear)
        memcpy(packet.data, bytes, linear);
    if (length - linear)
        memcpy(buffer->tail, bytes + linear, length - linear);
    return packet;
}

static void dispose(struct buffer *buffer)
{
    free(buffer->memory);
    free(buffer->tail);
    free(buffer);
    test.buffers--;
}

/* Moves the linear part into new memory of another shape. */
static void reshape(struct vr_packet *packet, uint32_t headroom, uint32_t linear)
{
    struct buffer *buffer = packet->buffer;
    uint8_t *memory = malloc(headroom + linear ? headroom + linear : 1);
    uint32_t kept = packet->headroom < headroom ? packet->headroom : headroom, more = linear - packet->linear;

    assert(memory && linear >= packet->linear && more <= buffer->tail_length - buffer->tail_start);
    memcpy(memory + headroom - kept, packet->data - kept, kept + packet->linear);
    memcpy(memory + headroom + packet->linear, buffer->tail + buffer->tail_start, more);
    buffer->tail_start += more;
    free(buffer->memory);
    buffer->memory = memory;
    packet->data = memory + headroom;
    packet->headroom = headroom;
    packet->linear = linear;
}

bool vr_port_packet_pull_up(struct vr_packet *packet, uint32_t bytes)
{
    assert(bytes <= packet->length);
    if (bytes > packet->linear)
        reshape(packet, packet->headroom, bytes);
    return true;
}

bool vr_port_packet_make_room(struct vr_packet *packet, uint32_t bytes)
{
    if (test.buffers_left == 0)
        return false;
    if (bytes > packet->headroom)
        reshape(packet, bytes, packet->linear);
    return true;
}

static void read_all(const struct vr_packet *packet, uint8_t *bytes)
{
    const struct buffer *buffer = packet->buffer;

    memcpy(bytes, packet->data, packet->linear);
    memcpy(bytes + packet->linear, buffer->tail + buffer->tail_start, packet->length - packet->linear);
}

bool vr_port_packet_clone(const struct vr_packet *packet, struct vr_packet *copy, uint32_t headroom)
{
    if (test.buffers_left == 0)
        return false;
    if (test.buffers_left > 0)
        test.buffers_left--;
    *copy = make(headroom, packet->linear, packet->length);
    memcpy(copy->data, packet->data, packet->linear);
    memcpy(((struct buffer *)copy->buffer)->tail, ((const struct buffer *)packet->buffer)->tail + ((const struct buffer *)packet->buffer)->tail_start,
           packet->length - packet->linear);
    copy->segment_size = packet->segment_size;
    return true;
}

void vr_port_packet_free(struct vr_packet *packet)
{
    test.freed++;
    dispose(packet->buffer);
}

/* ---- Devices -------------------------------------------------------------------------------------------------------------- */

static uint32_t devices[65536];

void *test_device(uint32_t interface)
{
    devices[interface] = interface;
    return &devices[interface];
}

int vr_port_transmit(void *device, struct vr_packet *packet)
{
    uint32_t interface = *(uint32_t *)device;

    assert(packet->linear <= packet->length);
    if (interface < 64 && (test.refusing >> interface & 1)) {
        dispose(packet->buffer);
        return -ENOBUFS;
    }
    if (test.sent_count < TEST_EVENTS) {
        struct test_event *event = &test.sent[test.sent_count++];

        event->interface = interface;
        event->length = packet->length;
        event->bytes = malloc(packet->length ? packet->length : 1);
        assert(event->bytes);
        read_all(packet, event->bytes);
    }
    dispose(packet->buffer);
    return 0;
}

void test_forget_events(void)
{
    while (test.sent_count)
        free(test.sent[--test.sent_count].bytes);
    test.freed = 0;
}
