// Sends a program's connections through proxies: preloaded, it changes the port of connect() to 127.0.0.1.
// Kafka's clients connect to the addresses that brokers advertise, so a proxy in front of the first one is not enough.
//
//   cc -shared -fPIC -O2 -o redirect.so redirect.c -ldl
//   REDIRECT=9092=40001,9093=40002 LD_PRELOAD=./redirect.so proklama run …
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

typedef int (*connect_function)(int, const struct sockaddr *, socklen_t);

static int redirected(int port) {
    const char *rest = getenv("REDIRECT");
    while (rest && *rest) {
        char *end;
        long from = strtol(rest, &end, 10);
        if (*end != '=') break;
        long to = strtol(end + 1, &end, 10);
        if (from == port) return (int)to;
        rest = *end == ',' ? end + 1 : NULL;
    }
    return port;
}

int connect(int socket, const struct sockaddr *address, socklen_t length) {
    connect_function original = (connect_function)dlsym(RTLD_NEXT, "connect");
    struct sockaddr_in changed;
    if (address && address->sa_family == AF_INET && length >= sizeof changed) {
        memcpy(&changed, address, sizeof changed);
        if (ntohl(changed.sin_addr.s_addr) == INADDR_LOOPBACK) {
            changed.sin_port = htons((uint16_t)redirected(ntohs(changed.sin_port)));
            return original(socket, (struct sockaddr *)&changed, sizeof changed);
        }
    }
    return original(socket, address, length);
}
