/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the forwarder remembers: its tables, as they are in memory, and what each core counts.
 *
 * Entries wrap the public structures with what readers need at hand. All but flows are immutable once published (index_table.h,
 * hash_table.h, trie.h); counters hang off entries by pointer, so that replacing an entry keeps its counts.
 */
#ifndef VR_STATE_H
#define VR_STATE_H

#include "flow_table.h"
#include "fragment.h"
#include "hash.h"
#include "hash_table.h"
#include "held.h"
#include "index_table.h"
#include "interface.h"
#include "next_hop.h"
#include "route.h"
#include "trace.h"
#include "trie.h"
#include "vrf.h"

struct vr_interface_entry {
    struct vr_interface interface;
    /* One for each core. */
    struct vr_interface_counters *counters;
    /* In the table of sub-interfaces, if it is one. */
    struct vr_hash_link link;
    struct vr_deferred deferred;
};

struct vr_vrf_entry {
    struct vr_vrf vrf;
    struct vr_trie routes[2];
    uint32_t bridge_entries;
    /* One for each core. */
    struct vr_vrf_counters *counters;
    struct vr_deferred deferred;
};

/* Which of a VRF's two tries. */
static inline unsigned int vr_trie_of(uint8_t family)
{
    return family == VR_FAMILY_IPV6 ? 1 : 0;
}

/* The longest header that a tunnel puts on, as it stands but for lengths, identification, ports and checksum. */
enum { VR_OUTER_BYTES = VR_ENCAPSULATION_BYTES + VR_IPV4_BYTES + VR_UDP_BYTES };

struct vr_next_hop_entry {
    struct vr_next_hop next_hop;
    /* Of a TUNNEL: Ethernet, IPv4, and UDP or GRE. */
    uint8_t outer[VR_OUTER_BYTES];
    uint8_t outer_bytes;
    /* Of those, what counts against an MTU: all but the Ethernet header. */
    uint8_t outer_network_bytes;
    /* Ones' complement sum of the IPv4 header in `outer`. */
    uint32_t outer_sum;
    /* Of a COMPOSITE: positions that are not empty. */
    uint32_t usable_members;
    struct vr_deferred deferred;
    struct vr_member members[];
};

struct vr_bridge_entry_state {
    struct vr_hash_link link;
    struct vr_bridge_entry entry;
    struct vr_deferred deferred;
};

struct vr_label_entry {
    struct vr_label label;
    struct vr_deferred deferred;
};

struct vr_vxlan_entry {
    struct vr_hash_link link;
    struct vr_vxlan_network network;
    struct vr_deferred deferred;
};

/* What a core counts and remembers for itself. */
struct vr_core {
    uint64_t now_ms;
    uint64_t drops[VR_DROP_LIMIT];
    /* Packets that may go on, held until the core has finished the one in hand. */
    uint32_t released;
    bool releasing;
    /* Packets dropped so far; the record of number n is in n % VR_DROP_RECORDS. */
    uint64_t drop_count;
    uint32_t drop_sequences[VR_DROP_RECORDS];
    uint64_t drop_records[VR_DROP_RECORDS][sizeof(struct vr_drop_record) / sizeof(uint64_t)];
} __attribute__((aligned(64)));

struct vr_router {
    struct vr_limits limits;
    unsigned int core_count;
    /* Of all hashes. */
    uint64_t seed;
    /* The agent's interface, VR_NONE while there is none. */
    uint32_t agent_interface;
    struct vr_index_table interfaces;
    struct vr_hash_table sub_interfaces;
    struct vr_index_table vrfs;
    struct vr_index_table next_hops;
    struct vr_index_table labels;
    struct vr_hash_table vxlan_networks;
    struct vr_hash_table bridge;
    struct vr_flow_store flows;
    struct vr_fragment_store fragments;
    struct vr_held_store held;
    struct vr_core *cores;
};

static inline struct vr_interface_entry *vr_interface_find(const struct vr_router *router, uint32_t index)
{
    return vr_index_find(&router->interfaces, index);
}

static inline struct vr_vrf_entry *vr_vrf_find(const struct vr_router *router, uint32_t index)
{
    return vr_index_find(&router->vrfs, index);
}

static inline struct vr_next_hop_entry *vr_next_hop_find(const struct vr_router *router, uint32_t index)
{
    return vr_index_find(&router->next_hops, index);
}

static inline uint32_t vr_bridge_hash(const struct vr_router *router, uint32_t vrf, const uint8_t *mac)
{
    uint64_t word = ((uint64_t)vr_read16(mac) << 32) | vr_read32(mac + 2);

    return (uint32_t)(vr_hash_end(vr_hash_add(router->seed ^ vrf, word)) >> 32);
}

/* The sub-interface of `parent` for a VLAN; NULL if there is none. */
struct vr_interface_entry *vr_sub_interface_find(const struct vr_router *router, uint32_t parent, uint16_t vlan);
struct vr_bridge_entry_state *vr_bridge_find(const struct vr_router *router, uint32_t vrf, const uint8_t *mac);
struct vr_vxlan_entry *vr_vxlan_find(const struct vr_router *router, uint32_t identifier);
/* The key's words are in host byte order. */
const struct vr_route_entry *vr_route_lookup(const struct vr_router *router, uint32_t vrf, uint8_t family, const uint32_t *key);

/* Removes a VRF's routes, bridge entries: what vr_vrf_delete does first. */
void vr_routes_clear(struct vr_router *router, struct vr_vrf_entry *vrf);
void vr_bridge_clear(struct vr_router *router, uint32_t vrf);

/* What vr_router_destroy frees at once, entry by entry: nobody reads any more. */
void vr_interfaces_free(struct vr_router *router);
void vr_vrfs_free(struct vr_router *router);
void vr_next_hops_free(struct vr_router *router);
void vr_labels_free(struct vr_router *router);
int vr_next_hop_make_discard(struct vr_router *router);

#endif
