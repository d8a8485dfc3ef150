// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Network devices whose other end is the forwarder: what the host sends through one is received by an interface, and what the interface sends
 * the host receives. `vhost0` carries the host's underlay address; through `pkt0` the agent exchanges packets with an AF_PACKET socket.
 *
 * An interface of type host or agent makes its device if there is none of its name, and takes it along when it goes. A device that was made
 * before (`ip link add vhost0 type vrouter`) stays.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/version.h>
#include <net/rtnetlink.h>

#include "trap.h"
#include "vrouter.h"

struct vr_own_device {
	/* NULL: no interface has the device. */
	struct vr_device __rcu *device;
};

static netdev_tx_t start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct vr_own_device *own = netdev_priv(dev);
	unsigned int length = skb->len;
	struct vr_device *device;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		goto dropped;
	rcu_read_lock();
	device = rcu_dereference(own->device);
	/* The agent's frames have a type of their own; whatever else uses the device has no meaning to the forwarder. */
	if (!device || !pskb_may_pull(skb, ETH_HLEN) ||
	    (device->type == VR_INTERFACE_AGENT && ((struct ethhdr *)skb->data)->h_proto != htons(VR_TYPE_AGENT))) {
		rcu_read_unlock();
		kfree_skb(skb);
		goto dropped;
	}
	dev_sw_netstats_tx_add(dev, 1, length);
	vr_input(device, skb);
	rcu_read_unlock();
	return NETDEV_TX_OK;
dropped:
	dev_core_stats_tx_dropped_inc(dev);
	return NETDEV_TX_OK;
}

int vr_own_device_deliver(struct net_device *dev, struct sk_buff *skb)
{
	unsigned int length = skb->len;

	if (!(dev->flags & IFF_UP)) {
		kfree_skb(skb);
		return -ENETDOWN;
	}
	skb->pkt_type = PACKET_HOST;
	skb->protocol = eth_type_trans(skb, dev);
	skb_reset_network_header(skb);
	dev_sw_netstats_rx_add(dev, length);
	return netif_rx(skb) == NET_RX_SUCCESS ? 0 : -ENOBUFS;
}

static int own_init(struct net_device *dev)
{
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	return dev->tstats ? 0 : -ENOMEM;
}

static void own_uninit(struct net_device *dev)
{
	free_percpu(dev->tstats);
	dev->tstats = NULL;
}

static const struct net_device_ops own_ops = {
	.ndo_init = own_init,
	.ndo_uninit = own_uninit,
	.ndo_start_xmit = start_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
};

static void setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &own_ops;
	dev->needs_free_netdev = true;
	/* Packets that go through here are changed, so that nobody may send one twice; and the forwarder sleeps for nobody's console. */
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_NO_QUEUE | IFF_DISABLE_NETPOLL;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
	dev->features |= NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM | NETIF_F_HIGHDMA | NETIF_F_GSO_SOFTWARE;
	dev->hw_features |= dev->features;
	dev->max_mtu = ETH_MAX_MTU;
	eth_hw_addr_random(dev);
}

static struct rtnl_link_ops link_ops __read_mostly = {
	.kind = "vrouter",
	.priv_size = sizeof(struct vr_own_device),
	.setup = setup,
};

bool vr_own_device_is(const struct net_device *dev)
{
	return dev->netdev_ops == &own_ops;
}

int vr_own_device_bind(struct net_device *dev, struct vr_device *device)
{
	struct vr_own_device *own = netdev_priv(dev);

	if (device && rtnl_dereference(own->device))
		return -EBUSY;
	rcu_assign_pointer(own->device, device);
	return 0;
}

struct net_device *vr_own_device_make(struct net *net, const char *name, const struct vr_mac *mac)
{
	struct net_device *dev = alloc_netdev(sizeof(struct vr_own_device), name, NET_NAME_USER, setup);
	int error;

	if (!dev)
		return ERR_PTR(-ENOMEM);
	dev_net_set(dev, net);
	dev->rtnl_link_ops = &link_ops;
	if (is_valid_ether_addr(mac->bytes))
		eth_hw_addr_set(dev, mac->bytes);
	error = register_netdevice(dev);
	if (error) {
		free_netdev(dev);
		return ERR_PTR(error);
	}
	error = dev_open(dev, NULL);
	if (error) {
		unregister_netdevice(dev);
		return ERR_PTR(error);
	}
	return dev;
}

void vr_own_device_remove(struct net_device *dev)
{
	unregister_netdevice(dev);
}

int vr_own_device_init(void)
{
	return rtnl_link_register(&link_ops);
}

/* Takes devices that are left along. */
void vr_own_device_exit(void)
{
	rtnl_link_unregister(&link_ops);
}

MODULE_ALIAS_RTNL_LINK("vrouter");
