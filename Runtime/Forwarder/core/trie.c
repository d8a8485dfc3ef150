/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Changing the trie of trie.h. One writer at a time, readers all the while.
 *
 * A writer finds its way by links: the places, in the trie or in a slot, where the pointer to a node is. The node that a route of
 * length 4d+1 to 4d+4 belongs to is the one at depth d on the route's path, and exists as long as the route does.
 */
#include "trie.h"

static inline uint32_t nibble(const uint32_t *key, uint32_t depth)
{
    return (key[depth / 8] >> (28 - 4 * (depth % 8))) & 0xf;
}

/* The depth of the node that routes of this length, which is not 0, belong to. */
static inline uint32_t depth_of(unsigned int length)
{
    return (length - 1) / 4;
}

static void mask_of(uint32_t *mask, unsigned int length)
{
    for (unsigned int word = 0; word < VR_TRIE_WORDS; word++) {
        unsigned int bits = length > 32 * word ? length - 32 * word : 0;

        mask[word] = bits >= 32 ? 0xffffffffu : bits == 0 ? 0 : ~(0xffffffffu >> bits);
    }
}

void vr_trie_mask(uint32_t *prefix, unsigned int length)
{
    uint32_t mask[VR_TRIE_WORDS];

    mask_of(mask, length);
    for (unsigned int word = 0; word < VR_TRIE_WORDS; word++)
        prefix[word] &= mask[word];
}

static bool same_prefix(const struct vr_route_entry *entry, const uint32_t *prefix, unsigned int length)
{
    return entry->length == length && __builtin_memcmp(entry->prefix, prefix, sizeof(entry->prefix)) == 0;
}

void vr_trie_free_node(struct vr_deferred *deferred)
{
    vr_port_free(vr_container(deferred, struct vr_trie_node, deferred));
}

static struct vr_trie_node *make_node(const uint32_t *key, uint32_t depth)
{
    struct vr_trie_node *node = vr_port_allocate(sizeof(*node));

    if (!node)
        return NULL;
    node->depth = depth;
    mask_of(node->mask, depth * 4);
    for (unsigned int word = 0; word < VR_TRIE_WORDS; word++)
        node->path[word] = key[word] & node->mask[word];
    return node;
}

/* How many nibbles of a and b agree, at most `limit`. */
static uint32_t agreement(const uint32_t *a, const uint32_t *b, uint32_t limit)
{
    uint32_t depth = 0;

    while (depth < limit && nibble(a, depth) == nibble(b, depth))
        depth++;
    return depth;
}

/*
 * Goes from a link to the next that leads to `depth` along the key. NULL: *link is the end of the way: it is empty, or its node is
 * at or below `depth`, or the node's path is not the key's.
 */
static struct vr_trie_node **descend(struct vr_trie_node **link, const uint32_t *key, uint32_t depth)
{
    struct vr_trie_node *node = *link;

    if (!node || node->depth >= depth || agreement(node->path, key, node->depth) < node->depth)
        return NULL;
    return &node->slots[nibble(key, node->depth)].child;
}

/* The node at exactly this depth on the key's path; NULL if there is none. */
static struct vr_trie_node *find_node(const struct vr_trie *trie, const uint32_t *key, uint32_t depth)
{
    struct vr_trie_node *const *link = &trie->root;

    for (;;) {
        struct vr_trie_node *node = *link;

        if (!node || node->depth > depth || agreement(node->path, key, node->depth) < node->depth)
            return NULL;
        if (node->depth == depth)
            return node;
        link = &node->slots[nibble(key, node->depth)].child;
    }
}

/* Fills in, slot by slot, the longest of the node's routes. The routes are few, so nothing cleverer is worth its risk. */
static void fill_slots(struct vr_trie_node *node)
{
    for (uint32_t slot = 0; slot < VR_TRIE_SLOTS; slot++) {
        struct vr_route_entry *best = NULL;

        for (struct vr_route_entry *route = node->routes; route; route = route->sibling) {
            uint32_t free_bits = 4 * (node->depth + 1) - route->length;

            if (slot >> free_bits == nibble(route->prefix, node->depth) >> free_bits && (!best || route->length > best->length))
                best = route;
        }
        if (node->slots[slot].route != best)
            vr_publish(&node->slots[slot].route, best);
    }
}

/* The node at this depth on the key's path, made if it is not there. */
static struct vr_trie_node *need_node(struct vr_trie *trie, const uint32_t *key, uint32_t depth)
{
    struct vr_trie_node **link = &trie->root, **next, *node, *parent = NULL, *below, *fork;
    uint32_t fork_depth;

    while ((next = descend(link, key, depth)) != NULL) {
        parent = *link;
        link = next;
    }
    below = *link;
    if (below && below->depth == depth && agreement(below->path, key, depth) == depth)
        return below;
    node = make_node(key, depth);
    if (!node)
        return NULL;
    if (!below) {
        if (parent)
            parent->children++;
        vr_publish(link, node);
        return node;
    }
    fork_depth = agreement(below->path, key, below->depth < depth ? below->depth : depth);
    if (fork_depth == depth) {
        /* The node goes between parent and below. */
        node->slots[nibble(below->path, depth)].child = below;
        node->children = 1;
        vr_publish(link, node);
        return node;
    }
    fork = make_node(key, fork_depth);
    if (!fork) {
        vr_port_free(node);
        return NULL;
    }
    fork->slots[nibble(below->path, fork_depth)].child = below;
    fork->slots[nibble(key, fork_depth)].child = node;
    fork->children = 2;
    vr_publish(link, fork);
    return node;
}

