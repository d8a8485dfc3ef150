// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Loading and unloading, and a forwarder for each network namespace. Its tables are made by the first request there: a namespace that
 * nobody forwards in costs nothing.
 *
 * Unloading goes against the way of packets: no more requests; devices are let go of, one grace period each, after which no packet is in the
 * core; then tables go, and what was deferred.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "vrouter.h"
#include "vrouter_family.h"

#define VERSION "0.2"

enum { TICK_MS = 100 };

unsigned int vr_net_id __read_mostly;

/* ---- How large tables are */

#define LIMIT(name, sentence)                                \
	static unsigned int name;                            \
	module_param(name, uint, 0444);                      \
	MODULE_PARM_DESC(name, sentence " (0: the default)")

LIMIT(interfaces, "Interfaces of all types");
LIMIT(vrfs, "VRFs, the underlay's included");
LIMIT(next_hops, "Next hops");
LIMIT(labels, "Incoming MPLS labels are below this");
LIMIT(vxlan_networks, "VXLAN networks known at the same time");
LIMIT(bridge_entries, "MAC addresses of all VRFs together");
LIMIT(flows, "Flows that are found by hashing directly, a power of two");
LIMIT(overflow_flows, "Flows whose place is taken");
LIMIT(held_flows, "Flows that may wait for the agent");
LIMIT(fragments, "Datagrams whose fragments are followed, a power of two");

static struct vr_limits limits_wanted(void)
{
	struct vr_limits limits = vr_default_limits;

#define TAKE(name) limits.name = name ? name : limits.name
	TAKE(interfaces);
	TAKE(vrfs);
	TAKE(next_hops);
	TAKE(labels);
	TAKE(vxlan_networks);
	TAKE(bridge_entries);
	TAKE(flows);
	TAKE(overflow_flows);
	TAKE(held_flows);
	TAKE(fragments);
#undef TAKE
	return limits;
}

/* ---- Namespaces */

struct vr_instance *vr_instance_of(struct net *net)
{
	return net_generic(net, vr_net_id);
}

static void tick(struct work_struct *work)
{
	struct vr_instance *instance = container_of(to_delayed_work(work), struct vr_instance, tick);

	mutex_lock(&instance->mutex);
	vr_enter();
	vr_tick(instance->router);
	vr_leave();
	mutex_unlock(&instance->mutex);
	schedule_delayed_work(&instance->tick, msecs_to_jiffies(TICK_MS));
}

int vr_instance_start(struct vr_instance *instance)
{
	struct vr_limits limits = limits_wanted();
	int error;

	lockdep_assert_held(&instance->mutex);
	if (instance->router)
		return 0;
	error = vr_router_create(&limits, &instance->router);
	if (error)
		return error;
	error = vr_control_create(instance->router, "Tungsten " VERSION " kernel module", VROUTER_FORWARDER_PORT_KERNEL,
				  &instance->control);
	if (error) {
		vr_router_destroy(instance->router);
		instance->router = NULL;
		return error;
	}
	schedule_delayed_work(&instance->tick, msecs_to_jiffies(TICK_MS));
	return 0;
}

static int __net_init init_namespace(struct net *net)
{
	struct vr_instance *instance = vr_instance_of(net);

	instance->net = net;
	mutex_init(&instance->mutex);
	INIT_LIST_HEAD(&instance->devices);
	INIT_DELAYED_WORK(&instance->tick, tick);
	return 0;
}

static void __net_exit exit_namespace(struct net *net)
{
	struct vr_instance *instance = vr_instance_of(net);

	if (instance->router)
		cancel_delayed_work_sync(&instance->tick);
	rtnl_lock();
	vr_control_destroy(instance->control);
	instance->control = NULL;
	rtnl_unlock();
	vr_router_destroy(instance->router);
	instance->router = NULL;
	mutex_destroy(&instance->mutex);
}

static struct pernet_operations namespaces = {
	.init = init_namespace,
	.exit = exit_namespace,
	.id = &vr_net_id,
	.size = sizeof(struct vr_instance),
};

/* ---- The module */

static int check_limits(void)
{
	struct vr_limits limits = limits_wanted();
	struct vr_router *router;
	int error = vr_router_create(&limits, &router);

	if (error == -EINVAL)
		pr_err("vrouter: a table's size is out of range; Runtime/Forwarder/include/router.h says what it may be\n");
	if (!error)
		vr_router_destroy(router);
	return error;
}

static int __init vr_module_init(void)
{
	int error;

	vr_memory_init();
	vr_packet_init();
	error = check_limits();
	if (error)
		return error;
	error = vr_own_device_init();
	if (error)
		return error;
	error = register_pernet_subsys(&namespaces);
	if (error)
		goto no_namespaces;
	error = vr_device_init();
	if (error)
		goto no_devices;
	error = vr_netlink_init();
	if (error)
		goto no_netlink;
	return 0;
no_netlink:
	vr_device_exit();
no_devices:
	unregister_pernet_subsys(&namespaces);
no_namespaces:
	vr_own_device_exit();
	return error;
}

static void __exit vr_module_exit(void)
{
	vr_netlink_exit();
	/* Devices are told that they are gone, which lets go of them. */
	vr_device_exit();
	unregister_pernet_subsys(&namespaces);
	vr_own_device_exit();
	vr_port_drain();
}

module_init(vr_module_init);
module_exit(vr_module_exit);

MODULE_DESCRIPTION("Tungsten forwarder");
MODULE_VERSION(VERSION);
MODULE_LICENSE("Dual BSD/GPL");
