/* The transport of a forwarder in user space, its UNIX socket: see remote.h. A message on it is what generic netlink would carry. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "remote.h"

struct header {
    struct nlmsghdr netlink;
    struct genlmsghdr generic;
};

static int descriptor = -1;
static uint32_t sequence;

void socket_make_device(const struct vr_interface *interface, struct vrouter_interface *message)
{
    message->present |= VROUTER_INTERFACE_HAS_NAME | VROUTER_INTERFACE_HAS_TRANSPORT;
    message->transport = VROUTER_INTERFACE_TRANSPORT_SOCKET;
    snprintf(message->name, sizeof(message->name), "%u", interface->index);
}

bool socket_connect(const char *path)
{
    static const struct remote_devices sockets = {.make = socket_make_device};
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (!remote_devices)
        remote_devices = &sockets;
    socket_disconnect();
    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcpy(address.sun_path, path);
    descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return descriptor >= 0 && connect(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0;
}

void socket_disconnect(void)
{
    if (descriptor >= 0)
        close(descriptor);
    descriptor = -1;
}

static void stop(const char *why)
{
    fprintf(stderr, "the forwarder %s\n", why);
    exit(2);
}

static void read_all(void *bytes, size_t length)
{
    if (length && recv(descriptor, bytes, length, MSG_WAITALL) != (ssize_t)length)
        stop("closed the connection");
}

int transport_ask(uint8_t command, const void *attributes, size_t length)
{
    static uint8_t bytes[sizeof(struct header) + NLMSG_ALIGN(VROUTER_MAXIMUM_BYTES)];
    struct header header = {.netlink = {.nlmsg_len = (uint32_t)(sizeof(header) + length),
                                        .nlmsg_type = NLMSG_MIN_TYPE,
                                        .nlmsg_flags = NLM_F_REQUEST,
                                        .nlmsg_seq = ++sequence},
                            .generic = {.cmd = command, .version = VROUTER_FAMILY_VERSION}};

    if (length > VROUTER_MAXIMUM_BYTES)
        return -EMSGSIZE;
    memcpy(bytes, &header, sizeof(header));
    memcpy(bytes + sizeof(header), attributes, length);
    if (send(descriptor, bytes, header.netlink.nlmsg_len, MSG_NOSIGNAL) != (ssize_t)header.netlink.nlmsg_len)
        stop("does not take messages");
    do {
        read_all(&header, sizeof(header));
        if (header.netlink.nlmsg_len < sizeof(header) || header.netlink.nlmsg_len - sizeof(header) > VROUTER_MAXIMUM_BYTES)
            stop("sent what is no message");
        length = header.netlink.nlmsg_len - sizeof(header);
        read_all(bytes, NLMSG_ALIGN(length));
        /* What it says unasked, of devices, has another number. */
    } while (header.netlink.nlmsg_seq != sequence || !remote_take(header.generic.cmd, bytes, length));
    return 0;
}
