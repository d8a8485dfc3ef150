/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Opening devices. Which kind a device is follows from what is there:
 *
 *   transport `socket`, or the agent's interface     a UNIX socket (SOCK_SEQPACKET) that the other end connects to; a packet a message
 *   a TAP device of this name that is free           that
 *   no device of this name, for the host interface   a TAP device is made; it goes when the forwarder ends
 *   anything else                                    AF_PACKET on the device, once it exists
 *
 * With AF_PACKET the kernel's own stack sees what arrives as well, and would answer for the host's addresses a second time. So a program of
 * two instructions drops it behind the socket (tcx, Linux 6.6); it goes when the forwarder ends, however it ends.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "user.h"

const char *socket_directory = ".";

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

/* ---- What the kernel says about a device ------------------------------------------------------------------------------------ */

/* The name is shorter than IFNAMSIZ: device_open has seen to it. */
static void put_name(struct ifreq *request, const char *name)
{
    memset(request->ifr_name, 0, sizeof(request->ifr_name));
    memcpy(request->ifr_name, name, strnlen(name, sizeof(request->ifr_name) - 1));
}

static int ask(const char *name, unsigned long question, struct ifreq *request)
{
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), result;

    if (descriptor < 0)
        return -errno;
    put_name(request, name);
    result = ioctl(descriptor, question, request) == 0 ? 0 : -errno;
    close(descriptor);
    return result;
}

static uint32_t speed_of(const char *name)
{
    struct ethtool_cmd command = {.cmd = ETHTOOL_GSET};
    struct ifreq request = {.ifr_data = (char *)&command};

    if (ask(name, SIOCETHTOOL, &request) != 0 || ethtool_cmd_speed(&command) == (uint32_t)SPEED_UNKNOWN)
        return 0;
    return ethtool_cmd_speed(&command);
}

static void read_state(const char *name, struct vr_device_state *state)
{
    struct ifreq request = {.ifr_flags = 0};

    *state = (struct vr_device_state){.link_up = false};
    if (strlen(name) >= IFNAMSIZ || ask(name, SIOCGIFINDEX, &request) != 0)
        return;
    state->system_index = (uint32_t)request.ifr_ifindex;
    if (ask(name, SIOCGIFFLAGS, &request) == 0)
        state->link_up = (request.ifr_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
    if (ask(name, SIOCGIFMTU, &request) == 0)
        state->mtu = (uint32_t)request.ifr_mtu;
    state->speed = speed_of(name);
}

/* ---- Channels ------------------------------------------------------------------------------------------------------------- */

static void close_channel(struct vr_deferred *deferred)
{
    struct channel *channel = vr_container(deferred, struct channel, deferred);

    close(channel->descriptor);
    free(channel);
}

static void drop_channel(struct device *device, unsigned int core)
{
    struct channel *channel = device->channels[core];

    if (!channel)
        return;
    vr_publish(&device->channels[core], NULL);
    worker_forget(core, channel);
    vr_port_defer(&channel->deferred, close_channel);
}

/* Takes the descriptor in any case. */
static int add_channel(struct device *device, unsigned int core, int descriptor)
{
    struct channel *channel = calloc(1, sizeof(*channel));
    int error;

    if (!channel) {
        close(descriptor);
        return -ENOMEM;
    }
    channel->device = device;
    channel->descriptor = descriptor;
    error = worker_watch(core, channel);
    if (error) {
        close(descriptor);
        free(channel);
        return error;
    }
    vr_publish(&device->channels[core], channel);
    return 0;
}

/* ---- AF_PACKET ------------------------------------------------------------------------------------------------------------ */

#ifndef BPF_TCX_INGRESS_TYPE
/* bpf_attach_type BPF_TCX_INGRESS, which the headers of Linux 6.1 do not have yet. */
#define BPF_TCX_INGRESS_TYPE 46u
#endif

static int bpf(unsigned int command, union bpf_attr *attributes)
{
    return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

int blind(unsigned int system_index)
{
    /* r0 = TC_ACT_SHOT; exit */
    static const struct bpf_insn program[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 2}, {.code = BPF_JMP | BPF_EXIT}};
    union bpf_attr load = {.prog_type = BPF_PROG_TYPE_SCHED_CLS}, link;
    int loaded, linked;

    load.insns = (uint64_t)(uintptr_t)program;
    load.insn_cnt = 2;
    load.license = (uint64_t)(uintptr_t)"GPL";
    load.expected_attach_type = BPF_TCX_INGRESS_TYPE;
    loaded = bpf(BPF_PROG_LOAD, &load);
    if (loaded < 0)
        return -errno;
    memset(&link, 0, sizeof(link));
    link.link_create.prog_fd = (uint32_t)loaded;
    link.link_create.target_ifindex = system_index;
    link.link_create.attach_type = BPF_TCX_INGRESS_TYPE;
    linked = bpf(BPF_LINK_CREATE, &link);
    if (linked < 0)
        linked = -errno;
    close(loaded);
    return linked;
}

static int set(int descriptor, int level, int option, int value)
{
    return setsockopt(descriptor, level, option, &value, sizeof(value)) == 0 ? 0 : -errno;
}

static int packet_socket(const struct device *device, unsigned int system_index)
{
    enum { QUEUED_BYTES = 8 << 20 };
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)system_index};
    struct packet_mreq membership = {.mr_ifindex = (int)system_index, .mr_type = PACKET_MR_PROMISC};
    int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error;

    if (descriptor < 0)
        return -errno;
    error = set(descriptor, SOL_PACKET, PACKET_VNET_HDR, 1);
    error = error ? error : set(descriptor, SOL_PACKET, PACKET_AUXDATA, 1);
    error = error ? error : set(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
    if (set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, QUEUED_BYTES))
        set(descriptor, SOL_SOCKET, SO_RCVBUF, QUEUED_BYTES);
    if (set(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, QUEUED_BYTES))
        set(descriptor, SOL_SOCKET, SO_SNDBUF, QUEUED_BYTES);
    if (!error && bind(descriptor, (struct sockaddr *)&address, sizeof(address)) != 0)
        error = -errno;
    if (!error && worker_count > 1)
        error = set(descriptor, SOL_PACKET, PACKET_FANOUT, (int)(system_index & 0xffff) | PACKET_FANOUT_HASH << 16);
    /* Workloads send to the gateway's MAC address, which is no device's. */
    if (!error && (device->wanted.type != VR_INTERFACE_PHYSICAL || (device->wanted.flags & VR_INTERFACE_PROMISCUOUS)))
        setsockopt(descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof(membership));
    if (error)
        close(descriptor);
    return error ? error : descriptor;
}

