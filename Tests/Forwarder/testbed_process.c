/*
 * Rows with the forwarder in user space (testbed.h): each row starts a process whose interfaces are UNIX sockets, once with frames that go in by
 * the message `trace` and once with frames that go in by sockets.
 *
 *   TUNGSTEN_VROUTER=PROGRAM process_rows FILE…
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "testbed.h"
#include "vrouter_statistics.h"

enum { DEADLINE_MS = 5000 };

static char folder[64];
static pid_t process;
/* The other ends of interfaces' sockets; 0: not connected. */
static int ends[REMOTE_INTERFACES];

static void stop(const char *why)
{
    fprintf(stderr, "process_rows: %s\n", why);
    if (process > 0)
        kill(process, SIGKILL);
    exit(2);
}

bool testbed_has_layout(enum test_layout layout)
{
    return layout == TEST_ROOMY || layout == TEST_TIGHT;
}

/* Each socket has a queue of its own, sent at the end of a batch. */
bool testbed_is_ordered(void)
{
    return false;
}

/* ---- The process ---------------------------------------------------------------------------------------------------------- */

static void disconnect(uint32_t index)
{
    if (ends[index])
        close(ends[index]);
    ends[index] = 0;
}

static void device_changed(uint32_t index)
{
    if (!remote_interfaces[index].exists)
        disconnect(index);
}

static const struct remote_devices devices = {.make = socket_make_device, .changed = device_changed};

static void run(const struct vr_limits *limits, const char *path)
{
    const char *program = getenv("TUNGSTEN_VROUTER");
    const struct {
        const char *option;
        uint32_t value;
    } sizes[] = {{"--interfaces", limits->interfaces}, {"--vrfs", limits->vrfs}, {"--next-hops", limits->next_hops},
                 {"--labels", limits->labels}, {"--vxlan-networks", limits->vxlan_networks}, {"--bridge-entries", limits->bridge_entries},
                 {"--flows", limits->flows}, {"--overflow-flows", limits->overflow_flows}, {"--held-flows", limits->held_flows},
                 {"--fragments", limits->fragments}};
    enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };
    char numbers[SIZES][16];
    const char *arguments[3 + 2 * SIZES + 1] = {program, "--socket", path};

    for (unsigned int at = 0; at < SIZES; at++) {
        snprintf(numbers[at], sizeof(numbers[at]), "%u", sizes[at].value);
        arguments[3 + 2 * at] = sizes[at].option;
        arguments[4 + 2 * at] = numbers[at];
    }
    /* "ready" for each row would be all there is to see. */
    if (!getenv("ROWS_VERBOSE") && !freopen("/dev/null", "w", stderr))
        _exit(126);
    execv(program, (char *const *)(uintptr_t)arguments);
    _exit(127);
}

int testbed_begin(const struct vr_limits *limits)
{
    char path[sizeof(folder) + 16];
    uint64_t deadline = testbed_now_ms() + DEADLINE_MS;

    if (!folder[0]) {
        snprintf(folder, sizeof(folder), "/tmp/vrouter-XXXXXX");
        if (!getenv("TUNGSTEN_VROUTER") || !mkdtemp(folder))
            stop("TUNGSTEN_VROUTER must name the program");
    }
    remote_devices = &devices;
    memset(remote_interfaces, 0, sizeof(remote_interfaces));
    snprintf(path, sizeof(path), "%s/control", folder);
    process = fork();
    if (process == 0)
        run(limits, path);
    while (!socket_connect(path)) {
        if (testbed_now_ms() > deadline || waitpid(process, NULL, WNOHANG) == process)
            stop("the forwarder does not start; TUNGSTEN_VROUTER names it");
        usleep(500);
    }
    return 0;
}

void testbed_end(void)
{
    int status;

    socket_disconnect();
    for (unsigned int at = 0; at < REMOTE_INTERFACES; at++)
        disconnect(at);
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
    int descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), size = 4 << 20;

    snprintf(address.sun_path, sizeof(address.sun_path), "%s/%u", folder, interface);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    if (connect(descriptor, (struct sockaddr *)&address, sizeof(address)) != 0)
        stop("an interface's socket cannot be connected to");
    return descriptor;
}

static bool refuses(uint32_t interface)
{
    return test.refusing >> interface & 1;
}

/* How many interfaces' sockets are not as they are to be: connected, or not where packets are to be refused. */
static unsigned int count_unsettled(void)
{
    struct vrouter_interface message;
    unsigned int count = 0;

    if (remote_ask_table(VROUTER_COMMAND_INTERFACE, VROUTER_TABLE_OPERATION_DUMP, 0) != 0)
        stop("the interfaces cannot be read");
    for (unsigned int at = 0; remote_told(at, &vrouter_interface_layout, &message); at++)
        count += message.present & VROUTER_INTERFACE_HAS_NAME && message.index < REMOTE_INTERFACES &&
                 !(message.present & VROUTER_INTERFACE_HAS_LINK_UP) != refuses(message.index);
    return count;
}

void testbed_settle(void)
{
    uint64_t deadline = testbed_now_ms() + DEADLINE_MS;
    bool some = false;

    for (uint32_t at = 0; at < REMOTE_INTERFACES; at++) {
        bool wanted = remote_interfaces[at].exists && !remote_is_sub_interface(remote_interfaces[at].type) && !refuses(at);

        if (wanted == (ends[at] != 0))
            continue;
        if (wanted)
            ends[at] = connect_to(at);
        else
            disconnect(at);
        some = true;
    }
    while (some && count_unsettled()) {
        if (testbed_now_ms() > deadline)
            stop("the forwarder does not see what becomes of sockets");
    }
}

/* ---- Frames --------------------------------------------------------------------------------------------------------------- */

/* Frames of one byte that are known to have been dropped; the forwarder remembers the last 64 drops of each core. */
static unsigned int count_runts(void)
{
    struct vrouter_drop_record message;
    unsigned int count = 0;

    if (remote_ask_table(VROUTER_COMMAND_DROP_RECORD, VROUTER_TABLE_OPERATION_DUMP, 0) != 0)
        stop("what was dropped cannot be read");
    for (unsigned int at = 0; remote_told(at, &vrouter_drop_record_layout, &message); at++)
        count += message.length == 1;
    return count;
}

/* Sends the frame, and behind it one of a byte: once that has been dropped, the frame has been dealt with. */
const char *testbed_send(uint32_t interface, const uint8_t *bytes, uint32_t length)
{
    uint64_t deadline = testbed_now_ms() + DEADLINE_MS;
    unsigned int until;
    uint8_t runt = 0;

    if (length == 0)
        return "a socket carries no empty frames";
    until = count_runts() + 1 + (length == 1);
    if (send(ends[interface], bytes, length, 0) != (ssize_t)length || send(ends[interface], &runt, sizeof(runt), 0) != sizeof(runt))
        stop("a frame cannot be sent");
    testbed_drops[VR_DROP_TRUNCATED]++;
    while (count_runts() < until) {
        if (testbed_now_ms() > deadline)
            stop("the forwarder does not take frames");
    }
    return NULL;
}

uint32_t testbed_receive(uint32_t interface, uint8_t *bytes, uint32_t size, uint64_t *nanoseconds)
{
    struct pollfd ready = {.fd = ends[interface], .events = POLLIN};
    ssize_t length = ends[interface] && poll(&ready, 1, 1000) == 1 ? recv(ends[interface], bytes, size, MSG_DONTWAIT) : 0;

    *nanoseconds = 0;
    return length > 0 ? (uint32_t)length : 0;
}
