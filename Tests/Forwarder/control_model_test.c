/*
 * The control against a naive model: random messages add, change, delete and sweep entries of all tables that refer to each other; after each,
 * error and tables must be what a list of entries with references says. Dumps are read in parts of random size.
 *
 *   control_model_test [SEED [STEPS]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "asking.h"
#include "test_port.h"
#include "vrouter_interface.h"
#include "vrouter_label.h"
#include "vrouter_next_hop.h"
#include "vrouter_route.h"
#include "vrouter_vrf.h"

enum table { VRFS, INTERFACES, NEXT_HOPS, LABELS, NETWORKS, ROUTES, BRIDGE, TABLES };
enum { MOST_KEYS = 24, REFERENCES = 4, VRF_COUNT = 4, PREFIXES = 5 };

/* How many keys each table is tried with. Routes and bridge entries: key = VRF × PREFIXES + number. */
static const unsigned int key_count[TABLES] = {VRF_COUNT, 4, 10, 4, 4, VRF_COUNT * PREFIXES, VRF_COUNT * PREFIXES};

struct reference {
    /* TABLES: none. */
    enum table table;
    unsigned int key;
};

struct entry {
    bool used;
    uint32_t generation;
    struct reference references[REFERENCES];
};

static struct entry model[TABLES][MOST_KEYS];
static struct asking a;
static unsigned long seed;
static unsigned int step, checks;

static unsigned int random_below(unsigned int bound)
{
    static uint64_t state;

    if (!state)
        state = seed * 2 + 1;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned int)(state >> 33) % bound;
}

static void fail(const char *what, enum table table, unsigned int key, int expected, int got)
{
    printf("seed %lu, step %u: %s: table %d, key %u: expected %d, got %d (%s)\n", seed, step, what, (int)table, key, expected, got,
           a.response.explanation);
    printf("0 passed, 1 failed\n");
    exit(1);
}

/* ---- The model ------------------------------------------------------------------------------------------------------------ */

static bool exists(struct reference reference)
{
    return reference.table == TABLES || (reference.table == NEXT_HOPS && reference.key == 0) || model[reference.table][reference.key].used;
}

static bool is_referred_to(enum table table, unsigned int key)
{
    for (unsigned int at = 0; at < TABLES; at++) {
        for (unsigned int other = 0; other < key_count[at]; other++) {
            for (unsigned int number = 0; model[at][other].used && number < REFERENCES; number++) {
                const struct reference *reference = &model[at][other].references[number];

                /* Routes belong to their VRF and go with it. */
                if (reference->table == table && reference->key == key && !(table == VRFS && (at == ROUTES || at == BRIDGE)))
                    return true;
            }
        }
    }
    return false;
}

static int model_remove(enum table table, unsigned int key)
{
    if (!model[table][key].used)
        return ENOENT;
    if ((table == VRFS && key == 0) || is_referred_to(table, key))
        return EBUSY;
    model[table][key].used = false;
    for (unsigned int number = 0; table == VRFS && number < PREFIXES; number++) {
        model[ROUTES][key * PREFIXES + number].used = false;
        model[BRIDGE][key * PREFIXES + number].used = false;
    }
    return 0;
}

static int model_sweep(enum table table, uint32_t generation, uint32_t *removed)
{
    bool kept, more;

    *removed = 0;
    for (unsigned int key = 0; table == NEXT_HOPS && key < key_count[INTERFACES]; key++) {
        struct entry *interface = &model[INTERFACES][key];

        if (interface->used && interface->generation != generation && interface->references[1].table == NEXT_HOPS)
            interface->references[1].key = 0;
    }
    do {
        kept = more = false;
        for (unsigned int key = table == VRFS; key < key_count[table]; key++) {
            if (!model[table][key].used || model[table][key].generation == generation)
                continue;
            if (model_remove(table, key) == 0) {
                more = true;
                (*removed)++;
            } else {
                kept = true;
            }
        }
    } while (kept && more && table == NEXT_HOPS);
    return kept ? EBUSY : 0;
}

/* ---- Messages ------------------------------------------------------------------------------------------------------------- */

static union {
    struct vrouter_vrf vrf;
    struct vrouter_interface interface;
    struct vrouter_next_hop next_hop;
    struct vrouter_label label;
    struct vrouter_vxlan_network network;
    struct vrouter_route route;
} asked, got;

