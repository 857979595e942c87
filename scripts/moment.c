// Stops a program (SIGSTOP) at a moment that matters, once, and can make its clocks stand still meanwhile: preloaded.
//
//   cc -shared -fPIC -O2 -o moment.so moment.c -ldl
//   STOP_SEND=before:/krav   LD_PRELOAD=./moment.so proklama run …     when it is about to write what has this in its first line
//   STOP_SEND=after:/krav    …                                          when it has written it
//   STOP_CONNECT=8443:2      …                                          at its second connection to this port
//   CLOCK_BEHIND=FILE        …                                          so many nanoseconds (8 bytes) the file says
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static atomic_flag stopped = ATOMIC_FLAG_INIT;
static const volatile int64_t *behind;

__attribute__((constructor)) static void open_clock(void) {
    const char *name = getenv("CLOCK_BEHIND");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *memory = mmap(NULL, sizeof *behind, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (memory != MAP_FAILED) behind = memory;
}

// Whether it was this call that stopped the program.
static int stop_once(void) {
    if (atomic_flag_test_and_set(&stopped)) return 0;
    kill(getpid(), SIGSTOP);
    return 1;
}

static int is_wanted(const char *when, const void *bytes, size_t count) {
    const char *rule = getenv("STOP_SEND");
    size_t length = strlen(when);
    if (!rule || strncmp(rule, when, length) != 0) return 0;
    const char *end = memchr(bytes, '\r', count);
    return end && memmem(bytes, (size_t)(end - (const char *)bytes), rule + length, strlen(rule + length)) != NULL;
}

ssize_t send(int socket, const void *bytes, size_t count, int flags) {
    ssize_t (*original)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");
    int was_stopped = is_wanted("before:", bytes, count) && stop_once();
    ssize_t sent = original(socket, bytes, count, flags);
    // The program finds the call's time over at once and resets the connection, which takes the bytes back from a receiver
    // that has not read them yet. Here they arrive: the worst that can happen, and each time.
    if (was_stopped) usleep(3000000);
    if (sent > 0 && is_wanted("after:", bytes, count)) stop_once();
    return sent;
}

int connect(int socket, const struct sockaddr *address, socklen_t length) {
    static atomic_int connections;
    int (*original)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
    const char *rule = getenv("STOP_CONNECT");
    if (rule && address && address->sa_family == AF_INET) {
        char *end;
        long port = strtol(rule, &end, 10);
        if (ntohs(((const struct sockaddr_in *)address)->sin_port) == port && *end == ':' &&
            atomic_fetch_add(&connections, 1) + 1 == atoi(end + 1))
            stop_once();
    }
    return original(socket, address, length);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*original)(clockid_t, struct timespec *);
    if (!original) original = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = original(clock, time);
    int is_steady = clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_BOOTTIME;
    if (failed || !behind || !is_steady) return failed;
    int64_t left = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec - *behind;
    time->tv_sec = left / 1000000000;
    time->tv_nsec = left % 1000000000;
    return 0;
}
