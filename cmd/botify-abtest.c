/*
 * botify-abtest: reports the effects of experiments from event logs. See botify-abtest(1).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "event/log.h"
#include "render/table.h"
#include "report/analysis.h"
#include "report/fail_on.h"
#include "report/findings.h"
#include "report/report.h"
#include "study/allocation.h"
#include "study/clock.h"
#include "study/covariate.h"
#include "study/partial.h"
#include "study/study.h"
#include "study/study_log.h"
#include "text/day.h"
#include "text/humanize.h"
#include "text/ndjson.h"
#include "text/part_state.h"
#include "world/catalog.h"

enum { EXIT_FOUND = 3 };

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

static const struct command self = {
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

static bool is_page(const struct options *o)
{
	return o->format == report_format_find("html");
}

/* What can be said of the options together; and what some of them bring with them. */
static int complete_options(struct options *o, struct errmsg *e)
{
	bool html = is_page(o), page = html && !o->merge && !o->state;

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
	char *tables[] = {(char *)o->tracks, (char *)o->covariate, (char *)o->plan, (char *)o->state};
	const size_t n_read = sizeof tables / sizeof *tables - 1;

	if (command_check_output("--state", o->state, o->paths, o->n_paths, e) < 0 ||
	    command_check_output("--state", o->state, tables, n_read, e) < 0)
		return -1;
	if (command_check_output("-o", o->output, o->paths, o->n_paths, e) < 0)
		return -1;
	return command_check_output("-o", o->output, tables, sizeof tables / sizeof *tables, e);
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status = command_options(&self, argc, argv, o, &o->given);

	o->paths = argv + optind;
	o->n_paths = (size_t)(argc - optind);
	if (status < 0 && (complete_options(o, &e) < 0 || check_output(o, &e) < 0))
		status = command_misused(&self, &e);
	return status;
}

/* All that is read. */
struct inputs {
	struct study study;
	struct part_state state;
	struct catalog catalog;
	struct covariate covariate;
	struct command_complaints complaints;
	struct log_count count; /* of the logs that were read now */
};

static void clear_inputs(struct inputs *in)
{
	study_clear(&in->study);
	part_state_close(&in->state);
	catalog_clear(&in->catalog);
	covariate_clear(&in->covariate);
}

static void complain_of_line(void *ctx, const struct errmsg *reason)
{
	struct inputs *in = ctx;

	command_complain(&self, &in->complaints, reason);
}

/* A log in another unit than it should have is taken as it is, but not without a word. */
static void note_units(const struct study *s, const struct options *o)
{
	const char *log = clock_unit(s), *moment = o->keep.before ? clock_unit_of(o->keep.moment) : NULL;

	if (log)
		command_note(&self, "timestamps look like %s, and are taken as milliseconds", log);
	else if (moment)
		command_note(&self, "--covariate-before looks like %s, and is taken as milliseconds", moment);
}

static void begin_study(struct study *s, const struct options *o, const struct inputs *in)
{
	struct study_keep keep = o->keep;

	keep.catalog = o->tracks ? &in->catalog : NULL;
	keep.joinable = o->partial || o->state;
	study_init(s, STUDY_STREAM, o->experiments.list, o->experiments.n);
	study_keep(s, &keep);
}

/* Reads them, on top of a state where there is one, and they can be. */
static int read_logs(struct study *s, struct inputs *in, const struct options *o, const struct part_file *state,
		     struct errmsg *e)
{
	struct command_progress progress;
	const struct study_log log = {.paths = o->paths, .n_paths = o->n_paths, .threads = o->threads,
				      .complain = complain_of_line, .ctx = in,
				      .watch = {.read = command_progress_show, .ctx = &progress}, .state = state};
	int status;

	command_progress_begin(&progress, o->paths, o->n_paths);
	status = study_log_read(s, &log, e);
	command_progress_end();
	in->count = (struct log_count){s->events - s->base.events, s->malformed - s->base.malformed,
				       s->unread - s->base.unread};
	return status;
}

