/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Made by schemac from flow.xml. Change the schema, not this file; to make it again:
 * schemac compile --backend c-forwarder --out Runtime/Forwarder/messages Schema/Forwarder
 *
 * Names of numbers, and the tables by which core/vrouter_attributes.c reads and writes messages.
 */
#include "vrouter_flow.h"

const char *vrouter_flow_action_name(uint32_t value)
{
    switch (value) {
    case VROUTER_FLOW_ACTION_DROP:
        return "drop";
    case VROUTER_FLOW_ACTION_HOLD:
        return "hold";
    case VROUTER_FLOW_ACTION_FORWARD:
        return "forward";
    case VROUTER_FLOW_ACTION_TRANSLATE:
        return "translate";
    default:
        return NULL;
    }
}

const char *vrouter_flow_flags_name(uint32_t bit)
{
    switch (bit) {
    case 1:
        return "translate-source";
    case 2:
        return "translate-source-port";
    case 3:
        return "translate-destination";
    case 4:
        return "translate-destination-port";
    case 5:
        return "trap-ecmp";
    case 6:
        return "delete-marked";
    case 7:
        return "bgp-service";
    case 8:
        return "modified";
    case 10:
        return "evict-candidate";
    case 11:
        return "evicted";
    case 13:
        return "mirror";
    case 14:
        return "vrf-translate";
    case 15:
        return "link-local";
    default:
        return NULL;
    }
}

const char *vrouter_tcp_state_name(uint32_t bit)
{
    switch (bit) {
    case 0:
        return "fin";
    case 1:
        return "half-closed";
    case 2:
        return "fin-reverse";
    case 3:
        return "syn";
    case 4:
        return "syn-reverse";
    case 5:
        return "established";
    case 6:
        return "established-reverse";
    case 7:
        return "reset";
    case 15:
        return "dead";
    default:
        return NULL;
    }
}

const char *vrouter_flow_drop_reason_name(uint32_t value)
{
    switch (value) {
    case VROUTER_FLOW_DROP_REASON_UNKNOWN:
        return "unknown";
    case VROUTER_FLOW_DROP_REASON_INTERFACE_UNAVAILABLE:
        return "interface-unavailable";
    case VROUTER_FLOW_DROP_REASON_IPV4_DISABLED:
        return "ipv4-disabled";
    case VROUTER_FLOW_DROP_REASON_VRF_UNAVAILABLE:
        return "vrf-unavailable";
    case VROUTER_FLOW_DROP_REASON_NO_SOURCE_ROUTE:
        return "no-source-route";
    case VROUTER_FLOW_DROP_REASON_NO_DESTINATION_ROUTE:
        return "no-destination-route";
    case VROUTER_FLOW_DROP_REASON_AUDIT:
        return "audit";
    case VROUTER_FLOW_DROP_REASON_VRF_CHANGE:
        return "vrf-change";
    case VROUTER_FLOW_DROP_REASON_NO_REVERSE_FLOW:
        return "no-reverse-flow";
    case VROUTER_FLOW_DROP_REASON_REVERSE_FLOW_CHANGE:
        return "reverse-flow-change";
    case VROUTER_FLOW_DROP_REASON_TRANSLATION_CHANGE:
        return "translation-change";
    case VROUTER_FLOW_DROP_REASON_FLOW_LIMIT:
        return "flow-limit";
    case VROUTER_FLOW_DROP_REASON_LINK_LOCAL_SOURCE:
        return "link-local-source";
    case VROUTER_FLOW_DROP_REASON_INSTALL_FAILED:
        return "install-failed";
    case VROUTER_FLOW_DROP_REASON_INVALID_BRIDGED_FLOW:
        return "invalid-bridged-flow";
    case VROUTER_FLOW_DROP_REASON_SERVICE_NODE:
        return "service-node";
    case VROUTER_FLOW_DROP_REASON_NO_MIRROR:
        return "no-mirror";
    case VROUTER_FLOW_DROP_REASON_SAME_KEYS:
        return "same-keys";
    case VROUTER_FLOW_DROP_REASON_PORT_MAP:
        return "port-map";
    case VROUTER_FLOW_DROP_REASON_NO_SOURCE_MAC_ROUTE:
        return "no-source-mac-route";
    case VROUTER_FLOW_DROP_REASON_FAT_FLOW_TRANSLATION:
        return "fat-flow-translation";
    case VROUTER_FLOW_DROP_REASON_POLICY:
        return "policy";
    case VROUTER_FLOW_DROP_REASON_OUT_POLICY:
        return "out-policy";
    case VROUTER_FLOW_DROP_REASON_SECURITY_GROUP:
        return "security-group";
    case VROUTER_FLOW_DROP_REASON_OUT_SECURITY_GROUP:
        return "out-security-group";
    case VROUTER_FLOW_DROP_REASON_REVERSE_SECURITY_GROUP:
        return "reverse-security-group";
    case VROUTER_FLOW_DROP_REASON_REVERSE_OUT_SECURITY_GROUP:
        return "reverse-out-security-group";
    case VROUTER_FLOW_DROP_REASON_FIREWALL:
        return "firewall";
    case VROUTER_FLOW_DROP_REASON_OUT_FIREWALL:
        return "out-firewall";
    case VROUTER_FLOW_DROP_REASON_REVERSE_FIREWALL:
        return "reverse-firewall";
    case VROUTER_FLOW_DROP_REASON_REVERSE_OUT_FIREWALL:
        return "reverse-out-firewall";
    case VROUTER_FLOW_DROP_REASON_FIREWALL_SERVICE:
        return "firewall-service";
    case VROUTER_FLOW_DROP_REASON_OUT_FIREWALL_SERVICE:
        return "out-firewall-service";
    case VROUTER_FLOW_DROP_REASON_REVERSE_FIREWALL_SERVICE:
        return "reverse-firewall-service";
    case VROUTER_FLOW_DROP_REASON_REVERSE_OUT_FIREWALL_SERVICE:
        return "reverse-out-firewall-service";
    default:
        return NULL;
    }
}

