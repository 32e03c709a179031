#include "command.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/now.h"
#include "event/holdout.h"
#include "text/progress.h"
#include "text/sanitize.h"

void command_begin(const struct command *c, char **argv)
{
	argv[0] = (char *)c->name;
	if (descriptors_fill() < 0) {
		command_note(c, "a standard descriptor is closed, and cannot be opened: %s", strerror(errno));
		exit(EXIT_DATA);
	}
}

static bool progress_stands; /* in the last line of the terminal */

void command_progress_begin(struct command_progress *p, char *const *paths, size_t n)
{
	*p = (struct command_progress){.terminal = isatty(STDERR_FILENO), .begun = now_seconds()};
	p->next = p->begun + 1;
	if (p->terminal)
		p->total = progress_total(paths, n);
}

void command_progress_show(void *progress, uint64_t bytes)
{
	const double between = 0.2; /* seconds */
	struct command_progress *p = progress;
	double now = p->terminal ? now_seconds() : 0;
	char text[PROGRESS_SIZE];

	if (!p->terminal || now < p->next)
		return;
	p->next = now + between;
	fprintf(stderr, "\r%s\033[K", progress_text(text, bytes, p->total, now - p->begun));
	fflush(stderr);
	progress_stands = true;
}

void command_progress_end(void)
{
	if (progress_stands)
		fputs("\r\033[K", stderr);
	progress_stands = false;
}

static int read_watched(const struct command *c, const struct command_logs *in, struct log_watch *watch,
			struct errmsg *e)
{
	struct log log;
	const struct event *ev;
	enum log_status s;
	int status = 0;

	if (log_open(&log, in->paths, in->n_paths, in->threads, e) < 0)
		return -1;
	log_watch(&log, watch);
	while (status == 0 && (s = log_next(&log, &ev, e)) != LOG_END) {
		if (s == LOG_EVENT)
			status = in->add(in->ctx, ev, &log, e);
		else if (s == LOG_NO_MEMORY)
			status = -1;
		else
			command_complain(c, in->complaints, e);
	}
	in->count->events += log.events;
	in->count->bad += log.bad;
	in->count->unread += log.failed;
	watch->before += log_bytes(&log);
	log_close(&log);
	return status;
}

int command_read_logs(const struct command *c, const struct command_logs *in, struct errmsg *e)
{
	struct command_progress progress;
	struct log_watch watch = {.read = command_progress_show, .ctx = &progress};
	int status;

	if (in->watch)
		return read_watched(c, in, in->watch, e);
	command_progress_begin(&progress, in->paths, in->n_paths);
	status = read_watched(c, in, &watch, e);
	command_progress_end();
	return status;
}

/* Every message goes through here. */
static void print_message(const struct command *c, const char *text)
{
	command_progress_end();
	fprintf(stderr, "%s: ", c->name);
	sanitize_put(stderr, text);
	putc('\n', stderr);
}

int command_fail(const struct command *c, const struct errmsg *e)
{
	print_message(c, e->text);
	return EXIT_DATA;
}

int command_misused(const struct command *c, const struct errmsg *e)
{
	command_fail(c, e);
	if (e->no_memory)
		return EXIT_DATA;
	fprintf(stderr, "Try '%s --help'.\n", c->name);
	return EXIT_USAGE;
}

static void print_help(const struct command *c)
{
	printf("Usage: %s %s\n\n%s\n\n", c->name, c->usage, c->purpose);
	options_print(&c->options);
	printf("\nExit status: 0 done, 1 data or I/O failed (even in part), 2 usage%s.\n", c->exits ? c->exits : "");
}

int command_options(const struct command *c, int argc, char **argv, void *options, struct options_given *given)
{
	struct errmsg e;
	int found = options_read(&c->options, argc, argv, options, given, &e);

	if (found == 0)
		return -1;
	if (found < 0)
		return command_misused(c, &e);
	if (found == 'h')
		print_help(c);
	else
		printf("%s (botify) %s\n", c->name, BOTIFY_VERSION);
	return command_finish(c, NULL, 0);
}

void command_note(const struct command *c, const char *format, ...)
{
	char *text = NULL, beginning[512];
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	/* a remark does not fail: without memory it may be cut */
	va_start(ap, format);
	vsnprintf(beginning, sizeof beginning, format, ap);
	va_end(ap);
	print_message(c, text ? text : beginning);
	free(text);
}

void command_reads(const struct command *c, const char *path)
{
	static bool said;

	if (said || !path || strcmp(path, "-") != 0 || !isatty(STDIN_FILENO))
		return;
	command_note(c, "reading from the terminal; Ctrl-D ends the input");
	said = true;
}

void command_reads_all(const struct command *c, char *const *paths, size_t n)
{
	if (n == 0)
		command_reads(c, "-");
	for (size_t i = 0; i < n; i++)
		command_reads(c, paths[i]);
}

enum { COMPLAINTS_SHOWN = 10 };

