/*
 * evaluation_part: evaluations of parts of a log, split by user, as files (text/part.h) that are merged into one of the
 * whole, to the last digit. The first line is
 *
 *     {"partial":"botify-evaluate ranking","version":1,"tables":["als","ease"],
 *      "choice":{"query":"user","liked":0.8,"at":[10,null],…},"tracks":50000,"queries":9,"relevant":8,"held_out":90,
 *      "liked":12,"missing":[0,1],"parts":1,"bytes":99}
 *
 * and its numbers are users, in ascending order, with their counts and sums; how often each track was shown, for each
 * cell; and the plays that were not held out.
 */
#ifndef BOTIFY_EVALUATION_PART_H
#define BOTIFY_EVALUATION_PART_H

#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "rank/evaluation.h"
#include "text/part.h"

extern const struct part_kind evaluation_part_kind;


/* Writes one that has ended. Returns 0, or -1 with the reason; errors of f are for ferror to tell. */
int evaluation_write_part(const struct evaluation *v, const struct queries_choice *queries, FILE *f, struct errmsg *e);

/* Parts that are being merged. Zero-initialise. */
struct evaluation_parts {
	struct evaluation evaluation;
	struct rankers rankers;	      /* their names */
	struct queries_choice queries;
	uint64_t parts;

	/* private */
	json_t *head;	  /* of the first */
	const char *file; /* where it was read; borrowed */
};

void evaluation_parts_clear(struct evaluation_parts *p);

/*
 * Adds the parts of a file; `path` is borrowed until evaluation_parts_clear. Parts that were made in another way, or of
 * other tables, and a user who is in two of them, are errors. Returns 0, or -1 with the file and the reason.
 */
int evaluation_parts_read(struct evaluation_parts *p, const char *path, struct errmsg *e);

#endif