const char *vrouter_flow_drop_reason_sentence(uint32_t value)
{
    switch (value) {
    case VROUTER_FLOW_DROP_REASON_UNKNOWN:
        return "No reason was given.";
    case VROUTER_FLOW_DROP_REASON_INTERFACE_UNAVAILABLE:
        return "The interface is not active, or not known to the agent.";
    case VROUTER_FLOW_DROP_REASON_IPV4_DISABLED:
        return "The network of the interface does not forward IP packets.";
    case VROUTER_FLOW_DROP_REASON_VRF_UNAVAILABLE:
        return "The VRF is being deleted or has not been configured yet.";
    case VROUTER_FLOW_DROP_REASON_NO_SOURCE_ROUTE:
        return "There is no route back to the source address.";
    case VROUTER_FLOW_DROP_REASON_NO_DESTINATION_ROUTE:
        return "There is no route to the destination address.";
    case VROUTER_FLOW_DROP_REASON_AUDIT:
        return "The forwarder had a flow that the agent did not know.";
    case VROUTER_FLOW_DROP_REASON_VRF_CHANGE:
        return "The interface moved to another VRF while the flow was set up.";
    case VROUTER_FLOW_DROP_REASON_NO_REVERSE_FLOW:
        return "The other direction's entry could not be made.";
    case VROUTER_FLOW_DROP_REASON_REVERSE_FLOW_CHANGE:
        return "The other direction's entry was taken by another flow.";
    case VROUTER_FLOW_DROP_REASON_TRANSLATION_CHANGE:
        return "The addresses to translate to have changed, so the flow must begin anew.";
    case VROUTER_FLOW_DROP_REASON_FLOW_LIMIT:
        return "The interface, its network or the host has as many flows as it may have.";
    case VROUTER_FLOW_DROP_REASON_LINK_LOCAL_SOURCE:
        return "No port of the host is free to translate the source to, for a link-local service.";
    case VROUTER_FLOW_DROP_REASON_INSTALL_FAILED:
        return "The forwarder refused the entry.";
    case VROUTER_FLOW_DROP_REASON_INVALID_BRIDGED_FLOW:
        return "Neither source nor destination MAC address is known in the VRF.";
    case VROUTER_FLOW_DROP_REASON_SERVICE_NODE:
        return "A service node does not forward for others.";
    case VROUTER_FLOW_DROP_REASON_NO_MIRROR:
        return "The mirror that a rule asks for does not exist.";
    case VROUTER_FLOW_DROP_REASON_SAME_KEYS:
        return "Both directions have the same key, so they cannot be told apart.";
    case VROUTER_FLOW_DROP_REASON_PORT_MAP:
        return "The floating address does not map the destination port.";
    case VROUTER_FLOW_DROP_REASON_NO_SOURCE_MAC_ROUTE:
        return "There is no entry for the source MAC address, and the network checks it.";
    case VROUTER_FLOW_DROP_REASON_FAT_FLOW_TRANSLATION:
        return "The flow was merged with others by a fat-flow rule, and cannot be translated.";
    case VROUTER_FLOW_DROP_REASON_POLICY:
        return "A rule of a network policy denies it.";
    case VROUTER_FLOW_DROP_REASON_OUT_POLICY:
        return "A rule of a network policy on the destination's side denies it.";
    case VROUTER_FLOW_DROP_REASON_SECURITY_GROUP:
        return "No rule of the security groups allows it.";
    case VROUTER_FLOW_DROP_REASON_OUT_SECURITY_GROUP:
        return "No rule of the security groups on the destination's side allows it.";
    case VROUTER_FLOW_DROP_REASON_REVERSE_SECURITY_GROUP:
        return "No rule of the security groups allows the answer.";
    case VROUTER_FLOW_DROP_REASON_REVERSE_OUT_SECURITY_GROUP:
        return "No rule of the security groups on the destination's side allows the answer.";
    case VROUTER_FLOW_DROP_REASON_FIREWALL:
        return "A rule of an application policy set denies it.";
    case VROUTER_FLOW_DROP_REASON_OUT_FIREWALL:
        return "A rule of an application policy set on the destination's side denies it.";
    case VROUTER_FLOW_DROP_REASON_REVERSE_FIREWALL:
        return "A rule of an application policy set denies the answer.";
    case VROUTER_FLOW_DROP_REASON_REVERSE_OUT_FIREWALL:
        return "A rule of an application policy set on the destination's side denies the answer.";
    case VROUTER_FLOW_DROP_REASON_FIREWALL_SERVICE:
        return "A rule of a firewall group (FWaaS) denies it.";
    case VROUTER_FLOW_DROP_REASON_OUT_FIREWALL_SERVICE:
        return "A rule of a firewall group on the destination's side denies it.";
    case VROUTER_FLOW_DROP_REASON_REVERSE_FIREWALL_SERVICE:
        return "A rule of a firewall group denies the answer.";
    case VROUTER_FLOW_DROP_REASON_REVERSE_OUT_FIREWALL_SERVICE:
        return "A rule of a firewall group on the destination's side denies the answer.";
    default:
        return NULL;
    }
}