static int send(enum table table)
{
    static const uint8_t commands[] = {VROUTER_COMMAND_VRF,   VROUTER_COMMAND_INTERFACE,     VROUTER_COMMAND_NEXT_HOP,
                                       VROUTER_COMMAND_LABEL, VROUTER_COMMAND_VXLAN_NETWORK, VROUTER_COMMAND_ROUTE,
                                       VROUTER_COMMAND_ROUTE};
    const struct vrouter_layout *layouts[] = {&vrouter_vrf_layout,   &vrouter_interface_layout,     &vrouter_next_hop_layout,
                                              &vrouter_label_layout, &vrouter_vxlan_network_layout, &vrouter_route_layout,
                                              &vrouter_route_layout};

    return ask(&a, commands[table], layouts[table], &asked);
}

/* All messages of tables begin alike: presence, fault, operation, generation. */
static void start(enum table table, uint8_t operation, uint32_t generation)
{
    uint64_t present = VROUTER_VRF_HAS_OPERATION | VROUTER_VRF_HAS_GENERATION;

    memset(&asked, 0, sizeof(asked));
    asked.vrf.present = present;
    asked.vrf.operation = operation;
    asked.vrf.generation = generation;
    if (table == ROUTES || table == BRIDGE) {
        asked.route.present |= VROUTER_ROUTE_HAS_FAMILY;
        asked.route.family = table == ROUTES ? VROUTER_ADDRESS_FAMILY_INET : VROUTER_ADDRESS_FAMILY_BRIDGE;
    }
}

static void put_key(enum table table, unsigned int key)
{
    switch (table) {
    case VRFS:
        asked.vrf.present |= VROUTER_VRF_HAS_INDEX;
        asked.vrf.index = key;
        return;
    case INTERFACES:
        asked.interface.present |= VROUTER_INTERFACE_HAS_INDEX;
        asked.interface.index = key;
        return;
    case NEXT_HOPS:
        asked.next_hop.present |= VROUTER_NEXT_HOP_HAS_INDEX;
        asked.next_hop.index = key;
        return;
    case LABELS:
        asked.label.present |= VROUTER_LABEL_HAS_LABEL;
        asked.label.label = 16 + key;
        return;
    case NETWORKS:
        asked.network.present |= VROUTER_VXLAN_NETWORK_HAS_IDENTIFIER;
        asked.network.identifier = 1 + key;
        return;
    default:
        asked.route.present |= VROUTER_ROUTE_HAS_VRF;
        asked.route.vrf = key / PREFIXES;
        if (table == BRIDGE) {
            asked.route.present |= VROUTER_ROUTE_HAS_MAC_ADDRESS;
            asked.route.mac_address[5] = (uint8_t)(key % PREFIXES);
            return;
        }
        /* Prefixes inside each other, 10/8 to 10.0.0.0/24 and beyond: keys are lengths. */
        asked.route.present |= VROUTER_ROUTE_HAS_IPV4_PREFIX | VROUTER_ROUTE_HAS_PREFIX_LENGTH;
        memcpy(&asked.route.ipv4_prefix, (const uint8_t[]){10, 0, 0, 0}, 4);
        asked.route.prefix_length = (uint8_t)(8 + 6 * (key % PREFIXES));
        return;
    }
}

static unsigned int key_of(enum table table)
{
    switch (table) {
    case VRFS:
        return got.vrf.index;
    case INTERFACES:
        return got.interface.index;
    case NEXT_HOPS:
        return got.next_hop.index;
    case LABELS:
        return got.label.label - 16;
    case NETWORKS:
        return got.network.identifier - 1;
    case BRIDGE:
        return got.route.vrf * PREFIXES + got.route.mac_address[5];
    default:
        return got.route.vrf * PREFIXES + (got.route.prefix_length - 8u) / 6;
    }
}

