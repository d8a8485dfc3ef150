/* Talking to the module: see genl.h. */
#include "genl.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct vrouter_response genl_response;
int genl_acknowledgement;
char genl_explanation[256];
int genl_attribute_offset;

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

static void send_request(uint16_t type, uint8_t command, const void *attributes, size_t length, uint16_t flags)
{
    static uint8_t bytes[65536];
    struct nlmsghdr *header = (struct nlmsghdr *)bytes;
    struct genlmsghdr *generic = NLMSG_DATA(header);

    memset(bytes, 0, NLMSG_SPACE(GENL_HDRLEN));
    header->nlmsg_len = (uint32_t)(NLMSG_LENGTH(GENL_HDRLEN) + length);
    header->nlmsg_type = type;
    header->nlmsg_flags = NLM_F_REQUEST | flags;
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
        if (item.number == CTRL_ATTR_FAMILY_ID)
            memcpy(&family, item.value, sizeof(family));
        if (item.number != CTRL_ATTR_MCAST_GROUPS)
            continue;
        groups = attribute_cursor(item.value, item.length);
        while (attribute_next(&groups, &inner) > 0) {
            one = attribute_cursor(inner.value, inner.length);
            while (attribute_next(&one, &leaf) > 0) {
                if (leaf.number == CTRL_ATTR_MCAST_GRP_ID)
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
            snprintf(genl_explanation, sizeof(genl_explanation), "%s", (const char *)item.value);
        if (item.number == NLMSGERR_ATTR_OFFS)
            memcpy(&genl_attribute_offset, item.value, sizeof(genl_attribute_offset));
    }
}

/* Reads datagrams until the request is answered. false: nothing came for five seconds. */
static bool read_answers(bool acknowledged, genl_told *told, void *context)
{
    static uint8_t bytes[65536] __attribute__((aligned(8)));
    bool responded = false;

    for (;;) {
        struct pollfd ready = {.fd = requests, .events = POLLIN};
        ssize_t received;
        size_t left;

        if (responded && (!acknowledged || genl_acknowledgement != 1))
            return true;
        if (poll(&ready, 1, 5000) != 1)
            return false;
        received = recv(requests, bytes, sizeof(bytes), 0);
        if (received < 0)
            fail("recv");
        left = (size_t)received;
        for (struct nlmsghdr *header = (struct nlmsghdr *)bytes; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
            const struct genlmsghdr *generic = NLMSG_DATA(header);
            const uint8_t *attributes = (const uint8_t *)generic + GENL_HDRLEN;
            size_t length = header->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);

            if (header->nlmsg_seq != sequence)
                continue;
            if (header->nlmsg_type == NLMSG_ERROR) {
                read_acknowledgement(header);
                /* Netlink itself refused: there is no response. */
                if (genl_acknowledgement && !responded)
                    return true;
                continue;
            }
            if (header->nlmsg_type == family && generic->cmd == VROUTER_COMMAND_RESPONSE) {
                vrouter_response_decode(&genl_response, attributes, length);
                responded = true;
                /* An error is said again. */
                acknowledged = acknowledged || genl_response.error != 0;
            } else if (told) {
                told(context, generic->cmd, attributes, length);
            }
            if (header->nlmsg_type == GENL_ID_CTRL) {
                read_family(attributes, length);
                responded = true;
            }
        }
    }
}

void genl_open(void)
{
    static const char name[] = VROUTER_FAMILY_NAME;
    uint8_t attribute[NLA_HDRLEN + NLA_ALIGN(sizeof(name))] = {0};
    uint16_t header[2] = {NLA_HDRLEN + sizeof(name), CTRL_ATTR_FAMILY_NAME};

    if (requests >= 0)
        return;
    requests = open_socket();
    memcpy(attribute, header, sizeof(header));
    memcpy(attribute + NLA_HDRLEN, name, sizeof(name));
    send_request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, attribute, sizeof(attribute), 0);
    genl_acknowledgement = 1;
    read_answers(false, NULL, NULL);
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

int genl_ask_bytes(uint8_t command, const void *attributes, size_t length, genl_told *told, void *context)
{
    genl_open();
    memset(&genl_response, 0, sizeof(genl_response));
    genl_acknowledgement = 1;
    genl_attribute_offset = -1;
    genl_explanation[0] = 0;
    send_request(family, command, attributes, length, 0);
    if (!read_answers(false, told, context)) {
        errno = ETIMEDOUT;
        fail("no answer");
    }
    return genl_response.error ? -(int)genl_response.error : genl_acknowledgement < 0 ? genl_acknowledgement : 0;
}

int genl_ask(uint8_t command, const struct vrouter_layout *layout, const void *message, genl_told *told, void *context)
{
    static uint8_t bytes[VROUTER_MAXIMUM_BYTES];
    int length = vrouter_attributes_encode(layout, message, bytes, sizeof(bytes));

    return length < 0 ? length : genl_ask_bytes(command, bytes, (size_t)length, told, context);
}

void genl_listen(void)
{
    genl_open();
    news = open_socket();
    if (setsockopt(news, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
        fail("cannot join the group");
}

bool genl_hear(int milliseconds, genl_told *told, void *context)
{
    static uint8_t bytes[65536] __attribute__((aligned(8)));
    struct pollfd ready = {.fd = news, .events = POLLIN};
    struct nlmsghdr *header = (struct nlmsghdr *)bytes;
    const struct genlmsghdr *generic = NLMSG_DATA(header);
    ssize_t received;

    if (poll(&ready, 1, milliseconds) != 1)
        return false;
    received = recv(news, bytes, sizeof(bytes), 0);
    if (received < (ssize_t)NLMSG_LENGTH(GENL_HDRLEN))
        return false;
    told(context, generic->cmd, (const uint8_t *)generic + GENL_HDRLEN, header->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN));
    return true;
}
