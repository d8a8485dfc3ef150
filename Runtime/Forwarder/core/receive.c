/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Where packets come in, and what workloads' packets go through: the door of router.h. */
#include "walk.h"

void vr_receive(struct vr_router *router, uint32_t interface, struct vr_packet *packet, struct vr_trace *trace)
{
    struct vr_core *core = &router->cores[vr_port_core()];
    struct vr_walk walk;

    /* All but the last member, which is zeroed when a packet is read into it. */
    __builtin_memset(&walk, 0, offsetof(struct vr_walk, ip));
    walk.ip.family = 0;
    walk.router = router;
    walk.core = core;
    walk.packet = packet;
    walk.trace = trace;
    walk.in = vr_interface_find(router, interface);
    walk.interface = interface;
    walk.vrf = VR_NONE;
    walk.next_hop = VR_NONE;
    walk.label = VR_NONE;
    walk.flow_next_hop = VR_NONE;
    core->now_ms = vr_port_now_ms();
    if (trace) {
        trace->count = 0;
        trace->lost = 0;
    }
    vr_walk_step(&walk, VR_TRACE_RECEIVED, interface, packet->length, 0);
    if (vr_likely(walk.in != NULL)) {
        walk.vrf = walk.in->interface.vrf;
        vr_receive_frame(&walk);
    } else {
        vr_drop(&walk, VR_DROP_INVALID_INTERFACE);
    }
    if (vr_unlikely(core->released != 0))
        vr_held_go_on(router, core);
}

/*
 * Takes a VLAN tag off a frame of a workload or of the fabric, and finds the interface that the VLAN is. Tags without a VLAN (identifier 0: only a
 * priority) go; those of VLANs that are no interface stay.
 */
static void take_vlan(struct vr_walk *walk)
{
    struct vr_packet *packet = walk->packet;
    uint16_t vlan = vr_read16(packet->data + VR_ETHERNET_BYTES) & VR_VLAN_IDENTIFIER_MASK;
    const struct vr_interface_entry *sub = NULL;

    if (vlan != 0) {
        sub = vr_sub_interface_find(walk->router, walk->interface, vlan);
        if (!sub)
            return;
        walk->in = sub;
        walk->interface = sub->interface.index;
        walk->vrf = sub->interface.vrf;
        vr_walk_step(walk, VR_TRACE_VLAN, vlan, walk->interface, 0);
        vr_count(&vr_walk_interface_counters(walk, sub)->received_packets, 1);
        vr_count(&vr_walk_interface_counters(walk, sub)->received_bytes, packet->length);
    }
    __builtin_memmove(packet->data + VR_VLAN_BYTES, packet->data, 2 * VR_MAC_BYTES);
    vr_packet_pull(packet, VR_VLAN_BYTES);
}

void vr_receive_frame(struct vr_walk *walk)
{
    struct vr_interface_counters *counters = vr_walk_interface_counters(walk, walk->in);
    struct vr_packet *packet = walk->packet;

    vr_count(&counters->received_packets, 1);
    vr_count(&counters->received_bytes, packet->length);
    if (vr_unlikely(!vr_packet_gather(packet, VR_GATHER_BYTES))) {
        vr_drop(walk, VR_DROP_NO_MEMORY);
        return;
    }
    if (vr_unlikely(packet->linear < VR_ETHERNET_BYTES)) {
        vr_drop(walk, VR_DROP_TRUNCATED);
        return;
    }
    if (walk->in->interface.flags & VR_INTERFACE_CROSS_CONNECT) {
        vr_cross_connect(walk);
        return;
    }
    if (vr_unlikely(vr_read16(packet->data + VR_ETHERNET_TYPE) == VR_TYPE_VLAN) && walk->in->interface.type != VR_INTERFACE_AGENT &&
        walk->in->interface.type != VR_INTERFACE_HOST) {
        if (packet->linear < VR_ETHERNET_BYTES + VR_VLAN_BYTES) {
            vr_drop(walk, VR_DROP_TRUNCATED);
            return;
        }
        take_vlan(walk);
    }
    switch (walk->in->interface.type) {
    case VR_INTERFACE_PHYSICAL:
        vr_fabric_input(walk);
        return;
    case VR_INTERFACE_AGENT:
        vr_agent_input(walk);
        return;
    case VR_INTERFACE_HOST:
    case VR_INTERFACE_VLAN:
        vr_cross_connect(walk);
        return;
    default:
        vr_workload_input(walk);
        return;
    }
}

