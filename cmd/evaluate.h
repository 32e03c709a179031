/*
 * evaluate: the modes of botify-evaluate, each a file of its own with its options, and what they have in common.
 */
#ifndef BOTIFY_EVALUATE_H
#define BOTIFY_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "options.h"
#include "report/document.h"

/* Runs the command line from the word of the mode on, which is argv[0]. Returns the exit status. */
typedef int evaluate_mode(int argc, char **argv);

evaluate_mode evaluate_ranking, evaluate_policy, evaluate_log;

/* What --format sets, in a row of options. */
#define EVALUATE_FORMAT(field) \
	OPTION_CALL(evaluate_take_format), .offset = OPTION_OFFSET(field, const struct document_format *)
int evaluate_take_format(void *options, const struct option_row *row, const char *name, struct errmsg *e);

/* Which part a run has in a merge: it writes a part, or reads parts, of which there have to be `parts` (0: any). */
struct evaluate_parts {
	bool partial, merge;
	uint32_t parts;
};

/*
 * Whether the options go together: `of_logs` are those that parts were made with, and `of_results` those of the report.
 * Returns 0, or -1 with the reason.
 */
int evaluate_check_parts(const struct evaluate_parts *p, const struct options_given *given, const char *const of_logs[],
			 const char *const of_results[], struct errmsg *e);

/*
 * Reads n files of parts, or standard input where there are none: `read` adds those of a file, and how many they are to
 * *parts. Returns 0, or -1 with the reason, also where they are not as many as there have to be.
 */
int evaluate_read_parts(const struct evaluate_parts *p, char *const *paths, size_t n,
			int (*read)(void *ctx, const char *path, uint64_t *parts, struct errmsg *e), void *ctx,
			struct errmsg *e);

/* Writes a document, for a terminal as command_screen does. Returns 0, or -1 with the reason. */
int evaluate_put_document(const struct document *d, const struct document_format *format, FILE *f, struct errmsg *e);

#endif
