/*
 * policy_hint (private to lib/policy): which policy may have been meant by a text that is not one.
 */
#ifndef BOTIFY_POLICY_HINT_H
#define BOTIFY_POLICY_HINT_H

#include <stdbool.h>

#include "base/errmsg.h"

/* Says more about a source or a filter that could not be parsed for the reason in `e`. */
void policy_hint_part(const char *part, bool is_filter, struct errmsg *e);

/* Sets the reason why no ',' may follow a '+' in a policy. Returns -1. */
int policy_hint_order(const char *text, struct errmsg *e);

#endif