/* Whether a log is one that the state has already. */
static int check_new(const struct study *s, const json_t *head, const struct options *o, struct errmsg *e)
{
	struct input_logs had = {0};
	const struct input_log *log, *other;
	int status = input_logs_read(&had, head, o->state, e);

	log = status == 0 ? input_logs_common(&s->logs, &had, &other) : NULL;
	if (log)
		status = errmsg_set(e, "%s: was given before: its %" PRIu64 " events are in %s already", log->file,
				    log->events, o->state);
	input_logs_clear(&had);
	return status;
}

/* Joins the study of the new logs to the state, which makes the study of all. */
static int join_state(struct inputs *in, const struct options *o, struct errmsg *e)
{
	struct part_file files[2] = {in->state.file, {0}};
	const char *name = o->n_paths == 1 ? ndjson_name(o->paths[0]) : "the logs";
	int status = partial_pack(&in->study, name, &files[1], e);

	study_clear(&in->study);
	begin_study(&in->study, o, in);
	if (status == 0)
		status = partial_merge(&in->study, files, 2, true, e);
	part_file_clear(&files[1]);
	return status;
}

/*
 * Opens the state, and takes over what it keeps. The page has all that is kept; a state that is begun for it keeps
 * all.
 */
static int open_state(struct inputs *in, struct options *o, json_t **head, struct errmsg *e)
{
	struct study_keep keep = o->keep;

	if (part_state_open(&in->state, o->state, e) < 0)
		return -1;
	if (in->state.was_empty)
		command_note(&self, "%s is empty, as a run leaves it that was killed before it saved any: begun anew",
			     o->state);
	keep.catalog = o->tracks ? &in->catalog : NULL;
	if (part_state_is_new(&in->state)) {
		keep.days = keep.days || is_page(o);
		keep.sessions = keep.sessions || is_page(o);
		keep.recommendations = keep.recommendations || is_page(o);
	} else {
		*head = part_state_head(&in->state, &partial_kind, e);
		if (!*head)
			return -1;
		if (partial_keep_as(&keep, *head, o->experiments.list, o->experiments.n, e) < 0)
			return errmsg_prefix(e, "%s", o->state);
	}
	o->analysis.days = o->analysis.days || (is_page(o) && keep.days);
	o->analysis.sources = o->analysis.sources || (is_page(o) && keep.recommendations);
	o->keep = keep;
	return 0;
}

/* Reads the logs, and joins them to the state. */
static int read_state(struct inputs *in, struct options *o, struct errmsg *e)
{
	json_t *head = NULL;
	int status = open_state(in, o, &head, e);

	begin_study(&in->study, o, in);
	if (status == 0)
		status = read_logs(&in->study, in, o, head ? &in->state.file : NULL, e);
	if (status == 0 && command_is_spoiled(&in->complaints, &o->bad_lines, &in->count))
		status = errmsg_set(e, "%s: left as it was, as not all of the logs could be read", o->state);
	if (status == 0 && head && !in->study.resumed) {
		status = check_new(&in->study, head, o, e);
		if (status == 0 && study_settle(&in->study, e) < 0)
			status = -1;
		if (status == 0)
			status = join_state(in, o, e);
	}
	json_decref(head);
	return status;
}

static int check_parts(const struct study *s, const struct options *o, struct errmsg *e)
{
	if (o->parts == 0 || s->logs.parts == o->parts)
		return 0;
	return errmsg_set(e, "%" PRIu64 " parts instead of %" PRIu32, s->logs.parts, o->parts);
}

static int read_parts(struct inputs *in, const struct options *o, struct errmsg *e)
{
	return partial_read(&in->study, o->paths, o->n_paths, e) < 0 ? -1 : check_parts(&in->study, o, e);
}