static int open_packet(struct device *device)
{
    device->kind = DEVICE_PACKET;
    if (!device->state.system_index)
        return 0;
    for (unsigned int core = 0; core < worker_count; core++) {
        int descriptor = packet_socket(device, device->state.system_index);
        int error = descriptor < 0 ? descriptor : add_channel(device, core, descriptor);

        if (error)
            return error;
    }
    device->blinder = blind(device->state.system_index);
    if (device->blinder < 0 && device->wanted.type == VR_INTERFACE_PHYSICAL)
        report("%s: the kernel's own stack cannot be kept from what arrives (%s); before Linux 6.6, drop it by hand: "
               "tc qdisc add dev %s clsact; tc filter add dev %s ingress matchall action drop",
               device->name, strerror(-device->blinder), device->name, device->name);
    return 0;
}

/* ---- TAP ------------------------------------------------------------------------------------------------------------------ */

static void prepare_host_device(const struct device *device)
{
    struct ifreq request;

    if (!vr_mac_is_zero(device->wanted.mac.bytes)) {
        request.ifr_hwaddr.sa_family = 1;
        memcpy(request.ifr_hwaddr.sa_data, device->wanted.mac.bytes, VR_MAC_BYTES);
        if (ask(device->name, SIOCSIFHWADDR, &request) != 0)
            report("%s: its MAC address cannot be set", device->name);
    }
    if (ask(device->name, SIOCGIFFLAGS, &request) == 0) {
        request.ifr_flags |= IFF_UP;
        ask(device->name, SIOCSIFFLAGS, &request);
    }
}

/* A TAP device's descriptor, or a negative errno. */
static int tap(const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
    int descriptor = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), size = sizeof(struct virtio_net_hdr);

    if (descriptor < 0)
        return -errno;
    put_name(&request, name);
    if (ioctl(descriptor, TUNSETIFF, &request) != 0 || ioctl(descriptor, TUNSETVNETHDRSZ, &size) != 0) {
        int error = -errno;

        close(descriptor);
        return error;
    }
    /* It may hand over super-packets, and packets whose checksum is open. */
    ioctl(descriptor, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN);
    return descriptor;
}

