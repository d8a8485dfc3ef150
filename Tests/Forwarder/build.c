/* Packets from labelled fields: see build.h. */
#include "build.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "trap.h"
#include "wire.h"

bool read_number(const char *text, uint64_t *number)
{
    char *end;

    *number = strtoull(text, &end, 0);
    return *text != 0 && *end == 0;
}

bool read_mac(const char *text, uint8_t *mac)
{
    unsigned int bytes[6];
    int used = 0;

    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &bytes[0], &bytes[1], &bytes[2], &bytes[3], &bytes[4], &bytes[5], &used) != 6 || text[used])
        return false;
    for (int at = 0; at < 6; at++)
        mac[at] = (uint8_t)bytes[at];
    return true;
}

bool read_ipv4(const char *text, uint8_t *address)
{
    return inet_pton(AF_INET, text, address) == 1;
}

/* The value of an option `name`, e.g. "ttl 3": the word behind it. */
static bool option(char **words, unsigned int count, const char *name, uint64_t *value)
{
    for (unsigned int at = 1; at + 1 < count; at++) {
        if (strcmp(words[at], name) == 0)
            return read_number(words[at + 1], value);
    }
    return false;
}

static bool has(char **words, unsigned int count, const char *name)
{
    for (unsigned int at = 1; at < count; at++) {
        if (strcmp(words[at], name) == 0)
            return true;
    }
    return false;
}

static const char *eth(struct layer *layer, char **words, unsigned int count)
{
    uint64_t value;

    layer->length = VR_ETHERNET_BYTES;
    if (count < 3 || !read_mac(words[1], layer->header) || !read_mac(words[2], layer->header + 6))
        return "eth DST SRC [type N]";
    layer->type_given = option(words, count, "type", &value);
    if (layer->type_given)
        vr_write16(layer->header + 12, (uint32_t)value);
    return NULL;
}

static const char *vlan(struct layer *layer, char **words, unsigned int count)
{
    uint64_t value;

    layer->length = VR_VLAN_BYTES;
    if (count < 2 || !read_number(words[1], &value))
        return "vlan ID";
    vr_write16(layer->header, (uint32_t)value);
    return NULL;
}

static const char *arp(struct layer *layer, char **words, unsigned int count)
{
    static const uint8_t start[8] = {0, 1, 8, 0, 6, 4, 0, 1};
    uint64_t value;

    layer->length = VR_ARP_BYTES;
    memcpy(layer->header, start, sizeof(start));
    if (count < 6 || !read_mac(words[2], layer->header + 8) || !read_ipv4(words[3], layer->header + 14) ||
        !read_mac(words[4], layer->header + 18) || !read_ipv4(words[5], layer->header + 24))
        return "arp request|reply|N SENDER-MAC SENDER-IP TARGET-MAC TARGET-IP [hardware N]";
    if (strcmp(words[1], "reply") == 0)
        layer->header[7] = 2;
    else if (read_number(words[1], &value))
        layer->header[7] = (uint8_t)value;
    if (option(words, count, "hardware", &value))
        vr_write16(layer->header, (uint32_t)value);
    return NULL;
}

