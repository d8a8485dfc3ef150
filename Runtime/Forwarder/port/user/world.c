/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Memory, time, cores, locks, and when memory may be used again: see user.h and port.h. */
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>

#include "user.h"

struct worker workers[MOST_CORES];
unsigned int worker_count;

static _Thread_local unsigned int this_core;

void report(const char *format, ...)
{
    char line[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    fprintf(stderr, "tungsten-vrouter: %s\n", line);
}

/* ---- Memory --------------------------------------------------------------------------------------------------------------- */

/* Tables of a megabyte and more are mapped, in large pages where there are any: pages that nobody touches cost nothing. */
enum { MAPPED_BYTES = 1 << 20, HEADER_BYTES = 64 };

void *vr_port_allocate(size_t size)
{
    size_t whole = size + HEADER_BYTES;
    uint8_t *memory;

    if (whole < size)
        return NULL;
    if (whole < MAPPED_BYTES) {
        whole = (whole + HEADER_BYTES - 1) / HEADER_BYTES * HEADER_BYTES;
        memory = aligned_alloc(HEADER_BYTES, whole);
        if (!memory)
            return NULL;
        memset(memory, 0, whole);
        return memory + HEADER_BYTES;
    }
    memory = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    madvise(memory, whole, MADV_HUGEPAGE);
    memcpy(memory, &whole, sizeof(whole));
    return memory + HEADER_BYTES;
}

void vr_port_free(void *memory)
{
    uint8_t *start;
    size_t whole;

    if (!memory)
        return;
    start = (uint8_t *)memory - HEADER_BYTES;
    memcpy(&whole, start, sizeof(whole));
    if (whole)
        munmap(start, whole);
    else
        free(start);
}

/* ---- Time, chance, cores, locks --------------------------------------------------------------------------------------------- */

uint64_t vr_port_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint32_t vr_port_random(void)
{
    uint32_t number;

    if (getrandom(&number, sizeof(number), 0) != sizeof(number)) {
        report("the system gives no random numbers");
        abort();
    }
    return number;
}

unsigned int vr_port_cores(void)
{
    return worker_count + 1;
}

unsigned int vr_port_core(void)
{
    return this_core;
}

void world_enter(unsigned int core)
{
    this_core = core;
}

/* Each on a cache line of its own. */
static struct {
    atomic_flag taken;
} __attribute__((aligned(64))) locks[VR_PORT_LOCKS];

void vr_port_lock(unsigned int lock)
{
    for (unsigned int tries = 1; atomic_flag_test_and_set_explicit(&locks[lock].taken, memory_order_acquire); tries++) {
        /* Its holder may have lost its processor. */
        if (tries % 64 == 0)
            sched_yield();
    }
}

void vr_port_unlock(unsigned int lock)
{
    atomic_flag_clear_explicit(&locks[lock].taken, memory_order_release);
}

/* ---- Deferral ------------------------------------------------------------------------------------------------------------- */

/*
 * Grace periods have numbers. What is deferred waits in `young`; when `old` is empty it becomes old, and a new period begins. Once each worker
 * has said that it began a batch after that, or waits for packets and holds nothing, no reader can see what is old. Only control
 * defers and reclaims, so the lists need no lock.
 */
static struct vr_deferred *young, *old;
static atomic_ulong period = 1;

void vr_port_defer(struct vr_deferred *deferred, void (*function)(struct vr_deferred *))
{
    deferred->opaque[0] = young;
    /* A pointer to a function fits into one to data wherever there are sockets (POSIX). */
    memcpy(&deferred->opaque[1], &function, sizeof(function));
    young = deferred;
}

static void run(struct vr_deferred *list)
{
    while (list) {
        struct vr_deferred *deferred = list;
        void (*function)(struct vr_deferred *);

        list = deferred->opaque[0];
        memcpy(&function, &deferred->opaque[1], sizeof(function));
        function(deferred);
    }
}

static bool has_passed(unsigned long number)
{
    atomic_thread_fence(memory_order_seq_cst);
    for (unsigned int core = 0; core < worker_count; core++) {
        if (!atomic_load(&workers[core].idle) && atomic_load(&workers[core].seen) < number)
            return false;
    }
    return true;
}

void world_reclaim(void)
{
    if (old && has_passed(atomic_load(&period))) {
        struct vr_deferred *list = old;

        old = NULL;
        run(list);
    }
    if (!old && young) {
        old = young;
        young = NULL;
        atomic_fetch_add(&period, 1);
    }
}

void world_quiet(struct worker *worker)
{
    atomic_store(&worker->seen, atomic_load(&period));
}

void vr_port_drain(void)
{
    /* Nobody is a reader any more. What functions defer in turn is run too. */
    while (old || young) {
        struct vr_deferred *first = old, *second = young;

        old = young = NULL;
        run(first);
        run(second);
    }
}

void world_begin(unsigned int count)
{
    worker_count = count;
    world_enter(count);
}
