// A disk that fails, for programs that are started with this library preloaded: writes to the files of a database end early, fail, or are
// torn by the end of the process; so do syncs. Only for tests: it stands between SQLite and the C library.
//
//   DISK_FAULTS   the chance of a fault at each write or sync, in millionths; 0: none
//   DISK_TEARS    of the faults, this share in percent ends the process in the middle of a write, as a power cut would
//   DISK_SEED     the seed of the chances
//   DISK_FILES    faults happen to files whose path contains this text
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t state;

static uint64_t setting(const char *name)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : 0;
}

// SplitMix64.
static uint64_t chance(void)
{
    pthread_mutex_lock(&lock);
    if (!state)
        state = setting("DISK_SEED") + 1;
    uint64_t value = state += 0x9E3779B97F4A7C15u;
    pthread_mutex_unlock(&lock);
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

static int concerned(int descriptor)
{
    const char *wanted = getenv("DISK_FILES");
    char link[64], path[4096];
    if (!wanted || !setting("DISK_FAULTS"))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return strstr(path, wanted) != NULL;
}

static int fault(void) { return chance() % 1000000 < setting("DISK_FAULTS"); }

typedef ssize_t (*write_function)(int, const void *, size_t, off_t);

static ssize_t write_at(int descriptor, const void *bytes, size_t count, off_t offset)
{
    static write_function real;
    if (!real)
        real = (write_function)dlsym(RTLD_NEXT, "pwrite64");
    if (!concerned(descriptor) || !fault())
        return real(descriptor, bytes, count, offset);
    size_t part = count ? chance() % count : 0;
    if (chance() % 100 < setting("DISK_TEARS")) {
        // Part of it, and on a bad day other bytes than were meant behind it.
        real(descriptor, bytes, part, offset);
        if (chance() % 2 && part + 512 <= count) {
            char rubbish[512];
            for (size_t i = 0; i < sizeof rubbish; i++)
                rubbish[i] = (char)chance();
            real(descriptor, rubbish, sizeof rubbish, offset + (off_t)part);
        }
        kill(getpid(), SIGKILL);
        pause();
    }
    switch (chance() % 3) {
    case 0:
        errno = EIO;
        return -1;
    case 1:
        errno = ENOSPC;
        return -1;
    default:
        return real(descriptor, bytes, part, offset);
    }
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) { return write_at(descriptor, bytes, count, offset); }

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off_t offset) { return write_at(descriptor, bytes, count, offset); }

static int sync_with(const char *name, int descriptor)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (concerned(descriptor) && fault()) {
        if (chance() % 100 < setting("DISK_TEARS")) {
            kill(getpid(), SIGKILL);
            pause();
        }
        errno = EIO;
        return -1;
    }
    return real(descriptor);
}

int fsync(int descriptor) { return sync_with("fsync", descriptor); }

int fdatasync(int descriptor) { return sync_with("fdatasync", descriptor); }
