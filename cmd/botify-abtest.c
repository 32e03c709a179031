#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "effects.h"
#include "grow.h"
#include "log.h"
#include "number.h"
#include "report.h"
#include "study.h"
#include "table.h"

static const struct command self = {
	.name = "botify-abtest",
	.usage = "[--experiment NAME]... [--control ARM] [--alpha A] [--format FORMAT] [LOG]...",
	.purpose = "Report what each arm of an experiment changed against the control, from event logs.",
	.options =
		"      --experiment NAME   only this experiment; may be repeated (default: all in the log)\n"
		"      --control ARM       the control arm (default: C, or else the first by name)\n"
		"      --alpha A           intervals have confidence 1 - A (default: 0.05)\n"
		"      --format FORMAT     table, json, ndjson or csv (default: table)\n",
};

enum { SHOWN_MALFORMED = 10 };

struct options {
	char **experiments;
	size_t n_experiments, cap;
	const char *control;
	double alpha;
	const struct report_format *format;
	char *const *paths;
	size_t n_paths;
};

static const struct option long_options[] = {
	{"experiment", required_argument, NULL, 'e'},
	{"control", required_argument, NULL, 'c'},
	{"alpha", required_argument, NULL, 'a'},
	{"format", required_argument, NULL, 'f'},
	COMMAND_OPTIONS,
};

static int add_experiment(struct options *o, char *name, struct errmsg *e)
{
	char **names = grow(o->experiments, &o->cap, o->n_experiments + 1, sizeof *names);

	if (!names)
		return errmsg_nomem(e);
	o->experiments = names;
	names[o->n_experiments++] = name;
	return 0;
}

static int set_alpha(struct options *o, const char *text, struct errmsg *e)
{
	if (number_parse("--alpha", text, 0, 1, &o->alpha, e) < 0 || !(o->alpha >= 1e-12 && o->alpha < 1))
		return errmsg_set(e, "--alpha takes a number between 0 and 1, from 1e-12 on, not '%s'", text);
	return 0;
}

static int set_format(struct options *o, const char *name, struct errmsg *e)
{
	o->format = report_format_find(name);
	if (!o->format)
		return errmsg_set(e, "--format takes table, json, ndjson or csv, not '%s'", name);
	return 0;
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int c, status = 0;

	*o = (struct options){.alpha = 0.05, .format = &report_formats[0]};
	while (status == 0 && (c = getopt_long(argc, argv, "hV", long_options, NULL)) != -1) {
		switch (c) {
		case 'e':
			status = add_experiment(o, optarg, &e);
			break;
		case 'c':
			o->control = optarg;
			break;
		case 'a':
			status = set_alpha(o, optarg, &e);
			break;
		case 'f':
			status = set_format(o, optarg, &e);
			break;
		case 'h':
		case 'V':
			return command_info(&self, c);
		default:
			return command_bad_option(&self);
		}
	}
	if (status < 0)
		return command_misused(&self, &e);
	o->paths = argv + optind;
	o->n_paths = (size_t)(argc - optind);
	return -1;
}

/* What has been said about the log so far: it may be read twice, and nothing shall be said twice. */
struct complaints {
	unsigned long malformed, unread;
};

static void complain(struct complaints *said, const struct log *log, enum log_status status, const struct errmsg *e)
{
	unsigned long *before = status == LOG_BAD ? &said->malformed : &said->unread;
	unsigned long now = status == LOG_BAD ? log->bad : log->failed;

	if (now <= *before)
		return;
	*before = now;
	if (status == LOG_FAILED || now <= SHOWN_MALFORMED)
		command_fail(&self, e);
}

/*
 * Reads the logs into the study. An event out of order ends a reading that is to give up on that. Returns 0, or -1
 * where memory ran out.
 */
