// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Interfaces and their network devices: a struct vr_device finds its device by name or number, receives what it brings, and lives on when it goes, to
 * wait for the next of that name.
 *
 * An interface of any type can have any Ethernet device. A device belongs to one interface: it has one receive handler, which a bridge or
 * another forwarder may have taken. Everything here that changes something runs under the RTNL.
 */
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

#include "vrouter.h"
#include "vrouter_interface.h"

struct vr_instance *vr_attaching;

/* The RTNL's holder makes or removes a device itself, or has changed one: what it is told about that it knows. */
static bool changing;

/* ---- Receiving */

static rx_handler_result_t receive(struct sk_buff **at)
{
	struct vr_device *device = rcu_dereference((*at)->dev->rx_handler_data);
	struct sk_buff *skb;

	if (unlikely((*at)->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	skb = skb_share_check(*at, GFP_ATOMIC);
	if (unlikely(!skb))
		return RX_HANDLER_CONSUMED;
	/* The stack has taken the Ethernet header off and left it where it was. */
	skb_push(skb, skb->data - skb_mac_header(skb));
	vr_input(device, skb);
	return RX_HANDLER_CONSUMED;
}

/* ---- Binding */

static struct net_device *find_net_device(const struct vr_device *device)
{
	struct net *net = device->instance->net;

	return device->system_index ? __dev_get_by_index(net, device->system_index) : __dev_get_by_name(net, device->name);
}

static void set_promiscuous(struct vr_device *device, struct net_device *dev, bool promiscuous)
{
	if (promiscuous != device->promiscuous && dev_set_promiscuity(dev, promiscuous ? 1 : -1) == 0)
		device->promiscuous = promiscuous;
}

static int bind(struct vr_device *device, struct net_device *dev)
{
	int error;

	if (dev->type != ARPHRD_ETHER || (dev->flags & IFF_LOOPBACK))
		return -EINVAL;
	device->own = vr_own_device_is(dev);
	if (device->own) {
		error = vr_own_device_bind(dev, device);
	} else {
		error = netdev_rx_handler_register(dev, receive, device);
		/* Segments that a device merged for the host cannot be told apart again. */
		if (!error)
			dev_disable_lro(dev);
	}
	if (error)
		return error;
	set_promiscuous(device, dev, device->wants_promiscuous);
	netdev_hold(dev, &device->tracker, GFP_KERNEL);
	rcu_assign_pointer(device->dev, dev);
	return 0;
}

/* Returns once no packet that the device brought is on its way into the forwarder. */
static void unbind(struct vr_device *device)
{
	struct net_device *dev = rtnl_dereference(device->dev);

	if (!dev)
		return;
	set_promiscuous(device, dev, false);
	if (device->own) {
		vr_own_device_bind(dev, NULL);
		synchronize_net();
	} else {
		netdev_rx_handler_unregister(dev);
	}
	RCU_INIT_POINTER(device->dev, NULL);
	netdev_put(dev, &device->tracker);
}

/* ---- What control asks for (control.h) */

static bool is_for_host(u32 type)
{
	return type == VR_INTERFACE_HOST || type == VR_INTERFACE_AGENT;
}

static bool is_same(const struct vr_device *device, const struct vr_device_wanted *wanted)
{
	return device->type == wanted->type && device->system_index == wanted->system_index && strcmp(device->name, wanted->name) == 0;
}

static int attach(const struct vr_device_wanted *wanted, struct vr_device *device)
{
	struct net_device *dev = find_net_device(device);
	int error;

	if (dev)
		return bind(device, dev);
	/* It may come. Those of our own kind come from nobody else. */
	if (!is_for_host(device->type) || device->system_index)
		return 0;
	dev = vr_own_device_make(device->instance->net, device->name, &wanted->mac);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	device->made = true;
	error = bind(device, dev);
	if (error)
		vr_own_device_remove(dev);
	return error;
}

int vr_port_attach(const struct vr_device_wanted *wanted, void *old, void **made)
{
	struct vr_device *device = old;
	int error;

	ASSERT_RTNL();
	if (wanted->transport != VROUTER_INTERFACE_TRANSPORT_VIRTUAL && wanted->transport != VROUTER_INTERFACE_TRANSPORT_ETHERNET)
		return -EOPNOTSUPP;
	if (strlen(wanted->name) >= IFNAMSIZ || !vr_attaching)
		return -EINVAL;
	changing = true;
	if (device && is_same(device, wanted)) {
		struct net_device *dev = rtnl_dereference(device->dev);

		device->wants_promiscuous = wanted->flags & VR_INTERFACE_PROMISCUOUS;
		if (dev)
			set_promiscuous(device, dev, device->wants_promiscuous);
		*made = device;
		changing = false;
		return 0;
	}
	device = kzalloc(sizeof(*device), GFP_KERNEL);
	if (!device) {
		changing = false;
		return -ENOMEM;
	}
	device->instance = vr_attaching;
	device->interface = wanted->interface;
	device->type = wanted->type;
	device->system_index = wanted->system_index;
	device->wants_promiscuous = wanted->flags & VR_INTERFACE_PROMISCUOUS;
	strscpy(device->name, wanted->name, sizeof(device->name));
	error = attach(wanted, device);
	changing = false;
	if (error) {
		kfree(device);
		return error;
	}
	list_add_tail(&device->list, &vr_attaching->devices);
	*made = device;
	return 0;
}

void vr_port_detach(void *opaque)
{
	struct vr_device *device = opaque;
	struct net_device *dev;

	if (!device)
		return;
	ASSERT_RTNL();
	dev = rtnl_dereference(device->dev);
	changing = true;
	list_del(&device->list);
	unbind(device);
	if (dev && device->made)
		vr_own_device_remove(dev);
	changing = false;
	/* Packets on other CPUs may still be about to send to it. */
	kfree_rcu(device, rcu);
}

void vr_port_device_get(void *opaque, struct vr_device_state *state)
{
	struct vr_device *device = opaque;
	struct ethtool_link_ksettings settings;
	struct net_device *dev;

	memset(state, 0, sizeof(*state));
	if (!device)
		return;
	ASSERT_RTNL();
	state->receive_errors = atomic64_read(&device->receive_errors);
	dev = rtnl_dereference(device->dev);
	if (!dev)
		return;
	state->link_up = netif_running(dev) && netif_carrier_ok(dev);
	state->system_index = dev->ifindex;
	state->mtu = dev->mtu;
	if (__ethtool_get_link_ksettings(dev, &settings) == 0 && settings.base.speed != (u32)SPEED_UNKNOWN)
		state->speed = settings.base.speed;
}

/* ---- Devices that come, go and change */

static void tell(struct vr_device *device)
{
	vr_netlink_device_changed(device->instance, device->interface);
}

static int device_event(struct notifier_block *block, unsigned long event, void *pointer)
{
	struct net_device *dev = netdev_notifier_info_to_dev(pointer);
	struct vr_instance *instance = vr_instance_of(dev_net(dev));
	struct vr_device *device;

	if (changing)
		return NOTIFY_DONE;
	list_for_each_entry(device, &instance->devices, list) {
		bool is_its = rtnl_dereference(device->dev) == dev;

		switch (event) {
		case NETDEV_UNREGISTER:
			if (is_its) {
				unbind(device);
				device->made = false;
				tell(device);
			}
			break;
		case NETDEV_REGISTER:
		case NETDEV_CHANGENAME:
			if (!rtnl_dereference(device->dev) && find_net_device(device) == dev) {
				/* It was not there to be asked for when the interface was added; the agent learns now. */
				if (bind(device, dev))
					netdev_warn(dev, "vrouter: interface %u cannot have this device\n", device->interface);
				else
					tell(device);
			}
			break;
		case NETDEV_UP:
		case NETDEV_DOWN:
		case NETDEV_CHANGE:
		case NETDEV_CHANGEMTU:
			if (is_its)
				tell(device);
			break;
		default:
			break;
		}
	}
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {.notifier_call = device_event};

int vr_device_init(void)
{
	return register_netdevice_notifier(&notifier);
}

void vr_device_exit(void)
{
	unregister_netdevice_notifier(&notifier);
}
