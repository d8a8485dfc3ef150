// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The generic netlink family `vrouter`: requests in, answers out. The attributes behind the generic netlink header are those of the
 * messages (Runtime/Forwarder/messages), read by the codec that every port has, so that the family has no policy of its own.
 *
 * A request is answered by the entries that it asked for, as many to a datagram as fit, and by one `response`. If it failed, netlink's own error
 * message follows with the same errno, the explanation and the attribute to blame (extended acknowledgement); with NLM_F_ACK, an
 * acknowledgement. Dumps go in parts by the messages' own cursors.
 */
#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>

#include "vrouter.h"
#include "vrouter_family.h"
#include "vrouter_flow.h"
#include "vrouter_interface.h"
#include "vrouter_label.h"
#include "vrouter_next_hop.h"
#include "vrouter_route.h"
#include "vrouter_statistics.h"
#include "vrouter_trace.h"
#include "vrouter_vrf.h"

enum {
	/* What entries of one part of a dump take, before netlink's headers. */
	PART_BYTES = 24576,
	/* What a datagram is begun with; a message that is longer gets one that has room for it. */
	DATAGRAM_BYTES = 8192,
};

static struct genl_family family;
/* The family is registered. Changes under the RTNL. */
static bool registered;

/* ---- Answers */

struct answer {
	struct net *net;
	/* The datagram that is being filled. */
	struct sk_buff *skb;
	u32 portid;
	u32 sequence;
	gfp_t flags;
	/* To whoever listens, instead of whoever asked. */
	bool multicast;
	/* Of the `response`. */
	struct vrouter_response *response;
};

static int send(struct answer *answer)
{
	struct sk_buff *skb = answer->skb;

	answer->skb = NULL;
	if (!skb)
		return 0;
	if (!answer->multicast)
		return genlmsg_unicast(answer->net, skb, answer->portid);
	/* That nobody listens is no failure. */
	genlmsg_multicast_netns(&family, answer->net, skb, 0, 0, answer->flags);
	return 0;
}

static int write(void *context, uint8_t command, const void *attributes, size_t length)
{
	struct answer *answer = context;
	size_t needed = nlmsg_total_size(GENL_HDRLEN + length);
	void *header;
	int error;

	if (command == VROUTER_COMMAND_RESPONSE && answer->response)
		vrouter_response_decode(answer->response, attributes, length);
	if (answer->skb && skb_tailroom(answer->skb) < needed) {
		error = send(answer);
		if (error)
			return error;
	}
	if (!answer->skb) {
		answer->skb = nlmsg_new(max_t(size_t, needed, DATAGRAM_BYTES), answer->flags);
		if (!answer->skb)
			return -ENOMEM;
	}
	header = genlmsg_put(answer->skb, answer->portid, answer->sequence, &family, 0, command);
	if (!header)
		return -EMSGSIZE;
	skb_put_data(answer->skb, attributes, length);
	genlmsg_end(answer->skb, header);
	return 0;
}

/* ---- Requests */

/*
 * Explanations for extended acknowledgements. Netlink reads the text after the request's function has returned, so that it cannot be on the stack or the
 * instance's; before 6.2 it takes nothing but a pointer. A text stays until as many other requests have failed.
 */
enum { EXPLANATIONS = 64 };
static char explanations[EXPLANATIONS][VROUTER_RESPONSE_MAXIMUM_EXPLANATION + 1];
static atomic_t explanation_count;

static void explain(struct genl_info *info, const struct vrouter_response *response)
{
	const u8 *attributes = genlmsg_data(info->genlhdr);
	unsigned int length = genlmsg_len(info->genlhdr);

	if (!info->extack)
		return;
	if (response->present & VROUTER_RESPONSE_HAS_EXPLANATION) {
		char *text = explanations[(unsigned int)atomic_inc_return(&explanation_count) % EXPLANATIONS];

		strscpy(text, response->explanation, sizeof(explanations[0]));
		info->extack->_msg = text;
	}
	if ((response->present & VROUTER_RESPONSE_HAS_OFFSET) && response->offset < length)
		info->extack->bad_attr = (const struct nlattr *)(attributes + response->offset);
}

