// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Memory, deferral, time and locks: the first half of port.h. */
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

#include "vrouter.h"

/* ---- Memory */

void *vr_port_allocate(size_t size)
{
	/* Slabs of a power of two begin at multiples of it; 64 is the cache line that port.h promises. */
	if (size <= PAGE_SIZE)
		size = roundup_pow_of_two(max_t(size_t, size, 64));
	/* A request that holds packets off cannot sleep; what it allocates is small. */
	if (in_softirq())
		return kzalloc(size, GFP_ATOMIC | __GFP_NOWARN);
	return kvzalloc(size, GFP_KERNEL | __GFP_NOWARN);
}

void vr_port_free(void *memory)
{
	kvfree(memory);
}

/* ---- Deferral */

/*
 * What is deferred waits in two lists. A batch that was cut off from `next` waits for a grace period as `current_batch`; what is
 * deferred meanwhile gathers in `next` for the one after. So a struct vr_deferred needs no more than a link and a function, and
 * thousands of routes cost one grace period. Functions run in process context, where freeing may take its time.
 */
static struct {
	spinlock_t lock;
	struct vr_deferred *next;
	struct vr_deferred *current_batch;
	bool running;
	struct rcu_work work;
	wait_queue_head_t idle;
} deferral;

static inline struct vr_deferred *follower(struct vr_deferred *deferred)
{
	return deferred->opaque[0];
}

/* The lock is held. */
static void start_batch(void)
{
	deferral.running = deferral.next != NULL;
	deferral.current_batch = deferral.next;
	deferral.next = NULL;
	if (deferral.running)
		queue_rcu_work(system_wq, &deferral.work);
	else
		wake_up_all(&deferral.idle);
}

static void run_batch(struct work_struct *work)
{
	struct vr_deferred *deferred = deferral.current_batch;

	while (deferred) {
		struct vr_deferred *following = follower(deferred);
		void (*function)(struct vr_deferred *) = (void (*)(struct vr_deferred *))deferred->opaque[1];

		function(deferred);
		deferred = following;
		cond_resched();
	}
	spin_lock_bh(&deferral.lock);
	start_batch();
	spin_unlock_bh(&deferral.lock);
}

void vr_port_defer(struct vr_deferred *deferred, void (*function)(struct vr_deferred *))
{
	spin_lock_bh(&deferral.lock);
	deferred->opaque[0] = deferral.next;
	deferred->opaque[1] = function;
	deferral.next = deferred;
	if (!deferral.running)
		start_batch();
	spin_unlock_bh(&deferral.lock);
}

static bool is_idle(void)
{
	bool idle;

	spin_lock_bh(&deferral.lock);
	idle = !deferral.running;
	spin_unlock_bh(&deferral.lock);
	return idle;
}

void vr_port_drain(void)
{
	wait_event(deferral.idle, is_idle());
	/* The last function has run; its work item is not to be running any more when the module's code goes. */
	flush_work(&deferral.work.work);
}

/* ---- Time, chance, cores, locks */

static spinlock_t locks[VR_PORT_LOCKS];

uint64_t vr_port_now_ms(void)
{
	return jiffies64_to_msecs(get_jiffies_64());
}

uint32_t vr_port_random(void)
{
	return get_random_u32();
}

unsigned int vr_port_cores(void)
{
	return nr_cpu_ids;
}

/* Whoever writes what belongs to a core has bottom halves disabled; whoever does not may be told any. */
unsigned int vr_port_core(void)
{
	return raw_smp_processor_id();
}

/* Only with bottom halves disabled. */
void vr_port_lock(unsigned int lock)
	__acquires(&locks[lock])
{
	spin_lock(&locks[lock]);
}

void vr_port_unlock(unsigned int lock)
	__releases(&locks[lock])
{
	spin_unlock(&locks[lock]);
}

int vr_memory_init(void)
{
	unsigned int at;

	for (at = 0; at < VR_PORT_LOCKS; at++)
		spin_lock_init(&locks[at]);
	spin_lock_init(&deferral.lock);
	init_waitqueue_head(&deferral.idle);
	INIT_RCU_WORK(&deferral.work, run_batch);
	return 0;
}
