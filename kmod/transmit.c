// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Packets leave: an skb is made what its device expects.
 *
 * Checksums left open (CHECKSUM_PARTIAL) stay open while the position in the skb says where they are, whatever headers were put in front or taken
 * off, and a device that needs less than the position completes them. Of those behind a tunnel's headers, devices that
 * know protocols instead of positions would understand nothing: they are completed here.
 *
 * A packet that a device would have cut into segments (GSO) stays whole unless a tunnel's headers are in front of it. Then it is cut here,
 * and each segment gets the tunnel's headers, with the lengths and checksums of its own: there is no device that does this for MPLS.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <linux/version.h>
#include <net/checksum.h>
#include <net/ip.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

#include "vrouter.h"

/* The longest run of headers in front of a packet: Ethernet with two tags, IPv4, UDP, VXLAN or MPLS, Ethernet, a control word. */
enum { MOST_FRONT = 128 };

/* The frame's type and the length of its Ethernet header, VLAN tags included. The frame is linear as far as that. */
static __be16 frame_type(const struct sk_buff *skb, unsigned int *length)
{
	__be16 type = ((const struct ethhdr *)skb->data)->h_proto;

	*length = ETH_HLEN;
	while (eth_type_vlan(type) && *length + VLAN_HLEN <= skb_headlen(skb)) {
		type = *(const __be16 *)(skb->data + *length + 2);
		*length += VLAN_HLEN;
	}
	return type;
}

/* Writes what differs from segment to segment into the outer headers of one, which begin at skb->data. */
static void rewrite_outer(struct sk_buff *skb, unsigned int front)
{
	const struct iphdr *inner = (const struct iphdr *)(skb->data + front);
	unsigned int ethernet;
	struct iphdr *outer;

	frame_type(skb, &ethernet);
	outer = (struct iphdr *)(skb->data + ethernet);
	outer->tot_len = htons(skb->len - ethernet);
	/* Tools match packets inside and outside of tunnels by it (core/encapsulate.c). */
	outer->id = inner->version == 4 ? inner->id : 0;
	ip_send_check(outer);
	if (outer->protocol == IPPROTO_UDP)
		((struct udphdr *)(outer + 1))->len = htons(skb->len - ethernet - sizeof(*outer));
}

static int send(struct net_device *dev, struct sk_buff *skb)
{
	unsigned int ethernet;
	int error;

	skb->dev = dev;
	skb->protocol = ((const struct ethhdr *)skb->data)->h_proto;
	skb_reset_mac_header(skb);
	frame_type(skb, &ethernet);
	skb_set_network_header(skb, ethernet);
	skb->mac_len = ethernet;
	skb->pkt_type = PACKET_OUTGOING;
	error = dev_queue_xmit(skb);
	return likely(error == NET_XMIT_SUCCESS || error == NET_XMIT_CN) ? 0 : -ENOBUFS;
}

/* `front` bytes stand in front of the packet that is to be cut. */
static int send_segments(struct net_device *dev, struct sk_buff *skb, unsigned int front)
{
	netdev_features_t features = NETIF_F_SG | (dev->features & NETIF_F_HW_CSUM);
	struct sk_buff *segments, *segment, *next;
	u8 headers[MOST_FRONT];
	int error = 0;

	if (front > sizeof(headers) || front >= skb_headlen(skb)) {
		kfree_skb(skb);
		return -EINVAL;
	}
	memcpy(headers, skb->data, front);
	__skb_pull(skb, front);
	skb->protocol = skb->data[0] >> 4 == 6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	skb->dev = dev;
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	segments = skb_gso_segment(skb, features);
	if (IS_ERR_OR_NULL(segments)) {
		kfree_skb(skb);
		return -EINVAL;
	}
	consume_skb(skb);
	skb_list_walk_safe(segments, segment, next) {
		int sent;

		skb_mark_not_on_list(segment);
		if (skb_cow_head(segment, front)) {
			kfree_skb(segment);
			error = -ENOMEM;
			continue;
		}
		memcpy(__skb_push(segment, front), headers, front);
		rewrite_outer(segment, front);
		sent = send(dev, segment);
		error = sent ? sent : error;
	}
	return error;
}

/* What the sender's device said about checksums holds for bytes that are still what it looked at. */
static void settle_checksum(struct sk_buff *skb, bool to_host)
{
	int moved = skb->data - skb_mac_header(skb);

	switch (skb->ip_summed) {
	case CHECKSUM_COMPLETE:
		/* Over all bytes behind the Ethernet header: right if this is the frame that came in, handed across to the host. */
		if (!to_host || moved != 0)
			skb->ip_summed = CHECKSUM_NONE;
		break;
	case CHECKSUM_UNNECESSARY:
		/* Of as many packets in each other as it looked at: one was unwrapped. */
		if (moved > 0)
			__skb_decr_checksum_unnecessary(skb);
		break;
	default:
		break;
	}
}

/* Whether the open checksum is of a packet behind a tunnel's headers. */
static bool is_checksum_inside(const struct sk_buff *skb)
{
	int start = skb_checksum_start_offset(skb);
	unsigned int ethernet;

	/* Tunnels are IPv4; what their IPv4 header carries is theirs. */
	return frame_type(skb, &ethernet) == htons(ETH_P_IP) && start > (int)ethernet &&
	       start > (int)(ethernet + (skb->data[ethernet] & 0xf) * 4);
}

static int transmit(struct vr_device *device, struct net_device *dev, struct sk_buff *skb)
{
	unsigned int ethernet;

	settle_checksum(skb, device->own);
	if (device->own) {
		if (device->type == VR_INTERFACE_AGENT) {
			/* It reads bytes, and knows of no device that would complete them. */
			if (skb_is_gso(skb)) {
				skb_gso_reset(skb);
				skb->ip_summed = CHECKSUM_NONE;
			} else if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb)) {
				kfree_skb(skb);
				return -ENOMEM;
			}
		}
		return vr_own_device_deliver(dev, skb);
	}
	if (unlikely(!(dev->flags & IFF_UP) || !netif_carrier_ok(dev))) {
		kfree_skb(skb);
		return -ENETDOWN;
	}
	if (likely(!skb_is_gso(skb) && skb->ip_summed != CHECKSUM_PARTIAL))
		return send(dev, skb);
	frame_type(skb, &ethernet);
	/* The skb still says where the packet's IP header was before anything was put in front of it. */
	if (skb_is_gso(skb) && skb_network_offset(skb) > (int)ethernet)
		return send_segments(dev, skb, skb_network_offset(skb));
	if (!skb_is_gso(skb) && !(dev->features & NETIF_F_HW_CSUM) && is_checksum_inside(skb) && skb_checksum_help(skb)) {
		kfree_skb(skb);
		return -ENOMEM;
	}
	return send(dev, skb);
}

int vr_port_transmit(void *opaque, struct vr_packet *packet)
{
	struct sk_buff *skb = packet->buffer;
	struct vr_device *device = opaque;
	struct net_device *dev;

	if (!device || vr_packet_settle(skb, packet) || !pskb_may_pull(skb, ETH_HLEN)) {
		kfree_skb(skb);
		return device ? -ENOMEM : -ENODEV;
	}
	dev = rcu_dereference(device->dev);
	if (!dev) {
		kfree_skb(skb);
		return -ENODEV;
	}
	return transmit(device, dev, skb);
}
