// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * struct vr_packet as a view of a struct sk_buff.
 *
 * The core moves the view; the skb follows when it must: before the kernel moves or copies its bytes, and when the packet leaves. What
 * stands in front of the view stays where it is in the skb's head, so that a header that was taken off can be put on again.
 *
 * An skb whose header other skbs share (a socket keeps a copy, somebody captures) gets a header of its own at the door. Bytes in page fragments stay
 * shared: the core writes to linear ones only.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/percpu.h>
#include <linux/version.h>
#include <net/dst.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

#include "vrouter.h"

/* ---- Views */

/* Moves the skb's beginning to the view's, which is within its head. */
static void settle_front(struct sk_buff *skb, const struct vr_packet *packet)
{
	if (packet->data > skb->data)
		__skb_pull(skb, packet->data - skb->data);
	else if (packet->data < skb->data)
		skb_push(skb, skb->data - packet->data);
}

int vr_packet_settle(struct sk_buff *skb, const struct vr_packet *packet)
{
	settle_front(skb, packet);
	return pskb_trim(skb, packet->length);
}

/* Looks at the skb anew, after its bytes have moved. The view may end before the skb does. */
static void look(struct vr_packet *packet)
{
	struct sk_buff *skb = packet->buffer;

	packet->data = skb->data;
	packet->headroom = skb_headroom(skb);
	packet->linear = min(skb_headlen(skb), packet->length);
}

bool vr_port_packet_pull_up(struct vr_packet *packet, uint32_t bytes)
{
	struct sk_buff *skb = packet->buffer;

	settle_front(skb, packet);
	if (!pskb_may_pull(skb, bytes))
		return false;
	look(packet);
	return true;
}

bool vr_port_packet_make_room(struct vr_packet *packet, uint32_t bytes)
{
	struct sk_buff *skb = packet->buffer;

	settle_front(skb, packet);
	if (skb_cow_head(skb, bytes))
		return false;
	look(packet);
	return true;
}

bool vr_port_packet_clone(const struct vr_packet *packet, struct vr_packet *copy, uint32_t headroom)
{
	struct sk_buff *skb = packet->buffer, *made;
	int moved;

	/* The original's bytes stay where they are: its view goes on. */
	settle_front(skb, packet);
	moved = (int)headroom - (int)skb_headroom(skb);
	made = __pskb_copy(skb, headroom, GFP_ATOMIC | __GFP_NOWARN);
	if (!made)
		return false;
	skb_headers_offset_update(made, moved);
	/*
	 * Copies are made to be changed: cut into fragments, shown to the agent. A checksum that was left for a device to complete must be complete
	 * before that. Segments have theirs when they are made.
	 */
	if ((made->ip_summed == CHECKSUM_PARTIAL && !skb_is_gso(made) && skb_checksum_help(made)) || pskb_trim(made, packet->length)) {
		kfree_skb(made);
		return false;
	}
	*copy = *packet;
	copy->buffer = made;
	look(copy);
	return true;
}

void vr_port_packet_free(struct vr_packet *packet)
{
	kfree_skb(packet->buffer);
}

bool vr_port_packet_make(struct vr_packet *packet, const uint8_t *bytes, uint32_t length)
{
	struct sk_buff *skb = alloc_skb(VR_PACKET_HEADROOM + length, GFP_ATOMIC | __GFP_NOWARN);

	if (!skb)
		return false;
	skb_reserve(skb, VR_PACKET_HEADROOM);
	skb_put_data(skb, bytes, length);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, min_t(u32, length, ETH_HLEN));
	*packet = (struct vr_packet){.length = length, .buffer = skb};
	look(packet);
	return true;
}

/* ---- The door */

/* Packets that a device brought while one was in the core on the same CPU: the forwarder sent something that came back at once. */
struct vr_cpu {
	bool inside;
	struct sk_buff_head waiting;
};

/* A loop of devices would feed such packets for ever. */
enum { MOST_IN_A_ROW = 64 };

static DEFINE_PER_CPU(struct vr_cpu, vr_cpus);

struct vr_waiting {
	struct vr_device *device;
};

#define VR_WAITING(skb) ((struct vr_waiting *)(skb)->cb)

static void lose(struct vr_device *device, struct sk_buff *skb)
{
	atomic64_inc(&device->receive_errors);
	kfree_skb(skb);
}

