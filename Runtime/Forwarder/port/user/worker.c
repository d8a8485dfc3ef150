/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Workers: see user.h. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "user.h"

enum { EVENTS = 64 };

/* false: it is to stop. */
static bool run_once(struct worker *worker)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(worker->epoll, events, EVENTS, 0);

    if (count == 0) {
        /* While it waits it holds nothing; it is a reader again before it looks at what woke it. */
        atomic_store(&worker->idle, true);
        count = epoll_wait(worker->epoll, events, EVENTS, -1);
        atomic_store(&worker->idle, false);
        atomic_thread_fence(memory_order_seq_cst);
        /* A channel that an event names may have been let go of while this core was idle, which it now is not: it asks again. */
        return true;
    }
    for (int at = 0; at < count; at++) {
        if (!events[at].data.ptr)
            return false;
        channel_receive(worker->router, events[at].data.ptr);
    }
    devices_flush();
    return true;
}

static void *run(void *argument)
{
    struct worker *worker = argument;

    world_enter(worker->core);
    do
        world_quiet(worker);
    while (run_once(worker));
    atomic_store(&worker->idle, true);
    devices_end();
    return NULL;
}

int worker_start(struct worker *worker)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    sigset_t all, before;
    int error;

    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    worker->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (worker->epoll < 0 || worker->stop < 0 || epoll_ctl(worker->epoll, EPOLL_CTL_ADD, worker->stop, &event) != 0)
        return -errno;
    /* Signals are control's. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&worker->thread, NULL, run, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -error;
}

void worker_stop(struct worker *worker)
{
    uint64_t one = 1;

    if (write(worker->stop, &one, sizeof(one)) != sizeof(one))
        report("worker %u does not stop", worker->core);
    pthread_join(worker->thread, NULL);
    close(worker->epoll);
    close(worker->stop);
}

int worker_watch(unsigned int core, struct channel *channel)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = channel};

    return epoll_ctl(workers[core].epoll, EPOLL_CTL_ADD, channel->descriptor, &event) == 0 ? 0 : -errno;
}

void worker_forget(unsigned int core, struct channel *channel)
{
    epoll_ctl(workers[core].epoll, EPOLL_CTL_DEL, channel->descriptor, NULL);
}