/* Makes up references for an entry, and puts them into the message. */
static void put_references(enum table table, unsigned int key, struct reference *references)
{
    struct reference vrf = {VRFS, random_below(VRF_COUNT)}, interface = {INTERFACES, random_below(key_count[INTERFACES])};
    struct reference next_hop = {NEXT_HOPS, random_below(key_count[NEXT_HOPS])};

    for (unsigned int at = 0; at < REFERENCES; at++)
        references[at].table = TABLES;
    switch (table) {
    case VRFS:
        return;
    case INTERFACES:
        asked.interface.present |= VROUTER_INTERFACE_HAS_TYPE | VROUTER_INTERFACE_HAS_NAME | VROUTER_INTERFACE_HAS_VRF | VROUTER_INTERFACE_HAS_NEXT_HOP;
        asked.interface.type = VROUTER_INTERFACE_TYPE_VIRTUAL;
        strcpy(asked.interface.name, "tap");
        asked.interface.vrf = vrf.key;
        asked.interface.next_hop = next_hop.key;
        references[0] = vrf;
        references[1] = next_hop;
        return;
    case NEXT_HOPS:
        asked.next_hop.present |= VROUTER_NEXT_HOP_HAS_TYPE | VROUTER_NEXT_HOP_HAS_FLAGS | VROUTER_NEXT_HOP_HAS_VRF;
        asked.next_hop.flags = VROUTER_NEXT_HOP_FLAGS_VALID;
        asked.next_hop.vrf = vrf.key;
        references[0] = vrf;
        if (key < 4) {
            asked.next_hop.type = VROUTER_NEXT_HOP_TYPE_ENCAPSULATE;
            asked.next_hop.present |= VROUTER_NEXT_HOP_HAS_INTERFACE;
            asked.next_hop.interface = interface.key;
            references[1] = interface;
        } else if (key < 7) {
            asked.next_hop.type = VROUTER_NEXT_HOP_TYPE_VRF_TRANSLATE;
        } else {
            asked.next_hop.type = VROUTER_NEXT_HOP_TYPE_COMPOSITE;
            asked.next_hop.present |= VROUTER_NEXT_HOP_HAS_COMPOSITE | VROUTER_NEXT_HOP_HAS_MEMBERS;
            asked.next_hop.composite = VROUTER_COMPOSITE_KIND_ECMP;
            for (unsigned int member = 0; member < random_below(3); member++) {
                struct reference reference = {NEXT_HOPS, random_below(key_count[NEXT_HOPS])};

                if (reference.key == key)
                    continue;
                references[1 + asked.next_hop.members_count] = reference;
                asked.next_hop.members[asked.next_hop.members_count++] =
                    (struct vrouter_next_hop_member){.present = VROUTER_NEXT_HOP_MEMBER_HAS_NEXT_HOP, .next_hop = reference.key};
            }
        }
        return;
    case LABELS:
        asked.label.present |= VROUTER_LABEL_HAS_NEXT_HOP;
        asked.label.next_hop = next_hop.key;
        references[0] = next_hop;
        return;
    case NETWORKS:
        asked.network.present |= VROUTER_VXLAN_NETWORK_HAS_NEXT_HOP;
        asked.network.next_hop = next_hop.key;
        references[0] = next_hop;
        return;
    default:
        asked.route.present |= VROUTER_ROUTE_HAS_NEXT_HOP;
        asked.route.next_hop = next_hop.key;
        references[0] = next_hop;
        references[1] = (struct reference){VRFS, key / PREFIXES};
        return;
    }
}

/* ---- Comparing ------------------------------------------------------------------------------------------------------------ */

static uint32_t next_hop_of(enum table table)
{
    return table == INTERFACES ? got.interface.next_hop
           : table == LABELS   ? got.label.next_hop
           : table == NETWORKS ? got.network.next_hop
                               : got.route.next_hop;
}

static void compare_entry(enum table table, unsigned int key)
{
    const struct entry *entry = &model[table][key];

    checks++;
    if (!entry->used || entry->generation != got.vrf.generation)
        fail("an entry that should not be there, or of another generation", table, key, (int)entry->generation, (int)got.vrf.generation);
    for (unsigned int at = 0; at < REFERENCES; at++) {
        const struct reference *reference = &entry->references[at];

        if (table == NEXT_HOPS && reference->table == NEXT_HOPS && got.next_hop.members[at - 1].next_hop != reference->key)
            fail("another member", table, key, (int)reference->key, (int)got.next_hop.members[at - 1].next_hop);
        if (table == NEXT_HOPS && reference->table == INTERFACES && got.next_hop.interface != reference->key)
            fail("another interface", table, key, (int)reference->key, (int)got.next_hop.interface);
        if (table != NEXT_HOPS && reference->table == NEXT_HOPS && next_hop_of(table) != reference->key)
            fail("another next hop", table, key, (int)reference->key, (int)next_hop_of(table));
    }
}