/* Whether the request reaches what packets write on each CPU. */
static bool holds_packets_off(u8 command)
{
	return command == VROUTER_COMMAND_FLOW || command == VROUTER_COMMAND_TRACE;
}

static int request(struct vr_instance *instance, struct genl_info *info, struct answer *answer)
{
	struct vr_control_answer where = {.write = write, .context = answer, .part_bytes = PART_BYTES};
	u8 command = info->genlhdr->cmd;
	int error;

	mutex_lock(&instance->mutex);
	error = vr_instance_start(instance);
	if (error) {
		NL_SET_ERR_MSG(info->extack, "there is no memory for the forwarder's tables: see the module's parameters");
		goto unlock;
	}
	if (holds_packets_off(command)) {
		vr_enter();
		answer->flags = GFP_ATOMIC;
	}
	error = vr_control_request(instance->control, command, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), &where);
	if (holds_packets_off(command))
		vr_leave();
unlock:
	mutex_unlock(&instance->mutex);
	return error;
}

static int doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	struct vr_instance *instance = vr_instance_of(net);
	struct vrouter_response response = {.present = 0};
	struct answer answer = {
		.net = net,
		.portid = info->snd_portid,
		.sequence = info->snd_seq,
		.flags = GFP_KERNEL,
		.response = &response,
	};
	bool has_devices = info->genlhdr->cmd == VROUTER_COMMAND_INTERFACE;
	int error, sent;

	if (has_devices) {
		rtnl_lock();
		vr_attaching = instance;
	}
	error = request(instance, info, &answer);
	if (has_devices) {
		vr_attaching = NULL;
		rtnl_unlock();
	}
	sent = send(&answer);
	if (error || sent)
		return error ? error : sent;
	if (!response.error)
		return 0;
	explain(info, &response);
	return -(int)response.error;
}

/* ---- What nobody asked for */

void vr_netlink_device_changed(struct vr_instance *instance, u32 interface)
{
	struct answer answer = {.net = instance->net, .flags = GFP_KERNEL, .multicast = true};
	struct vr_control_answer where = {.write = write, .context = &answer, .part_bytes = PART_BYTES};

	ASSERT_RTNL();
	if (!registered)
		return;
	mutex_lock(&instance->mutex);
	if (instance->control)
		vr_control_device_changed(instance->control, interface, &where);
	mutex_unlock(&instance->mutex);
	send(&answer);
}

/* ---- The family */

/* The codec looks at attributes; strict validation would refuse all of a family that has no policy. */
#define OPERATION(name)                                                                                               \
	{                                                                                                             \
		.cmd = VROUTER_COMMAND_##name, .doit = doit, .flags = GENL_ADMIN_PERM, .validate = GENL_DONT_VALIDATE_STRICT, \
	}

static const struct genl_small_ops operations[] = {
	OPERATION(HELLO),
	OPERATION(INTERFACE),
	OPERATION(NEXT_HOP),
	OPERATION(ROUTE),
	OPERATION(LABEL),
	OPERATION(VXLAN_NETWORK),
	OPERATION(FLOW),
	OPERATION(FLOW_TABLE),
	OPERATION(VRF),
	OPERATION(VRF_STATISTICS),
	OPERATION(DROP_STATISTICS),
	OPERATION(DROP_RECORD),
	OPERATION(TRACE),
};

static const struct genl_multicast_group groups[] = {
	/* Messages `interface`, when a device has appeared, disappeared or changed. */
	{.name = "interfaces"},
};

static struct genl_family family __ro_after_init = {
	.name = VROUTER_FAMILY_NAME,
	.version = VROUTER_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	/* Requests in different namespaces do not wait for each other; those in one have the instance's mutex. */
	.parallel_ops = true,
	.small_ops = operations,
	.n_small_ops = ARRAY_SIZE(operations),
	/* Commands from here on would be held to a policy. */
	.resv_start_op = U8_MAX,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int vr_netlink_init(void)
{
	int error = genl_register_family(&family);

	if (!error) {
		rtnl_lock();
		registered = true;
		rtnl_unlock();
	}
	return error;
}

/* Returns once no request is being done. */
void vr_netlink_exit(void)
{
	rtnl_lock();
	registered = false;
	rtnl_unlock();
	genl_unregister_family(&family);
}