static bool is_tap(const char *name)
{
    struct ethtool_drvinfo driver = {.cmd = ETHTOOL_GDRVINFO};
    struct ifreq request = {.ifr_data = (char *)&driver};

    return ask(name, SIOCETHTOOL, &request) == 0 && strcmp(driver.driver, "tun") == 0;
}

static int open_tap(struct device *device)
{
    int descriptor = tap(device->name);

    if (descriptor < 0)
        return descriptor;
    device->kind = DEVICE_TAP;
    if (device->wanted.type == VR_INTERFACE_HOST)
        prepare_host_device(device);
    return add_channel(device, device->wanted.interface % worker_count, descriptor);
}

/* ---- UNIX sockets --------------------------------------------------------------------------------------------------------- */

static int open_socket(struct device *device)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(device->path, sizeof(device->path), "%s%s%s", device->name[0] == '/' ? "" : socket_directory,
                          device->name[0] == '/' ? "" : "/", device->name);
    struct stat found;

    if (length < 0 || (size_t)length >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    /* A socket that an earlier forwarder left; nothing else is removed. */
    if (lstat(device->path, &found) == 0 && S_ISSOCK(found.st_mode))
        unlink(device->path);
    memcpy(address.sun_path, device->path, (size_t)length + 1);
    device->kind = DEVICE_SOCKET;
    device->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (device->listener < 0 || bind(device->listener, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(device->listener, 4) != 0) {
        device->path[0] = 0;
        return -errno;
    }
    return server_watch(device);
}

void device_accept(struct device *device)
{
    enum { QUEUED_BYTES = 4 << 20 };
    int descriptor = accept4(device->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (descriptor < 0)
        return;
    set(descriptor, SOL_SOCKET, SO_SNDBUF, QUEUED_BYTES);
    drop_channel(device, 0);
    if (add_channel(device, 0, descriptor) == 0)
        device->state.link_up = true;
}

/* ---- All of them ---------------------------------------------------------------------------------------------------------- */

int device_open(struct device *device)
{
    bool is_host = device->wanted.type == VR_INTERFACE_HOST;
    int error;

    if (device->wanted.transport == 2)
        return -EOPNOTSUPP;
    if (device->wanted.transport == 3 || device->wanted.type == VR_INTERFACE_AGENT)
        return open_socket(device);
    if (strlen(device->name) >= IFNAMSIZ)
        return -ENODEV;
    read_state(device->name, &device->state);
    if (device->state.system_index ? is_tap(device->name) : is_host) {
        error = open_tap(device);
        read_state(device->name, &device->state);
        /* Somebody else, such as a hypervisor, has its other end. */
        if (error != -EBUSY)
            return error;
    }
    return open_packet(device);
}

bool device_refresh(struct device *device)
{
    struct vr_device_state before = device->state;
    bool replaced;

    if (device->kind == DEVICE_SOCKET) {
        device->state.link_up = device->channels[0] && !atomic_load(&device->channels[0]->gone);
        return before.link_up != device->state.link_up;
    }
    read_state(device->name, &device->state);
    replaced = before.system_index != device->state.system_index;
    if (replaced && device->kind == DEVICE_PACKET) {
        for (unsigned int core = 0; core < worker_count; core++)
            drop_channel(device, core);
        if (device->blinder >= 0)
            close(device->blinder);
        device->blinder = -1;
        if (device->state.system_index && device_open(device) != 0)
            report("%s: it has appeared, and cannot be opened", device->name);
    }
    return replaced || before.link_up != device->state.link_up || before.mtu != device->state.mtu;
}

void devices_reap(void)
{
    for (struct device *device = devices; device; device = device->next) {
        if (device->kind == DEVICE_SOCKET && device->channels[0] && atomic_load(&device->channels[0]->gone))
            drop_channel(device, 0);
    }
}

void device_close(struct device *device)
{
    for (unsigned int core = 0; core < worker_count; core++)
        drop_channel(device, core);
    if (device->blinder >= 0)
        close(device->blinder);
    if (device->listener >= 0)
        close(device->listener);
    if (device->listener >= 0 && device->path[0])
        unlink(device->path);
    device->listener = device->blinder = -1;
}