static const struct vrouter_attribute vrouter_flow_key_attributes[] = {
    {
        .name = "next-hop", .number = 1, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_flow_key, next_hop),
        .size = sizeof(((struct vrouter_flow_key *)0)->next_hop),
    },
    {
        .name = "protocol", .number = 2, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_flow_key, protocol),
        .size = sizeof(((struct vrouter_flow_key *)0)->protocol),
    },
    {
        .name = "source-ipv4", .number = 3, .kind = VROUTER_KIND_FIXED, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_flow_key, source_ipv4), .size = sizeof(((struct vrouter_flow_key *)0)->source_ipv4),
    },
    {
        .name = "destination-ipv4", .number = 4, .kind = VROUTER_KIND_FIXED, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_flow_key, destination_ipv4),
        .size = sizeof(((struct vrouter_flow_key *)0)->destination_ipv4),
    },
    {
        .name = "source-ipv6", .number = 5, .kind = VROUTER_KIND_FIXED, .minimum_length = 16, .maximum_length = 16,
        .offset = offsetof(struct vrouter_flow_key, source_ipv6), .size = sizeof(((struct vrouter_flow_key *)0)->source_ipv6),
    },
    {
        .name = "destination-ipv6", .number = 6, .kind = VROUTER_KIND_FIXED, .minimum_length = 16, .maximum_length = 16,
        .offset = offsetof(struct vrouter_flow_key, destination_ipv6),
        .size = sizeof(((struct vrouter_flow_key *)0)->destination_ipv6),
    },
    {
        .name = "source-port", .number = 7, .kind = VROUTER_KIND_BIG_ENDIAN, .required = true, .minimum_length = 2,
        .maximum_length = 2, .offset = offsetof(struct vrouter_flow_key, source_port),
        .size = sizeof(((struct vrouter_flow_key *)0)->source_port),
    },
    {
        .name = "destination-port", .number = 8, .kind = VROUTER_KIND_BIG_ENDIAN, .required = true, .minimum_length = 2,
        .maximum_length = 2, .offset = offsetof(struct vrouter_flow_key, destination_port),
        .size = sizeof(((struct vrouter_flow_key *)0)->destination_port),
    },
};

