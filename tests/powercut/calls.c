/* Lets a call of the system fail, or ends the process at it: loaded before the C library.
 *
 * calls_arm(name, n, mode): the nth call of `name` on a regular file from now on does what `mode` says:
 *   eio, enospc   it fails and does nothing
 *   gate          it fails with EIO; later ones of the same name succeed and do nothing (what a kernel does that
 *                 marks pages clean after a failed write)
 *   before, after the process is killed before or after it
 *   torn          half of what it writes is written, then the process is killed
 * calls_count(name): how many there were since the last calls_arm. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { FDATASYNC, FSYNC, PWRITE, WRITE, FTRUNCATE, RENAME, NAMES };
static const char *names[NAMES] = {"fdatasync", "fsync", "pwrite64", "write", "ftruncate", "rename"};
static atomic_int counts[NAMES];
static int armed = -1, at;
static char mode[16];

void calls_arm(const char *name, int n, const char *what) {
    armed = -1;
    for (int i = 0; i < NAMES; i++) {
        counts[i] = 0;
        if (strcmp(names[i], name) == 0) armed = i;
    }
    at = n;
    strncpy(mode, what, sizeof mode - 1);
}

int calls_count(const char *name) {
    for (int i = 0; i < NAMES; i++)
        if (strcmp(names[i], name) == 0) return counts[i];
    return -1;
}

static int regular(int fd) {
    struct stat s;
    return fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* 0: go on; 1: fail with errno set; 2: succeed and do nothing; 3: kill afterwards; 4: half, then kill. */
static int what_now(int call) {
    int n = ++counts[call];
    if (call != armed) return 0;
    if (strcmp(mode, "gate") == 0 && n > at) return 2;
    if (n != at) return 0;
    if (strcmp(mode, "before") == 0) die();
    if (strcmp(mode, "after") == 0) return 3;
    if (strcmp(mode, "torn") == 0) return 4;
    errno = strcmp(mode, "enospc") == 0 ? ENOSPC : EIO;
    return 1;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)

static int forced(int call, int (*real)(int), int fd) {
    if (!regular(fd) && call == FDATASYNC) return real(fd);
    int now = what_now(call);
    if (now == 1) return -1;
    if (now == 2) return 0;
    int result = real(fd);
    if (now >= 3) die();
    return result;
}

int fdatasync(int fd) { REAL(int, "fdatasync", int); return forced(FDATASYNC, real, fd); }
int fsync(int fd) { REAL(int, "fsync", int); return forced(FSYNC, real, fd); }

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    int now = regular(fd) ? what_now(PWRITE) : 0;
    if (now == 1) return -1;
    if (now == 2) return size;
    ssize_t result = real(fd, data, now == 4 ? size / 2 : size, offset);
    if (now >= 3) die();
    return result;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return pwrite64(fd, data, size, offset); }

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    int now = regular(fd) ? what_now(WRITE) : 0;
    if (now == 1) return -1;
    if (now == 2) return size;
    ssize_t result = real(fd, data, now == 4 ? size / 2 : size);
    if (now >= 3) die();
    return result;
}

int ftruncate64(int fd, off64_t size) {
    REAL(int, "ftruncate64", int, off64_t);
    int now = what_now(FTRUNCATE);
    if (now == 1) return -1;
    if (now == 2) return 0;
    int result = real(fd, size);
    if (now >= 3) die();
    return result;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *old, const char *new) {
    REAL(int, "rename", const char *, const char *);
    int now = what_now(RENAME);
    if (now == 1) return -1;
    if (now == 2) return 0;
    int result = real(old, new);
    if (now >= 3) die();
    return result;
}
