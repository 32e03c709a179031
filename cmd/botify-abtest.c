/*
 * botify-abtest: reports the effects of experiments from event logs. See botify-abtest(1).
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "effects.h"
#include "log.h"
#include "number.h"
#include "report.h"
#include "save.h"
#include "study.h"
#include "table.h"

static const struct command self = {
	.name = "botify-abtest",
	.usage = "[--experiment NAME]... [--control ARM] [--alpha A] [--format FORMAT] [-o FILE] [LOG]...",
	.purpose = "Report what each arm of an experiment changed against the control, from event logs.",
	.options =
		"      --experiment NAME   only this experiment; may be repeated (default: all in the log)\n"
		"      --control ARM       the control arm (default: C, or else the first by name)\n"
		"      --alpha A           intervals have confidence 1 - A (default: 0.05)\n"
		"      --format FORMAT     table, json, ndjson, csv, markdown, html or prometheus\n"
		"                          (default: table)\n"
		"  -o, --output FILE       write to FILE, which appears whole or not at all\n",
};

struct options {
	char **experiments; /* n_experiments names */
	size_t n_experiments;
	const char *control, *output;
	double alpha;
	const struct report_format *format;
	char **paths;
	size_t n_paths;
};

enum { OPT_EXPERIMENT = 256, OPT_CONTROL, OPT_ALPHA, OPT_FORMAT };

static const struct option long_options[] = {
	{"experiment", required_argument, NULL, OPT_EXPERIMENT},
	{"control", required_argument, NULL, OPT_CONTROL},
	{"alpha", required_argument, NULL, OPT_ALPHA},
	{"format", required_argument, NULL, OPT_FORMAT},
	{"output", required_argument, NULL, 'o'},
	COMMAND_OPTIONS,
};

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
		return errmsg_set(e, "--format takes table, json, ndjson, csv, markdown, html or prometheus, not '%s'", name);
	return 0;
}

/* Returns -1 to go on, or the exit status. */
static int parse_options(struct options *o, int argc, char **argv)
{
	struct errmsg e;
	int c, status = 0;

	while (status == 0 && (c = getopt_long(argc, argv, "o:hV", long_options, NULL)) != -1)
		switch (c) {
		case OPT_EXPERIMENT: o->experiments[o->n_experiments++] = optarg; break;
		case OPT_CONTROL: o->control = optarg; break;
		case OPT_ALPHA: status = set_alpha(o, optarg, &e); break;
		case OPT_FORMAT: status = set_format(o, optarg, &e); break;
		case 'o': o->output = optarg; break;
		case 'h': case 'V': return command_info(&self, c);
		default: return command_bad_option(&self);
		}
	o->paths = argv + optind;
	o->n_paths = (size_t)(argc - optind);
	return status < 0 ? command_misused(&self, &e) : -1;
}

/* What was wrong with the lines and files. A log may be read twice: then nothing is said twice. */
struct problems {
	struct command_complaints said;
	unsigned long malformed, unread; /* in the latest reading */
};

/*
 * Reads the logs into the study; a reading that is to `give_up` ends with an event out of order. Returns 0, or -1 where
 * memory ran out.
 */
static int read_logs(struct study *s, const struct options *o, bool give_up, struct problems *p, struct errmsg *e)
{
	struct log log;
	struct event ev;
	enum log_status got;
	int status = 0;

	if (log_open(&log, o->paths, o->n_paths, 0, e) < 0)
		return -1;
	while (status == 0 && !(give_up && s->out_of_order > 0) && (got = log_next(&log, &ev, e)) != LOG_END) {
		if (got == LOG_EVENT)
			status = study_add(s, &ev, e);
		else if (log.bad + log.failed > p->said.n)
			command_complain(&self, &p->said, e);
	}
	p->malformed = log.bad;
	p->unread = log.failed;
	log_close(&log);
	return status;
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
static int gather(struct study *s, const struct options *o, struct problems *p, struct errmsg *e)
{
	off_t start;
	bool again = are_files(o, &start);

	study_init(s, STUDY_STREAM, o->experiments, o->n_experiments);
	if (read_logs(s, o, again, p, e) < 0)
		return -1;
	if (s->out_of_order > 0 && again) {
		study_clear(s);
		study_init(s, STUDY_HOLD, o->experiments, o->n_experiments);
		if (start >= 0 && lseek(STDIN_FILENO, start, SEEK_SET) < 0)
			return errmsg_set(e, "standard input: cannot be read again");
		if (read_logs(s, o, false, p, e) < 0)
			return -1;
	}
	if (s->out_of_order > 0 && !again)
		command_note(&self, "events are out of order and were taken as they came; "
				    "give the log as a file, or sorted by timestamp");
	return study_end(s, e);
}

/* Returns 0; or -1 where there is nothing to report on. */
static int check(const struct study *s, const struct options *o, struct errmsg *e)
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

static int write_report(const struct report *r, const struct options *o, struct errmsg *e)
{
	struct save save;
	int status;

	if (!o->output)
		return o->format->write(r, stdout, table_wants_colour(stdout), e);
	if (save_open(&save, o->output, e) < 0)
		return -1;
	status = o->format->write(r, save.file, table_wants_colour(save.file), e);
	if (status == 0)
		status = save_commit(&save, e);
	save_abandon(&save);
	return status;
}

static int report_on(const struct study *s, const struct options *o, const struct problems *p, struct errmsg *e)
{
	struct effects effects = {0};
	struct report report = {
		.study = s, .effects = &effects, .control = o->control,
		.malformed_lines = p->malformed, .unread_files = p->unread,
	};
	int status = check(s, o, e);

	if (status == 0)
		status = effects_of(&effects, s, o->control, o->alpha, e);
	if (status == 0)
		status = write_report(&report, o, e);
	effects_clear(&effects);
	return status;
}

/* Returns the exit status. */
static int run(const struct options *o)
{
	struct study study = {0};
	struct problems problems = {0};
	struct errmsg e;
	bool complained, failed = gather(&study, o, &problems, &e) < 0;

	complained = command_complained(&self, &problems.said);
	if (!failed)
		failed = report_on(&study, o, &problems, &e) < 0;
	study_clear(&study);
	if (failed)
		return command_fail(&self, &e);
	return complained ? EXIT_DATA : 0;
}

int main(int argc, char **argv)
{
	struct options o = {.alpha = 0.05, .format = report_format_find("table")};
	struct errmsg e;
	int status;

	command_begin(&self, argv);
	o.experiments = calloc((size_t)argc, sizeof *o.experiments);
	if (!o.experiments) {
		errmsg_nomem(&e);
		return command_fail(&self, &e);
	}
	status = parse_options(&o, argc, argv);
	if (status < 0)
		status = command_finish(&self, NULL, run(&o));
	free(o.experiments);
	return status;
}
