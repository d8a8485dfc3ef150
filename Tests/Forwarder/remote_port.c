/*
 * The rows (rows.c) driven through a forwarder in user space: each row starts a process with interfaces that are UNIX sockets, sets its
 * tables by messages, sends frames in and reads what comes out. Stands in for core and test port.
 *
 *   TUNGSTEN_VROUTER=PROGRAM port_rows FILE…
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "remote.h"
#include "test_port.h"
#include "trace.h"
#include "vrouter_interface.h"
#include "vrouter_statistics.h"

enum { MOST_INTERFACES = 64, FRAME_BYTES = 70000, DEADLINE_MS = 5000 };

struct test_state test = {.buffers_left = -1, .is_remote = true};

static char folder[64];
static pid_t process;
/* The other ends of interfaces' sockets; 0: not connected. */
static int ends[MOST_INTERFACES];
/* Frames of one byte that were sent to see that all before them have been dealt with. */
static uint64_t runts;
static struct vr_router *connection;

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void stop(const char *why)
{
    fprintf(stderr, "port_rows: %s\n", why);
    if (process > 0)
        kill(process, SIGKILL);
    exit(1);
}

void test_pass_time(uint64_t ms)
{
    struct timespec time = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};

    nanosleep(&time, NULL);
}

/* ---- The process ---------------------------------------------------------------------------------------------------------- */

static void path_of(char *path, size_t size, const char *name)
{
    snprintf(path, size, "%s/%s", folder, name);
}

static void start(const struct vr_limits *limits)
{
    char socket_path[96], numbers[9][16];
    const char *program = getenv("TUNGSTEN_VROUTER");
    const uint32_t sizes[] = {limits->interfaces, limits->vrfs, limits->next_hops, limits->labels, limits->vxlan_networks,
                              limits->bridge_entries, limits->flows, limits->overflow_flows, limits->held_flows};

    path_of(socket_path, sizeof(socket_path), "control");
    for (unsigned int at = 0; at < 9; at++)
        snprintf(numbers[at], sizeof(numbers[at]), "%u", sizes[at]);
    process = fork();
    if (process == 0) {
        /* "ready" for each row would be all there is to see. */
        if (!getenv("PORT_ROWS_VERBOSE"))
            freopen("/dev/null", "w", stderr);
        execl(program, program, "--socket", socket_path, "--interfaces", numbers[0], "--vrfs", numbers[1], "--next-hops", numbers[2], "--labels",
              numbers[3], "--vxlan-networks", numbers[4], "--bridge-entries", numbers[5], "--flows", numbers[6], "--overflow-flows", numbers[7],
              "--held-flows", numbers[8], "--fragments", "16", (char *)NULL);
        _exit(127);
    }
    for (uint64_t deadline = now_ms() + DEADLINE_MS; !connection; test_pass_time(1)) {
        connection = remote_connect(socket_path);
        if (now_ms() > deadline || waitpid(process, NULL, WNOHANG) == process)
            stop("the forwarder does not start; TUNGSTEN_VROUTER names it");
    }
}

int vr_router_create(const struct vr_limits *limits, struct vr_router **router)
{
    if (!folder[0]) {
        snprintf(folder, sizeof(folder), "/tmp/vrouter-XXXXXX");
        if (!mkdtemp(folder) || !getenv("TUNGSTEN_VROUTER"))
            stop("TUNGSTEN_VROUTER must name the program");
    }
    runts = 0;
    connection = NULL;
    start(limits);
    *router = connection;
    return 0;
}

