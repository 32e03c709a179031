#include "abtest-options.h"

#include <stdlib.h>
#include <unistd.h>

#include "event/log.h"
#include "report/fail_on.h"
#include "text/day.h"

/* An option that analysis.h knows by its name. */
static int set_analysis(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;

	return analysis_set(&o->analysis, row->name, text, e);
}

static int set_format(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	struct options *o = options;

	o->format = report_format_find(name);
	if (!o->format)
		return errmsg_set(e, "--%s takes table, json, ndjson, csv, markdown, html or prometheus, not '%s'",
				  row->name, name);
	return 0;
}

static int set_split(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;

	(void)row;
	allocation_clear(&o->allocation);
	o->plan = allocation_is_path(text) ? text : NULL;
	return o->plan ? 0 : allocation_parse(&o->allocation, "--split", text, e);
}

static int set_moment(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	struct options *o = options;

	(void)row;
	o->keep.before = true;
	return day_parse_moment("--covariate-before", text, &o->keep.moment, e);
}

static int set_fail_on(void *options, const struct option_row *row, const char *names, struct errmsg *e)
{
	struct options *o = options;

	(void)row;
	o->fail_on = names;
	return fail_on_check(names, e);
}

#define ANALYSIS OPTION_CALL(set_analysis)

static const struct option_row option_rows[] = {
	{"experiment", "NAME", "only this experiment; may be repeated (default: all in the log)",
	 OPTION_LIST(experiments)},
	{"control", "ARM", "the control arm (default: C, or else the first by name)", ANALYSIS},
	{"split", "C=2,T1=1",
	 "the planned split of users between arms (default: equal);\n"
	 "or the file of experiments that botify-recommend had",
	 OPTION_CALL(set_split)},
	{"alpha", "A", "intervals have confidence 1 - A (default: 0.05)", ANALYSIS},
	{"lift", "KIND", "percent intervals: difference or fieller (default: difference)", ANALYSIS},
	{"adjust", "METHOD", "for many comparisons: none, holm, bh or by (default: none)", ANALYSIS},
	{"primary", "METRIC", "the metric that decides: adjusted apart, told of by --days", ANALYSIS},
	{"cap", "QUANTILE", "cap users' values at this quantile of all arms, as 99%", ANALYSIS},
	{"covariate-before", "TIME", "what users did before a day or moment (ms) is their covariate",
	 OPTION_CALL(set_moment)},
	{"covariate", "FILE", "covariates of users, {\"user\":1,\"value\":2.5} a line", OPTION_TEXT(covariate)},
	{"sequential", NULL, "intervals that may be looked at every day", ANALYSIS},
	{"tune", "N", "users of two arms at which those are tightest (default: 10000)", ANALYSIS},
	{"power", NULL, "the effects that could be found with 80 % power", ANALYSIS},
	{"mde", "PERCENT", "and the users that an effect of so much needs", ANALYSIS},
	{"quantiles", "LIST", "quantiles of the time of a session, as 0.5,0.9", ANALYSIS},
	{"days", NULL, "effects day by day", ANALYSIS},
	{"sources", NULL, "where the answers came from", ANALYSIS},
	{"tracks", "FILE", "the same, and how often an artist was repeated: the catalog", OPTION_TEXT(tracks)},
	{"aa", "N", "split the control N times, and see how often it cries wolf", ANALYSIS},
	{"fail-on", "LIST", "exit 3 on srm, health, or a finding by its name", OPTION_CALL(set_fail_on)},
	{"format", "FORMAT", "table, json, ndjson, csv, markdown, html or prometheus", OPTION_CALL(set_format)},
	{"spreadsheet", NULL, "csv that a spreadsheet does not run: text in quotes, formulas as text",
	 OPTION_FLAG(spreadsheet)},
	{"output", "FILE", "write to FILE, which appears whole or not at all", OPTION_TEXT(output), .letter = 'o'},
	{"threads", "N", "threads that read the logs (default: one for each processor)",
	 OPTION_WHOLE(threads, 1, LOG_THREADS_MAX)},
	{"bad-lines", "N|P%", "exit 0 though so many lines are not events (default: 0)", COMMAND_BAD_LINES(bad_lines)},
	{"partial", NULL, "write a part to be merged instead of the report", OPTION_FLAG(partial)},
	{"merge", NULL, "read what --partial or --state wrote instead of logs", OPTION_FLAG(merge)},
	{"parts", "N", "with --merge: fail unless there are N parts in all", OPTION_WHOLE(parts, 1, INT32_MAX)},
	{"state", "FILE", "add the logs to FILE, which earlier runs left, and report on all", OPTION_TEXT(state)},
	{0},
};

