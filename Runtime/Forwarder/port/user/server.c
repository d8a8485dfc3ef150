/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Requests on a UNIX socket: a stream of messages, each with the headers that it has over generic netlink.
 *
 *      nlmsghdr   length, type, flags, sequence number, port          16 bytes, host byte order
 *      genlmsghdr command, version                                     4 bytes
 *      attributes                                                      padded to 4
 *
 * Any number of clients. What answers a request repeats its sequence number and type. A client that does not read its answers is not read
 * from, once they are HIGH_WATER bytes; one that is sent more events than MOST_BYTES while it does not read is let go. Events (devices that
 * come, go, change) have the sequence number 0 and go to all clients that have greeted.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "user.h"
#include "vrouter_family.h"

enum {
    HEADER_BYTES = sizeof(struct nlmsghdr) + sizeof(struct genlmsghdr),
    /* Of one request. */
    REQUEST_BYTES = HEADER_BYTES + VROUTER_MAXIMUM_BYTES,
    PART_BYTES = 65536,
    HIGH_WATER = 1 << 18,
    MOST_BYTES = 4 << 20,
    TICK_MS = 50,
};

struct client {
    int descriptor;
    bool greeted;
    bool broken;
    /* What is being answered. */
    uint32_t sequence;
    uint16_t type;
    /* Bytes of requests that are not complete, or wait for answers to be read. */
    uint8_t in[2 * REQUEST_BYTES];
    size_t in_length;
    /* Answers from `out_start` on are not sent yet. */
    uint8_t *out;
    size_t out_start;
    size_t out_length;
    size_t out_capacity;
    struct client *next;
};

/* What an epoll event is about. */
static int listener = -1, signals = -1, timer = -1, links = -1, epoll = -1;
static struct client *clients;
static struct vr_router *router;
static struct vr_control *control;

/* ---- Answers -------------------------------------------------------------------------------------------------------------- */

static int append(struct client *client, const void *bytes, size_t length)
{
    if (client->out_length + length > client->out_capacity) {
        size_t kept = client->out_length - client->out_start, capacity = client->out_capacity ? client->out_capacity : 65536;
        uint8_t *larger;

        if (kept)
            memmove(client->out, client->out + client->out_start, kept);
        client->out_start = 0;
        client->out_length = kept;
        while (capacity < kept + length)
            capacity *= 2;
        if (capacity != client->out_capacity) {
            larger = realloc(client->out, capacity);
            if (!larger)
                return -ENOMEM;
            client->out = larger;
            client->out_capacity = capacity;
        }
    }
    memcpy(client->out + client->out_length, bytes, length);
    client->out_length += length;
    return 0;
}

static int write_message(void *context, uint8_t command, const void *attributes, size_t length)
{
    static const uint8_t zeros[4];
    struct client *client = context;
    struct {
        struct nlmsghdr netlink;
        struct genlmsghdr generic;
    } header = {
        .netlink = {.nlmsg_len = (uint32_t)(HEADER_BYTES + length), .nlmsg_type = client->type, .nlmsg_seq = client->sequence},
        .generic = {.cmd = command, .version = VROUTER_FAMILY_VERSION},
    };
    int error = append(client, &header, sizeof(header));

    error = error ? error : append(client, attributes, length);
    return error ? error : append(client, zeros, -length & 3);
}

static void watch(struct client *client, bool reads, bool writes)
{
    struct epoll_event event = {.events = (reads ? EPOLLIN : 0u) | (writes ? EPOLLOUT : 0u), .data.ptr = client};

    epoll_ctl(epoll, EPOLL_CTL_MOD, client->descriptor, &event);
}

static size_t waiting(const struct client *client)
{
    return client->out_length - client->out_start;
}

/* Sends what can be sent now. */
static void drain(struct client *client)
{
    while (waiting(client)) {
        ssize_t sent = send(client->descriptor, client->out + client->out_start, waiting(client), MSG_DONTWAIT | MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno != EAGAIN)
            client->broken = true;
        if (sent < 0)
            break;
        client->out_start += (size_t)sent;
    }
    if (!waiting(client))
        client->out_start = client->out_length = 0;
    watch(client, waiting(client) < HIGH_WATER, waiting(client) > 0);
}

/* ---- Requests ------------------------------------------------------------------------------------------------------------- */

/* The next complete request at `at`: its length, with padding. 0: there is none yet. */
static size_t complete(struct client *client, size_t at, struct nlmsghdr *header)
{
    size_t left = client->in_length - at, whole;

    if (left < sizeof(*header))
        return 0;
    memcpy(header, client->in + at, sizeof(*header));
    if (header->nlmsg_len < HEADER_BYTES || header->nlmsg_len > REQUEST_BYTES) {
        report("a client sent what is no message (%u bytes long); its connection is closed", header->nlmsg_len);
        client->broken = true;
        return 0;
    }
    whole = NLMSG_ALIGN(header->nlmsg_len);
    return left >= whole ? whole : 0;
}

