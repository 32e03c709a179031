/*
 * botify-evaluate log: the first look at a log. See botify-evaluate(1).
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "evaluate.h"
#include "event/log.h"
#include "report/document.h"
#include "report/overview_report.h"
#include "study/overview.h"
#include "study/overview_part.h"
#include "world/catalog.h"

struct options {
	struct overview_choice choice;
	const struct document_format *format;
	const char *tracks, *output;
	bool partial, merge;
	uint32_t parts;
	unsigned threads;
	struct bad_lines bad_lines;
	struct options_given given;
	char **paths;
	size_t n_paths;
};

static int set_format(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	struct options *o = options;

	o->format = document_format_find(name);
	return o->format ? 0
			 : errmsg_set(e, "--%s takes table, json, ndjson, csv, markdown or html, not '%s'", row->name,
				      name);
}

static const struct option_row option_rows[] = {
	{"tracks", "FILE", "the catalog: tells how often an artist was heard again", OPTION_TEXT(tracks)},
	{"skipped", "TIME", "a play is skipped where it is shorter (default: 0.1)", OPTION_REAL(choice.skipped, 0, 1)},
	{"liked", "TIME", "and liked where it is as long, or longer (default: 0.8)", OPTION_REAL(choice.liked, 0, 1)},
	{"format", "FORMAT", "table, json, ndjson, csv, markdown or html (default: table)", OPTION_CALL(set_format)},
	{"output", "FILE", "write to FILE, which appears whole or not at all", OPTION_TEXT(output), .letter = 'o'},
	{"threads", "N", "threads that read the logs (default: one for each processor)",
	 OPTION_WHOLE(threads, 1, LOG_THREADS_MAX)},
	{"bad-lines", "N|P%", "exit 0 though so many lines are not events (default: 0)", COMMAND_BAD_LINES(bad_lines)},
	{"partial", NULL, "write a part to be merged instead of the result", OPTION_FLAG(partial)},
	{"merge", NULL, "read what --partial wrote instead of logs", OPTION_FLAG(merge)},
	{"parts", "N", "with --merge: fail unless there are N parts in all", OPTION_WHOLE(parts, 1, INT32_MAX)},
	{0},
};

static const struct command self = {
	.name = "botify-evaluate",
	.usage = "log [OPTION]... [LOG]...",
	.purpose = "Say what is in a log, and what is missing: the first look, on one screen.",
	.options = {.rows = option_rows},
};

static int check_options(const struct options *o, struct errmsg *e)
{
	static const char *const of_logs[] = {"tracks", "skipped", "liked", "threads", "bad-lines", NULL};
	static const char *const of_results[] = {"format", NULL};
	const char *vain;

	if (o->merge && o->partial)
		return errmsg_set(e, "--merge and --partial exclude each other");
	if (o->merge && (vain = options_given_of(&o->given, of_logs)) != NULL)
		return errmsg_set(e, "--%s has no effect with --merge", vain);
	if (o->partial && (vain = options_given_of(&o->given, of_results)) != NULL)
		return errmsg_set(e, "--%s has no effect on a part; give it to the run that merges", vain);
	if (o->parts > 0 && !o->merge)
		return errmsg_set(e, "--parts has no effect without --merge");
	if (command_check_output("-o", o->output, o->paths, o->n_paths, e) < 0)
		return -1;
	return command_check_output("-o", o->output, (char *[]){(char *)o->tracks}, 1, e);
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int status = command_options(&self, argc, argv, o, &o->given);

	o->paths = argv + optind;
	o->n_paths = (size_t)(argc - optind);
	if (status < 0 && check_options(o, &e) < 0)
		status = command_misused(&self, &e);
	return status;
}

static int read_logs(struct overview *v, const struct options *o, struct command_complaints *complaints,
		     struct log_count *count, struct errmsg *e)
{
	struct command_progress progress;
	struct log log;
	const struct event *ev;
	enum log_status s;
	int status = 0;

	if (log_open(&log, o->paths, o->n_paths, o->threads, e) < 0)
		return -1;
	command_progress_begin(&progress, o->paths, o->n_paths);
	log_watch(&log, &(struct log_watch){.read = command_progress_show, .ctx = &progress});
	while (status == 0 && (s = log_next(&log, &ev, e)) != LOG_END) {
		if (s == LOG_EVENT)
			status = overview_add(v, ev, e);
		else if (s == LOG_NO_MEMORY)
			status = -1;
		else
			command_complain(&self, complaints, e);
	}
	*count = (struct log_count){log.events, log.bad, log.failed};
	log_close(&log);
	command_progress_end();
	overview_end(v);
	return status;
}

static int read_parts(struct overview *v, const struct options *o, struct errmsg *e)
{
	uint64_t parts = 0;

	if (o->n_paths == 0 && overview_read_part(v, "-", &parts, e) < 0)
		return -1;
	for (size_t i = 0; i < o->n_paths; i++)
		if (overview_read_part(v, o->paths[i], &parts, e) < 0)
			return -1;
	if (o->parts > 0 && parts != o->parts)
		return errmsg_set(e, "%" PRIu64 " parts instead of %" PRIu32, parts, o->parts);
	return 0;
}

/* For people at a terminal there is one screen; machines, pages and files of text have all. */
static int put_report(const struct overview *v, const struct options *o, FILE *f, struct errmsg *e)
{
	const struct document_style style = document_style_of(f);
	struct overview_report report;
	int status = overview_report_make(&report, v, e);

	if (status == 0 && strcmp(o->format->name, "table") == 0)
		status = overview_report_screen(&report, f, style.colour, e);
	else if (status == 0)
		status = o->format->write(&report.document, &style, f, e);
	overview_report_clear(&report);
	return status;
}