static void put_cursor(enum table table)
{
    uint16_t length = a.response.cursor_length;
#define PUT(member, UPPER)                                                      \
    asked.member.present |= VROUTER_##UPPER##_HAS_CURSOR;                       \
    asked.member.cursor_length = length;                                        \
    memcpy(asked.member.cursor, a.response.cursor, sizeof(a.response.cursor))

    switch (table) {
    case VRFS:
        PUT(vrf, VRF);
        return;
    case INTERFACES:
        PUT(interface, INTERFACE);
        return;
    case NEXT_HOPS:
        PUT(next_hop, NEXT_HOP);
        return;
    case LABELS:
        PUT(label, LABEL);
        return;
    case NETWORKS:
        PUT(network, VXLAN_NETWORK);
        return;
    default:
        PUT(route, ROUTE);
        return;
    }
}

static void compare(enum table table)
{
    const struct vrouter_layout *layouts[] = {&vrouter_vrf_layout,   &vrouter_interface_layout,     &vrouter_next_hop_layout,
                                              &vrouter_label_layout, &vrouter_vxlan_network_layout, &vrouter_route_layout,
                                              &vrouter_route_layout};
    bool seen[MOST_KEYS] = {false};

    a.part_bytes = 1 + random_below(800);
    start(table, VROUTER_TABLE_OPERATION_DUMP, 0);
    do {
        int error = send(table);

        if (error)
            fail("a dump failed", table, 0, 0, error);
        for (unsigned int at = 0; at < a.count; at++) {
            if (!told(&a, at, a.told[at].command, layouts[table], &got))
                fail("an entry cannot be read", table, 0, 0, 0);
            if (seen[key_of(table)])
                fail("an entry came twice", table, key_of(table), 0, 0);
            seen[key_of(table)] = true;
            compare_entry(table, key_of(table));
        }
        put_cursor(table);
    } while (a.response.present & VROUTER_RESPONSE_HAS_CURSOR);
    for (unsigned int key = 0; key < key_count[table]; key++) {
        if (model[table][key].used && !seen[key])
            fail("an entry is missing", table, key, 1, 0);
    }
    a.part_bytes = 65536;
}

/* ---- Steps ---------------------------------------------------------------------------------------------------------------- */

static void set(enum table table, unsigned int key, bool is_change)
{
    struct entry made = {.used = true, .generation = random_below(4)};
    int expected = is_change && !model[table][key].used ? ENOENT : 0, got_error;

    start(table, is_change ? VROUTER_TABLE_OPERATION_CHANGE : VROUTER_TABLE_OPERATION_ADD, made.generation);
    put_key(table, key);
    put_references(table, key, made.references);
    for (unsigned int at = 0; at < REFERENCES; at++)
        expected = expected ? expected : exists(made.references[at]) ? 0 : ENOENT;
    got_error = send(table);
    if (got_error != expected)
        fail("a write", table, key, expected, got_error);
    if (!expected)
        model[table][key] = made;
}

static void delete(enum table table, unsigned int key)
{
    int expected = model_remove(table, key), error;

    start(table, VROUTER_TABLE_OPERATION_DELETE, 0);
    put_key(table, key);
    error = send(table);
    if (error != expected)
        fail("a deletion", table, key, expected, error);
}

static void sweep(enum table table)
{
    uint32_t generation = random_below(4), removed;
    int expected, error;

    start(table, VROUTER_TABLE_OPERATION_SWEEP, generation);
    error = send(table);
    expected = model_sweep(table, generation, &removed);
    if (error != expected || a.response.count != removed)
        fail("a sweep", table, generation, expected, error);
}

int main(int count, char **words)
{
    static const struct vr_limits limits = {4, VRF_COUNT, 16, 64, 8, 64, 16, 0, 4, 16};
    unsigned int steps = count > 2 ? (unsigned int)atoi(words[2]) : 20000;

    seed = count > 1 ? strtoul(words[1], NULL, 10) : (unsigned long)time(NULL);
    asking_begin(&a, &limits);
    model[VRFS][0] = (struct entry){.used = true, .references = {{TABLES, 0}, {TABLES, 0}, {TABLES, 0}, {TABLES, 0}}};
    for (step = 0; step < steps; step++) {
        enum table table = (enum table)random_below(TABLES);
        unsigned int key = random_below(key_count[table]), what = random_below(100);

        if (table == NEXT_HOPS && key == 0)
            key = 1;
        if (what < 55)
            set(table, key, what < 20);
        else if (what < 97)
            delete(table, key);
        else
            sweep(table);
        compare((enum table)random_below(TABLES));
    }
    for (unsigned int table = 0; table < TABLES; table++)
        compare((enum table)table);
    asking_end(&a);
    printf("seed %lu: %u passed, 0 failed\n", seed, steps + checks);
    return 0;
}
