#pragma once
// The type checks are macros over variadic functions, of which Swift can use neither; the shims below are typed instead.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are variadic, and Swift cannot call such functions: one shim
// for each type of argument.

static inline CURLcode shim_easy_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode shim_easy_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode shim_easy_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode shim_easy_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode shim_easy_headers(CURL *easy, struct curl_slist *value) {
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, value);
}
static inline CURLcode shim_easy_on_body(CURL *easy, curl_write_callback call) {
    return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, call);
}
static inline CURLcode shim_easy_on_upload(CURL *easy, curl_read_callback call) {
    return curl_easy_setopt(easy, CURLOPT_READFUNCTION, call);
}
static inline CURLcode shim_easy_on_request(CURL *easy, curl_prereq_callback call) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, call);
}
static inline CURLcode shim_easy_on_open(CURL *easy, curl_sockopt_callback call) {
    return curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, call);
}
static inline CURLcode shim_easy_on_close(CURL *easy, curl_closesocket_callback call) {
    return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, call);
}
static inline CURLcode shim_easy_on_tls(CURL *easy, curl_ssl_ctx_callback call) {
    return curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, call);
}

static inline CURLcode shim_info_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode shim_info_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, (char **)value);
}

static inline CURLMcode shim_multi_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode shim_multi_pointer(CURLM *multi, CURLMoption option, void *value) {
    return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode shim_multi_on_socket(CURLM *multi, curl_socket_callback call) {
    return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, call);
}
static inline CURLMcode shim_multi_on_timer(CURLM *multi, curl_multi_timer_callback call) {
    return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, call);
}
