/*
 * ope_part: sums of off-policy estimates of parts of a log, split by user, as files (text/part.h) that are merged into
 * those of the whole, to the last digit. The first line is
 *
 *     {"partial":"botify-evaluate policy","version":1,"policy":"…","asked":"…","choice":{"clip":null,"switch":null,
 *      "horizon":5},"events":9,"left_out":[0,…],"users":3,"parts":1,"bytes":99}
 *
 * where `asked` says how the log was read, as the command likes: parts have to agree in it. Its numbers are the folds,
 * as words of 64 bits, and the users in ascending order with their sums, to the last bit.
 */
#ifndef BOTIFY_OPE_PART_H
#define BOTIFY_OPE_PART_H

#include <jansson.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "study/ope_sums.h"
#include "text/part.h"

extern const struct part_kind ope_part_kind;

/* Writes sums that have been sorted. Returns 0, or -1 with the reason; errors of f are for ferror to tell. */
int ope_part_write(const struct ope_sums *s, const char *policy, const char *asked, FILE *f, struct errmsg *e);

/* Parts that are being merged. Zero-initialise. */
struct ope_parts {
	struct ope_sums sums;
	const char *policy; /* of the first; valid until ope_parts_clear */
	uint64_t parts;

	/* private */
	json_t *head;	  /* of the first */
	const char *file; /* where it was read; borrowed */
};

void ope_parts_clear(struct ope_parts *p);

/*
 * Adds the parts of a file; `path` is borrowed until ope_parts_clear. Parts that were made in another way, and a user
 * who is in two of them, are errors. Returns 0, or -1 with the file and the reason.
 */
int ope_parts_read(struct ope_parts *p, const char *path, struct errmsg *e);

#endif