/* Reads the logs or their parts into the study. */
static int read_study(struct inputs *in, struct options *o, struct errmsg *e)
{
	struct study *s = &in->study;
	int status;

	command_reads_all(&self, o->paths, o->n_paths);
	if (o->state) {
		status = read_state(in, o, e);
	} else {
		begin_study(s, o, in);
		status = o->merge ? read_parts(in, o, e) : read_logs(s, in, o, NULL, e);
	}
	if (status < 0)
		return -1;
	if (s->out_of_order > 0 && !s->sorted)
		command_note(&self, "events are out of order and were taken as they came; "
				    "give the log as a file, or sorted by timestamp");
	note_units(s, o);
	return study_end(s, e);
}

/* Whether the file of --split says something of the log: another one would let any split pass. */
static int check_plan(const struct study *s, const struct options *o, struct errmsg *e)
{
	size_t missing = 0;

	for (size_t i = 0; i < s->names.n; i++)
		missing += !allocation_has(&o->allocation, slice_of(intern_text(&s->names, i)));
	if (missing > 0 && missing == s->names.n)
		return errmsg_set(e, "%s: no experiment of the log is in it", ndjson_name(o->plan));
	for (size_t i = 0; missing > 0 && i < s->names.n; i++)
		if (!allocation_has(&o->allocation, slice_of(intern_text(&s->names, i))))
			command_note(&self, "%s: experiment '%s' is not in it, and its arms are taken as equal",
				     ndjson_name(o->plan),
				     intern_text(&s->names, i));
	return 0;
}

/* Returns 0; or -1 where there is nothing to report on. */
static int check_study(const struct study *s, const struct options *o, struct errmsg *e)
{
	if (s->events == 0)
		return errmsg_set(e, "the log has no events");
	if (s->names.n == 0)
		return errmsg_set(e, "the log has no experiments%s",
				  o->keep.before ? " from --covariate-before on" : "");
	for (size_t i = 0; i < o->experiments.n; i++)
		if (intern_find(&s->names, slice_of(o->experiments.list[i])) == INTERN_NONE) {
			humanize_list(&s->names, e);
			return errmsg_prefix(e, "no experiment '%s'", o->experiments.list[i]);
		}
	return 0;
}

/* A part, or a report for machines. */
static int print_plain(const struct analysis *a, struct study *s, const struct options *o,
		       const struct report_style *style, FILE *f, struct errmsg *e)
{
	struct command_screen screen;
	FILE *between = command_screen_open(&screen, f, e);
	int status;

	if (!between)
		return -1;
	status = o->partial ? partial_write(s, between, e) : o->format->write(a, style, between, e);
	return command_screen_close(&screen, e) < 0 ? -1 : status;
}

/* Writes what is asked for: a part, or the report. */
static int print_result(const struct analysis *a, struct study *s, const struct options *o, FILE *f,
			struct errmsg *e)
{
	const struct report_style style = {.terminal = isatty(fileno(f)), .colour = table_wants_colour(f),
					   .spreadsheet = o->spreadsheet};

	if (o->partial || o->format->machine)
		return print_plain(a, s, o, &style, f, e);
	return o->format->write(a, &style, f, e);
}

static int save_or_print(const struct analysis *a, struct study *s, const struct options *o, struct errmsg *e)
{
	struct command_result result;

	if (command_result_open(&result, o->output, e) < 0)
		return -1;
	return command_result_close(&result, print_result(a, s, o, result.file, e), e);
}

/*
 * Says what is wrong with the log where the report has no room for it: what is loud, before the report; or the rest, as
 * far as it was not said before.
 */
static void print_warnings(const struct findings *all, const struct options *o, bool loud)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct finding *f = &all->list[i];

		if (loud && f->loud)
			command_note(&self, "Do not trust this yet: %s", f->text);
		else if (!loud && !f->loud && f->level != FINDING_NOTE && (o->merge || !f->heard))
			command_note(&self, "%s%s%s", f->experiment ? f->experiment : "", f->experiment ? ": " : "",
				     f->text);
	}
}

