#pragma once
#include <jansson.h>

// Swift sees json_error_t.text as a tuple of 160 elements; the code stands in the last of them.
static inline int jansson_error_code(const json_error_t *error) { return (int)json_error_code(error); }
