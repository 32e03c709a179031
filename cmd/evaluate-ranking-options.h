/*
 * evaluate-ranking-options: the command line of botify-evaluate ranking.
 */
#ifndef BOTIFY_EVALUATE_RANKING_OPTIONS_H
#define BOTIFY_EVALUATE_RANKING_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "command.h"
#include "evaluate.h"
#include "event/route.h"
#include "rank/evaluation.h"
#include "rank/queries.h"
#include "rank/rankers.h"
#include "report/document.h"
#include "study/ranking_study.h"

struct options {
	struct rankers rankers;
	struct queries_choice queries;
	struct evaluation_choice evaluation;
	struct ranking_options study;
	struct route_choice holdout;
	const struct document_format *format;
	const char *tracks, *output, *run, *qrels;
	bool query_given;
	struct evaluate_parts merging;
	struct bad_lines bad_lines;
	struct options_given given;
	char **paths; /* n_paths logs, or parts, perhaps none */
	size_t n_paths;
};

extern const struct command evaluate_ranking_command;

/*
 * Parses the command line, takes the tables out of its operands, and sees whether its options go together. Returns -1
 * to go on, or the exit status. Free with evaluate_ranking_options_clear in either case.
 */
int evaluate_ranking_options_parse(struct options *o, int argc, char **argv);
void evaluate_ranking_options_clear(struct options *o);

#endif
