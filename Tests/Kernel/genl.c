/* The transport of the module, generic netlink: see genl.h. */
#include "genl.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "remote.h"

int genl_acknowledgement;
char genl_explanation[256];

static int requests = -1, news = -1;
static uint16_t family;
static uint32_t group;
static uint32_t sequence;

static void fail(const char *what)
{
    fprintf(stderr, "genl: %s: %s\n", what, strerror(errno));
    exit(2);
}

static int open_socket(void)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC), on = 1;

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        fail("socket");
    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
    return fd;
}

static void send_request(uint16_t type, uint8_t command, const void *attributes, size_t length)
{
    static uint8_t bytes[NLMSG_LENGTH(GENL_HDRLEN) + VROUTER_MAXIMUM_BYTES] __attribute__((aligned(8)));
    struct nlmsghdr *header = (struct nlmsghdr *)bytes;
    struct genlmsghdr *generic = NLMSG_DATA(header);

    memset(bytes, 0, NLMSG_SPACE(GENL_HDRLEN));
    header->nlmsg_len = (uint32_t)(NLMSG_LENGTH(GENL_HDRLEN) + length);
    header->nlmsg_type = type;
    header->nlmsg_flags = NLM_F_REQUEST;
    header->nlmsg_seq = ++sequence;
    generic->cmd = command;
    generic->version = VROUTER_FAMILY_VERSION;
    if (length)
        memcpy((uint8_t *)generic + GENL_HDRLEN, attributes, length);
    if (send(requests, bytes, header->nlmsg_len, 0) < 0)
        fail("send");
}

/* The number of the family, and of its group, from the controller's answer. */
static void read_family(const uint8_t *attributes, size_t length)
{
    struct attribute_cursor cursor = attribute_cursor(attributes, length), groups, one;
    struct attribute_item item, inner, leaf;

    while (attribute_next(&cursor, &item) > 0) {
        if (item.number == CTRL_ATTR_FAMILY_ID && item.length >= sizeof(family))
            memcpy(&family, item.value, sizeof(family));
        if (item.number != CTRL_ATTR_MCAST_GROUPS)
            continue;
        groups = attribute_cursor(item.value, item.length);
        while (attribute_next(&groups, &inner) > 0) {
            one = attribute_cursor(inner.value, inner.length);
            while (attribute_next(&one, &leaf) > 0) {
                if (leaf.number == CTRL_ATTR_MCAST_GRP_ID && leaf.length >= sizeof(group))
                    memcpy(&group, leaf.value, sizeof(group));
            }
        }
    }
}

/* What netlink says about a request: its errno, and behind the request's header its extended acknowledgement. */
static void read_acknowledgement(const struct nlmsghdr *header)
{
    const struct nlmsgerr *error = NLMSG_DATA(header);
    size_t skip = sizeof(*error) + (header->nlmsg_flags & NLM_F_CAPPED ? 0 : error->msg.nlmsg_len - NLMSG_HDRLEN);
    struct attribute_cursor cursor;
    struct attribute_item item;

    genl_acknowledgement = error->error;
    if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
        return;
    skip = NLMSG_ALIGN(skip);
    if (skip > header->nlmsg_len - NLMSG_HDRLEN)
        return;
    cursor = attribute_cursor((const uint8_t *)error + skip, header->nlmsg_len - NLMSG_HDRLEN - skip);
    while (attribute_next(&cursor, &item) > 0) {
        if (item.number == NLMSGERR_ATTR_MSG)
            snprintf(genl_explanation, sizeof(genl_explanation), "%.*s", (int)item.length, (const char *)item.value);
    }
}

/* An answer to the request. true: it was the last, but for what netlink says of an error. */
static bool take(const struct nlmsghdr *header)
{
    const struct genlmsghdr *generic = NLMSG_DATA(header);
    const uint8_t *attributes = (const uint8_t *)generic + GENL_HDRLEN;
    size_t length = header->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);

    if (header->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
        return false;
    if (header->nlmsg_type == family)
        return remote_take(generic->cmd, attributes, length);
    if (header->nlmsg_type == GENL_ID_CTRL)
        read_family(attributes, length);
    return header->nlmsg_type == GENL_ID_CTRL;
}

/* Reads datagrams until the request is answered. An error is said twice: in the response, and by netlink, which may refuse without a response. */
static void read_answers(void)
{
    static uint8_t bytes[65536] __attribute__((aligned(8)));
    bool responded = false;

    genl_acknowledgement = 1;
    genl_explanation[0] = 0;
    while (!responded || (remote_response.error && genl_acknowledgement == 1)) {
        struct pollfd ready = {.fd = requests, .events = POLLIN};
        ssize_t received;
        size_t left;

        errno = ETIMEDOUT;
        received = poll(&ready, 1, 5000) == 1 ? recv(requests, bytes, sizeof(bytes), 0) : -1;
        if (received < 0)
            fail("no answer");
        left = (size_t)received;
        for (struct nlmsghdr *header = (struct nlmsghdr *)bytes; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
            if (header->nlmsg_seq != sequence)
                continue;
            if (header->nlmsg_type != NLMSG_ERROR)
                responded = take(header) || responded;
            else if (header->nlmsg_len >= NLMSG_LENGTH(sizeof(struct nlmsgerr)))
                read_acknowledgement(header);
        }
        if (genl_acknowledgement < 0)
            responded = true;
    }
}

static void open_family(void)
{
    static const char name[] = VROUTER_FAMILY_NAME;
    uint8_t attribute[NLA_HDRLEN + NLA_ALIGN(sizeof(name))] = {0};
    uint16_t header[2] = {NLA_HDRLEN + sizeof(name), CTRL_ATTR_FAMILY_NAME};

    if (requests >= 0)
        return;
    requests = open_socket();
    memcpy(attribute, header, sizeof(header));
    memcpy(attribute + NLA_HDRLEN, name, sizeof(name));
    family = 0;
    send_request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, attribute, sizeof(attribute));
    read_answers();
    if (family == 0) {
        errno = ENOENT;
        fail("there is no family " VROUTER_FAMILY_NAME);
    }
}

void genl_close(void)
{
    if (requests >= 0)
        close(requests);
    if (news >= 0)
        close(news);
    requests = -1;
    news = -1;
}

int transport_ask(uint8_t command, const void *attributes, size_t length)
{
    open_family();
    if (length > VROUTER_MAXIMUM_BYTES)
        return -EMSGSIZE;
    send_request(family, command, attributes, length);
    read_answers();
    return genl_acknowledgement < 0 ? genl_acknowledgement : 0;
}

void genl_listen(void)
{
    open_family();
    news = open_socket();
    if (setsockopt(news, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
        fail("cannot join the group");
}

bool genl_hear(int milliseconds)
{
    static uint8_t bytes[65536] __attribute__((aligned(8)));
    struct pollfd ready = {.fd = news, .events = POLLIN};
    struct nlmsghdr *header = (struct nlmsghdr *)bytes;
    ssize_t received = poll(&ready, 1, milliseconds) == 1 ? recv(news, bytes, sizeof(bytes), 0) : 0;

    remote_forget();
    if (received <= 0 || !NLMSG_OK(header, (size_t)received))
        return false;
    take(header);
    return true;
}