int vr_trie_set(struct vr_trie *trie, struct vr_route_entry *entry, struct vr_route_entry **old)
{
    struct vr_route_entry **place;
    struct vr_trie_node *node;

    *old = NULL;
    entry->sibling = NULL;
    if (entry->length == 0) {
        *old = trie->everything;
        vr_publish(&trie->everything, entry);
        trie->count += *old ? 0 : 1;
        return 0;
    }
    node = need_node(trie, entry->prefix, depth_of(entry->length));
    if (!node)
        return -ENOMEM;
    for (place = &node->routes; *place; place = &(*place)->sibling) {
        if (same_prefix(*place, entry->prefix, entry->length)) {
            *old = *place;
            entry->sibling = (*old)->sibling;
            break;
        }
    }
    *place = entry;
    trie->count += *old ? 0 : 1;
    fill_slots(node);
    return 0;
}

struct vr_route_entry *vr_trie_get(const struct vr_trie *trie, const uint32_t *prefix, unsigned int length)
{
    struct vr_trie_node *node;
    struct vr_route_entry *route;

    if (length == 0)
        return trie->everything;
    node = find_node(trie, prefix, depth_of(length));
    for (route = node ? node->routes : NULL; route; route = route->sibling) {
        if (same_prefix(route, prefix, length))
            return route;
    }
    return NULL;
}

/* Takes out nodes on the key's way that hold no route and have at most one child. Removing one may leave its parent so. */
static void prune(struct vr_trie *trie, const uint32_t *key, uint32_t depth)
{
    for (;;) {
        struct vr_trie_node **link = &trie->root, **next, *parent = NULL, *node, *child = NULL;

        while ((next = descend(link, key, depth)) != NULL) {
            parent = *link;
            link = next;
        }
        node = *link;
        if (!node || node->routes || node->children > 1 || node->depth != depth || agreement(node->path, key, depth) < depth)
            return;
        for (uint32_t slot = 0; slot < VR_TRIE_SLOTS && !child; slot++)
            child = node->slots[slot].child;
        vr_publish(link, child);
        vr_port_defer(&node->deferred, vr_trie_free_node);
        if (child || !parent)
            return;
        parent->children--;
        depth = parent->depth;
    }
}

void vr_trie_remove(struct vr_trie *trie, struct vr_route_entry *entry)
{
    struct vr_trie_node *node;

    trie->count--;
    if (entry->length == 0) {
        vr_publish(&trie->everything, NULL);
        return;
    }
    node = find_node(trie, entry->prefix, depth_of(entry->length));
    if (!node)
        return;
    for (struct vr_route_entry **place = &node->routes; *place; place = &(*place)->sibling) {
        if (*place == entry) {
            *place = entry->sibling;
            break;
        }
    }
    fill_slots(node);
    prune(trie, entry->prefix, node->depth);
}

/* By prefix, then by length: below 0 if a comes first. */
static int compare(const uint32_t *a, unsigned int a_length, const uint32_t *b, unsigned int b_length)
{
    for (unsigned int word = 0; word < VR_TRIE_WORDS; word++) {
        if (a[word] != b[word])
            return a[word] < b[word] ? -1 : 1;
    }
    return (int)a_length - (int)b_length;
}

/* The earlier of two routes, either of which may be NULL. */
static struct vr_route_entry *earlier(struct vr_route_entry *a, struct vr_route_entry *b)
{
    if (!a || !b)
        return a ? a : b;
    return compare(a->prefix, a->length, b->prefix, b->length) < 0 ? a : b;
}

/*
 * The first route after (prefix, length) among those of the node and below. Recursion is as deep as the trie: at most 32 calls, of
 * a hundred bytes each. Children are in order of their prefixes, so the first that has an answer has the best.
 */
static struct vr_route_entry *next_in(const struct vr_trie_node *node, const uint32_t *prefix, unsigned int length)
{
    struct vr_route_entry *best = NULL;
    uint32_t agreed = agreement(node->path, prefix, node->depth), slot = 0;

    for (struct vr_route_entry *route = node->routes; route; route = route->sibling) {
        if (compare(route->prefix, route->length, prefix, length) > 0)
            best = earlier(best, route);
    }
    if (agreed == node->depth)
        slot = nibble(prefix, node->depth);
    else if (nibble(node->path, agreed) < nibble(prefix, agreed))
        return best;
    for (; slot < VR_TRIE_SLOTS; slot++) {
        struct vr_route_entry *found = NULL;

        if (node->slots[slot].child)
            found = next_in(node->slots[slot].child, prefix, length);
        if (found)
            return earlier(best, found);
    }
    return best;
}

struct vr_route_entry *vr_trie_next(const struct vr_trie *trie, const uint32_t *prefix, unsigned int length, bool first)
{
    static const uint32_t lowest[VR_TRIE_WORDS];

    if (first && trie->everything)
        return trie->everything;
    /* Lengths of routes in nodes are above 0, so nothing of the lowest prefix is missed. */
    return trie->root ? next_in(trie->root, first ? lowest : prefix, first ? 0 : length) : NULL;
}