void command_complain(const struct command *c, struct command_complaints *complaints, const struct errmsg *e)
{
	if (complaints->n++ < COMPLAINTS_SHOWN)
		command_fail(c, e);
}

bool command_complained(const struct command *c, const struct command_complaints *complaints)
{
	if (complaints->n > COMPLAINTS_SHOWN)
		command_note(c, "… and %lu more like these", complaints->n - COMPLAINTS_SHOWN);
	return complaints->n > 0;
}

int command_take_bad_lines(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	return bad_lines_parse((struct bad_lines *)((char *)options + row->offset), "--bad-lines", text, e);
}

int command_take_holdout(void *options, const struct option_row *row, const char *text, struct errmsg *e)
{
	return route_parse_holdout((struct route_choice *)((char *)options + row->offset), "--holdout", text, e);
}

int command_take_holdout_by(void *options, const struct option_row *row, const char *name, struct errmsg *e)
{
	return holdout_parse_by((struct route_choice *)((char *)options + row->offset), "--holdout-by", name, e);
}

bool command_is_spoiled(const struct command_complaints *complaints, const struct bad_lines *allowed,
			const struct log_count *count)
{
	/* a file that could be read only the second time is not among the count */
	return complaints->n > count->bad || (complaints->n > 0 && !bad_lines_allow(allowed, count));
}

bool command_spoiled(const struct command *c, const struct command_complaints *complaints,
		     const struct bad_lines *allowed, const struct log_count *count)
{
	const struct log_count lines = {.events = count->events, .bad = count->bad};
	bool complained = command_complained(c, complaints);

	if (count->bad > 0 && (allowed->lines > 0 || allowed->percent > 0))
		command_note(c, "%" PRIu64 " of %" PRIu64 " lines %s left out, %s --bad-lines allows", count->bad,
			     count->bad + count->events,
			     count->bad == 1 ? "is not an event and was" : "are not events and were",
			     bad_lines_allow(allowed, &lines) ? "as" : "more than");
	return complained && command_is_spoiled(complaints, allowed, count);
}

int command_check_output(const char *option, const char *file, char *const *inputs, size_t n, struct errmsg *e)
{
	static char *const standard_input[] = {(char *)"-"};

	if (n == 0) {
		inputs = standard_input;
		n = 1;
	}
	for (size_t i = 0; i < n; i++)
		if (file && inputs[i] && save_replaces(file, inputs[i]))
			return errmsg_set(e, "%s %s would replace what is read: %s", option, file,
					  strcmp(inputs[i], "-") == 0 ? "standard input" : inputs[i]);
	return 0;
}

int command_check_outputs(const char *state, const char *output, char *const *logs, size_t n, char *const *others,
			  size_t n_others, struct errmsg *e)
{
	if (command_check_output("--state", state, logs, n, e) < 0 ||
	    command_check_output("--state", state, others, n_others, e) < 0 ||
	    command_check_output("-o", output, (char *[]){(char *)state}, 1, e) < 0 ||
	    command_check_output("-o", output, logs, n, e) < 0)
		return -1;
	return command_check_output("-o", output, others, n_others, e);
}

int command_result_open(struct command_result *r, const char *path, struct errmsg *e)
{
	*r = (struct command_result){.file = stdout, .saved = path != NULL};
	if (r->saved && save_open(&r->save, path, e) < 0)
		return -1;
	if (r->saved)
		r->file = r->save.file;
	return 0;
}

int command_result_close(struct command_result *r, int status, struct errmsg *e)
{
	if (!r->saved)
		return status;
	if (status == 0)
		status = save_commit(&r->save, e);
	save_abandon(&r->save);
	return status;
}

FILE *command_screen_open(struct command_screen *s, FILE *to, struct errmsg *e)
{
	*s = (struct command_screen){.to = to};
	if (!isatty(fileno(to)))
		return to;
	if (!memstream_open(&s->between))
		errmsg_nomem(e);
	return s->between.file;
}

int command_screen_close(struct command_screen *s, struct errmsg *e)
{
	char *text;

	if (!s->between.file)
		return 0;
	text = memstream_close(&s->between);
	if (!text)
		return errmsg_nomem(e);
	sanitize_lines(text);
	fputs(text, s->to);
	free(text);
	return 0;
}

int command_finish(const struct command *c, struct out *o, int status)
{
	struct errmsg e;
	int failed = 0;

	/* whose reader has gone ends by the signal, as if it had not been held off for a while */
	if (o && o->error == EPIPE)
		raise(SIGPIPE);
	if (o)
		failed = out_finish(o, &e) < 0;
	else if (fflush(stdout) != 0 || ferror(stdout) || close(STDOUT_FILENO) < 0)
		failed = errmsg_set(&e, "standard output: %s", strerror(errno ? errno : EIO));
	if (failed)
		command_fail(c, &e);
	return failed && status == 0 ? EXIT_DATA : command_said(status);
}

int command_said(int status)
{
	return status == 0 && ferror(stderr) ? EXIT_DATA : status;
}
