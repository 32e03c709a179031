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

#include "abtest-options.h"
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
#include "text/humanize.h"
#include "text/ndjson.h"
#include "text/part_state.h"
#include "world/catalog.h"

enum { EXIT_FOUND = 3 };

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

	command_complain(&abtest_command, &in->complaints, reason);
}

/* A log in another unit than it should have is taken as it is, but not without a word. */
static void note_units(const struct study *s, const struct options *o)
{
	const char *log = clock_unit(s), *moment = o->keep.before ? clock_unit_of(o->keep.moment) : NULL;

	if (log)
		command_note(&abtest_command, "timestamps look like %s, and are taken as milliseconds", log);
	else if (moment)
		command_note(&abtest_command, "--covariate-before looks like %s, and is taken as milliseconds", moment);
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
		command_note(&abtest_command, "%s is empty, as a run leaves it that was killed before it saved any: begun anew",
			     o->state);
	keep.catalog = o->tracks ? &in->catalog : NULL;
	if (part_state_is_new(&in->state)) {
		keep.days = keep.days || abtest_is_page(o);
		keep.sessions = keep.sessions || abtest_is_page(o);
		keep.recommendations = keep.recommendations || abtest_is_page(o);
	} else {
		*head = part_state_head(&in->state, &partial_kind, e);
		if (!*head)
			return -1;
		if (partial_keep_as(&keep, *head, o->experiments.list, o->experiments.n, e) < 0)
			return errmsg_prefix(e, "%s", o->state);
	}
	o->analysis.days = o->analysis.days || (abtest_is_page(o) && keep.days);
	o->analysis.sources = o->analysis.sources || (abtest_is_page(o) && keep.recommendations);
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

	command_reads_all(&abtest_command, o->paths, o->n_paths);
	if (o->state) {
		status = read_state(in, o, e);
	} else {
		begin_study(s, o, in);
		status = o->merge ? read_parts(in, o, e) : read_logs(s, in, o, NULL, e);
	}
	if (status < 0)
		return -1;
	if (s->out_of_order > 0 && !s->sorted)
		command_note(&abtest_command, "events are out of order and were taken as they came; "
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
			command_note(&abtest_command, "%s: experiment '%s' is not in it, and its arms are taken as equal",
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
			command_note(&abtest_command, "Do not trust this yet: %s", f->text);
		else if (!loud && !f->loud && f->level != FINDING_NOTE && (o->merge || !f->heard))
			command_note(&abtest_command, "%s%s%s", f->experiment ? f->experiment : "", f->experiment ? ": " : "",
				     f->text);
	}
}

/* Looks for what the run is to fail on, and says it. Returns EXIT_FOUND or 0. */
static int find_failures(const struct analysis *a, const struct options *o)
{
	struct errmsg found;

	if (!o->fail_on || fail_on_find(o->fail_on, a, &found) == 0)
		return 0;
	command_fail(&abtest_command, &found);
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
		command_note(&abtest_command, "no report yet: %s", e->text);
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

	command_reads(&abtest_command, o->tracks);
	command_reads(&abtest_command, o->covariate);
	command_reads(&abtest_command, o->plan);
	if (o->tracks && catalog_load(&in->catalog, o->tracks, &e) < 0)
		return command_fail(&abtest_command, &e);
	if (o->covariate && covariate_load(&in->covariate, o->covariate, &e) < 0)
		return command_fail(&abtest_command, &e);
	if (o->plan && allocation_load(&o->allocation, o->plan, &e) < 0)
		return command_fail(&abtest_command, &e);
	if (o->covariate)
		o->analysis.effects.samples.file = &in->covariate;
	failed = read_study(in, o, &e) < 0;
	spoiled = command_spoiled(&abtest_command, &in->complaints, &o->bad_lines, &in->count);
	/* where nothing could be read, no file is replaced by an empty part */
	if (!failed && !(o->partial && spoiled && in->study.events == 0))
		failed = write_result(&in->study, o, &found, &e) < 0;
	if (!failed && o->state)
		failed = save_state(in, &e) < 0;
	if (failed)
		return command_fail(&abtest_command, &e);
	/* what was asked for says more than that something was passed over */
	return found == 0 && spoiled ? EXIT_DATA : found;
}

int main(int argc, char **argv)
{
	struct options o;
	struct inputs in = {.state = {.lock = {.fd = -1}}};
	int status;

	command_begin(&abtest_command, argv);
	status = abtest_options_parse(&o, argc, argv);
	if (status < 0)
		status = command_finish(&abtest_command, NULL, run(&in, &o));
	clear_inputs(&in);
	abtest_options_clear(&o);
	return status;
}
