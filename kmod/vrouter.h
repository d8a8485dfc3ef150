/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the parts of the kernel port share. The port gives the forwarder's core (Runtime/Forwarder/include/port.h) and its control
 * (control.h) what they need from Linux; nothing here decides about packets.
 *
 *   memory.c       memory, deferral, time, locks
 *   packet.c       struct vr_packet as a view of a struct sk_buff; the door by which packets come in
 *   transmit.c     what a packet needs before a device takes it: checksums, segmentation
 *   device.c       interfaces and their network devices, which come and go
 *   own_device.c   devices whose other end is the forwarder: vhost0, pkt0
 *   netlink.c      the generic netlink family `vrouter`
 *   module.c       network namespaces, module parameters, loading, unloading
 *
 * Contexts and locks
 *
 *   Packets come in with bottom halves disabled, inside an RCU read-side section, and so leave: from a device's receive handler or from
 *   ndo_start_xmit of a device of our own. On one CPU one packet at a time is in the core (vr_input).
 *
 *   Requests run in process context under vr_instance.mutex. Those that reach what packets write on each CPU (flows, traces) run with
 *   bottom halves disabled as well. Those about interfaces hold the RTNL, taken before the mutex, for devices are attached under it.
 *
 *   vr_instance.devices, and each vr_device.dev, change under the RTNL. Packets see devices through RCU.
 */
#ifndef VR_KERNEL_H
#define VR_KERNEL_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>

#include "control.h"
#include "interface.h"
#include "port.h"
#include "router.h"

/* The forwarder of one network namespace. Exists with the namespace; `router` from the first request on. */
struct vr_instance {
	struct net *net;
	/* Guards router and control against other requests. */
	struct mutex mutex;
	struct vr_router *router;
	struct vr_control *control;
	/* Of struct vr_device. */
	struct list_head devices;
	struct delayed_work tick;
};

/* What an interface sends to and receives from: vr_interface.device. Outlives its network device, and waits for it. */
struct vr_device {
	struct vr_instance *instance;
	/* NULL while there is none of this name. */
	struct net_device __rcu *dev;
	netdevice_tracker tracker;
	struct list_head list;
	struct rcu_head rcu;
	atomic64_t receive_errors;
	u32 interface;
	/* An enum vr_interface_type. */
	u32 type;
	/* The number that the agent gave, or 0. */
	u32 system_index;
	bool wants_promiscuous;
	/* We have asked the device for it. */
	bool promiscuous;
	/* The device is of our own kind (own_device.c). */
	bool own;
	/* And was made for this interface: it goes with it. */
	bool made;
	char name[IFNAMSIZ];
};

/* ---- module.c */

extern unsigned int vr_net_id;
struct vr_instance *vr_instance_of(struct net *net);
/* Makes the router, if there is none yet. The mutex is held. */
int vr_instance_start(struct vr_instance *instance);

/* ---- memory.c */

int vr_memory_init(void);

/* ---- packet.c */

int vr_packet_init(void);
/* A frame came in on the device's interface, skb->data at its Ethernet header. Takes the skb. Bottom halves are disabled. */
void vr_input(struct vr_device *device, struct sk_buff *skb);
/* Around what uses this CPU's share of the core without a packet in hand, and may let packets go on. */
void vr_enter(void);
void vr_leave(void);
/* Makes the skb begin and end where the view does. -ENOMEM: it is as it was. The view is not to be used afterwards. */
int vr_packet_settle(struct sk_buff *skb, const struct vr_packet *packet);

/* ---- device.c */

/* Whose devices vr_port_attach looks among. Set under the RTNL around requests about interfaces. */
extern struct vr_instance *vr_attaching;
int vr_device_init(void);
void vr_device_exit(void);

/* ---- own_device.c */

int vr_own_device_init(void);
void vr_own_device_exit(void);
bool vr_own_device_is(const struct net_device *dev);
/* Makes a device and brings it up. The RTNL is held. */
struct net_device *vr_own_device_make(struct net *net, const char *name, const struct vr_mac *mac);
void vr_own_device_remove(struct net_device *dev);
/* What the host sends through the device goes to `device`; NULL: nowhere. -EBUSY: it has another. The RTNL is held. */
int vr_own_device_bind(struct net_device *dev, struct vr_device *device);
/* Hands the frame to the host. 0, or a negative errno; takes the skb in any case. */
int vr_own_device_deliver(struct net_device *dev, struct sk_buff *skb);

/* ---- netlink.c */

int vr_netlink_init(void);
void vr_netlink_exit(void);
/* Tells whoever listens that an interface's device has changed. The RTNL is held. */
void vr_netlink_device_changed(struct vr_instance *instance, u32 interface);

#endif
