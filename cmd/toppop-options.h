/*
 * toppop-options: the command line of botify-toppop.
 */
#ifndef BOTIFY_TOPPOP_OPTIONS_H
#define BOTIFY_TOPPOP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command.h"
#include "event/route.h"
#include "rank/tops.h"

struct options {
	struct tops_choice choice;
	const struct tops_format *format;
	bool for_people; /* it is safe for terminals as it is */
	const char *tracks, *output, *state, *format_name;
	bool curve;
	struct option_list arms;
	size_t limit;
	unsigned threads;
	uint32_t parts;
	bool merge;
	struct route_choice held_out;
	struct bad_lines bad_lines;
	struct options_given given;
	char **paths; /* n_paths of them, at least one */
	size_t n_paths;
};

extern const struct command toppop_command;

/*
 * Parses the command line, and sees whether its options go together. Returns -1 to go on, or the exit status. Free with
 * toppop_options_clear in either case.
 */
int toppop_options_parse(struct options *o, int argc, char **argv);
void toppop_options_clear(struct options *o);

#endif
