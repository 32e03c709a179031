/*
 * json_parse: jansson's parser, with word of it when memory ran out.
 *
 * Where jansson 2.14 cannot make a buffer larger, it drops a byte and goes on: a string is another one, and with an
 * escape in it memory is written past its end. So jansson never sees that an allocation failed while it parses: the
 * parse is left there, and what it had allocated is freed.
 *
 * All memory of jansson comes from here. Hence a value is freed (json_decref) by the thread that parsed it, and what
 * jansson returns as text (json_dumps) is not for free().
 */
#ifndef BOTIFY_JSON_PARSE_H
#define BOTIFY_JSON_PARSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * As json_loadb: a new reference, or NULL with the reason in *why; or, where there is no memory, NULL and *no_memory,
 * and *why is not set.
 */
json_t *json_parse(const char *text, size_t len, size_t flags, json_error_t *why, bool *no_memory);

#endif
