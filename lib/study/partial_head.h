/*
 * partial_head (private to lib/study): reads the first line of a part, which says what the part is; for the reader of
 * partial.h.
 */
#ifndef BOTIFY_PARTIAL_HEAD_H
#define BOTIFY_PARTIAL_HEAD_H

#include <jansson.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "study/study.h"

/*
 * Sees to it that the part has what the study is to keep, adds its counts to the study's, and makes its experiments and
 * their arms known. The rows that it promises are added to *rows. Returns 0, or -1 with the reason.
 */
int partial_read_head(struct study *s, const json_t *object, uint64_t *rows, struct errmsg *e);

#endif
