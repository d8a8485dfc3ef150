/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Longest-prefix match: a trie that branches on four bits at a time and skips bits that do not branch. IPv4 and IPv6 use the same code,
 * for keys of one or four words.
 *
 *      everything ─▶ the route of length 0                        A node at depth d branches on nibble d of the address. It holds the
 *      root ─▶ ┌────────────── node, depth 1 ───────────────┐     routes whose length is 4d+1 to 4d+4 and that lie on its path; a
 *              │ path 1…  routes {1a/8, 1c/6}               │     route shorter than the nibble's end fills several slots. Where
 *              │ slot  0 … a       b   c    d    e    f     │     two routes of one node meet, the longer one has the slot.
 *              │ route     1a/8        1c/6 1c/6 1c/6 1c/6  │
 *              │ child     │                                │     A child may be several levels deeper: its path has the nibbles
 *              └───────────┼────────────────────────────────┘     between. An address that differs there ends at the parent.
 *                          ▼
 *                   node, depth 5, path 1a345…
 *
 * A lookup goes down as far as paths agree; the last route that it saw in a slot is the longest. No word of a node that decides about
 * one address depends on another word of it, and each change of the trie is, for any one address, a single store: a new route is
 * stored in slots of one node, a new node is finished before it is linked, a node to be removed is bypassed first. So a
 * reader gets the answer from before a change or from after it, never a third one; a route that is replaced may be seen new for one address
 * while it is old for another.
 *
 * Cost: a lookup reads one cache line for the head of each node and one for the slot. A node takes 320 bytes; there are fewer nodes
 * than twice the routes.
 */
#ifndef VR_TRIE_H
#define VR_TRIE_H

#include "route.h"

#define VR_TRIE_WORDS 4u
#define VR_TRIE_SLOTS 16u

/* A route in a trie. Never changed once it is linked; replaced by another. */
struct vr_route_entry {
    uint32_t next_hop;
    uint32_t label;
    uint16_t flags;
    uint8_t length;
    bool has_stitched_mac;
    struct vr_mac stitched_mac;
    /* In host byte order, bits beyond the length zero. */
    uint32_t prefix[VR_TRIE_WORDS];
    uint32_t generation;
    /* The next route of the same node. Writers only. */
    struct vr_route_entry *sibling;
    struct vr_deferred deferred;
};

struct vr_trie_slot {
    struct vr_route_entry *route;
    struct vr_trie_node *child;
};

struct vr_trie_node {
    /* The nibbles before the one that the node branches on, and a mask of them. Never change. */
    uint32_t path[VR_TRIE_WORDS];
    uint32_t mask[VR_TRIE_WORDS];
    uint32_t depth;
    /* Writers only. */
    uint32_t children;
    struct vr_route_entry *routes;
    struct vr_trie_slot slots[VR_TRIE_SLOTS];
    struct vr_deferred deferred;
};

struct vr_trie {
    struct vr_trie_node *root;
    struct vr_route_entry *everything;
    uint32_t count;
};

/* Always inlined, with `words` 1 for IPv4 and 4 for IPv6, so that each has a loop of its own. NULL: no route applies. */
static inline __attribute__((always_inline)) const struct vr_route_entry *vr_trie_lookup(const struct vr_trie *trie, const uint32_t *key,
                                                                                         unsigned int words)
{
    const struct vr_route_entry *best = vr_load(&trie->everything);
    const struct vr_trie_node *node = vr_load(&trie->root);

    while (node) {
        uint32_t depth = node->depth, differ = 0;
        const struct vr_trie_slot *slot;
        const struct vr_route_entry *route;

        for (unsigned int word = 0; word < words; word++)
            differ |= (key[word] ^ node->path[word]) & node->mask[word];
        if (differ)
            break;
        slot = &node->slots[(key[words == 1 ? 0 : depth / 8] >> (28 - 4 * (depth % 8))) & 0xf];
        route = vr_load(&slot->route);
        node = vr_load(&slot->child);
        if (route)
            best = route;
    }
    return best;
}

/* Puts the entry in; *old is the one of the same prefix that it replaced, for the caller to defer, or NULL. -ENOMEM changes nothing. */
int vr_trie_set(struct vr_trie *trie, struct vr_route_entry *entry, struct vr_route_entry **old);
/* NULL: there is no route of exactly this prefix. `prefix` is masked to the length. */
struct vr_route_entry *vr_trie_get(const struct vr_trie *trie, const uint32_t *prefix, unsigned int length);
/* Takes the entry, which is in the trie, out, for the caller to defer. */
void vr_trie_remove(struct vr_trie *trie, struct vr_route_entry *entry);
/* The route that follows (prefix, length) in order of prefix, then length; with `first`, the first. NULL after the last. */
struct vr_route_entry *vr_trie_next(const struct vr_trie *trie, const uint32_t *prefix, unsigned int length, bool first);
/* Zeroes bits beyond the length. */
void vr_trie_mask(uint32_t *prefix, unsigned int length);
/* A node that no reader can see any more is freed this way. */
void vr_trie_free_node(struct vr_deferred *deferred);

#endif