void vr_router_destroy(struct vr_router *router)
{
    int status;

    remote_disconnect(router);
    for (unsigned int at = 0; at < MOST_INTERFACES; at++) {
        if (ends[at])
            close(ends[at]);
        ends[at] = 0;
    }
    kill(process, SIGTERM);
    if (waitpid(process, &status, 0) != process || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        stop("the forwarder did not end well");
    rmdir(folder);
    folder[0] = 0;
}

/* ---- Interfaces ----------------------------------------------------------------------------------------------------------- */

static int connect_to(uint32_t interface)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char name[16];
    int descriptor, size = 4 << 20;

    snprintf(name, sizeof(name), "%u", interface);
    path_of(address.sun_path, sizeof(address.sun_path), name);
    descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    if (connect(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0)
        return descriptor;
    close(descriptor);
    return 0;
}

/* Connects to whichever interfaces there are now. */
static void connect_all(void)
{
    struct vrouter_interface message = {.present = VROUTER_INTERFACE_HAS_OPERATION, .operation = VROUTER_TABLE_OPERATION_DUMP};
    struct vrouter_hello hello = {.present = VROUTER_HELLO_HAS_SENDER, .sender = VROUTER_PARTY_AGENT};
    bool some = false;

    if (remote_ask(connection, VROUTER_COMMAND_INTERFACE, &vrouter_interface_layout, &message) != 0)
        stop("the interfaces cannot be read");
    for (unsigned int at = 0; remote_told(at, &vrouter_interface_layout, &message); at++) {
        if (!(message.present & VROUTER_INTERFACE_HAS_NAME) || message.index >= MOST_INTERFACES || ends[message.index])
            continue;
        ends[message.index] = connect_to(message.index);
        some = true;
    }
    /* Connections arrived before these requests did, and are taken first. */
    for (unsigned int times = 0; some && times < 2; times++)
        remote_ask(connection, VROUTER_COMMAND_HELLO, &vrouter_hello_layout, &hello);
}

void test_quiesce(void)
{
    static uint8_t bytes[FRAME_BYTES];

    for (uint32_t at = 0; at < MOST_INTERFACES; at++) {
        ssize_t length;

        while (ends[at] && (length = recv(ends[at], bytes, sizeof(bytes), MSG_DONTWAIT)) > 0 && test.sent_count < TEST_EVENTS) {
            struct test_event *event = &test.sent[test.sent_count++];

            *event = (struct test_event){at, (uint32_t)length, malloc((size_t)length)};
            memcpy(event->bytes, bytes, (size_t)length);
        }
    }
}

void test_forget_events(void)
{
    while (test.sent_count)
        free(test.sent[--test.sent_count].bytes);
}

/* ---- Packets -------------------------------------------------------------------------------------------------------------- */

struct vr_packet test_packet(const uint8_t *bytes, uint32_t length)
{
    static uint8_t copy[FRAME_BYTES];

    memcpy(copy, bytes, length);
    return (struct vr_packet){.data = copy, .length = length, .linear = length};
}

static uint64_t count_of(uint16_t reason)
{
    static struct vrouter_drop_statistics message;

    memset(&message, 0, sizeof(message));
    message.present = VROUTER_DROP_STATISTICS_HAS_OPERATION;
    message.operation = VROUTER_TABLE_OPERATION_GET;
    if (remote_ask(connection, VROUTER_COMMAND_DROP_STATISTICS, &vrouter_drop_statistics_layout, &message) != 0 ||
        !remote_told(0, &vrouter_drop_statistics_layout, &message))
        stop("the counters of drops cannot be read");
    for (uint32_t at = 0; at < message.counts_count; at++) {
        if (message.counts[at].reason == reason)
            return message.counts[at].packets;
    }
    return 0;
}

uint64_t vr_drop_count(const struct vr_router *router, unsigned int core, enum vr_drop_reason reason)
{
    (void)router, (void)core;
    return count_of((uint16_t)reason) - (reason == VR_DROP_TRUNCATED ? runts : 0);
}

/* Sends the frame, and behind it one of a byte: once that is counted as dropped, the frame has been dealt with. */
void vr_receive(struct vr_router *router, uint32_t interface, struct vr_packet *packet, struct vr_trace *trace)
{
    uint64_t before = count_of(VR_DROP_TRUNCATED), deadline = now_ms() + DEADLINE_MS;
    bool is_runt = packet->length < 14;
    uint8_t runt = 0;

    (void)router;
    trace->count = 0;
    connect_all();
    if (interface >= MOST_INTERFACES || !ends[interface]) {
        test.cannot = "an interface that does not exist has no device";
        return;
    }
    if (packet->length == 0) {
        test.cannot = "a socket carries no empty frames";
        return;
    }
    if (send(ends[interface], packet->data, packet->length, 0) != (ssize_t)packet->length || send(ends[interface], &runt, 1, 0) != 1)
        stop("a frame cannot be sent");
    runts++;
    while (count_of(VR_DROP_TRUNCATED) < before + 1 + is_runt) {
        if (now_ms() > deadline)
            stop("the forwarder does not take frames");
    }
    /* What it left in queues is sent by the end of its batch. */
    for (unsigned int at = 0; at < 3; at++) {
        test_pass_time(1);
        test_quiesce();
    }
}

void vr_tick(struct vr_router *router)
{
    (void)router;
}

/* ---- What rows print --------------------------------------------------------------------------------------------------------- */

const char *vr_drop_word(unsigned int reason)
{
    return vrouter_drop_reason_name(reason);
}

/* Frames that come in by a socket are not traced. */
const char *vr_trace_word(uint32_t step)
{
    (void)step;
    return "?";
}

size_t vr_trace_text(const struct vr_trace_record *record, char *text, size_t size)
{
    (void)record;
    return (size_t)snprintf(text, size, "?");
}