static const char *ip(struct layer *layer, char **words, unsigned int count)
{
    uint8_t *header = layer->header;
    uint64_t value;
    uint32_t fragment = 0;

    layer->length = VR_IPV4_BYTES;
    if (count < 3 || !read_ipv4(words[1], header + 12) || !read_ipv4(words[2], header + 16))
        return "ip SRC DST [ttl N] [proto N] [id N] [tos N] [df] [mf] [offset N] [len N] [sum N] [ihl N] [version N]";
    header[0] = 0x45;
    header[8] = 64;
    if (option(words, count, "ttl", &value))
        header[8] = (uint8_t)value;
    if (option(words, count, "id", &value))
        vr_write16(header + 4, (uint32_t)value);
    if (option(words, count, "tos", &value))
        header[1] = (uint8_t)value;
    if (option(words, count, "offset", &value))
        fragment = (uint32_t)value;
    fragment |= (has(words, count, "df") ? 0x4000u : 0) | (has(words, count, "mf") ? 0x2000u : 0);
    vr_write16(header + 6, fragment);
    if (option(words, count, "ihl", &value)) {
        header[0] = (uint8_t)(0x40 | value);
        if (value > 5)
            layer->length = (uint32_t)value * 4;
    }
    if (option(words, count, "version", &value))
        header[0] = (uint8_t)(value << 4 | (header[0] & 0xf));
    layer->type_given = option(words, count, "proto", &value);
    if (layer->type_given)
        header[9] = (uint8_t)value;
    layer->length_given = option(words, count, "len", &value);
    if (layer->length_given)
        vr_write16(header + 2, (uint32_t)value);
    layer->checksum_given = option(words, count, "sum", &value);
    if (layer->checksum_given)
        vr_write16(header + 10, (uint32_t)value);
    return NULL;
}

static const char *ip6(struct layer *layer, char **words, unsigned int count)
{
    uint64_t value;

    layer->length = VR_IPV6_BYTES;
    if (count < 3 || inet_pton(AF_INET6, words[1], layer->header + 8) != 1 || inet_pton(AF_INET6, words[2], layer->header + 24) != 1)
        return "ip6 SRC DST [hops N] [next N] [len N]";
    layer->header[0] = 0x60;
    layer->header[7] = 64;
    if (option(words, count, "hops", &value))
        layer->header[7] = (uint8_t)value;
    layer->type_given = option(words, count, "next", &value);
    if (layer->type_given)
        layer->header[6] = (uint8_t)value;
    layer->length_given = option(words, count, "len", &value);
    if (layer->length_given)
        vr_write16(layer->header + 4, (uint32_t)value);
    return NULL;
}

/* UDP and TCP; a source port `*` stands for any that tunnels use. */
static const char *ports(struct layer *layer, char **words, unsigned int count, uint32_t length)
{
    uint64_t source = 0, destination;

    layer->length = length;
    if (count < 3 || (strcmp(words[1], "*") != 0 && !read_number(words[1], &source)) || !read_number(words[2], &destination))
        return "udp|tcp SPORT|* DPORT [len N]";
    if (strcmp(words[1], "*") == 0) {
        /* 49152 to 65535: two bits are known. */
        source = 0xc000;
        layer->mask[0] = 0xc0;
        layer->mask[1] = 0;
    }
    vr_write16(layer->header, (uint32_t)source);
    vr_write16(layer->header + 2, (uint32_t)destination);
    if (length == 20)
        layer->header[12] = 0x50;
    layer->length_given = length == 8 && option(words, count, "len", &source);
    if (layer->length_given)
        vr_write16(layer->header + 4, (uint32_t)source);
    return NULL;
}

static const char *icmp(struct layer *layer, char **words, unsigned int count)
{
    uint64_t type, code, value;

    layer->length = VR_ICMP_BYTES;
    if (count < 3 || !read_number(words[1], &type) || !read_number(words[2], &code))
        return "icmp|icmp6 TYPE CODE [id N]";
    layer->header[0] = (uint8_t)type;
    layer->header[1] = (uint8_t)code;
    if (option(words, count, "id", &value))
        vr_write16(layer->header + 4, (uint32_t)value);
    return NULL;
}

static const char *mpls(struct layer *layer, char **words, unsigned int count)
{
    uint64_t label, ttl = 64, bottom = 1;

    layer->length = VR_MPLS_BYTES;
    if (count < 2 || !read_number(words[1], &label))
        return "mpls LABEL [ttl N] [bottom 0]";
    option(words, count, "ttl", &ttl);
    option(words, count, "bottom", &bottom);
    vr_write32(layer->header, (uint32_t)(label << 12 | bottom << 8 | ttl));
    return NULL;
}

