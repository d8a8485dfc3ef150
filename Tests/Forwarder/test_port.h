/*
 * A port for tests (port.h): packets are malloc'ed so tightly that sanitizers see any byte too many, time stands still until it is
 * moved, and what the core does with packets is written down as events.
 */
#ifndef TEST_PORT_H
#define TEST_PORT_H

#include "port.h"

/* How packets are laid out, so that each way through the core is taken with each. */
enum test_layout {
    /* Headroom for everything, all bytes linear. */
    TEST_ROOMY,
    /* No headroom: every header that is pushed needs the port. */
    TEST_TIGHT,
    /* Nothing linear: every header that is read needs the port. */
    TEST_SPLIT,
    TEST_LAYOUTS,
};

struct test_event {
    uint32_t interface;
    uint32_t length;
    uint8_t *bytes;
};

#define TEST_EVENTS 1024u

struct test_state {
    enum test_layout layout;
    uint64_t now_ms;
    /* Packets that left, in order. */
    struct test_event sent[TEST_EVENTS];
    uint32_t sent_count;
    uint32_t freed;
    /* Buffers that exist. */
    int buffers;
    int allocations;
    /* Interfaces whose device refuses packets: bit by index. */
    uint64_t refusing;
    /* How many further packet buffers may be made; negative: any number. */
    int buffers_left;
    /* Packets that leave by different interfaces have no order. */
    bool unordered;
    /* Which layouts rows are run with; NULL: all. */
    bool (*has_layout)(enum test_layout layout);
    /* What became of the last packet that came in is not known: what a row says about its trace is not looked at. */
    bool untraced;
    /* Why this port cannot do what the row asks for, which then says nothing; NULL: it can. Rows begin with NULL. */
    const char *impossible;
};

extern struct test_state test;

struct vr_packet test_packet(const uint8_t *bytes, uint32_t length);
/* The device of an interface. */
void *test_device(uint32_t interface);
void test_pass_time(uint64_t ms);
/* Runs what was deferred, and writes down what has left. */
void test_quiesce(void);
void test_forget_events(void);

#endif