static int read_logs(const struct options *o, struct study *s, bool give_up, struct complaints *said, struct errmsg *e)
{
	struct log log;
	struct event ev;
	enum log_status status;
	int failed = 0;

	if (log_open(&log, o->paths, o->n_paths, 0, e) < 0)
		return -1;
	while (!failed && !(give_up && s->out_of_order > 0) && (status = log_next(&log, &ev, e)) != LOG_END) {
		if (status == LOG_EVENT)
			failed = study_add(s, &ev, e);
		else
			complain(said, &log, status, e);
	}
	log_close(&log);
	return failed;
}

/* Whether the logs can be read a second time. Where standard input can, *start is where it stands now, or else -1. */
static bool are_files(const struct options *o, off_t *start)
{
	bool standard_input = o->n_paths == 0;
	struct stat st;

	*start = -1;
	for (size_t i = 0; i < o->n_paths; i++) {
		if (strcmp(o->paths[i], "-") == 0)
			standard_input = true;
		else if (stat(o->paths[i], &st) == 0 && !S_ISREG(st.st_mode))
			return false;
	}
	if (!standard_input)
		return true;
	if (fstat(STDIN_FILENO, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	*start = lseek(STDIN_FILENO, 0, SEEK_CUR);
	return *start >= 0;
}

/* Streams the logs; where they turn out to be out of order and can be read again, reads them again to sort them. */
static int gather(const struct options *o, struct study *s, struct complaints *said, struct errmsg *e)
{
	off_t start;
	bool again = are_files(o, &start);

	study_init(s, STUDY_STREAM, o->experiments, o->n_experiments);
	if (read_logs(o, s, again, said, e) < 0)
		return -1;
	if (s->out_of_order > 0 && again) {
		study_clear(s);
		study_init(s, STUDY_HOLD, o->experiments, o->n_experiments);
		if (start >= 0 && lseek(STDIN_FILENO, start, SEEK_SET) < 0)
			return errmsg_set(e, "standard input: cannot be read again");
		if (read_logs(o, s, false, said, e) < 0)
			return -1;
	}
	if (s->out_of_order > 0 && !again)
		command_note(&self, "events are out of order and were taken as they came; give the log as a file, or sorted by timestamp");
	return study_end(s, e);
}

/* Returns 0; or -1 where there is nothing to report on. */
static int check(const struct options *o, const struct study *s, struct errmsg *e)
{
	if (s->events == 0)
		return errmsg_set(e, "the log has no events");
	if (s->names.n == 0)
		return errmsg_set(e, "the log has no experiments");
	for (size_t i = 0; i < o->n_experiments; i++)
		if (symbols_find(&s->names, slice_of(o->experiments[i])) == SYMBOLS_NONE) {
			symbols_list(&s->names, e);
			return errmsg_prefix(e, "no experiment '%s'", o->experiments[i]);
		}
	return 0;
}

static int write_report(const struct options *o, const struct study *s, const struct complaints *said, struct errmsg *e)
{
	struct effects effects = {0};
	struct report report = {
		.study = s, .effects = &effects, .control = o->control, .alpha = o->alpha,
		.malformed_lines = said->malformed, .unread_files = said->unread,
	};
	int status = check(o, s, e);

	if (status == 0)
		status = effects_of(&effects, s, o->control, o->alpha, e);
	if (status == 0)
		status = o->format->write(&report, stdout, table_wants_colour(stdout), e);
	effects_clear(&effects);
	return status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct study study = {0};
	struct complaints said = {0};
	struct errmsg e;
	int status;

	command_begin(&self, argv);
	status = parse_options(&o, argc, argv);
	if (status < 0) {
		status = 0;
		if (gather(&o, &study, &said, &e) < 0 || write_report(&o, &study, &said, &e) < 0)
			status = command_fail(&self, &e);
		if (said.malformed > SHOWN_MALFORMED)
			command_note(&self, "%lu malformed lines, of which the first %d are shown", said.malformed, SHOWN_MALFORMED);
		if (said.malformed + said.unread > 0)
			status = EXIT_DATA;
		status = command_finish(&self, NULL, status);
	}
	study_clear(&study);
	free(o.experiments);
	return status;
}