static const char *vxlan(struct layer *layer, char **words, unsigned int count)
{
    uint64_t network, flags = 8;

    layer->length = VR_VXLAN_BYTES;
    if (count < 2 || !read_number(words[1], &network))
        return "vxlan VNI [flags N]";
    option(words, count, "flags", &flags);
    layer->header[0] = (uint8_t)flags;
    vr_write32(layer->header + 4, (uint32_t)network << 8);
    return NULL;
}

static const char *agent(struct layer *layer, char **words, unsigned int count)
{
    uint64_t interface, vrf, command, value;

    layer->length = VR_AGENT_HEADER_BYTES;
    if (count < 4 || !read_number(words[1], &interface) || !read_number(words[2], &vrf))
        return "agent INTERFACE VRF COMMAND [pN VALUE]…";
    if (!read_number(words[3], &command)) {
        command = 0xffff;
#define NAMED(name, number, word)     \
    if (strcmp(words[3], word) == 0) \
        command = number;
        VR_TRAPS(NAMED)
#undef NAMED
        if (command == 0xffff)
            return "no such trap";
    }
    vr_write16(layer->header, (uint32_t)interface);
    vr_write16(layer->header + 2, (uint32_t)vrf);
    vr_write16(layer->header + 4, (uint32_t)command);
    for (unsigned int number = 0; number < 5; number++) {
        char name[3] = {'p', (char)('0' + number), 0};

        for (unsigned int at = 4; at + 1 < count; at++) {
            if (strcmp(words[at], name) == 0 && strcmp(words[at + 1], "*") == 0)
                memset(layer->mask + VR_AGENT_PARAMETER + 4 * number, 0, 4);
        }
        if (option(words, count, name, &value))
            vr_write32(layer->header + VR_AGENT_PARAMETER + 4 * number, (uint32_t)value);
    }
    if (option(words, count, "p5", &value))
        layer->header[VR_AGENT_PARAMETER_5] = (uint8_t)value;
    return NULL;
}

static const char *hex(struct layer *layer, char **words, unsigned int count)
{
    for (unsigned int at = 1; at < count; at++) {
        for (const char *text = words[at]; text[0] && text[1] && layer->length < sizeof(layer->header); text += 2) {
            unsigned int byte = 0;

            if (text[0] == '*' && text[1] == '*')
                layer->mask[layer->length] = 0;
            else if (sscanf(text, "%2x", &byte) != 1)
                return "hex BYTES…";
            layer->header[layer->length++] = (uint8_t)byte;
        }
    }
    return NULL;
}

const char *build_line(struct build *build, char **words, unsigned int count)
{
    struct layer *layer = &build->layers[build->count];
    uint64_t value;

    if (build->count == BUILD_LAYERS)
        return "too many headers";
    memset(layer, 0, sizeof(*layer));
    memset(layer->mask, 0xff, sizeof(layer->mask));
    snprintf(layer->kind, sizeof(layer->kind), "%s", words[0]);
    build->count++;
    if (strcmp(words[0], "eth") == 0)
        return eth(layer, words, count);
    if (strcmp(words[0], "vlan") == 0)
        return vlan(layer, words, count);
    if (strcmp(words[0], "arp") == 0)
        return arp(layer, words, count);
    if (strcmp(words[0], "ip") == 0)
        return ip(layer, words, count);
    if (strcmp(words[0], "ip6") == 0)
        return ip6(layer, words, count);
    if (strcmp(words[0], "udp") == 0)
        return ports(layer, words, count, VR_UDP_BYTES);
    if (strcmp(words[0], "tcp") == 0)
        return ports(layer, words, count, 20);
    if (strcmp(words[0], "icmp") == 0 || strcmp(words[0], "icmp6") == 0)
        return icmp(layer, words, count);
    if (strcmp(words[0], "mpls") == 0)
        return mpls(layer, words, count);
    if (strcmp(words[0], "vxlan") == 0)
        return vxlan(layer, words, count);
    if (strcmp(words[0], "agent") == 0)
        return agent(layer, words, count);
    if (strcmp(words[0], "hex") == 0)
        return hex(layer, words, count);
    if (strcmp(words[0], "gre") == 0) {
        layer->length = VR_GRE_BYTES;
        vr_write32(layer->header, VR_TYPE_MPLS);
        if (option(words, count, "flags", &value))
            vr_write16(layer->header, (uint32_t)value);
        if (option(words, count, "type", &value))
            vr_write16(layer->header + 2, (uint32_t)value);
        return NULL;
    }
    if (strcmp(words[0], "control-word") == 0) {
        layer->length = VR_CONTROL_WORD_BYTES;
        return NULL;
    }
    if (strcmp(words[0], "data") == 0) {
        if (count < 2 || !read_number(words[1], &value) || value > 65535)
            return "data BYTES";
        layer->data_bytes = (uint32_t)value;
        return NULL;
    }
    build->count--;
    return "no such header";
}

