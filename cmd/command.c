#include "command.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/tame.h"

void command_begin(const struct command *c, char **argv)
{
	argv[0] = (char *)c->name;
}

void command_give(struct command_given *g, int c, int longindex)
{
	for (int i = 0; g->table[i].name; i++)
		if (longindex == i || (longindex < 0 && g->table[i].val == c))
			g->places |= UINT64_C(1) << i;
}

const char *command_given_of(const struct command_given *g, const char *const names[])
{
	for (size_t k = 0; names[k]; k++)
		for (int i = 0; g->table[i].name; i++)
			if (strcmp(g->table[i].name, names[k]) == 0 && g->places >> i & 1)
				return names[k];
	return NULL;
}

int command_info(const struct command *c, int which)
{
	if (which == 'V')
		printf("%s (botify) %s\n", c->name, BOTIFY_VERSION);
	else
		printf("Usage: %s %s\n\n%s\n\n%s"
		       "  -h, --help              print this help and exit\n"
		       "  -V, --version           print the version and exit\n"
		       "\nExit status: 0 done, 1 data or I/O failed (even in part), 2 usage%s.\n",
		       c->name, c->usage, c->purpose, c->options, c->exits ? c->exits : "");
	return command_finish(c, NULL, 0);
}

/* Every message goes through here. */
static void say(const struct command *c, const char *text)
{
	fprintf(stderr, "%s: ", c->name);
	tame_put(stderr, text);
	putc('\n', stderr);
}

int command_fail(const struct command *c, const struct errmsg *e)
{
	say(c, e->text);
	return EXIT_DATA;
}

int command_bad_option(const struct command *c)
{
	fprintf(stderr, "Try '%s --help'.\n", c->name);
	return EXIT_USAGE;
}

int command_misused(const struct command *c, const struct errmsg *e)
{
	command_fail(c, e);
	return e->no_memory ? EXIT_DATA : command_bad_option(c);
}

void command_note(const struct command *c, const char *format, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	say(c, text ? text : "out of memory");
	free(text);
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
	tame_lines(text);
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
	return failed && status == 0 ? EXIT_DATA : status;
}
