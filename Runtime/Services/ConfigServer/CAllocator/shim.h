// How glibc's malloc takes memory from the system. Swift's module of glibc leaves <malloc.h> out.

#pragma once
#include <malloc.h>

/// Makes all threads share one heap that grows by `step` bytes. The heaps that glibc otherwise gives to each thread grow by a page and a
/// system call at a time, and what one thread frees another cannot use.
static inline void tungsten_share_heap(int step) {
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TOP_PAD, step);
}
