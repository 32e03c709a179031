/*
 * partial_code (private to lib/study): the packed numbers of a part of a log, which follow its first line
 * (text/part.h); partial.h says what they are.
 *
 * A part has its own numbers for what has a name: an experiment has its place in the "experiments" of the first line,
 * an arm that in the experiment's "arms", a source that in "sources", an experiment before the moment that in
 * "events_before", a set of arms its place among the sets of the part.
 */
#ifndef BOTIFY_PARTIAL_CODE_H
#define BOTIFY_PARTIAL_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "study/partial_user.h"
#include "study/study.h"
#include "text/part.h"

#define PARTIAL_OF "botify-abtest" /* what "partial" says in the first line */
enum { PARTIAL_VERSION = 2 };

#define PARTIAL_LEFT_OUT (STUDY_BEFORE - 1) /* an experiment that is not wanted */

/* From the numbers of a study to those of a part, when it is written; the other way round, when it is read. */
struct partial_numbers {
	uint32_t *experiments; /* NULL: they are the same */
	uint32_t **arms;       /* by experiment, from whose numbers this goes */
	size_t *n_arms;
	size_t n_experiments;
	uint32_t *sources, *early, *sets;
	size_t n_sources, n_early, n_sets;
};

void partial_numbers_clear(struct partial_numbers *n);

/* What a part has of each user. */
struct partial_shape {
	bool days, sessions, answers, artists;
	int64_t from; /* the earliest timestamp of all */
};

/* Packs a user; `before` is the id of the one before, plus 1. */
void partial_put_user(struct part_bytes *b, const struct partial_user *u, const struct partial_shape *shape,
		      const struct partial_numbers *to, uint64_t before);

/*
 * Unpacks one, except for what the study does not keep. Returns 0; or -1 with the reason, where the numbers are wrong
 * or there is no memory.
 */
int partial_get_user(struct part_numbers *in, struct partial_user *u, const struct partial_shape *shape,
		     const struct partial_numbers *to, const struct study_keep *keep, uint64_t before,
		     struct errmsg *e);

/* The id of the next user, without going on to it. */
uint32_t partial_next_id(const struct part_numbers *in, uint64_t before);

/* As partial_pack, of a piece of a study that is cut. */
int partial_pack_piece(struct study *s, const struct part_cut *cut, size_t piece, const char *name,
		       struct part_file *file, struct errmsg *e);

/* The counts of answers: six numbers. */
enum { PARTIAL_ANSWERS_N = 6 };
void partial_put_answers(struct part_bytes *b, const struct recommendations_count *count);
void partial_get_answers(struct part_numbers *in, struct recommendations_count *count);

#endif
