#include "evaluate-policy-options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/log.h"
#include "study/ope_sums.h"
#include "text/number.h"

static int add_table(void *options, const struct option_row *row, const char *spec, struct errmsg *e)
{
	struct options *o = options;

	(void)e;
	o->tables[o->n_tables++] = (struct given_table){(enum table_kind)row->choice, spec};
	return 0;
}

static int set_threshold(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;
	double *to = row->choice == 0 ? &o->clip : &o->switch_at;
	char name[32];

	snprintf(name, sizeof name, "--%s", row->name);
	if (number_parse(name, text, 0, 1e12, to, e) < 0)
		return -1;
	return *to > 0 ? 0 : errmsg_set(e, "%s takes a weight above 0, not '%s'", name, text);
}

static const struct option_row option_rows[] = {
	{"policy", "P", "the policy that is evaluated (see botify-policy(7))", OPTION_TEXT(policy)},
	{"tracks", "FILE", "the catalog: NDJSON with track and artist", OPTION_TEXT(tracks)},
	{"similar", "[NAME=]FILE", "a table of similar tracks; this and the next may be repeated",
	 OPTION_CALL(add_table), .choice = TABLE_SIMILAR},
	{"user-tracks", "[NAME=]FILE", "a table of users' tracks", OPTION_CALL(add_table), .choice = TABLE_USER_TRACKS},
	{"top", "[NAME=]FILE", "a popularity table", OPTION_CALL(add_table), .choice = TABLE_TOP},
	{"session", "[NAME=]MODEL", "a session model", OPTION_CALL(add_table), .choice = TABLE_SESSION},
	{"epsilon", "E", "evaluate P with so much exploration (default: 0)", OPTION_REAL(epsilon, 0, 1)},
	{"logging", "P0", "the policy that made the log: for mips, and for what the log does\n"
	 "not tell the propensity of", OPTION_TEXT(logging)},
	{"experiments", "FILE", "the experiments of the log, whose arms' policies made it",
	 OPTION_TEXT(experiments)},
	{"logging-epsilon", "E", "with how much exploration (default: 0)", OPTION_REAL(logging_epsilon, 0, 1)},
	{"horizon", "H", "a session's value is that of its first H recommended tracks (default: 5)",
	 OPTION_WHOLE(horizon, 1, OPE_HORIZON_MAX)},
	{"clip", "C", "clipped: the largest weight (default: a power of 4 near the square\n"
	 "root of the number of steps)", OPTION_CALL(set_threshold), .choice = 0},
	{"switch", "T", "switch-dr: the largest weight (default: that with the least error)",
	 OPTION_CALL(set_threshold), .choice = 1},
	{"draws", "N", "draws for a mean over a pool of more than 64 tracks (default: 8)",
	 OPTION_WHOLE(draws, 1, 10000)},
	{"seed", "N", "of these draws (default: 0)", OPTION_WHOLE(seed, 0, INT64_MAX)},
	{"alpha", "A", "intervals have confidence 1 - A (default: 0.05)", OPTION_REAL(alpha, 0, 1)},
	{"format", "FORMAT", "table, json, ndjson, csv, markdown or html (default: table)", EVALUATE_FORMAT(format)},
	{"output", "FILE", "write to FILE, which appears whole or not at all", OPTION_TEXT(output), .letter = 'o'},
	{"threads", "N", "threads that read the logs and replay them (default: one for each\n"
	 "processor)",
	 OPTION_WHOLE(threads, 1, LOG_THREADS_MAX)},
	{"bad-lines", "N|P%", "exit 0 though so many lines are not events (default: 0)", COMMAND_BAD_LINES(bad_lines)},
	{"partial", NULL, "write a part to be merged instead of the result", OPTION_FLAG(merging.partial)},
	{"merge", NULL, "read what --partial wrote instead of tables and logs", OPTION_FLAG(merging.merge)},
	{"parts", "N", "with --merge: fail unless there are N parts in all", OPTION_WHOLE(merging.parts, 1, INT32_MAX)},
	{0},
};

const struct command evaluate_policy_command = {
	.name = "botify-evaluate",
	.usage = "policy --policy P --tracks FILE [OPTION]... [LOG]...\n"
		 "       botify-evaluate policy --merge [OPTION]... [PART]...",
	.purpose = "Estimate what a policy would have earned, by logs of another one.",
	.options = {.rows = option_rows},
};

static int check_merge(const struct options *o, struct errmsg *e)
{
	static const char *const of_logs[] = {"policy", "tracks", "similar", "user-tracks", "top", "session", "epsilon",
					      "logging", "experiments", "logging-epsilon", "horizon", "clip", "switch",
					      "draws", "seed", "threads", "bad-lines", NULL};
	static const char *const of_results[] = {"alpha", "format", NULL};

	return evaluate_check_parts(&o->merging, &o->given, of_logs, of_results, e);
}

static int check_options(const struct options *o, struct errmsg *e)
{
	if (check_merge(o, e) < 0)
		return -1;
	if (!(o->alpha > 0 && o->alpha < 1))
		return errmsg_set(e, "--alpha takes a number above 0 and below 1");
	if (o->merging.merge)
		return command_check_output("-o", o->output, o->paths, o->n_paths, e);
	if (!o->policy)
		return errmsg_set(e, "no policy given (--policy P)");
	if (!o->tracks)
		return errmsg_set(e, "no catalog given (--tracks FILE)");
	if (o->logging && o->experiments)
		return errmsg_set(e,
				  "--logging and --experiments both say which policy made the log: give one of them");
	if (o->logging_epsilon > 0 && !o->logging && !o->experiments)
		return errmsg_set(e, "--logging-epsilon has no effect without --logging or --experiments");
	if (command_check_output("-o", o->output, (char *[]){(char *)o->tracks}, 1, e) < 0)
		return -1;
	for (size_t i = 0; i < o->n_tables; i++) {
		const char *equals = strchr(o->tables[i].spec, '=');
		char *path = (char *)(equals ? equals + 1 : o->tables[i].spec);

		if (command_check_output("-o", o->output, &path, 1, e) < 0)
			return -1;
	}
	return command_check_output("-o", o->output, o->paths, o->n_paths, e);
}

int evaluate_policy_options_parse(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status;

	*o = (struct options){.clip = NAN, .switch_at = NAN, .horizon = 5, .draws = 8, .alpha = .05,
			      .format = document_format_find("table")};
	o->tables = calloc((size_t)argc + 1, sizeof *o->tables);
	if (!o->tables) {
		errmsg_nomem(&e);
		return command_fail(&evaluate_policy_command, &e);
	}
	status = command_options(&evaluate_policy_command, argc, argv, o, &o->given);
	if (status >= 0)
		return status;
	o->paths = argv + optind;
	o->n_paths = (size_t)(argc - optind);
	return check_options(o, &e) < 0 ? command_misused(&evaluate_policy_command, &e) : -1;
}

void evaluate_policy_options_clear(struct options *o)
{
	free(o->tables);
}