const struct command abtest_command = {
	.name = "botify-abtest",
	.usage = "[OPTION]... [LOG]...",
	.purpose = "Report what each arm of an experiment changed against the control, from event logs.",
	.options = {.rows = option_rows},
	.exits = ",\n3 something of --fail-on was found",
};

/* What is about the report, and not about what is read. */
static const char *const of_report[] = {
	"control", "split", "alpha", "lift", "adjust", "primary", "cap", "covariate", "sequential", "tune", "power",
	"mde", "aa", "format", "spreadsheet", NULL,
};

/* What a report has beside effects, where its format has more. */
static const char *const beside_effects[] = {"power", "mde", "quantiles", "days", "sources", "tracks", "aa", NULL};
static const char *const of_logs[] = {"threads", "bad-lines", NULL};

/* Looks for an option that has no effect beside the others. */
static int check_effects(const struct options *o, struct errmsg *e)
{
	const char *vain;

	if (o->partial && (vain = options_given_of(&o->given, of_report)) != NULL)
		return errmsg_set(e, "--%s has no effect on a part; give it to the run that merges", vain);
	if (o->merge && (vain = options_given_of(&o->given, of_logs)) != NULL)
		return errmsg_set(e, "--%s has no effect with --merge", vain);
	if (o->state && (o->merge || o->partial))
		return errmsg_set(e, "--state and --%s exclude each other; a state is a part, which --merge reads",
				  o->merge ? "merge" : "partial");
	if (o->parts > 0 && !o->merge)
		return errmsg_set(e, "--parts has no effect without --merge");
	if (!o->format->sections && (vain = options_given_of(&o->given, beside_effects)) != NULL)
		return errmsg_set(e, "--%s has no effect on --format %s, which has effects only", vain,
				  o->format->name);
	return 0;
}

bool abtest_is_page(const struct options *o)
{
	return o->format == report_format_find("html");
}

/* What can be said of the options together; and what some of them bring with them. */
static int complete_options(struct options *o, struct errmsg *e)
{
	bool html = abtest_is_page(o), page = html && !o->merge && !o->state;

	if (o->covariate && o->keep.before)
		return errmsg_set(e, "--covariate and --covariate-before exclude each other");
	if (o->fail_on && o->partial)
		return errmsg_set(e, "--fail-on is for the report: a part may look worse than the whole");
	if (check_effects(o, e) < 0)
		return -1;
	if (o->spreadsheet && o->format != report_format_find("csv"))
		return errmsg_set(e, "--spreadsheet is for --format csv");
	o->analysis.sentences = !o->format->machine;
	/* a page has room for all that costs little */
	o->analysis.days = o->analysis.days || page;
	if (analysis_check(&o->analysis, e) < 0)
		return -1;
	o->analysis.allocation = &o->allocation;
	o->analysis.effects.samples.adjust = o->covariate || o->keep.before;
	o->analysis.sources = o->analysis.sources || o->tracks || page;
	o->keep.sessions = page;
	analysis_keep(&o->analysis, &o->keep);
	return 0;
}

static int check_output(const struct options *o, struct errmsg *e)
{
	char *tables[] = {(char *)o->tracks, (char *)o->covariate, (char *)o->plan};

	return command_check_outputs(o->state, o->output, o->paths, o->n_paths, tables,
				     sizeof tables / sizeof *tables, e);
}

int abtest_options_parse(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status;

	*o = (struct options){.analysis = analysis_defaults(), .format = report_format_find("table")};
	o->experiments.list = calloc((size_t)argc, sizeof *o->experiments.list);
	if (!o->experiments.list) {
		errmsg_nomem(&e);
		return command_fail(&abtest_command, &e);
	}
	status = command_options(&abtest_command, argc, argv, o, &o->given);
	o->paths = argv + optind;
	o->n_paths = (size_t)(argc - optind);
	if (status < 0 && (complete_options(o, &e) < 0 || check_output(o, &e) < 0))
		status = command_misused(&abtest_command, &e);
	return status;
}

void abtest_options_clear(struct options *o)
{
	allocation_clear(&o->allocation);
	free(o->experiments.list);
}
