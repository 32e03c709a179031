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
	struct evaluate_parts merging;
	unsigned threads;
	struct bad_lines bad_lines;
	struct options_given given;
	char **paths;
	size_t n_paths;
};

static const struct option_row option_rows[] = {
	{"tracks", "FILE", "the catalog: tells how often an artist was heard again", OPTION_TEXT(tracks)},
	{"skipped", "TIME", "a play is skipped where it is shorter (default: 0.1)", OPTION_REAL(choice.skipped, 0, 1)},
	{"liked", "TIME", "and liked where it is as long, or longer (default: 0.8)", OPTION_REAL(choice.liked, 0, 1)},
	{"format", "FORMAT", "table, json, ndjson, csv, markdown or html (default: table)", EVALUATE_FORMAT(format)},
	{"output", "FILE", "write to FILE, which appears whole or not at all", OPTION_TEXT(output), .letter = 'o'},
	{"threads", "N", "threads that read the logs (default: one for each processor)",
	 OPTION_WHOLE(threads, 1, LOG_THREADS_MAX)},
	{"bad-lines", "N|P%", "exit 0 though so many lines are not events (default: 0)", COMMAND_BAD_LINES(bad_lines)},
	{"partial", NULL, "write a part to be merged instead of the result", OPTION_FLAG(merging.partial)},
	{"merge", NULL, "read what --partial wrote instead of logs", OPTION_FLAG(merging.merge)},
	{"parts", "N", "with --merge: fail unless there are N parts in all", OPTION_WHOLE(merging.parts, 1, INT32_MAX)},
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

	if (evaluate_check_parts(&o->merging, &o->given, of_logs, of_results, e) < 0 ||
	    command_check_output("-o", o->output, o->paths, o->n_paths, e) < 0)
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

static int add_event(void *overview, const struct event *ev, const struct log *log, struct errmsg *e)
{
	(void)log;
	return overview_add(overview, ev, e);
}

static int read_logs(struct overview *v, const struct options *o, struct command_complaints *complaints,
		     struct log_count *count, struct errmsg *e)
{
	const struct command_logs in = {.paths = o->paths, .n_paths = o->n_paths, .threads = o->threads,
					.add = add_event, .ctx = v, .complaints = complaints, .count = count};
	int status = command_read_logs(&self, &in, e);

	overview_end(v);
	return status;
}

static int read_part(void *overview, const char *path, uint64_t *parts, struct errmsg *e)
{
	return overview_read_part(overview, path, parts, e);
}

/* For people at a terminal, or who read text, there is one screen; machines and pages have all. */
static int put_result(const struct overview *v, const struct options *o, FILE *f, struct errmsg *e)
{
	struct overview_report report;
	int status;

	if (o->merging.partial)
		return overview_write_part(v, f, e);
	status = overview_report_make(&report, v, e);
	if (status == 0 && strcmp(o->format->name, "table") == 0)
		status = overview_report_screen(&report, f, document_style_of(f).colour, e);
	else if (status == 0)
		status = evaluate_put_document(&report.document, o->format, f, e);
	overview_report_clear(&report);
	return status;
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
	failed = (o->merging.merge ? evaluate_read_parts(&o->merging, o->paths, o->n_paths, read_part, v, &e)
				   : read_logs(v, o, &complaints, &count, &e)) < 0;
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
