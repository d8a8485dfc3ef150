/* Devices for the module's interfaces: see wires.h. */
#include "wires.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* A TAP device may not be in older headers. */
#ifndef IFF_NAPI
#define IFF_NAPI 0x0010
#define IFF_NAPI_FRAGS 0x0020
#endif

struct wire {
    /* Sees what leaves; sends too, unless there is a TAP device. */
    int packet;
    int tap;
    /* What the link's state is set on. */
    char outer[IFNAMSIZ];
};

static struct wire wires[WIRES_INTERFACES];

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "wires: %s %s: %s\n", what, name, strerror(errno));
    exit(2);
}

/* ---- Making devices -------------------------------------------------------------------------------------------------------- */

/* A request to the kernel's routing socket while it is written. */
struct link_request {
    struct nlmsghdr header;
    struct ifinfomsg link;
    uint8_t attributes[512];
};

static struct rtattr *begin(struct link_request *request, uint16_t type)
{
    struct rtattr *attribute = (struct rtattr *)((uint8_t *)request + NLMSG_ALIGN(request->header.nlmsg_len));

    attribute->rta_type = type;
    attribute->rta_len = RTA_LENGTH(0);
    request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_LENGTH(0);
    return attribute;
}

static void put(struct link_request *request, const void *bytes, size_t length)
{
    memcpy((uint8_t *)request + request->header.nlmsg_len, bytes, length);
    request->header.nlmsg_len += (uint32_t)length;
}

static void end(struct link_request *request, struct rtattr *attribute)
{
    attribute->rta_len = (uint16_t)((uint8_t *)request + request->header.nlmsg_len - (uint8_t *)attribute);
    request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len);
}

static void put_text(struct link_request *request, uint16_t type, const char *text)
{
    struct rtattr *attribute = begin(request, type);

    put(request, text, strlen(text) + 1);
    end(request, attribute);
}

static int ask_routing(struct link_request *request)
{
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        uint8_t more[1024];
    } answer;
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    ssize_t received;

    request->header.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
    if (fd < 0 || send(fd, request, request->header.nlmsg_len, 0) < 0)
        return -errno;
    received = recv(fd, &answer, sizeof(answer), 0);
    close(fd);
    return received > 0 && answer.header.nlmsg_type == NLMSG_ERROR ? answer.error.error : -EPROTO;
}

static void make_pair(const char *name, const char *peer)
{
    struct link_request request = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
                                              .nlmsg_type = RTM_NEWLINK,
                                              .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL}};
    struct ifinfomsg other = {.ifi_family = AF_UNSPEC};
    struct rtattr *info, *data, *side;

    put_text(&request, IFLA_IFNAME, name);
    info = begin(&request, IFLA_LINKINFO);
    put_text(&request, IFLA_INFO_KIND, "veth");
    data = begin(&request, IFLA_INFO_DATA);
    side = begin(&request, VETH_INFO_PEER);
    put(&request, &other, sizeof(other));
    put_text(&request, IFLA_IFNAME, peer);
    end(&request, side);
    end(&request, data);
    end(&request, info);
    errno = -ask_routing(&request);
    if (errno)
        fail("cannot make", name);
}

static void remove_device(const char *name)
{
    struct link_request request = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)), .nlmsg_type = RTM_DELLINK}};

    put_text(&request, IFLA_IFNAME, name);
    errno = -ask_routing(&request);
    if (errno)
        fail("cannot remove", name);
}

static void set_flags(const char *name, bool up)
{
    struct ifreq request = {.ifr_flags = 0};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    snprintf(request.ifr_name, IFNAMSIZ, "%.15s", name);
    if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
        fail("no flags of", name);
    if (up)
        request.ifr_flags |= IFF_UP;
    else
        request.ifr_flags = (short)(request.ifr_flags & ~IFF_UP);
    if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        fail("cannot set the link of", name);
    close(fd);
}

static void set_mtu(const char *name)
{
    struct ifreq request = {.ifr_mtu = 65000};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    snprintf(request.ifr_name, IFNAMSIZ, "%.15s", name);
    if (fd < 0 || ioctl(fd, SIOCSIFMTU, &request) < 0)
        fail("cannot set the MTU of", name);
    close(fd);
}

/* ---- Wires ----------------------------------------------------------------------------------------------------------------- */

const char *wires_name(enum wires_kind kind, uint32_t interface, const char *own)
{
    static char names[8][IFNAMSIZ];
    static unsigned int next;
    char *name = names[next++ % 8];

    snprintf(name, IFNAMSIZ, "%s%u", own ? own : kind == WIRES_TAP ? "tap" : "veth", interface);
    return name;
}

static int open_tap(const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_NAPI | IFF_NAPI_FRAGS};
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

    snprintf(request.ifr_name, IFNAMSIZ, "%.15s", name);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
        fail("cannot make", name);
    return fd;
}

static int open_packet(const char *name, bool outgoing)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(name)};
    int fd = socket(AF_PACKET, SOCK_RAW, 0), on = 1, bytes = 4 << 20;

    if (fd < 0 || address.sll_ifindex == 0)
        fail("no device", name);
    if (!outgoing)
        setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        fail("cannot bind to", name);
    return fd;
}