static void receive(struct vr_device *device, struct sk_buff *skb)
{
	struct vr_packet packet = {
		.length = skb->len,
		.segment_size = skb_is_gso(skb) ? skb_shinfo(skb)->gso_size : 0,
		.buffer = skb,
	};

	look(&packet);
	vr_receive(device->instance->router, device->interface, &packet, NULL);
}

/* Segments that the core's arithmetic holds for: TCP's, whose headers are at the skb's network header. */
static bool can_stay_whole(const struct vr_device *device, const struct sk_buff *skb)
{
	unsigned int known = SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_TCP_ECN | SKB_GSO_TCP_FIXEDID | SKB_GSO_DODGY;

	/* Of tunnels' packets many may come as one, which unwrapped would not be one packet. */
	if (device->type != VR_INTERFACE_PHYSICAL)
		known |= SKB_GSO_UDP_L4;
	return !(skb_shinfo(skb)->gso_type & ~known);
}

static void receive_segments(struct vr_device *device, struct sk_buff *skb)
{
	struct sk_buff *segments = skb_gso_segment(skb, NETIF_F_SG), *segment, *next;

	if (IS_ERR_OR_NULL(segments)) {
		lose(device, skb);
		return;
	}
	consume_skb(skb);
	skb_list_walk_safe(segments, segment, next) {
		skb_mark_not_on_list(segment);
		receive(device, segment);
	}
}

/* Gives the skb what the core counts on. NULL: it is gone. */
static struct sk_buff *prepare(struct vr_device *device, struct sk_buff *skb)
{
	skb_reset_mac_header(skb);
	if (skb_vlan_tag_present(skb)) {
		/* The device took the tag out; it frees the skb if there is no memory to put it back. */
		skb = __vlan_hwaccel_push_inside(skb);
		if (!skb) {
			atomic64_inc(&device->receive_errors);
			return NULL;
		}
		skb_reset_mac_header(skb);
	}
	if (skb_cow_head(skb, 0) || skb_orphan_frags(skb, GFP_ATOMIC))
		goto lost;
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		int offset = skb_checksum_start_offset(skb);

		/* From now on no read of it moves bytes; what points outside the packet points nowhere. */
		if (offset < 0 || !pskb_may_pull(skb, offset + skb->csum_offset + sizeof(__sum16)))
			goto lost;
	}
	skb_dst_drop(skb);
	nf_reset_ct(skb);
	skb_ext_reset(skb);
	skb->mark = 0;
	/* When it arrived means when to send it, to some queues. */
	skb_clear_tstamp(skb);
	return skb;
lost:
	lose(device, skb);
	return NULL;
}

static void take(struct vr_device *device, struct sk_buff *skb)
{
	skb = prepare(device, skb);
	if (!skb)
		return;
	if (skb_is_gso(skb) && !can_stay_whole(device, skb))
		receive_segments(device, skb);
	else
		receive(device, skb);
}

/* Takes what came while the core was busy, and leaves it. */
static void finish(struct vr_cpu *cpu)
{
	struct sk_buff *skb;
	unsigned int count;

	for (count = 0; (skb = __skb_dequeue(&cpu->waiting)) != NULL; count++) {
		if (count < MOST_IN_A_ROW)
			take(VR_WAITING(skb)->device, skb);
		else
			lose(VR_WAITING(skb)->device, skb);
	}
	cpu->inside = false;
}

void vr_input(struct vr_device *device, struct sk_buff *skb)
{
	struct vr_cpu *cpu = this_cpu_ptr(&vr_cpus);

	if (cpu->inside) {
		if (skb_queue_len(&cpu->waiting) >= MOST_IN_A_ROW) {
			lose(device, skb);
			return;
		}
		VR_WAITING(skb)->device = device;
		__skb_queue_tail(&cpu->waiting, skb);
		return;
	}
	cpu->inside = true;
	take(device, skb);
	finish(cpu);
}

void vr_enter(void)
	__acquires(RCU)
{
	local_bh_disable();
	rcu_read_lock();
	this_cpu_ptr(&vr_cpus)->inside = true;
}

void vr_leave(void)
	__releases(RCU)
{
	finish(this_cpu_ptr(&vr_cpus));
	rcu_read_unlock();
	local_bh_enable();
}

int vr_packet_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		__skb_queue_head_init(&per_cpu(vr_cpus, cpu).waiting);
	return 0;
}