const struct vrouter_layout vrouter_flow_key_layout = {
    .name = "flow-key",
    .attributes = vrouter_flow_key_attributes,
    .attribute_count = 8,
    .size = sizeof(struct vrouter_flow_key),
    .maximum_bytes = 88,
};

static const struct vrouter_attribute vrouter_flow_statistics_attributes[] = {
    {
        .name = "packets", .number = 1, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_flow_statistics, packets),
        .size = sizeof(((struct vrouter_flow_statistics *)0)->packets),
    },
    {
        .name = "bytes", .number = 2, .kind = VROUTER_KIND_NUMBER, .required = true, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_flow_statistics, bytes), .size = sizeof(((struct vrouter_flow_statistics *)0)->bytes),
    },
};

const struct vrouter_layout vrouter_flow_statistics_layout = {
    .name = "flow-statistics",
    .attributes = vrouter_flow_statistics_attributes,
    .attribute_count = 2,
    .size = sizeof(struct vrouter_flow_statistics),
    .maximum_bytes = 24,
};

static const struct vrouter_attribute vrouter_flow_attributes[] = {
    {
        .name = "operation", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_flow, operation),
        .size = sizeof(((struct vrouter_flow *)0)->operation), .high = 0xfeull,
    },
    {
        .name = "generation", .number = 2, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_flow, generation), .size = sizeof(((struct vrouter_flow *)0)->generation),
    },
    {
        .name = "index", .number = 3, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_flow, index), .size = sizeof(((struct vrouter_flow *)0)->index),
    },
    {
        .name = "incarnation", .number = 4, .kind = VROUTER_KIND_NUMBER, .minimum_length = 1, .maximum_length = 1,
        .offset = offsetof(struct vrouter_flow, incarnation), .size = sizeof(((struct vrouter_flow *)0)->incarnation),
    },
    {
        .name = "key", .number = 5, .kind = VROUTER_KIND_STRUCTURE, .offset = offsetof(struct vrouter_flow, key),
        .size = sizeof(((struct vrouter_flow *)0)->key), .structure = &vrouter_flow_key_layout,
    },
    {
        .name = "action", .number = 6, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_flow, action),
        .size = sizeof(((struct vrouter_flow *)0)->action), .high = 0xfull,
    },
    {
        .name = "flags", .number = 7, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MASK, .minimum_length = 2,
        .maximum_length = 2, .offset = offsetof(struct vrouter_flow, flags), .size = sizeof(((struct vrouter_flow *)0)->flags),
        .high = 0xedfeull,
    },
    {
        .name = "reverse-index", .number = 8, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_flow, reverse_index), .size = sizeof(((struct vrouter_flow *)0)->reverse_index),
    },
    {
        .name = "reverse-key", .number = 9, .kind = VROUTER_KIND_STRUCTURE, .must_understand = true,
        .offset = offsetof(struct vrouter_flow, reverse_key), .size = sizeof(((struct vrouter_flow *)0)->reverse_key),
        .structure = &vrouter_flow_key_layout,
    },
    {
        .name = "vrf", .number = 10, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_flow, vrf), .size = sizeof(((struct vrouter_flow *)0)->vrf),
        .high = 65535u,
    },
    {
        .name = "destination-vrf", .number = 11, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 4,
        .maximum_length = 4, .offset = offsetof(struct vrouter_flow, destination_vrf),
        .size = sizeof(((struct vrouter_flow *)0)->destination_vrf), .high = 65535u,
    },
    {
        .name = "drop-reason", .number = 12, .kind = VROUTER_KIND_NUMBER, .minimum_length = 1, .maximum_length = 1,
        .offset = offsetof(struct vrouter_flow, drop_reason), .size = sizeof(((struct vrouter_flow *)0)->drop_reason),
    },
    {
        .name = "ecmp-member", .number = 13, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 2,
        .maximum_length = 2, .offset = offsetof(struct vrouter_flow, ecmp_member),
        .size = sizeof(((struct vrouter_flow *)0)->ecmp_member), .high = 1023u,
    },
    {
        .name = "source-next-hop", .number = 14, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_flow, source_next_hop), .size = sizeof(((struct vrouter_flow *)0)->source_next_hop),
    },
    {
        .name = "mirror", .number = 15, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_flow, mirror),
        .size = sizeof(((struct vrouter_flow *)0)->mirror), .high = 254u,
    },
    {
        .name = "second-mirror", .number = 16, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_flow, second_mirror),
        .size = sizeof(((struct vrouter_flow *)0)->second_mirror), .high = 254u,
    },
    {
        .name = "qos-map", .number = 17, .kind = VROUTER_KIND_NUMBER, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_flow, qos_map), .size = sizeof(((struct vrouter_flow *)0)->qos_map),
    },
    {
        .name = "ttl", .number = 18, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_RANGE, .minimum_length = 1,
        .maximum_length = 1, .offset = offsetof(struct vrouter_flow, ttl), .size = sizeof(((struct vrouter_flow *)0)->ttl),
        .low = 1u, .high = 255u,
    },
    {
        .name = "underlay-source-port", .number = 19, .kind = VROUTER_KIND_BIG_ENDIAN, .minimum_length = 2, .maximum_length = 2,
        .offset = offsetof(struct vrouter_flow, underlay_source_port),
        .size = sizeof(((struct vrouter_flow *)0)->underlay_source_port),
    },
    {
        .name = "tcp-state", .number = 20, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MASK, .minimum_length = 2,
        .maximum_length = 2, .offset = offsetof(struct vrouter_flow, tcp_state),
        .size = sizeof(((struct vrouter_flow *)0)->tcp_state), .high = 0x80ffull,
    },
    {
        .name = "statistics", .number = 21, .kind = VROUTER_KIND_STRUCTURE, .offset = offsetof(struct vrouter_flow, statistics),
        .size = sizeof(((struct vrouter_flow *)0)->statistics), .structure = &vrouter_flow_statistics_layout,
    },
    {
        .name = "idle", .number = 22, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_flow, idle), .size = sizeof(((struct vrouter_flow *)0)->idle),
    },
    {
        .name = "cursor", .number = 23, .kind = VROUTER_KIND_BYTES, .maximum_length = 40,
        .offset = offsetof(struct vrouter_flow, cursor), .size = sizeof(((struct vrouter_flow *)0)->cursor),
        .count_offset = offsetof(struct vrouter_flow, cursor_length),
    },
};