/* Looks for what the run is to fail on, and says it. Returns EXIT_FOUND or 0. */
static int find_failures(const struct analysis *a, const struct options *o)
{
	struct errmsg found;

	if (!o->fail_on || fail_on_find(o->fail_on, a, &found) == 0)
		return 0;
	command_fail(&self, &found);
	return EXIT_FOUND;
}

/*
 * The file is not begun before the analysis has ended: an interrupted run must not leave the beginning of one.
 * `found` is the exit status that --fail-on asks for.
 */
static int write_result(struct study *s, const struct options *o, int *found, struct errmsg *e)
{
	struct analysis a = {0};
	bool bare = !o->partial && o->format->bare;
	int status = 0;

	/* a part may be empty, the whole may not; a state may be, until something happens in it */
	if (!o->partial && check_study(s, o, e) < 0) {
		if (!o->state)
			return -1;
		command_note(&self, "no report yet: %s", e->text);
		return 0;
	}
	if (!o->partial)
		status = check_plan(s, o, e) < 0 ? -1 : analysis_run(&a, s, &o->analysis, e);
	if (status == 0 && bare)
		print_warnings(&a.findings, o, true);
	if (status == 0)
		status = save_or_print(&a, s, o, e);
	if (status == 0 && bare)
		print_warnings(&a.findings, o, false);
	if (status == 0)
		*found = find_failures(&a, o);
	analysis_clear(&a);
	return status;
}

static int write_state(void *study, FILE *f, struct errmsg *e)
{
	return partial_write(study, f, e);
}

/* Saves the state after the report: where that could not be written, the logs may be given again. */
static int save_state(struct inputs *in, struct errmsg *e)
{
	if (fflush(stdout) != 0)
		return errmsg_set(e, "standard output: %s", strerror(errno));
	return part_state_save(&in->state, write_state, &in->study, e);
}

/* Returns the exit status. */
static int run(struct inputs *in, struct options *o)
{
	struct errmsg e;
	bool spoiled, failed;
	int found = 0;

	command_reads(&self, o->tracks);
	command_reads(&self, o->covariate);
	command_reads(&self, o->plan);
	if (o->tracks && catalog_load(&in->catalog, o->tracks, &e) < 0)
		return command_fail(&self, &e);
	if (o->covariate && covariate_load(&in->covariate, o->covariate, &e) < 0)
		return command_fail(&self, &e);
	if (o->plan && allocation_load(&o->allocation, o->plan, &e) < 0)
		return command_fail(&self, &e);
	if (o->covariate)
		o->analysis.effects.samples.file = &in->covariate;
	failed = read_study(in, o, &e) < 0;
	spoiled = command_spoiled(&self, &in->complaints, &o->bad_lines, &in->count);
	/* where nothing could be read, no file is replaced by an empty part */
	if (!failed && !(o->partial && spoiled && in->study.events == 0))
		failed = write_result(&in->study, o, &found, &e) < 0;
	if (!failed && o->state)
		failed = save_state(in, &e) < 0;
	if (failed)
		return command_fail(&self, &e);
	/* what was asked for says more than that something was passed over */
	return found == 0 && spoiled ? EXIT_DATA : found;
}

int main(int argc, char **argv)
{
	struct options o = {.analysis = analysis_defaults(), .format = report_format_find("table")};
	struct inputs in = {.state = {.lock = {.fd = -1}}};
	struct errmsg e;
	int status;

	command_begin(&self, argv);
	o.experiments.list = calloc((size_t)argc, sizeof *o.experiments.list);
	if (!o.experiments.list) {
		errmsg_nomem(&e);
		return command_fail(&self, &e);
	}
	status = parse_options(&o, argc, argv);
	if (status < 0)
		status = command_finish(&self, NULL, run(&in, &o));
	clear_inputs(&in);
	allocation_clear(&o.allocation);
	free(o.experiments.list);
	return status;
}
