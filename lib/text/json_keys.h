/*
 * json_keys: whether the keys of an object that somebody wrote by hand are those that will be read. A key with a typo
 * would be passed over without a word, and what it says would not happen.
 */
#ifndef BOTIFY_JSON_KEYS_H
#define BOTIFY_JSON_KEYS_H

#include <jansson.h>

#include "base/errmsg.h"

/*
 * Refuses every key that is not `known` (names, NULL at the end). Returns 0; or -1, with the key and the name that was
 * meant, or else all names. What is not an object has no keys.
 */
int json_keys_check(const json_t *object, const char *const *known, struct errmsg *e);

/*
 * The same for objects in which others may have keys of their own: refuses only a key that is not known but so near to
 * a name that is not there (see suggest.h) that it is taken for a typo.
 */
int json_keys_check_typos(const json_t *object, const char *const *known, struct errmsg *e);

#endif
