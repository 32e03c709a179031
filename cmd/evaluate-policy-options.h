/*
 * evaluate-policy-options: the command line of botify-evaluate policy.
 */
#ifndef BOTIFY_EVALUATE_POLICY_OPTIONS_H
#define BOTIFY_EVALUATE_POLICY_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "command.h"
#include "evaluate.h"
#include "policy/tables.h"
#include "report/document.h"

struct options {
	const char *policy, *logging, *experiments, *tracks, *output;
	double epsilon, logging_epsilon;
	double clip, switch_at; /* NaN: not given */
	uint32_t horizon, draws, threads;
	uint64_t seed;
	double alpha;
	const struct document_format *format;
	struct evaluate_parts merging;
	struct bad_lines bad_lines;
	struct options_given given;
	struct given_table {
		enum table_kind kind;
		const char *spec; /* [NAME=]FILE */
	} *tables;
	size_t n_tables;
	char **paths; /* n_paths logs, or parts, perhaps none */
	size_t n_paths;
};

extern const struct command evaluate_policy_command;

/*
 * Parses the command line, and sees whether its options go together. Returns -1 to go on, or the exit status. Free with
 * evaluate_policy_options_clear in either case.
 */
int evaluate_policy_options_parse(struct options *o, int argc, char **argv);
void evaluate_policy_options_clear(struct options *o);

#endif
