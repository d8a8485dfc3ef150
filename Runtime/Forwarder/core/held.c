/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Packets that wait: see held.h. */
#include "walk.h"

int vr_held_make(struct vr_router *router, uint32_t places)
{
    router->held.places = vr_port_allocate(places * sizeof(*router->held.places));
    if (!router->held.places)
        return -ENOMEM;
    return vr_pool_make(&router->held.pool, places);
}

void vr_held_free(struct vr_router *router)
{
    vr_port_free(router->held.places);
    vr_pool_free(&router->held.pool);
    router->held.places = NULL;
}

bool vr_held_add(struct vr_walk *walk, struct vr_held_queue *queue)
{
    struct vr_held_store *store = &walk->router->held;
    struct vr_held *place;
    uint32_t number;

    if (!vr_pool_take(&store->pool, &number))
        return false;
    place = &store->places[number];
    place->next = 0;
    place->packet = *walk->packet;
    place->walk = *walk;
    place->walk.packet = &place->packet;
    /* Whoever wanted to know will not wait. */
    place->walk.trace = NULL;
    place->walk.flow = NULL;
    if (queue->last)
        store->places[queue->last - 1].next = number + 1;
    else
        queue->first = number + 1;
    queue->last = number + 1;
    queue->count++;
    return true;
}

void vr_held_release(struct vr_router *router, struct vr_core *core, struct vr_held_queue *queue, uint32_t reason)
{
    struct vr_held *places = router->held.places;

    for (uint32_t number = queue->first; number; number = places[number - 1].next)
        places[number - 1].reason = reason;
    if (queue->last) {
        /* The core's list is short: behind what was released before. */
        uint32_t *end = &core->released;

        while (*end)
            end = &places[*end - 1].next;
        *end = queue->first;
    }
    queue->first = 0;
    queue->last = 0;
    queue->count = 0;
}

void vr_held_go_on(struct vr_router *router, struct vr_core *core)
{
    /* A packet that goes on may release others: the outermost call lets them go on too. */
    if (core->releasing)
        return;
    core->releasing = true;
    while (core->released) {
        uint32_t number = core->released - 1;
        struct vr_held *place = &router->held.places[number];
        struct vr_packet packet = place->packet;
        struct vr_walk walk = place->walk;

        core->released = place->next;
        walk.packet = &packet;
        walk.core = core;
        walk.in = vr_interface_find(router, walk.interface);
        uint32_t reason = place->reason;

        vr_pool_give(&router->held.pool, number);
        if (reason != VR_DROP_NONE)
            vr_drop(&walk, (enum vr_drop_reason)reason);
        else if (!walk.in)
            vr_drop(&walk, VR_DROP_INVALID_INTERFACE);
        else if (walk.resume == VR_RESUME_WORKLOAD)
            vr_workload_admit(&walk);
        else
            vr_next_hop(&walk, walk.next_hop);
    }
    core->releasing = false;
}