/* Whether the network's workloads have a DHCP server of their own. */
static bool floods_dhcp(const struct vr_walk *walk)
{
    const struct vr_bridge_entry_state *everybody = vr_bridge_find(walk->router, walk->vrf, vr_broadcast_mac.bytes);

    return everybody && (everybody->entry.flags & VR_BRIDGE_FLOOD_DHCP);
}

/* Questions to the platform, which the agent answers: DHCP, router solicitations, IGMP. */
static bool is_for_agent(const struct vr_walk *walk)
{
    uint32_t flags = walk->in->interface.flags;
    const struct vr_ip *ip = &walk->ip;

    if (!(flags & (VR_INTERFACE_DHCP | VR_INTERFACE_IGMP)) || ip->fragment == VR_FRAGMENT_LATER)
        return false;
    switch (ip->protocol) {
    case VR_PROTOCOL_UDP:
        if (!(flags & VR_INTERFACE_DHCP))
            return false;
        if (ip->family == VR_FAMILY_IPV4)
            return ip->source_port == vr_to_be16(VR_UDP_DHCP_CLIENT) && ip->destination_port == vr_to_be16(VR_UDP_DHCP_SERVER) &&
                   !floods_dhcp(walk);
        return ip->source_port == vr_to_be16(VR_UDP_DHCPV6_CLIENT) && ip->destination_port == vr_to_be16(VR_UDP_DHCPV6_SERVER) &&
               !floods_dhcp(walk);
    case VR_PROTOCOL_IGMP:
        return (flags & VR_INTERFACE_IGMP) && ip->family == VR_FAMILY_IPV4;
    case VR_PROTOCOL_ICMPV6:
        return (flags & VR_INTERFACE_DHCP) && ip->family == VR_FAMILY_IPV6 && ip->icmp_type == VR_ICMPV6_ROUTER_SOLICITATION;
    default:
        return false;
    }
}

static void workload_forward(struct vr_walk *walk)
{
    uint32_t flags = walk->in->interface.flags;
    const uint8_t *destination = walk->packet->data;

    if (!(flags & VR_INTERFACE_LAYER_2)) {
        if (walk->ip.family)
            vr_route(walk);
        else
            vr_drop(walk, VR_DROP_INVALID_PROTOCOL);
        return;
    }
    if ((flags & VR_INTERFACE_LAYER_3) && walk->ip.family && !walk->multicast &&
        (vr_mac_equal(destination, vr_gateway_mac.bytes) || vr_mac_equal(destination, walk->in->interface.mac.bytes))) {
        const struct vr_vrf_entry *vrf = vr_vrf_find(walk->router, walk->vrf);

        if (vrf && !(vrf->vrf.flags & VR_VRF_BRIDGE_ONLY)) {
            vr_route(walk);
            return;
        }
    }
    vr_bridge(walk);
}

void vr_workload_admit(struct vr_walk *walk)
{
    const struct vr_interface *in = &walk->in->interface;

    /* Policy is about conversations between two; what goes to many is not looked up. */
    if ((in->flags & VR_INTERFACE_POLICY) && in->next_hop != VR_NONE && walk->ip.family && !walk->multicast) {
        walk->flow_next_hop = in->next_hop;
        walk->resume = VR_RESUME_WORKLOAD;
        if (!vr_flow_admit(walk, false))
            return;
    }
    workload_forward(walk);
}

void vr_workload_input(struct vr_walk *walk)
{
    if (!vr_walk_parse_frame(walk))
        return;
    if (vr_unlikely(walk->type == VR_TYPE_ARP)) {
        vr_arp_from_workload(walk);
        return;
    }
    if (walk->multicast && (walk->in->interface.flags & VR_INTERFACE_SERVICE)) {
        vr_drop(walk, VR_DROP_DISCARD);
        return;
    }
    if (walk->ip.family && vr_unlikely(is_for_agent(walk))) {
        vr_trap(walk, VR_TRAP_L3_PROTOCOLS, NULL);
        return;
    }
    vr_workload_admit(walk);
}
