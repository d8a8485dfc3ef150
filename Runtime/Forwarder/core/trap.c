/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Packets to the agent and from it: see trap.h. */
#include "walk.h"

enum { FRONT_BYTES = VR_ETHERNET_BYTES + VR_AGENT_HEADER_BYTES };

static void write_header(struct vr_walk *walk, const struct vr_interface *agent, enum vr_trap reason, const uint32_t *parameters)
{
    uint8_t *frame = walk->packet->data, *header = frame + VR_ETHERNET_BYTES;

    __builtin_memcpy(frame, agent->mac.bytes, VR_MAC_BYTES);
    __builtin_memcpy(frame + VR_ETHERNET_SOURCE, vr_gateway_mac.bytes, VR_MAC_BYTES);
    vr_write16(frame + VR_ETHERNET_TYPE, VR_TYPE_AGENT);
    __builtin_memset(header, 0, VR_AGENT_HEADER_BYTES);
    vr_write16(header + VR_AGENT_INTERFACE, walk->interface);
    vr_write16(header + VR_AGENT_VRF, walk->vrf);
    vr_write16(header + VR_AGENT_COMMAND, reason);
    if (!parameters)
        return;
    for (unsigned int at = 0; at < 5; at++)
        vr_write32(header + VR_AGENT_PARAMETER + 4 * at, parameters[at]);
    header[VR_AGENT_PARAMETER_5] = (uint8_t)parameters[5];
}

void vr_trap(struct vr_walk *walk, enum vr_trap reason, const uint32_t *parameters)
{
    const struct vr_interface_entry *agent = vr_interface_find(walk->router, vr_peek(&walk->router->agent_interface));

    if (!agent) {
        vr_drop(walk, VR_DROP_TRAP_NO_INTERFACE);
        return;
    }
    if (!vr_walk_frame(walk))
        return;
    if (!vr_packet_make_room(walk->packet, FRONT_BYTES)) {
        vr_drop(walk, VR_DROP_PUSH);
        return;
    }
    vr_packet_push(walk->packet, FRONT_BYTES);
    write_header(walk, &agent->interface, reason, parameters);
    vr_walk_step(walk, VR_TRACE_TRAPPED, reason, 0, 0);
    vr_transmit(walk, agent);
}

bool vr_trap_copy(struct vr_walk *walk, enum vr_trap reason, const uint32_t *parameters)
{
    struct vr_walk copy = *walk;
    struct vr_packet packet;

    if (!vr_interface_find(walk->router, vr_peek(&walk->router->agent_interface))) {
        vr_drop_counted(walk, VR_DROP_TRAP_NO_INTERFACE);
        return false;
    }
    copy.packet = &packet;
    if (!vr_port_packet_clone(walk->packet, &packet, VR_PACKET_HEADROOM)) {
        vr_drop_counted(walk, VR_DROP_CLONE_FAILED);
        return false;
    }
    /* The clone has the view's bytes only, not the header that was stripped in front of it. */
    copy.stripped = 0;
    if (walk->stripped) {
        vr_packet_push(&packet, walk->stripped);
        __builtin_memcpy(packet.data, walk->packet->data - walk->stripped, walk->stripped);
        copy.network += walk->stripped;
        copy.framed = true;
    }
    vr_trap(&copy, reason, parameters);
    return true;
}

/* ---- From the agent ------------------------------------------------------------------------------------------------------- */

static void send_as_is(struct vr_walk *walk, const struct vr_interface_entry *out)
{
    if (walk->packet->linear < VR_ETHERNET_BYTES)
        vr_drop(walk, VR_DROP_INVALID_AGENT_PACKET);
    else
        vr_transmit(walk, out);
}

/* As if it had arrived on the interface, but without policy: what the agent sends it has decided on. */
static void inject(struct vr_walk *walk, const struct vr_interface_entry *from, uint32_t vrf)
{
    walk->in = from;
    walk->interface = from->interface.index;
    walk->vrf = vrf;
    walk->admitted = true;
    vr_walk_step(walk, VR_TRACE_FROM_AGENT, walk->interface, vrf, 0);
    if (!vr_walk_parse_frame(walk))
        return;
    if (walk->ip.family && !walk->multicast &&
        (vr_mac_equal(walk->packet->data, vr_gateway_mac.bytes) || vr_mac_equal(walk->packet->data, from->interface.mac.bytes)))
        vr_route(walk);
    else
        vr_bridge(walk);
}

void vr_agent_input(struct vr_walk *walk)
{
    const struct vr_interface_entry *interface;
    const uint8_t *header = walk->packet->data + VR_ETHERNET_BYTES;
    uint32_t command, vrf;

    if (walk->packet->linear < FRONT_BYTES) {
        vr_drop(walk, VR_DROP_INVALID_AGENT_PACKET);
        return;
    }
    interface = vr_interface_find(walk->router, vr_read16(header + VR_AGENT_INTERFACE));
    vrf = vr_read16(header + VR_AGENT_VRF);
    command = vr_read16(header + VR_AGENT_COMMAND);
    vr_packet_pull(walk->packet, FRONT_BYTES);
    if (!interface || interface->interface.type == VR_INTERFACE_AGENT)
        vr_drop(walk, VR_DROP_INVALID_AGENT_PACKET);
    else if (command == VR_AGENT_SEND)
        send_as_is(walk, interface);
    else if (command == VR_AGENT_ROUTE)
        inject(walk, interface, vrf);
    else
        vr_drop(walk, VR_DROP_INVALID_AGENT_PACKET);
}