static int put_result(const struct overview *v, const struct options *o, FILE *f, struct errmsg *e)
{
	struct command_screen screen;
	FILE *to;
	int status;

	if (o->partial)
		return overview_write_part(v, f, e);
	if (!o->format->machine)
		return put_report(v, o, f, e);
	to = command_screen_open(&screen, f, e);
	if (!to)
		return -1;
	status = put_report(v, o, to, e);
	return command_screen_close(&screen, e) < 0 ? -1 : status;
}

static int write_result(const struct overview *v, const struct options *o, struct errmsg *e)
{
	struct command_result result;

	if (command_result_open(&result, o->output, e) < 0)
		return -1;
	return command_result_close(&result, put_result(v, o, result.file, e), e);
}

/* Returns the exit status. */
static int look(struct options *o, struct overview *v, struct catalog *c)
{
	struct command_complaints complaints = {0};
	struct log_count count = {0};
	struct errmsg e;
	bool spoiled, failed;

	command_reads(&self, o->tracks);
	if (o->tracks && catalog_load(c, o->tracks, &e) < 0)
		return command_fail(&self, &e);
	o->choice.catalog = o->tracks ? c : NULL;
	overview_init(v, &o->choice);
	command_reads_all(&self, o->paths, o->n_paths);
	failed = (o->merge ? read_parts(v, o, &e) : read_logs(v, o, &complaints, &count, &e)) < 0;
	spoiled = command_spoiled(&self, &complaints, &o->bad_lines, &count);
	/* Where nothing could be read, that has been said. */
	if (!failed && !(spoiled && count.events == 0))
		failed = write_result(v, o, &e) < 0;
	if (failed)
		return command_fail(&self, &e);
	return spoiled ? EXIT_DATA : 0;
}

int evaluate_log(int argc, char **argv)
{
	struct options o = {.choice = {.skipped = .1, .liked = .8}, .format = document_format_find("table")};
	struct overview overview = {0};
	struct catalog catalog = {0};
	int status = parse_options(&o, argc, argv);

	if (status < 0)
		status = command_finish(&self, NULL, look(&o, &overview, &catalog));
	overview_clear(&overview);
	catalog_clear(&catalog);
	return status;
}