static uint32_t type_of(const char *kind)
{
    if (strcmp(kind, "ip") == 0)
        return VR_TYPE_IPV4;
    if (strcmp(kind, "ip6") == 0)
        return VR_TYPE_IPV6;
    if (strcmp(kind, "arp") == 0)
        return VR_TYPE_ARP;
    if (strcmp(kind, "vlan") == 0)
        return VR_TYPE_VLAN;
    return strcmp(kind, "agent") == 0 ? VR_TYPE_AGENT : 0;
}

static uint8_t protocol_of(const char *kind)
{
    if (strcmp(kind, "udp") == 0)
        return VR_PROTOCOL_UDP;
    if (strcmp(kind, "tcp") == 0)
        return VR_PROTOCOL_TCP;
    if (strcmp(kind, "icmp") == 0)
        return VR_PROTOCOL_ICMP;
    if (strcmp(kind, "icmp6") == 0)
        return VR_PROTOCOL_ICMPV6;
    return strcmp(kind, "gre") == 0 ? VR_PROTOCOL_GRE : 0;
}

static void fill_in(const struct layer *layer, const char *next, uint8_t *header, uint32_t rest)
{
    if ((strcmp(layer->kind, "eth") == 0 || strcmp(layer->kind, "vlan") == 0) && !layer->type_given) {
        vr_write16(header + layer->length - 2, type_of(next));
    } else if (strcmp(layer->kind, "ip") == 0) {
        if (!layer->type_given)
            header[9] = protocol_of(next);
        if (!layer->length_given)
            vr_write16(header + 2, rest);
        if (!layer->checksum_given)
            vr_write16(header + 10, ~vr_checksum_sum(header, layer->length));
    } else if (strcmp(layer->kind, "ip6") == 0) {
        if (!layer->type_given)
            header[6] = protocol_of(next);
        if (!layer->length_given)
            vr_write16(header + 4, rest - VR_IPV6_BYTES);
    } else if (strcmp(layer->kind, "udp") == 0 && !layer->length_given) {
        vr_write16(header + 4, rest);
    }
}

uint32_t build_bytes(const struct build *build, uint8_t *bytes, uint8_t *mask)
{
    uint32_t length = 0, at = 0;

    for (uint32_t number = 0; number < build->count; number++)
        length += build->layers[number].length + build->layers[number].data_bytes;
    for (uint32_t number = 0; number < build->count; number++) {
        const struct layer *layer = &build->layers[number];

        memcpy(bytes + at, layer->header, layer->length);
        if (mask)
            memcpy(mask + at, layer->mask, layer->length);
        fill_in(layer, number + 1 < build->count ? build->layers[number + 1].kind : "", bytes + at, length - at);
        at += layer->length;
        for (uint32_t byte = 0; byte < layer->data_bytes; byte++, at++) {
            bytes[at] = (uint8_t)byte;
            if (mask)
                mask[at] = 0xff;
        }
    }
    return length < build->cut ? length : build->cut;
}