/* Answers what is complete until answers wait to be read. true: there was a request. */
static bool answer_some(struct client *client)
{
    struct vr_control_answer answer = {write_message, client, PART_BYTES};
    struct nlmsghdr header;
    size_t at = 0, whole;

    while (!client->broken && waiting(client) < HIGH_WATER && (whole = complete(client, at, &header)) > 0) {
        const uint8_t *request = client->in + at;
        uint8_t command = request[sizeof(header)];

        client->sequence = header.nlmsg_seq;
        client->type = header.nlmsg_type;
        client->greeted = client->greeted || command == VROUTER_COMMAND_HELLO;
        if (vr_control_request(control, command, request + HEADER_BYTES, header.nlmsg_len - HEADER_BYTES, &answer) != 0)
            client->broken = true;
        /* What waited for a decision has been queued by this core. */
        devices_flush();
        at += whole;
    }
    memmove(client->in, client->in + at, client->in_length - at);
    client->in_length -= at;
    return at > 0;
}

static void answer_requests(struct client *client)
{
    bool more;

    /* Nothing wakes us for a request that is here already, so that all are answered for which the client makes room. */
    do {
        more = answer_some(client);
        drain(client);
    } while (more && !client->broken && waiting(client) < HIGH_WATER);
}

static void read_requests(struct client *client)
{
    size_t room = sizeof(client->in) - client->in_length;
    ssize_t length;

    if (!room)
        return;
    length = recv(client->descriptor, client->in + client->in_length, room, MSG_DONTWAIT);
    if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR))
        client->broken = true;
    else if (length > 0)
        client->in_length += (size_t)length;
    if (!client->broken)
        answer_requests(client);
}

static void accept_client(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct client *client = descriptor < 0 ? NULL : calloc(1, sizeof(*client));

    if (descriptor < 0)
        return;
    event.data.ptr = client;
    if (!client || epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0) {
        close(descriptor);
        free(client);
        return;
    }
    client->descriptor = descriptor;
    client->type = NLMSG_MIN_TYPE;
    client->next = clients;
    clients = client;
}

static void remove_broken(void)
{
    for (struct client **place = &clients; *place;) {
        struct client *client = *place;

        if (!client->broken) {
            place = &client->next;
            continue;
        }
        *place = client->next;
        close(client->descriptor);
        free(client->out);
        free(client);
    }
}

/* ---- Events --------------------------------------------------------------------------------------------------------------- */

static int write_event(void *context, uint8_t command, const void *attributes, size_t length)
{
    (void)context;
    for (struct client *client = clients; client; client = client->next) {
        if (!client->greeted)
            continue;
        client->sequence = 0;
        client->type = NLMSG_MIN_TYPE;
        if (waiting(client) > MOST_BYTES || write_message(client, command, attributes, length) != 0)
            client->broken = true;
        else
            drain(client);
    }
    return 0;
}

/* Looks at the devices of a name, or at UNIX sockets. */
static void refresh(const char *name)
{
    struct vr_control_answer answer = {write_event, NULL, PART_BYTES};

    for (struct device *device = devices; device; device = device->next) {
        if (name ? device->kind != DEVICE_SOCKET && strcmp(device->name, name) == 0 : device->kind == DEVICE_SOCKET) {
            if (device_refresh(device))
                vr_control_device_changed(control, device->wanted.interface, &answer);
        }
    }
}

static void read_links(void)
{
    union {
        struct nlmsghdr header;
        uint8_t bytes[32768];
    } buffer;
    ssize_t length = recv(links, &buffer, sizeof(buffer), MSG_DONTWAIT);
    struct nlmsghdr *header = &buffer.header;
    size_t left = length > 0 ? (size_t)length : 0;

    /* When messages were lost, nobody knows whose: all are looked at. */
    if (length < 0 && errno == ENOBUFS) {
        for (struct device *device = devices; device; device = device->next)
            refresh(device->name);
    }
    for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
        struct ifinfomsg *information = NLMSG_DATA(header);
        struct rtattr *attribute;
        int bytes;

        if ((header->nlmsg_type != RTM_NEWLINK && header->nlmsg_type != RTM_DELLINK) || header->nlmsg_len < NLMSG_LENGTH(sizeof(*information)))
            continue;
        attribute = IFLA_RTA(information);
        bytes = (int)IFLA_PAYLOAD(header);
        for (; RTA_OK(attribute, bytes); attribute = RTA_NEXT(attribute, bytes)) {
            char name[IFNAMSIZ] = "";

            if (attribute->rta_type != IFLA_IFNAME || RTA_PAYLOAD(attribute) > sizeof(name))
                continue;
            memcpy(name, RTA_DATA(attribute), RTA_PAYLOAD(attribute));
            name[sizeof(name) - 1] = 0;
            refresh(name);
        }
    }
}

