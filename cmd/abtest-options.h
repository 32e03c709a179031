/*
 * abtest-options: the command line of botify-abtest.
 */
#ifndef BOTIFY_ABTEST_OPTIONS_H
#define BOTIFY_ABTEST_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command.h"
#include "report/analysis.h"
#include "report/report.h"
#include "study/allocation.h"
#include "study/study.h"

struct options {
	struct option_list experiments;
	const char *output, *tracks, *covariate, *fail_on, *plan, *state;
	struct analysis_options analysis;
	const struct report_format *format;
	struct allocation allocation;
	struct study_keep keep;
	struct options_given given;
	struct bad_lines bad_lines;
	bool spreadsheet, partial, merge;
	unsigned threads;
	uint32_t parts;
	char **paths;
	size_t n_paths;
};

extern const struct command abtest_command;

/*
 * Parses the command line, and sees whether its options go together. Returns -1 to go on, or the exit status. Free with
 * abtest_options_clear in either case.
 */
int abtest_options_parse(struct options *o, int argc, char **argv);
void abtest_options_clear(struct options *o);

/* Whether the report is a page of HTML. */
bool abtest_is_page(const struct options *o);

#endif