const struct vrouter_layout vrouter_flow_layout = {
    .name = "flow",
    .attributes = vrouter_flow_attributes,
    .attribute_count = 23,
    .size = sizeof(struct vrouter_flow),
    .maximum_bytes = VROUTER_FLOW_MAXIMUM_BYTES,
};

int vrouter_flow_decode(struct vrouter_flow *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_flow_layout, message, bytes, length, &message->fault);
}

int vrouter_flow_encode(const struct vrouter_flow *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_flow_layout, message, bytes, capacity);
}

static const struct vrouter_attribute vrouter_flow_table_attributes[] = {
    {
        .name = "operation", .number = 1, .kind = VROUTER_KIND_NUMBER, .check = VROUTER_CHECK_MEMBER, .required = true,
        .minimum_length = 1, .maximum_length = 1, .offset = offsetof(struct vrouter_flow_table, operation),
        .size = sizeof(((struct vrouter_flow_table *)0)->operation), .high = 0xfeull,
    },
    {
        .name = "entries", .number = 2, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_flow_table, entries), .size = sizeof(((struct vrouter_flow_table *)0)->entries),
    },
    {
        .name = "overflow-entries", .number = 3, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_flow_table, overflow_entries),
        .size = sizeof(((struct vrouter_flow_table *)0)->overflow_entries),
    },
    {
        .name = "used", .number = 4, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_flow_table, used), .size = sizeof(((struct vrouter_flow_table *)0)->used),
    },
    {
        .name = "overflow-used", .number = 5, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_flow_table, overflow_used),
        .size = sizeof(((struct vrouter_flow_table *)0)->overflow_used),
    },
    {
        .name = "held", .number = 6, .kind = VROUTER_KIND_NUMBER, .minimum_length = 4, .maximum_length = 4,
        .offset = offsetof(struct vrouter_flow_table, held), .size = sizeof(((struct vrouter_flow_table *)0)->held),
    },
    {
        .name = "created", .number = 7, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_flow_table, created), .size = sizeof(((struct vrouter_flow_table *)0)->created),
    },
    {
        .name = "added", .number = 8, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_flow_table, added), .size = sizeof(((struct vrouter_flow_table *)0)->added),
    },
    {
        .name = "changed", .number = 9, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_flow_table, changed), .size = sizeof(((struct vrouter_flow_table *)0)->changed),
    },
    {
        .name = "deleted", .number = 10, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_flow_table, deleted), .size = sizeof(((struct vrouter_flow_table *)0)->deleted),
    },
    {
        .name = "evicted", .number = 11, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_flow_table, evicted), .size = sizeof(((struct vrouter_flow_table *)0)->evicted),
    },
    {
        .name = "refused", .number = 12, .kind = VROUTER_KIND_NUMBER, .minimum_length = 8, .maximum_length = 8,
        .offset = offsetof(struct vrouter_flow_table, refused), .size = sizeof(((struct vrouter_flow_table *)0)->refused),
    },
    {
        .name = "shared-memory", .number = 13, .kind = VROUTER_KIND_STRING, .maximum_length = 255,
        .offset = offsetof(struct vrouter_flow_table, shared_memory),
        .size = sizeof(((struct vrouter_flow_table *)0)->shared_memory),
    },
};

const struct vrouter_layout vrouter_flow_table_layout = {
    .name = "flow-table",
    .attributes = vrouter_flow_table_attributes,
    .attribute_count = 13,
    .size = sizeof(struct vrouter_flow_table),
    .maximum_bytes = VROUTER_FLOW_TABLE_MAXIMUM_BYTES,
};

int vrouter_flow_table_decode(struct vrouter_flow_table *message, const void *bytes, size_t length)
{
    return vrouter_attributes_decode(&vrouter_flow_table_layout, message, bytes, length, &message->fault);
}

int vrouter_flow_table_encode(const struct vrouter_flow_table *message, void *bytes, size_t capacity)
{
    return vrouter_attributes_encode(&vrouter_flow_table_layout, message, bytes, capacity);
}