/* Pointers to devices have this bit set, so that they are told from those to clients. */
enum { IS_DEVICE = 1 };

int server_watch(struct device *device)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uintptr_t)device | IS_DEVICE};

    return epoll_ctl(epoll, EPOLL_CTL_ADD, device->listener, &event) == 0 ? 0 : -errno;
}

static void tick(void)
{
    uint64_t times;

    if (read(timer, &times, sizeof(times)) != sizeof(times))
        return;
    vr_tick(router);
    devices_flush();
    /* The other ends of interfaces' sockets may have gone. */
    refresh(NULL);
    devices_reap();
}

/* ---- Beginning and ending -------------------------------------------------------------------------------------------------- */

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat found;
    mode_t mask;
    int result;

    if (strlen(path) >= sizeof(address.sun_path)) {
        report("%s: the path of a socket has %zu bytes at most", path, sizeof(address.sun_path) - 1);
        return -ENAMETOOLONG;
    }
    strcpy(address.sun_path, path);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0)
        return -errno;
    if (connect(listener, (struct sockaddr *)&address, sizeof(address)) == 0) {
        report("%s: another forwarder listens there; stop it, or give another path with --socket", path);
        return -EADDRINUSE;
    }
    if (lstat(path, &found) == 0 && S_ISSOCK(found.st_mode))
        unlink(path);
    mask = umask(0177);
    result = bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(listener, 16) == 0 ? 0 : -errno;
    umask(mask);
    if (result)
        report("%s: cannot listen there: %s; the folder must exist and be writable", path, strerror(-result));
    return result;
}

static int watch_descriptor(int *descriptor)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = descriptor};

    return *descriptor >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, *descriptor, &event) == 0 ? 0 : -errno;
}

static int begin(const char *path)
{
    struct itimerspec every = {.it_interval = {.tv_nsec = TICK_MS * 1000000L}, .it_value = {.tv_nsec = TICK_MS * 1000000L}};
    struct sockaddr_nl groups = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
    sigset_t ends;
    int error;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    error = listen_at(path);
    if (error)
        return error;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    links = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (timerfd_settime(timer, 0, &every, NULL) != 0 || bind(links, (struct sockaddr *)&groups, sizeof(groups)) != 0)
        return -errno;
    error = watch_descriptor(&listener);
    error = error ? error : watch_descriptor(&signals);
    error = error ? error : watch_descriptor(&timer);
    return error ? error : watch_descriptor(&links);
}

/* false: it is to end. */
static bool handle(const struct epoll_event *event)
{
    struct client *client;

    if (event->data.ptr == &signals)
        return false;
    if (event->data.ptr == &listener) {
        accept_client();
    } else if (event->data.ptr == &timer) {
        tick();
    } else if (event->data.ptr == &links) {
        read_links();
    } else if (event->data.u64 & IS_DEVICE) {
        /* One that was closed meanwhile has no listener any more, and is not freed before the end of this round. */
        device_accept((struct device *)(uintptr_t)(event->data.u64 & ~(uint64_t)IS_DEVICE));
    } else {
        client = event->data.ptr;
        if (event->events & EPOLLOUT)
            drain(client);
        /* Requests may have waited in the buffer until there was room for their answers. */
        if (event->events & EPOLLIN)
            read_requests(client);
        else if (event->events & EPOLLOUT)
            answer_requests(client);
        else if (event->events & (EPOLLHUP | EPOLLERR))
            client->broken = true;
    }
    return true;
}

int serve(const char *path, struct vr_router *of_router, struct vr_control *of_control)
{
    struct epoll_event events[16];
    bool goes_on = true;
    int error = begin(path), count;

    if (error)
        return error;
    router = of_router;
    control = of_control;
    report("ready at %s, %u worker%s", path, worker_count, worker_count == 1 ? "" : "s");
    while (goes_on) {
        count = epoll_wait(epoll, events, 16, -1);
        for (int at = 0; at < count; at++) {
            if (!handle(&events[at]))
                goes_on = false;
        }
        /* Clients are freed here, not while events may name them. */
        remove_broken();
        world_reclaim();
    }
    for (struct client *client = clients; client; client = client->next)
        client->broken = true;
    remove_broken();
    close(listener);
    unlink(path);
    return 0;
}