void wires_open(enum wires_kind kind, uint32_t interface, const char *own)
{
    struct wire *wire = &wires[interface];
    bool is_pair = !own && kind == WIRES_VETH;
    char name[IFNAMSIZ], outer[IFNAMSIZ];

    snprintf(name, sizeof(name), "%s", wires_name(kind, interface, own));
    snprintf(outer, sizeof(outer), "%s%u", is_pair ? "peer" : own ? own : "tap", interface);
    if (wire->packet > 0 && strcmp(wire->outer, outer) == 0)
        return;
    /* The interface had a device of another kind. */
    wires_close(interface);
    memcpy(wire->outer, outer, sizeof(outer));
    if (!own && kind == WIRES_TAP) {
        wire->tap = open_tap(name);
    } else if (is_pair) {
        if (if_nametoindex(name))
            remove_device(name);
        make_pair(name, wire->outer);
        set_mtu(wire->outer);
        set_flags(wire->outer, true);
    }
    set_mtu(name);
    set_flags(name, true);
    wire->packet = open_packet(wire->outer, wire->tap > 0);
}

void wires_close(uint32_t interface)
{
    struct wire *wire = &wires[interface];

    if (wire->packet > 0)
        close(wire->packet);
    if (wire->tap > 0)
        close(wire->tap);
    *wire = (struct wire){.packet = 0};
}

/* The stack itself refuses a tag that is not whole, on any device. */
static bool is_acceptable(const uint8_t *bytes, uint32_t length)
{
    return length >= ETH_HLEN && (length >= ETH_HLEN + 4 || bytes[12] != 0x81 || bytes[13] != 0);
}

bool wires_send(uint32_t interface, const uint8_t *bytes, uint32_t length)
{
    struct wire *wire = &wires[interface];

    if (!is_acceptable(bytes, length))
        return false;
    if (wire->tap > 0) {
        uint32_t rest = length - ETH_HLEN, half = rest / 2;
        struct iovec parts[3] = {{(void *)(uintptr_t)bytes, ETH_HLEN},
                                 {(void *)(uintptr_t)(bytes + ETH_HLEN), half},
                                 {(void *)(uintptr_t)(bytes + ETH_HLEN + half), rest - half}};

        /* A page fragment has a byte at least, and the driver does not split one. */
        if (rest < 2 || rest > 4096)
            return false;
        return writev(wire->tap, parts, 3) == (ssize_t)length;
    }
    if (send(wire->packet, bytes, length, 0) != (ssize_t)length)
        fail("cannot send on", wire->outer);
    return true;
}

/* Puts a tag that the kernel took out back into the frame. */
static uint32_t restore_tag(uint8_t *bytes, uint32_t length, const struct tpacket_auxdata *data)
{
    if (!(data->tp_status & TP_STATUS_VLAN_VALID))
        return length;
    memmove(bytes + 16, bytes + 12, length - 12);
    bytes[12] = 0x81;
    bytes[13] = 0;
    bytes[14] = (uint8_t)(data->tp_vlan_tci >> 8);
    bytes[15] = (uint8_t)data->tp_vlan_tci;
    return length + 4;
}

uint32_t wires_receive(uint32_t interface, uint8_t *bytes, uint32_t size, uint64_t *nanoseconds)
{
    struct wire *wire = &wires[interface];

    for (;;) {
        struct pollfd ready = {.fd = wire->packet, .events = POLLIN};
        struct sockaddr_ll from;
        uint8_t control[256];
        struct iovec part = {bytes, size - 4};
        struct msghdr message = {.msg_name = &from,
                                 .msg_namelen = sizeof(from),
                                 .msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof(control)};
        ssize_t received;
        uint32_t length;

        if (poll(&ready, 1, 1000) != 1)
            return 0;
        received = recvmsg(wire->packet, &message, 0);
        if (received <= 0) {
            /* The link went down and came up: said once. */
            if (errno == ENETDOWN || errno == EAGAIN)
                continue;
            fail("cannot receive on", wire->outer);
        }
        /* What comes out of a TAP device's other end is outgoing, what we put in is not. */
        if ((from.sll_pkttype == PACKET_OUTGOING) != (wire->tap > 0))
            continue;
        length = (uint32_t)received;
        for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
            if (header->cmsg_level == SOL_PACKET && header->cmsg_type == PACKET_AUXDATA) {
                struct tpacket_auxdata data;

                memcpy(&data, CMSG_DATA(header), sizeof(data));
                length = restore_tag(bytes, length, &data);
            } else if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_TIMESTAMPNS) {
                struct timespec time;

                memcpy(&time, CMSG_DATA(header), sizeof(time));
                *nanoseconds = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
            }
        }
        if (wire->tap > 0) {
            static uint8_t drain[70000];

            while (read(wire->tap, drain, sizeof(drain)) > 0)
                ;
        }
        return length;
    }
}

void wires_set_link(uint32_t interface, bool up)
{
    set_flags(wires[interface].outer, up);
}
