/*
 * partial_head (private to lib/study): reads the first line of a part, which says what the part is; for the reader of
 * partial.h.
 */
#ifndef BOTIFY_PARTIAL_HEAD_H
#define BOTIFY_PARTIAL_HEAD_H

#include <jansson.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "study/partial_code.h"
#include "study/study.h"

/* Finds the digest of the catalog that is kept, if any, once. Returns 0, or -1 where there is no memory. */
int partial_find_catalog(struct study_keep *keep);

/*
 * Sees to it that the part has what the study is to keep, adds its counts to the study's, and makes its experiments and
 * their arms known: *numbers leads from those of the part to those of the study, its sets of arms apart. Of users there
 * are *users. Returns 0, or -1 with the reason; free with partial_numbers_clear in either case.
 */
int partial_read_head(struct study *s, const json_t *object, const char *file, struct partial_shape *shape,
		      struct partial_numbers *numbers, uint64_t *users, struct errmsg *e);

#endif
