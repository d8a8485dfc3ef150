/*
 * Where rows are run with a forwarder that is elsewhere (remote_rows.c): how it is begun, and how frames reach it and come back. There are two:
 *
 *   testbed_process.c                a process in user space for each row; interfaces are UNIX sockets
 *   Tests/Kernel/testbed_module.c    the kernel module; interfaces are network devices
 */
#ifndef TESTBED_H
#define TESTBED_H

#include "remote.h"
#include "test_port.h"

/* Which layouts rows are run with. TEST_ROOMY: frames go in by the message `trace`; the others are the test bed's own ways. */
bool testbed_has_layout(enum test_layout layout);
/* Whether frames that leave by different interfaces come in the order in which they left. */
bool testbed_is_ordered(void);
/* A forwarder with empty tables, and remote_interfaces as they are then. 0, or a negative errno. */
int testbed_begin(const struct vr_limits *limits);
void testbed_end(void);
/* Before a frame goes in: devices are as the row has made them, and refuse packets where test.refusing says so. */
void testbed_settle(void);
/* Sends the frame to an interface that has a device, and returns once the forwarder has dealt with it. NULL, or why it cannot be sent. */
const char *testbed_send(uint32_t interface, const uint8_t *bytes, uint32_t length);
/* The next frame that left on the interface's device, its length, and when. 0: none came within a second. */
uint32_t testbed_receive(uint32_t interface, uint8_t *bytes, uint32_t size, uint64_t *nanoseconds);

/* Drops of the test bed's own making: subtracted from what is counted. */
extern uint64_t testbed_drops[VR_DROP_LIMIT];
uint64_t testbed_now_ms(void);

#endif
